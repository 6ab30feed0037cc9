"""Crash after crash below three supervisors: whether what lives, and the process, stay as they are.

In: a size.  Out: one row for each strategy; it fails when live blocks or bytes differ between a tenth of the cycles, a half
and the end, when the process has grown since the tenth, or when anything is left.
Assumed: at its marks the program rests. glibc's caches of threads are off, because what stands in them counts as live.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.campaigns.gate import Bar, Row

from pyhew.driver.options import BuildOptions, Mode
from pyhew.driver.session import Session

SOURCE = Path(__file__).with_suffix(".hew")
STRATEGIES = ("one_for_one", "one_for_all", "rest_for_one", "simple_one_for_one")
SIZES = {"small": 10_000, "nightly": 1_000_000, "release": 1_000_000}
QUIET = Bar("")
SLACK = 64 << 10
WARM = 100_000
"""Cycles after which the process must not grow any more; stacks and pools are as large as they get."""
THREAD = 48 << 10
"""Bytes of C's heap that a thread may need; one that is made to go on with others' work is kept until the end."""

STATIC = {
    "CHILDREN": 'child left: Part(name: "left".to_upper());\n    child right: Part(name: "right".to_upper());',
    "FAIL": 'top.middle.low.left.fail("text".repeat(i % 20));\n        let fresh = await_restart top.middle.low.left;',
}
# A member of a pool is asked for until a new one answers.
POOL = {
    "CHILDREN": 'pool parts: Part(count: 2, name: "part".to_upper());',
    "FAIL": 'top.middle.low.parts[0].fail("text".repeat(i % 20));\n        let fresh = answering(top);',
}
ANSWERING = """
fn answering(top: LocalPid<Top>) -> LocalPid<Part> {
    loop {
        match top.middle.low.parts.get(0) {
            Some(part) => { if (await part.hello()).unwrap_or(-1) == 0 { return part; } },
            None => {},
        }
    }
}
"""


@dataclass(frozen=True)
class Mark:
    """What one rest found."""

    cycles: int
    blocks: int
    live_bytes: int
    resident: int
    threads: int


def text_of(strategy: str) -> str:
    """The program for one strategy."""
    is_pool = strategy == "simple_one_for_one"
    text = SOURCE.read_text(encoding="utf-8") + (ANSWERING if is_pool else "")
    above = "one_for_one" if is_pool else strategy
    for word, meaning in {"STRATEGY": strategy, "ABOVE": above, **(POOL if is_pool else STATIC)}.items():
        text = text.replace(word, meaning)
    return text


def build(strategy: str, folder: Path, canary: int) -> str:
    """The executable for one strategy."""
    source = folder / f"{strategy}.hew"
    source.write_text(text_of(strategy), encoding="utf-8")
    session = Session(str(source), BuildOptions(Mode.RELEASE, canary=canary))
    executable = session.build_cached(f"{strategy}-{canary}-{os.getpid()}")
    if executable is None:
        raise SystemExit("\n".join(session.rendered(False)))
    return executable


def resident(pid: int) -> int:
    """Bytes of memory that a process has."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def threads(pid: int) -> int:
    """How many threads a process has."""
    return len(os.listdir(f"/proc/{pid}/task"))


def cycle(executable: str, count: int) -> tuple[int, dict[str, int], list[Mark]]:
    """Exit code, what was left, what the rests found."""
    marks: list[Mark] = []
    counters: dict[str, int] = {"live_unknown": 1}
    environment = {**os.environ, "HEW_COUNTERS": "1", "GLIBC_TUNABLES": "glibc.malloc.tcache_count=0"}
    command = [executable, str(count)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as run:
        assert run.stderr is not None
        for line in run.stderr:
            if line.startswith("mark "):
                cycles, blocks, size = map(int, line.split()[1:])
                marks.append(Mark(cycles, blocks, size, resident(run.pid), threads(run.pid)))
            elif line.startswith('{"live_blocks"'):
                counters = json.loads(line)
    left = {name: number for name, number in counters.items() if name.startswith("live_") and number}
    return run.returncode, left, marks


def is_level(first: Mark, later: Mark) -> bool:
    """Equal to the byte, unless threads came."""
    grown, more = later.live_bytes - first.live_bytes, later.threads - first.threads
    return 0 <= grown <= more * THREAD if more > 0 else grown == 0


def judged(strategy: str, count: int, outcome: tuple[int, dict[str, int], list[Mark]]) -> Row:
    """The row of one run."""
    code, left, marks = outcome
    row = Row(strategy, count)
    row.bad += [f"ended with {code}"] * bool(code) + [f"left {left}"] * bool(left)
    row.bad += [f"{len(marks)} rests, not 3"] * (len(marks) != 3)
    if len(marks) != 3:
        return row
    row.bad += [f"live blocks {[m.blocks for m in marks]}"] * (len({m.blocks for m in marks}) > 1)
    row.bad += [f"live bytes {[m.live_bytes for m in marks]}"] * (not all(is_level(marks[0], mark) for mark in marks))
    row.note = f"{marks[-1].blocks} blocks and {marks[-1].live_bytes:,} bytes live"
    more = marks[-1].threads - marks[0].threads
    row.note += f", of {more} threads more than at the first mark" if more else " at each mark"
    if count >= 10 * WARM:
        growth = marks[-1].resident - marks[0].resident
        row.bad += [f"grew by {growth:,} bytes"] * (growth > SLACK)
        row.note += f", resident {growth:+,} bytes"
    return row


def storm(size: str, seed: int, canary: int = 0, bar: Bar = QUIET) -> list[Row]:
    """Crashes below each strategy."""
    del seed
    count = SIZES[size]
    with tempfile.TemporaryDirectory() as folder:
        return [
            judged(strategy, count, cycle(build(strategy, Path(folder), canary), count))
            for strategy in bar.over(STRATEGIES, len(STRATEGIES))
        ]
