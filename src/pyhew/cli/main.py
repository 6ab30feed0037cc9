"""The command `hew`: picks the subcommand, answers for the exit code.

In: the command line.  Out: an exit code (0 ok, 1 findings or failure, 2 usage,
3 leaks, 70 compiler bug, else the program's own).
Assumed: each command is one module with `run(words) -> int`, imported only when it is
asked for, because start-up time is what users feel first.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable

from pyhew.cli.arguments import UsageError

COMMANDS = {
    "run": "compile a program and run it",
    "build": "compile a program to an executable",
    "check": "look for mistakes without compiling",
    "test": "run the functions marked #[test]",
    "memcheck": "run a program and report every block it does not free",
    "debug": "a program under gdb, its values shown as Hew values",
    "wire": "whether a change to wire types breaks old programs",
    "explain": "what an error id means and how to fix it",
    "doctor": "what this machine has and what is missing",
    "version": "which compiler and language level this is",
}


def entry() -> None:
    """The console script."""
    # Trees and tables live until the end; collecting them on the way only costs time.
    gc.disable()
    try:
        code = main(sys.argv[1:])
    except KeyboardInterrupt:
        code = 130
    except BrokenPipeError:
        sys.stderr.close()
        code = 1
    sys.exit(code)


def main(words: list[str]) -> int:
    """Runs one command."""
    if not words or words[0] in ("help", "--help", "-h"):
        print(_help())
        return 0 if words else 2
    name, rest = words[0], words[1:]
    if name in ("--version", "-V"):
        name = "version"
    command = _command(name)
    if command is None:
        print(f"hew: there is no command `{name}`; `hew help` lists them", file=sys.stderr)
        return 2
    try:
        return command(rest)
    except UsageError as bad:
        print(f"hew {name}: {bad}", file=sys.stderr)
        return 2
    except (KeyboardInterrupt, BrokenPipeError):
        raise
    except BaseException as bug:
        if isinstance(bug, SystemExit):
            raise
        from pyhew.cli.crash import report_bug

        return report_bug(bug, rest)


def _command(name: str) -> Callable[[list[str]], int] | None:
    match name:
        case "run":
            from pyhew.cli import run

            return run.run
        case "build" | "compile":
            from pyhew.cli import build

            return build.run
        case "check":
            from pyhew.cli import check

            return check.run
        case "test":
            from pyhew.cli import test

            return test.run
        case "memcheck":
            from pyhew.cli import memcheck

            return memcheck.run
        case "debug":
            from pyhew.cli import debug

            return debug.run
        case "wire":
            from pyhew.cli import wire

            return wire.run
        case "explain":
            from pyhew.cli import explain

            return explain.run
        case "doctor":
            from pyhew.cli import doctor

            return doctor.run
        case "version":
            from pyhew.cli import version

            return version.run
        case _:
            return None


def _help() -> str:
    lines = ["hew COMMAND [FILE] [OPTIONS]", ""]
    lines += [f"  {name:10} {text}" for name, text in COMMANDS.items()]
    return "\n".join(lines)
