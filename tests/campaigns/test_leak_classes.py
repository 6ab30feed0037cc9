"""docs/internals/leak-classes.md names things that exist, and the runtime's mistakes in it are noticed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.campaigns.gate import Bar
from tests.campaigns.runtime_mutants import Site, mutants, sites
from tests.generated.bugs import BUGS
from tests.generated.mutants import KINDS
from tests.typed.generator import PRODUCTIONS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "internals" / "leak-classes.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in PAGE.splitlines() if re.match(r"\| L\d", line)]


def call_of(cell: str) -> Site | None:
    """The site that a cell of the last column names."""
    named = cell.strip("`")
    found = [site for site in sites() if site.key == named]
    return found[-1] if found else None


def test_there_are_thirty() -> None:
    assert [row[0] for row in ROWS] == [f"L{number}" for number in range(1, 31)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_what_a_row_names_exists(row: list[str]) -> None:
    files = re.findall(r"`([^`]+)`", row[2])
    assert files or "typed" in row[2]
    assert [file for file in files if not (ROOT / file).exists()] == []
    known = {bug.name for bug in BUGS} | {kind.__name__.replace("_", " ") for kind in KINDS}
    assert not row[3] or row[3] in known
    assert not row[4] or call_of(row[4]) is not None
    named = re.findall(r"\*(\w+)\*", row[2].partition("typed: ")[2])
    assert named == [production.__name__ for production, classes in PRODUCTIONS.items() if row[0] in classes]


def test_mistakes_in_the_runtime_are_noticed() -> None:
    named = [site for row in ROWS if (site := call_of(row[4])) is not None]
    assert len(named) >= 10
    rows = mutants("small", 1, Bar(""), named[::4])
    assert [bad for row in rows for bad in row.bad] == []
    assert sum(row.cases for row in rows) >= 3
