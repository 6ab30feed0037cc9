"""Leaves out waits for room in a mailbox where nothing may wait.

In: a module fresh from lowering.  Out: no polite `suspend` in any function that a hook, a `close` or
another function that must not suspend may call, directly or through an object or generator.
Assumed: going on after a polite `suspend` without having waited is harmless: the mailbox then holds more than
its capacity, and the actor begins nothing else before there is room.
"""

from __future__ import annotations

from typing import cast

from pyhew.ir.ops import CALL, CALL_OBJECT, GEN_NEXT, OBJECT, SUSPEND, Function, Module, callee_of
from pyhew.ir.types import FrameT, IrType
from pyhew.passes.check_suspends import must_be_plain


def drop_polite_waits(module: Module) -> None:
    """Runs over the module."""
    polite = [fn for fn in module.functions.values() if _waits_politely(fn)]
    if not polite:
        return
    plain = _reachable(module)
    for fn in polite:
        if fn not in plain:
            continue
        for block in fn.blocks:
            block.ops = [op for op in block.ops if not (op.kind is SUSPEND and op.attrs.get("is_polite"))]


def _waits_politely(fn: Function) -> bool:
    return any(op.kind is SUSPEND and op.attrs.get("is_polite") for block in fn.blocks for op in block.ops)


def _reachable(module: Module) -> dict[Function, None]:
    """Every function that may run below one that must not suspend."""
    behind: dict[IrType, list[Function]] = {}
    for fn in module.functions.values():
        if fn.yields is not None:
            behind.setdefault(FrameT(fn.yields, fn.result), []).append(fn)
        for block in fn.blocks:
            for op in block.ops:
                if op.kind is OBJECT:
                    table = cast(tuple[Function, ...], op.attrs["table"])
                    behind.setdefault(op.results[0].type, []).extend(table)
    work = [module.functions[symbol] for symbol, _ in must_be_plain(module) if symbol in module.functions]
    found: dict[Function, None] = {}
    while work:
        fn = work.pop()
        if fn in found:
            continue
        found[fn] = None
        for block in fn.blocks:
            for op in block.ops:
                if op.kind is CALL:
                    work.append(callee_of(op))
                elif op.kind is CALL_OBJECT or op.kind is GEN_NEXT:
                    work.extend(behind.get(op.operands[0].type, ()))
    return found
