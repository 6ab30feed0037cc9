"""How a value of each IR type is spread over LLVM scalars, and where those stand in memory.

In: IR types.  Out: leaves (LLVM types), owned leaves with their guards, offsets.
An enum is an `i32` tag and slots that its variants share; a slot holds a leaf of the
variant directly or, when variants disagree, as an integer wide enough for all.
Slots that a variant does not use are zero, so a slot that is a pointer in every
variant that has it needs no guard.
Assumed: a 64-bit little-endian target; inline types are finite.
"""

from __future__ import annotations

from collections.abc import Iterable

from pyhew.ir.facts import parts
from pyhew.ir.types import BoolT, EnumT, EnvT, FloatT, IntT, IrType, NeverT, PtrT, StructT, TupleT
from pyhew.source.records import record

MEMORY_TYPES = {"i1": "i8"}
_SIZES = {"i1": 1, "i8": 1, "i16": 2, "i32": 4, "i64": 8, "i128": 16, "float": 4, "double": 8, "ptr": 8}


@record(frozen=True, slots=True)
class Guard:
    """Holds when the tag in leaf `tag` is one of `values`."""

    tag: int
    values: tuple[int, ...]


@record(frozen=True, slots=True)
class Owned:
    """A leaf that is a handle when every guard holds."""

    leaf: int
    guards: tuple[Guard, ...]


@record(frozen=True, slots=True)
class Shape:
    """Everything about one type: leaves, which of them own, offsets and size in memory."""

    leaves: tuple[str, ...]
    owned: tuple[Owned, ...]
    offsets: tuple[int, ...]
    size: int


class Layout:
    """Answers for all types of one program; remembers them."""

    __slots__ = ("_shapes",)

    def __init__(self) -> None:
        self._shapes: dict[IrType, Shape] = {}

    def shape(self, ty: IrType) -> Shape:
        """The shape of a type."""
        found = self._shapes.get(ty)
        if found is None:
            found = self._shapes[ty] = self._make(ty)
        return found

    def leaves(self, ty: IrType) -> tuple[str, ...]:
        """The LLVM types a value is spread over."""
        return self.shape(ty).leaves

    def field(self, ty: IrType, index: int) -> tuple[int, int]:
        """The leaves of a struct's field: first and one past the last."""
        items = parts(ty)
        start = sum(len(self.leaves(item)) for item in items[:index])
        return start, start + len(self.leaves(items[index]))

    def payload(self, ty: EnumT, variant: int, index: int) -> tuple[int, int]:
        """The slots that one payload part of a variant stands in, the tag counted."""
        items = ty.variants[variant]
        start = 1 + sum(len(self.leaves(item)) for item in items[:index])
        return start, start + len(self.leaves(items[index]))

    def _make(self, ty: IrType) -> Shape:
        match ty:
            case IntT():
                return _scalar(f"i{ty.bits}")
            case BoolT():
                return _scalar("i1")
            case FloatT():
                return _scalar("float" if ty.bits == 32 else "double")
            case PtrT() | EnvT():
                return _scalar("ptr")
            case NeverT():
                return Shape((), (), (), 0)
            case TupleT() | StructT():
                return self._product(parts(ty))
            case EnumT():
                return self._enum(ty)
            case _:
                return Shape(("ptr",), (Owned(0, ()),), (0,), 8)

    def _product(self, items: Iterable[IrType]) -> Shape:
        leaves: list[str] = []
        owned: list[Owned] = []
        for item in items:
            shape = self.shape(item)
            owned.extend(_shifted(entry, len(leaves)) for entry in shape.owned)
            leaves.extend(shape.leaves)
        return _placed(leaves, owned)

    def _enum(self, ty: EnumT) -> Shape:
        variants = [self._product(variant) for variant in ty.variants]
        width = max((len(shape.leaves) for shape in variants), default=0)
        slots = [_carrier({shape.leaves[at] for shape in variants if at < len(shape.leaves)}) for at in range(width)]
        owners: dict[tuple[int, tuple[Guard, ...]], list[int]] = {}
        for number, shape in enumerate(variants):
            for entry in shape.owned:
                inner = _shifted(entry, 1)
                owners.setdefault((inner.leaf, inner.guards), []).append(number)
        owned: list[Owned] = []
        for (leaf, guards), numbers in owners.items():
            users = [number for number, shape in enumerate(variants) if leaf - 1 < len(shape.leaves)]
            if slots[leaf - 1] == "ptr" and not guards and numbers == users:
                owned.append(Owned(leaf, ()))
            else:
                owned.append(Owned(leaf, (Guard(0, tuple(numbers)), *guards)))
        return _placed(["i32", *slots], owned)


def _scalar(leaf: str) -> Shape:
    return Shape((leaf,), (), (0,), _SIZES[leaf])


def _carrier(kinds: set[str]) -> str:
    """The LLVM type of a slot that holds leaves of all these types."""
    if len(kinds) == 1:
        return next(iter(kinds))
    if all(kind.startswith("i") for kind in kinds):
        return max(kinds, key=lambda kind: _SIZES[kind] if kind != "i1" else 0)
    return "i64"


def _shifted(entry: Owned, by: int) -> Owned:
    if by == 0:
        return entry
    return Owned(entry.leaf + by, tuple(Guard(guard.tag + by, guard.values) for guard in entry.guards))


def _placed(leaves: list[str], owned: list[Owned]) -> Shape:
    """Natural alignment, in order; the size is a multiple of the largest alignment."""
    offsets: list[int] = []
    at, widest = 0, 1
    for leaf in leaves:
        size = _SIZES[leaf]
        align = min(size, 8)
        widest = max(widest, align)
        at = (at + align - 1) // align * align
        offsets.append(at)
        at += size
    return Shape(tuple(leaves), tuple(owned), tuple(offsets), (at + widest - 1) // widest * widest)
