"""What an idle actor and a handler that waits cost in memory.

In: nothing, or the number of actors.  Out: a table of bytes each.
Assumed: the peak resident size of a process over N, less that of one with few actors, is what
one of them costs; the figure includes message, reply cell, timer and free lists.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCES = HERE.parent.parent / "src"
FEW = 1000


def peak(program: Path, count: int) -> int:
    """Bytes. GNU time is in between because a process inherits the peak of the one that starts it."""
    command = ["/usr/bin/time", "-q", "-f", "%M", str(program), str(count)]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=True)
    return int(done.stderr.split()[-1]) * 1024


def main() -> None:
    """The command."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    print(f"| {count:,} of | bytes each |\n|---|---|")
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as built:
        for source in sorted(HERE.glob("*.hew")):
            program = Path(built) / source.stem
            build = [sys.executable, "-c", "from pyhew.cli.main import entry; raise SystemExit(entry())"]
            build += ["build", "--release", str(source), "-o", str(program)]
            subprocess.run(build, env=dict(os.environ, PYTHONPATH=str(SOURCES)), check=True)
            print(f"| {source.stem} | {(peak(program, count) - peak(program, FEW)) / (count - FEW):.0f} |", flush=True)


if __name__ == "__main__":
    main()
