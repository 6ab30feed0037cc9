"""`await`, `select`, `race`: waiting for one of several things.

In: waiting expressions.  Out: polling loops over reply cells, timers and channels.
Assumed: sources are polled in the order they are written, so the first arm wins when several are ready.
"""

from __future__ import annotations

from pyhew.ir import ops
from pyhew.ir.ops import Block, Value
from pyhew.ir.types import I32, HandleT, IrType
from pyhew.lower import channels, messages, patterns
from pyhew.lower.channels import Source
from pyhew.lower.context import Lower
from pyhew.lower.merge import Merge, merge_type
from pyhew.lower.tasks import await_task
from pyhew.lower.waiting import wait
from pyhew.syntax import nodes
from pyhew.types import facts


def lower_await(cx: Lower, node: nodes.Await) -> Value:
    """`await e`: asks and receives wait by themselves; a task is waited for here."""
    ty = cx.type_of(node.operand)
    if facts.is_builtin(ty, "Task"):
        return await_task(cx, cx.expr(node.operand), cx.ir_of(node))
    return cx.expr(node.operand)


def source_of(cx: Lower, node: nodes.Expr) -> Source:
    """The source an arm waits for."""
    found = messages.branch_cell(cx, node)
    if found is not None:
        return _cell_source(cx, *found)
    return channels.receive_source(cx, node)


def _cell_source(cx: Lower, cell: Value, reply: IrType) -> Source:
    def take(dead: Block) -> Value:
        good = cx.b.new_block("replied")
        cx.b.cond(cx.b.is_zero(cx.runtime("hew_reply_status", [cell], I32)), good, dead)
        cx.b.start_sealed(good)
        return cx.b.one(ops.REPLY_VALUE, [cell], reply)

    return Source(lambda: cx.runtime("hew_reply_poll", [cell], I32), take)


def lower_select(cx: Lower, node: nodes.Select) -> Value:
    """`select { p from e => body, after d => body }`."""
    merge = Merge(cx, merge_type(cx, node))
    sources = [source_of(cx, arm.source) for arm in node.arms]
    timer: Value | None = None
    if node.delay is not None:
        timer = cx.runtime("hew_timer_start", [cx.expr(node.delay)], HandleT("timer"))
    again = cx.b.new_block("select")
    cx.b.branch(again)
    cx.b.start(again)
    for arm, source in zip(node.arms, sources):
        ready, other = cx.b.new_block("ready"), cx.b.new_block("next")
        cx.b.cond(cx.b.is_zero(source.poll()), other, ready)
        cx.b.start_sealed(ready)
        value = source.take(other)
        cx.open_scope()
        patterns.bind(cx, arm.pattern, value)
        merge.branch(lambda body=arm.body: cx.expr(body))  # type: ignore[misc]
        cx.close_scope()
        cx.b.start_sealed(other)
    if timer is not None and node.on_delay is not None:
        over, other = cx.b.new_block("over"), cx.b.new_block("next")
        cx.b.cond(cx.b.is_zero(cx.runtime("hew_timer_poll", [timer], I32)), other, over)
        cx.b.start_sealed(over)
        on_delay = node.on_delay
        merge.branch(lambda: cx.expr(on_delay))
        cx.b.start_sealed(other)
    wait(cx)
    cx.b.branch(again)
    cx.b.seal(again)
    return merge.end()


def lower_race(cx: Lower, node: nodes.Race) -> Value:
    """`race { a.x(), b.y() }`: the first reply."""
    merge = Merge(cx, merge_type(cx, node))
    sources = [source_of(cx, branch) for branch in node.branches]
    again = cx.b.new_block("race")
    cx.b.branch(again)
    cx.b.start(again)
    for source in sources:
        ready, other = cx.b.new_block("ready"), cx.b.new_block("next")
        cx.b.cond(cx.b.is_zero(source.poll()), other, ready)
        cx.b.start_sealed(ready)
        merge.branch(lambda source=source, other=other: source.take(other))  # type: ignore[misc]
        cx.b.start_sealed(other)
    wait(cx)
    cx.b.branch(again)
    cx.b.seal(again)
    return merge.end()
