"""The blocks before a loop that ask something about it.

In: a loop's head.  Out: blocks that have the head's parameters as their own, and end in edges to it.
Assumed: who asks leads the ways into the loop to `first` and ends the last block.
"""

from __future__ import annotations

from pyhew.ir.facts import Path
from pyhew.ir.ops import (
    ARITH,
    COMPARE,
    CONST,
    INSIDE,
    NOT,
    OVERFLOWING,
    PROJECT,
    VEC_LEN,
    Block,
    CondBranch,
    Edge,
    Function,
    Op,
    Value,
    edges,
)
from pyhew.ir.types import BOOL, I64
from pyhew.passes.even_numbers import Even, Key
from pyhew.source.spans import Span

FEWEST_ROUNDS = 16
"""That are worth asking about."""

LONGEST_STEP, HIGHEST_LIMIT = 1 << 32, 1 << 62
"""So that the counter never overflows on the way to the limit, and a thousand steps can be written down."""


def lead(ways: list[Block], old: Block, new: Block) -> None:
    """The edges of `ways` to `old` go to `new`."""
    for block in ways:
        for edge in edges(block.terminator):
            if edge.block is old:
                edge.block = new


class Question:
    """The question of one loop; `at` is the block that is being written, `own` the loop's values as they stand here."""

    __slots__ = ("at", "first", "fn", "head", "known", "numbers", "own", "site")

    def __init__(self, fn: Function, head: Block, numbers: dict[Value, int], name: str) -> None:
        self.fn = fn
        self.head = head
        self.numbers = numbers
        self.known: dict[tuple[Value | None, Key], Value] = {}
        self.first = self.at = self.block(name)
        self.own = {param: Value(param.type, param.name) for param in head.params}
        self.at.params = list(self.own.values())
        end = head.terminator
        self.site: Span | None = end.site if end is not None else None

    def block(self, name: str) -> Block:
        """A new one of the function."""
        made = Block(f"{self.head.name}.{name}")
        self.fn.blocks.append(made)
        return made

    def number(self, value: int) -> Value:
        """A constant."""
        made = Value(I64)
        self.at.ops.append(Op(CONST, [], [made], {"value": value}, site=self.site))
        return made

    def arith(self, name: str, left: Value, right: Value) -> Value:
        """Without a check: the question is asked so that nothing overflows where the answer is used."""
        made = Value(left.type)
        self.at.ops.append(Op(ARITH, [left, right], [made], {"op": name, "policy": "wrap"}, site=self.site))
        return made

    def compare(self, predicate: str, left: Value, right: Value) -> Value:
        """A truth."""
        made = Value(BOOL)
        self.at.ops.append(Op(COMPARE, [left, right], [made], {"predicate": predicate}, site=self.site))
        return made

    def length(self, measured: Value) -> Value:
        """Of a Vec of the loop."""
        made = Value(I64)
        self.at.ops.append(Op(VEC_LEN, [self.seen(measured)], [made], site=self.site))
        return made

    def inside(self, root: Value, path: Path, numbers: list[Value], alone: bool) -> Value:
        """Whether a Vec reaches as far as the last of the numbers; the others are the way to it."""
        made = Value(BOOL)
        self.at.ops.append(Op(INSIDE, [self.seen(root), *numbers], [made], {"path": path, "alone": alone}, site=self.site))
        return made

    def every(self, truths: list[Value]) -> Value:
        """Whether all hold."""
        out = truths[0]
        for truth in truths[1:]:
            out = self.arith("and", out, truth)
        return out

    def seen(self, value: Value) -> Value:
        """A value of the loop as it stands at the question."""
        if value in self.own:
            return self.own[value]
        if value in self.numbers:
            return self.number(self.numbers[value])
        return value

    def evaluated(self, even: Even, number: Value, counter: Value, truths: list[Value]) -> Value:
        """A number of the loop as it is in the round of `counter`; that nothing overflows on the way is added to `truths`."""
        if number is even.counter:
            return counter
        if number in self.numbers or number not in even.defined:
            return self.seen(number)
        key = (counter if even.degree(number) else None, even.key(number))
        if key not in self.known:
            op = even.made[number]
            made, over, fits = Value(I64), Value(BOOL), Value(BOOL)
            if op.kind is PROJECT:
                self.at.ops.append(Op(PROJECT, list(op.operands), [made], op.attrs, site=self.site))
            else:
                operands = [self.evaluated(even, operand, counter, truths) for operand in op.operands]
                self.at.ops.append(Op(OVERFLOWING, operands, [made, over], {"op": op.attrs["op"]}, site=self.site))
                self.at.ops.append(Op(NOT, [over], [fits], site=self.site))
                truths.append(fits)
            self.known[key] = made
        return self.known[key]

    def slow(self) -> Edge:
        """As before."""
        return Edge(self.head, list(self.own.values()))

    def go_on_if(self, truth: Value, name: str, otherwise: Edge | None = None) -> None:
        """The rest of the question, in a block of its own; `otherwise` the loop goes on as before."""
        onward = self.block(name)
        self.at.terminator = CondBranch(truth, Edge(onward), otherwise or self.slow(), self.site)
        self.at = onward

    def least(self, left: Value, right: Value) -> Value:
        """The smaller number."""
        joined = self.block("least")
        made = Value(I64)
        joined.params = [made]
        truth = self.compare("lt", left, right)
        self.at.terminator = CondBranch(truth, Edge(joined, [left]), Edge(joined, [right]), self.site)
        self.at = joined
        return made
