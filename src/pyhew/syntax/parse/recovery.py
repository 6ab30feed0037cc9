"""Where to go on after a mistake.

In: a parser that gave a construct up.  Out: the parser at the next safe token.
Assumed: the construct began at token `start`, outside of any bracket that it
opened itself; so counting brackets from there tells which `;` and `}` belong
to the surroundings.
"""

from __future__ import annotations

from pyhew.syntax.parse.context import CLOSERS, ITEM_WORDS, OPENERS, Parser
from pyhew.syntax.tokens import EOF, IDENT

STATEMENT_WORDS = frozenset(("let", "var", "while", "for", "loop", "return", "break", "continue", "defer", "if", "match"))
MEMBER_WORDS = frozenset(("fn", "receive", "let", "var", "async", "pub", "type", "#["))
CONTINUES = frozenset((";", "else", ",", ")", "]", ".", "?", "}"))
"""After a `}` one of these belongs to what was given up."""


def skip_to_safety(p: Parser, start: int, words: frozenset[str]) -> None:
    """Moves behind the construct that began at token `start`; one of `words` on a new line also ends it."""
    kinds = p.kinds
    depth = 0
    at = start
    failed = p.pos
    while kinds[at] is not EOF:
        kind = kinds[at]
        beyond = at >= failed and at > start
        if beyond and _at_margin(p, at) and is_item_start(p, at):
            break
        if beyond and depth <= 0 and (kind in words and _starts_line(p, at)):
            break
        if kind in OPENERS:
            depth += 1
        elif kind in CLOSERS:
            if depth <= 0 and at >= failed:
                break
            depth -= 1
            if depth == 0 and kind == "}" and at >= failed and kinds[at + 1] not in CONTINUES:
                at += 1
                break
        elif kind == ";" and depth <= 0 and at >= failed:
            at += 1
            break
        at += 1
    p.jump(at)


def is_item_start(p: Parser, at: int) -> bool:
    """Whether token `at` begins a declaration that cannot stand inside a body."""
    kind = p.kinds[at]
    if kind in ITEM_WORDS:
        return True
    return kind == IDENT and p.texts[at] in ("record", "machine", "gen", "indirect") and p.kinds[at + 1] in (
        IDENT, "fn", "enum",
    )  # fmt: skip


def _starts_line(p: Parser, at: int) -> bool:
    return at == 0 or "\n" in p.text[p.ends[at - 1] : p.starts[at]]


def _at_margin(p: Parser, at: int) -> bool:
    start = p.starts[at]
    return start == 0 or p.text[start - 1] == "\n"
