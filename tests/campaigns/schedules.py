"""Programs with actors under many schedules: each ends as it should and leaves nothing.

In: a size and the first seed.  Out: one row for each program of tests/run and each life of `lives.hew`; every tenth seed is
run again by another process, with other addresses, and must repeat.
Assumed: a program's output may depend on the schedule, its exit code and its cleanliness may not.  All seeds of a program run
in children of one process, forked before anything has started.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

RUN = Path(__file__).resolve().parents[1] / "run"
sys.path.insert(0, str(RUN.parent))

from programs import build, wishes_of  # noqa: E402
from tests.campaigns.gate import Bar, Row  # noqa: E402
from watchdog import Hung, finished  # noqa: E402

from pyhew.driver.options import Mode  # noqa: E402

SIZES = {"small": 2, "nightly": 200, "release": 18_420}
LIVES = {"small": 20, "nightly": 10_000, "release": 18_420}
LIFE = Path(__file__).with_name("lives.hew")
LIFE_COUNT = 28
NOISY = {"small": 2, "nightly": 1_000, "release": 5_000}
LEFT_EARLY = 7
QUIET = Bar("")
FOLDERS = ("actors", "concurrency", "supervisors")
SLOW = {"flood_beside_a_spinner": 10}
"""What takes seconds under a seed has so many times fewer of them."""
REPEATED = 10
NO_END = -14


def hung(command: list[str], seed: int) -> str:
    """Where the threads of a run stand that does not end."""
    try:
        finished(command, 30, environment={**os.environ, "HEW_SEED": str(seed)})
    except Hung as run:
        return run.stacks
    return "it ends when run again"


@dataclass(frozen=True)
class Ending:
    """How one seed ended: an exit code, or minus a signal (14: no end in time); how many points there were for a fault."""

    code: int
    is_clean: bool
    fingerprint: str
    fault_points: int


def seeds(command: list[str], first: int, count: int, step: int = 1, **variables: str) -> dict[int, Ending]:
    """Runs a program under many seeds."""
    reader, writer = os.pipe()
    environment = {**os.environ, "HEW_SEEDS": f"{first}:{count}:{step}:{writer}", **variables}
    null = subprocess.DEVNULL
    found: dict[int, Ending] = {}
    with subprocess.Popen(command, env=environment, pass_fds=[writer], stdin=null, stdout=null, stderr=null):
        os.close(writer)
        with os.fdopen(reader) as lines:
            for line in lines:
                seed, code, is_clean, fingerprint, points = line.split()
                found[int(seed)] = Ending(int(code), is_clean == "1", fingerprint, int(points))
    return found


def judged(name: str, command: list[str], first: int, count: int, codes: tuple[int, ...]) -> Row:
    """The row of one program."""
    row = Row(name, count)
    endings = seeds(command, first, count)
    again = seeds(command, first, (count + REPEATED - 1) // REPEATED, REPEATED)
    for seed in range(first, first + count):
        ending = endings.get(seed)
        if ending is None or ending.code not in codes or not ending.is_clean:
            stacks = f": {hung(command, seed)}" if ending is not None and ending.code == NO_END else ""
            row.bad.append(f"seed {seed}: {ending}{stacks}")
        elif again.get(seed, ending) != ending:
            row.bad.append(f"seed {seed} does not repeat")
    row.note = f"{len({ending.fingerprint for ending in endings.values()}):,} different schedules"
    return row


def schedules(
    size: str, seed: int, canary: int = 0, folders: tuple[str, ...] = FOLDERS, bar: Bar = QUIET
) -> list[Row]:
    """Runs every program under as many seeds as the size says."""
    paths = sorted(p for folder in folders for p in (RUN / folder).glob("*.hew") if not wishes_of(p).stdin)
    rows = []
    for path in bar.over(paths, len(paths)):
        wishes = wishes_of(path)
        command = [build(path, canary=canary), *wishes.args]
        count = max(2, SIZES[size] // SLOW.get(path.stem, 1))
        rows.append(judged(f"{path.parent.name}/{path.stem}", command, seed, count, (wishes.exit,)))
    return rows


def lives(size: str, seed: int, canary: int = 0, bar: Bar = QUIET, some: range = range(LIFE_COUNT)) -> list[Row]:
    """Ends of lives under many more."""
    executable = build(LIFE, canary=canary)
    return [
        judged(f"life {number}", [executable, str(number)], seed, LIVES[size], (0, LEFT_EARLY))
        for number in bar.over(some, len(some))
    ]


def noise(size: str, seed: int, canary: int = 0, bar: Bar = QUIET) -> list[Row]:
    """The same lives with four workers that really run at once, and stop at random before they claim something."""
    executable = build(LIFE, Mode.CHECK, canary=canary)
    rows = []
    for number in bar.over(range(LIFE_COUNT), LIFE_COUNT):
        row = Row(f"life {number} with noise", NOISY[size])
        endings = seeds([executable, str(number)], seed, row.cases, HEW_SEEDS_OF="HEW_NOISE", HEW_WORKERS="4")
        for at in range(seed, seed + row.cases):
            ending = endings.get(at)
            if ending is None or ending.code not in (0, LEFT_EARLY) or not ending.is_clean:
                row.bad.append(f"noise {at}: {ending}")
        rows.append(row)
    return rows
