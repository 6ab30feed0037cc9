"""`fork`: a task is a hidden actor that answers once.

In: `Fork`.  Out: the actor and the reply cell of its answer.
Assumed: the fork stands in an open scope of tasks.
"""

from __future__ import annotations

from pyhew.ir import ops
from pyhew.ir.ops import Handler, Value
from pyhew.ir.types import MESSAGE, HandleT
from pyhew.lower.assignment import lower_let
from pyhew.lower.context import Lower
from pyhew.lower.returns import finish_body
from pyhew.lower.tasks import scope_of
from pyhew.lower.wrappers import drop_state, hidden_actor, wrapper
from pyhew.syntax import nodes
from pyhew.types import facts


def lower_fork(cx: Lower, node: nodes.Fork) -> Value:
    """`fork name = e`: a hidden actor that answers once."""
    for let in node.before:
        lower_let(cx, let)
    closure = cx.model.closures[node]
    made = hidden_actor(cx, "task", "task")
    made.must_finish = any(facts.holds_endless(cx.close(local.type)) for local in closure.captures)
    run = wrapper(cx, made.symbol, "run")
    run.fn.site = node.span
    body = cx.low.new_function(f"{made.symbol}.body", "task", cx.ir(closure.result))
    body.site = node.span
    inner = Lower(cx.low, body, cx.subst, cx)
    inner.capture_as_params = True
    inner.take_captures(closure.captures)
    finish_body(inner, node.value)
    values = cx.captured_values(inner, node)
    payload = tuple(v.type for v in values)
    loaded = run.b.op(ops.MESSAGE_ARGS, [run.fn.params[0]], list(payload))
    run.b.op(ops.STATE_STORE, [run.b.pack([], made.state)], [])
    result, _ = run.call(body, loaded)
    if facts.is_builtin(cx.close(closure.result), "Result"):
        _tell_failure(run, result)
    run.b.op(ops.REPLY, [result], [])
    run.b.ret([])
    run.b.finish()
    made.handlers.append(Handler("run", run.fn.symbol, payload, body.result))
    drop_state(cx, made)
    message = cx.b.one(ops.MESSAGE_NEW, values, MESSAGE, {"handler": 0})
    frame = scope_of(cx)
    assert frame.scope is not None
    attrs: dict[str, object] = {"actor": made.symbol, "reply": body.result}
    cell = cx.b.one(ops.FORK, [cx.b.read(frame.scope), message], HandleT("reply"), attrs)
    name_of_task = cx.model.locals.get(node)
    if name_of_task is not None:
        cx.declare(name_of_task, cell)
    return cx.b.unit()


def _tell_failure(cx: Lower, result: Value) -> None:
    """An `Err` ends the siblings that nobody waits for."""
    failed, done = cx.b.new_block("failed"), cx.b.new_block("answered")
    tag = cx.b.tag(result)
    cx.b.cond(cx.b.is_zero(tag), done, failed)
    cx.b.start_sealed(failed)
    cx.runtime("hew_task_fail", [])
    cx.b.branch(done)
    cx.b.start_sealed(done)
