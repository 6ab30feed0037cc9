"""Where a process stands that has not ended in time.

In: a process.  Out: the stacks of its threads and its actors, as text.
Assumed: the process is a child of this one; without gdb, what the kernel says of each thread must do.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

_SECONDS = 60
_FRAMES = 12
_WANTED = re.compile(r"#|Thread|\d+  ")
"""Lines of gdb that say something of the process: frames, threads, actors."""


def stacks(pid: int) -> str:
    """Where the threads of a process are, and its actors."""
    gdb = shutil.which("gdb")
    if gdb is None:
        return _from_the_kernel(pid)
    printers = str(files("pyhew.debugger").joinpath("printers.py"))
    command = [gdb, "-p", str(pid), "-batch", "-x", printers, "-ex", f"thread apply all bt {_FRAMES}", "-ex", "hew-actors"]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=_SECONDS, check=False, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired:
        return _from_the_kernel(pid)
    return "\n".join(line for line in done.stdout.splitlines() if _WANTED.match(line)) or _from_the_kernel(pid)


def _from_the_kernel(pid: int) -> str:
    tasks = sorted(Path(f"/proc/{pid}/task").glob("*"))
    return "\n".join(f"thread {task.name}: {(task / 'wchan').read_text() or 'running'}" for task in tasks)
