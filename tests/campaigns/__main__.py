"""The command: `python -m tests.campaigns NAME --size small|nightly --seed S`."""

from __future__ import annotations

import argparse
import sys
import time

from tests.campaigns.schedules import schedules
from tests.campaigns.storm import storm


def main() -> int:
    """Runs one campaign; its rows come as they are done."""
    parser = argparse.ArgumentParser(prog="tests.campaigns")
    parser.add_argument("name", choices=("storm", "schedules"))
    parser.add_argument("--size", choices=("small", "nightly"), default="small")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    start = time.monotonic()
    rows = storm(options.size, options.seed) if options.name == "storm" else schedules(options.size, options.seed)
    bad = sum(not row.is_good for row in rows)
    print(f"{len(rows)} rows, {bad} bad, {time.monotonic() - start:.0f} s")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
