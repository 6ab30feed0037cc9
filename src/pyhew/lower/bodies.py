"""Bodies of functions, methods and handlers.

In: a declared instance.  Out: its blocks.
Assumed: an actor's fields are variables of every handler and method: unpacked from the
state at entry, packed again at each return.
"""

from __future__ import annotations

from pyhew.ir.facts import is_changed_in_place
from pyhew.ir.ops import Function, Value
from pyhew.ir.types import StructT, Use
from pyhew.lower.context import Lower, Lowering
from pyhew.lower.intrinsics import write_bodyless
from pyhew.lower.lending import may_part
from pyhew.lower.returns import finish_body
from pyhew.syntax import nodes
from pyhew.types import facts
from pyhew.types.model import NEVER as NEVER_TYPE
from pyhew.types.model import ParamType, Type
from pyhew.types.symbols import ActorInfo, FnInfo


def write_body(low: Lowering, fn: FnInfo, made: Function, subst: dict[ParamType, Type]) -> None:
    """Writes the instance of a function."""
    cx = Lower(low, made, subst)
    node = fn.node
    cx.is_handler = isinstance(node, nodes.ReceiveFn) and not fn.is_gen
    assert node is not None
    if any(cx.close(param.type) == NEVER_TYPE for param in fn.inputs):  # nobody comes to call it
        cx.b.unreachable()
        cx.b.finish()
        return
    if node.body is None:
        write_bodyless(cx, fn)
        cx.b.finish()
        return
    params = list(made.params)
    if fn.actor is not None and fn not in cx.model.fieldless:
        _bind_state(cx, fn.actor, params.pop(0))
    body = low.world.body(fn)
    assert body is not None
    for local, param, info in zip(body.params, params, fn.inputs):
        variable = cx.declare(local, param)
        mode = made.modes[made.params.index(param)]
        if mode is Use.INOUT:
            cx.inouts.append(variable)
            if info.mode != "var" and not is_changed_in_place(param.type):
                cx.offered.add(variable)
            if local.is_replaced:
                may_part(cx, variable)
            if variable in cx.scopes[-1].keeps:
                cx.scopes[-1].keeps.remove(variable)
        elif info.mode == "consume" and info.name == "self" and fn.name != "close":
            if facts.is_resource(cx.close(local.type)):
                cx.scopes[-1].forgotten = variable
    finish_body(cx, node.body, fn.is_gen)


def _bind_state(cx: Lower, actor: ActorInfo, state: Value) -> None:
    assert isinstance(state.type, StructT)
    cx.actor = actor
    cx.fields = []
    parts = cx.b.unpack(state, state.type.fields)
    for field, part in zip(actor.fields, parts):
        cx.fields.append(cx.temp(field.name, part, field.node.span))


