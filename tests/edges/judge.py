"""Runs a program of calls in one build and tells which of its lines are not what Python expects.

In: a program, a build.  Out: the differences, and what was left in memory.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from types import ModuleType

from programs import Wishes, build, run
from tests.edges import dates, documents, encodings, floats, integers, patterns, ranges, texts, walks
from tests.edges.program import Program

from pyhew.driver.options import Mode

PROGRAMS: dict[ModuleType, int] = {
    integers: 1, floats: 60, ranges: 6, texts: 40, walks: 400, encodings: 40, dates: 40, patterns: 40, documents: 300,
}  # fmt: skip
"""What there is, and a count that takes about two seconds."""


def _same(got: str, expected: str) -> bool:
    """JSON may be spelt in more than one way."""
    return got == expected or encodings.meaning(got) == expected != "refused"


def differences(made: Program, mode: Mode = Mode.FAST) -> list[str]:
    """What differs, line by line; nothing when all is well."""
    with tempfile.TemporaryDirectory(prefix="hew-edges") as folder:
        path = Path(folder, "calls.hew")
        path.write_text(made.text(), encoding="utf-8")
        outcome = run(build(path, mode), Wishes(), limit=300)
    found = [f"{name}: {n}" for name, n in outcome.left.items()]
    if outcome.code != (1 if made.crashes else 0):
        found.append(f"ended with {outcome.code}: {outcome.stderr[-500:]}")
    got = outcome.stdout.split("\n")[:-1]
    if len(got) != len(made.expected):
        found.append(f"{len(got)} lines for {len(made.expected)}")
    return found + [f"{one!r}, not {other!r}" for one, other in zip(got, made.expected) if not _same(one, other)]
