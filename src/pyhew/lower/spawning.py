"""`spawn` of actors and supervisors.

In: `Spawn`.  Out: a handle of a new actor or supervisor.
Assumed: nothing.
"""

from __future__ import annotations

from pyhew.ir import ops
from pyhew.ir.ops import Value
from pyhew.ir.types import MESSAGE, PTR, U64
from pyhew.lower.actors import actor_def, spawn_values
from pyhew.lower.context import Lower
from pyhew.lower.supervisors import lower_supervisor_spawn
from pyhew.syntax import nodes
from pyhew.types.model import Nominal
from pyhew.types.symbols import ActorInfo, SupervisorInfo


def lower_spawn(cx: Lower, node: nodes.Spawn) -> Value:
    """`spawn Worker(id: 1)`."""
    ty = cx.close(cx.model.written[node])
    assert isinstance(ty, Nominal)
    if isinstance(ty.info, SupervisorInfo):
        return lower_supervisor_spawn(cx, node, ty.info)
    assert isinstance(ty.info, ActorInfo)
    symbol = actor_def(cx, ty.info, ty.args)
    values = spawn_values(cx, ty, node.args)
    message = cx.b.one(ops.MESSAGE_NEW, values, MESSAGE, {"handler": 0})
    kind = cx.b.one(ops.ACTOR_TYPE, [], PTR, {"actor": symbol})
    return cx.runtime("hew_actor_spawn", [kind, message], U64)
