"""Whether a `given_up` stands behind a wait.

In: a module whose lowering asked after everything that may wait.  Out: the questions that can never be answered
with yes are gone, and the deferred code they led to.
Assumed: a question stands in the block of its wait, and is that block's condition unless both ways are the same.
"""

from __future__ import annotations

from pyhew.ir.flow import ordered, remove_unreachable
from pyhew.ir.ops import GIVEN_UP, YIELD, Block, Branch, CondBranch, Function, Module, Op
from pyhew.passes.suspension import Suspension, find_suspension


def forget_given_up(module: Module, found: Suspension | None = None) -> list[Function]:
    """Runs over the module; gives back the functions it changed."""
    asking = [fn for fn in module.functions.values() if any(question(block) for block in fn.blocks)]
    if not asking:
        return []
    found = found or find_suspension(module)
    return [fn for fn in asking if _forget(fn, found)]


def question(block: Block) -> Op | None:
    """The `given_up` of a block."""
    return next((op for op in block.ops if op.kind is GIVEN_UP), None)


def parting(block: Block, asked: Op) -> CondBranch | None:
    """The branch on the answer: `then` is the way to deferred code; None where both ways have become one."""
    terminator = block.terminator
    return terminator if isinstance(terminator, CondBranch) and terminator.condition is asked.results[0] else None


def answer_no(block: Block, asked: Op) -> None:
    """Whoever is in this block was not given up."""
    parts = parting(block, asked)
    if parts is not None:
        block.terminator = Branch(parts.otherwise, asked.site)
    block.ops.remove(asked)


def paths_given_up(fn: Function) -> set[Block]:
    """The blocks of deferred code that only runs when a wait is given up."""
    questions = [(block, asked) for block in fn.blocks if (asked := question(block)) is not None]
    heads = [parts.then.block for block, asked in questions if (parts := parting(block, asked)) is not None]
    return set(ordered(heads)) if heads else set()


def _forget(fn: Function, found: Suspension) -> bool:
    changed = False
    for block in fn.blocks:
        asked = question(block)
        if asked is None:
            continue
        before = block.ops[: block.ops.index(asked)]
        if not any(op.kind is YIELD or found.suspends(op) for op in before):
            answer_no(block, asked)
            changed = True
    if changed:
        remove_unreachable(fn)
    return changed
