"""The suite can fail: runtimes with one planted fault each, and every one is caught.

1 keeps the memory of each ask's reply, 2 keeps what closures captured, 3 frees twice,
4 hangs at the end, 5 never gives a page of the release allocator back.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from programs import Wishes, build, run

from pyhew.driver.options import Mode

TWELVE = Path(__file__).resolve().parents[2] / "examples" / "twelve"
NEEDS_VALGRIND = pytest.mark.skipif(shutil.which("valgrind") is None, reason="valgrind is not installed")


def memcheck(name: str, canary: int, tool: str, size: int) -> tuple[int, list[dict[str, object]]]:
    """The exit code of `hew memcheck` and every leak it names."""
    command = [sys.executable, "-m", "pyhew", "memcheck", str(TWELVE / f"{name}.hew"), "--tool", tool]
    command += ["--format", "json", "--canary", str(canary), "--", str(size)]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120, check=False)
    report = json.loads(done.stdout)
    return done.returncode, [leak for found in report["tools"] for leak in found["leaks"]]


def test_the_same_call_without_a_fault_is_clean() -> None:
    assert memcheck("counter", 0, "builtin", 100) == (0, [])


def test_replies_that_are_kept_are_named_by_type_and_line() -> None:
    code, leaks = memcheck("counter", 1, "builtin", 100)
    assert code == 3
    assert sum(int(str(leak["blocks"])) for leak in leaks) >= 100
    lines = (TWELVE / "counter.hew").read_text().splitlines()
    for leak in leaks:
        assert "await" in lines[int(str(leak["line"])) - 1]


def test_captures_that_are_kept() -> None:
    code, leaks = memcheck("closures", 2, "builtin", 50)
    assert code == 3
    assert leaks


def test_a_double_free() -> None:
    code, leaks = memcheck("counter", 3, "builtin", 100)
    assert code == 3
    assert leaks[0]["kind"] == "over-release"


@NEEDS_VALGRIND
@pytest.mark.parametrize(("name", "canary"), [("counter", 1), ("closures", 2), ("counter", 3)])
def test_valgrind_says_the_same(name: str, canary: int) -> None:
    code, leaks = memcheck(name, canary, "valgrind", 50)
    assert code == 3
    assert leaks


def test_a_hang_at_the_end() -> None:
    executable = build(TWELVE / "values.hew", Mode.CHECK, canary=4)
    with pytest.raises(subprocess.TimeoutExpired):
        run(executable, Wishes(args=["10"]), limit=8)


def test_a_page_that_is_never_returned() -> None:
    executable = build(TWELVE / "values.hew", Mode.RELEASE, canary=5)
    outcome = run(executable, Wishes(args=["10"]))
    assert outcome.left or outcome.code
