"""Parts of borrowed values are borrowed too, where a copy would only be looked at.

In: closed blocks after `split_suspends`.  Out: the same with fewer copies and drops.
`x = project p.path; ... drop x`, with `x` only borrowed before the drop, is `x = lend p.path`: nothing can consume or
change a borrowed parameter, so what it holds lives as long as the function runs.
Assumed: a call that waits has become a frame, so no borrow lasts over a wait.  What stands in a cell is not lent: others
may put something else there.
"""

from __future__ import annotations

from typing import cast

from pyhew.ir.facts import Path, is_lent_path, owns_heap
from pyhew.ir.ops import DROP, LEND, PROJECT, Block, Function, Module, Op
from pyhew.ir.types import Use
from pyhew.passes.rewrite import terminator_uses


def lend_parts(module: Module) -> list[Function]:
    """Runs over every function with a borrowed parameter; gives back those it changed."""
    return [
        fn
        for fn in module.functions.values()
        if any(param.is_borrowed for param in fn.params) and sum([_lend(block) for block in fn.blocks]) > 0
    ]


def _lend(block: Block) -> int:
    drops = {op.operands[0]: op for op in block.ops if op.kind is DROP}
    if not drops:
        return 0
    kept = {value for op in block.ops if op.kind is not DROP for value, use in op.uses() if use is not Use.BORROW}
    kept.update(terminator_uses(block.terminator))
    gone: set[Op] = set()
    for op in block.ops:
        if op.kind is PROJECT and _is_lendable(op) and op.results[0] in drops and op.results[0] not in kept:
            op.kind = LEND
            op.results[0].is_borrowed = True
            gone.add(drops[op.results[0]])
    block.ops = [op for op in block.ops if op not in gone]
    return len(gone)


def _is_lendable(op: Op) -> bool:
    """Whether a part of something borrowed is read, not through a cell, and would have to be dropped."""
    return op.operands[0].is_borrowed and owns_heap(op.results[0].type) and is_lent_path(cast(Path, op.attrs["path"]))


