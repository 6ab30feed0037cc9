"""Blocks, branches, loops, returns.

In: statement-like expressions and statements.  Out: types; `never` where control does not come back.
Assumed: a block opens a scope of names; `cx.loops` holds the loops that `break` may leave.
"""

from __future__ import annotations

from typing import assert_never

from pyhew.check import iteration
from pyhew.check.assignment import check_assign, check_let
from pyhew.check.context import Check, Loop
from pyhew.check.errors.actors import OutsideScope
from pyhew.check.errors.types import TypeMismatch
from pyhew.check.errors.values import NeedsElse, WhereNot
from pyhew.check.exhaustiveness import check_exhaustive
from pyhew.check.patterns import check_bound_once
from pyhew.syntax import nodes
from pyhew.types import facts
from pyhew.types.model import (
    BOOL,
    DURATION,
    ERROR,
    NEVER,
    UNIT,
    DynType,
    Type,
    Var,
    prune,
    show,
    unify,
)


def check_unsafe(cx: Check, node: nodes.Unsafe, want: Type | None) -> Type:
    """`unsafe { .. }`: foreign functions may be called inside."""
    cx.unsafe_open += 1
    ty = cx.expr(node.body, want)
    cx.unsafe_open -= 1
    return ty


def check_block(cx: Check, node: nodes.Block, want: Type | None) -> Type:
    """`{ stmts; tail }`."""
    cx.blocks.append({})
    diverges = False
    for stmt in node.stmts:
        diverges = check_stmt(cx, stmt) or diverges
    if not node.stmts and node.tail is None and want is not None and facts.is_builtin(want, "HashMap"):
        cx.blocks.pop()
        return want
    if node.tail is not None:
        ty = cx.expr(node.tail, want)
        if want is not None and prune(ty) != NEVER and isinstance(prune(want), DynType):
            ty = cx.coerce(node.tail, ty, want)
        diverges = diverges or prune(ty) == NEVER
        if want is not None and prune(want) == UNIT and not diverges:
            ty = UNIT if prune(ty) != ERROR else ty
    else:
        ty = ERROR if node.is_damaged else UNIT
    cx.blocks.pop()
    return NEVER if diverges else ty


def check_stmt(cx: Check, stmt: nodes.Stmt) -> bool:
    """Checks a statement; whether control never comes back from it."""
    match stmt:
        case nodes.Let():
            return check_let(cx, stmt)
        case nodes.Assign():
            check_assign(cx, stmt)
            return False
        case nodes.ExprStmt():
            return prune(_statement_value(cx, stmt.value)) == NEVER
        case nodes.While():
            return _while(cx, stmt)
        case nodes.WhileLet():
            ty = cx.expr(stmt.value)
            cx.blocks.append({})
            cx.pattern(stmt.pattern, ty)
            _loop_body(cx, stmt.label, stmt.body)
            cx.blocks.pop()
            return False
        case nodes.Loop():
            breaks = _loop_body(cx, stmt.label, stmt.body)
            return not breaks
        case nodes.For():
            iteration.check_for(cx, stmt, _loop_body)
            return False
        case nodes.Defer():
            _deferred(cx, stmt)
            return False
        case nodes.ScopeDeadline():
            if cx.scopes_open == 0:
                cx.report(OutsideScope(stmt.span, "after"))
            cx.expect(stmt.delay, DURATION)
            cx.expr(stmt.body)
            return False
        case _:
            assert_never(stmt)


def _deferred(cx: Check, stmt: nodes.Defer) -> None:
    """What runs when the block is left; it may not leave for elsewhere itself."""
    loops, cx.loops = cx.loops, []
    outside, cx.frame.is_deferred = cx.frame.is_deferred, True
    cx.expr(stmt.body)
    cx.loops, cx.frame.is_deferred = loops, outside


def _statement_value(cx: Check, node: nodes.Expr) -> Type:
    """An expression whose value is not used: branches need not agree."""
    if isinstance(node, nodes.If | nodes.IfLet | nodes.Match):
        ty = check_branches(cx, node, None, as_statement=True)
        cx.world.model.types[node] = ty
        return ty
    return cx.expr(node)


def _while(cx: Check, stmt: nodes.While) -> bool:
    cx.expect(stmt.condition, BOOL)
    breaks = _loop_body(cx, stmt.label, stmt.body)
    return isinstance(stmt.condition, nodes.BoolLiteral) and stmt.condition.value and not breaks


def _loop_body(cx: Check, label: nodes.Ident | None, body: nodes.Block) -> bool:
    """Checks a loop's body; whether a `break` leaves this loop."""
    loop = Loop(label.text if label is not None else None, cx.depth)
    cx.loops.append(loop)
    cx.expr(body)
    cx.loops.pop()
    return loop.depth == -1


def check_break(cx: Check, node: nodes.Break | nodes.Continue) -> Type:
    """`break` and `continue`, with or without label."""
    word = "break" if isinstance(node, nodes.Break) else "continue"
    open_loops = [loop for loop in cx.loops if loop.depth in (cx.depth, -1)]
    if isinstance(node, nodes.Break) and node.value is not None:
        cx.expr(node.value)
    for loop in reversed(open_loops):
        if node.label is None or loop.label == node.label.text:
            if word == "break":
                loop.depth = -1 if cx.depth == 0 or loop.depth == cx.depth else loop.depth
            return NEVER
    if node.label is not None and open_loops:
        cx.report(WhereNot(node.span, f"{word} @{node.label.text}", "names a loop that is not around it"))
        return NEVER
    if not cx.refuse_in_defer(node.span, word):
        cx.report(WhereNot(node.span, word, "has no loop around it"))
    return NEVER


def check_return(cx: Check, node: nodes.Return) -> Type:
    """`return e`."""
    cx.refuse_in_defer(node.span, "return")
    cx.frame.returned = True
    if node.value is None:
        if cx.frame.yields is None:
            result = cx.known(cx.frame.result)
            if isinstance(result, Var):
                unify(result, UNIT)
            elif result not in (UNIT, ERROR):
                cx.report(TypeMismatch(node.span, show(result), "()"))
    elif cx.frame.yields is not None and cx.frame.closure is not None:
        cx.expr(node.value)
    elif cx.frame.yields is not None:
        cx.expect(node.value, UNIT, "a generator gives its values with `yield`")
    else:
        cx.expect(node.value, cx.frame.result)
    return NEVER


# --------------------------------------------------------------------------- branches


def check_branches(
    cx: Check, node: nodes.If | nodes.IfLet | nodes.Match, want: Type | None, as_statement: bool = False
) -> Type:
    """`if`, `if let` and `match`: all branches have one type when the value is used."""
    join = _Join(cx, want, as_statement or (want is not None and prune(want) == UNIT))
    match node:
        case nodes.If():
            cx.expect(node.condition, BOOL)
            join.branch(node.then)
            _otherwise(cx, node, node.otherwise, join)
        case nodes.IfLet():
            ty = cx.expr(node.value)
            cx.blocks.append({})
            cx.pattern(node.pattern, ty)
            check_bound_once(cx, node.pattern, {})
            join.branch(node.then)
            cx.blocks.pop()
            _otherwise(cx, node, node.otherwise, join)
        case nodes.Match():
            ty = cx.expr(node.value)
            for arm in node.arms:
                cx.blocks.append({})
                cx.pattern(arm.pattern, ty)
                check_bound_once(cx, arm.pattern, {})
                if arm.guard is not None:
                    cx.expect(arm.guard, BOOL)
                join.branch(arm.body)
                cx.blocks.pop()
            check_exhaustive(cx, node, ty)
    return join.result()


def _otherwise(cx: Check, node: nodes.If | nodes.IfLet, otherwise: nodes.Expr | None, join: _Join) -> None:
    if otherwise is not None:
        join.branch(otherwise)
        return
    join.without_else(node)


class _Join:
    """The common type of branches."""

    def __init__(self, cx: Check, want: Type | None, ignored: bool) -> None:
        self.cx = cx
        self.want = want
        self.ignored = ignored
        self.type: Type = NEVER

    def branch(self, body: nodes.Expr) -> None:
        """One branch's value."""
        if self.ignored:
            ty = _statement_value(self.cx, body)
            if prune(ty) != NEVER:
                self.type = UNIT
            return
        hint = self.want if self.want is not None else self.type if self.type != NEVER else None
        ty = self.cx.expr(body, hint)
        if prune(ty) == NEVER:
            return
        if self.want is not None and isinstance(prune(self.want), DynType):
            self.type = self.cx.coerce(body, ty, self.want)
        elif self.type == NEVER:
            self.type = ty
        elif prune(self.type) == UNIT and self.want is None:
            return
        elif prune(ty) == UNIT and self.want is None and prune(self.type) != UNIT:
            self.cx.report(TypeMismatch(body.span, show(self.type), "()", "all branches have one type"))
        else:
            self.cx.coerce(body, ty, self.type, "all branches have one type")

    def without_else(self, node: nodes.If | nodes.IfLet) -> None:
        """The missing branch gives unit."""
        wanted = prune(self.want) if self.want is not None else None
        if not self.ignored and self.type not in (NEVER, UNIT, ERROR) and prune(self.type) not in (UNIT, ERROR):
            if wanted is not None and not isinstance(wanted, Var):
                self.cx.report(NeedsElse(node.span, show(self.type)))
                self.type = ERROR
                return
        self.type = UNIT

    def result(self) -> Type:
        """What all branches together give."""
        return self.type
