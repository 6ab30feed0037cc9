"""The command: `python -m tests.campaigns NAME --size small|nightly --seed S`."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

from tests.campaigns.operations import OperationRow, points, slope
from tests.campaigns.schedules import Row as ScheduleRow
from tests.campaigns.schedules import schedules
from tests.campaigns.storm import Row as StormRow
from tests.campaigns.storm import storm


def run(name: str, size: str, seed: int) -> Sequence[StormRow | ScheduleRow | OperationRow]:
    """The rows of one campaign."""
    match name:
        case "storm":
            return storm(size, seed)
        case "schedules":
            return schedules(size, seed)
        case "slope":
            return slope(size)
        case "traps":
            return points("HEW_TRAP_AT", size, seed)
        case _:
            return points("HEW_FAIL_AT", size, seed)


def main() -> int:
    """Runs one campaign; its rows come as they are done."""
    parser = argparse.ArgumentParser(prog="tests.campaigns")
    parser.add_argument("name", choices=("storm", "schedules", "slope", "traps", "failures"))
    parser.add_argument("--size", choices=("small", "nightly"), default="small")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    start = time.monotonic()
    rows = run(options.name, options.size, options.seed)
    bad = sum(not row.is_good for row in rows)
    print(f"{len(rows)} rows, {bad} bad, {time.monotonic() - start:.0f} s")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
