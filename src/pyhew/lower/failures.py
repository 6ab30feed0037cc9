"""`?`: unwrap or leave.

In: a Result or Option.  Out: its success; failures return from the function.
Assumed: the function returns a Result with the same error type, or an Option.
"""

from __future__ import annotations

from pyhew.ir import ops
from pyhew.ir.ops import Value
from pyhew.ir.types import I32, EnumT
from pyhew.lower.context import Lower
from pyhew.lower.returns import leave_with
from pyhew.lower.tasks import await_task
from pyhew.syntax import nodes
from pyhew.types import facts
from pyhew.types.model import NEVER, Nominal, Type, prune


def lower_try(cx: Lower, node: nodes.Try) -> Value:
    """`e?`."""
    return lower_unwrap(cx, cx.expr(node.operand), cx.type_of(node.operand))


def lower_unwrap(cx: Lower, value: Value, ty: Type) -> Value:
    """The success of a value, after returning its failure."""
    if facts.is_builtin(ty, "Task"):
        assert isinstance(ty, Nominal)
        ty = ty.args[0]
        value = await_task(cx, value, cx.ir(ty))
    if prune(ty) == NEVER:
        return value
    enum = value.type
    assert isinstance(enum, EnumT)
    good, bad = cx.b.new_block("good"), cx.b.new_block("bad")
    cx.b.cond(cx.b.compare("eq", cx.b.tag(value), cx.b.int(0, I32)), good, bad)
    cx.b.start_sealed(bad)
    result = cx.fn.result
    if cx.return_hook is not None and cx.result_type is not None:
        result = cx.ir(cx.result_type)
    payload: list[Value] = []
    if facts.is_builtin(ty, "Result"):
        payload = cx.b.op(ops.UNVARIANT, [value], list(enum.variants[1]), {"index": 1})
    failure = cx.b.variant(result, 1, payload)
    leave_with(cx, failure)
    cx.b.start_sealed(good)
    return cx.b.op(ops.UNVARIANT, [value], list(enum.variants[0]), {"index": 0})[0]
