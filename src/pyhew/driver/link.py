"""Linking objects to an executable.

In: object files.  Out: an executable, or a diagnostic.
Assumed: the system's `cc` is preferred (`CC` names another); without one the
`ziglang` package serves as compiler and linker.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from importlib.util import find_spec

from pyhew.driver.errors import NO_FILE, NoLinker, ToolFailed
from pyhew.source.diagnostics import Diagnostic

LIBRARIES = ("-lpthread", "-lm")


class CCompiler:
    """A command that compiles and links C; `identity` changes when the tool does."""

    __slots__ = ("command", "identity", "is_zig")

    def __init__(self, command: tuple[str, ...], identity: str, is_zig: bool) -> None:
        self.command = command
        self.identity = identity
        self.is_zig = is_zig

    @property
    def name(self) -> str:
        """What to call it in messages."""
        return "ziglang" if self.is_zig else os.path.basename(self.command[0])


def find_c_compiler() -> CCompiler | None:
    """The C compiler of this machine."""
    named = os.environ.get("CC")
    for candidate in [shlex.split(named)] if named else [["cc"], ["gcc"], ["clang"]]:
        path = shutil.which(candidate[0]) if candidate else None
        if path is not None:
            real = os.path.realpath(path)
            stat = os.stat(real)
            return CCompiler((path, *candidate[1:]), f"{real} {stat.st_size} {stat.st_mtime_ns}", False)
    zig = find_spec("ziglang")
    if zig is not None:
        return CCompiler((sys.executable, "-m", "ziglang", "cc"), f"ziglang {zig.origin}", True)
    return None


def link_executable(objects: list[str], out: str, flags: tuple[str, ...] = ()) -> Diagnostic | None:
    """Links `objects` to the executable `out`."""
    compiler = find_c_compiler()
    if compiler is None:
        return NoLinker(NO_FILE)
    return run_tool(compiler.name, [*compiler.command, "-o", out, *objects, *flags, *LIBRARIES])


def run_tool(name: str, command: list[str]) -> Diagnostic | None:
    """Runs a compiler; what it prints matters only when it fails."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except OSError as bad:
        return ToolFailed(NO_FILE, name, bad.strerror or "cannot be started")
    if done.returncode != 0:
        return ToolFailed(NO_FILE, name, (done.stderr + done.stdout).decode("utf-8", "replace"))
    return None
