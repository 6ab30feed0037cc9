"""A small run of the fuzzing campaign, and proof that it can fail."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fuzz.campaign import ROOT, compile_once, fuzz, sources
from tests.fuzz.folder import break_folder

from pyhew.driver.options import Mode

CASES = 60


@pytest.mark.parametrize("seed", range(4))
def test_broken_programs_never_break_the_compiler(seed: int) -> None:
    figures = fuzz(CASES, seed)
    assert figures.failures == {}
    assert sum(figures.outcomes.values()) == CASES
    assert figures.outcomes["refused"] > CASES // 4
    assert figures.outcomes["compiled"] > 0


def test_there_is_much_to_break() -> None:
    assert len(sources()) > 80


def test_a_compiler_that_breaks_is_caught() -> None:
    def fragile(file: Path, mode: Mode) -> str:
        if "actor" in file.read_text():
            raise IndexError("list index out of range")
        return compile_once(file, mode)

    figures = fuzz(20, 1, fragile)
    assert any(key.startswith("IndexError") for key in figures.failures)


def test_a_whole_folder_is_broken() -> None:
    figures = break_folder(ROOT / "examples", 2, 3, 4, 1)
    programs = len(list((ROOT / "examples").rglob("*.hew")))
    assert programs > 5
    assert figures.failures == {}
    assert sum(figures.outcomes.values()) == programs * 2 + 3 * 4
    assert figures.outcomes["refused"] > programs
