"""The structural verifier: form, types, dominance, terminators.

In: a module, or some of its functions.  Out: nothing; a fault raises `CompilerBug`
that names function, block and operation.
Assumed: nothing.  Ownership is checked by `ir/ownership.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from pyhew.ir.facts import IrFault, Path, is_lent_path, owns_heap, same_type
from pyhew.ir.flow import Dominators, reverse_postorder
from pyhew.ir.ops import (
    LEND,
    Block,
    CondBranch,
    Function,
    Module,
    Op,
    Return,
    Switch,
    Trap,
    Value,
    edges,
)
from pyhew.ir.optypes import check_op, function_params, returned_types
from pyhew.ir.types import BoolT, IntT, IrType, StringT, Use
from pyhew.source.diagnostics import CompilerBug
from pyhew.source.spans import Span


def verify_structure(module: Module, functions: Iterable[Function] | None = None) -> None:
    """Checks `functions`, or all of the module's."""
    for fn in module.functions.values() if functions is None else functions:
        _Structure(module, fn).run()


class _Structure:
    """The check of one function; definitions are numbered so that dominance inside a block is a comparison."""

    __slots__ = ("dominators", "fn", "homes", "module")

    def __init__(self, module: Module, fn: Function) -> None:
        self.module = module
        self.fn = fn
        self.homes: dict[Value, tuple[Block, int]] = {}
        self.dominators: Dominators

    def fault(self, text: str, where: str, site: Span | None) -> CompilerBug:
        return CompilerBug(f"malformed IR in {self.fn.symbol}, {where}: {text}", site)

    def run(self) -> None:
        fn = self.fn
        self.check_head()
        order = reverse_postorder(fn)
        if not set(order) <= set(fn.blocks):
            raise self.fault("an edge leads to a block of another function", "blocks", fn.site)
        self.dominators = Dominators(order)
        self.define(order)
        for block in order:
            self.check_block(block)

    def check_head(self) -> None:
        fn = self.fn
        if not fn.blocks or fn.blocks[0].params:
            raise self.fault("the entry block is missing or has parameters", "entry", fn.site)
        if len(fn.params) != len(fn.modes):
            raise self.fault("parameters and uses differ in number", "parameters", fn.site)
        for value, use in zip(fn.params, fn.modes, strict=True):
            is_borrowed = use is Use.BORROW and owns_heap(value.type)
            if value.is_borrowed != is_borrowed:
                raise self.fault(f"parameter {value.name} is marked wrongly as borrowed", "parameters", fn.site)
        for block in fn.blocks:
            if block.terminator is None:
                raise self.fault("no terminator", block.name, fn.site)
            for edge in edges(block.terminator):
                if edge.block is fn.blocks[0]:
                    raise self.fault("an edge leads to the entry", block.name, block.terminator.site)

    def define(self, order: list[Block]) -> None:
        entry = order[0]
        for value in self.fn.params:
            self.add(value, entry, -2, "parameters")
        for block in order:
            for value in block.params:
                self.add(value, block, -1, block.name)
            for at, op in enumerate(block.ops):
                for value in op.results:
                    self.add(value, block, at, block.name, op)

    def add(self, value: Value, block: Block, at: int, where: str, op: Op | None = None) -> None:
        if value in self.homes:
            raise self.fault(f"value {value.name} is defined twice", where, None)
        is_lent = op is not None and op.kind is LEND
        if at != -2 and value.is_borrowed is not is_lent:
            raise self.fault(f"value {value.name} is no parameter and cannot be borrowed", where, None)
        if op is not None and is_lent and not is_lent_path(op.operands[0].type, cast(Path, op.attrs["path"])):
            raise self.fault(f"value {value.name} is lent by what may change", where, None)
        self.homes[value] = (block, at)

    def check_block(self, block: Block) -> None:
        for at, op in enumerate(block.ops):
            where = f"{block.name}, op {at} ({op.kind.name})"
            for value in op.operands:
                self.check_use(value, block, at, where, op.site)
            try:
                check_op(op, self.module)
            except IrFault as fault:
                raise self.fault(str(fault), where, op.site) from None
        try:
            self.check_terminator(block)
        except IrFault as fault:
            site = block.terminator.site if block.terminator else None
            raise self.fault(str(fault), f"{block.name}, terminator", site) from None

    def check_use(self, value: Value, block: Block, at: int, where: str, site: Span | None) -> None:
        home = self.homes.get(value)
        if home is None:
            raise self.fault(f"value {value.name} is not defined", where, site)
        if home[0] is block:
            if home[1] >= at:
                raise self.fault(f"value {value.name} is used before it is defined", where, site)
        elif not self.dominators.dominates(home[0], block):
            raise self.fault(f"value {value.name} is not defined on every way here", where, site)

    def check_terminator(self, block: Block) -> None:
        terminator = block.terminator
        where, at = f"{block.name}, terminator", len(block.ops)
        site = terminator.site if terminator else None
        match terminator:
            case CondBranch():
                self.check_use(terminator.condition, block, at, where, site)
                _need(isinstance(terminator.condition.type, BoolT), "the condition is no bool")
            case Switch():
                self.check_use(terminator.value, block, at, where, site)
                _need(isinstance(terminator.value.type, IntT), "the switch is on no integer")
                numbers = [number for number, _ in terminator.cases]
                _need(len(set(numbers)) == len(numbers), "a case occurs twice")
                _need(bool(numbers) or terminator.default is not None, "a switch without a way out")
            case Return():
                for value in terminator.values:
                    self.check_use(value, block, at, where, site)
                wanted = returned_types(self.fn.result, function_params(self.fn))
                _match([value.type for value in terminator.values], wanted, "returned values")
            case Trap():
                if terminator.message is not None:
                    self.check_use(terminator.message, block, at, where, site)
                    _need(isinstance(terminator.message.type, StringT), "the message is no string")
            case _:
                pass
        for edge in edges(terminator):
            for value in edge.args:
                self.check_use(value, block, at, where, site)
            _match([v.type for v in edge.args], [v.type for v in edge.block.params], f"arguments of {edge.block.name}")


def _need(truth: bool, text: str) -> None:
    if not truth:
        raise IrFault(text)


def _match(found: list[IrType], wanted: list[IrType], what: str) -> None:
    if len(found) != len(wanted):
        raise IrFault(f"{len(found)} {what}, {len(wanted)} wanted")
    for at, (left, right) in enumerate(zip(found, wanted, strict=True)):
        if not same_type(left, right):
            raise IrFault(f"{what}: number {at} has type {left}, wanted {right}")
