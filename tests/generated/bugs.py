"""Bugs put into lowering and passes on purpose; each must be caught by a verifier or by the counting heap.

In: a module as the generator made it.  Out: the module as a compiler with the bug makes it.
Assumed: the bugs are those that have happened in such passes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pyhew.ir import ops
from pyhew.ir.flow import remove_unreachable
from pyhew.ir.ops import Block, Branch, CondBranch, Edge, Function, Module, Op, Terminator, Value, edges
from pyhew.ir.types import Use
from pyhew.passes import infer_modes as inference
from pyhew.passes.infer_modes import infer_modes
from pyhew.passes.insert_drops import _Closing
from pyhew.passes.rewrite import replace_in_block, terminator_uses
from pyhew.passes.simplify import simplify
from pyhew.source.spans import Span


@dataclass(frozen=True)
class Bug:
    """A wrong compiler."""

    name: str
    run: Callable[[Module], None]


def _drops_with(closing: type[_Closing]) -> Callable[[Module], None]:
    def run(module: Module) -> None:
        infer_modes(module)
        simplify(module)
        for fn in module.functions.values():
            closing(fn, {}).run()

    return run


class NoCopy(_Closing):
    """Consumes what still lives without a copy."""

    def copy(self, value: Value, site: Span | None, ops: list[Op]) -> Value:
        return value


class NoDropAtLastBorrow(_Closing):
    """Forgets that a borrow can be the last use."""

    def place(self, op: Op, live: int, ops: list[Op]) -> None:
        super().place(op, live, ops)
        if ops and ops[-1].kind.name == "drop" and ops[-1].operands[0] not in op.results:
            ops.pop()


class NoDropOfResults(_Closing):
    """Forgets results that nobody uses."""

    def place(self, op: Op, live: int, ops: list[Op]) -> None:
        super().place(op, live, ops)
        while ops and ops[-1].kind.name == "drop" and ops[-1].operands[0] in op.results:
            ops.pop()


class NoEdgeBlocks(_Closing):
    """Passes what lives without looking at what dies on the edge."""

    def split(self, block: Block, edge: Edge, alive: int, terminator: Terminator | None, added: list[Block]) -> None:
        return


class NoFixpoint(_Closing):
    """Looks at each block's liveness once, so loops are seen half."""

    def solve(self, order: list[Block]) -> None:
        super().solve(order)
        seen = {block: self.mentioned(block) for block in order}
        for block in order:
            near = seen[block]
            for edge in edges(block.terminator):
                near |= seen[edge.block]
            self.live_in[block] &= near

    def mentioned(self, block: Block) -> int:
        values = [value for op in block.ops for value in op.operands] + terminator_uses(block.terminator)
        return sum({1 << self.number[value] for value in values if value in self.number})


class DropBefore(_Closing):
    """Drops before the operation that uses the value last."""

    def place(self, op: Op, live: int, ops: list[Op]) -> None:
        start = len(ops)
        super().place(op, live, ops)
        at = ops.index(op, start)
        if len(ops) > at + 1 and ops[at + 1].operands[0] in op.operands:
            ops[at], ops[at + 1] = ops[at + 1], ops[at]


class NoParameterDrops(_Closing):
    """Forgets values that arrive and are not used."""

    def last_uses(self, block: Block) -> tuple[int, list[int]]:
        _, after = super().last_uses(block)
        return -1, after


class OneArgumentTwice(_Closing):
    """Gives one value for two arguments of an edge."""

    def give(self, values: list[Value], site: Span | None, ops: list[Op], kept: int = 0) -> list[Value]:
        return list(values)


class InoutIsBorrow(_Closing):
    """Takes inout for borrow: the old value is dropped after its successor was made."""

    def place(self, op: Op, live: int, ops: list[Op]) -> None:
        modes = op.modes
        op.modes = tuple(Use.BORROW if use is Use.INOUT else use for use in modes)
        super().place(op, live, ops)
        op.modes = modes


def _good(module: Module) -> None:
    _drops_with(_Closing)(module)


def modes_without_proof(module: Module) -> None:
    """Believes every inout parameter to be unchanged."""
    for fn in module.functions.values():
        remove_unreachable(fn)
    candidates = {
        symbol: {at for at, use in enumerate(fn.modes) if use is Use.INOUT} for symbol, fn in module.functions.items()
    }
    for fn in module.functions.values():
        inference.rewrite_calls(fn, candidates)
    for symbol, fn in module.functions.items():
        inference.rewrite_head(fn, candidates[symbol])
    _good(module)


def elision_without_looking(module: Module) -> None:
    """Elides copies although the source is borrowed later."""
    _good(module)
    for fn in module.functions.values():
        for block in fn.blocks:
            for op in list(block.ops):
                if op.kind is ops.COPY and not op.operands[0].is_borrowed:
                    drop = next((o for o in block.ops if o.kind is ops.DROP and o.operands[0] is op.operands[0]), None)
                    if drop is not None:
                        block.ops = [o for o in block.ops if o is not op and o is not drop]
                        replace_in_block(block, {op.results[0]: op.operands[0]})


def projection_takes(module: Module) -> None:
    """Lowering reads a field by unpacking, although the record is used afterwards."""
    _good(module)
    for fn in module.functions.values():
        for block in fn.blocks:
            for at, op in enumerate(block.ops):
                if op.kind is ops.PROJECT and op.attrs["path"] == (("field", 0),):
                    pieces = [Value(ty) for ty in op.operands[0].type.fields]  # type: ignore[union-attr]
                    pieces[0] = op.results[0]
                    block.ops[at] = Op(ops.UNPACK, op.operands, pieces)
                    return


def early_return_forgets(module: Module) -> None:
    """An early exit skips the drops of its block."""
    _good(module)
    for fn in module.functions.values():
        for block in fn.blocks[1:]:
            if isinstance(block.terminator, ops.Return) and any(op.kind is ops.DROP for op in block.ops):
                block.ops = [op for op in block.ops if op.kind is not ops.DROP]
                return


def branch_drops_twice(module: Module) -> None:
    """A value dropped before a branch is dropped again behind it."""
    _good(module)
    for fn in module.functions.values():
        for block in fn.blocks:
            drops = [op for op in block.ops if op.kind is ops.DROP]
            if drops and isinstance(block.terminator, Branch | CondBranch):
                block.ops.append(Op(ops.DROP, list(drops[-1].operands), []))
                return


def borrowed_returned(module: Module) -> None:
    """A borrowed parameter is returned without a copy."""
    _good(module)
    for fn in module.functions.values():
        _return_borrowed(fn)


def _return_borrowed(fn: Function) -> None:
    for block in fn.blocks:
        if isinstance(block.terminator, ops.Return):
            for at, value in enumerate(block.terminator.values):
                made = next((op for op in block.ops if op.results == [value] and op.kind is ops.COPY), None)
                if made is not None and made.operands[0].is_borrowed:
                    block.ops.remove(made)
                    block.terminator.values[at] = made.operands[0]


def wrong_row(module: Module) -> None:
    """`vec_push` is said to borrow its element: pass and verifier believe it, the heap does not."""
    for fn in module.functions.values():
        for block in fn.blocks:
            for op in block.ops:
                if op.kind is ops.VEC_PUSH:
                    op.modes = (Use.INOUT, Use.BORROW)
    _good(module)


BUGS: tuple[Bug, ...] = (
    Bug("no copy", _drops_with(NoCopy)),
    Bug("no drop at the last borrow", _drops_with(NoDropAtLastBorrow)),
    Bug("no drop of unused results", _drops_with(NoDropOfResults)),
    Bug("no edge blocks", _drops_with(NoEdgeBlocks)),
    Bug("no fixpoint", _drops_with(NoFixpoint)),
    Bug("drop before use", _drops_with(DropBefore)),
    Bug("no drop of parameters", _drops_with(NoParameterDrops)),
    Bug("one argument twice", _drops_with(OneArgumentTwice)),
    Bug("inout is borrow", _drops_with(InoutIsBorrow)),
    Bug("modes without proof", modes_without_proof),
    Bug("elision without looking", elision_without_looking),
    Bug("projection takes", projection_takes),
    Bug("early return forgets", early_return_forgets),
    Bug("branch drops twice", branch_drops_twice),
    Bug("borrowed returned", borrowed_returned),
    Bug("wrong row", wrong_row),
)
