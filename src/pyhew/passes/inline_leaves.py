"""Marks calls in loops of functions so small that writing them out costs less than calling them.

In: functions whose blocks are closed.  Out: `call` operations with `inline`.
A default build inlines nothing else that users wrote, and selects instructions for code without loops quickly: where a loop
calls such code for every element, that is most of its time.
Assumed: who builds for a debugger or to count everything ignores the mark.
"""

from __future__ import annotations

from pyhew.ir.flow import reverse_postorder
from pyhew.ir.ops import CALL, CONST, Block, Function, Module, callee_of, edges
from pyhew.passes.counted_loops import Brief

_MOST_OPS = 16
"""Constants not counted. LLVM's O2 takes about three times that; a default build is for those who wait for it."""


def inline_leaves(module: Module) -> list[Function]:
    """Runs over every function; gives back those it changed."""
    brief = Brief()
    small: dict[Function, bool] = {}
    touched: list[Function] = []
    for fn in module.functions.values():
        is_changed = False
        for block in _in_loops(fn):
            for op in block.ops:
                if op.kind is CALL:
                    callee = callee_of(op)
                    if callee not in small:
                        small[callee] = _is_small(callee, brief)
                    if small[callee]:
                        op.attrs = {**op.attrs, "inline": True}
                        is_changed = True
        if is_changed:
            touched.append(fn)
    return touched


def _in_loops(fn: Function) -> list[Block]:
    """The blocks between the head of a loop and its last jump back, which may be a few more than are in it."""
    order = reverse_postorder(fn)
    number = {block: at for at, block in enumerate(order)}
    last = [0] * len(order)
    for at, block in enumerate(order):
        for edge in edges(block.terminator):
            if number[edge.block] <= at:
                last[number[edge.block]] = max(last[number[edge.block]], at + 1)
    found: list[Block] = []
    end = 0
    for at, block in enumerate(order):
        end = max(end, last[at])
        if at < end:
            found.append(block)
    return found


def _is_small(fn: Function, brief: Brief) -> bool:
    """Whether nothing in it takes long, calls what is not written out anyhow, or waits."""
    if fn.suspends or fn.always_inline or not brief.function(fn):
        return False
    ops = [op for block in fn.blocks for op in block.ops if op.kind is not CONST]
    return len(ops) <= _MOST_OPS and all(op.kind is not CALL or callee_of(op).always_inline for op in ops)
