"""Tells and asks: a message on its way, and the answer.

In: a pid and a message.  Out: runtime operations.
Assumed: who made the message has looked at what it carries.
"""

from __future__ import annotations

from pyhew.ir import ops
from pyhew.ir.ops import Value
from pyhew.ir.types import I32, EnumT, HandleT, IrType
from pyhew.lower.context import Lower
from pyhew.lower.merge import Merge
from pyhew.lower.waiting import wait, wait_for_reply

REPLY = HandleT("reply")


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


def ask(cx: Lower, pid: Value, message: Value, reply: IrType) -> Value:
    """Sends a question; the cell will hold the answer."""
    return cx.b.one(ops.ASK, [pid, message], REPLY, {"reply": reply})


def await_reply(cx: Lower, cell: Value, reply: IrType, result: IrType) -> Value:
    """The answer as `Result<R, AskError>`."""
    wait_for_reply(cx, cell)
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
