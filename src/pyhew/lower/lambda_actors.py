"""Lambda actors.

In: `LambdaActor`, and calls of what it makes.  Out: an actor whose state is what the lambda captures.
Assumed: the handle is counted; inside its own body the name means the running actor.
"""

from __future__ import annotations

from pyhew.check.model import UseLambda, UseLocal
from pyhew.ir import ops
from pyhew.ir.ops import Handler, Value
from pyhew.ir.types import MESSAGE, PTR, U64, UNIT, EnumT, HandleT, IrType, StructT, Use
from pyhew.lower.asks import ask, await_reply, tell
from pyhew.lower.context import Lower
from pyhew.lower.places import consumed
from pyhew.lower.returns import emit_return
from pyhew.lower.wrappers import drop_state, hidden_actor, wrapper
from pyhew.syntax import nodes


def lower_lambda_actor(cx: Lower, node: nodes.LambdaActor) -> Value:
    """`actor |x: T| -> R { .. }`: an actor whose state is what it captures."""
    closure = cx.model.closures[node]
    made = hidden_actor(cx, "lambda", "lambda actor")
    symbol, struct = made.symbol, made.state
    body, captured = _lambda_body(cx, node, closure, symbol, struct)
    init = wrapper(cx, symbol, "init")
    loaded = init.b.op(ops.MESSAGE_ARGS, [init.fn.params[0]], list(struct.fields))
    init.b.op(ops.STATE_STORE, [init.b.pack(loaded, struct)], [])
    init.b.ret([])
    init.b.finish()
    made.handlers.append(Handler("init", init.fn.symbol, struct.fields, None))
    call = wrapper(cx, symbol, "call")
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
    drop_state(cx, made)
    message = cx.b.one(ops.MESSAGE_NEW, captured, MESSAGE, {"handler": 0})
    kind = cx.b.one(ops.ACTOR_TYPE, [], PTR, {"actor": symbol})
    pid = cx.runtime("hew_actor_spawn", [kind, message], U64)
    return cx.runtime("hew_lambda_new", [pid], HandleT("lambda_pid"))


def _lambda_body(cx: Lower, node: nodes.LambdaActor, closure, symbol: str, struct: StructT):  # type: ignore[no-untyped-def]
    """The handler's function: state first, captures as its fields."""
    fn = cx.low.new_function(f"{symbol}.body", "lambda actor", cx.ir(closure.result))
    state = Value(struct, "state")
    fn.params, fn.modes = [state], [Use.INOUT]
    values = [cx.captured(local, node) for local in closure.captures]
    struct.fields = tuple(v.type for v in values)
    struct.field_names = tuple(local.name for local in closure.captures)
    inner = Lower(cx.low, fn, cx.subst, cx)
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
