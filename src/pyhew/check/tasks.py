"""Structured concurrency: `scope`, `fork`.

In: `Scope`, `Fork`.  Out: task types; fork bodies as closures.
Assumed: a fork's body runs in an actor of its own; what it uses is sent there.
"""

from __future__ import annotations

from pyhew.check.actors import require_known
from pyhew.check.assignment import check_let, root_of
from pyhew.check.closures import check_closure_body
from pyhew.check.context import Check
from pyhew.check.errors.actors import OutsideScope, TaskLeaves
from pyhew.check.errors.ownership import NotSendable
from pyhew.check.model import UseLocal
from pyhew.syntax import nodes
from pyhew.syntax.nodes.base import raw_children
from pyhew.types import facts
from pyhew.types.model import UNIT, Type, Var, show


def check_scope(cx: Check, node: nodes.Scope, want: Type | None) -> Type:
    """`scope { .. }`: waits for every task forked inside."""
    cx.scopes_open += 1
    ty = cx.expr(node.body, want)
    cx.scopes_open -= 1
    if _holds_task(cx, ty):
        end = node.body.tail if node.body.tail is not None else node
        return cx.report(TaskLeaves(end.span, show(ty)))
    _refuse_kept(cx, node)
    return ty


def _holds_task(cx: Check, ty: Type) -> bool:
    return facts.any_part(cx.known(ty), lambda part: facts.is_builtin(part, "Task"))


def _refuse_kept(cx: Check, scope: nodes.Scope) -> None:
    """Reports tasks of a scope that are put into something from around it: by an assignment or a call."""
    todo: list[nodes.Node] = [scope.body]
    while todo:
        node = todo.pop()
        todo.extend(raw_children(node))
        if isinstance(node, nodes.Assign):
            taking, given = node.target, [node.value]
        elif isinstance(node, nodes.Call):
            parts = [arg.value for arg in node.args]
            if isinstance(node.callee, nodes.Member):
                parts.insert(0, node.callee.base)
            found = next((part for part in parts if _is_around(cx, scope, part)), None)
            if found is None:
                continue
            taking, given = found, [part for part in parts if part is not found]
        else:
            continue
        kept = next((value for value in given if _is_forked_in(cx, scope, value)), None)
        if kept is not None and _is_around(cx, scope, taking):
            cx.report(TaskLeaves(kept.span, show(cx.known(cx.world.model.types[kept]))))


def _is_around(cx: Check, scope: nodes.Scope, place: nodes.Expr) -> bool:
    """Whether a place that may hold tasks belongs to a variable from outside of the scope."""
    use = cx.world.model.uses.get(root_of(place))
    return isinstance(use, UseLocal) and not scope.span.contains(use.local.node.span) and _holds_task(cx, use.local.type)


def _is_forked_in(cx: Check, scope: nodes.Scope, value: nodes.Expr) -> bool:
    """Whether a value holds a task that a variable of the scope stands for."""
    ty = cx.world.model.types.get(value)
    if ty is None or not _holds_task(cx, ty):
        return False
    todo: list[nodes.Node] = [value]
    while todo:
        node = todo.pop()
        use = cx.world.model.uses.get(node)
        if isinstance(use, UseLocal) and scope.span.contains(use.local.node.span) and _holds_task(cx, use.local.type):
            return True
        todo.extend(raw_children(node))
    return False


def check_fork(cx: Check, node: nodes.Fork) -> Type:
    """`fork name = e`, `fork { .. }`: a task that runs beside the others."""
    if cx.scopes_open == 0:
        cx.report(OutsideScope(node.span, "fork"))
    for let in node.before:
        check_let(cx, let)
    closure = check_closure_body(cx, node, [], Var(), node.value)
    for span, ty in (*((node.span, local.type) for local in closure.captures), (node.value.span, closure.result)):
        if facts.is_tied_to_actor(cx.known(ty)):
            cx.report(NotSendable(span, show(ty)))
        elif require_known(cx, span, ty):
            break
    task = cx.world.builtin("Task", closure.result)
    if node.name is None:
        return UNIT
    cx.refuse_hiding(node.name)
    local = cx.declare(node.name, task)
    cx.world.model.locals[node] = local
    return UNIT
