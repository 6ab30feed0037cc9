"""The campaign in small: enough to see that nothing became blind."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.generated.bugs import BUGS, Bug
from tests.generated.campaign import check_functions, check_mutants, programs_until_caught
from tests.generated.loops import outcomes
from tests.generated.native import MODES, difference


def test_random_functions_are_accepted_and_leak_nothing() -> None:
    faults: list[str] = []
    counts = check_functions(1_000, 1, faults.append)
    assert faults == []
    assert counts["functions"] >= 1_000


def test_chunks_of_loops_change_nothing() -> None:
    """Programs that end, print and trap the same; every proof holds when it is asked again."""
    chunked = columns = 0
    for seed in range(400):
        plain, chunks, asked = outcomes(seed)
        assert chunks == plain or plain[0] == "long", f"seed {seed}"
        assert plain[0] in ("fine", "trap", "long"), f"seed {seed}"
        chunked += "chunk" in asked
        columns += "columns" in asked
    assert chunked > 250
    assert columns > 60


def test_every_misbehaving_mutant_is_rejected() -> None:
    faults: list[str] = []
    counts = check_mutants(2_000, 1, faults.append)
    assert faults == []
    assert counts["misbehaving"] > 400


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_injected_bug_is_caught(bug: Bug) -> None:
    assert programs_until_caught(bug, 200, 1) is not None


@pytest.mark.parametrize("seed", range(1, 9))
def test_executable_does_what_the_interpreter_does(seed: int, tmp_path: Path) -> None:
    assert [found for mode in MODES if (found := difference(seed, mode, tmp_path))] == []
