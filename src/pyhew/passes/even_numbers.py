"""Numbers that stay the same in a loop, or grow evenly with its counter.

In: the loop's blocks, its counter.  Out: for a number, whether it is made of the counter and of what stays the same by adding,
subtracting and multiplying, so that it lies between what it is in the first round and in the last.
Assumed: SSA.  Whether any of it overflows is not known here: who uses the answer asks for both rounds.
"""

from __future__ import annotations

from typing import cast

from pyhew.ir.facts import Path
from pyhew.ir.ops import ARITH, PROJECT, Block, Op, Value
from pyhew.ir.types import I64
from pyhew.passes.rewrite import defined_in

_FARTHEST = 1 << 20
"""Of an element from the counter."""

_MOST_PARTS = 12
"""Operations that make one number."""

Key = tuple[object, ...]


class Even:
    """Asks about the numbers of one loop; `defined` is what its blocks define, `made` by which operations."""

    __slots__ = ("_degrees", "counter", "defined", "made", "numbers")

    def __init__(self, blocks: list[Block], counter: Value, numbers: dict[Value, int]) -> None:
        self.counter = counter
        self.numbers = numbers
        self.defined = defined_in(blocks)
        self.made = {op.results[0]: op for block in blocks for op in block.ops if op.kind in (ARITH, PROJECT)}
        self._degrees: dict[Value, tuple[int, int] | None] = {counter: (1, 0)}

    def degree(self, value: Value) -> int | None:
        """1 when it grows evenly, 0 when it stays the same, None for any other."""
        found = self._degree(value)
        return None if found is None or found[1] > _MOST_PARTS else found[0]

    def _degree(self, value: Value) -> tuple[int, int] | None:
        """And how many operations make it."""
        if value.type != I64:
            return None
        if value in self.numbers or value not in self.defined:
            return 0, 0
        if value not in self._degrees:
            self._degrees[value] = self._of(self.made[value]) if value in self.made else None
        return self._degrees[value]

    def _of(self, op: Op) -> tuple[int, int] | None:
        if op.kind is PROJECT:
            is_field = all(step[0] == "field" for step in cast(Path, op.attrs["path"]))
            return (0, 1) if is_field and op.operands[0] not in self.defined else None
        left, right = map(self._degree, op.operands)
        if left is None or right is None:
            return None
        parts = left[1] + right[1] + 1
        match op.attrs["op"]:
            case "add" | "sub":
                return max(left[0], right[0]), parts
            case "mul" if left[0] + right[0] < 2:
                return left[0] + right[0], parts
            case _:
                return None

    def offset(self, value: Value) -> int | None:
        """How far from the counter, when it is the counter and a small constant."""
        if value is self.counter:
            return 0
        op = self.made.get(value)
        if op is None or op.kind is not ARITH or op.attrs["op"] not in ("add", "sub"):
            return None
        left, right = op.operands
        if op.attrs["op"] == "add" and right is self.counter:
            left, right = right, left
        number = self.numbers.get(right)
        if left is not self.counter or number is None or abs(number) > _FARTHEST:
            return None
        return number if op.attrs["op"] == "add" else -number

    def key(self, value: Value) -> Key:
        """The same for numbers that are made the same way."""
        if value in self.numbers:
            return ("number", self.numbers[value])
        if value is self.counter or value not in self.defined:
            return ("value", value)
        op = self.made[value]
        if op.kind is PROJECT:
            return ("part", op.operands[0], op.attrs["path"])
        return (op.attrs["op"], *map(self.key, op.operands))

    def parts(self, value: Value) -> list[Op]:
        """The operations of the loop that calculate it."""
        op = self.made.get(value)
        if op is None or op.kind is PROJECT or value in self.numbers:
            return []
        return [op, *(part for operand in op.operands for part in self.parts(operand))]
