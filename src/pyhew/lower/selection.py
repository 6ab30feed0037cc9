"""`await`, `select`, `race`: waiting for one of several things.

In: waiting expressions.  Out: polling loops over reply cells, timers and channels.
Assumed: sources are polled in the order they are written, so the first arm wins when several are ready; closed channels come last.
"""

from __future__ import annotations

from pyhew.abi.constants import ChannelState
from pyhew.ir import ops
from pyhew.ir.ops import Block, Value
from pyhew.ir.types import I32, U64, HandleT, IrType
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
    ready = [cx.b.new_block("ready") for _ in sources]
    behind = _poll_all(cx, sources, ready)
    if timer is not None and node.on_delay is not None:
        over, other = cx.b.new_block("over"), cx.b.new_block("next")
        cx.b.cond(cx.b.is_zero(cx.runtime("hew_timer_poll", [timer], I32)), other, over)
        cx.b.start_sealed(over)
        on_delay = node.on_delay
        merge.branch(lambda: cx.expr(on_delay))
        cx.b.start_sealed(other)
    wait(cx)
    cx.b.branch(again)
    for arm, source, block, other in zip(node.arms, sources, ready, behind):
        cx.b.start_sealed(block)
        value = source.take(other)
        cx.open_scope()
        patterns.bind(cx, arm.pattern, value)
        merge.branch(lambda body=arm.body: cx.expr(body))  # type: ignore[misc]
        cx.close_scope()
    for block in (again, *behind):
        cx.b.seal(block)
    return merge.end()


def _poll_all(cx: Lower, sources: list[Source], ready: list[Block]) -> list[Block]:
    """Asks every source in order, and goes to the block of the first that is ready; the blocks behind each question.

    A closed channel is always ready. Several take turns when nothing else is, or a loop would hear of one alone.
    """
    behind: list[Block] = []
    takes_turns = 1 < sum(source.is_channel for source in sources) and len(sources) <= U64.bits
    closed = cx.temp("closed", cx.b.int(0, U64)) if takes_turns else None
    for index, (source, block) in enumerate(zip(sources, ready)):
        state, other = source.poll(), cx.b.new_block("next")
        behind.append(other)
        if source.is_channel and closed is not None:
            noted, open_ = cx.b.new_block("closed"), cx.b.new_block("open")
            cx.b.cond(cx.b.compare("eq", state, cx.b.int(int(ChannelState.CLOSED), I32)), noted, open_)
            cx.b.start_sealed(noted)
            cx.b.write(closed, cx.b.arith("or", cx.b.read(closed), cx.b.int(1 << index, U64), "wrap"))
            cx.b.branch(other)
            cx.b.start_sealed(open_)
        cx.b.cond(cx.b.is_zero(state), other, block)
        cx.b.start(other)
    if closed is not None:
        some, none = cx.b.new_block("closed"), cx.b.new_block("none")
        cx.b.cond(cx.b.is_zero(cx.b.read(closed)), none, some)
        cx.b.start_sealed(some)
        turn = cx.runtime("hew_select_closed", [cx.b.read(closed)], I32)
        for index in [index for index, source in enumerate(sources) if source.is_channel]:
            other = cx.b.new_block("turn")
            cx.b.cond(cx.b.compare("eq", turn, cx.b.int(index, I32)), ready[index], other)
            cx.b.start_sealed(other)
        cx.b.unreachable()
        cx.b.start_sealed(none)
    return behind


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
