"""Supervisors and their children."""

from __future__ import annotations

from pyhew.syntax import nodes
from pyhew.syntax.nodes.base import Ident, Node, node


@node
class WiredTo(Node):
    """`name: sibling` inside `wired_to: { .. }`; `sibling` None repeats the name."""

    name: Ident
    sibling: Ident | None


@node
class ChildSpec(Node):
    """`child w: Worker(id: 1) restart: transient shutdown: 5s wired_to: { .. }`; `pool w: ..`.

    `restart` is permanent, transient, temporary or None; `shutdown` is an
    expression (a duration literal), the words brutal_kill / infinity, or None.
    """

    name: Ident
    actor: nodes.NamedTypeExpr
    args: tuple[nodes.Arg, ...]
    is_pool: bool
    restart: str | None
    shutdown: nodes.Expr | str | None
    wired_to: tuple[WiredTo, ...]


@node
class SupervisorDecl(Node):
    """`supervisor App(n: i64) { strategy: one_for_one; intensity: 3 within 10s; child ..; }`."""

    attributes: tuple[nodes.Attribute, ...]
    visibility: str
    name: Ident
    params: tuple[nodes.Param, ...]
    strategy: str | None
    intensity: int | None
    window: nodes.Expr | None
    children: tuple[ChildSpec, ...]


@node
class AwaitRestart(Node):
    """`await_restart sup.child`."""

    operand: nodes.Expr
