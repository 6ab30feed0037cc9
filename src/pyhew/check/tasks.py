"""Structured concurrency: `scope`, `fork`.

In: `Scope`, `Fork`.  Out: task types; fork bodies as closures.
Assumed: a fork's body runs in an actor of its own; what it uses is sent there.
"""

from __future__ import annotations

from pyhew.check.actors import require_known
from pyhew.check.assignment import check_let
from pyhew.check.closures import check_closure_body
from pyhew.check.context import Check
from pyhew.check.errors.actors import OutsideScope, TaskLeaves
from pyhew.check.errors.ownership import NotSendable
from pyhew.syntax import nodes
from pyhew.types import facts
from pyhew.types.model import UNIT, Type, Var, show


def check_scope(cx: Check, node: nodes.Scope, want: Type | None) -> Type:
    """`scope { .. }`: waits for every task forked inside."""
    cx.scopes_open += 1
    ty = cx.expr(node.body, want)
    cx.scopes_open -= 1
    if facts.any_part(cx.known(ty), lambda part: facts.is_builtin(part, "Task")):
        end = node.body.tail if node.body.tail is not None else node
        return cx.report(TaskLeaves(end.span, show(ty)))
    return ty


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
    local = cx.declare(node.name, task)
    cx.world.model.locals[node] = local
    return UNIT
