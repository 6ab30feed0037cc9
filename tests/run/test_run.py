"""What programs do: each `NAME.hew` prints `NAME.stdout` and leaves nothing behind."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from programs import VALGRIND, build, run, wishes_of

from pyhew.driver.options import Mode

HERE = Path(__file__).parent
CASES = sorted(path for path in HERE.rglob("*.hew") if path.with_suffix(".stdout").exists())
# Half a second in which actors may end by themselves, and one for the machine.
STOP_SECONDS = 1.5
STRAY = sorted(path for path in HERE.rglob("*.stdout") if not path.with_suffix(".hew").exists())
UNREAD = sorted(path for path in HERE.rglob("*.hew") if not path.with_suffix(".stdout").exists())
# Prints in an order of its own; `test_seeded.py` runs it.
SEEDED = HERE / "concurrency" / "three_talkers.hew"


def test_there_are_cases() -> None:
    assert len(CASES) >= 40
    assert STRAY == []
    assert UNREAD == [SEEDED], "programs whose output nobody compares"


@pytest.mark.parametrize("path", CASES, ids=lambda p: str(p.relative_to(HERE))[:-4])
def test_program(path: Path, update: bool) -> None:
    wishes = wishes_of(path)
    outcome = run(build(path), wishes)
    expected = path.with_suffix(".stdout")
    if update:
        expected.write_text(outcome.stdout, encoding="utf-8")
    assert outcome.stdout == expected.read_text(encoding="utf-8"), outcome.stderr
    assert outcome.code == wishes.exit, outcome.stderr
    for piece in wishes.stderr:
        assert piece in outcome.stderr
    assert outcome.counters, "the runtime did not report its counters"
    assert outcome.left == {}
    declared = sum(map(int, re.findall(r"shutdown: (\d+)s", path.read_text(encoding="utf-8"))))
    assert outcome.stop_seconds <= declared + STOP_SECONDS, "the end took longer than the declared limits"


@pytest.mark.skipif(shutil.which("valgrind") is None, reason="valgrind is not installed")
@pytest.mark.parametrize("path", CASES, ids=lambda p: str(p.relative_to(HERE))[:-4])
def test_program_under_valgrind(path: Path) -> None:
    wishes = wishes_of(path)
    outcome = run(build(path, Mode.CHECK), wishes, under=VALGRIND)
    assert outcome.code == wishes.exit, outcome.stderr
    assert outcome.stdout == path.with_suffix(".stdout").read_text(encoding="utf-8")
    assert outcome.left == {}
