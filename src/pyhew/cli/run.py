"""`hew run`: compile if anything changed, then become the program.

In: a file or folder, the program's own words behind `--`.  Out: the program's output
and exit code.
Assumed: nothing slow is imported before the cache was asked; an unchanged program
starts at once.
"""

from __future__ import annotations

import os
import subprocess
import sys

from pyhew.cli.arguments import Syntax, parse_arguments
from pyhew.cli.building import BUILD_FLAGS, BUILD_VALUES, FAILED, build_options, show_diagnostics, wants_color
from pyhew.cli.durations import seconds_of
from pyhew.driver.cache import find_program, program_key

TIMED_OUT = 124
SYNTAX = Syntax(
    "hew run [FILE|FOLDER] [--release] [--timeout DURATION] [-- ARGUMENTS]",
    BUILD_FLAGS,
    (*BUILD_VALUES, "--timeout"),
    takes_rest=True,
)


def run(words: list[str]) -> int:
    """Runs one program; returns only if it could not be started."""
    arguments = parse_arguments(words, SYNTAX)
    named = arguments.files[0] if arguments.files else None
    given = arguments.last("--timeout")
    limit = None if given is None else seconds_of(given)
    options = build_options(arguments)
    key = program_key(named, repr(options))
    cached = find_program(key)
    if cached is not None:
        return start(cached.executable, arguments.rest, limit)
    from pyhew.driver.session import Session

    session = Session(named, options)
    executable = session.build_cached(key)
    show_diagnostics(session, wants_color(arguments))
    return FAILED if executable is None else start(executable, arguments.rest, limit)


def start(executable: str, words: list[str], limit: float | None) -> int:
    """Replaces this process by the program, or waits for it when its time is limited."""
    sys.stdout.flush()
    sys.stderr.flush()
    command = [executable, *words]
    if executable.endswith(".o"):
        command = [sys.executable, "-m", "pyhew.driver.jit", *command]
    if limit is None:
        os.execv(command[0], command)
    with subprocess.Popen(command) as program:
        try:
            code = program.wait(limit)
        except subprocess.TimeoutExpired:
            program.kill()
            print(f"hew run: stopped after {limit:g} s", file=sys.stderr)
            return TIMED_OUT
    return code if code >= 0 else 128 - code
