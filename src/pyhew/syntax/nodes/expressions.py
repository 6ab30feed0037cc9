"""Expressions that belong to no other noun: names, calls, operators."""

from __future__ import annotations

from pyhew.syntax import nodes
from pyhew.syntax.nodes.base import Ident, Node, node


@node
class NameExpr(Node):
    """`x`, `Some`, `Point`: a bare name, type arguments when written (`make<i64>`)."""

    name: Ident
    args: tuple[nodes.TypeExpr, ...]


@node
class ContextVariant(Node):
    """`.Red`: the variant of the expected type."""

    name: Ident


@node
class QualifiedPath(Node):
    """`<T as Trait>.name`."""

    base: nodes.TypeExpr
    trait: nodes.NamedTypeExpr
    name: Ident


@node
class This(Node):
    """`this`: the handle of the running actor."""


@node
class TypeValue(Node):
    """`Vec<i64>` before `.new()`: a type written where an expression stands."""

    type: nodes.TypeExpr


@node
class Arg(Node):
    """`e` or `name: e`."""

    name: Ident | None
    value: nodes.Expr


@node
class Call(Node):
    """`f(a, b)`; `callee` may be a Member (then it is a method or module call)."""

    callee: nodes.Expr
    args: tuple[Arg, ...]


@node
class Member(Node):
    """`e.name` or `e.name<T>`; tuple indices are the names `0`, `1`, ..."""

    base: nodes.Expr
    name: Ident
    args: tuple[nodes.TypeExpr, ...]


@node
class Index(Node):
    """`e[i]`; a range inside makes a slice."""

    base: nodes.Expr
    index: nodes.Expr


@node
class Unary(Node):
    """`-e`, `!e`, `~e`, `clone e`; `op` is that word."""

    op: str
    operand: nodes.Expr


@node
class Binary(Node):
    """`a + b`; `op` as written, `&&` and `||` and `is` included."""

    op: str
    left: nodes.Expr
    right: nodes.Expr


@node
class Range(Node):
    """`a..b`, `a..=b`, `..b`, `a..`, `..`."""

    low: nodes.Expr | None
    high: nodes.Expr | None
    inclusive: bool


@node
class Cast(Node):
    """`e as T`."""

    operand: nodes.Expr
    type: nodes.TypeExpr


@node
class Unsafe(Node):
    """`unsafe { .. }`."""

    body: nodes.Block
