"""The programs of tests/run with actors, under many schedules: each ends as it should and leaves nothing.

In: a size and the first seed.  Out: one row for each program; every tenth seed is run twice and must repeat.
Assumed: a program's output may depend on the schedule, its exit code and its cleanliness may not.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

RUN = Path(__file__).resolve().parents[1] / "run"
sys.path.insert(0, str(RUN.parent))

from programs import build, wishes_of  # noqa: E402
from tests.campaigns.gate import Bar, Row  # noqa: E402
from watchdog import Hung, finished  # noqa: E402

SIZES = {"small": 2, "nightly": 200, "release": 18_420}
QUIET = Bar("")
FOLDERS = ("actors", "concurrency", "supervisors")
CLEAN = '{"live_blocks":0,"live_messages":0,"live_runtime":0,"live_actors":0,"live_timers":0,"live_pages":0,'


def once(executable: str, seed: int) -> tuple[int, str, str]:
    """Exit code, output, and all that was reported."""
    environment = {**os.environ, "HEW_SEED": str(seed), "HEW_FINGERPRINT": "1", "HEW_COUNTERS": "1"}
    try:
        done = finished([executable], 30, environment=environment)
    except Hung as hung:
        return -1, "", hung.stacks
    return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")


def schedules(
    size: str, seed: int, canary: int = 0, folders: tuple[str, ...] = FOLDERS, bar: Bar = QUIET
) -> list[Row]:
    """Runs every program under as many seeds as the size says."""
    rows = []
    paths = sorted(p for folder in folders for p in (RUN / folder).glob("*.hew"))
    for path in bar.over(paths, len(paths)):
        wishes = wishes_of(path)
        if wishes.stdin:
            continue
        executable = build(path, canary=canary)
        row = Row(f"{path.parent.name}/{path.stem}", SIZES[size])
        fingerprints: set[str] = set()
        for number in range(seed, seed + row.cases):
            outcome = once(executable, number)
            repeats = number % 10 != 0 or once(executable, number) == outcome
            if outcome[0] != wishes.exit or CLEAN not in outcome[2] or not repeats:
                row.bad.append(f"seed {number}" + (f": {outcome[2]}" if outcome[0] == -1 else ""))
            fingerprints.update(line for line in outcome[2].splitlines() if line.startswith("hew: fingerprint"))
        row.note = f"{len(fingerprints)} different schedules"
        rows.append(row)
    return rows
