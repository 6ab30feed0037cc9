"""Mixed load for a long time: crashes, supervisors, asks with limits, links, timers, sockets, tasks, channels.

In: a size.  Out: one row, whose cases are the rounds; it fails when what lives after a round differs from round to round, or
descriptors, threads or memory do not stay flat.
Assumed: after each round the program rests for a while, and says so; it is looked at then.  What a program needs once
(spare threads, pools, buffers of the C library) is there after a quarter of the time.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.campaigns.gate import Bar, Row

from pyhew.driver.options import BuildOptions, Mode
from pyhew.driver.session import Session

SOURCE = Path(__file__).with_suffix(".hew")
SECONDS = {"small": 5, "nightly": 20 * 60, "release": 8 * 3600}
QUIET = Bar("")
SLACK = 64 << 10
SHORT = 20
"""Fewer rounds than this say nothing about memory."""


@dataclass(frozen=True)
class Rest:
    """What a rest found: the program's own figures, then the system's."""

    blocks: int
    live_bytes: int
    actors: int
    crashes: int
    descriptors: int
    threads: int


def look(pid: int, line: str) -> Rest:
    """What lives after the round that `line` tells of."""
    _, blocks, size, actors, crashes = map(int, line.split()[1:])
    tasks = len(os.listdir(f"/proc/{pid}/task"))
    return Rest(blocks, size, actors, crashes, len(os.listdir(f"/proc/{pid}/fd")), tasks)


def rests(executable: str, seconds: int, bar: Bar) -> tuple[list[Rest], list[str]]:
    """All rests of one run, and what was wrong with its end."""
    found: list[Rest] = []
    is_clean = False
    environment = {**os.environ, "HEW_COUNTERS": "1"}
    command = [executable, str(seconds)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("round "):
                found.append(look(process.pid, line))
                bar.show(len(found), 2 * seconds, "rounds")
            is_clean = is_clean or line.startswith('{"live_blocks":0,"live_messages":0,"live_runtime":0')
    # 1: actors without a supervisor have crashed.
    bad = [f"ended with {process.returncode}"] * (process.returncode != 1)
    return found, bad + ["the counters are not zero at the end"] * (not is_clean)


def flat(name: str, values: list[int], slack: int = 0) -> list[str]:
    """Complains when the last three quarters go beyond the first."""
    start = max(1, len(values) // 4)
    before, after = max(values[:start]), max(values[start:])
    return [f"{name} grew from {before:,} to {after:,}"] if after > before + slack else []


def soak(size: str, seed: int, canary: int = 0, bar: Bar = QUIET, seconds: int = 0) -> list[Row]:
    """One long run."""
    del seed
    session = Session(str(SOURCE), BuildOptions(Mode.RELEASE, canary=canary))
    executable = session.build_cached(f"soak-{canary}-{os.getpid()}")
    if executable is None:
        raise SystemExit("\n".join(session.rendered(False)))
    found, bad = rests(executable, seconds or SECONDS[size], bar)
    row = Row("mixed load", len(found), bad)
    if len(found) < 2:
        return [row]
    kinds = sorted({(rest.blocks, rest.actors) for rest in found})
    row.bad += [f"blocks and actors differ: {kinds[:5]}"] * (len(kinds) > 1)
    row.bad += flat("descriptors", [rest.descriptors for rest in found])
    if len(found) >= SHORT:
        row.bad += flat("threads", [rest.threads for rest in found])
        row.bad += flat("live bytes", [rest.live_bytes for rest in found], SLACK)
    last, quarter = found[-1], found[len(found) // 4]
    row.note = (
        f"{last.crashes:,} crashes; {last.blocks} blocks, {last.descriptors} descriptors, {last.threads} threads after"
        f" each round; live bytes {last.live_bytes - quarter.live_bytes:+,} in the last three quarters"
    )
    return [row]
