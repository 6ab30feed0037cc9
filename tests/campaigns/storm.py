"""Crash after crash below three supervisors: what is left at the end, and whether the process grows.

In: a size.  Out: one row for each strategy; it fails when anything is left or memory grows with the cycles.
Assumed: the peak resident size moves by a few pages from run to run; `SLACK` is far below one block per cycle.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path

from tests.campaigns.gate import Bar, Row

from pyhew.driver.options import BuildOptions, Mode
from pyhew.driver.session import Session

SOURCE = Path(__file__).with_suffix(".hew")
STRATEGIES = ("one_for_one", "one_for_all", "rest_for_one")
SIZES = {"small": 2_000, "nightly": 1_000_000, "release": 1_000_000}
QUIET = Bar("")
SLACK = 512 << 10


def build(strategy: str, folder: Path, canary: int) -> str:
    """The executable for one strategy."""
    source = folder / f"{strategy}.hew"
    source.write_text(SOURCE.read_text(encoding="utf-8").replace("STRATEGY", strategy), encoding="utf-8")
    session = Session(str(source), BuildOptions(Mode.RELEASE, canary=canary))
    executable = session.build_cached(f"{strategy}-{canary}-{os.getpid()}")
    if executable is None:
        raise SystemExit("\n".join(session.rendered(False)))
    return executable


def cycle(executable: str, count: int) -> tuple[int, dict[str, int], int]:
    """Exit code, what was left, peak resident bytes.

    GNU time is in between because a process inherits the peak of the one that starts it, and Python's is larger.
    """
    with tempfile.TemporaryFile("w+") as errors:
        command = ["/usr/bin/time", "-q", "-f", "peak %M", executable, str(count)]
        environment = {**os.environ, "HEW_COUNTERS": "1"}
        done = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=errors, check=False)
        errors.seek(max(0, errors.seek(0, os.SEEK_END) - 2000))
        lines = errors.read().splitlines()
    found = [line for line in lines if line.startswith('{"live_blocks"')]
    counters: dict[str, int] = json.loads(found[-1]) if found else {"live_unknown": 1}
    left = {name: number for name, number in counters.items() if name.startswith("live_") and number}
    return done.returncode, left, int(lines[-1].removeprefix("peak ")) * 1024


def storm(size: str, seed: int, canary: int = 0, bar: Bar = QUIET) -> list[Row]:
    """Runs N and 2N cycles of each strategy."""
    del seed
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for strategy in bar.over(STRATEGIES, len(STRATEGIES)):
            executable = build(strategy, Path(folder), canary)
            count = SIZES[size]
            first = cycle(executable, count // 2)
            last = cycle(executable, count)
            growth, left = last[2] - first[2], {**first[1], **last[1]}
            row = Row(strategy, count, note=f"{growth:+,} bytes at the peak")
            row.bad += [f"ended with {first[0]} and {last[0]}"] * bool(first[0] or last[0])
            row.bad += [f"left {left}"] * bool(left) + [f"grew by {growth:,} bytes"] * (growth > SLACK)
            rows.append(row)
    return rows
