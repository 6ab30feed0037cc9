"""Actors: their descriptors, messages, asks, select and join, lambda actors.

In: actor declarations and expressions.  Out: `ActorDef`s with wrappers; runtime operations.
Assumed: a spawn message carries init's parameters, then every field that can cross to another actor: given, default or zero.
"""

from __future__ import annotations

from pyhew.check.actors import spawn_inputs
from pyhew.check.crash_hooks import check_observed
from pyhew.check.errors.ownership import NotSendable
from pyhew.check.model import UseFn, UseHandler, UseLambda, UseLocal
from pyhew.check.signatures import attribute, heap_limit, period
from pyhew.ir import facts as ir_facts
from pyhew.ir import ops
from pyhew.ir.ops import ActorDef, Handler, Value
from pyhew.ir.types import (
    I32,
    I64,
    MESSAGE,
    PTR,
    U64,
    UNIT,
    EnumT,
    HandleT,
    IrType,
    StructT,
    TupleT,
    Use,
)
from pyhew.lower.context import Lower, Lowering
from pyhew.lower.derive import hash_value
from pyhew.lower.giving_up import wait
from pyhew.lower.instances import instance
from pyhew.syntax import nodes
from pyhew.types import facts
from pyhew.types.model import Nominal, Type, show, substitute
from pyhew.types.symbols import ActorInfo, FnInfo, SupervisorInfo

REPLY = HandleT("reply")


def state_type(low: Lowering, actor: ActorInfo, args: tuple[Type, ...]) -> StructT:
    """The struct of an actor's fields."""
    key = ("state", actor, args)
    found = low.derived.get(key)
    if found is None:
        mapping = dict(zip(actor.params, args))
        struct = StructT(low.types.unique(f"actor {actor.name}"))
        low.module.types.structs[struct.name] = struct
        struct.field_names = tuple(f.name for f in actor.fields)
        struct.fields = tuple(
            low.types.lower(low.world.normalise(substitute(f.type, mapping))) for f in actor.fields
        )
        low.derived[key] = struct  # type: ignore[assignment]
        found = struct  # type: ignore[assignment]
    return found  # type: ignore[return-value]


def actor_def(cx: Lower, actor: ActorInfo, args: tuple[Type, ...]) -> str:
    """The symbol of an actor type's descriptor, made on first use."""
    low = cx.low
    found = low.actors.get((actor, args))
    if found is not None:
        return found
    check_observed(low.world, actor, args)
    symbol = low.symbol(actor.module, actor.name, ",".join(map(show, args)))
    low.actors[(actor, args)] = symbol
    state = state_type(low, actor, args)
    made = ActorDef(symbol, actor.name, state, [], f"{symbol}.drop")
    low.module.actors[symbol] = made
    made.handlers.append(_init_handler(cx, actor, args, state, symbol))
    for fn in actor.receives.values():
        made.handlers.append(_handler(cx, fn, args, state, symbol))
    _drop_state(cx, made)
    _hooks(cx, actor, args, made)
    if actor.node.mailbox is not None:
        box = actor.node.mailbox
        keys = tuple(_key(cx, made, at, fn, box.key) for at, fn in enumerate((None, *actor.receives.values())))
        made.mailbox = ops.MailboxSpec(box.capacity, box.policy or "block", keys, box.fallback)
    made.max_heap = heap_limit(actor.node.attributes) or 0
    return symbol


def _key(cx: Lower, made: ActorDef, index: int, fn: FnInfo | None, key: nodes.Ident | None) -> str | None:
    """The function that reads a message's coalescing key; None for handlers without that parameter."""
    names = [p.name for p in fn.inputs] if fn is not None else []
    if key is None or fn is None or key.text not in names:
        return None
    position = names.index(key.text)
    wrapper = cx.low.new_function(f"{made.symbol}.key{index}", f"key of {fn.name}", U64)
    wrapper.params, wrapper.modes = [Value(PTR, "payload")], [Use.BORROW]
    inner = Lower(cx.low, wrapper, {}, cx.expr_fn)
    payload = list(made.handlers[index].payload)
    value = inner.b.op(ops.MESSAGE_ARGS, [wrapper.params[0]], payload, {"copies": True})[position]
    hashed = hash_value(inner, value, inner.close(fn.inputs[position].type))
    inner.b.ret([inner.b.convert(hashed, U64)])
    inner.b.finish()
    return wrapper.symbol


def handler_index(actor: ActorInfo, name: str) -> int:
    """A handler's number; 0 is init."""
    return 1 + list(actor.receives).index(name)


def _wrapper(cx: Lower, symbol: str, name: str) -> Lower:
    fn = cx.low.new_function(f"{symbol}.{name}", name, UNIT)
    fn.params, fn.modes = [Value(PTR, "payload")], [Use.BORROW]
    return Lower(cx.low, fn, {}, cx.expr_fn)


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


def _handler(cx: Lower, fn: FnInfo, args: tuple[Type, ...], state: StructT, symbol: str) -> Handler:
    if fn.is_gen:
        from pyhew.lower.streams import stream_handler

        return stream_handler(cx, fn, args, state, symbol)
    target = instance(cx.low, fn, args)
    inner = _wrapper(cx, symbol, f"on {fn.name}")
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
    inner = _wrapper(cx, symbol, "init")
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


def _drop_state(cx: Lower, made: ActorDef) -> None:
    fn = cx.low.new_function(made.drop_state, "drop state", UNIT)
    inner = Lower(cx.low, fn, {}, cx.expr_fn)
    inner.b.one(ops.STATE_LOAD, [], made.state)
    inner.b.ret([])
    inner.b.finish()


def _hooks(cx: Lower, actor: ActorInfo, args: tuple[Type, ...], made: ActorDef) -> None:
    stops = actor.hooks.get("stop", ())
    if stops:
        fn = cx.low.new_function(f"{made.symbol}.stop", "on stop", UNIT)
        inner = Lower(cx.low, fn, {}, cx.expr_fn)
        state = inner.b.one(ops.STATE_LOAD, [], made.state)
        for hook in stops:
            _, after = inner.call(instance(cx.low, hook, args), [state])
            state = after[0]
        inner.b.op(ops.STATE_STORE, [state], [])
        inner.b.ret([])
        inner.b.finish()
        made.on_stop = fn.symbol
    from pyhew.lower.hooks import crash_hook

    crash_hook(cx, actor, args, made)


# --------------------------------------------------------------------------- spawn, tell, ask


def lower_spawn(cx: Lower, node: nodes.Spawn) -> Value:
    """`spawn Worker(id: 1)`."""
    ty = cx.close(cx.model.written[node])
    assert isinstance(ty, Nominal)
    if isinstance(ty.info, SupervisorInfo):
        from pyhew.lower.supervisors import lower_supervisor_spawn

        return lower_supervisor_spawn(cx, node, ty.info)
    assert isinstance(ty.info, ActorInfo)
    symbol = actor_def(cx, ty.info, ty.args)
    values = spawn_values(cx, ty, node.args)
    message = cx.b.one(ops.MESSAGE_NEW, values, MESSAGE, {"handler": 0})
    kind = cx.b.one(ops.ACTOR_TYPE, [], PTR, {"actor": symbol})
    return cx.runtime("hew_actor_spawn", [kind, message], U64)


def spawn_payload(cx: Lower, actor: ActorInfo) -> dict[str, Type]:
    """What a spawn message carries, by name. What may not cross to another actor is made by the new one, in `run_init`."""
    names, _ = spawn_inputs(actor)
    return {name: ty for name, ty in names.items() if facts.is_sendable(cx.close(ty))}


def spawn_values(
    cx: Lower, ty: Nominal, args: tuple[nodes.Arg, ...], wired: dict[str, Value] | None = None
) -> list[Value]:
    """The payload of a spawn message; `wired` values come from siblings."""
    from pyhew.lower.literals import consumed

    actor = ty.info
    assert isinstance(actor, ActorInfo)
    order = list(spawn_inputs(actor)[0])
    given: dict[str, Value] = dict(wired or {})
    refuse_unsendable(cx, args)
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
    return target.info, handler_index(target.info, use.name)


def lower_message(cx: Lower, node: nodes.Call, use: UseHandler) -> Value:
    """`pid.handler(..)`: a tell, or an ask that waits for its reply."""
    assert isinstance(node.callee, nodes.Member)
    actor = addressed(cx, use)[0]
    if actor.receives[use.name].is_gen:
        from pyhew.lower.streams import open_stream

        return open_stream(cx, node, use)
    pid, message = _message(cx, node, use)
    if use.reply is None:
        box = actor.node.mailbox
        policy = "block" if box is None else box.fallback if box.policy == "coalesce" else box.policy or "block"
        tell(cx, pid, message, policy == "block")
        return cx.b.unit()
    cell = ask(cx, pid, message, cx.ir(use.reply))
    return await_reply(cx, cell, cx.ir(use.reply), cx.ir_of(node))


def tell(cx: Lower, pid: Value, message: Value, may_wait: bool) -> None:
    """Sends a message; a full mailbox that may make its senders wait does so here.

    Outside of loops a handler need not wait in its middle: the runtime lets an actor that was told to wait begin
    nothing else, so handlers that tell a few times stay plain functions.
    """
    must_wait = cx.runtime("hew_actor_tell", [pid, message], I32)
    if not may_wait or (cx.is_handler and not cx.loops):
        return
    held, sent = cx.b.new_block("held"), cx.b.new_block("sent")
    cx.b.cond(cx.b.is_zero(must_wait), sent, held)
    cx.b.start_sealed(held)
    wait(cx, is_polite=True)
    cx.b.branch(sent)
    cx.b.start_sealed(sent)


def _message(cx: Lower, node: nodes.Call, use: UseHandler) -> tuple[Value, Value]:
    from pyhew.lower.literals import consumed

    assert isinstance(node.callee, nodes.Member)
    pid = cx.expr(node.callee.base)
    refuse_unsendable(cx, node.args)
    values = [consumed(cx, arg.value) for arg in node.args]
    return pid, cx.b.one(ops.MESSAGE_NEW, values, MESSAGE, {"handler": addressed(cx, use)[1]})


def refuse_unsendable(cx: Lower, args: tuple[nodes.Arg, ...]) -> None:
    """Reports what an instance would send although it may not cross; where nothing is generic the checker has seen it."""
    for arg in args if cx.subst else ():
        ty = cx.close(cx.model.types[arg.value])
        if not facts.is_sendable(ty):
            cx.low.world.sink.report(NotSendable(arg.span, show(ty)))


def send_envelope(cx: Lower, pid: Value, value: Value) -> Value:
    """Tells the first handler that takes one value of this type; 1 when the actor has none."""
    target, message = (cx.close(ty) for ty in tuple(cx.subst.values())[:2])
    assert isinstance(target, Nominal) and isinstance(target.info, ActorInfo)
    mapping = dict(zip(target.info.params, target.args))
    for fn in target.info.receives.values():
        if fn.is_gen or [cx.low.world.normalise(substitute(p.type, mapping)) for p in fn.inputs] != [message]:
            continue
        actor_def(cx, target.info, target.args)
        index = handler_index(target.info, fn.name)
        tell(cx, pid, cx.b.one(ops.MESSAGE_NEW, [value], MESSAGE, {"handler": index}), False)
        return cx.b.const(0, I32)
    return cx.b.const(1, I32)


def ask(cx: Lower, pid: Value, message: Value, reply: IrType) -> Value:
    """Sends a question; the cell will hold the answer."""
    return cx.b.one(ops.ASK, [pid, message], REPLY, {"reply": reply})


def wait_for(cx: Lower, cell: Value) -> None:
    """Waits until a reply cell is decided."""
    cx.suspend_until(lambda: cx.b.negate_bool(cx.b.is_zero(cx.runtime("hew_reply_poll", [cell], I32))))


def await_reply(cx: Lower, cell: Value, reply: IrType, result: IrType) -> Value:
    """The answer as `Result<R, AskError>`."""
    from pyhew.lower.control import Merge

    wait_for(cx, cell)
    status = cx.runtime("hew_reply_status", [cell], I32)
    merge = Merge(cx, result)
    good, bad = cx.b.new_block("replied"), cx.b.new_block("failed")
    cx.b.cond(cx.b.is_zero(status), good, bad)
    assert isinstance(result, EnumT)
    cx.b.start_sealed(good)
    merge.branch(lambda: cx.b.variant(result, 0, [cx.b.one(ops.REPLY_VALUE, [cell], reply)]))
    cx.b.start_sealed(bad)
    merge.branch(lambda: cx.b.variant(result, 1, [cx.b.one(ops.FROM_TAG, [status], result.variants[1][0])]))
    return merge.end()


def lower_timeout(cx: Lower, node: nodes.Timeout) -> Value:
    """`await e | after d`."""
    inner = node.operand
    while isinstance(inner, nodes.Await):
        inner = inner.operand
    use = cx.model.uses.get(inner)
    if isinstance(inner, nodes.Call) and isinstance(use, UseHandler) and use.reply is not None:
        pid, message = _message(cx, inner, use)
        delay = cx.expr(node.delay)
        cell = ask(cx, pid, message, cx.ir(use.reply))
        cx.runtime("hew_reply_deadline", [cell, delay])
        return await_reply(cx, cell, cx.ir(use.reply), cx.ir_of(node))
    limited = cx.model.uses.get(node)
    if isinstance(limited, UseFn):
        from pyhew.lower.calls import call_with_places

        assert isinstance(inner, nodes.Call) and isinstance(inner.callee, nodes.Member)
        args = tuple(cx.close(a) for a in limited.args)
        return call_with_places(cx, instance(cx.low, limited.fn, args), [inner.callee.base, node.delay], [])
    from pyhew.lower.channels import lower_receive_timeout

    return lower_receive_timeout(cx, node, inner)


# --------------------------------------------------------------------------- join, select


def branch_cell(cx: Lower, node: nodes.Expr) -> tuple[Value, IrType] | None:
    """The cell of an ask that stands in a join, race or select; None for other sources."""
    while isinstance(node, nodes.Await):
        node = node.operand
    use = cx.model.uses.get(node)
    if isinstance(node, nodes.Call) and isinstance(use, UseHandler) and use.reply is not None:
        pid, message = _message(cx, node, use)
        reply = cx.ir(use.reply)
        return ask(cx, pid, message, reply), reply
    if isinstance(node, nodes.Call) and isinstance(use, UseLambda) and use.reply is not None:
        reply = cx.ir(use.reply)
        return _lambda_ask(cx, node, reply), reply
    return None


def lower_join(cx: Lower, node: nodes.Join) -> Value:
    """`join { a.x(), b.y() }`: all asks at once, then all answers in order."""
    cells = []
    for branch in node.branches:
        found = branch_cell(cx, branch)
        assert found is not None
        cells.append(found)
    values = []
    for cell, reply in cells:
        wait_for(cx, cell)
        status = cx.runtime("hew_reply_status", [cell], I32)
        cx.b.op(ops.TRAP_IF, [cx.b.negate_bool(cx.b.is_zero(status))], [], {"code": "Panic"})
        values.append(cx.b.one(ops.REPLY_VALUE, [cell], reply))
    return values[0] if len(values) == 1 else cx.b.pack(values, TupleT(tuple(r for _, r in cells)))


# --------------------------------------------------------------------------- lambda actors


def lower_lambda_actor(cx: Lower, node: nodes.LambdaActor) -> Value:
    """`actor |x: T| -> R { .. }`: an actor whose state is what it captures."""
    low = cx.low
    closure = cx.model.closures[node]
    name = f"lambda{len(low.module.actors)}"
    symbol = low.symbol("lambda", name, "")
    struct = StructT(low.types.unique(f"actor {name}"))
    low.module.types.structs[struct.name] = struct
    made = ActorDef(symbol, "lambda actor", struct, [], f"{symbol}.drop")
    low.module.actors[symbol] = made
    body, captured = _lambda_body(cx, node, closure, symbol, struct)
    init = _wrapper(cx, symbol, "init")
    loaded = init.b.op(ops.MESSAGE_ARGS, [init.fn.params[0]], list(struct.fields))
    init.b.op(ops.STATE_STORE, [init.b.pack(loaded, struct)], [])
    init.b.ret([])
    init.b.finish()
    made.handlers.append(Handler("init", init.fn.symbol, struct.fields, None))
    call = _wrapper(cx, symbol, "call")
    payload = tuple(p.type for p in body.params[1:])
    args = call.b.op(ops.MESSAGE_ARGS, [call.fn.params[0]], list(payload))
    before = call.b.one(ops.STATE_LOAD, [], struct)
    result, after = call.call(body, [before, *args])
    call.b.op(ops.STATE_STORE, [after[0]], [])
    reply = None if body.result == UNIT else body.result
    if reply is not None:
        call.b.op(ops.REPLY, [result], [])
    call.b.ret([])
    call.b.finish()
    made.handlers.append(Handler("call", call.fn.symbol, payload, reply))
    _drop_state(cx, made)
    message = cx.b.one(ops.MESSAGE_NEW, captured, MESSAGE, {"handler": 0})
    kind = cx.b.one(ops.ACTOR_TYPE, [], PTR, {"actor": symbol})
    pid = cx.runtime("hew_actor_spawn", [kind, message], U64)
    return cx.runtime("hew_lambda_new", [pid], HandleT("lambda_pid"))


def _lambda_body(cx: Lower, node: nodes.LambdaActor, closure, symbol: str, struct: StructT):  # type: ignore[no-untyped-def]
    """The handler's function: state first, captures as its fields."""
    from pyhew.lower.bodies import emit_return

    fn = cx.low.new_function(f"{symbol}.body", "lambda actor", cx.ir(closure.result))
    state = Value(struct, "state")
    fn.params, fn.modes = [state], [Use.INOUT]
    values = [cx.captured(local) for local in closure.captures]
    struct.fields = tuple(v.type for v in values)
    struct.field_names = tuple(local.name for local in closure.captures)
    inner = Lower(cx.low, fn, cx.subst, cx.expr_fn, cx)
    inner.own_lambda = closure.own
    inner.is_handler = True
    parts = inner.b.unpack(state, struct.fields)
    inner.fields = None
    holders = []
    for local, part in zip(closure.captures, parts):
        holders.append(inner.declare(local, part))
    for local in closure.params:
        param = Value(cx.ir(local.type), local.name)
        fn.params.append(param)
        fn.modes.append(Use.CONSUME)
        inner.declare(local, param)
    inner.scopes[-1].keeps = [v for v in inner.scopes[-1].keeps if v not in holders]
    inner.inouts = []
    inner.state_parts = (struct, holders)
    value = inner.expr(node.body)
    if inner.b.is_open:
        emit_return(inner, value)
    inner.b.finish()
    return fn, values


def _lambda_message(cx: Lower, node: nodes.Call) -> tuple[Value, Value]:
    from pyhew.lower.literals import consumed

    target = node.callee
    if isinstance(target, nodes.Member) and target.name.text in ("send", "ask"):
        target = target.base
    pid = _lambda_pid(cx, target)
    values = [consumed(cx, arg.value) for arg in node.args]
    return pid, cx.b.one(ops.MESSAGE_NEW, values, MESSAGE, {"handler": 1})


def _lambda_pid(cx: Lower, target: nodes.Expr) -> Value:
    """Whom a lambda actor's handle names; inside its own body the name means the running actor."""
    use = cx.model.uses.get(target)
    if isinstance(use, UseLocal) and use.local is cx.own_lambda:
        return cx.runtime("hew_actor_self", [], U64)
    return cx.runtime("hew_lambda_pid", [cx.expr(target)], U64)


def _lambda_ask(cx: Lower, node: nodes.Call, reply: IrType) -> Value:
    pid, message = _lambda_message(cx, node)
    return ask(cx, pid, message, reply)


def lower_lambda_message(cx: Lower, node: nodes.Call, use: UseLambda) -> Value:
    """`f(x)`, `f.send(x)` of a lambda actor."""
    if use.reply is not None:
        reply = cx.ir(use.reply)
        return await_reply(cx, _lambda_ask(cx, node, reply), reply, cx.ir_of(node))
    pid, message = _lambda_message(cx, node)
    tell(cx, pid, message, True)
    result = cx.ir_of(node)
    if isinstance(result, EnumT):
        return cx.b.variant(result, 0, [cx.b.unit()])
    return cx.b.unit()


__all__ = ["I64", "actor_def", "ask", "await_reply", "branch_cell", "handler_index", "load_state", "lower_join",
           "lower_lambda_actor", "lower_lambda_message", "lower_message", "lower_spawn", "lower_timeout", "run_init",
           "spawn_payload", "spawn_values", "state_type", "store_state", "wait_for"]  # fmt: skip
