"""Mistakes in patterns and matches.

In: names and places.  Out: diagnostics.  Assumed: nothing.
"""

from __future__ import annotations

from pyhew.names.elsewhere import nearest
from pyhew.source.diagnostics import Diagnostic
from pyhew.source.records import record


@record(frozen=True)
class PatternMismatch(Diagnostic):
    """The pattern can never match a value of this type."""

    id = "pattern-mismatch"
    type: str
    what: str

    def title(self) -> str:
        return f"a `{self.type}` is never {self.what}"


@record(frozen=True)
class BoundTwice(Diagnostic):
    """A pattern binds each of its names once."""

    id = "bound-twice"
    name: str

    def title(self) -> str:
        return f"`{self.name}` is bound twice in this pattern"


@record(frozen=True)
class EmptyRange(Diagnostic):
    """A range in a pattern holds at least one value: `1..5`, `1..=5`, `3..=3`."""

    id = "empty-range"

    def title(self) -> str:
        return "this range is empty, so nothing matches it"

    def help(self) -> str:
        return "write the lower end first; `..=` includes the upper end"


@record(frozen=True)
class AlternativesDiffer(Diagnostic):
    """Every alternative of a pattern binds the same names, each with one type."""

    id = "alternatives-differ"
    name: str
    why: str

    def title(self) -> str:
        return f"`{self.name}` {self.why}"


@record(frozen=True)
class NoSuchVariant(Diagnostic):
    """The matched type has no variant or record of this name."""

    id = "unknown-variant"
    name: str
    type: str
    known: tuple[str, ...]
    is_task: bool = False

    def title(self) -> str:
        return f"`{self.name}` is not a form of `{self.type}`"

    def help(self) -> str | None:
        if self.is_task:
            return "a task gives its result to `await`"
        near = nearest(self.name, self.known)
        return f"did you mean `{near}`?" if near else None

    def misses(self) -> str:
        return self.name


@record(frozen=True)
class PatternArity(Diagnostic):
    """A variant pattern names another number of values than the variant holds."""

    id = "pattern-arity"
    name: str
    wanted: int
    found: int

    def title(self) -> str:
        return f"`{self.name}` holds {self.wanted} value(s), the pattern has {self.found}"


@record(frozen=True)
class UnknownPatternField(Diagnostic):
    """The record has no field of this name."""

    id = "unknown-pattern-field"
    name: str
    known: tuple[str, ...]

    def title(self) -> str:
        return f"there is no field `{self.name}`"

    def help(self) -> str | None:
        near = nearest(self.name, self.known)
        return f"did you mean `{near}`?" if near else None

    def misses(self) -> str:
        return self.name


@record(frozen=True)
class NotExhaustive(Diagnostic):
    """A `match` must have an arm for every value; guards do not count."""

    id = "match-not-exhaustive"
    missing: tuple[str, ...]

    def title(self) -> str:
        return "non-exhaustive match: missing " + ", ".join(self.missing)

    def help(self) -> str:
        return "add the missing arms, or a last arm `_ => ..`"


@record(frozen=True)
class MatchTooComplex(Diagnostic):
    """The patterns need more steps to check than the compiler spends; split the match."""

    id = "match-too-complex"

    def title(self) -> str:
        return "this match is too complex to check for completeness"


@record(frozen=True)
class BadRegex(Diagnostic):
    """The regular expression does not follow the syntax of `std.text.regex`."""

    id = "bad-regex"
    why: str

    def title(self) -> str:
        return f"this is not a regular expression: {self.why}"
