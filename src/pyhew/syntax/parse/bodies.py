"""The loop over the members of a declaration's braces.

In: a parser at `{` and a function that parses one member.  Out: nothing; the
function stores what it parses.
Assumed: a mistake in one member leaves the others readable.
"""

from __future__ import annotations

from collections.abc import Callable

from pyhew.syntax.parse.context import Parser, Recover
from pyhew.syntax.parse.recovery import is_item_start, skip_member
from pyhew.syntax.tokens import EOF

_NEVER_MEMBERS = frozenset(("import", "trait", "impl", "extern", "supervisor", "enum", "package", "actor", "const"))


def parse_members(p: Parser, parse_member: Callable[[], None]) -> None:
    """`{ members }`; a declaration at the left margin means that the `}` was lost."""
    opener = p.expect("{")
    p.enter()
    depth = p.depth
    while p.kind != "}":
        if p.kind == EOF or _is_lost(p):
            p.fail_unclosed(opener)
        at = p.pos
        try:
            parse_member()
        except Recover:
            p.depth, p.no_record = depth, False
            skip_member(p, at)
        if p.pos == at and p.kind not in ("}", EOF) and not _is_lost(p):
            p.advance()
    p.advance()
    p.depth -= 1


def _is_lost(p: Parser) -> bool:
    if p.kind in _NEVER_MEMBERS:
        return True
    start = p.start
    at_margin = start == 0 or p.text[start - 1] == "\n"
    # Members at the margin are unusual but legal, so a function there does not count.
    return at_margin and p.kind in ("pub", "type") and is_item_start(p, p.pos) and p.peek() in ("type", "enum", "actor")
