"""What is leaked is found: by check mode's own report, by the counters, by valgrind.

Canaries are builds with one known fault; a test that does not turn red for them proves nothing.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from runtime.building import VARIANTS, Build, run

LEAKED = 3


def report(program: Path, folder: Path, *arguments: str) -> tuple[int, list[dict[str, object]]]:
    """The exit code under HEW_MEMCHECK, and the rows of the report."""
    rows = folder / "report.json"
    outcome = run(program, *arguments, HEW_MEMCHECK="1", HEW_LEAK_REPORT=str(rows))
    return outcome.code, [json.loads(line) for line in rows.read_text().splitlines()]


def test_clean_program_reports_its_allocations_only(build: Build, tmp_path: Path) -> None:
    code, rows = report(build.program("closure", *VARIANTS["check"]), tmp_path)
    assert code == 0
    assert [list(row) for row in rows] == [["allocated", "header"]]


@pytest.mark.parametrize(
    ("argument", "kind", "type_name", "blocks"),
    [("leak", "lost", "string", 1), ("cycle", "rc-cycle", "Rc<Node>", 2)],
)
def test_what_an_actor_leaves_is_reported(
    build: Build, tmp_path: Path, argument: str, kind: str, type_name: str, blocks: int
) -> None:
    code, rows = report(build.program("closure", *VARIANTS["check"]), tmp_path, argument)
    assert code == LEAKED
    found = [row for row in rows if "kind" in row]
    assert [(row["kind"], row["type"], row["actor"], row["handler"]) for row in found] == [
        (kind, type_name, "main", "main")
    ] * blocks
    assert all(len(row["stack"]) > 2 for row in found if isinstance(row["stack"], list))


@pytest.mark.parametrize("mode", ("release", "check"))
@pytest.mark.parametrize(("canary", "program"), [(1, "ask"), (2, "closure")])
def test_leaking_canary_is_caught(build: Build, tmp_path: Path, mode: str, canary: int, program: str) -> None:
    flags = ("-O0", *VARIANTS[mode][1:], f"-DHEW_CANARY={canary}")
    outcome = run(build.program(program, *flags), HEW_MEMCHECK="1", HEW_COUNTERS="1")
    counters = json.loads(outcome.err.splitlines()[-1])
    assert counters["live_runtime"] or counters["live_blocks"]
    if program == "closure":
        assert outcome.code == LEAKED


def test_double_free_canary_is_caught(build: Build) -> None:
    outcome = run(build.program("closure", "-O0", "-DHEW_MODE_CHECK", "-DHEW_CANARY=3"))
    assert outcome.code < 0
    assert "released twice" in outcome.err


def test_hanging_canary_is_caught(build: Build) -> None:
    program = build.program("closure", "-O0", "-DHEW_CANARY=4")
    with pytest.raises(subprocess.TimeoutExpired):
        subprocess.run([str(program)], timeout=2, check=False)


def test_arena_canary_is_caught(build: Build) -> None:
    outcome = run(build.program("closure", "-O0", "-DHEW_CANARY=5"), HEW_MEMCHECK="1", HEW_COUNTERS="1")
    assert outcome.code == LEAKED
    assert json.loads(outcome.err.splitlines()[-1])["live_pages"] > 0
