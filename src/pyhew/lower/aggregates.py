"""Records and variants of values.

In: the values of fields, in their order.  Out: one value.
Assumed: the layout of a type is `lower/types.py`'s.
"""

from __future__ import annotations

from pyhew.ir import facts as ir_facts
from pyhew.ir import ops
from pyhew.ir.ops import Value
from pyhew.ir.types import BoxT, IrType, ResourceT
from pyhew.lower.context import Lower
from pyhew.lower.types import enum_of


def make_variant(cx: Lower, ty: IrType, index: int, payload: list[Value]) -> Value:
    """A variant, boxed when its enum is indirect."""
    made = cx.b.variant(enum_of(ty), index, payload)
    return cx.b.one(ops.BOX, [made], ty) if isinstance(ty, BoxT) else made


def make_record(cx: Lower, ty: IrType, fields: list[Value]) -> Value:
    """A record, on the heap when it is a resource; what the program cannot name begins empty."""
    if isinstance(ty, ResourceT):
        return cx.b.one(ops.RESOURCE_NEW, [cx.b.pack(fields, ty.content)], ty)
    return cx.b.pack([*fields, *(cx.b.zero(part) for part in ir_facts.parts(ty)[len(fields) :])], ty)
