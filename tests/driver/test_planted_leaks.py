"""One drop deleted from a compiled program: the finder names the line that made what is lost."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.campaigns.gate import Bar
from tests.campaigns.planted import SIZES, names_line, planted, sources

TWELVE = Path(__file__).resolve().parents[2] / "examples" / "twelve"
PROGRAMS = ("values", "collections", "errors", "closures")


@pytest.mark.parametrize("seed", range(1, 3))
def test_a_deleted_drop_is_named_by_its_line(seed: int) -> None:
    rows = planted("small", seed, Bar(""))
    assert [row.bad for row in rows if row.bad] == []
    assert sum(row.cases for row in rows) == SIZES["small"]


def test_a_finder_that_names_nothing_is_caught() -> None:
    assert not names_line((), 7)
    assert any(row.bad for row in planted("small", 1, Bar(""), is_blind=True))


def test_there_are_many_programs() -> None:
    assert len(sources()) >= 30


def test_a_clean_program_makes_no_noise(tmp_path: Path) -> None:
    for name in PROGRAMS:
        command = [sys.executable, "-m", "pyhew", "memcheck", str(TWELVE / f"{name}.hew"), "--tool", "builtin"]
        done = subprocess.run([*command, "--format", "json", "--", "12"], capture_output=True, text=True, check=False)
        assert (done.returncode, json.loads(done.stdout)["clean"]) == (0, True)
        assert "hew:" not in done.stderr
