"""What the compiling commands share: their options, and showing what went wrong.

In: arguments, a session.  Out: build options; text on stderr.
Assumed: results go to stdout, everything else to stderr.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from pyhew.cli.arguments import Arguments, UsageError
from pyhew.driver.options import BuildOptions, Mode

if TYPE_CHECKING:
    from pyhew.driver.formatting import Formatter
    from pyhew.driver.session import Session

BUILD_FLAGS = ("--release", "--debug", "--no-color")
LINT_OPTIONS = {"-A": "allow", "-W": "warn", "-D": "deny", "-F": "forbid"}
BUILD_VALUES = ("--pkg-path", "--link-lib", "--target", "--sanitize", "--color", *LINT_OPTIONS)

OK, FAILED, USAGE, LEAK, INTERNAL = 0, 1, 2, 3, 70


def build_options(arguments: Arguments, tests: bool = False) -> BuildOptions:
    """The build that the command line asks for."""
    mode = Mode.RELEASE if "--release" in arguments.flags else Mode.FAST
    if "--debug" in arguments.flags:
        if mode is Mode.RELEASE:
            raise UsageError("--debug and --release exclude each other")
        mode = Mode.CHECK
    sanitizer = arguments.choice("--sanitize", ("", "address", "thread"))
    if sanitizer:
        mode = Mode.ASAN if sanitizer == "address" else Mode.TSAN
    dirs = tuple(arguments.values.get("--pkg-path", []))
    for folder in dirs:
        if not os.path.isdir(folder):
            raise UsageError(f"--pkg-path: there is no folder `{folder}`")
    _require_own_machine(arguments.last("--target") or "")
    return BuildOptions(mode, dirs, tests, lint_levels(arguments), libraries(arguments))


def libraries(arguments: Arguments) -> tuple[str, ...]:
    """What `--link-lib` names: files, which must be there, or names that the linker looks for."""
    found = []
    for given in arguments.values.get("--link-lib", []):
        is_file = os.sep in given or os.path.splitext(given)[1] in (".a", ".o", ".so")
        if is_file and not os.path.isfile(given):
            raise UsageError(f"--link-lib: there is no file `{given}`")
        found.append(os.path.abspath(given) if is_file else f"-l{given}")
    return tuple(found)


def _require_own_machine(triple: str) -> None:
    """Programs are made for the machine the compiler runs on."""
    system = os.uname()
    parts = triple.lower().split("-")
    if triple and (parts[0] != system.machine.lower() or system.sysname.lower() not in parts):
        raise UsageError(f"--target: programs are made for this machine, {system.machine}-{system.sysname.lower()}, not for `{triple}`")


def lint_levels(arguments: Arguments) -> tuple[tuple[str, str], ...]:
    """What the command line says about lints."""
    if not any(option in arguments.values for option in LINT_OPTIONS):
        return ()
    from pyhew.check.lints.levels import lint_names

    levels = []
    known = lint_names()
    for option, level in LINT_OPTIONS.items():
        for name in arguments.values.get(option, []):
            plain = name.replace("-", "_")
            if plain not in known:
                raise UsageError(f"{option}: there is no lint `{name}`; the lints are {', '.join(known)}")
            levels.append((level, plain))
    return tuple(levels)


def wants_color(arguments: Arguments) -> bool:
    """Whether to colour what goes to stderr."""
    wish = arguments.choice("--color", ("auto", "always", "never"))
    if wish == "always":
        return True
    if wish == "never" or "--no-color" in arguments.flags or os.environ.get("NO_COLOR"):
        return False
    return sys.stderr.isatty()


def show_diagnostics(session: Session | Formatter, color: bool) -> None:
    """Writes every diagnostic to stderr."""
    out = "".join(text + "\n" for text in session.rendered(color))
    if session.sink.dropped:
        out += f"and {session.sink.dropped} more errors\n"
    sys.stderr.write(out)
