"""Turns inout parameters that every path returns unchanged into borrowed ones.

In: functions whose parameters that hold a `Vec` are all marked inout.  Out: the
same with the fewest inout parameters: returns, call sites and `Op.modes` agree.
Assumed: runs before `insert_drops`.  Functions in the table of an `object` keep
their uses, because a call through the object cannot know which one it reaches.
The fixpoint is optimistic: a parameter is a borrow until some return proves otherwise.
A value that a call is given twice is afterwards what the operand that is changed became.
What was taken out of a place, left alone and put back has changed nothing: the whole is what it was, and only read there.
"""

from __future__ import annotations

from typing import cast

from pyhew.ir.facts import owns_heap
from pyhew.ir.flow import remove_unreachable
from pyhew.ir.ops import (
    CALL,
    OBJECT,
    PROJECT,
    PUT,
    TAKE,
    Function,
    Module,
    Op,
    Return,
    Value,
    callee_of,
    edges,
)
from pyhew.ir.optypes import returned_types
from pyhew.ir.types import Use
from pyhew.passes.rewrite import replace_values, terminator_uses

_Changed = dict[str, set[int]]


def infer_modes(module: Module) -> list[Function]:
    """Runs over the module; gives back the functions it changed."""
    fixed = _table_functions(module)
    candidates: dict[str, set[int]] = {}
    for symbol, fn in module.functions.items():
        remove_unreachable(fn)
        is_free = symbol not in fixed and fn.yields is None
        candidates[symbol] = {at for at, use in enumerate(fn.modes) if use is Use.INOUT} if is_free else set()
    callers = _callers(module)
    work = [symbol for symbol, inouts in candidates.items() if inouts]
    while work:
        symbol = work.pop()
        mutated = candidates[symbol] & _mutated(module.functions[symbol], candidates)
        if mutated:
            candidates[symbol] -= mutated
            work.extend(caller for caller in callers[symbol] if candidates[caller])
            work.append(symbol)
    touched: list[Function] = []
    for symbol, fn in module.functions.items():
        if rewrite_calls(fn, candidates) | bool(candidates[symbol]):
            touched.append(fn)
    for symbol, fn in module.functions.items():
        if candidates[symbol]:
            rewrite_head(fn, candidates[symbol])
    return touched


def _table_functions(module: Module) -> set[str]:
    return {
        ref.symbol
        for fn in module.functions.values()
        for block in fn.blocks
        for op in block.ops
        if op.kind is OBJECT
        for ref in cast(tuple[Function, ...], op.attrs["table"])
    }


def _callers(module: Module) -> dict[str, list[str]]:
    callers: dict[str, dict[str, None]] = {symbol: {} for symbol in module.functions}
    for symbol, fn in module.functions.items():
        for block in fn.blocks:
            for op in block.ops:
                if op.kind is CALL:
                    callers[callee_of(op).symbol][symbol] = None
    return {symbol: list(who) for symbol, who in callers.items()}


def _result_offset(fn: Function) -> int:
    """How many results of a call stand before the successors."""
    return len(returned_types(fn.result, ()))


def _successors(op: Op, candidates: _Changed) -> list[tuple[Value, Value, bool]]:
    """For each inout operand of a call: operand, successor, whether the callee is taken to leave it alone."""
    callee = callee_of(op)
    unchanged = candidates[callee.symbol]
    at = _result_offset(callee)
    out: list[tuple[Value, Value, bool]] = []
    for number, (value, use) in enumerate(zip(op.operands, op.modes, strict=True)):
        if use is Use.INOUT:
            out.append((value, op.results[at], number in unchanged))
            at += 1
    return out


def _unchanged(op: Op, candidates: _Changed) -> list[tuple[Value, Value]]:
    """The successors of a call that are no new values, each with the value that it is."""
    successors = _successors(op, candidates)
    changed = {value: successor for value, successor, is_same in successors if not is_same}
    return [(successor, changed.get(value, value)) for value, successor, is_same in successors if is_same]


def _mutated(fn: Function, candidates: _Changed) -> set[int]:
    """The inout parameters that some return does not give back as they came."""
    origin: dict[Value, Value] = {value: value for value in fn.params}
    if any(op.kind is CALL for block in fn.blocks for op in block.ops):
        links = [link for block in fn.blocks for op in block.ops if op.kind is CALL for link in _unchanged(op, candidates)]
        links += [(whole[-1], root) for root, whole in _put_back(fn, dict(links))]
    else:
        links = []
    _spread(fn, origin, links)
    mutated: set[int] = set()
    inouts = [at for at, use in enumerate(fn.modes) if use is Use.INOUT]
    offset = _result_offset(fn)
    for block in fn.blocks:
        if isinstance(block.terminator, Return):
            for slot, at in enumerate(inouts):
                value = block.terminator.values[offset + slot]
                if origin.get(value) is not fn.params[at]:
                    mutated.add(at)
    return mutated


def _put_back(fn: Function, same: dict[Value, Value]) -> list[tuple[Value, tuple[Value, ...]]]:
    """The roots whose parts were all put back as they were taken, each with the values it was on the way there.

    `same` says which results of calls are the operands.  The values end with the one that is the root again.
    """
    lent: dict[Value, tuple[Value, tuple[Op, ...], tuple[Value, ...]]] = {}
    done: list[tuple[Value, tuple[Value, ...]]] = []
    for block in fn.blocks:
        for op in block.ops:
            if op.kind is TAKE:
                base = _meant(op.operands[0], same)
                root, taken, values = lent.get(base, (base, (), ()))
                lent[op.results[1]] = (root, (*taken, op), (*values, op.results[1]))
            elif op.kind is PUT and op.operands[0] in lent:
                root, taken, values = lent[op.operands[0]]
                back = _meant(op.operands[1], same)
                left = tuple(one for one in taken if not (one.results[0] is back and _is_same_place(one, op)))
                values = (*values, op.results[0])
                if not left:
                    done.append((root, values))
                elif len(left) < len(taken):
                    lent[op.results[0]] = (root, left, values)
    return done


def _meant(value: Value, same: dict[Value, Value]) -> Value:
    while value in same:
        value = same[value]
    return value


def _is_same_place(take: Op, put: Op) -> bool:
    return take.attrs["path"] == put.attrs["path"] and take.operands[1:] == put.operands[2:]


def _spread(fn: Function, origin: dict[Value, Value], links: list[tuple[Value, Value]]) -> None:
    """Finds for each value which parameter it is, through calls and block parameters.

    A block parameter is a parameter of the function when all arguments that are
    known by now agree; a contradiction makes it itself, which never changes again.
    """
    by_source: dict[Value, list[Value]] = {}
    for successor, value in links:
        by_source.setdefault(value, []).append(successor)
    incoming: dict[Value, list[Value]] = {}
    for block in fn.blocks:
        for edge in edges(block.terminator):
            for arg, param in zip(edge.args, edge.block.params, strict=True):
                incoming.setdefault(param, []).append(arg)
                by_source.setdefault(arg, []).append(param)
    linked = {successor for successor, _ in links}
    for block in fn.blocks:
        for op in block.ops:
            for value in op.results:
                if value not in linked:
                    origin[value] = value
    source = dict(links)
    work = [user for value in list(origin) for user in by_source.get(value, ())]
    while work:
        value = work.pop()
        if value in source:
            new = origin.get(source[value])
        else:
            known = {origin[arg] for arg in incoming[value] if arg in origin}
            new = value if len(known) > 1 else next(iter(known), None)
        old = origin.get(value)
        if new is None or old is new or old is value:
            continue
        origin[value] = new
        work.extend(by_source.get(value, ()))


# --------------------------------------------------------------------------- rewriting


def rewrite_calls(fn: Function, candidates: _Changed) -> bool:
    """Removes the successors of operands that callees now borrow; whether anything changed."""
    renamed: dict[Value, Value] = {}
    for block in fn.blocks:
        for op in block.ops:
            if op.kind is not CALL or not candidates[callee_of(op).symbol]:
                continue
            gone = dict(_unchanged(op, candidates))
            renamed.update(gone)
            op.results = [value for value in op.results if value not in gone]
            unchanged = candidates[callee_of(op).symbol]
            op.modes = tuple(Use.BORROW if at in unchanged else use for at, use in enumerate(op.modes))
    if renamed:
        renamed.update(_read_only(fn, renamed))
        renamed.update(_needless_returns(fn, renamed))
        replace_values(fn.blocks, renamed)
    return bool(renamed)


def _read_only(fn: Function, same: dict[Value, Value]) -> dict[Value, Value]:
    """Reads what was taken, left alone and put back; the values in between must serve for nothing else."""
    found = _put_back(fn, same)
    if not found:
        return {}
    uses: dict[Value, int] = {}
    for block in fn.blocks:
        for value in (*(value for op in block.ops for value in op.operands), *terminator_uses(block.terminator)):
            uses[value] = uses.get(value, 0) + 1
    renamed: dict[Value, Value] = {}
    for root, values in found:
        if all(uses.get(value) == 1 for value in values[:-1]):
            renamed.update((value, root) for value in values)
    for block in fn.blocks:
        for op in block.ops:
            if op.kind is TAKE and op.results[1] in renamed:
                op.kind, op.results, op.modes = PROJECT, op.results[:1], (Use.BORROW, *op.modes[1:])
        block.ops = [op for op in block.ops if not (op.kind is PUT and op.results[0] in renamed)]
    return renamed


def _needless_returns(fn: Function, unchanged: dict[Value, Value]) -> dict[Value, Value]:
    """Removes what puts an unchanged copy back over the place it was made of: a `take` for nothing and its `put`."""
    renamed: dict[Value, Value] = {}
    for block in fn.blocks:
        gone: set[int] = set()
        for at, (take, put) in enumerate(zip(block.ops, block.ops[1:])):
            if take.kind is TAKE and put.kind is PUT and put.operands[0] is take.results[1] and put.operands[1] in unchanged:
                renamed[put.results[0]] = take.operands[0]
                gone |= {at, at + 1}
        block.ops = [op for at, op in enumerate(block.ops) if at not in gone]
    return renamed


def rewrite_head(fn: Function, unchanged: set[int]) -> None:
    """Makes the parameters in `unchanged` borrows: returns no longer give them back."""
    offset = _result_offset(fn)
    inouts = [at for at, use in enumerate(fn.modes) if use is Use.INOUT]
    dropped = {offset + slot for slot, at in enumerate(inouts) if at in unchanged}
    for block in fn.blocks:
        if isinstance(block.terminator, Return):
            values = block.terminator.values
            block.terminator.values = [value for at, value in enumerate(values) if at not in dropped]
    for at in unchanged:
        fn.modes[at] = Use.BORROW
        fn.params[at].is_borrowed = owns_heap(fn.params[at].type)
