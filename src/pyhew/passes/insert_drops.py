"""Makes every owned value consumed exactly once on every path, and every block closed.

In: SSA functions without `copy` and `drop`, in which an owned value may be used in
any dominated block.  Out: closed blocks: an owned value that lives on is an argument
of every outgoing edge or carried over it; `copy` before a consuming use that is not
the last; `drop` where a value dies.
Assumed: structure verified; suspension is still an ordinary operation.
Blocks that end in a trap may leave values behind, so nothing is dropped on the way in.
"""

from __future__ import annotations

from collections.abc import Iterator

from pyhew.ir.facts import owns_heap
from pyhew.ir.flow import edge_counts, remove_unreachable
from pyhew.ir.ops import (
    COPY,
    DROP,
    Block,
    Branch,
    Edge,
    Function,
    Module,
    Op,
    Return,
    Terminator,
    Trap,
    Unreachable,
    Value,
    edges,
)
from pyhew.ir.types import IrType, Use
from pyhew.source.spans import Span


def insert_drops(module: Module) -> list[Function]:
    """Runs over every function; all of them are touched."""
    known: dict[IrType, bool] = {}
    for fn in module.functions.values():
        _Closing(fn, known).run()
    return list(module.functions.values())


def _bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


class _Closing:
    """The work on one function; owned values are numbered, sets of them are bit masks."""

    __slots__ = ("arrivals", "borrowed", "fn", "fresh", "known", "live_in", "number", "values")

    def __init__(self, fn: Function, known: dict[IrType, bool]) -> None:
        self.fn = fn
        self.known = known
        self.number: dict[Value, int] = {}
        self.values: list[Value] = []
        self.borrowed: set[Value] = set()
        self.live_in: dict[Block, int] = {}
        self.arrivals: dict[Block, int] = {}
        self.fresh = 0

    def run(self) -> None:
        order = remove_unreachable(self.fn)
        self.count(order)
        if not self.number and not self.borrowed:
            return
        self.solve(order)
        counts = edge_counts(order)
        added: list[Block] = []
        for block in order:
            added.append(block)
            self.close(block, counts, added)
        self.fn.blocks = added
        self.fn.carriers = self.values

    # ----------------------------------------------------------------- liveness

    def owns(self, value: Value) -> bool:
        answer = self.known.get(value.type)
        if answer is None:
            answer = self.known[value.type] = owns_heap(value.type)
        return answer

    def count(self, order: list[Block]) -> None:
        for value in self.fn.params:
            self.enter(value)
        for block in order:
            for value in block.params:
                self.enter(value)
            for op in block.ops:
                for value in op.results:
                    self.enter(value)

    def enter(self, value: Value) -> None:
        if value.is_borrowed:
            self.borrowed.add(value)
        elif self.owns(value):
            self.number[value] = len(self.values)
            self.values.append(value)

    def solve(self, order: list[Block]) -> None:
        """Backward liveness: `live_in` per block, from what it uses before defining."""
        number = self.number
        uses: dict[Block, int] = {}
        defines: dict[Block, int] = {}
        for block in order:
            used = defined = 0
            for value in block.params:
                if value in number:
                    defined |= 1 << number[value]
            for op in block.ops:
                for value in op.operands:
                    if value in number:
                        used |= (1 << number[value]) & ~defined
                for value in op.results:
                    if value in number:
                        defined |= 1 << number[value]
            for value in _terminator_values(block.terminator):
                if value in number:
                    used |= (1 << number[value]) & ~defined
            uses[block], defines[block] = used, defined
        live_in = dict(uses)
        changed = True
        while changed:
            changed = False
            for block in reversed(order):
                out = 0
                for edge in edges(block.terminator):
                    out |= live_in[edge.block]
                new = uses[block] | (out & ~defines[block])
                if new != live_in[block]:
                    live_in[block] = new
                    changed = True
        for value in self.fn.params:
            if value in number:
                live_in[order[0]] &= ~(1 << number[value])
        self.live_in = live_in

    # ----------------------------------------------------------------- one block

    def close(self, block: Block, counts: dict[Block, int], added: list[Block]) -> None:
        fn = self.fn
        site = block.terminator.site if block.terminator else None
        held = [v for v in (fn.params if block is fn.blocks[0] else block.params) if v in self.number]
        block.carried = self.live_in[block] | self.arrivals.get(block, 0)
        carried = [self.values[at] for at in _bits(self.arrivals.get(block, 0))]
        alive, after = self.last_uses(block)
        ops: list[Op] = []
        may_leave = isinstance(block.terminator, Trap | Unreachable)
        for value in reversed(held if may_leave else held + carried):
            if not alive >> self.number[value] & 1:
                ops.append(self.drop(value, site))
        for op, live in zip(block.ops, after, strict=True):
            self.place(op, live, ops)
        block.ops = ops
        self.leave(block, counts, added)

    def last_uses(self, block: Block) -> tuple[int, list[int]]:
        """What lives at the start of the block's operations, and after each of them."""
        number = self.number
        live = 0
        for edge in edges(block.terminator):
            live |= self.live_in[edge.block]
        for value in _terminator_values(block.terminator):
            if value in number:
                live |= 1 << number[value]
        after: list[int] = []
        for op in reversed(block.ops):
            after.append(live)
            for value in op.results:
                if value in number:
                    live &= ~(1 << number[value])
            for value in op.operands:
                if value in number:
                    live |= 1 << number[value]
        after.reverse()
        return live, after

    def place(self, op: Op, live: int, ops: list[Op]) -> None:
        """Appends `op` with the copies before it and the drops after it."""
        number = self.number
        borrows: set[Value] = set()
        owned = False
        for value, use in zip(op.operands, op.modes, strict=True):
            if value in number:
                owned = True
                if use is Use.BORROW:
                    borrows.add(value)
            elif value in self.borrowed:
                owned = True
        dying: list[Value] = []
        if owned:
            moved: set[Value] = set()
            operands: list[Value] = []
            for value, use in zip(op.operands, op.modes, strict=True):
                is_owned = value in number
                if use is Use.BORROW or not (is_owned or value in self.borrowed):
                    operands.append(value)
                    if is_owned and not live >> number[value] & 1 and value not in dying:
                        dying.append(value)
                elif not is_owned or value in borrows or value in moved or live >> number[value] & 1:
                    operands.append(self.copy(value, op.site, ops))
                else:
                    moved.add(value)
                    operands.append(value)
            op.operands = operands
        ops.append(op)
        for value in dying:
            ops.append(self.drop(value, op.site))
        for value in op.results:
            if value in number and not live >> number[value] & 1:
                ops.append(self.drop(value, op.site))

    def copy(self, value: Value, site: Span | None, ops: list[Op]) -> Value:
        result = Value(value.type, value.name)
        ops.append(Op(COPY, [value], [result], site=site))
        return result

    def drop(self, value: Value, site: Span | None) -> Op:
        return Op(DROP, [value], [], site=site)

    # ----------------------------------------------------------------- terminators

    def leave(self, block: Block, counts: dict[Block, int], added: list[Block]) -> None:
        terminator = block.terminator
        match terminator:
            case Return():
                terminator.values = self.give(terminator.values, terminator.site, block.ops)
            case Trap():
                if terminator.message is not None:
                    terminator.message = self.give([terminator.message], terminator.site, block.ops)[0]
            case Branch():
                edge = terminator.edge
                edge.args = self.give(edge.args, terminator.site, block.ops, self.live_in[edge.block])
            case _:
                self.leave_by_many(block, terminator, counts, added)

    def give(self, values: list[Value], site: Span | None, ops: list[Op], kept: int = 0) -> list[Value]:
        """The values as consumed arguments: each at most once and none of `kept`, others copied."""
        given: set[Value] = set()
        out: list[Value] = []
        for value in values:
            is_owned = value in self.number
            if value in self.borrowed or (is_owned and (value in given or kept >> self.number[value] & 1)):
                out.append(self.copy(value, site, ops))
            else:
                given.add(value)
                out.append(value)
        return out

    def leave_by_many(
        self, block: Block, terminator: Terminator | None, counts: dict[Block, int], added: list[Block]
    ) -> None:
        ways = edges(terminator)
        number = self.number
        alive = 0
        for edge in ways:
            alive |= self.live_in[edge.block]
            for value in edge.args:
                if value in number:
                    alive |= 1 << number[value]
        for edge in ways:
            passed = self.live_in[edge.block]
            is_simple = True
            for value in edge.args:
                if value in number:
                    is_simple = is_simple and not passed >> number[value] & 1
                    passed |= 1 << number[value]
                elif value in self.borrowed:
                    is_simple = False
            dying = alive & ~passed
            if is_simple and dying and counts[edge.block] == 1:
                self.arrivals[edge.block] = dying
                dying = 0
            if dying or not is_simple:
                self.split(block, edge, alive, terminator, added)

    def split(self, block: Block, edge: Edge, alive: int, terminator: Terminator | None, added: list[Block]) -> None:
        """Puts a block on the edge that makes the copies and drops the edge needs."""
        site = terminator.site if terminator else None
        self.fresh += 1
        middle = Block(f"{block.name}.edge{self.fresh}")
        middle.carried = alive
        kept = self.live_in[edge.block]
        wanted = kept
        for value in edge.args:
            if value in self.number:
                wanted |= 1 << self.number[value]
        for at in reversed(list(_bits(alive & ~wanted))):
            middle.ops.append(self.drop(self.values[at], site))
        arguments = self.give(edge.args, site, middle.ops, kept)
        middle.terminator = Branch(Edge(edge.block, arguments), site)
        edge.block, edge.args = middle, []
        added.append(middle)


def _terminator_values(terminator: Terminator | None) -> list[Value]:
    """What a terminator uses, edge arguments included."""
    match terminator:
        case Return():
            return terminator.values
        case Trap():
            return [] if terminator.message is None else [terminator.message]
        case _:
            return [value for edge in edges(terminator) for value in edge.args]
