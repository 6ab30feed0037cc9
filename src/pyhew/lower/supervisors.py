"""Supervisors: their specifications, children, restarts.

In: supervisor declarations and handles.  Out: `SupervisorDef`s and runtime calls.
Assumed: a child evaluates its own init expressions, from the supervisor's arguments, each time it starts.
"""

from __future__ import annotations

from pyhew.check.model import Resolution
from pyhew.ir.ops import Value
from pyhew.lower.context import Lower
from pyhew.syntax import nodes
from pyhew.types.symbols import SupervisorInfo


def lower_supervisor_spawn(cx: Lower, node: nodes.Spawn, info: SupervisorInfo) -> Value:
    """`spawn App(n: 1)`."""
    from pyhew.lower.expressions import unsupported

    return unsupported(cx, node, "a supervisor")


def lower_child(cx: Lower, node: nodes.Member, use: Resolution) -> Value:
    """`sup.child`."""
    from pyhew.lower.expressions import unsupported

    return unsupported(cx, node, "a supervised child")


def lower_await_restart(cx: Lower, node: nodes.AwaitRestart) -> Value:
    """`await_restart sup.child`."""
    from pyhew.lower.expressions import unsupported

    return unsupported(cx, node, "`await_restart`")
