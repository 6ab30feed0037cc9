"""Scopes, tasks, and waiting for one of several things."""

from __future__ import annotations

from pyhew.syntax import nodes
from pyhew.syntax.nodes.base import Ident, Node, node


@node
class ScopeDeadline(Node):
    """`after(d) { .. }` inside a scope."""

    delay: nodes.Expr
    body: nodes.Block


@node
class Timeout(Node):
    """`e | after d`."""

    operand: nodes.Expr
    delay: nodes.Expr


@node
class SelectArm(Node):
    """`p from e => body`."""

    pattern: nodes.Pattern
    source: nodes.Expr
    body: nodes.Expr


@node
class Select(Node):
    """`select { p from e => body, after d => body }`."""

    arms: tuple[SelectArm, ...]
    delay: nodes.Expr | None
    on_delay: nodes.Expr | None


@node
class Join(Node):
    """`join { a.x(), b.y() }`."""

    branches: tuple[nodes.Expr, ...]


@node
class Race(Node):
    """`race { a.x(), b.y() }`."""

    branches: tuple[nodes.Expr, ...]


@node
class Scope(Node):
    """`scope { .. }`."""

    body: nodes.Block


@node
class Fork(Node):
    """`fork name = e`, `fork e`, `fork { .. }`. What a forked call is given of parts and copies of variables is in `before`, by
    names that no program can write: it is read where the fork stands."""

    name: Ident | None
    before: tuple[nodes.Let, ...]
    value: nodes.Expr
