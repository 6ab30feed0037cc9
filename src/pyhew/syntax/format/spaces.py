"""The space between two words on one line.

In: neighbours and their roles.  Out: whether a space stands between them.
Assumed: where both ways are written, the program keeps its own.
"""

from __future__ import annotations

from pyhew.syntax.format.pieces import COMMENT, Piece
from pyhew.syntax.format.roles import Roles
from pyhew.syntax.tokens import BYTES, CHAR, DURATION, FLOAT, IDENT, INT, RAW_STRING, REGEX, RESERVED, STRING

_LITERALS = frozenset((INT, FLOAT, DURATION, STRING, RAW_STRING, BYTES, REGEX, CHAR))
_VALUES = frozenset((IDENT, *_LITERALS, ")", "]", "}", "?", "this", "true", "false", "super"))
"""What an operand may end with."""
_SIGNS = frozenset("-!~&*")
"""Operators in front of an operand, where no operand stands before them."""
_TIGHT = frozenset((".", "::"))
_NEVER_BEFORE = frozenset((")", "]", ",", ";", ":", "?"))
_NEVER_BEHIND = frozenset(("(", "[", "#[", "@"))
_CALLED = frozenset(("fn", "pub", "super", "this", "catch", "await_restart"))
"""Words that stand close to `(`, as names do."""
_SPECIAL = frozenset(("after", "bytes", "clone", "emit", "from", "gen", "is", "select", "scope", "race", "join", "when", "await"))
"""Names that are words of the language in some places: a space that stands behind them there stays."""


def has_space(pieces: list[Piece], at: int, roles: Roles) -> bool:
    """Whether a space stands before the piece at `at`, which is not the first of its line."""
    last, this = pieces[at - 1], pieces[at]
    was_there = bool(this.before)
    if COMMENT in (last.kind, this.kind):
        return was_there or this.text.startswith("//")
    left, right = _side(last, roles), _side(this, roles)
    if right == "closer" or left == "opener":
        return False
    if right == "opener":
        return left != "<" and last.kind not in ("(", "[", ".") and not _is_sign(pieces, at - 1, roles)
    if left == "<" or right == ">":
        return False
    if right == "<":
        return last.kind not in (IDENT, "impl", "fn", "(", "[", ".", "::", ">")
    if left == ">":
        return this.kind not in ("(", "[", *_TIGHT, *_NEVER_BEFORE, "..")
    if left == "closer":
        return this.kind not in (")", "]", ",", ";")
    return _plain(pieces, at, roles, was_there)


def _side(piece: Piece, roles: Roles) -> str:
    """`<` and `>` of brackets, `opener` and `closer` of a closure's parameters, else nothing."""
    if piece.start in roles.openers:
        return "opener" if piece.start not in roles.closers else "both"
    if piece.start in roles.closers:
        return "closer"
    return piece.kind if piece.kind in ("<", ">") and piece.start not in roles.comparisons else ""


def _is_sign(pieces: list[Piece], at: int, roles: Roles) -> bool:
    """Whether an operator stands in front of its only operand."""
    if pieces[at].kind not in _SIGNS:
        return False
    is_alone = at == 0 or pieces[at - 1].kind not in _VALUES and _side(pieces[at - 1], roles) != ">"
    return is_alone or pieces[at].start in roles.signs


def _plain(pieces: list[Piece], at: int, roles: Roles, was_there: bool) -> bool:
    last, this = pieces[at - 1], pieces[at]
    if last.kind == "{" or this.kind == "}":
        return (last.kind != "{" or this.kind != "}") and last.start not in roles.lists and this.start not in roles.lists
    if this.start in roles.variants or this.kind == "." and last.kind not in _VALUES:
        return last.kind not in (*_NEVER_BEHIND, *_TIGHT, "..")
    if this.kind in _TIGHT or last.kind in _TIGHT:
        return False
    if this.kind in _NEVER_BEFORE or last.kind in _NEVER_BEHIND:
        return False
    if last.kind == ".." or last.kind == "..=":
        return False
    if this.kind == ".." or this.kind == "..=":
        return last.kind not in _VALUES
    if _is_sign(pieces, at - 1, roles):
        return False
    if last.kind == ">" and this.kind in (">", ">=") and this.start in roles.comparisons:
        return False
    if this.kind in ("(", "["):
        return _before_bracket(last, was_there)
    return True


def _before_bracket(last: Piece, was_there: bool) -> bool:
    if last.text in _SPECIAL or last.kind == "}":
        return was_there
    if last.kind == IDENT or last.kind in _CALLED or last.kind in (")", "]", "?"):
        return False
    return last.kind in RESERVED or last.kind not in _LITERALS
