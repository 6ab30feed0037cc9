"""Every kind of value goes through every operation: it runs, closes what it opened once and leaves nothing, or it is
refused with a diagnostic of its own.

The old half of the product runs whole, of the rest each kind goes through every n-th operation here, and through all
of them in `python -m tests.matrix`.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from programs import Outcome
from tests.matrix.kinds import KINDS, Kind
from tests.matrix.operations import OPERATIONS, Cell, Operation
from tests.matrix.product import (
    ALL_KINDS,
    ALL_OPERATIONS,
    can_run,
    cells_of,
    complaint,
    diagnosed,
    judge,
    refusal,
)
from tests.matrix.twice import TWICE
from tests.matrix.unknown import UNKNOWN
from tests.matrix.waiting import WAITING
from tests.matrix.wrapped import MORE, WRAPPED

STEP = 6
WRAPPED_STEP = 9


def _chosen(index: int, kind: Kind) -> tuple[Operation, ...]:
    if kind in KINDS:
        return (*OPERATIONS, *(*TWICE, *WAITING, *UNKNOWN)[index % STEP :: STEP])
    return ALL_OPERATIONS[index % WRAPPED_STEP :: WRAPPED_STEP]


SOME = (*KINDS, *MORE, *WRAPPED[::WRAPPED_STEP])
CHOSEN = {kind: _chosen(index, kind) for index, kind in enumerate(SOME)}
REFUSED = {kind: tuple(each for each in chosen if refusal(kind, each)) for kind, chosen in CHOSEN.items()}


def test_the_matrix_is_not_empty() -> None:
    assert len(KINDS) >= 38 and len(ALL_KINDS) >= 320 and len(ALL_OPERATIONS) >= 300
    assert len({kind.name for kind in ALL_KINDS}) == len(ALL_KINDS)
    assert len({each.name for each in ALL_OPERATIONS}) == len(ALL_OPERATIONS)
    assert sum(can_run(kind, each) for kind in KINDS for each in OPERATIONS) >= 1700
    assert sum(can_run(kind, each) for kind, chosen in CHOSEN.items() for each in chosen) >= 3300
    assert sum(can_run(kind, each) for kind in ALL_KINDS for each in ALL_OPERATIONS) >= 70_000
    assert {each for chosen in CHOSEN.values() for each in chosen} == set(ALL_OPERATIONS)


@pytest.mark.parametrize("kind", SOME, ids=lambda kind: kind.name)
def test_runs(kind: Kind, tmp_path: Path) -> None:
    assert judge(tmp_path, kind, cells_of(kind, CHOSEN[kind])) is None


@pytest.mark.parametrize("kind", [kind for kind in SOME if REFUSED[kind]], ids=lambda kind: kind.name)
def test_refuses(kind: Kind, tmp_path: Path) -> None:
    """All refused cells stand in one program, each with its diagnostic somewhere between its head and the next one's."""
    found = diagnosed(tmp_path, kind, REFUSED[kind])
    for operation in REFUSED[kind]:
        assert refusal(kind, operation) in found.get(operation.name, set()), f"{operation.name}: {found}"


@pytest.mark.parametrize(
    ("stdout", "left", "code", "word"),
    [
        ("# a\nopen 1\n1\nclose 1\n", 0, 0, None),
        ("# a\nopen 1\n2\nclose 1\n", 0, 0, "# a: ['2'] and not ['1']"),
        ("# a\nopen 1\n", 0, 0, "# a: [] and not ['1']"),
        ("# a\nopen 1\n1\nclose 1\nclose 1\n", 0, 0, "closed Counter({'1': 2}) of Counter({'1': 1})"),
        ("# a\nopen 1\n1\n", 0, 0, "closed Counter() of"),
        ("# a\nopen 1\n1\nclose 1\n", 1, 0, "left {'live_blocks': 1}"),
        ("# a\nopen 1\n1\nclose 1\n", 0, 139, "exit 139"),
    ],
)
def test_a_run_is_judged(stdout: str, left: int, code: int, word: str | None) -> None:
    found = complaint(Outcome(code, stdout, "", {"live_blocks": left}), [("a", Cell("", ["1"]))])
    assert found is None if word is None else found is not None and word in found
