"""`hew debug`: a program under gdb, with Hew lines, variables and values.

In: a file or folder, the program's own words behind `--`.  Out: gdb's terminal.
Assumed: gdb is installed; `-x FILE` and `--batch` are handed to it.
"""

from __future__ import annotations

import os
import shutil
import sys
from importlib.resources import files

from pyhew.cli.arguments import Syntax, parse_arguments
from pyhew.cli.building import BUILD_VALUES, FAILED, build_options, show_diagnostics, wants_color
from pyhew.driver.cache import find_program, program_key

SYNTAX = Syntax(
    "hew debug [FILE|FOLDER] [--batch] [-x GDB-SCRIPT] [-- ARGUMENTS]",
    ("--batch", "--no-color"),
    (*BUILD_VALUES, "-x"),
    takes_rest=True,
)


def run(words: list[str]) -> int:
    """Becomes gdb; returns only if it could not be started."""
    arguments = parse_arguments(words, SYNTAX)
    arguments.flags.add("--debug")
    gdb = shutil.which("gdb")
    if gdb is None:
        print("hew debug: gdb is not installed", file=sys.stderr)
        return FAILED
    named = arguments.files[0] if arguments.files else None
    options = build_options(arguments)
    key = program_key(named, repr(options))
    cached = find_program(key)
    if cached is None:
        from pyhew.driver.session import Session

        session = Session(named, options)
        executable = session.build_cached(key)
        show_diagnostics(session, wants_color(arguments))
        if executable is None:
            return FAILED
    else:
        executable = cached.executable
    printers = str(files("pyhew.debugger").joinpath("printers.py"))
    command = [gdb, "-q", "-x", printers]
    for script in arguments.values.get("-x", []):
        command += ["-x", script]
    if "--batch" in arguments.flags:
        command.append("--batch")
    sys.stdout.flush()
    os.execv(gdb, [*command, "--args", executable, *arguments.rest])
