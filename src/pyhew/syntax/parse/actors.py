"""Actors: fields, `init`, the mailbox, handlers and methods.

In: a parser at `actor`, and what stood before it.  Out: an `ActorDecl` node.
Assumed: members stand in any order.
"""

from __future__ import annotations

from pyhew.syntax import errors, nodes
from pyhew.syntax.parse.bodies import parse_members
from pyhew.syntax.parse.context import Parser
from pyhew.syntax.parse.fields import end_field
from pyhew.syntax.parse.functions import at_function, parse_attributes, parse_params
from pyhew.syntax.parse.literals import int_value
from pyhew.syntax.parse.types import parse_bounds, parse_generic_params, parse_where
from pyhew.syntax.tokens import IDENT, INT

POLICIES = ("block", "drop_new", "drop_old", "fail", "coalesce")


class _Members:
    """What stands inside the braces of one actor."""

    def __init__(self, p: Parser) -> None:
        self.p = p
        self.fields: list[nodes.ActorField] = []
        self.init: nodes.ActorInit | None = None
        self.mailbox: nodes.Mailbox | None = None
        self.receives: list[nodes.ReceiveFn] = []
        self.methods: list[nodes.FnDecl] = []

    def member(self) -> None:
        p = self.p
        start = p.start
        attributes = parse_attributes(p)
        visibility = p.texts[p.advance()] if p.kind in ("pub", "package") else ""
        if p.kind == "receive":
            self.receives.append(_receive(p, attributes, start))
        elif at_function(p):
            self.methods.append(p.function(attributes, visibility, start))
        elif p.at_word("init") and p.peek() == "(":
            if self.init is not None:
                p.report(errors.DuplicateMember(p.here(), "`init`"))
            self.init = _init(p)
        elif p.at_word("mailbox") and p.peek() == INT:
            if self.mailbox is not None:
                p.report(errors.DuplicateMember(p.here(), "`mailbox`"))
            self.mailbox = _mailbox(p)
        elif p.kind in ("let", "var", IDENT):
            self.fields.append(_field(p, attributes, start))
        elif not p.eat(";"):
            p.fail(errors.ExpectedMember(p.here(), "an actor", p.found()))


def parse_actor(p: Parser, attributes: tuple[nodes.Attribute, ...], visibility: str, start: int) -> nodes.Item:
    """`actor Name<T>: Trait { .. }`."""
    p.advance()
    name = p.ident()
    first = p.start
    params = parse_generic_params(p)
    supers = parse_bounds(p) if p.eat(":") else ()
    where = parse_where(p)
    generics = nodes.Generics(p.new_id(), p.since(first), params, where)
    body = _Members(p)
    parse_members(p, body.member)
    return nodes.ActorDecl(
        p.new_id(), p.since(start), attributes, visibility, name, generics, supers, tuple(body.fields), body.init,
        body.mailbox, tuple(body.receives), tuple(body.methods),
    )  # fmt: skip


def _field(p: Parser, attributes: tuple[nodes.Attribute, ...], start: int) -> nodes.ActorField:
    is_var = p.kind == "var"
    if p.kind in ("let", "var"):
        p.advance()
    name = p.ident()
    p.expect(":")
    declared = p.type()
    default = p.expr() if p.eat("=") else None
    span = p.since(start)
    end_field(p)
    return nodes.ActorField(p.new_id(), span, attributes, name, declared, is_var, default)


def _init(p: Parser) -> nodes.ActorInit:
    start = p.start
    p.advance()
    params, _ = parse_params(p)
    body = p.block()
    return nodes.ActorInit(p.new_id(), p.since(start), params, body)


def _receive(p: Parser, attributes: tuple[nodes.Attribute, ...], start: int) -> nodes.ReceiveFn:
    p.advance()
    is_gen = p.eat_word("gen")
    p.expect("fn")
    name = p.ident()
    first = p.start
    type_params = parse_generic_params(p)
    params, _ = parse_params(p)
    result = p.type() if p.eat("->") else None
    where = parse_where(p)
    generics = nodes.Generics(p.new_id(), p.since(first), type_params, where)
    body = p.block()
    return nodes.ReceiveFn(p.new_id(), p.since(start), attributes, name, generics, params, result, body, is_gen)


def _mailbox(p: Parser) -> nodes.Mailbox:
    start = p.start
    p.advance()
    capacity = int_value(p, p.expect(INT))
    policy: str | None = None
    key: nodes.Ident | None = None
    fallback: str | None = None
    if p.eat_word("overflow"):
        policy = p.choice("an overflow policy", POLICIES)
        if policy == "coalesce":
            opener = p.expect("(")
            key = p.ident()
            p.expect_close(")", opener)
            if p.eat_word("fallback"):
                fallback = p.choice("an overflow policy to fall back to", POLICIES[:-1])
    p.expect_end()
    return nodes.Mailbox(p.new_id(), p.since(start), capacity, policy, key, fallback)
