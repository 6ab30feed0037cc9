"""Functions that the runtime calls: their shape, and an actor's state on its way in and out.

In: an actor's descriptor.  Out: functions of the module.
Assumed: a wrapper takes the payload of a message and gives nothing back.
"""

from __future__ import annotations

from pyhew.ir import facts as ir_facts
from pyhew.ir import ops
from pyhew.ir.ops import ActorDef, Value
from pyhew.ir.types import PTR, UNIT, StructT, Use
from pyhew.lower.context import Lower
from pyhew.types.symbols import ActorInfo


def wrapper(cx: Lower, symbol: str, name: str) -> Lower:
    """The body of a new function that handles one message."""
    fn = cx.low.new_function(f"{symbol}.{name}", name, UNIT)
    fn.params, fn.modes = [Value(PTR, "payload")], [Use.BORROW]
    return Lower(cx.low, fn, {})


def load_state(cx: Lower, actor: ActorInfo | None, state: StructT) -> Value:
    """The state for one message. What a crash hook looks at stays in the slot as a copy, in case this is the last one."""
    whole = cx.b.one(ops.STATE_LOAD, [], state)
    observed = cx.model.observed.get(actor, {}) if actor is not None else {}
    if any(ir_facts.owns_heap(state.fields[index]) for index in observed):
        parts = [cx.b.zero(ty) for ty in state.fields]
        for index in observed:
            parts[index] = cx.b.project(whole, (("field", index),), [], state.fields[index])
        cx.b.op(ops.STATE_STORE, [cx.b.pack(parts, state)], [])
    return whole


def store_state(cx: Lower, actor: ActorInfo | None, state: Value) -> None:
    """The state after a message, over what `load_state` left."""
    assert isinstance(state.type, StructT)
    if actor is not None and cx.model.observed.get(actor):
        cx.b.one(ops.STATE_LOAD, [], state.type)
    cx.b.op(ops.STATE_STORE, [state], [])


def drop_state(cx: Lower, made: ActorDef) -> None:
    """The function that ends the state of an actor."""
    fn = cx.low.new_function(made.drop_state, "drop state", UNIT)
    inner = Lower(cx.low, fn, {})
    inner.b.one(ops.STATE_LOAD, [], made.state)
    inner.b.ret([])
    inner.b.finish()


def hidden_actor(cx: Lower, kind: str, shown: str) -> ActorDef:
    """The descriptor of an actor that no declaration names; its state is empty until somebody says of what it is."""
    low = cx.low
    name = f"{kind}{len(low.module.actors)}"
    symbol = low.symbol(kind, name, "")
    state = StructT(low.types.unique(f"actor {name}"))
    low.module.types.structs[state.name] = state
    made = low.module.actors[symbol] = ActorDef(symbol, shown, state, [], f"{symbol}.drop")
    return made
