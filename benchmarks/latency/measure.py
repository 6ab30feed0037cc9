"""How long an answer takes while every worker is busy, and what a process costs that only waits.

In: nothing.  Out: two lines of figures.
Assumed: nothing else wants the processors; an answer's time includes what the system gives to others.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCES = HERE.parent.parent / "src"
ASKS = 1000
IDLE, SECONDS = 10_000, 10


def built(name: str, folder: str) -> str:
    """The executable of one program."""
    out = str(Path(folder) / name)
    build = [sys.executable, "-c", "from pyhew.cli.main import entry; raise SystemExit(entry())"]
    build += ["build", "--release", str(HERE / f"{name}.hew"), "-o", out]
    subprocess.run(build, env=dict(os.environ, PYTHONPATH=str(SOURCES)), check=True)
    return out


def seconds_of_children() -> float:
    """CPU time of the processes that ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """The command."""
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        asks, idle = built("asks", folder), built("idle", folder)
        spinners = 2 * (os.cpu_count() or 1)
        done = subprocess.run([asks, str(spinners), str(ASKS)], stdout=subprocess.PIPE, text=True, check=True)
        times = sorted(int(line) / 1e6 for line in done.stdout.split())
        at = {part: times[int(len(times) * part)] for part in (0.5, 0.99)}
        print(f"{len(times)} asks beside {spinners} spinning actors: median {at[0.5]:.3f} ms, 99th percentile {at[0.99]:.3f} ms, longest {times[-1]:.3f} ms")
        before = seconds_of_children()
        subprocess.run([idle, str(IDLE), "0"], stdout=subprocess.DEVNULL, check=True)
        start = seconds_of_children()
        subprocess.run([idle, str(IDLE), str(SECONDS)], stdout=subprocess.DEVNULL, check=True)
        used = seconds_of_children() - start - (start - before)
        print(f"{IDLE:,} actors that wait for {SECONDS} s: {1000 * used:.0f} ms of CPU more than making them")


if __name__ == "__main__":
    main()
