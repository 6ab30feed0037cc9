"""Where to go on after a mistake.

In: a parser that gave a construct up.  Out: the parser at the next safe token.
Assumed: people indent.  A line that begins left of the construct is outside of
it, one that begins in the same column comes after it (or closes it), one that
begins further right belongs to it.  Within one line brackets and `;` decide.
"""

from __future__ import annotations

from pyhew.syntax.parse.context import CLOSERS, ITEM_WORDS, OPENERS, Parser
from pyhew.syntax.tokens import EOF, IDENT

CONTINUES = frozenset((";", ",", ")", "]", ".", "?"))
"""Behind a closing bracket these belong to what was given up."""


def skip_statement(p: Parser, start: int) -> None:
    """Moves behind the statement that began at token `start`."""
    _skip(p, start, False)


def skip_member(p: Parser, start: int) -> None:
    """Moves behind the item or member that began at token `start`."""
    _skip(p, start, True)


def _skip(p: Parser, start: int, is_member: bool) -> None:
    kinds = p.kinds
    own_column = _column(p, start)
    failed = max(p.pos, start)
    depth = 0
    at = start
    while kinds[at] is not EOF:
        kind = kinds[at]
        if at >= failed and at > start and starts_line(p, at):
            column = _column(p, at)
            if column < own_column:
                break
            if column == own_column and not _is_continued(p, at):
                if kind == "}" and (depth > 0 or own_column > 0 or is_member):
                    at = _behind_close(p, at)
                break
        if kind in OPENERS:
            depth += 1
        elif kind in CLOSERS:
            if depth > 0:
                depth -= 1
            elif kind == "}" and at >= failed and not (starts_line(p, at) and _column(p, at) > own_column):
                break
            if depth == 0 and kind == "}" and at >= failed and not _goes_on(p, at, own_column):
                at = _behind_close(p, at)
                break
        elif kind == ";" and depth == 0 and at >= failed and not (is_member and _goes_on(p, at, own_column)):
            at += 1
            break
        at += 1
    p.give_up(start, at)


def _is_continued(p: Parser, at: int) -> bool:
    """Whether token `at`, in the column of the construct, belongs to it all the same: `else`, `} else`, a lone `)`."""
    kind = p.kinds[at]
    return kind == "else" or kind in CONTINUES or kind == "}" and p.kinds[at + 1] == "else"


def _behind_close(p: Parser, at: int) -> int:
    at += 1
    while p.kinds[at] in (";", ",", ")", "]"):
        at += 1
    return at


def _goes_on(p: Parser, at: int, own_column: int) -> bool:
    """Whether what stands behind token `at` still belongs to the construct."""
    behind = p.kinds[at + 1]
    if behind is EOF:
        return False
    if starts_line(p, at + 1):
        return _column(p, at + 1) > own_column
    return behind in CONTINUES or behind == "else"


def is_item_start(p: Parser, at: int) -> bool:
    """Whether token `at` begins a declaration that cannot stand inside a body."""
    kind = p.kinds[at]
    if kind in ITEM_WORDS:
        return True
    return (
        kind == IDENT
        and p.texts[at] in ("record", "machine", "gen", "indirect")
        and p.kinds[at + 1] in (IDENT, "fn", "enum")
    )


def starts_line(p: Parser, at: int) -> bool:
    """Whether token `at` is the first of its line."""
    return at == 0 or "\n" in p.text[p.ends[at - 1] : p.starts[at]]


def _column(p: Parser, at: int) -> int:
    """How far the line of token `at` is indented."""
    line = p.text.rfind("\n", 0, p.starts[at]) + 1
    end = line
    while p.text[end : end + 1] in (" ", "\t"):
        end += 1
    return end - line
