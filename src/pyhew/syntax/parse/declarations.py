"""Type declarations: `type`, `record`, `enum`.

In: a parser at the keyword, and what stood before it.  Out: `RecordDecl`,
`AliasDecl` and `EnumDecl` nodes.
Assumed: a name followed by `=` is an alias; anything else is a body.
"""

from __future__ import annotations

from pyhew.syntax import errors, nodes
from pyhew.syntax.parse.bodies import parse_members
from pyhew.syntax.parse.context import Parser
from pyhew.syntax.parse.fields import parse_field, parse_field_list, parse_positional_fields, parse_tag
from pyhew.syntax.parse.functions import at_function, parse_attributes
from pyhew.syntax.parse.types import parse_generics
from pyhew.syntax.tokens import IDENT


def parse_type_decl(p: Parser, attributes: tuple[nodes.Attribute, ...], visibility: str, start: int) -> nodes.Item:
    """`type P { .. }` or `type A = T;`."""
    p.advance()
    name = p.ident()
    generics = parse_generics(p)
    if p.eat("="):
        target = p.type()
        p.expect_end()
        return nodes.AliasDecl(p.new_id(), p.since(start), attributes, visibility, name, generics, target)
    body = _Body(p)
    parse_members(p, body.member)
    p.eat(";")
    return nodes.RecordDecl(
        p.new_id(), p.since(start), attributes, visibility, "type", name, generics, tuple(body.fields), False,
        tuple(body.reserved), tuple(body.methods),
    )  # fmt: skip


class _Body:
    """What stands inside the braces of a record type."""

    def __init__(self, p: Parser) -> None:
        self.p = p
        self.fields: list[nodes.FieldDecl] = []
        self.methods: list[nodes.FnDecl] = []
        self.reserved: list[int] = []

    def member(self) -> None:
        p = self.p
        if p.at_word("reserved") and p.peek() in ("@", "("):
            self.reserved += _reserved(p)
            return
        start = p.start
        if p.kind in ("#[", "pub", "package") or at_function(p):
            at = p.pos
            attributes = parse_attributes(p)
            visibility = p.texts[p.advance()] if p.kind in ("pub", "package") else ""
            if at_function(p):
                self.methods.append(p.function(attributes, visibility, start))
                return
            p.jump(at)
        self.fields.append(parse_field(p))


def _reserved(p: Parser) -> list[int]:
    """`reserved @2, @3;` or `reserved(2, 3);`."""
    p.advance()
    opener = p.advance() if p.kind == "(" else -1
    numbers: list[int] = []
    while True:
        p.eat("@")
        numbers.append(parse_tag(p))
        if not p.eat(","):
            break
    if opener >= 0:
        p.expect_close(")", opener)
    if not p.eat(";") and p.kind != "}":
        p.report_missing("`;`")
    return numbers


def parse_record_decl(p: Parser, attributes: tuple[nodes.Attribute, ...], visibility: str, start: int) -> nodes.Item:
    """`record P { x: i64 }` or `record P(i64, i64);`."""
    p.advance()
    name = p.ident()
    generics = parse_generics(p)
    methods: tuple[nodes.FnDecl, ...] = ()
    is_tuple = p.kind == "("
    if is_tuple:
        fields = parse_positional_fields(p)
        p.expect_end()
    else:
        body = _Body(p)
        parse_members(p, body.member)
        fields, methods = tuple(body.fields), tuple(body.methods)
        p.eat(";")
    return nodes.RecordDecl(
        p.new_id(), p.since(start), attributes, visibility, "record", name, generics, fields, is_tuple, (), methods
    )


def parse_enum_decl(p: Parser, attributes: tuple[nodes.Attribute, ...], visibility: str, start: int) -> nodes.Item:
    """`enum E { A; B(T); C { x: T } }`, `indirect` before it included."""
    is_indirect = p.eat_word("indirect")
    p.expect("enum")
    name = p.ident()
    generics = parse_generics(p)
    variants: list[nodes.VariantDecl] = []
    methods: list[nodes.FnDecl] = []
    complained: list[bool] = []

    def member() -> None:
        first = p.start
        marks = parse_attributes(p)
        word = p.texts[p.advance()] if p.kind in ("pub", "package") else ""
        if at_function(p):
            methods.append(p.function(marks, word, first))
        else:
            variants.append(_variant(p, marks, first, complained))

    parse_members(p, member)
    p.eat(";")
    return nodes.EnumDecl(
        p.new_id(), p.since(start), attributes, visibility, name, generics, tuple(variants), is_indirect, tuple(methods)
    )


def _variant(
    p: Parser, attributes: tuple[nodes.Attribute, ...], start: int, complained: list[bool]
) -> nodes.VariantDecl:
    name = p.ident()
    shape = "unit"
    fields: tuple[nodes.FieldDecl, ...] = ()
    if p.kind == "(":
        shape = "tuple"
        fields = parse_positional_fields(p)
    elif p.kind == "{":
        shape = "struct"
        fields = parse_field_list(p)
    tag = parse_tag(p) if p.eat("@") else None
    span = p.since(start)
    if p.kind == ",":
        # One report per enum: who writes one comma writes them all.
        if not complained:
            complained.append(True)
            p.report(errors.CommaBetweenVariants(p.here()))
        p.advance()
    elif not p.eat(";") and p.kind != "}" and not (shape == "struct" and p.kind == IDENT):
        if p.same_line():
            p.fail_expected("`;`")
        p.report_missing("`;`")
    return nodes.VariantDecl(p.new_id(), span, attributes, name, shape, fields, tag)
