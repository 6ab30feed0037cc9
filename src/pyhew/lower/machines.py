"""Machines: `step` and `state_name` as functions over the state enum.

In: a machine's transitions.  Out: one step function per instance.
Assumed: the checker has typed the bodies.
"""

from __future__ import annotations

from pyhew.check.model import UseStep
from pyhew.ir.ops import Value
from pyhew.lower.context import Lower
from pyhew.syntax import nodes


def lower_step(cx: Lower, node: nodes.Call, use: UseStep) -> Value:
    """`machine.step(e)`, `machine.state_name()`."""
    from pyhew.lower.expressions import unsupported

    return unsupported(cx, node, f"machine `{use.name}`")
