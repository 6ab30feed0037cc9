"""What can be wrong with the files and tools around a program.

In: paths and the reasons the system gave.  Out: diagnostics.
Assumed: most of these have no place in a source text, so their span is `NO_FILE`.
"""

from __future__ import annotations

from pyhew.source.diagnostics import Diagnostic
from pyhew.source.records import record
from pyhew.source.spans import Span

NO_FILE = Span(-1, 0, 0)


@record(frozen=True)
class CannotRead(Diagnostic):
    """The file does not exist, is a directory, or may not be read."""

    id = "cannot-read"
    path: str
    reason: str

    def title(self) -> str:
        return f"cannot read `{self.path}`: {self.reason}"


@record(frozen=True)
class CannotWrite(Diagnostic):
    """The result could not be put where it was asked for."""

    id = "cannot-write"
    path: str
    reason: str

    def title(self) -> str:
        return f"cannot write `{self.path}`: {self.reason}"


@record(frozen=True)
class AmbiguousModule(Diagnostic):
    """A module is either one file or a folder with a file of the same name, not both."""

    id = "ambiguous-module"
    other: str

    def title(self) -> str:
        return f"this module exists twice: the import also fits `{self.other}`"

    def help(self) -> str:
        return "remove or rename one of the two"


@record(frozen=True)
class BadManifest(Diagnostic):
    """`hew.toml` must be a TOML file with a `[package]` table."""

    id = "bad-manifest"
    path: str
    reason: str

    def title(self) -> str:
        return f"`{self.path}` cannot be used: {self.reason}"


@record(frozen=True)
class NoEntryPoint(Diagnostic):
    """The folder has no `hew.toml` and no `main.hew`."""

    id = "no-entry-point"
    path: str

    def title(self) -> str:
        return f"there is nothing to compile in `{self.path}`"

    def help(self) -> str:
        return "name a `.hew` file, or a folder with `hew.toml` or `main.hew`"


@record(frozen=True)
class NoLinker(Diagnostic):
    """An executable needs a linker: the system's `cc`, or the `ziglang` package."""

    id = "no-linker"

    def title(self) -> str:
        return "there is no C compiler to link with"

    def help(self) -> str:
        return "install one, or run `pip install 'pyhew[link]'`"


@record(frozen=True)
class ToolFailed(Diagnostic):
    """A C compiler or linker refused its input; the notes show what it said."""

    id = "tool-failed"
    tool: str
    output: str

    def title(self) -> str:
        return f"`{self.tool}` failed"

    def notes(self) -> tuple[str, ...]:
        return tuple(self.output.splitlines()[:20])
