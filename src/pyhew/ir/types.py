"""The types of the IR: what a value is made of, nothing about the surface language.

In: nothing.  Out: type classes.  Scalars are interned by equality; `StructT` and
`EnumT` are nominal (compared by identity, one object per name in a `Module`) so
that recursive types can be written; everything that lives on the heap is a
*handle*: one pointer, null meaning the empty or zero value.
Assumed: a struct's fields and an enum's variants are filled in before any
question about layout is asked.
"""

from __future__ import annotations

from typing import cast

from pyhew.abi.ownership import Use as Use  # noqa: PLC0414
from pyhew.source.records import field, record


@record(frozen=True, slots=True)
class IntT:
    """`i64`, `u8` ...; `char` is `u32`, `duration` and `instant` are `i64`, a pid is `u64`."""

    bits: int
    signed: bool


@record(frozen=True, slots=True)
class FloatT:
    """`f32`, `f64`."""

    bits: int


@record(frozen=True, slots=True)
class BoolT:
    """`bool`."""


@record(frozen=True, slots=True)
class PtrT:
    """A raw pointer: foreign code and message payloads; never owned."""


@record(frozen=True, slots=True)
class NeverT:
    """The result of a call that does not return."""


@record(frozen=True, slots=True)
class TupleT:
    """Inline product without a name; `TupleT(())` is unit."""

    items: tuple[IrType, ...]


@record(eq=False, slots=True)
class StructT:
    """Inline product with a name; a field whose name stands in parentheses is none that the program can name."""

    name: str
    fields: tuple[IrType, ...] = ()
    field_names: tuple[str, ...] = ()


@record(eq=False, slots=True)
class EnumT:
    """Inline tagged union: a 32-bit tag and the payload of one variant."""

    name: str
    variants: tuple[tuple[IrType, ...], ...] = ()
    variant_names: tuple[str, ...] = ()


UNKNOWN_FIELDS = "(unknown fields)"
"""The last field of a `#[wire]` record: what was read and has no field of its own, kept to be written again."""


@record(frozen=True, slots=True)
class StringT:
    """Handle: immutable UTF-8."""


@record(frozen=True, slots=True)
class VecT:
    """Handle: growable array, copied on write; `bytes` is `VecT(u8)`."""

    element: IrType


@record(frozen=True, slots=True)
class BoxT:
    """Handle: one immutable value on the heap (a recursive enum)."""

    content: IrType


@record(frozen=True, slots=True)
class ResourceT:
    """Handle: one value with a `close` that runs exactly once; `close` names the function."""

    content: StructT
    close: str


@record(frozen=True, slots=True)
class RcT:
    """Handle: one shared mutable cell."""

    content: IrType


@record(frozen=True, slots=True)
class WeakT:
    """Handle: does not keep its `RcT` alive."""

    content: IrType


@record(frozen=True, slots=True)
class Signature:
    """Parameters with their uses (the callee's own environment is not listed) and the result."""

    params: tuple[tuple[IrType, Use], ...]
    result: IrType


@record(eq=False, slots=True)
class ObjectT:
    """Handle: code pointers and captures; a closure has one method, a `dyn` value several.

    A method of a `dyn` type may mention that type, so its name, which no other type has, says which one it is.
    """

    name: str
    methods: tuple[Signature, ...]
    is_dyn: bool = False

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        is_alike = isinstance(other, ObjectT) and self.name == other.name and self.is_dyn == other.is_dyn
        return is_alike and (self.is_dyn or self.methods == cast(ObjectT, other).methods)

    def __hash__(self) -> int:
        return hash(self.name)


@record(frozen=True, slots=True)
class EnvT:
    """The object seen from inside its own code: borrowed, its captures are readable and writable."""

    captures: StructT


@record(frozen=True, slots=True)
class FrameT:
    """Handle: a suspended function or generator; `yields` is unit for a function, `result` what it returns."""

    yields: IrType
    result: IrType


@record(frozen=True, slots=True)
class HandleT:
    """Handle: an object of the runtime (reply cell, timer, channel end ...), closed by the runtime."""

    name: str


@record(frozen=True, slots=True)
class MessageT:
    """A message under construction: owned until sent."""


IrType = (
    IntT | FloatT | BoolT | PtrT | NeverT | TupleT | StructT | EnumT | StringT | VecT | BoxT | ResourceT | RcT | WeakT
    | ObjectT | EnvT | FrameT | HandleT | MessageT
)  # fmt: skip

UNIT = TupleT(())
BOOL = BoolT()
I32 = IntT(32, True)
I64 = IntT(64, True)
U8 = IntT(8, False)
U32 = IntT(32, False)
U64 = IntT(64, False)
F32 = FloatT(32)
F64 = FloatT(64)
STRING = StringT()
PTR = PtrT()
NEVER = NeverT()
MESSAGE = MessageT()


@record(slots=True)
class TypeTable:
    """The nominal types of one module, by name."""

    structs: dict[str, StructT] = field(default_factory=dict)
    enums: dict[str, EnumT] = field(default_factory=dict)
