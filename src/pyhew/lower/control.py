"""Blocks, branches, loops, returns.

In: statements and statement-like expressions.  Out: control flow; values of branches.
Assumed: a block's end closes its resources in reverse order after running its `defer`s.
"""

from __future__ import annotations

from functools import partial
from typing import assert_never

from pyhew.check.given_away import bound, takes_apart
from pyhew.ir.ops import Block, Value
from pyhew.lower import iteration, patterns
from pyhew.lower.assignment import lower_assign, lower_let
from pyhew.lower.builder import Variable
from pyhew.lower.context import Loan, LoopTarget, Lower
from pyhew.lower.merge import Merge, merge_type
from pyhew.lower.places import give_away, root_of
from pyhew.lower.returns import leave_with
from pyhew.lower.tasks import lower_deadline
from pyhew.syntax import nodes
from pyhew.types import facts


def lower_block(cx: Lower, node: nodes.Block) -> Value:
    """`{ stmts; tail }`."""
    cx.open_scope()
    for stmt in node.stmts:
        if cx.is_dead():
            break
        lower_stmt(cx, stmt)
    if cx.is_dead():
        cx.scopes.pop()
        return cx.b.zero(cx.ir_of(node))
    value = cx.expr(node.tail) if node.tail is not None else cx.b.unit()
    if node.tail is not None and (cx.scopes[-1].keeps or node.tail in cx.taken):
        give_away(cx, node.tail)
    cx.close_scope()
    wanted = cx.ir_of(node)
    if value.type != wanted:
        value = cx.b.zero(wanted)
    return value


def lower_stmt(cx: Lower, stmt: nodes.Stmt) -> None:
    """One statement."""
    cx.b.site = stmt.span
    match stmt:
        case nodes.Let():
            lower_let(cx, stmt)
        case nodes.Assign():
            lower_assign(cx, stmt)
        case nodes.ExprStmt():
            cx.expr(stmt.value)
        case nodes.While():
            _while(cx, stmt)
        case nodes.WhileLet():
            _while_let(cx, stmt)
        case nodes.Loop():
            _loop(cx, stmt)
        case nodes.For():
            iteration.lower_for(cx, stmt)
        case nodes.Defer():
            cx.runtime("hew_defer_open", [])
            cx.scopes[-1].defers.append(stmt.body)
        case nodes.ScopeDeadline():
            lower_deadline(cx, stmt)
        case _:
            assert_never(stmt)


# --------------------------------------------------------------------------- loops


def _enter(cx: Lower, label: nodes.Ident | None, again: Block, leave: Block) -> None:
    cx.loops.append(LoopTarget(label.text if label is not None else None, leave, again, len(cx.scopes)))


def _while(cx: Lower, stmt: nodes.While) -> None:
    head, body, done = cx.b.new_block("while"), cx.b.new_block("body"), cx.b.new_block("done")
    cx.b.branch(head)
    cx.b.start(head)
    cx.b.cond(cx.expr(stmt.condition), body, done)
    cx.b.start_sealed(body)
    _enter(cx, stmt.label, head, done)
    cx.expr(stmt.body)
    cx.loops.pop()
    cx.keep_all()
    cx.b.branch(head)
    cx.b.seal(head)
    cx.b.start_sealed(done)


def _while_let(cx: Lower, stmt: nodes.WhileLet) -> None:
    head, done = cx.b.new_block("while"), cx.b.new_block("done")
    cx.b.branch(head)
    cx.b.start(head)
    value = cx.expr(stmt.value)
    patterns.test(cx, stmt.pattern, value, (), value.type, done)
    cx.open_scope()
    _keep_unbound(cx, stmt.pattern, value, stmt.value)
    _bind(cx, stmt.pattern, value, stmt.value)
    _enter(cx, stmt.label, head, done)
    cx.loops[-1].scope_depth -= 1
    cx.expr(stmt.body)
    cx.loops.pop()
    cx.close_scope()
    cx.b.branch(head)
    cx.b.seal(head)
    cx.b.start_sealed(done)


def _loop(cx: Lower, stmt: nodes.Loop) -> None:
    body, done = cx.b.new_block("loop"), cx.b.new_block("done")
    cx.b.branch(body)
    cx.b.start(body)
    _enter(cx, stmt.label, body, done)
    cx.expr(stmt.body)
    cx.loops.pop()
    cx.keep_all()
    cx.b.branch(body)
    cx.b.seal(body)
    cx.b.start_sealed(done)


def lower_break(cx: Lower, node: nodes.Break | nodes.Continue) -> Value:
    """`break`, `continue`."""
    wanted = node.label.text if node.label is not None else None
    target = next(t for t in reversed(cx.loops) if wanted is None or t.label == wanted)
    if isinstance(node, nodes.Break) and node.value is not None:
        cx.expr(node.value)
    cx.leave_to(target.scope_depth)
    cx.b.branch(target.exit if isinstance(node, nodes.Break) else target.again)
    cx.b.dead()
    return cx.b.unit()


def lower_return(cx: Lower, node: nodes.Return) -> Value:
    """`return e`."""
    value = cx.expr(node.value) if node.value is not None else None
    if node.value is not None:
        give_away(cx, node.value)
    if cx.b.is_open:
        leave_with(cx, value)
    cx.b.dead()
    return cx.b.unit()


# --------------------------------------------------------------------------- branches


def lower_if(cx: Lower, node: nodes.If) -> Value:
    """`if c { a } else { b }`."""
    merge = Merge(cx, merge_type(cx, node))
    then, otherwise = cx.b.new_block("then"), cx.b.new_block("else")
    cx.b.cond(cx.expr(node.condition), then, otherwise)
    cx.b.start_sealed(then)
    merge.branch(lambda: _branch(cx, node.then))
    cx.b.start_sealed(otherwise)
    merge.branch(lambda: cx.b.unit() if node.otherwise is None else _branch(cx, node.otherwise))
    return merge.end()


def _branch(cx: Lower, node: nodes.Expr) -> Value:
    value = cx.expr(node)
    give_away(cx, node)
    return value


def lower_if_let(cx: Lower, node: nodes.IfLet) -> Value:
    """`if let p = e { a } else { b }`."""
    merge = Merge(cx, merge_type(cx, node))
    otherwise = cx.b.new_block("else")
    value = cx.expr(node.value)
    patterns.test(cx, node.pattern, value, (), value.type, otherwise)
    cx.open_scope()
    _keep_unbound(cx, node.pattern, value, node.value)
    _bind(cx, node.pattern, value, node.value)
    merge.branch(lambda: _closing(cx, node.then))
    cx.scopes.pop()
    cx.b.start_sealed(otherwise)
    merge.branch(lambda: cx.b.unit() if node.otherwise is None else _branch(cx, node.otherwise))
    return merge.end()


def _closing(cx: Lower, body: nodes.Expr) -> Value:
    """A branch body in a scope whose resources close at its end."""
    value = _branch(cx, body)
    if cx.b.is_open:
        cx.leave_to(len(cx.scopes) - 1)
    return value


def _bind(cx: Lower, pattern: nodes.Pattern, value: Value, source: nodes.Expr) -> None:
    """Binds; a matched variable that holds a resource lends its parts, or has given them away when it is taken apart."""
    is_watched = facts.is_kept(cx.type_of(source)) and patterns.binds(cx, pattern)
    is_lent = is_watched and isinstance(source, nodes.NameExpr | nodes.Member) and not takes_apart(cx.model, pattern)
    if not is_lent:
        if is_watched and takes_apart(cx.model, pattern):
            give_away(cx, source)
        patterns.bind_parts(cx, pattern, value, cx.type_of(source))
        return
    paths = patterns.bind_lent(cx, pattern, value, (), value.type)
    root = root_of(cx, source)
    if root is not None:
        seen = cx.b.read(cx.variable(root))
        for local in bound(cx.model, pattern):
            cx.loans[cx.vars[local]] = Loan(source, paths.get(local), seen, partial(give_away, cx, source))


def lower_match(cx: Lower, node: nodes.Match) -> Value:
    """`match e { arms }`: arms are tried in order."""
    merge = Merge(cx, merge_type(cx, node))
    value = cx.expr(node.value)
    held = _hold(cx, node.value, value)
    for index, arm in enumerate(node.arms):
        if cx.is_dead():
            break
        following = cx.b.new_block("arm")
        is_last = index == len(node.arms) - 1
        if not (is_last and arm.guard is None):
            patterns.test(cx, arm.pattern, value, (), value.type, following)
        cx.open_scope()
        if arm.guard is not None:
            bind = patterns.bind if takes_apart(cx.model, arm.pattern) else partial(_bind, source=node.value)
            bind(cx, arm.pattern, value=value)
            body = cx.b.new_block("guarded")
            cx.b.cond(cx.expr(arm.guard), body, following)
            cx.b.start_sealed(body)
        else:
            if held is not None and patterns.binds(cx, arm.pattern):
                cx.b.write(held, cx.b.zero(value.type))
            _bind(cx, arm.pattern, value, node.value)
        merge.branch(lambda body=arm.body: _closing(cx, body))  # type: ignore[misc]
        cx.scopes.pop()
        cx.b.start_sealed(following)
    if not cx.is_dead():
        cx.b.unreachable()
    result = merge.end()
    if held is not None:
        if cx.b.is_open:
            cx.leave_to(len(cx.scopes) - 1)
        cx.scopes.pop()
    return result


def _is_watched_temporary(cx: Lower, source: nodes.Expr) -> bool:
    """Whether a matched value has no variable, and its end can be observed."""
    if isinstance(source, nodes.NameExpr | nodes.Member | nodes.Index):
        return False
    return facts.ends_with_scope(cx.type_of(source)) and cx.b.is_open


def _keep_unbound(cx: Lower, pattern: nodes.Pattern, value: Value, source: nodes.Expr) -> None:
    """Keeps a temporary of which `if let` or `while let` binds nothing until the end of the body, as `match` does."""
    if not patterns.binds(cx, pattern) and _is_watched_temporary(cx, source):
        cx.scopes[-1].keeps.append(cx.temp("matched", value))


def _hold(cx: Lower, source: nodes.Expr, value: Value) -> Variable | None:
    """Keeps a matched temporary until the end of the match when its end can be observed: an arm that binds
    nothing of it must not end it early."""
    if not _is_watched_temporary(cx, source):
        return None
    cx.open_scope()
    held = cx.temp("matched", value)
    cx.scopes[-1].keeps.append(held)
    return held
