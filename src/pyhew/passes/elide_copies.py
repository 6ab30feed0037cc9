"""Removes copies that a drop undoes.

In: closed blocks.  Out: the same with fewer copies and drops.
Two patterns, each inside one block:
`c = copy v; ... drop v` with `v` only borrowed before `c` is consumed: `c` is `v`.
`x = project r.field; drop r`, nothing in between using `r`: `r` is unpacked, the other
parts dropped, and `x` is its part.
Assumed: ownership verified; order of drops of unrelated values is free, except that
values with a `close` stay where they are.
"""

from __future__ import annotations

from typing import cast

from pyhew.ir.facts import Path, may_close, owns_heap, parts
from pyhew.ir.ops import COPY, DROP, PROJECT, UNPACK, Block, Function, Module, Op, Value
from pyhew.ir.types import Use
from pyhew.passes.rewrite import replace_in_block, terminator_uses


def elide_copies(module: Module) -> list[Function]:
    """Runs over every function; gives back those it changed."""
    return [fn for fn in module.functions.values() if sum([_elide(block) for block in fn.blocks])]


def _elide(block: Block) -> bool:
    changed = False
    kinds = {op.kind for op in block.ops}
    if DROP in kinds and PROJECT in kinds:
        changed = _unpack_instead(block)
    if DROP in kinds and COPY in kinds:
        while _move_instead(block):
            changed = True
    return changed


# --------------------------------------------------------------------------- copy and drop


def _move_instead(block: Block) -> bool:
    consumed, borrowed = _uses(block)
    gone: set[Op] = set()
    renamed: dict[Value, Value] = {}
    for at, op in enumerate(block.ops):
        if op.kind is not COPY:
            continue
        source, made = op.operands[0], op.results[0]
        end = consumed.get(source)
        if end is None or end >= len(block.ops) or block.ops[end].kind is not DROP or end <= at:
            continue
        is_taken = block.ops[end] in gone or source in renamed or made in renamed.values()
        if is_taken or may_close(source.type) or source.is_borrowed:
            continue
        last_borrow = max((use for use in borrowed.get(source, ()) if use > at), default=at)
        if consumed.get(made, -1) <= last_borrow:
            continue
        gone.update((op, block.ops[end]))
        renamed[made] = source
    if not renamed:
        return False
    block.ops = [op for op in block.ops if op not in gone]
    replace_in_block(block, renamed)
    return True


def _uses(block: Block) -> tuple[dict[Value, int], dict[Value, list[int]]]:
    """Where each value is consumed (the terminator counts as the end), and where it is borrowed."""
    consumed: dict[Value, int] = {}
    borrowed: dict[Value, list[int]] = {}
    for at, op in enumerate(block.ops):
        for value, use in zip(op.operands, op.modes, strict=True):
            if use is Use.BORROW:
                borrowed.setdefault(value, []).append(at)
            else:
                consumed[value] = at
    for value in terminator_uses(block.terminator):
        consumed.setdefault(value, len(block.ops))
    return consumed, borrowed


# --------------------------------------------------------------------------- project and drop


def _unpack_instead(block: Block) -> bool:
    _, borrowed = _uses(block)
    at_drop = {op.operands[0]: at for at, op in enumerate(block.ops) if op.kind is DROP}
    instead: dict[int, list[Op]] = {}
    for at, op in enumerate(block.ops):
        if op.kind is not PROJECT or not owns_heap(op.results[0].type):
            continue
        root, path = op.operands[0], cast(Path, op.attrs["path"])
        end = at_drop.get(root)
        if end is None or end < at or any(use > at for use in borrowed.get(root, ())):
            continue
        if not path or any(step[0] != "field" for step in path) or may_close(root.type):
            continue
        instead[at] = _take_out(root, path, op)
        instead[end] = []
    if not instead:
        return False
    ops: list[Op] = []
    for at, op in enumerate(block.ops):
        ops.extend(instead.get(at, (op,)))
    block.ops = ops
    return True


def _take_out(root: Value, path: Path, op: Op) -> list[Op]:
    """Unpacks along the path and drops what is left aside; the part at the end keeps its name."""
    ops: list[Op] = []
    for depth, step in enumerate(path, 1):
        pieces = [Value(ty) for ty in parts(root.type)]
        if depth == len(path):
            pieces[cast(int, step[1])] = op.results[0]
        ops.append(Op(UNPACK, [root], pieces, site=op.site))
        root = pieces[cast(int, step[1])]
        ops.extend(
            Op(DROP, [piece], [], site=op.site) for piece in pieces if piece is not root and owns_heap(piece.type)
        )
    return ops
