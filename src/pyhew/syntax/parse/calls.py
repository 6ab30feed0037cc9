"""Calls: arguments, parentheses, and where `<` begins type arguments.

In: a parser at `(` or `<` behind a value.  Out: arguments, tuples, answers.
Assumed: `<` begins type arguments exactly if names, dots, commas and balanced
angles up to the matching `>` are followed by `(`, `.` or `{`.
"""

from __future__ import annotations

from pyhew.syntax import nodes
from pyhew.syntax.parse.context import MAX_NESTING, Parser
from pyhew.syntax.tokens import IDENT, INT


def parse_args(p: Parser) -> tuple[nodes.Arg, ...]:
    """`(a, name: b)`."""
    outside, p.no_record = p.no_record, False
    opener = p.expect("(")
    args: list[nodes.Arg] = []
    while p.kind != ")":
        start = p.start
        name: nodes.Ident | None = None
        if p.kind == IDENT and p.peek() == ":":
            name = p.ident()
            p.advance()
        value = p.expr()
        args.append(nodes.Arg(p.new_id(), p.since(start), name, value))
        if not p.eat(","):
            break
    p.expect_close(")", opener)
    p.no_record = outside
    return tuple(args)


def parse_parenthesised(p: Parser) -> nodes.Expr:
    """`(a)`, `(a, b)` or `()`."""
    start = p.start
    outside, p.no_record = p.no_record, False
    opener = p.advance()
    items: list[nodes.Expr] = []
    comma = False
    while p.kind != ")":
        items.append(p.expr())
        comma = p.eat(",")
        if not comma:
            break
    p.expect_close(")", opener)
    p.no_record = outside
    if len(items) == 1 and not comma:
        return items[0]
    return nodes.TupleLiteral(p.new_id(), p.since(start), tuple(items))


def as_path(value: nodes.Expr) -> tuple[nodes.Ident, ...] | None:
    """The names of `a.b.C`, or None when `value` is something else."""
    names: list[nodes.Ident] = []
    while isinstance(value, nodes.Member) and not value.args:
        names.append(value.name)
        value = value.base
    if not isinstance(value, nodes.NameExpr) or value.args:
        return None
    names.append(value.name)
    return tuple(reversed(names))


def starts_type_args(p: Parser, value: nodes.Expr) -> bool:
    """Whether the `<` here begins type arguments of `value`."""
    if not isinstance(value, (nodes.NameExpr, nodes.Member)) or value.args:
        return False
    if p.kinds[p.pos + 1] not in _TYPE_STARTS:
        return False
    close = close_of_type_args(p)
    return close > 0 and p.kinds[close + 1] in ("(", ".", "{")


_TYPE_STARTS = frozenset((IDENT, "(", "[", "fn", "dyn"))


def close_of_type_args(p: Parser) -> int:
    """The token of the `>` that closes the `<` here; 0 when this is no list of types.

    Beyond plain names, tuples, arrays and `fn` types are taken too: no comparison
    reads `a < (i64, i64) > (` or `a < [i64; 2] > (`.
    """
    kinds = p.kinds
    at = p.pos
    depth = 0
    brackets = 0
    while brackets >= 0 and depth <= MAX_NESTING:
        kind = kinds[at]
        if kind == "<":
            depth += 1
        elif kind == ">":
            depth -= 1
            if depth == 0:
                return at if brackets == 0 else 0
        elif kind in ("(", "["):
            if kinds[at - 1] not in ("<", ",", "(", "[", "fn", "dyn", "->"):
                return 0
            brackets += 1
        elif kind in (")", "]"):
            brackets -= 1
        elif kind == IDENT:
            if kinds[at - 1] not in ("<", ",", ".", "(", "[", "->", "dyn"):
                return 0
        elif kind == ";" and kinds[at + 1] == INT and kinds[at + 2] == "]":
            at += 1  # the length of an array
        elif kind not in (".", ",", "fn", "->", "dyn"):
            return 0
        at += 1
    return 0
