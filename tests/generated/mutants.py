"""Small wrong changes to IR whose blocks are closed, each with its undo.

In: a module and a random source.  Out: a description and a function that restores the module,
or None when the kind of change found no place.
Assumed: the module was verified before.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from pyhew.ir import ops
from pyhew.ir.facts import owns_heap
from pyhew.ir.ops import Block, Edge, Function, Module, Op, Return, Value, edges
from pyhew.ir.types import Use

Undo = Callable[[], None]
Mutation = tuple[str, Undo]


def mutate(module: Module, rng: random.Random) -> Mutation | None:
    """One random change."""
    fn = rng.choice(list(module.functions.values()))
    block = rng.choice(fn.blocks)
    return rng.choice(KINDS)(fn, block, rng)


def _with_ops(block: Block, new: list[Op], what: str) -> Mutation:
    old = block.ops
    block.ops = new

    def undo() -> None:
        block.ops = old

    return what, undo


def _owned(fn: Function, block: Block) -> list[Value]:
    """Owned values that the block knows."""
    values = [*ops.carried_values(fn, block), *block.params, *(value for op in block.ops for value in op.results)]
    if block is fn.blocks[0]:
        values.extend(fn.params)
    return [value for value in values if owns_heap(value.type)]


def _places(block: Block, kind: ops.OpKind, rng: random.Random) -> int | None:
    found = [at for at, op in enumerate(block.ops) if op.kind is kind]
    return rng.choice(found) if found else None


def delete_drop(fn: Function, block: Block, rng: random.Random) -> Mutation | None:
    at = _places(block, ops.DROP, rng)
    return None if at is None else _with_ops(block, block.ops[:at] + block.ops[at + 1 :], "delete drop")


def repeat_drop(fn: Function, block: Block, rng: random.Random) -> Mutation | None:
    at = _places(block, ops.DROP, rng)
    if at is None:
        return None
    again = Op(ops.DROP, list(block.ops[at].operands), [])
    to = rng.randint(at, len(block.ops))
    return _with_ops(block, [*block.ops[:to], again, *block.ops[to:]], "repeat drop")


def move_drop(fn: Function, block: Block, rng: random.Random) -> Mutation | None:
    at = _places(block, ops.DROP, rng)
    if at is None:
        return None
    rest = block.ops[:at] + block.ops[at + 1 :]
    to = rng.randint(0, len(rest))
    return _with_ops(block, [*rest[:to], block.ops[at], *rest[to:]], "move drop")


def delete_copy(fn: Function, block: Block, rng: random.Random) -> Mutation | None:
    at = _places(block, ops.COPY, rng)
    if at is None:
        return None
    made, source = block.ops[at].results[0], block.ops[at].operands[0]
    changed = [_renamed(op, made, source) for op in block.ops[:at] + block.ops[at + 1 :]]
    ways = [(edge, edge.args) for edge in edges(block.terminator)]
    for edge, args in ways:
        edge.args = [source if value is made else value for value in args]
    what, undo_ops = _with_ops(block, changed, "delete copy")

    def undo() -> None:
        undo_ops()
        for edge, args in ways:
            edge.args = args

    return what, undo


def _renamed(op: Op, old: Value, new: Value) -> Op:
    if old not in op.operands:
        return op
    operands = [new if value is old else value for value in op.operands]
    return Op(op.kind, operands, op.results, op.attrs, op.modes, op.site)


def insert_copy(fn: Function, block: Block, rng: random.Random) -> Mutation | None:
    values = _owned(fn, block)
    if not values:
        return None
    value = rng.choice(values)
    to = rng.randint(0, len(block.ops))
    made = Op(ops.COPY, [value], [Value(value.type, "extra")])
    return _with_ops(block, [*block.ops[:to], made, *block.ops[to:]], "insert copy")


def insert_drop(fn: Function, block: Block, rng: random.Random) -> Mutation | None:
    values = _owned(fn, block)
    if not values:
        return None
    to = rng.randint(0, len(block.ops))
    made = Op(ops.DROP, [rng.choice(values)], [])
    return _with_ops(block, [*block.ops[:to], made, *block.ops[to:]], "insert drop")


def change_operand(fn: Function, block: Block, rng: random.Random) -> Mutation | None:
    places = [(at, k) for at, op in enumerate(block.ops) for k, v in enumerate(op.operands) if owns_heap(v.type)]
    if not places:
        return None
    at, k = rng.choice(places)
    op = block.ops[at]
    others = [v for v in _owned(fn, block) if v.type == op.operands[k].type and v is not op.operands[k]]
    if not others:
        return None
    operands = [*op.operands[:k], rng.choice(others), *op.operands[k + 1 :]]
    new = Op(op.kind, operands, op.results, op.attrs, op.modes, op.site)
    return _with_ops(block, [*block.ops[:at], new, *block.ops[at + 1 :]], "change operand")


def repeat_op(fn: Function, block: Block, rng: random.Random) -> Mutation | None:
    if not block.ops:
        return None
    at = rng.randrange(len(block.ops))
    op = block.ops[at]
    again = Op(op.kind, op.operands, [Value(v.type, "again") for v in op.results], op.attrs, op.modes)
    return _with_ops(block, [*block.ops[: at + 1], again, *block.ops[at + 1 :]], "repeat operation")


def delete_op(fn: Function, block: Block, rng: random.Random) -> Mutation | None:
    places = [at for at, op in enumerate(block.ops) if not op.results]
    if not places:
        return None
    at = rng.choice(places)
    return _with_ops(block, block.ops[:at] + block.ops[at + 1 :], "delete operation")


def change_use(fn: Function, block: Block, rng: random.Random) -> Mutation | None:
    places = [at for at, op in enumerate(block.ops) if op.modes]
    if not places:
        return None
    at = rng.choice(places)
    op = block.ops[at]
    modes = list(op.modes)
    modes[rng.randrange(len(modes))] = rng.choice(list(Use))
    new = Op(op.kind, op.operands, op.results, op.attrs, tuple(modes), op.site)
    return _with_ops(block, [*block.ops[:at], new, *block.ops[at + 1 :]], "change use")


def _edge(block: Block, rng: random.Random) -> Edge | None:
    ways = [edge for edge in edges(block.terminator) if edge.args]
    return rng.choice(ways) if ways else None


def change_argument(fn: Function, block: Block, rng: random.Random) -> Mutation | None:
    edge = _edge(block, rng)
    if edge is None:
        return None
    at = rng.randrange(len(edge.args))
    others = [v for v in _owned(fn, block) if v.type == edge.args[at].type and v is not edge.args[at]]
    if not others:
        return None
    old = edge.args
    edge.args = [*old[:at], rng.choice(others), *old[at + 1 :]]

    def undo() -> None:
        edge.args = old

    return "change edge argument", undo


def delete_argument(fn: Function, block: Block, rng: random.Random) -> Mutation | None:
    edge = _edge(block, rng)
    if edge is None:
        return None
    at = rng.randrange(len(edge.args))
    old = edge.args
    edge.args = old[:at] + old[at + 1 :]

    def undo() -> None:
        edge.args = old

    return "delete edge argument", undo


def redirect(fn: Function, block: Block, rng: random.Random) -> Mutation | None:
    ways = edges(block.terminator)
    if not ways:
        return None
    edge = rng.choice(ways)
    types = [value.type for value in edge.block.params]
    targets = [b for b in fn.blocks[1:] if b is not edge.block and [v.type for v in b.params] == types]
    if not targets:
        return None
    old = edge.block
    edge.block = rng.choice(targets)

    def undo() -> None:
        edge.block = old

    return "redirect edge", undo


def change_return(fn: Function, block: Block, rng: random.Random) -> Mutation | None:
    terminator = block.terminator
    if not isinstance(terminator, Return) or not terminator.values:
        return None
    at = rng.randrange(len(terminator.values))
    others = [v for v in _owned(fn, block) if v.type == terminator.values[at].type and v is not terminator.values[at]]
    if not others:
        return None
    old = terminator.values
    terminator.values = [*old[:at], rng.choice(others), *old[at + 1 :]]

    def undo() -> None:
        terminator.values = old

    return "change return", undo


def change_parameter(fn: Function, block: Block, rng: random.Random) -> Mutation | None:
    places = [at for at, value in enumerate(fn.params) if owns_heap(value.type)]
    if not places:
        return None
    at = rng.choice(places)
    old, was = fn.modes[at], fn.params[at].is_borrowed
    fn.modes[at] = rng.choice([use for use in Use if use is not old])
    fn.params[at].is_borrowed = fn.modes[at] is Use.BORROW

    def undo() -> None:
        fn.modes[at], fn.params[at].is_borrowed = old, was

    return "change parameter", undo


def change_carried(fn: Function, block: Block, rng: random.Random) -> Mutation | None:
    if not fn.carriers:
        return None
    old = block.carried
    block.carried ^= 1 << rng.randrange(len(fn.carriers))

    def undo() -> None:
        block.carried = old

    return "change carried", undo


KINDS = (
    delete_drop, repeat_drop, move_drop, delete_copy, insert_copy, insert_drop, change_operand, repeat_op, delete_op,
    change_use, change_argument, delete_argument, redirect, change_return, change_parameter,
    change_carried,
)  # fmt: skip
