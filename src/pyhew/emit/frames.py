"""The frame of a function that suspends: where its state, results, arguments and live values stand.

In: a function after `split_suspends`.  Out: offsets inside the frame block.
Results come right behind the state, so that a caller through an object finds them
without knowing the callee; a generator's yielded value shares that space.
Assumed: the values of one suspension are the arguments of its two edges.
"""

from __future__ import annotations

from collections.abc import Iterable

from pyhew.abi import constants
from pyhew.emit.debug import Named, named_by
from pyhew.emit.layout import Layout
from pyhew.ir.ops import NAME, Block, Function, Suspend, Value
from pyhew.ir.optypes import function_params, returned_types
from pyhew.ir.types import IrType, TupleT

RESULT_OFFSET = constants.FRAME_DATA + 8
STATE_NEW = 0
STATE_DONE = -1
STATE_TAKEN = -2


def result_types(types: Iterable[IrType]) -> TupleT:
    """The results of a call as one product."""
    return TupleT(tuple(types))


class FrameShape:
    """Offsets in the frames of one function, from the start of the block."""

    __slots__ = ("args", "args_at", "data_size", "homes", "live", "live_at", "results", "suspends")

    def __init__(self, fn: Function, layout: Layout, order: list[Block]) -> None:
        self.results = result_types(returned_types(fn.result, function_params(fn)))
        self.args = TupleT(tuple(value.type for value in fn.params))
        area = layout.shape(self.results).size
        if fn.yields is not None:
            area = max(area, layout.shape(fn.yields).size)
        self.args_at = _rounded(RESULT_OFFSET + area)
        self.live_at = _rounded(self.args_at + layout.shape(self.args).size)
        self.suspends: list[tuple[Block, Suspend]] = []
        self.live: list[list[Value]] = []
        widest = 0
        for block in order:
            terminator = block.terminator
            if isinstance(terminator, Suspend):
                values = list(dict.fromkeys([*terminator.resume.args, *terminator.drop.args]))
                self.suspends.append((block, terminator))
                self.live.append(values)
                widest = max(widest, layout.shape(TupleT(tuple(value.type for value in values))).size)
        at = self.live_at + widest
        self.homes: dict[Named, int] = {}
        """Where debuggers find the variables of this function."""
        for variable in _named(order):
            self.homes[variable] = at = _rounded(at)
            at += layout.shape(variable.type).size
        self.data_size = at - constants.FRAME_DATA


def _named(order: list[Block]) -> dict[Named, None]:
    return {named_by(op): None for block in order for op in block.ops if op.kind is NAME}


def _rounded(offset: int) -> int:
    return (offset + 7) // 8 * 8
