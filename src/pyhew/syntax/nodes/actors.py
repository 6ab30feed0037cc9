"""Actors: what they are made of, and what starts and asks them."""

from __future__ import annotations

from pyhew.syntax import nodes
from pyhew.syntax.nodes.base import Ident, Node, node


@node
class ActorField(Node):
    """`let id: i64;`, `var n: i64 = 0;`, `n: i64;` of an actor."""

    attributes: tuple[nodes.Attribute, ...]
    name: Ident
    type: nodes.TypeExpr
    is_var: bool
    default: nodes.Expr | None


@node
class ReceiveFn(Node):
    """`receive fn m(x: T) -> R { .. }`, `receive gen fn m() -> T { .. }`."""

    attributes: tuple[nodes.Attribute, ...]
    name: Ident
    generics: nodes.Generics
    params: tuple[nodes.Param, ...]
    result: nodes.TypeExpr | None
    body: nodes.Block
    is_gen: bool


@node
class Mailbox(Node):
    """`mailbox 4 overflow drop_new;`, `overflow coalesce(key) fallback fail`."""

    capacity: int
    policy: str | None
    key: Ident | None
    fallback: str | None


@node
class ActorInit(Node):
    """`init(a: A) { .. }`."""

    params: tuple[nodes.Param, ...]
    body: nodes.Block


@node
class ActorDecl(Node):
    """`actor Name<T>: Trait { fields init mailbox receive fns fns }`; hooks are `#[on(..)]` methods."""

    attributes: tuple[nodes.Attribute, ...]
    visibility: str
    name: Ident
    generics: nodes.Generics
    supers: tuple[nodes.NamedTypeExpr, ...]
    fields: tuple[ActorField, ...]
    init: ActorInit | None
    mailbox: Mailbox | None
    receives: tuple[ReceiveFn, ...]
    methods: tuple[nodes.FnDecl, ...]


@node
class Await(Node):
    """`await e`."""

    operand: nodes.Expr


@node
class LambdaActor(Node):
    """`actor |x: T| -> R { .. }`; spawns at once."""

    params: tuple[nodes.LambdaParam, ...]
    result: nodes.TypeExpr | None
    body: nodes.Block
    is_move: bool


@node
class Spawn(Node):
    """`spawn Worker(factor: 6)`, `spawn mod.Worker`."""

    actor: nodes.NamedTypeExpr
    args: tuple[nodes.Arg, ...]
