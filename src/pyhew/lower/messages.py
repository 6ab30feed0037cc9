"""Messages: calls of handlers, with a time limit, several at once.

In: calls of handlers.  Out: tells, asks and their answers.
Assumed: what a message carries is evaluated before it is made.
"""

from __future__ import annotations

from pyhew.check.model import UseFn, UseHandler, UseLambda
from pyhew.ir import ops
from pyhew.ir.ops import Value
from pyhew.ir.types import I32, MESSAGE, EnumT, IrType, TupleT
from pyhew.lower.actors import actor_def, addressed, handler_index
from pyhew.lower.arguments import call_with_places
from pyhew.lower.asks import ask, await_reply, tell
from pyhew.lower.channels import lower_receive_timeout
from pyhew.lower.context import Lower
from pyhew.lower.instances import instance
from pyhew.lower.lambda_actors import _lambda_ask
from pyhew.lower.places import consumed
from pyhew.lower.streams import BUFFER, RECEIVER, SENDER
from pyhew.lower.tasks import await_task_within
from pyhew.lower.waiting import wait_for_reply
from pyhew.syntax import nodes
from pyhew.types import facts
from pyhew.types.model import Nominal, substitute
from pyhew.types.symbols import ActorInfo


def lower_message(cx: Lower, node: nodes.Call, use: UseHandler) -> Value:
    """`pid.handler(..)`: a tell, or an ask that waits for its reply."""
    assert isinstance(node.callee, nodes.Member)
    actor = addressed(cx, use)[0]
    if actor.receives[use.name].is_gen:
        return open_stream(cx, node, use)
    pid, message = _message(cx, node, use)
    if use.reply is None:
        box = actor.node.mailbox
        policy = "block" if box is None else box.fallback if box.policy == "coalesce" else box.policy or "block"
        tell(cx, pid, message, policy == "block")
        return cx.b.unit()
    cell = ask(cx, pid, message, cx.ir(use.reply))
    return await_reply(cx, cell, cx.ir(use.reply), cx.ir_of(node))


def _message(cx: Lower, node: nodes.Call, use: UseHandler) -> tuple[Value, Value]:

    assert isinstance(node.callee, nodes.Member)
    pid = cx.expr(node.callee.base)
    values = [consumed(cx, arg.value) for arg in node.args]
    return pid, cx.b.one(ops.MESSAGE_NEW, values, MESSAGE, {"handler": addressed(cx, use)[1]})


def send_envelope(cx: Lower, pid: Value, value: Value) -> Value:
    """Tells the first handler that takes one value of this type; 1 when the actor has none."""
    target, message = (cx.close(ty) for ty in tuple(cx.subst.values())[:2])
    assert isinstance(target, Nominal) and isinstance(target.info, ActorInfo)
    mapping = dict(zip(target.info.params, target.args))
    for fn in target.info.receives.values():
        if fn.is_gen or [cx.low.world.normalise(substitute(p.type, mapping)) for p in fn.inputs] != [message]:
            continue
        actor_def(cx, target.info, target.args)
        index = handler_index(target.info, fn)
        tell(cx, pid, cx.b.one(ops.MESSAGE_NEW, [value], MESSAGE, {"handler": index}), False)
        return cx.b.const(0, I32)
    return cx.b.const(1, I32)


def lower_timeout(cx: Lower, node: nodes.Timeout) -> Value:
    """`await e | after d`."""
    inner = node.operand
    while isinstance(inner, nodes.Await):
        inner = inner.operand
    asked = branch_cell(cx, inner)
    if asked is not None:
        cell, reply = asked
        cx.runtime("hew_reply_deadline", [cell, cx.expr(node.delay)])
        return await_reply(cx, cell, reply, cx.ir_of(node))
    if facts.is_builtin(cx.type_of(inner), "Task"):
        result = cx.ir_of(node)
        assert isinstance(result, EnumT)
        return await_task_within(cx, cx.expr(inner), cx.expr(node.delay), result)
    limited = cx.model.uses.get(node)
    if isinstance(limited, UseFn):
        assert isinstance(inner, nodes.Call) and isinstance(inner.callee, nodes.Member)
        args = tuple(cx.close(a) for a in limited.args)
        return call_with_places(cx, instance(cx.low, limited.fn, args), [inner.callee.base, node.delay], [])
    return lower_receive_timeout(cx, node, inner)


def branch_cell(cx: Lower, node: nodes.Expr) -> tuple[Value, IrType] | None:
    """The cell of an ask that stands in a join, race or select, or has a time limit; None for other sources."""
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
        wait_for_reply(cx, cell)
        status = cx.runtime("hew_reply_status", [cell], I32)
        cx.b.op(ops.TRAP_IF, [cx.b.negate_bool(cx.b.is_zero(status))], [], {"code": "Panic"})
        values.append(cx.b.one(ops.REPLY_VALUE, [cell], reply))
    return values[0] if len(values) == 1 else cx.b.pack(values, TupleT(tuple(r for _, r in cells)))


def open_stream(cx: Lower, node: nodes.Call, use: UseHandler) -> Value:
    """Starts a stream: the consumer keeps the receiver, the message carries the sender."""
    assert isinstance(node.callee, nodes.Member)
    pid = cx.expr(node.callee.base)
    values = [consumed(cx, arg.value) for arg in node.args]
    sender = cx.runtime("hew_channel_new", [cx.b.int(BUFFER)], SENDER)
    receiver = cx.runtime("hew_channel_receiver", [sender], RECEIVER)
    message = cx.b.one(ops.MESSAGE_NEW, [*values, sender], MESSAGE, {"handler": addressed(cx, use)[1]})
    cx.runtime("hew_actor_send", [pid, message])
    return receiver
