"""A program under a finder: runs until it ends, its time is up, or the user has seen enough.

In: a command.  Out: how it ended.
Assumed: the program ends in order at SIGTERM and SIGINT, and at once at a second one. So it gets a process group of its own,
into which the terminal sends nothing, and each signal from here once.
"""

from __future__ import annotations

import signal
import subprocess
from typing import IO

from pyhew.source.records import record

ENDING = (signal.SIGINT, signal.SIGTERM)


@record(frozen=True, slots=True)
class Program:
    """What is run, with which words; after `limit` seconds it is asked to end."""

    executable: str
    words: list[str]
    limit: float | None = None


@record(frozen=True, slots=True)
class Ending:
    """`code` is 0 when the program ended because it was asked to; `is_stopped` when the user asked."""

    code: int
    is_stopped: bool


def launch(
    program: Program,
    environment: dict[str, str],
    stdin: IO[bytes] | int,
    output: tuple[IO[bytes] | int | None, IO[bytes] | int | None] = (subprocess.DEVNULL, subprocess.DEVNULL),
    tool: tuple[str, ...] = (),
) -> Ending:
    """Runs the program, under a tool's command when there is one; `output` is where its stdout and stderr go."""
    command = [*tool, program.executable, *program.words]
    stdout, stderr = output
    running: list[subprocess.Popen[bytes]] = []
    asked: list[int] = []
    handed: list[int] = []

    def hand_on() -> None:
        while running and len(handed) < len(asked):
            handed.append(asked[len(handed)])
            running[0].send_signal(handed[-1])

    def ask(number: int, frame: object) -> None:
        del frame
        asked.append(number)
        hand_on()

    # Before the program starts: it may say that it is ready before we come to know that it runs.
    before = [signal.signal(number, ask) for number in ENDING]
    try:
        with subprocess.Popen(command, stdin=stdin, stdout=stdout, stderr=stderr, env=environment, process_group=0) as child:
            running.append(child)
            hand_on()
            code = _wait(child, program.limit)
    finally:
        for number, handler in zip(ENDING, before, strict=True):
            signal.signal(number, handler)
    code = code if code >= 0 else 128 - code
    is_asked = asked or program.limit is not None
    return Ending(0 if is_asked and code in {128 + number for number in ENDING} else code, bool(asked))


def _wait(child: subprocess.Popen[bytes], limit: float | None) -> int:
    try:
        return child.wait(limit)
    except subprocess.TimeoutExpired:
        child.terminate()
        return child.wait()
