"""Patterns of `let`, `match`, `for`, `if let` and `select`.

In: a parser before a pattern.  Out: `Pattern` nodes.
Assumed: whether a lone name binds or means a variant is decided by the checker.
"""

from __future__ import annotations

from pyhew.syntax import errors, nodes
from pyhew.syntax.parse.context import Parser
from pyhew.syntax.parse.literals import LITERAL_KINDS, parse_literal
from pyhew.syntax.parse.types import parse_path
from pyhew.syntax.tokens import IDENT, RESERVED


def parse_pattern(p: Parser) -> nodes.Pattern:
    """Any pattern, alternatives included."""
    start = p.start
    p.eat("|")
    first = _single(p)
    if p.kind != "|":
        return first
    options = [first]
    while p.eat("|"):
        p.check_chain(len(options))
        options.append(_single(p))
    return nodes.OrPattern(p.new_id(), p.since(start), tuple(options))


def _single(p: Parser) -> nodes.Pattern:
    kind = p.kind
    if kind == IDENT:
        if p.texts[p.pos] == "_":
            at = p.advance()
            return nodes.WildcardPattern(p.new_id(), p.token_span(at))
        start = p.start
        path = parse_path(p)
        return _payload(p, start, path, False)
    if kind == ".":
        start = p.start
        p.advance()
        return _payload(p, start, (p.ident(),), True)
    if kind == "(":
        return _tuple(p)
    if kind == "{":
        start = p.start
        fields, has_rest = _fields(p)
        return nodes.RecordPattern(p.new_id(), p.since(start), (), False, fields, has_rest)
    if kind in LITERAL_KINDS or kind == "-":
        return _literal(p)
    if kind in RESERVED:
        p.ident()
    p.fail(errors.ExpectedPattern(p.here(), p.found()))


def _payload(p: Parser, start: int, path: tuple[nodes.Ident, ...], is_context: bool) -> nodes.Pattern:
    if p.kind == "(":
        items = _items(p)
        return nodes.VariantPattern(p.new_id(), p.since(start), path, is_context, items)
    if p.kind == "{":
        fields, has_rest = _fields(p)
        return nodes.RecordPattern(p.new_id(), p.since(start), path, is_context, fields, has_rest)
    if p.kind == "::":
        p.fail_expected("`.`")
    if len(path) == 1 and not is_context:
        return nodes.BindPattern(p.new_id(), p.since(start), path[0])
    return nodes.VariantPattern(p.new_id(), p.since(start), path, is_context, None)


def _items(p: Parser) -> tuple[nodes.Pattern, ...]:
    opener = p.expect("(")
    p.enter()
    items: list[nodes.Pattern] = []
    while p.kind != ")":
        items.append(parse_pattern(p))
        if not p.eat(","):
            break
    p.expect_close(")", opener)
    p.depth -= 1
    return tuple(items)


def _tuple(p: Parser) -> nodes.Pattern:
    start = p.start
    items = _items(p)
    if len(items) == 1 and p.kinds[p.pos - 2] != ",":
        return items[0]
    return nodes.TuplePattern(p.new_id(), p.since(start), items)


def _fields(p: Parser) -> tuple[tuple[nodes.FieldPattern, ...], bool]:
    opener = p.expect("{")
    p.enter()
    fields: list[nodes.FieldPattern] = []
    has_rest = False
    while p.kind != "}":
        if p.eat(".."):
            has_rest = True
        else:
            start = p.start
            name = p.ident()
            inner = parse_pattern(p) if p.eat(":") else None
            fields.append(nodes.FieldPattern(p.new_id(), p.since(start), name, inner))
        if not p.eat(","):
            break
    p.expect_close("}", opener)
    p.depth -= 1
    return tuple(fields), has_rest


def _literal(p: Parser) -> nodes.Pattern:
    start = p.start
    low = _signed(p)
    if p.kind not in ("..", "..="):
        return nodes.LiteralPattern(p.new_id(), p.since(start), low)
    inclusive = p.texts[p.advance()] == "..="
    high = _signed(p)
    return nodes.RangePattern(p.new_id(), p.since(start), low, high, inclusive)


def _signed(p: Parser) -> nodes.Expr:
    start = p.start
    negative = p.eat("-")
    if p.kind not in LITERAL_KINDS or p.in_damage(p.start):
        p.fail(errors.ExpectedPattern(p.here(), p.found()))
    value = parse_literal(p)
    return nodes.Unary(p.new_id(), p.since(start), "-", value) if negative else value
