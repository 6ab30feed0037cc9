"""IR types as DWARF types, so that a debugger shows a record as a record.

In: IR types and where their leaves stand.  Out: numbers of metadata nodes.
A handle is a typedef, named like the Hew type, of a pointer to its block; printers of
values go by that name.  An enum is a structure: its tag, then one member per variant,
all over the same bytes.
Assumed: a type is asked for after its fields and variants are known.
"""

from __future__ import annotations

from collections.abc import Callable

from pyhew.abi import constants
from pyhew.emit.layout import Layout, Shape
from pyhew.emit.type_ids import shown
from pyhew.emit.writer import escaped
from pyhew.ir.facts import parts
from pyhew.ir.types import (
    UNKNOWN_FIELDS,
    BoolT,
    BoxT,
    EnumT,
    FloatT,
    IntT,
    IrType,
    NeverT,
    PtrT,
    RcT,
    ResourceT,
    StringT,
    StructT,
    TupleT,
    VecT,
)


class DebugTypes:
    """Each type once."""

    __slots__ = ("_add", "_aliases", "_known", "_layout", "_set")

    def __init__(self, layout: Layout, add: Callable[[str], int], replace: Callable[[int, str], None]) -> None:
        self._layout = layout
        self._add = add
        self._set = replace
        self._known: dict[IrType, int] = {}
        self._aliases: dict[tuple[IrType, str], int] = {}

    def node(self, ty: IrType, alias: str = "") -> int:
        """The metadata node of a type, or of another name for it."""
        if alias:
            if (ty, alias) not in self._aliases:
                self._aliases[ty, alias] = self._add(_typedef(_clean(alias), self.node(ty)))
            return self._aliases[ty, alias]
        found = self._known.get(ty)
        if found is None:
            found = self._known[ty] = self._add("")
            self._set(found, self._text(ty))
        return found

    def bits(self, ty: IrType) -> int:
        """How large a value is in memory."""
        return self._layout.shape(ty).size * 8

    def _text(self, ty: IrType) -> str:
        match ty:
            case IntT():
                return _basic(shown(ty), ty.bits, "DW_ATE_signed" if ty.signed else "DW_ATE_unsigned")
            case BoolT():
                return _basic("bool", 8, "DW_ATE_boolean")
            case FloatT():
                return _basic(shown(ty), ty.bits, "DW_ATE_float")
            case NeverT():
                return '!DIBasicType(tag: DW_TAG_unspecified_type, name: "never")'
            case TupleT() | StructT():
                names = ty.field_names if isinstance(ty, StructT) else ()
                shape = self._layout.shape(ty)
                return self._structure(_name(ty), shape.size * 8, self._members(parts(ty), names, shape, 0))
            case EnumT():
                return self._enum(ty)
            case StringT():
                return self._handle("string", self._string_block())
            case VecT():
                return self._handle(_name(ty), self._vec_block(ty))
            case BoxT() | ResourceT() | RcT():
                at = constants.RC_ELEMENT if isinstance(ty, RcT) else constants.BLOCK_PAYLOAD
                size = self._layout.shape(ty.content).size
                content = self._member("content", self.node(ty.content), size * 8, at * 8)
                return self._handle(_name(ty), self._add(self._structure("", (at + size) * 8, [content])))
            case PtrT():
                return "!DIDerivedType(tag: DW_TAG_pointer_type, baseType: null, size: 64)"
            case _:
                return self._handle(_name(ty), self._add(self._structure("", constants.BLOCK_PAYLOAD * 8, [])))

    def _handle(self, name: str, block: int) -> str:
        pointer = self._add(f"!DIDerivedType(tag: DW_TAG_pointer_type, baseType: !{block}, size: 64)")
        return _typedef(name, pointer)

    def _structure(self, name: str, bits: int, members: list[int]) -> str:
        elements = self._add("!{" + ", ".join(f"!{member}" for member in members) + "}")
        return f'!DICompositeType(tag: DW_TAG_structure_type, name: "{name}", size: {bits}, elements: !{elements})'

    def _member(self, name: str, ty: int, bits: int, offset: int) -> int:
        return self._add(
            f'!DIDerivedType(tag: DW_TAG_member, name: "{name}", baseType: !{ty}, size: {bits}, offset: {offset})'
        )

    def _members(self, items: tuple[IrType, ...], names: tuple[str, ...], shape: Shape, leaf: int) -> list[int]:
        """Members for `items`, whose first leaf is number `leaf` of `shape`."""
        members = []
        for at, item in enumerate(items):
            own = self._layout.shape(item)
            name = names[at] if at < len(names) else f"_{at}"
            if own.leaves and name != UNKNOWN_FIELDS and self._fits(own, shape, leaf):
                members.append(self._member(name, self.node(item), own.size * 8, shape.offsets[leaf] * 8))
            leaf += len(own.leaves)
        return members

    def _fits(self, own: Shape, shape: Shape, leaf: int) -> bool:
        """Whether a value's leaves stand in the shared slots as they would stand alone."""
        start = shape.offsets[leaf]
        return all(shape.offsets[leaf + at] - start == offset for at, offset in enumerate(own.offsets))

    def _enum(self, ty: EnumT) -> str:
        shape = self._layout.shape(ty)
        tags = self._add(
            "!{"
            + ", ".join(
                f'!DIEnumerator(name: "{_clean(name)}", value: {at})' for at, name in enumerate(ty.variant_names)
            )
            + "}"
        )
        base = self.node(IntT(32, False))
        tag = self._add(
            f'!DICompositeType(tag: DW_TAG_enumeration_type, name: "", baseType: !{base}, size: 32, elements: !{tags})'
        )
        members = [self._member("tag", tag, 32, 0)]
        for name, payload in zip(ty.variant_names, ty.variants, strict=False):
            inner = self._members(payload, (), shape, 1)
            if inner:
                whole = self._add(self._structure("", shape.size * 8, inner))
                members.append(self._member(_clean(name), whole, shape.size * 8, 0))
        return self._structure(_name(ty), shape.size * 8, members)

    def _string_block(self) -> int:
        char = self._add(_basic("char", 8, "DW_ATE_signed_char"))
        length = self._member("length", self.node(IntT(64, True)), 64, constants.STRING_LENGTH * 8)
        first = self._member("first", char, 8, constants.STRING_BYTES * 8)
        return self._add(self._structure("", constants.STRING_BYTES * 8, [length, first]))

    def _vec_block(self, ty: VecT) -> int:
        counter = self.node(IntT(64, True))
        length = self._member("length", counter, 64, constants.VEC_LENGTH * 8)
        capacity = self._member("capacity", counter, 64, constants.VEC_CAPACITY * 8)
        element = self.node(ty.element)
        bounds = self._add("!{!DISubrange(count: 0)}")
        array = self._add(
            f"!DICompositeType(tag: DW_TAG_array_type, baseType: !{element}, size: 0, elements: !{bounds})"
        )
        elements = self._member("elements", array, 0, constants.VEC_ELEMENTS * 8)
        return self._add(self._structure("", constants.VEC_ELEMENTS * 8, [length, capacity, elements]))


def _basic(name: str, bits: int, encoding: str) -> str:
    return f'!DIBasicType(name: "{name}", size: {bits}, encoding: {encoding})'


def _typedef(name: str, base: int) -> str:
    return f'!DIDerivedType(tag: DW_TAG_typedef, name: "{name}", baseType: !{base})'


def _name(ty: IrType) -> str:
    return _clean(shown(ty))


def _clean(text: str) -> str:
    return escaped(text.encode("utf-8"))
