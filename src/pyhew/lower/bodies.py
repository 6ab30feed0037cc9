"""Bodies of functions, methods and handlers.

In: a declared instance.  Out: its blocks.
Assumed: an actor's fields are variables of every handler and method: unpacked from the
state at entry, packed again at each return.
"""

from __future__ import annotations

from pyhew.check.model import Body
from pyhew.ir.ops import Function, Value
from pyhew.ir.types import NEVER, UNIT, StructT, Use
from pyhew.lower.builder import Variable
from pyhew.lower.context import Lower, Lowering
from pyhew.lower.expressions import lower_expr
from pyhew.lower.lending import given_back, may_part
from pyhew.syntax import nodes
from pyhew.types import facts
from pyhew.types.model import NEVER as NEVER_TYPE
from pyhew.types.model import ParamType, Type
from pyhew.types.symbols import ActorInfo, FnInfo


def write_body(low: Lowering, fn: FnInfo, made: Function, subst: dict[ParamType, Type]) -> None:
    """Writes the instance of a function."""
    cx = Lower(low, made, subst, lower_expr)
    node = fn.node
    cx.is_handler = isinstance(node, nodes.ReceiveFn) and not fn.is_gen
    assert node is not None
    if any(cx.close(param.type) == NEVER_TYPE for param in fn.inputs):  # nobody comes to call it
        cx.b.unreachable()
        cx.b.finish()
        return
    if node.body is None:
        from pyhew.lower.intrinsics import write_bodyless

        write_bodyless(cx, fn)
        cx.b.finish()
        return
    params = list(made.params)
    if fn.actor is not None:
        _bind_state(cx, fn.actor, params.pop(0))
    body = low.world.body(fn)
    assert body is not None
    for local, param, info in zip(body.params, params, fn.inputs):
        variable = cx.declare(local, param)
        mode = made.modes[made.params.index(param)]
        if mode is Use.INOUT:
            cx.inouts.append(variable)
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


def successors(cx: Lower) -> list[Value]:
    """The values of the inout parameters at a return, the actor's state first."""
    values = []
    if cx.state_parts is not None:
        struct, holders = cx.state_parts
        values.append(cx.b.pack([cx.b.read(v) for v in holders], struct))
    if cx.fields is not None and cx.fn.params and isinstance(cx.fn.params[0].type, StructT):
        if cx.fn.modes[0] is Use.INOUT and cx.fn.yields is None and cx.actor is not None and cx.outer is None:
            values.append(cx.b.pack([cx.b.read(f) for f in cx.fields], cx.fn.params[0].type))
    return values + [given_back(cx, v) for v in cx.inouts]


def finish_body(cx: Lower, body: nodes.Expr, is_gen: bool = False) -> None:
    """Lowers the body expression and returns its value."""
    value = cx.expr(body)
    if cx.b.is_open:
        emit_return(cx, value if not is_gen else None)
    cx.b.finish()


def emit_return(cx: Lower, value: Value | None) -> None:
    """Leaves every open scope and returns."""
    cx.leave_to(0)
    if not cx.b.is_open:
        return
    cx.write_back_captures()
    values: list[Value] = []
    if cx.fn.result not in (UNIT, NEVER) and cx.fn.yields is None:
        assert value is not None
        values.append(value if value.type == cx.fn.result else cx.b.zero(cx.fn.result))
    cx.b.ret(values + successors(cx))


__all__ = ["Body", "Variable", "emit_return", "facts", "finish_body", "successors", "write_body"]
