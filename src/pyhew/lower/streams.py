"""`receive gen fn`: an actor that produces a stream.

In: generator handlers and calls of them.  Out: a stream handle.
Assumed: a hidden producer actor runs the generator over a snapshot of the state; the stream is
a channel of 8 items between it and the consumer.
"""

from __future__ import annotations

from pyhew.ir import ops
from pyhew.ir.ops import ActorDef, Handler
from pyhew.ir.types import BOOL, I32, MESSAGE, PTR, U64, HandleT, StructT
from pyhew.lower.channels import send
from pyhew.lower.context import Lower
from pyhew.lower.instances import instance
from pyhew.lower.wrappers import drop_state, load_state, store_state, wrapper
from pyhew.types.model import Type
from pyhew.types.symbols import FnInfo

BUFFER = 8
SENDER = HandleT("sender")
RECEIVER = HandleT("receiver")


def stream_handler(cx: Lower, fn: FnInfo, args: tuple[Type, ...], state: StructT, symbol: str) -> Handler:
    """The handler behind a `receive gen fn`: starts a producer with a copy of the state."""
    generator = instance(cx.low, fn, args)
    given = tuple(p.type for p in generator.params[1:])
    producer = _producer(cx, fn, generator, state, f"{symbol}.{fn.name}")
    inner = wrapper(cx, symbol, f"stream {fn.name}")
    payload = (*given, SENDER)
    loaded = inner.b.op(ops.MESSAGE_ARGS, [inner.fn.params[0]], list(payload))
    whole = load_state(inner, fn.actor, state)
    message = inner.b.one(ops.MESSAGE_NEW, [whole, *loaded], MESSAGE, {"handler": 0})
    kind = inner.b.one(ops.ACTOR_TYPE, [], PTR, {"actor": producer})
    inner.runtime("hew_actor_spawn", [kind, message], U64)
    store_state(inner, fn.actor, whole)
    inner.b.ret([])
    inner.b.finish()
    return Handler(fn.name, inner.fn.symbol, payload, None)


def _producer(cx: Lower, fn: FnInfo, generator: ops.Function, state: StructT, symbol: str) -> str:
    """The hidden actor: its init runs the generator into the channel."""
    own = StructT(cx.low.types.unique(f"actor {fn.name} producer"))
    cx.low.module.types.structs[own.name] = own
    made = ActorDef(symbol, fn.owner, own, [], f"{symbol}.drop")
    cx.low.module.actors[symbol] = made
    inner = wrapper(cx, symbol, "produce")
    payload = (state, *(p.type for p in generator.params[1:]), SENDER)
    *given, sender = inner.b.op(ops.MESSAGE_ARGS, [inner.fn.params[0]], list(payload))
    inner.b.op(ops.STATE_STORE, [inner.b.pack([], own)], [])
    inner.runtime("hew_channel_guard", [sender])
    source, _ = inner.call(generator, given)
    assert generator.yields is not None
    again, some, done = inner.b.new_block("next"), inner.b.new_block("item"), inner.b.new_block("end")
    inner.b.branch(again)
    inner.b.start(again)
    has, item = inner.b.op(ops.GEN_NEXT, [source], [BOOL, generator.yields])
    inner.b.cond(has, some, done)
    inner.b.start_sealed(some)
    send(inner, sender, item)
    inner.b.cond(inner.b.is_zero(inner.runtime("hew_status", [], I32)), again, done)
    inner.b.seal(again)
    inner.b.start_sealed(done)
    inner.runtime("hew_channel_close", [sender])
    inner.runtime("hew_actor_stop", [inner.runtime("hew_actor_self", [], U64)])
    inner.b.ret([])
    inner.b.finish()
    made.handlers.append(Handler("produce", inner.fn.symbol, payload, None))
    drop_state(cx, made)
    return symbol


