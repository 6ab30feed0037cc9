"""The command `hew`: picks the subcommand, answers for the exit code.

In: the command line.  Out: an exit code (0 ok, 1 findings or failure, 2 usage,
3 leaks, 70 compiler bug, else the program's own).
Assumed: each command is one module with `run(words) -> int`, imported only when it is
asked for, because start-up time is what users feel first.
"""

from __future__ import annotations

import gc
import sys
from types import ModuleType

from pyhew.cli.arguments import UsageError

HELP = {"--help", "-h"}


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
    if not words:
        _show_help([])
        return 2
    if words[0] in HELP or words[0] == "help":
        return _show_help(words[1:])
    name, rest = words[0], words[1:]
    if name in ("--version", "-V"):
        name = "version"
    command = _command(name)
    if command is None:
        return _unknown(name)
    if not HELP.isdisjoint(rest[: rest.index("--")] if "--" in rest else rest):
        return _show_help([name])
    try:
        code: int = command.run(rest)
        return code
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


def _command(name: str) -> ModuleType | None:
    match name:
        case "run":
            from pyhew.cli import run

            return run
        case "build" | "compile":
            from pyhew.cli import build

            return build
        case "check":
            from pyhew.cli import check

            return check
        case "lint":
            from pyhew.cli import lint

            return lint
        case "fmt":
            from pyhew.cli import fmt

            return fmt
        case "test":
            from pyhew.cli import test

            return test
        case "memcheck":
            from pyhew.cli import memcheck

            return memcheck
        case "debug":
            from pyhew.cli import debug

            return debug
        case "wire":
            from pyhew.cli import wire

            return wire
        case "explain":
            from pyhew.cli import explain

            return explain
        case "doctor":
            from pyhew.cli import doctor

            return doctor
        case "version":
            from pyhew.cli import version

            return version
        case _:
            return None


def _show_help(words: list[str]) -> int:
    from pyhew.cli.help import command_help, overview

    if not words:
        print(overview())
        return 0
    command = _command(words[0])
    if command is None:
        return _unknown(words[0])
    print(command_help("build" if words[0] == "compile" else words[0], command.SYNTAX))
    return 0


def _unknown(name: str) -> int:
    print(f"hew: there is no command `{name}`; `hew help` lists them", file=sys.stderr)
    return 2
