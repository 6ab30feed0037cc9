"""Traits, implementations and foreign declarations.

In: a parser at the keyword, and what stood before it.  Out: `TraitDecl`,
`ImplDecl` and `ExternBlock` nodes.
Assumed: `impl A for B` is told from `impl B` by the word `for` alone.
"""

from __future__ import annotations

from pyhew.syntax import errors, nodes
from pyhew.syntax.parse.bodies import parse_members
from pyhew.syntax.parse.context import Parser
from pyhew.syntax.parse.functions import at_function, parse_attributes
from pyhew.syntax.parse.literals import string_value
from pyhew.syntax.parse.types import parse_bounds, parse_generic_params, parse_where
from pyhew.syntax.tokens import STRING


class _Members:
    """Functions and associated types of one body."""

    def __init__(self, p: Parser, owner: str) -> None:
        self.p = p
        self.owner = owner
        self.types: list[nodes.AssocTypeDecl] = []
        self.methods: list[nodes.FnDecl] = []

    def member(self) -> None:
        p = self.p
        start = p.start
        attributes = parse_attributes(p)
        visibility = p.texts[p.advance()] if p.kind in ("pub", "package") else ""
        if at_function(p):
            self.methods.append(p.function(attributes, visibility, start))
        elif p.kind == "type" and self.owner != "an extern block":
            self.types.append(_assoc_type(p, start))
        elif not p.eat(";"):
            p.fail(errors.ExpectedMember(p.here(), self.owner, p.found()))


def _assoc_type(p: Parser, start: int) -> nodes.AssocTypeDecl:
    p.advance()
    name = p.ident()
    bounds = parse_bounds(p) if p.eat(":") else ()
    value = p.type() if p.eat("=") else None
    p.expect_end()
    return nodes.AssocTypeDecl(p.new_id(), p.since(start), name, bounds, value)


def parse_trait(p: Parser, attributes: tuple[nodes.Attribute, ...], visibility: str, start: int) -> nodes.Item:
    """`trait T<A>: Super where .. { .. }`."""
    p.advance()
    name = p.ident()
    first = p.start
    params = parse_generic_params(p)
    supers = parse_bounds(p) if p.eat(":") else ()
    where = parse_where(p)
    generics = nodes.Generics(p.new_id(), p.since(first), params, where)
    members = _Members(p, "a trait")
    parse_members(p, members.member)
    return nodes.TraitDecl(
        p.new_id(), p.since(start), attributes, visibility, name, generics, supers, tuple(members.types),
        tuple(members.methods),
    )  # fmt: skip


def parse_impl(p: Parser, attributes: tuple[nodes.Attribute, ...], visibility: str, start: int) -> nodes.Item:
    """`impl<T> Trait for Type where .. { .. }`, `impl Type { .. }`."""
    p.advance()
    first = p.start
    params = parse_generic_params(p)
    target = p.type()
    trait: nodes.NamedTypeExpr | None = None
    if p.kind == "for":
        if not isinstance(target, nodes.NamedTypeExpr):
            p.fail(errors.ExpectedToken(target.span, "the name of a trait", "a type"))
        p.advance()
        trait, target = target, p.type()
    where = parse_where(p)
    generics = nodes.Generics(p.new_id(), p.since(first), params, where)
    members = _Members(p, "an impl")
    parse_members(p, members.member)
    return nodes.ImplDecl(
        p.new_id(), p.since(start), attributes, visibility, generics, trait, target, tuple(members.types),
        tuple(members.methods),
    )  # fmt: skip


def parse_extern(p: Parser, attributes: tuple[nodes.Attribute, ...], visibility: str, start: int) -> nodes.Item:
    """`extern "C" { fn f(x: i64) -> i64; }`, or one function without the braces."""
    p.advance()
    abi = string_value(p, p.advance()) if p.kind == STRING else None
    members = _Members(p, "an extern block")
    if at_function(p):
        members.methods.append(p.function((), "", p.start))
    else:
        parse_members(p, members.member)
    return nodes.ExternBlock(p.new_id(), p.since(start), attributes, visibility, abi, tuple(members.methods))
