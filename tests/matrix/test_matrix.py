"""Every kind of value goes through every operation: it runs, closes what it opened once and leaves nothing, or it is
refused with a diagnostic of its own."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from programs import Wishes, build, run
from tests.matrix.kinds import KINDS, Kind
from tests.matrix.operations import OPERATIONS, Cell, Operation, source

from pyhew.driver.options import BuildOptions, Mode
from pyhew.driver.session import Session


def _refusal(kind: Kind, operation: Operation) -> str | None:
    """The id of the diagnostic, or None when the cell must run."""
    if operation.name in kind.refuses:
        return kind.refuses[operation.name]
    can = (
        not operation.needs
        or operation.needs in kind.can
        or (operation.needs == "display" and kind.display is not None)
    )
    return None if can else operation.refused


def _cells(kind: Kind) -> list[tuple[str, Cell]]:
    return [(each.name, each.cell(kind)) for each in OPERATIONS if _refusal(kind, each) is None]


def _refused(kind: Kind) -> dict[Operation, str]:
    return {each: ident for each in OPERATIONS if (ident := _refusal(kind, each)) is not None}


def test_the_matrix_is_not_empty() -> None:
    assert len(KINDS) >= 38 and len(OPERATIONS) >= 49
    assert sum(len(_cells(kind)) for kind in KINDS) >= 1700


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_runs(kind: Kind, tmp_path: Path) -> None:
    cells = _cells(kind)
    program = tmp_path / f"{kind.name}.hew"
    program.write_text(source(kind, cells), encoding="utf-8")
    outcome = run(build(program, Mode.CHECK), Wishes())
    lines = outcome.stdout.splitlines()
    opened = Counter(line[5:] for line in lines if line.startswith("open "))
    closed = Counter(line[6:] for line in lines if line.startswith("close "))
    said = [line for line in lines if not line.startswith(("open ", "close "))]
    assert said == [line for name, cell in cells for line in (f"# {name}", *cell.lines)], outcome.stderr
    assert opened == closed
    assert outcome.left == {} and outcome.counters, outcome.stderr
    assert outcome.code == 1, "one actor was let fall"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if _refused(kind)], ids=lambda kind: kind.name)
def test_refuses(kind: Kind, tmp_path: Path) -> None:
    """All refused cells stand in one program, each with its diagnostic somewhere between its head and the next one's."""
    wanted = _refused(kind)
    text = source(kind, [(each.name, each.cell(kind)) for each in wanted])
    program = tmp_path / f"{kind.name}.hew"
    program.write_text(text, encoding="utf-8")
    session = Session(str(program), BuildOptions())
    assert not session.check()
    found: dict[str, set[str]] = {}
    for diagnostic in session.sink.diagnostics:
        after = text[diagnostic.span.start :]
        name = after[after.index("// end ") + 7 :].split("\n", 1)[0]
        found.setdefault(name, set()).add(diagnostic.id)
    for operation, ident in wanted.items():
        assert ident in found.get(operation.name, set()), f"{operation.name}: {found}"
