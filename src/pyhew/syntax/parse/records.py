"""Record, map, array and byte-array literals.

In: a parser at the bracket that begins one.  Out: literal nodes, or the block
that a `{` turned out to be.
Assumed: a `{` begins a map if its first expression is followed by `:`.
"""

from __future__ import annotations

from pyhew.syntax import errors, nodes
from pyhew.syntax.parse.calls import as_path
from pyhew.syntax.parse.context import Parser
from pyhew.syntax.tokens import CHAR, IDENT, INT, STRING


def starts_literal(p: Parser, value: nodes.Expr) -> bool:
    """Whether the `{` here begins the fields of a record named by `value`."""
    if isinstance(value, nodes.ContextVariant):
        return not p.no_record
    if not isinstance(value, (nodes.NameExpr, nodes.Member)):
        return False
    if as_path(value) is None and not value.args:
        return False
    first, second = p.peek(1), p.peek(2)
    if p.no_record and not value.args:
        # No body begins with `name:`, so this much is never in doubt.
        return first == IDENT and second == ":" and value.name.text[:1].isupper()
    return first in ("}", "..") or (first == IDENT and second in (":", ",", "}", ";"))


def parse_record_literal(p: Parser, start: int, path: nodes.Expr) -> nodes.Expr:
    """`{ x: 1, y, ..base }` behind `path`."""
    opener = p.pos
    fields, base = parse_field_inits(p, opener)
    return nodes.RecordLiteral(p.new_id(), p.since(start), path, fields, base)


def parse_field_inits(p: Parser, opener: int) -> tuple[tuple[nodes.FieldInit, ...], nodes.Expr | None]:
    """The braces of a record literal, `opener` being the `{` that stands here."""
    outside, p.no_record = p.no_record, False
    p.enter()
    p.expect("{")
    fields: list[nodes.FieldInit] = []
    base: nodes.Expr | None = None
    while p.kind != "}":
        if p.eat(".."):
            base = p.expr()
        else:
            fields.append(_field_init(p))
        if p.kind == ";":
            p.report(errors.SemicolonInLiteral(p.here()))
            p.advance()
        elif not p.eat(","):
            break
    p.expect_close("}", opener)
    p.depth -= 1
    p.no_record = outside
    return tuple(fields), base


def _field_init(p: Parser) -> nodes.FieldInit:
    start = p.start
    name = p.ident()
    value: nodes.Expr
    if p.eat(":"):
        value = p.expr()
    else:
        value = nodes.NameExpr(p.new_id(), name.span, name, ())
    return nodes.FieldInit(p.new_id(), p.since(start), name, value)


def parse_braces(p: Parser) -> nodes.Expr:
    """A map literal or a block."""
    if p.peek() in (STRING, INT, CHAR, IDENT) and p.peek(2) == ":":
        return _map(p)
    if p.peek() in (STRING, IDENT, "-", "(") and _colon_ends_key(p):
        return _map(p)
    return p.block()


def _colon_ends_key(p: Parser) -> bool:
    """Whether a `:` outside brackets comes before anything that no key contains."""
    depth = 0
    for at in range(p.pos + 1, min(p.pos + 60, len(p.kinds))):
        kind = p.kinds[at]
        if kind in ("(", "["):
            depth += 1
        elif kind in (")", "]"):
            depth -= 1
            if depth < 0:
                return False
        elif depth == 0:
            if kind == ":":
                return True
            if kind not in (IDENT, INT, STRING, CHAR, ".", "-", "+"):
                return False
        elif kind in ("{", "}", ";"):
            return False
    return False


def _map(p: Parser) -> nodes.Expr:
    start = p.start
    outside, p.no_record = p.no_record, False
    opener = p.advance()
    entries: list[nodes.MapEntry] = []
    while p.kind != "}":
        first = p.start
        key = p.expr()
        p.expect(":")
        value = p.expr()
        entries.append(nodes.MapEntry(p.new_id(), p.since(first), key, value))
        if not p.eat(","):
            break
    p.expect_close("}", opener)
    p.no_record = outside
    return nodes.MapLiteral(p.new_id(), p.since(start), tuple(entries))


def parse_array(p: Parser) -> nodes.Expr:
    """`[a, b]` or `[e; n]`."""
    start = p.start
    opener = p.advance()
    outside, p.no_record = p.no_record, False
    items: list[nodes.Expr] = []
    while p.kind != "]":
        items.append(p.expr())
        if p.kind == ";" and len(items) == 1:
            p.advance()
            length = p.expr()
            p.expect_close("]", opener)
            p.no_record = outside
            return nodes.ArrayRepeat(p.new_id(), p.since(start), items[0], length)
        if not p.eat(","):
            break
    p.expect_close("]", opener)
    p.no_record = outside
    return nodes.ArrayLiteral(p.new_id(), p.since(start), tuple(items))


def parse_bytes_array(p: Parser) -> nodes.Expr:
    """`bytes[0x41, 0x42]`."""
    start = p.start
    p.advance()
    inner = parse_array(p)
    if isinstance(inner, nodes.ArrayRepeat):
        p.fail(errors.ExpectedToken(inner.span, "a list of bytes", "a repetition"))
    items = inner.items if isinstance(inner, nodes.ArrayLiteral) else ()
    return nodes.BytesArray(p.new_id(), p.since(start), items)
