"""Files that are laid out: finding them, reading them, writing them back.

In: files and folders.  Out: what each file holds and is to hold; mistakes go to the sink.
Assumed: a folder means every source file below it but those in folders whose names begin with a dot.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple

from pyhew.driver.errors import NO_FILE, CannotRead
from pyhew.source.decode import decode, lossy_text
from pyhew.source.diagnostics import Diagnostic, DiagnosticSink
from pyhew.source.files import Sources
from pyhew.source.render import render_text
from pyhew.syntax.format import format_text


class Formatted(NamedTuple):
    """One file: its path, its text, and its text laid out."""

    path: str
    text: str
    made: str


class Formatter:
    """Reads and lays out one file after the other; `sink` has the mistakes of all of them."""

    __slots__ = ("sink", "sources")

    def __init__(self) -> None:
        self.sources = Sources()
        self.sink = DiagnosticSink()

    def file(self, path: str) -> Formatted | None:
        """One file; None after a report."""
        try:
            with open(path, "rb") as file:
                data = file.read()
        except OSError as bad:
            self.sink.report(CannotRead(NO_FILE, path, (bad.strerror or "not a usable path").lower()))
            return None
        return self.data(path, data)

    def data(self, shown: str, data: bytes) -> Formatted | None:
        """What a file called `shown` holds; None after a report."""
        text = decode(data, len(self.sources))
        if isinstance(text, Diagnostic):
            self.sources.add(shown, lossy_text(data))
            self.sink.report(text)
            return None
        index = len(self.sources)
        self.sources.add(shown, text)
        own = DiagnosticSink()
        made = format_text(text, index, own)
        for diagnostic in own.diagnostics:
            self.sink.report(diagnostic)
        return Formatted(shown, text, made) if made is not None else None

    def rendered(self, color: bool) -> list[str]:
        """Every diagnostic as text."""
        return [render_text(diagnostic, self.sources, color) for diagnostic in self.sink.diagnostics]


def write_back(formatted: Formatted) -> None:
    """Writes the laid-out text where the file is."""
    with open(formatted.path, "w", encoding="utf-8", newline="") as file:
        file.write(formatted.made)


def source_files(paths: list[str]) -> Iterator[str]:
    """The files meant by these paths, each once."""
    seen: set[str] = set()
    for path in paths:
        for file in _below(path) if os.path.isdir(path) else (path,):
            if os.path.realpath(file) not in seen:
                seen.add(os.path.realpath(file))
                yield file


def _below(folder: str) -> Iterator[str]:
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (os.path.normpath(os.path.join(here, name)) for name in sorted(files) if name.endswith(".hew"))
