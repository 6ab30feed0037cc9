"""Diagnostics as values: what is wrong, where, and what to write instead.

In: spans and words from the phases.  Out: `Diagnostic`, the base class of every
error, and `DiagnosticSink`, which collects them.
Assumed: a diagnostic never changes once it is built, and its class alone
decides its words; the id is stable and is the name of its explanation.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import ClassVar

from pyhew.source.records import record
from pyhew.source.spans import Span


class Severity(Enum):
    """How bad it is: only errors stop the compilation."""

    ERROR = "error"
    WARNING = "warning"


@record(frozen=True)
class Label:
    """A place in the source with a word about it; the text may be empty."""

    span: Span
    text: str


@record(frozen=True)
class Fix:
    """An edit that would settle the diagnostic: put `text` where `span` stands."""

    span: Span
    text: str


@record(frozen=True)
class Diagnostic:
    """What every error and warning can say about itself."""

    id: ClassVar[str] = ""

    span: Span

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return Severity.ERROR

    def title(self) -> str:
        """One line in the user's terms, without a full stop."""
        raise NotImplementedError

    def labels(self) -> tuple[Label, ...]:
        """The places to show; the first one at `span` is the main one."""
        return (Label(self.span, ""),)

    def help(self) -> str | None:
        """What to write instead, when that is known."""
        return None

    def notes(self) -> tuple[str, ...]:
        """Further facts, one line each."""
        return ()

    def fixes(self) -> tuple[Fix, ...]:
        """Edits an editor may apply, when they are certain."""
        return ()

    def misses(self) -> str:
        """What is said to be missing: where a word of it stands in text that could not be read, nothing is known."""
        return ""


MAX_ERRORS = 100
"""More than this many errors have one cause; the rest are counted, not kept."""


UNSAID = "*"
"""What `misses` answers where anything that was not read may be the reason."""

_WORDS = re.compile(r"\w+")


class DiagnosticSink:
    """Collects diagnostics in the order they are found, each once.

    `unread` are the words of what the parser gave up: their declarations may stand there.
    """

    __slots__ = ("_errors", "_seen", "diagnostics", "dropped", "unread")

    def __init__(self) -> None:
        self.diagnostics: list[Diagnostic] = []
        self.dropped = 0
        self.unread: set[str] = set()
        self._seen: set[tuple[str, Span]] = set()
        self._errors = 0

    def report(self, diagnostic: Diagnostic) -> None:
        """Keeps `diagnostic` unless the same id was reported at the same place, or it follows from a mistake before."""
        key = (diagnostic.id, diagnostic.span)
        if key in self._seen or self.unread and self._follows(diagnostic.misses()):
            return
        if diagnostic.severity is Severity.ERROR:
            if self._errors >= MAX_ERRORS:
                self.dropped += 1
                return
            self._errors += 1
        self._seen.add(key)
        self.diagnostics.append(diagnostic)

    def _follows(self, missed: str) -> bool:
        return missed == UNSAID or not self.unread.isdisjoint(_WORDS.findall(missed))

    @property
    def has_errors(self) -> bool:
        """Whether anything that stops the compilation was reported."""
        return self._errors > 0


class CompilerBug(Exception):
    """An impossible state: a mistake of this compiler, never of the user."""

    def __init__(self, message: str, span: Span | None = None) -> None:
        super().__init__(message)
        self.span = span
