"""Building and running Hew programs from tests, with the leak counters on.

Head comments of a program say how it wants to be run: `// exit: 3`, `// args: a b`,
`// stderr: text that must occur`, `// stdin: text`, `// mode: check`.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from watchdog import finished

from pyhew.driver.cache import find_program, program_key
from pyhew.driver.options import BuildOptions, Mode
from pyhew.driver.session import Session

COUNTERS = '{"live_blocks"'
VALGRIND = (
    "valgrind",
    "-q",
    "--leak-check=full",
    "--show-leak-kinds=all",
    "--errors-for-leak-kinds=all",
    "--track-fds=yes",
    "--fair-sched=yes",
    "--error-exitcode=99",
)


@dataclass
class Wishes:
    """What the head comments of a program ask for."""

    exit: int = 0
    args: list[str] = field(default_factory=list)
    stderr: list[str] = field(default_factory=list)
    stdin: str = ""


@dataclass
class Outcome:
    """How a program ended and what it left."""

    code: int
    stdout: str
    stderr: str
    counters: dict[str, int]

    @property
    def stop_seconds(self) -> float:
        """How long it took to stop everything once nothing was left to do."""
        return self.counters.get("stop_ms", 0) / 1000

    @property
    def left(self) -> dict[str, int]:
        """Everything that was still alive at the end."""
        return {name: n for name, n in self.counters.items() if name.startswith("live_") and n}


def wishes_of(path: Path) -> Wishes:
    """The head comments of a program."""
    wishes = Wishes()
    for line in path.read_text(encoding="utf-8").splitlines():
        found = re.match(r"// (exit|args|stderr|stdin): (.*)$", line)
        if found:
            match found[1]:
                case "exit":
                    wishes.exit = int(found[2])
                case "args":
                    wishes.args = found[2].split()
                case "stderr":
                    wishes.stderr.append(found[2])
                case _:
                    wishes.stdin = found[2].replace("\\n", "\n")
        elif line.strip() and not line.startswith("//"):
            break
    return wishes


def build(path: Path, mode: Mode = Mode.FAST, canary: int = 0) -> str:
    """The executable of a program; fails with the diagnostics if there are any."""
    options = BuildOptions(mode, canary=canary)
    key = program_key(str(path), repr(options))
    cached = find_program(key)
    if cached is not None:
        return cached.executable
    session = Session(str(path), options)
    executable = session.build_cached(key)
    assert executable is not None, "\n".join(session.rendered(False))
    return executable


def run(executable: str, wishes: Wishes, workers: int = 2, under: tuple[str, ...] = (), limit: float = 120) -> Outcome:
    """Runs a program to its end, in an empty folder: another run of it may be writing files of the same names."""
    environment = {**os.environ, "HEW_COUNTERS": "1", "HEW_WORKERS": str(workers)}
    with TemporaryDirectory(prefix="hew-test") as folder:
        done = finished([*under, executable, *wishes.args], limit, wishes.stdin.encode(), environment, folder)
    counters: dict[str, int] = {}
    rest = []
    for line in done.stderr.decode("utf-8", "replace").splitlines(keepends=True):
        if line.startswith(COUNTERS):
            counters = json.loads(line)
        else:
            rest.append(line)
    code = done.returncode if done.returncode >= 0 else 128 - done.returncode
    return Outcome(code, done.stdout.decode("utf-8", "replace"), "".join(rest), counters)
