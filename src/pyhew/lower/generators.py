"""Generator blocks and `yield`.

In: `GenBlock`, `Yield`.  Out: generator frames.
Assumed: what a block captures becomes its parameters, copied when it is made.  A block runs to its first
`yield` when it is made: that one suspends twice, first without handing its value over.
"""

from __future__ import annotations

from pyhew.ir import ops
from pyhew.ir.ops import Value
from pyhew.ir.types import BOOL, UNIT, FrameT, Use
from pyhew.lower.builder import Variable
from pyhew.lower.context import Lower
from pyhew.lower.places import consumed
from pyhew.lower.returns import finish_body
from pyhew.lower.waiting import after_wait
from pyhew.syntax import nodes


def lower_gen_block(cx: Lower, node: nodes.GenBlock) -> Value:
    """`gen { yield 1; }`."""
    ty = cx.ir_of(node)
    assert isinstance(ty, FrameT)
    count = len(cx.low.module.functions)
    made = cx.low.new_function(cx.low.symbol("generator", "block", str(count)), "gen block", UNIT)
    made.yields = ty.yields
    made.site = node.span
    inner = Lower(cx.low, made, cx.subst, cx)
    inner.capture_as_params = True
    closure = cx.model.closures[node]
    inner.take_captures(closure.captures)
    inner.has_begun = inner.temp("has begun", inner.b.const(False, BOOL))

    finish_body(inner, node.body, is_gen=True)
    values = cx.captured_values(inner, node)
    modes = tuple(Use.CONSUME for _ in values)
    frame = cx.b.op(ops.GEN_NEW, values, [ty], {"callee": made}, modes)[0]
    cx.b.op(ops.GEN_NEXT, [frame], [BOOL, ty.yields])
    after_wait(cx)
    return frame


def lower_yield(cx: Lower, node: nodes.Yield) -> Value:
    """`yield e`."""
    value = consumed(cx, node.value) if node.value is not None else cx.b.unit()
    if cx.has_begun is not None:
        _begin(cx, cx.has_begun)
    cx.b.op(ops.YIELD, [value], [])
    after_wait(cx)
    return cx.b.unit()


def _begin(cx: Lower, has_begun: Variable) -> None:
    """The first `yield` of a block waits here for the first value to be asked for."""
    assert cx.fn.yields is not None
    first, later = cx.b.new_block("first"), cx.b.new_block("later")
    cx.b.cond(cx.b.read(has_begun), later, first)
    cx.b.start_sealed(first)
    cx.b.write(has_begun, cx.b.const(True, BOOL))
    cx.b.op(ops.YIELD, [cx.b.zero(cx.fn.yields)], [])
    cx.b.branch(later)
    cx.b.start_sealed(later)
