"""Structured concurrency: `scope`, `fork`, awaiting tasks.

In: scopes and forks.  Out: hidden actors and their reply cells.
Assumed: leaving a scope waits for every task forked in it.
"""

from __future__ import annotations

from pyhew.ir.ops import Value
from pyhew.lower.builder import Variable
from pyhew.lower.context import Lower
from pyhew.syntax import nodes


def lower_scope(cx: Lower, node: nodes.Scope) -> Value:
    """`scope { .. }`."""
    return cx.expr(node.body)


def lower_fork(cx: Lower, node: nodes.Fork) -> Value:
    """`fork name = e`."""
    from pyhew.lower.expressions import unsupported

    return unsupported(cx, node, "`fork`")


def await_task(cx: Lower, node: nodes.Await, task: Value) -> Value:
    """The value of a task."""
    from pyhew.lower.expressions import unsupported

    return unsupported(cx, node, "awaiting a task")


def join_tasks(cx: Lower, tasks: list[Variable]) -> None:
    """Waits for the tasks of a scope."""


def lower_deadline(cx: Lower, stmt: nodes.ScopeDeadline) -> None:
    """`after(d) { .. }` in a scope."""
    from pyhew.lower.errors import NotSupported

    cx.low.world.sink.report(NotSupported(stmt.span, "`after` in a scope"))
