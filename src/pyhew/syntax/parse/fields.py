"""Field declarations of records, variants, events and states, wire options included.

In: a parser before a field.  Out: `FieldDecl` nodes.
Assumed: `;` and `,` both end a field, and the last one may leave it out.
"""

from __future__ import annotations

from pyhew.syntax import errors, nodes
from pyhew.syntax.parse.context import Parser
from pyhew.syntax.parse.functions import parse_attributes
from pyhew.syntax.parse.literals import int_value, parse_literal
from pyhew.syntax.tokens import IDENT, INT, RESERVED

_FLAGS = frozenset(("optional", "deprecated", "repeated"))
_OPTIONS = _FLAGS | {"default", "since", "json", "yaml", "json_name", "yaml_name", "reserved"}


def parse_field(p: Parser) -> nodes.FieldDecl:
    """`#[a] name: T @1 optional;`."""
    start = p.start
    attributes = parse_attributes(p)
    p.eat("pub")
    if p.kind in ("var", "let") and p.peek() == IDENT:
        p.report(errors.FieldKeyword(p.here(), p.kind))
        p.advance()
    name = p.any_word() if p.kind in RESERVED and p.peek() == ":" else p.ident()
    p.expect(":")
    declared = p.type()
    tag: int | None = None
    if p.kind in ("@", "="):
        p.advance()
        tag = parse_tag(p)
    options: list[nodes.WireOption] = []
    while p.kind == IDENT and p.texts[p.pos] in _OPTIONS:
        options.append(_option(p))
    span = p.since(start)
    end_field(p)
    return nodes.FieldDecl(p.new_id(), span, attributes, name, declared, tag, tuple(options))


def end_field(p: Parser) -> None:
    """`;` or `,`; may be missing before `}` and, with a report, before a line break."""
    if p.eat(";") or p.eat(",") or p.kind == "}":
        return
    if p.same_line():
        p.fail_expected("`;`")
    p.report_missing("`;`")


def parse_tag(p: Parser) -> int:
    """The number of a wire field."""
    return int_value(p, p.expect(INT))


def _option(p: Parser) -> nodes.WireOption:
    start = p.start
    name = p.texts[p.advance()]
    value: nodes.Expr | None = None
    if name in _FLAGS:
        pass
    elif name == "since":
        if p.kind != INT:
            p.fail_expected("a version number")
        value = parse_literal(p)
    elif p.eat("="):
        value = p.inner_expr()
    else:
        opener = p.expect("(")
        value = p.inner_expr()
        p.expect_close(")", opener)
    return nodes.WireOption(p.new_id(), p.since(start), name, value)


def parse_field_list(p: Parser) -> tuple[nodes.FieldDecl, ...]:
    """`{ a: A; b: B }`."""
    opener = p.expect("{")
    fields: list[nodes.FieldDecl] = []
    while p.kind != "}":
        if p.at_end():
            p.fail_unclosed(opener)
        fields.append(parse_field(p))
    p.advance()
    return tuple(fields)


def parse_positional_fields(p: Parser) -> tuple[nodes.FieldDecl, ...]:
    """`(A, B)`, with the names `0`, `1`, .."""
    opener = p.expect("(")
    fields: list[nodes.FieldDecl] = []
    while p.kind != ")":
        start = p.start
        attributes = parse_attributes(p)
        if p.kind == IDENT and p.peek() == ":":
            hint = "positional fields have no names; use `{ name: T }` for named ones"
            p.fail(errors.ExpectedMember(p.here(), "a tuple", p.found(), hint))
        declared = p.type()
        span = p.since(start)
        name = nodes.Ident(p.new_id(), span, str(len(fields)))
        fields.append(nodes.FieldDecl(p.new_id(), span, attributes, name, declared, None, ()))
        if not p.eat(","):
            break
    p.expect_close(")", opener)
    return tuple(fields)
