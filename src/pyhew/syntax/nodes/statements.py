"""Blocks and the plain statements in them."""

from __future__ import annotations

from pyhew.syntax import nodes
from pyhew.syntax.nodes.base import Node, node


@node
class Block(Node):
    """`{ stmts; tail }`; as an expression its value is the tail, else unit; `is_damaged`: a part could not be read."""

    stmts: tuple[nodes.Stmt, ...]
    tail: nodes.Expr | None
    is_damaged: bool = False


@node
class Let(Node):
    """`let p: T = e else { .. };`; `var x = e;` has `is_var`; `let v? = e` has `is_try`."""

    pattern: nodes.Pattern
    type: nodes.TypeExpr | None
    value: nodes.Expr | None
    is_var: bool
    is_try: bool
    otherwise: Block | None


@node
class Assign(Node):
    """`place = e;`, `place += e;`; `op` is None or the operator without `=`."""

    target: nodes.Expr
    op: str | None
    value: nodes.Expr


@node
class ExprStmt(Node):
    """`e;`, or a block-like expression without `;`."""

    value: nodes.Expr


@node
class Defer(Node):
    """`defer e;`, `defer { .. }`."""

    body: nodes.Expr
