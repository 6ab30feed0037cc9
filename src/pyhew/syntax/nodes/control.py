"""Branches, loops, and what leaves them."""

from __future__ import annotations

from pyhew.syntax import nodes
from pyhew.syntax.nodes.base import Ident, Node, node


@node
class While(Node):
    """`@label: while cond { .. }`."""

    label: Ident | None
    condition: nodes.Expr
    body: nodes.Block


@node
class WhileLet(Node):
    """`while let p = e { .. }`."""

    label: Ident | None
    pattern: nodes.Pattern
    value: nodes.Expr
    body: nodes.Block


@node
class Loop(Node):
    """`@label: loop { .. }`."""

    label: Ident | None
    body: nodes.Block


@node
class For(Node):
    """`@label: for await p in e { .. }`."""

    label: Ident | None
    pattern: nodes.Pattern
    iterable: nodes.Expr
    body: nodes.Block
    is_await: bool


@node
class Break(Node):
    """`break @label value;`."""

    label: Ident | None
    value: nodes.Expr | None


@node
class Continue(Node):
    """`continue @label;`."""

    label: Ident | None


@node
class Return(Node):
    """`return e;`."""

    value: nodes.Expr | None


@node
class Try(Node):
    """`e?`."""

    operand: nodes.Expr


@node
class If(Node):
    """`if c { a } else { b }`; `otherwise` is a Block, If, IfLet or None."""

    condition: nodes.Expr
    then: nodes.Block
    otherwise: nodes.Expr | None


@node
class IfLet(Node):
    """`if let p = e { a } else { b }`."""

    pattern: nodes.Pattern
    value: nodes.Expr
    then: nodes.Block
    otherwise: nodes.Expr | None


@node
class MatchArm(Node):
    """`p if g => e,`."""

    pattern: nodes.Pattern
    guard: nodes.Expr | None
    body: nodes.Expr


@node
class Match(Node):
    """`match e { arms }`."""

    value: nodes.Expr
    arms: tuple[MatchArm, ...]
