"""The command: `python -m tests.campaigns G5 --size small|nightly|release --seed S`; `all` for every gate."""

from __future__ import annotations

import argparse
import sys
import time

from tests.campaigns.gate import Bar, Gate, table
from tests.campaigns.gates import GATES, NAMES


def run(gate: Gate, size: str, seed: int) -> bool:
    """One gate and its canary; prints its table."""
    start = time.monotonic()
    print(f"\n{gate.number} {gate.name}: {gate.what}; size {size}, seed {seed}\n")
    rows = gate.run(size, seed, Bar(gate.number))
    complaints = [*gate.complaints(size, rows), *gate.canary_complaints()]
    print(table(rows))
    cases = sum(row.cases for row in rows)
    print(f"\n{cases:,} cases, {len(complaints)} complaints, {time.monotonic() - start:.0f} s", flush=True)
    for complaint in complaints:
        print(f"  {complaint}")
    return not complaints


def main() -> int:
    """Runs the gates that were asked for; 1 when one is red."""
    parser = argparse.ArgumentParser(prog="tests.campaigns", description="The gates of docs/memory.md.")
    parser.add_argument("gate", choices=(*NAMES, "all"))
    parser.add_argument("--size", choices=("small", "nightly", "release"), default="small")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chosen = GATES if options.gate == "all" else (NAMES[options.gate],)
    return 0 if all([run(gate, options.size, options.seed) for gate in chosen]) else 1


if __name__ == "__main__":
    sys.exit(main())
