"""Generator blocks and `yield`.

In: `GenBlock`, `Yield`.  Out: generator frames.
Assumed: what a block captures becomes its parameters, copied when it is made.
"""

from __future__ import annotations

from pyhew.ir import ops
from pyhew.ir.ops import Value
from pyhew.ir.types import UNIT, FrameT, Use
from pyhew.lower.context import Lower
from pyhew.syntax import nodes


def lower_gen_block(cx: Lower, node: nodes.GenBlock) -> Value:
    """`gen { yield 1; }`."""
    ty = cx.ir_of(node)
    assert isinstance(ty, FrameT)
    count = len(cx.low.module.functions)
    made = cx.low.new_function(cx.low.symbol("generator", "block", str(count)), "gen block", UNIT)
    made.yields = ty.yields
    made.site = node.span
    inner = Lower(cx.low, made, cx.subst, cx.expr_fn, cx)
    inner.capture_as_params = True
    closure = cx.model.closures[node]
    for local in closure.captures:
        inner.variable(local)
    from pyhew.lower.bodies import finish_body

    finish_body(inner, node.body, is_gen=True)
    values = cx.captured_values(inner)
    modes = tuple(Use.CONSUME for _ in values)
    return cx.b.op(ops.GEN_NEW, values, [ty], {"callee": made}, modes)[0]


def lower_yield(cx: Lower, node: nodes.Yield) -> Value:
    """`yield e`."""
    value = cx.expr(node.value) if node.value is not None else cx.b.unit()
    cx.b.op(ops.YIELD, [value], [])
    return cx.b.unit()
