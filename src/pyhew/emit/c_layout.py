"""How C lays values out and passes them: the System V ABI of x86-64.

In: IR types.  Out: places in memory, register types.
A record of at most 16 bytes travels in one or two registers, by eightbytes that are floats only or not, when enough of
them are left for all of it; a larger one, and one that finds too few, through memory.
Assumed: fields have their natural alignment; a record inside keeps its own size.
"""

from __future__ import annotations

from pyhew.emit.layout import Layout
from pyhew.ir.facts import parts
from pyhew.ir.types import BoolT, IntT, IrType, StructT, TupleT
from pyhew.source.records import record

_FLOATS = ("float", "double", "<2 x float>")
_IN_REGISTERS = 16
"""Bytes."""


@record(frozen=True, slots=True)
class CShape:
    """The scalars of one type, where they stand in memory, and the registers of a record that fits in two."""

    leaves: tuple[str, ...]
    offsets: tuple[int, ...]
    size: int
    align: int
    eightbytes: tuple[str, ...]

    @property
    def is_record(self) -> bool:
        """Whether more than one scalar belongs together."""
        return len(self.leaves) > 1

    @property
    def is_large(self) -> bool:
        """Whether it always travels through memory."""
        return self.is_record and self.size > _IN_REGISTERS


class Registers:
    """What is left of the registers for arguments."""

    __slots__ = ("floats", "ints")

    def __init__(self) -> None:
        self.ints, self.floats = 6, 8

    def take(self, kinds: tuple[str, ...]) -> bool:
        """Whether all of a value found room; if not, nothing was taken."""
        floats = sum(kind in _FLOATS for kind in kinds)
        ints = len(kinds) - floats
        if ints > self.ints or floats > self.floats:
            return False
        self.ints, self.floats = self.ints - ints, self.floats - floats
        return True


def c_shape(layout: Layout, ty: IrType) -> CShape:
    """The shape of a type in C."""
    if not isinstance(ty, StructT | TupleT):
        shape = layout.shape(ty)
        return CShape(shape.leaves, shape.offsets, shape.size, max(1, min(8, shape.size)), ())
    leaves: list[str] = []
    offsets: list[int] = []
    at, widest = 0, 1
    for part in parts(ty):
        inner = c_shape(layout, part)
        at = _up(at, inner.align)
        leaves += inner.leaves
        offsets += (at + offset for offset in inner.offsets)
        at, widest = at + inner.size, max(widest, inner.align)
    size = _up(at, widest)
    return CShape(tuple(leaves), tuple(offsets), size, widest, _eightbytes(leaves, offsets, size))


def extension(ty: IrType) -> str:
    """How a small integer fills its register."""
    if isinstance(ty, BoolT):
        return " zeroext"
    if isinstance(ty, IntT) and ty.bits < 32:
        return " signext" if ty.signed else " zeroext"
    return ""


def _up(at: int, align: int) -> int:
    return (at + align - 1) // align * align


def _eightbytes(leaves: list[str], offsets: list[int], size: int) -> tuple[str, ...]:
    kinds: list[str] = []
    for start in range(0, size, 8):
        inside = [leaf for leaf, at in zip(leaves, offsets, strict=True) if start <= at < start + 8]
        width = min(8, size - start)
        if inside and all(leaf in ("float", "double") for leaf in inside):
            kinds.append("double" if inside[0] == "double" else "<2 x float>" if width == 8 else "float")
        else:
            kinds.append(f"i{8 * width}")
    return tuple(kinds)
