"""Structured concurrency: `scope`, its limit in time, awaiting tasks.

In: scopes and tasks.  Out: runtime operations.
Assumed: leaving a scope on any way waits for every task forked in it; a task that trapped
makes the scope trap.
"""

from __future__ import annotations

from pyhew.abi.constants import AskStatus
from pyhew.ir import ops
from pyhew.ir.ops import Value
from pyhew.ir.types import I32, EnumT, HandleT, IrType
from pyhew.lower.context import Lower, ScopeFrame
from pyhew.lower.merge import Merge, merge_type
from pyhew.lower.waiting import wait_until
from pyhew.syntax import nodes

SCOPE = HandleT("scope")


def lower_scope(cx: Lower, node: nodes.Scope) -> Value:
    """`scope { .. }`."""
    merge = Merge(cx, merge_type(cx, node))
    frame = cx.open_scope()
    frame.scope, frame.join = cx.temp("scope", cx.runtime("hew_scope_open", [], SCOPE)), join_tasks

    def body() -> Value:
        value = cx.expr(node.body)
        cx.close_scope()
        return value

    merge.branch(body)
    return merge.end()


def scope_of(cx: Lower) -> ScopeFrame:
    """The innermost open scope of tasks."""
    return next(frame for frame in reversed(cx.scopes) if frame.scope is not None)


def await_task(cx: Lower, task: Value, ty: IrType) -> Value:
    """The value of a task, which is of this type; its trap goes on here."""
    return _answer(cx, task, _status(cx, task), ty)


def await_task_within(cx: Lower, task: Value, delay: Value, result: EnumT) -> Value:
    """`Ok` of the value of a task, or `Err` when the limit was over first, which cancels the task."""
    cx.runtime("hew_reply_deadline", [task, delay])
    status = _status(cx, task)
    merge = Merge(cx, result)
    over, answered = cx.b.new_block("over"), cx.b.new_block("answered")
    cx.b.cond(cx.b.compare("eq", status, cx.b.int(AskStatus.TIMEOUT, I32)), over, answered)
    cx.b.start_sealed(over)
    merge.branch(lambda: cx.b.variant(result, 1, [cx.b.zero(result.variants[1][0])]))
    cx.b.start_sealed(answered)
    merge.branch(lambda: cx.b.variant(result, 0, [_answer(cx, task, status, result.variants[0][0])]))
    return merge.end()


def _status(cx: Lower, task: Value) -> Value:
    """Waits until a task is through; the `AskStatus`."""
    scopes = [frame.scope for frame in cx.scopes if frame.scope is not None]

    def is_answered() -> Value:
        for scope in scopes:
            cx.runtime("hew_scope_watch", [cx.b.read(scope)])
        return cx.b.negate_bool(cx.b.is_zero(cx.runtime("hew_reply_poll", [task], I32)))

    wait_until(cx, is_answered)
    return cx.runtime("hew_reply_status", [task], I32)


def _answer(cx: Lower, task: Value, status: Value, ty: IrType) -> Value:
    bad, good = cx.b.new_block("failed"), cx.b.new_block("done")
    cx.b.cond(cx.b.is_zero(status), good, bad)
    cx.b.start_sealed(bad)
    for frame in reversed(cx.scopes):
        if frame.scope is not None:
            scope = cx.b.read(frame.scope)
            _join(cx, scope)
            cx.runtime("hew_scope_rethrow", [scope])
    cx.b.trap("Panic")
    cx.b.start_sealed(good)
    return cx.b.one(ops.REPLY_VALUE, [task], ty)


def _join(cx: Lower, scope: Value) -> None:
    wait_until(cx, lambda: cx.b.negate_bool(cx.b.is_zero(cx.runtime("hew_scope_poll", [scope], I32))))


def join_tasks(cx: Lower, frame: ScopeFrame) -> None:
    """Waits for the tasks of a scope, then goes on as the first failure did."""
    assert frame.scope is not None
    scope = cx.b.read(frame.scope)
    _join(cx, scope)
    if frame.deadline is not None:
        over, done = cx.b.new_block("over"), cx.b.new_block("joined")
        status = cx.runtime("hew_scope_status", [scope], I32)
        cx.b.cond(cx.b.compare("eq", status, cx.b.int(1, I32)), over, done)
        cx.b.start_sealed(over)
        body, frame.deadline, held, frame.scope = frame.deadline, None, frame.scope, None
        cx.expr(body)
        frame.deadline, frame.scope = body, held
        cx.b.branch(done)
        cx.b.start_sealed(done)
    cx.runtime("hew_scope_rethrow", [scope])
    cx.b.op(ops.KEEP, [scope], [])


def lower_deadline(cx: Lower, stmt: nodes.ScopeDeadline) -> None:
    """`after(d) { .. }` in a scope: cancels the tasks then, and runs when it did."""
    frame = scope_of(cx)
    assert frame.scope is not None
    delay = cx.expr(stmt.delay)
    cx.runtime("hew_scope_deadline", [cx.b.read(frame.scope), delay])
    frame.deadline = stmt.body
