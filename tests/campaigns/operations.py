"""Every operation of `operations.hew`: growth with the work, a trap at every safepoint, every allocation failing.

In: a size and the first point.  Out: one row for each operation.
Assumed: the numbers of the operations run from 0 without a gap; the program ends with 64 behind the last.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from programs import build  # noqa: E402
from tests.campaigns.gate import Bar, Row  # noqa: E402
from tests.campaigns.schedules import Ending, seeds  # noqa: E402
from watchdog import Hung, finished  # noqa: E402

from pyhew.driver.options import Mode  # noqa: E402

COUNT = 39
ALL = range(COUNT)
QUIET = Bar("")
SOURCE = HERE / "operations.hew"
CLEAN = '{"live_blocks":0,"live_messages":0,"live_runtime":0,"live_actors":0,"live_timers":0,"live_pages":0,'
# The last round of N and that of 2N have as many digits, which some operations keep.
WORK = {"small": 200, "nightly": 20_000, "release": 200_000}
# How many faults, how far from each other, and how many in runs of one length.
POINTS = {"small": 20, "nightly": 1_500, "release": 2_600}
STEPS = {"small": 97, "nightly": 1, "release": 1}
AT_ONCE = 200
BESIDE = 8
"""Processes at a time: some operations mostly wait."""
CODES = (0, 1, 132, 133, 134)
LONGEST = 300
"""Seconds that a run may take: some operations wait a millisecond in each round."""


def once(executable: str, operation: int, work: int, **environment: str) -> tuple[int, str]:
    """Exit code, -1 when it did not end, and what it reported."""
    variables = {**os.environ, "HEW_COUNTERS": "1", **environment}
    command = [executable, str(operation), str(work)]
    try:
        done = finished(command, LONGEST, environment=variables)
    except Hung as hung:
        return -1, hung.stacks
    return done.returncode, done.stderr.decode("utf-8", "replace")


def at_rest(executable: str, operation: int, work: int) -> tuple[int, int, bool]:
    """Blocks and bytes that live when the program rests, and whether it ended clean."""
    with tempfile.NamedTemporaryFile(prefix="hew-slope-") as report:
        code, text = once(executable, operation, work, HEW_HEAP_PROFILE=report.name)
        rows = [json.loads(line) for line in report.read().splitlines()]
    resting = [row for row in rows if row.get("when") == "rest"]
    is_clean = code in (0, 1) and CLEAN in text and bool(rows)
    return sum(row["blocks"] for row in resting), sum(row["bytes"] for row in resting), is_clean


def slope(size: str, canary: int = 0, operations: range = ALL, bar: Bar = QUIET) -> list[Row]:
    """The work once and twice: what lives at rest must be the same to the byte."""
    executable = build(SOURCE, Mode.CHECK, canary=canary)
    rows = []
    for operation in bar.over(operations, len(operations)):
        once_blocks, once_bytes, first = at_rest(executable, operation, WORK[size])
        twice_blocks, twice_bytes, second = at_rest(executable, operation, 2 * WORK[size])
        row = Row(f"operation {operation}", 2)
        if (once_blocks, once_bytes) != (twice_blocks, twice_bytes):
            row.bad.append(f"{twice_blocks - once_blocks} blocks, {twice_bytes - once_bytes} bytes more")
        if not (first and second):
            row.bad.append("not clean")
        rows.append(row)
    return rows


def _points_in_hundred(executable: str, operation: int, variable: str) -> int:
    """How many points a hundred rounds of an operation have."""
    ending = seeds([executable, str(operation), "100"], 1 << 40, 1, HEW_SEEDS_OF=variable)[1 << 40]
    return ending.fault_points


def points(
    variable: str, size: str, seed: int, canary: int = 0, operations: range = ALL, bar: Bar = QUIET, forever: bool = False
) -> list[Row]:
    """Sets `variable` (`HEW_TRAP_AT`, `HEW_FAIL_AT`) to one point after the other: a defined end, and nothing left.

    `forever`: all later allocations fail too. A case is a fault that happened.
    """
    executable = build(SOURCE, Mode.CHECK, canary=canary)
    settings = {"HEW_SEEDS_OF": variable, "HEW_FAIL_ON": str(int(forever)), "HEW_DRAIN_MS": "2000"}
    step = STEPS[size]
    rows = []
    for operation in bar.over(operations, len(operations)):
        row = Row(f"operation {operation}, {variable}{' and later' if forever else ''}", 0)
        in_hundred = _points_in_hundred(executable, operation, variable)
        # A small run looks here and there, a large one everywhere.
        first = seed if step == 1 else 1 + (seed + operation * 7) % step

        def some(start: int, operation: int = operation, first: int = first, in_hundred: int = in_hundred) -> dict[int, Ending]:
            count = min(AT_ONCE, POINTS[size] - start)
            rounds = 2 + (first + (start + count) * step) * 120 // in_hundred  # some have fewer now and then
            return seeds([executable, str(operation), str(rounds)], first + start * step, count, step, **settings)

        with ThreadPoolExecutor(BESIDE) as pool:
            found = {point: ending for part in pool.map(some, range(0, POINTS[size], AT_ONCE)) for point, ending in part.items()}
        for point, ending in found.items():
            row.cases += ending.fault_points >= point
            if ending.code not in CODES or not ending.is_clean:
                row.bad.append(f"point {point}: {ending}")
        rows.append(row)
    return rows
