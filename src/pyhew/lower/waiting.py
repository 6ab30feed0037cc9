"""Waiting, and what deferred code owes when the actor is stopped while it waits.

In: a place in a body that waits, or may just have waited.  Out: a suspension; a branch on `given_up` to a path of its own,
which runs what the open blocks deferred, the last one first, and ends there.
Assumed: a wait inside that path ends the deferred expression that waits, and nothing is joined on it: the tasks of an
abandoned scope are cancelled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pyhew.check.model import UseField, UseFn, UseLocal
from pyhew.ir import facts as ir_facts
from pyhew.ir import ops
from pyhew.ir.ops import Value
from pyhew.ir.types import BOOL, I32
from pyhew.lower.builder import Variable
from pyhew.lower.context import Lower
from pyhew.syntax import nodes
from pyhew.syntax.nodes.base import raw_children


def wait(cx: Lower, is_polite: bool = False) -> None:
    """Gives the worker back until something wakes this actor."""
    cx.b.op(ops.SUSPEND, [], [], {"is_polite": True} if is_polite else None)
    after_wait(cx)


def wait_until(cx: Lower, ready: Callable[[], Value]) -> None:
    """Polls, and waits between polls, until the bool `ready` makes is true."""
    again, idle, done = cx.b.new_block("poll"), cx.b.new_block("wait"), cx.b.new_block("ready")
    cx.b.branch(again)
    cx.b.start(again)
    cx.b.cond(ready(), done, idle)
    cx.b.start_sealed(idle)
    wait(cx)
    cx.b.branch(again)
    cx.b.seal(again)
    cx.b.start_sealed(done)


def wait_for_reply(cx: Lower, cell: Value) -> None:
    """Waits until a reply cell is decided."""
    wait_until(cx, lambda: cx.b.negate_bool(cx.b.is_zero(cx.runtime("hew_reply_poll", [cell], I32))))


def after_wait(cx: Lower, lent: Iterable[Variable] = ()) -> None:
    """Behind everything that may wait; `lent` is what a call changes, which is gone when the call was given up."""
    if not cx.b.is_open or not (cx.given_up_next or any(frame.defers for frame in cx.scopes)):
        return
    given_up, goes_on = cx.b.new_block("given_up"), cx.b.new_block("goes_on")
    cx.b.cond(cx.b.one(ops.GIVEN_UP, [], BOOL), given_up, goes_on)
    cx.b.start_sealed(given_up)
    if cx.given_up_next:
        cx.b.branch(cx.given_up_next)
    else:
        _run_deferred(cx, lent)
    cx.b.start_sealed(goes_on)


def _run_deferred(cx: Lower, lent: Iterable[Variable]) -> None:
    lost = {variable for variable in lent if not ir_facts.is_whole_when_zero(variable.type)}
    for index in range(len(cx.scopes) - 1, -1, -1):
        _leave(cx, index, lost)
    if cx.b.is_open:
        cx.write_back_captures()
        cx.b.done()


def _leave(cx: Lower, index: int, lost: set[Variable]) -> None:
    """Runs what one block deferred and lets its resources end, as at its end."""
    scopes, frame = cx.scopes, cx.scopes[index]
    cx.scopes = scopes[: index + 1]
    defers, frame.defers = frame.defers, []
    for body in reversed(defers):
        if not lost or not _mentions(cx, body, lost):
            cx.given_up_next = after = cx.b.new_block("deferred")
            cx.expr(body)
            cx.given_up_next = None
            cx.b.branch(after)
            cx.b.seal(after)
            cx.b.start(after)
        cx.runtime("hew_defer_close", [])
    frame.defers = defers
    if cx.b.is_open:
        cx.end_resources(frame)
    cx.scopes = scopes


def _mentions(cx: Lower, node: nodes.Node, lost: set[Variable]) -> bool:
    use = cx.model.uses.get(node) if isinstance(node, nodes.Expr) else None
    match use:
        case UseLocal():
            if use.local in cx.vars and cx.vars[use.local] in lost:
                return True
        case UseField():
            if cx.field(use.index) in lost:
                return True
        case UseFn():
            if use.fn.actor is not None and use.fn not in cx.model.fieldless and lost & set(cx.fields or ()):
                return True
    return any(_mentions(cx, child, lost) for child in raw_children(node))
