"""Functions without a name, and generators."""

from __future__ import annotations

from pyhew.syntax import nodes
from pyhew.syntax.nodes.base import Ident, Node, node


@node
class LambdaParam(Node):
    """`x` or `x: T` between bars."""

    name: Ident
    type: nodes.TypeExpr | None


@node
class Lambda(Node):
    """`|x| e`, `move |x: T| -> R { .. }`."""

    params: tuple[LambdaParam, ...]
    result: nodes.TypeExpr | None
    body: nodes.Expr
    is_move: bool


@node
class GenBlock(Node):
    """`gen { yield 1; }`."""

    body: nodes.Block


@node
class Yield(Node):
    """`yield e`."""

    value: nodes.Expr | None
