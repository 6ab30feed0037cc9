"""Channels: sending, receiving, waiting with a limit.

In: channel expressions and intrinsics.  Out: polling loops.
Assumed: an item travels as a message without a handler; `poll` gives 0 pending, 1 item, 2 closed, 3 fault.
"""

from __future__ import annotations

from collections.abc import Callable

from pyhew.abi.constants import ChannelState
from pyhew.ir import ops
from pyhew.ir.ops import Block, Value
from pyhew.ir.types import I32, MESSAGE, EnumT, HandleT, IrType
from pyhew.lower.context import Lower
from pyhew.lower.errors import unsupported
from pyhew.lower.merge import Merge
from pyhew.lower.waiting import wait, wait_until
from pyhew.source.records import record
from pyhew.syntax import nodes
from pyhew.types import facts


@record(eq=False, slots=True)
class Source:
    """One thing a `select` waits for: `poll` gives 0 while it is pending; `take` its value, going to the
    given block when it turns out to have none; `is_channel`: what `poll` gives is a `ChannelState`."""
    poll: Callable[[], Value]
    take: Callable[[Block], Value]
    is_channel: bool = False


def send(cx: Lower, sender: Value, item: Value) -> None:
    """Gives an item to a channel, waiting for room."""
    message = cx.temp("message", cx.b.one(ops.MESSAGE_NEW, [item], MESSAGE, {"handler": 0}))
    again, full, done = cx.b.new_block("send"), cx.b.new_block("full"), cx.b.new_block("sent")
    cx.b.branch(again)
    cx.b.start(again)
    after = cx.runtime("hew_channel_try_send", [sender, cx.b.read(message)], MESSAGE)
    cx.b.write(message, after)
    held = cx.runtime("hew_message_is_held", [after], I32)
    cx.b.cond(cx.b.is_zero(held), done, full)
    cx.b.start_sealed(full)
    wait(cx)
    cx.b.branch(again)
    cx.b.seal(again)
    cx.b.start_sealed(done)


def take_option(cx: Lower, receiver: Value, state: Value, option: IrType) -> Value:
    """The item of a polled channel as an Option; None when it is closed or empty; a fault traps."""
    assert isinstance(option, EnumT)
    merge = Merge(cx, option)
    item, other = cx.b.new_block("item"), cx.b.new_block("none")
    cx.b.cond(cx.b.compare("eq", state, cx.b.int(int(ChannelState.ITEM), I32)), item, other)
    cx.b.start_sealed(item)

    def some() -> Value:
        message = cx.runtime("hew_channel_take", [receiver], MESSAGE)
        (value,) = cx.b.op(ops.MESSAGE_TAKE, [message], [option.variants[0][0]])
        return cx.b.variant(option, 0, [value])

    merge.branch(some)
    cx.b.start_sealed(other)
    fault, none = cx.b.new_block("fault"), cx.b.new_block("closed")
    cx.b.cond(cx.b.compare("eq", state, cx.b.int(int(ChannelState.FAULT), I32)), fault, none)
    cx.b.start_sealed(fault)
    cx.runtime("hew_stream_fault", [receiver])
    cx.b.unreachable()
    cx.b.start_sealed(none)
    merge.branch(lambda: cx.b.variant(option, 1, []))
    return merge.end()


def poll(cx: Lower, receiver: Value) -> Value:
    """The channel's state now."""
    return cx.runtime("hew_channel_poll", [receiver], I32)


def receive(cx: Lower, receiver: Value, option: IrType) -> Value:
    """The next item, waiting for it."""
    state = cx.temp("state", cx.b.int(0, I32))

    def ready() -> Value:
        cx.b.write(state, poll(cx, receiver))
        return cx.b.negate_bool(cx.b.is_zero(cx.b.read(state)))

    wait_until(cx, ready)
    return take_option(cx, receiver, cx.b.read(state), option)


def receiver_of(cx: Lower, node: nodes.Expr) -> nodes.Expr | None:
    """The channel end of `rx.recv()`."""
    while isinstance(node, nodes.Await):
        node = node.operand
    if isinstance(node, nodes.Call) and isinstance(node.callee, nodes.Member):
        base = cx.type_of(node.callee.base) if node.callee.base in cx.model.types else None
        if base is not None and (facts.is_builtin(base, "Receiver") or facts.is_builtin(base, "Stream")):
            return node.callee.base
    return None


def lower_receive_timeout(cx: Lower, node: nodes.Timeout, inner: nodes.Expr) -> Value:
    """`await rx.recv() | after d`."""
    source = receiver_of(cx, inner)
    result = cx.ir_of(node)
    if source is None or not isinstance(result, EnumT):
        return unsupported(cx, node, "a time limit on this operation")
    receiver = cx.expr(source)
    timer = cx.runtime("hew_timer_start", [cx.expr(node.delay)], HandleT("timer"))
    merge = Merge(cx, result)
    again, idle = cx.b.new_block("poll"), cx.b.new_block("idle")
    cx.b.branch(again)
    cx.b.start(again)
    state = poll(cx, receiver)
    got = cx.b.new_block("got")
    cx.b.cond(cx.b.is_zero(state), idle, got)
    cx.b.start_sealed(got)
    merge.branch(lambda: cx.b.variant(result, 0, [take_option(cx, receiver, state, result.variants[0][0])]))
    cx.b.start_sealed(idle)
    over, later = cx.b.new_block("over"), cx.b.new_block("wait")
    cx.b.cond(cx.b.is_zero(cx.runtime("hew_timer_poll", [timer], I32)), later, over)
    cx.b.start_sealed(over)
    error = result.variants[1][0]
    merge.branch(lambda: cx.b.variant(result, 1, [cx.b.zero(error)]))
    cx.b.start_sealed(later)
    wait(cx)
    cx.b.branch(again)
    cx.b.seal(again)
    return merge.end()


def receive_source(cx: Lower, node: nodes.Expr) -> Source:
    """A receive as a source of `select`."""
    source = receiver_of(cx, node)
    if source is None:
        value = unsupported(cx, node, "this source in a select")
        return Source(lambda: cx.b.int(1), lambda _: value)
    receiver = cx.expr(source)
    option = cx.ir_of(node)
    state = cx.temp("state", cx.b.int(0, I32))

    def polled() -> Value:
        cx.b.write(state, poll(cx, receiver))
        return cx.b.read(state)

    def take(_: Block) -> Value:
        return take_option(cx, receiver, cx.b.read(state), option)

    return Source(polled, take, is_channel=True)


