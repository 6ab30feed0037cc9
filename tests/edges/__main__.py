"""The command: `python -m tests.edges SEED TIMES [--mode release]`: every kind of calls, so many times the count of the tests."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.edges.judge import PROGRAMS, differences  # noqa: E402

from pyhew.driver.options import Mode  # noqa: E402


def main() -> int:
    """1 when something differs."""
    parser = argparse.ArgumentParser(prog="tests.edges", description="The library at its edges against Python.")
    parser.add_argument("seed", type=int)
    parser.add_argument("times", type=int)
    parser.add_argument("--mode", choices=("fast", "release", "check"), default="fast")
    options = parser.parse_args()
    worst = 0
    for kind, count in PROGRAMS.items():
        made = kind.program(options.seed, count * options.times)
        found = differences(made, Mode(options.mode))
        print(f"{kind.__name__}: {len(made.calls):,} calls, {len(made.expected):,} lines, {len(found)} differ", flush=True)
        for line in found[:10]:
            print(f"  {line[:300]}")
        worst = max(worst, len(found))
    return 1 if worst else 0


if __name__ == "__main__":
    sys.exit(main())
