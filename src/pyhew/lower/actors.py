"""Actors: their descriptors, and what begins and ends them.

In: actor declarations.  Out: `ActorDef`s with wrappers.
Assumed: a spawn message carries init's parameters, then every field that can cross to another actor: given, default or zero.
"""

from __future__ import annotations

from pyhew.check.actors import spawn_inputs
from pyhew.check.crash_hooks import check_observed
from pyhew.check.model import UseHandler
from pyhew.check.signatures import attribute, heap_limit, period
from pyhew.ir import ops
from pyhew.ir.ops import ActorDef, Handler, Value
from pyhew.ir.types import PTR, U64, UNIT, StructT, Use
from pyhew.lower.context import Lower, Lowering
from pyhew.lower.derive import hash_value
from pyhew.lower.hooks import crash_hook
from pyhew.lower.instances import instance
from pyhew.lower.places import consumed
from pyhew.lower.streams import stream_handler
from pyhew.lower.wrappers import drop_state, load_state, store_state, wrapper
from pyhew.syntax import nodes
from pyhew.types import facts
from pyhew.types.model import Nominal, Type, show
from pyhew.types.symbols import ActorInfo, FnInfo


def actor_def(cx: Lower, actor: ActorInfo, args: tuple[Type, ...]) -> str:
    """The symbol of an actor type's descriptor, made on first use."""
    low = cx.low
    found = low.actors.get((actor, args))
    if found is not None:
        return found
    check_observed(low.world, actor, args)
    symbol = low.symbol(actor.module, actor.name, ",".join(map(show, args)))
    low.actors[(actor, args)] = symbol
    state = low.types.state(actor, args)
    made = ActorDef(symbol, actor.name, state, [], f"{symbol}.drop")
    low.module.actors[symbol] = made
    made.handlers.append(_init_handler(cx, actor, args, state, symbol))
    plain = _plain_handlers(actor)
    for fn in plain:
        made.handlers.append(_handler(cx, fn, args, state, symbol))
    drop_state(cx, made)
    _hooks(cx, actor, args, made)
    if actor.node.mailbox is not None:
        box = actor.node.mailbox
        keys = [_key(cx, handler, actor, fn, args) for handler, fn in zip(made.handlers[1:], plain, strict=True)]
        made.mailbox = ops.MailboxSpec(box.capacity, box.policy or "block", (None, *keys), box.fallback)
    made.max_heap = heap_limit(actor.node.attributes) or 0
    return symbol


def _key(cx: Lower, handler: Handler, actor: ActorInfo, fn: FnInfo, args: tuple[Type, ...]) -> str | None:
    """The function that reads a message's coalescing key; None for handlers without that parameter."""
    names = [p.name for p in fn.inputs]
    key = actor.node.mailbox.key if actor.node.mailbox is not None else None
    if key is None or key.text not in names:
        return None
    position = names.index(key.text)
    made = cx.low.new_function(f"{handler.wrapper}.key", f"key of {fn.name}", U64)
    made.params, made.modes = [Value(PTR, "payload")], [Use.BORROW]
    inner = Lower(cx.low, made, dict(zip((*actor.params, *fn.params), args)))
    value = inner.b.op(ops.MESSAGE_ARGS, [made.params[0]], list(handler.payload), {"copies": True})[position]
    hashed = hash_value(inner, value, inner.close(fn.inputs[position].type))
    inner.b.ret([inner.b.convert(hashed, U64)])
    inner.b.finish()
    return made.symbol


def _plain_handlers(actor: ActorInfo) -> list[FnInfo]:
    """The handlers that every actor of the type has; those with type parameters follow as they are used."""
    return [fn for fn in actor.receives.values() if not fn.params]


def handler_index(actor: ActorInfo, fn: FnInfo) -> int:
    """The number of a handler without type parameters; 0 is init."""
    return 1 + _plain_handlers(actor).index(fn)


def _instance_index(cx: Lower, actor: ActorInfo, args: tuple[Type, ...], fn: FnInfo, own: tuple[Type, ...]) -> int:
    """The number of a handler's instance, which is made on first use."""
    symbol = cx.low.actors[(actor, args)]
    made = cx.low.made_handlers.setdefault(symbol, {})
    first = 1 + len(_plain_handlers(actor))
    if (fn, own) not in made:
        inner = f"{symbol}.{first + len(made)}"
        handler = _handler(cx, fn, (*args, *own), cx.low.types.state(actor, args), inner)
        made[(fn, own)] = handler, _key(cx, handler, actor, fn, (*args, *own))
    return first + list(made).index((fn, own))


def add_made_handlers(low: Lowering) -> None:
    """Instances of generic handlers take their places, when no more of them can be asked for."""
    for symbol, found in low.made_handlers.items():
        made = low.module.actors[symbol]
        made.handlers.extend(handler for handler, _ in found.values())
        if made.mailbox is not None:
            made.mailbox.keys += tuple(key for _, key in found.values())


def _handler(cx: Lower, fn: FnInfo, args: tuple[Type, ...], state: StructT, symbol: str) -> Handler:
    if fn.is_gen:
        return stream_handler(cx, fn, args, state, symbol)
    target = instance(cx.low, fn, args)
    inner = wrapper(cx, symbol, f"on {fn.name}")
    payload = tuple(p.type for p in target.params[1:])
    loaded = inner.b.op(ops.MESSAGE_ARGS, [inner.fn.params[0]], list(payload))
    before = load_state(inner, fn.actor, state)
    result, after = inner.call(target, [before, *loaded])
    store_state(inner, fn.actor, after[0])
    reply = None if target.result == UNIT else target.result
    if reply is not None:
        inner.b.op(ops.REPLY, [result], [])
    inner.b.ret([])
    inner.b.finish()
    every = attribute(fn.node.attributes, "every") if fn.node is not None else None
    return Handler(fn.name, inner.fn.symbol, payload, reply, period(every) if every is not None else None)


def _init_handler(cx: Lower, actor: ActorInfo, args: tuple[Type, ...], state: StructT, symbol: str) -> Handler:
    """Builds the state from the spawn message, runs init's body and `#[on(start)]`."""
    inner = wrapper(cx, symbol, "init")
    inner.subst = dict(zip(actor.params, args))
    names = spawn_payload(inner, actor)
    payload = tuple(inner.ir(ty) for ty in names.values())
    loaded = dict(zip(names, inner.b.op(ops.MESSAGE_ARGS, [inner.fn.params[0]], list(payload))))
    run_init(inner, actor, args, state, loaded)
    inner.b.finish()
    return Handler("init", inner.fn.symbol, payload, None)


def run_init(
    inner: Lower, actor: ActorInfo, args: tuple[Type, ...], state: StructT, given: dict[str, Value]
) -> None:
    """From the given values to a stored state."""
    inner.actor = actor
    inner.fields = []
    for index, field in enumerate(actor.fields):
        value = given.get(field.name)
        if value is None or value.type != state.fields[index]:
            default = field.node.default
            value = inner.expr(default) if default is not None else inner.b.zero(state.fields[index])
        inner.fields.append(inner.temp(field.name, value, field.node.span))
    if actor.node.init is not None:
        inner.open_scope()
        done = inner.b.new_block("initialised")
        body = inner.model.inits[actor]
        for local in body.params:
            inner.declare(local, given[local.name])
        inner.return_hook = lambda _: inner.b.branch(done)
        inner.expr(actor.node.init.body)
        inner.close_scope()
        inner.return_hook = None
        inner.b.branch(done)
        inner.b.start_sealed(done)
    for fn in actor.hooks.get("start", ()):
        hook = instance(inner.low, fn, args)
        before = inner.b.pack([inner.b.read(f) for f in inner.fields], state)
        _, after = inner.call(hook, [before])
        for variable, part in zip(inner.fields, inner.b.unpack(after[0], state.fields)):
            inner.b.write(variable, part)
    made = inner.b.pack([inner.b.read(f) for f in inner.fields], state)
    inner.b.op(ops.STATE_STORE, [made], [])
    inner.b.ret([])


def _hooks(cx: Lower, actor: ActorInfo, args: tuple[Type, ...], made: ActorDef) -> None:
    stops = actor.hooks.get("stop", ())
    if stops:
        fn = cx.low.new_function(f"{made.symbol}.stop", "on stop", UNIT)
        inner = Lower(cx.low, fn, {})
        state = inner.b.one(ops.STATE_LOAD, [], made.state)
        for hook in stops:
            _, after = inner.call(instance(cx.low, hook, args), [state])
            state = after[0]
        inner.b.op(ops.STATE_STORE, [state], [])
        inner.b.ret([])
        inner.b.finish()
        made.on_stop = fn.symbol
    crash_hook(cx, actor, args, made)


# --------------------------------------------------------------------------- what is sent to it


def spawn_payload(cx: Lower, actor: ActorInfo) -> dict[str, Type]:
    """What a spawn message carries, by name. What may not cross to another actor is made by the new one, in `run_init`."""
    names, _ = spawn_inputs(actor)
    return {name: ty for name, ty in names.items() if facts.is_sendable(cx.close(ty))}


def spawn_values(
    cx: Lower, ty: Nominal, args: tuple[nodes.Arg, ...], wired: dict[str, Value] | None = None
) -> list[Value]:
    """The payload of a spawn message; `wired` values come from siblings."""
    actor = ty.info
    assert isinstance(actor, ActorInfo)
    order = list(spawn_inputs(actor)[0])
    given: dict[str, Value] = dict(wired or {})
    for position, arg in enumerate(args):
        name = arg.name.text if arg.name is not None else order[position]
        given[name] = consumed(cx, arg.value)
    defaults = {f.name: f.node.default for f in actor.fields}
    saved, cx.subst = cx.subst, {**cx.subst, **dict(zip(actor.params, ty.args))}
    values = []
    for name, surface in spawn_payload(cx, actor).items():
        value = given.get(name)
        if value is None:
            default = defaults.get(name)
            value = cx.expr(default) if default is not None else cx.b.zero(cx.ir(surface))
        values.append(value)
    cx.subst = saved
    return values


def addressed(cx: Lower, use: UseHandler) -> tuple[ActorInfo, int]:
    """The actor a message goes to and the number of its handler; the actor is declared by that."""
    target = cx.close(use.target)
    assert isinstance(target, Nominal) and isinstance(target.info, ActorInfo)
    actor_def(cx, target.info, target.args)
    fn = target.info.receives[use.name]
    if not fn.params:
        return target.info, handler_index(target.info, fn)
    own = tuple(cx.close(ty) for ty in use.args)
    return target.info, _instance_index(cx, target.info, target.args, fn, own)
