"""Appends to a string what would first become a string of its own.

In: closed blocks.  Out: the same with fewer short-lived strings.
`t = call show(x); s2 = append s, t; drop t` becomes `s2 = append_number s, x` when `show` does nothing but
call the runtime's conversion; when `show` only copies a string, that string is appended itself.
All inside one block.  The conversion has no effect, so it may be made later.
Assumed: ownership verified; f-strings and `+=` were lowered to appends.
"""

from __future__ import annotations

from typing import cast

from pyhew.abi import functions as abi
from pyhew.abi.rows import RuntimeFn
from pyhew.ir.ops import (
    CALL,
    CONVERT,
    COPY,
    DROP,
    RUNTIME,
    Block,
    Function,
    Module,
    Op,
    Return,
    Value,
    callee_of,
    runtime_modes,
)
from pyhew.ir.types import Use
from pyhew.passes.rewrite import terminator_uses

_DIRECT: dict[str, RuntimeFn] = {
    abi.STRING_FROM_I64.name: abi.STRING_APPEND_I64,
    abi.STRING_FROM_U64.name: abi.STRING_APPEND_U64,
}
"""What appends a conversion's text without making it a string."""


def fuse_appends(module: Module) -> list[Function]:
    """Runs over every function; gives back those it changed."""
    known: dict[Function, list[Op] | None] = {}
    return [fn for fn in module.functions.values() if sum([_fuse(block, known) for block in fn.blocks])]


def _is_append(op: Op) -> bool:
    return op.kind is RUNTIME and op.attrs["fn"] is abi.STRING_APPEND


def _fuse(block: Block, known: dict[Function, list[Op] | None]) -> bool:
    if not any(_is_append(op) for op in block.ops):
        return False
    uses = _uses(block)
    instead: dict[Op, list[Op]] = {}
    for at, op in enumerate(block.ops):
        if op.kind is not CALL or len(op.results) != 1 or len(op.operands) != 1:
            continue
        places = uses.get(op.results[0], [])
        if len(places) != 2 or places[1] >= len(block.ops):
            continue
        append, drop = block.ops[places[0]], block.ops[places[1]]
        if not _is_append(append) or append.operands[1] is not op.results[0] or drop.kind is not DROP:
            continue
        steps = _steps(callee_of(op), known)
        direct = None if steps is None else _direct(op, append, steps, block.ops[at + 1 : places[0]])
        if direct is not None:
            instead.update({op: [], append: direct, drop: []})
    if instead:
        block.ops = [new for op in block.ops for new in instead.get(op, (op,))]
    return bool(instead)


def _uses(block: Block) -> dict[Value, list[int]]:
    """Where each value is used; the terminator counts as the end."""
    uses: dict[Value, list[int]] = {}
    for at, op in enumerate(block.ops):
        for value in op.operands:
            uses.setdefault(value, []).append(at)
    for value in terminator_uses(block.terminator):
        uses.setdefault(value, []).append(len(block.ops))
    return uses


def _direct(call: Op, append: Op, steps: list[Op], between: list[Op]) -> list[Op] | None:
    """What does the same as the call and the append."""
    value = call.operands[0]
    if steps[-1].kind is COPY:
        is_kept = not any(value is used and use is not Use.BORROW for op in between for used, use in op.uses())
        if len(steps) > 1 or not is_kept or value is append.operands[0]:
            return None
        return [Op(RUNTIME, [append.operands[0], value], append.results, append.attrs, append.modes, append.site)]
    made: list[Op] = []
    for step in steps[:-1]:
        result = Value(step.results[0].type)
        made.append(Op(step.kind, [value], [result], step.attrs, step.modes, append.site))
        value = result
    wanted = _DIRECT[cast(RuntimeFn, steps[-1].attrs["fn"]).name]
    operands = [append.operands[0], value]
    return [*made, Op(RUNTIME, operands, append.results, {"fn": wanted}, runtime_modes(wanted), append.site)]


def _steps(fn: Function, known: dict[Function, list[Op] | None]) -> list[Op] | None:
    """What a function that only shows its one argument does: conversions, then a runtime call or a copy."""
    if fn not in known:
        known[fn] = None
        known[fn] = _find_steps(fn, known)
    return known[fn]


def _find_steps(fn: Function, known: dict[Function, list[Op] | None]) -> list[Op] | None:
    block = fn.blocks[0]
    if len(fn.blocks) != 1 or len(fn.params) != 1 or fn.modes[0] is not Use.BORROW or fn.suspends:
        return None
    if not isinstance(block.terminator, Return) or len(block.terminator.values) != 1:
        return None
    steps: list[Op] = []
    value = fn.params[0]
    for op in block.ops:
        if op.operands != [value] or len(op.results) != 1:
            return None
        value = op.results[0]
        steps.append(op)
    if not steps or block.terminator.values[0] is not value or any(op.kind is not CONVERT for op in steps[:-1]):
        return None
    last = steps[-1]
    if last.kind is CALL:
        inner = _steps(callee_of(last), known)
        return None if inner is None else steps[:-1] + inner
    if last.kind is COPY:
        return steps
    return steps if last.kind is RUNTIME and cast(RuntimeFn, last.attrs["fn"]).name in _DIRECT else None
