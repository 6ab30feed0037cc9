"""Structured concurrency: `scope`, `fork`, awaiting tasks.

In: scopes and forks.  Out: hidden actors and their reply cells.
Assumed: leaving a scope on any way waits for every task forked in it; a task that trapped
makes the scope trap.
"""

from __future__ import annotations

from pyhew.ir import ops
from pyhew.ir.ops import ActorDef, Handler, Value
from pyhew.ir.types import I32, MESSAGE, HandleT, IrType, StructT, Use
from pyhew.lower.actors import _drop_state, _wrapper
from pyhew.lower.assignment import lower_let
from pyhew.lower.context import Lower, ScopeFrame
from pyhew.lower.control import Merge, merge_type
from pyhew.syntax import nodes
from pyhew.types import facts

SCOPE = HandleT("scope")


def lower_scope(cx: Lower, node: nodes.Scope) -> Value:
    """`scope { .. }`."""
    merge = Merge(cx, merge_type(cx, node))
    frame = cx.open_scope()
    frame.scope = cx.temp("scope", cx.runtime("hew_scope_open", [], SCOPE))

    def body() -> Value:
        value = cx.expr(node.body)
        cx.close_scope()
        return value

    merge.branch(body)
    return merge.end()


def _scope(cx: Lower) -> ScopeFrame:
    """The innermost open scope of tasks."""
    return next(frame for frame in reversed(cx.scopes) if frame.scope is not None)


def lower_fork(cx: Lower, node: nodes.Fork) -> Value:
    """`fork name = e`: a hidden actor that answers once."""
    for let in node.before:
        lower_let(cx, let)
    low = cx.low
    closure = cx.model.closures[node]
    name = f"task{len(low.module.actors)}"
    symbol = low.symbol("task", name, "")
    state = StructT(low.types.unique(f"actor {name}"))
    low.module.types.structs[state.name] = state
    made = ActorDef(symbol, "task", state, [], f"{symbol}.drop")
    low.module.actors[symbol] = made
    wrapper = _wrapper(cx, symbol, "run")
    wrapper.fn.site = node.span
    body = low.new_function(f"{symbol}.body", "task", cx.ir(closure.result))
    body.site = node.span
    inner = Lower(low, body, cx.subst, cx.expr_fn, cx)
    inner.capture_as_params = True
    for local in closure.captures:
        inner.variable(local)
    from pyhew.lower.bodies import finish_body

    finish_body(inner, node.value)
    values = cx.captured_values(inner)
    payload = tuple(v.type for v in values)
    loaded = wrapper.b.op(ops.MESSAGE_ARGS, [wrapper.fn.params[0]], list(payload))
    wrapper.b.op(ops.STATE_STORE, [wrapper.b.pack([], state)], [])
    result, _ = wrapper.call(body, loaded)
    if facts.is_builtin(cx.close(closure.result), "Result"):
        _tell_failure(wrapper, result)
    wrapper.b.op(ops.REPLY, [result], [])
    wrapper.b.ret([])
    wrapper.b.finish()
    made.handlers.append(Handler("run", wrapper.fn.symbol, payload, body.result))
    _drop_state(cx, made)
    message = cx.b.one(ops.MESSAGE_NEW, values, MESSAGE, {"handler": 0})
    frame = _scope(cx)
    assert frame.scope is not None
    attrs: dict[str, object] = {"actor": symbol, "reply": body.result}
    cell = cx.b.one(ops.FORK, [cx.b.read(frame.scope), message], HandleT("reply"), attrs)
    name_of_task = cx.model.locals.get(node)
    if name_of_task is not None:
        cx.declare(name_of_task, cell)
    return cx.b.unit()


def _tell_failure(wrapper: Lower, result: Value) -> None:
    """An `Err` ends the siblings that nobody waits for."""
    failed, done = wrapper.b.new_block("failed"), wrapper.b.new_block("answered")
    tag = wrapper.b.tag(result)
    wrapper.b.cond(wrapper.b.is_zero(tag), done, failed)
    wrapper.b.start_sealed(failed)
    wrapper.runtime("hew_task_fail", [])
    wrapper.b.branch(done)
    wrapper.b.start_sealed(done)


def await_task(cx: Lower, task: Value, ty: IrType) -> Value:
    """The value of a task, which is of this type; its trap goes on here."""
    scopes = [frame.scope for frame in cx.scopes if frame.scope is not None]

    def is_answered() -> Value:
        for scope in scopes:
            cx.runtime("hew_scope_watch", [cx.b.read(scope)])
        return cx.b.negate_bool(cx.b.is_zero(cx.runtime("hew_reply_poll", [task], I32)))

    cx.suspend_until(is_answered)
    status = cx.runtime("hew_reply_status", [task], I32)
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
    cx.suspend_until(lambda: cx.b.negate_bool(cx.b.is_zero(cx.runtime("hew_scope_poll", [scope], I32))))


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
    frame = _scope(cx)
    assert frame.scope is not None
    delay = cx.expr(stmt.delay)
    cx.runtime("hew_scope_deadline", [cx.b.read(frame.scope), delay])
    frame.deadline = stmt.body


__all__ = ["Use", "await_task", "join_tasks", "lower_deadline", "lower_fork", "lower_scope"]
