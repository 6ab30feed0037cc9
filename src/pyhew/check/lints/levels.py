"""How loud each lint is: what the command line and comments in the source say.

In: pairs of a word (`allow`, `warn`, `deny`, `forbid`) and a lint's name or `all`; source text.
Out: whether a finding is dropped, a warning or an error.
Assumed: a name outweighs `all`, and then the stricter word wins.  A comment `hew:allow(name)`
stands on the finding's own line, directly above it, or at the top of the file with an empty line
below; it outweighs everything but `forbid`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pyhew.check.errors.lints import (
    LINTS,
    LenZeroComparison,
    Lint,
    NeedlessBool,
    NeedlessMatchToIfLet,
    NeedlessRangeLoop,
    RedundantElseAfterReturn,
    name_of,
)
from pyhew.source.diagnostics import Severity
from pyhew.source.files import SourceFile, Sources
from pyhew.source.records import replace

ALLOW, WARN, DENY, FORBID = "allow", "warn", "deny", "forbid"
STRICTNESS = (ALLOW, WARN, DENY, FORBID)
ALL = "all"

STYLE = (LenZeroComparison, NeedlessBool, NeedlessMatchToIfLet, NeedlessRangeLoop, RedundantElseAfterReturn)
"""Shorter forms of what is right: silent until somebody asks for them."""

_DIRECTIVE = re.compile(r"//.*?\bhew:allow\(([^)]*)\)")


def lint_names() -> tuple[str, ...]:
    """Every name a user may write, `all` included."""
    return (ALL, *(name_of(lint) for lint in LINTS))


def settle(found: Iterable[Lint], levels: tuple[tuple[str, str], ...], sources: Sources) -> list[Lint]:
    """The findings that are shown, in the order of the source."""
    kept = []
    for lint in found:
        name = name_of(lint)
        level = _level(name, levels) or (ALLOW if isinstance(lint, STYLE) else WARN)
        if level == ALLOW or (level != FORBID and _is_allowed(name, lint, sources)):
            continue
        kept.append(replace(lint, is_denied=True) if level in (DENY, FORBID) else lint)
    return sorted(kept, key=lambda one: (one.span.file, one.span.start, one.severity is Severity.WARNING))


def _level(name: str, levels: tuple[tuple[str, str], ...]) -> str | None:
    for wanted in (name, ALL):
        given = [STRICTNESS.index(level) for level, named in levels if named == wanted]
        if given:
            return STRICTNESS[max(given)]
    return None


def _is_allowed(name: str, lint: Lint, sources: Sources) -> bool:
    file = sources[lint.span.file]
    if "hew:allow(" not in file.text:
        return False
    line = file.position(lint.span.start)[0]
    return any(name in names or ALL in names for names in _directives(file, line))


def _directives(file: SourceFile, line: int) -> Iterable[set[str]]:
    """The names allowed for a line: on it, in the comments and attributes directly above, for the whole file."""
    yield _names(file.line_text(line))
    above = line - 1
    while above > 0 and file.line_text(above).lstrip().startswith(("//", "#[")):
        yield _names(file.line_text(above))
        above -= 1
    last = len(file.line_starts())
    head = 1
    while head <= last and file.line_text(head).startswith("//"):
        head += 1
    if not file.line_text(head).strip():
        for number in range(1, head):
            yield _names(file.line_text(number))


def _names(text: str) -> set[str]:
    return {
        name.strip().replace("-", "_") for found in _DIRECTIVE.findall(text) for name in found.split(",")
    }
