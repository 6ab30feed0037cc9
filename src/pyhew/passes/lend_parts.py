"""Parts are borrowed where a copy would only be looked at.

In: closed blocks after `split_suspends`.  Out: the same with fewer copies and drops.
`x = project r.path; ... drop x`, with `x` only borrowed and `r` alive at every use of it, is `x = lend r.path`: a borrowed
parameter holds what it holds as long as the function runs, any other value as long as nothing consumes it.
`c = copy r; b = unbox c; x, y = unvariant b` takes apart what `r` still holds: those are projections of `r`.
Assumed: a call that waits has become a frame, so no borrow lasts over a wait.  What stands in a cell is not lent: others
may put something else there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import cast

from pyhew.ir.facts import Path, is_lent_path, may_close, owns_heap
from pyhew.ir.ops import COPY, DROP, LEND, PROJECT, UNBOX, UNPACK, UNVARIANT, Block, Function, Module, Op, Value
from pyhew.ir.types import Use
from pyhew.passes.rewrite import terminator_uses

MOST_BLOCKS = 64
"""What lives through more blocks is copied: following it would cost more than it saves."""


def lend_parts(module: Module) -> list[Function]:
    """Runs over every function; gives back those it changed."""
    changed = []
    for fn in module.functions.values():
        opened = sum([_open_in_place(block) for block in fn.blocks])
        if _Loans(fn).run() + opened:
            changed.append(fn)
    return changed


# --------------------------------------------------------------------------- copy and take apart


def _open_in_place(block: Block) -> int:
    """Copies that are only taken apart become projections of their source; how many."""
    kinds = {op.kind for op in block.ops}
    if COPY not in kinds or not kinds & {UNVARIANT, UNPACK}:
        return 0
    eaten = _eaten(block)
    uses = Counter(value for op in block.ops for value in op.operands)
    gone: set[Op] = set()
    instead: dict[Op, list[Op]] = {}
    for at, op in enumerate(block.ops):
        if op.kind is not COPY or may_close(op.operands[0].type):
            continue
        source, steps = op.operands[0], _steps(block, eaten, uses, op.results[0])
        if not steps or at < eaten.get(source, -1) < eaten[steps[-1].operands[0]]:
            continue
        gone.update((op, *steps[:-1]))
        instead[steps[-1]] = [
            Op(PROJECT, [source], [part], {"path": (*_way(steps[:-1]), _step(steps[-1], index))}, site=op.site)
            for index, part in enumerate(steps[-1].results)
        ]
    if instead:
        block.ops = [new for op in block.ops if op not in gone for new in instead.get(op, (op,))]
    return len(instead)


def _steps(block: Block, eaten: dict[Value, int], uses: Counter[Value], value: Value) -> list[Op]:
    """The operations that take a value apart, the last one into its parts; none if something else happens to it."""
    steps: list[Op] = []
    while uses[value] == 1 and (at := eaten.get(value, len(block.ops))) < len(block.ops):
        steps.append(block.ops[at])
        if steps[-1].kind in (UNVARIANT, UNPACK):
            return steps
        if steps[-1].kind is not UNBOX:
            return []
        value = steps[-1].results[0]
    return []


def _way(opened: list[Op]) -> Path:
    return tuple(("deref",) for _ in opened)


def _step(op: Op, index: int) -> tuple[object, ...]:
    return ("payload", op.attrs["index"], index) if op.kind is UNVARIANT else ("field", index)


def _eaten(block: Block) -> dict[Value, int]:
    """Where each value is consumed; the terminator counts as the end."""
    found = {value: at for at, op in enumerate(block.ops) for value, use in op.uses() if use is not Use.BORROW}
    for value in terminator_uses(block.terminator):
        found.setdefault(value, len(block.ops))
    return found


# --------------------------------------------------------------------------- project and drop


class _Loans:
    """Which parts of one function can be lent."""

    def __init__(self, fn: Function) -> None:
        self.fn = fn
        self.bits = {value: 1 << at for at, value in enumerate(fn.carriers)}
        self.eaten: dict[Block, dict[Value, int]] = {}
        self.lenders: dict[Value, Value] = {}
        """Of each value that was lent, the one it stands in."""

    def run(self) -> int:
        """Lends what can be lent; how many."""
        projects = {op.results[0]: (block, op) for block in self.fn.blocks for op in block.ops if _is_lendable(op)}
        if not projects:
            return 0
        for value in self._kept():
            projects.pop(value, None)
        homes = self._homes(projects)
        lent = [value for value, (block, op) in projects.items() if self._can_lend(value, op, block, homes[value])]
        self._lend(lent, projects, homes)
        return len(lent)

    def _kept(self) -> Iterator[Value]:
        """What is consumed otherwise than by a drop."""
        for block in self.fn.blocks:
            for op in block.ops:
                if op.kind is not DROP:
                    yield from (value for value, use in op.uses() if use is not Use.BORROW)
            yield from terminator_uses(block.terminator)

    def _homes(self, projects: dict[Value, tuple[Block, Op]]) -> dict[Value, list[Block]]:
        """The blocks in which each part lives; none for one that lives in too many."""
        homes = {value: [block] for value, (block, _) in projects.items()}
        parts = {bit: value for value, bit in self.bits.items() if value in projects}
        wanted = sum(parts)
        for block in self.fn.blocks:
            here = block.carried & wanted
            while here:
                low = here & -here
                here ^= low
                blocks = homes[parts[low]]
                blocks.append(block)
                if len(blocks) > MOST_BLOCKS:
                    blocks.clear()
                    wanted ^= low
        return homes

    def _can_lend(self, value: Value, op: Op, home: Block, blocks: list[Block]) -> bool:
        lender = op.operands[0]
        while lender in self.lenders:
            lender = self.lenders[lender]
        if not blocks or not lender.is_borrowed and not all(self._outlives(lender, value, block, home) for block in blocks):
            return False
        self.lenders[value] = op.operands[0]
        return True

    def _outlives(self, lender: Value, value: Value, block: Block, home: Block) -> bool:
        """Whether the lender lives in a block as long as the part does."""
        eaten = self.eaten.get(block)
        if eaten is None:
            eaten = self.eaten[block] = _eaten(block)
        if block is not home and not block.carried & self.bits.get(lender, 0):
            return False
        ended = eaten.get(lender)
        return ended is None or eaten.get(value, len(block.ops) + 1) < ended

    def _lend(self, lent: list[Value], projects: dict[Value, tuple[Block, Op]], homes: dict[Value, list[Block]]) -> None:
        gone = set(lent)
        for value in lent:
            projects[value][1].kind = LEND
            value.is_borrowed = True
            for block in homes[value]:
                block.carried &= ~self.bits.get(value, 0)
        for block in {block: None for value in lent for block in homes[value]}:
            block.ops = [op for op in block.ops if op.kind is not DROP or op.operands[0] not in gone]


def _is_lendable(op: Op) -> bool:
    """Whether a part is read, not through a cell, and would have to be dropped."""
    if op.kind is not PROJECT or not owns_heap(op.results[0].type):
        return False
    return is_lent_path(op.operands[0].type, cast(Path, op.attrs["path"]))
