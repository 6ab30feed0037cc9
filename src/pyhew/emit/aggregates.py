"""Structs, tuples and enums: free, because values are leaves already.

In: pack, unpack, variant and their like.  Out: mostly nothing but new names for leaves.
Assumed: slots that a variant does not use are zero.
"""

from __future__ import annotations

from typing import cast

from pyhew.emit.context import Emit, zero_of
from pyhew.ir.ops import Op


def emit_pack(cx: Emit, op: Op) -> None:
    """Parts to the whole."""
    cx.env[op.results[0]] = tuple(leaf for value in op.operands for leaf in cx.leaves(value))


def emit_unpack(cx: Emit, op: Op) -> None:
    """The whole to its parts."""
    leaves = cx.leaves(op.operands[0])
    at = 0
    for value in op.results:
        count = len(cx.layout.leaves(value.type))
        cx.env[value] = leaves[at : at + count]
        at += count


def emit_variant(cx: Emit, op: Op) -> None:
    """A payload and its tag."""
    ty = op.results[0].type
    slots = cx.layout.leaves(ty)
    index = cast(int, op.attrs["index"])
    out = [str(index)]
    for value in op.operands:
        for leaf, held in zip(cx.leaves(value), cx.layout.leaves(value.type), strict=True):
            out.append(cx.recast(leaf, held, slots[len(out)]))
    out.extend(zero_of(slot) for slot in slots[len(out) :])
    cx.env[op.results[0]] = tuple(out)


def emit_unvariant(cx: Emit, op: Op) -> None:
    """The payload of a known variant."""
    leaves = cx.leaves(op.operands[0])
    slots = cx.layout.leaves(op.operands[0].type)
    at = 1
    for value in op.results:
        out: list[str] = []
        for wanted in cx.layout.leaves(value.type):
            out.append(cx.recast(leaves[at], slots[at], wanted))
            at += 1
        cx.env[value] = tuple(out)


def emit_from_tag(cx: Emit, op: Op) -> None:
    """An enum without payloads from its index."""
    held = cx.layout.leaves(op.operands[0].type)[0]
    tag = cx.recast(cx.one(op.operands[0]), held, "i32")
    cx.env[op.results[0]] = (tag,)


