"""The ownership verifier: closed blocks, one scan per block.

In: functions after `insert_drops`.  Out: nothing; a fault raises `CompilerBug`.
The rule: an owned value lives inside one block; at its end it is consumed, or is
an argument of every outgoing edge exactly once.  A trap or a call that does not
return may leave values behind, because the actor's sweep owns them then.
Assumed: the structure was verified.
"""

from __future__ import annotations

from collections.abc import Iterable

from pyhew.ir.facts import owns_heap
from pyhew.ir.ops import (
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
    """The check of one function."""

    __slots__ = ("fn", "known")

    def __init__(self, fn: Function) -> None:
        self.fn = fn
        self.known: dict[IrType, bool] = {}

    def fault(self, text: str, where: str, site: Span | None) -> CompilerBug:
        return CompilerBug(f"ownership is wrong in {self.fn.symbol}, {where}: {text}", site)

    def owns(self, value: Value) -> bool:
        ty = value.type
        answer = self.known.get(ty)
        if answer is None:
            answer = self.known[ty] = owns_heap(ty)
        return answer

    def run(self) -> None:
        fn = self.fn
        for at, block in enumerate(fn.blocks):
            live = {value for value in block.params if self.owns(value)}
            if at == 0:
                live.update(v for v in fn.params if not v.is_borrowed and self.owns(v))
            for number, op in enumerate(block.ops):
                self.scan_op(op, live, block, number)
            self.scan_end(block, live)

    def scan_op(self, op: Op, live: set[Value], block: Block, number: int) -> None:
        consumed: list[Value] = []
        borrowed: list[Value] = []
        for value, use in zip(op.operands, op.modes, strict=True):
            if not self.owns(value):
                continue
            if use is Use.BORROW:
                borrowed.append(value)
                if not value.is_borrowed and value not in live:
                    raise self.op_fault("is used after it was consumed", value, op, block, number)
            elif value.is_borrowed:
                raise self.op_fault("is borrowed and cannot be consumed", value, op, block, number)
            elif value not in live:
                raise self.op_fault("is consumed and does not live", value, op, block, number)
            else:
                consumed.append(value)
                live.discard(value)
        for value in borrowed:
            if value in consumed:
                raise self.op_fault("is borrowed and consumed at once", value, op, block, number)
        for value in op.results:
            if self.owns(value):
                live.add(value)

    def op_fault(self, text: str, value: Value, op: Op, block: Block, number: int) -> CompilerBug:
        return self.fault(f"value {value.name} {text}", f"{block.name}, op {number} ({op.kind.name})", op.site)

    def scan_end(self, block: Block, live: set[Value]) -> None:
        terminator = block.terminator
        where, site = f"{block.name}, terminator", terminator.site if terminator else None
        match terminator:
            case Return():
                self.consume_all(terminator.values, live, where, site)
            case Trap():
                if terminator.message is not None:
                    self.consume(terminator.message, set(live), where, site)
            case Unreachable():
                pass
            case Done():
                if live:
                    raise self.fault(f"values {_names(live)} are lost", where, site)
            case _:
                for edge in edges(terminator):
                    self.consume_all(edge.args, set(live), f"edge {block.name} to {edge.block.name}", site)

    def consume_all(self, values: list[Value], live: set[Value], where: str, site: Span | None) -> None:
        for value in values:
            if self.owns(value):
                self.consume(value, live, where, site)
        if live:
            raise self.fault(f"values {_names(live)} are lost", where, site)

    def consume(self, value: Value, live: set[Value], where: str, site: Span | None) -> None:
        if value not in live:
            raise self.fault(f"value {value.name} does not live or is given twice", where, site)
        live.discard(value)


def _names(values: set[Value]) -> str:
    return ", ".join(sorted(value.name or "?" for value in values))
