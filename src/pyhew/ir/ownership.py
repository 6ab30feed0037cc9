"""The ownership verifier: closed blocks, one scan per block.

In: functions after `insert_drops`.  Out: nothing; a fault raises `CompilerBug`.
The rule: at the end of a block every owned value that lives is consumed, or is handed
over on every outgoing edge exactly once: as an argument, or under its own name, and then
the target must carry it.  What arrives is written in the block, so nothing is solved.  A trap or a call that does not
return may leave values behind, because the actor's sweep owns them then.
What a value lends is used only while that value lives.
Assumed: the structure was verified.
"""

from __future__ import annotations

from collections.abc import Iterable

from pyhew.ir.facts import owns_heap
from pyhew.ir.ops import (
    LEND,
    Block,
    Done,
    Function,
    Module,
    Op,
    Return,
    Trap,
    Unreachable,
    Value,
    edges,
)
from pyhew.ir.types import IrType, Use
from pyhew.source.diagnostics import CompilerBug
from pyhew.source.spans import Span


def verify_ownership(module: Module, functions: Iterable[Function] | None = None) -> None:
    """Checks `functions`, or all of the module's."""
    for fn in module.functions.values() if functions is None else functions:
        _Ownership(fn).run()


class _Ownership:
    """The check of one function; sets of values are bit masks."""

    __slots__ = ("bits", "fn", "known", "lenders", "values")

    def __init__(self, fn: Function) -> None:
        self.fn = fn
        self.known: dict[IrType, bool] = {}
        self.values = list(fn.carriers)
        self.bits = {value: 1 << at for at, value in enumerate(self.values)}
        self.lenders = {op.results[0]: op.operands[0] for block in fn.blocks for op in block.ops if op.kind is LEND}

    def fault(self, text: str, where: str, site: Span | None) -> CompilerBug:
        return CompilerBug(f"ownership is wrong in {self.fn.symbol}, {where}: {text}", site)

    def owns(self, value: Value) -> bool:
        ty = value.type
        answer = self.known.get(ty)
        if answer is None:
            answer = self.known[ty] = owns_heap(ty)
        return answer

    def bit(self, value: Value) -> int:
        found = self.bits.get(value)
        if found is None:
            found = self.bits[value] = 1 << len(self.values)
            self.values.append(value)
        return found

    def run(self) -> None:
        fn = self.fn
        if len(self.bits) != len(fn.carriers) or fn.blocks[0].carried:
            raise self.fault("the carried values are not well formed", "entry", fn.site)
        for at, block in enumerate(fn.blocks):
            live = block.carried
            if live >> len(fn.carriers):
                raise self.fault("a value is carried that nobody named", block.name, None)
            for value in [*block.params, *(fn.params if at == 0 else ())]:
                if self.owns(value) and not value.is_borrowed:
                    live |= self.bit(value)
            for number, op in enumerate(block.ops):
                live = self.scan_op(op, live, block, number)
            self.scan_end(block, live)

    def scan_op(self, op: Op, live: int, block: Block, number: int) -> int:
        """What lives after an operation."""
        consumed = borrowed = lenders = 0
        for value, use in zip(op.operands, op.modes, strict=True):
            if not self.owns(value):
                continue
            bit = self.bit(value)
            if use is Use.BORROW:
                borrowed |= bit
                if value in self.lenders:
                    lenders |= self.lender(value)
                elif not value.is_borrowed and not bit & (live | consumed):
                    raise self.op_fault("is used after it was consumed", value, op, block, number)
            elif value.is_borrowed:
                raise self.op_fault("is borrowed and cannot be consumed", value, op, block, number)
            elif not bit & live:
                raise self.op_fault("is consumed and does not live", value, op, block, number)
            else:
                consumed |= bit
                live &= ~bit
            if consumed & borrowed:
                raise self.op_fault("is borrowed and consumed at once", value, op, block, number)
        if lenders & ~live:
            raise self.op_fault("has lent what is used after it was consumed", self.values[(lenders & ~live).bit_length() - 1], op, block, number)
        for value in op.results:
            if self.owns(value) and not value.is_borrowed:
                live |= self.bit(value)
        return live

    def lender(self, value: Value) -> int:
        """What must live where a lent value is used; nothing for what lives as long as the function runs."""
        while value in self.lenders:
            value = self.lenders[value]
        return 0 if value.is_borrowed or not self.owns(value) else self.bit(value)

    def op_fault(self, text: str, value: Value, op: Op, block: Block, number: int) -> CompilerBug:
        return self.fault(f"value {value.name} {text}", f"{block.name}, op {number} ({op.kind.name})", op.site)

    def scan_end(self, block: Block, live: int) -> None:
        terminator = block.terminator
        where, site = f"{block.name}, terminator", terminator.site if terminator else None
        match terminator:
            case Return():
                self.consume_all(terminator.values, live, 0, where, site)
            case Trap():
                if terminator.message is not None:
                    self.consume(terminator.message, live, where, site)
            case Unreachable():
                pass
            case Done():
                self.consume_all([], live, 0, where, site)
            case _:
                for edge in edges(terminator):
                    place = f"edge {block.name} to {edge.block.name}"
                    self.consume_all(edge.args, live, edge.block.carried, place, site)

    def consume_all(self, values: list[Value], live: int, carried: int, where: str, site: Span | None) -> None:
        """What is left after `values` must be what the target carries."""
        for value in values:
            if self.owns(value):
                live = self.consume(value, live, where, site)
        if live & ~carried:
            raise self.fault(f"values {self.shown(live & ~carried)} are lost", where, site)
        if carried & ~live:
            raise self.fault(f"values {self.shown(carried & ~live)} are carried and do not live", where, site)

    def consume(self, value: Value, live: int, where: str, site: Span | None) -> int:
        bit = self.bit(value)
        if value.is_borrowed or not bit & live:
            raise self.fault(f"value {value.name} does not live or is given twice", where, site)
        return live & ~bit

    def shown(self, mask: int) -> str:
        return ", ".join(value.name or "?" for at, value in enumerate(self.values) if mask >> at & 1)
