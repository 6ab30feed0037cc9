"""Type ids of heap blocks and their descriptors.

In: the IR type of each block that generated code makes.  Out: ids now, the
constant table of `hew_type` at the end.
Assumed: ids are given in the order of the first request, from `TypeId.FIRST_USER`;
the runtime's own ids stand below and have descriptors there.
"""

from __future__ import annotations

from pyhew.abi.constants import TypeId, TypeKind
from pyhew.emit.layout import Layout, Shape
from pyhew.emit.writer import escaped, quoted
from pyhew.ir.facts import parts
from pyhew.ir.types import STRING, U8, BoxT, FloatT, IntT, IrType, ObjectT, RcT, ResourceT, StructT, TupleT, VecT
from pyhew.source.diagnostics import CompilerBug
from pyhew.source.records import record

_SLOT = "{ i32, i32, ptr, ptr }"


@record(frozen=True, slots=True)
class _Entry:
    name: str
    kind: TypeKind
    element: IrType
    close: str


class TypeIds:
    """The blocks of one program."""

    __slots__ = ("_entries", "_ids", "_layout")

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._entries: list[_Entry] = []
        self._ids: dict[tuple[str, IrType], int] = {}

    def of(self, ty: IrType) -> int:
        """The id of the blocks behind a handle type."""
        match ty:
            case VecT():
                if ty.element == U8:
                    return int(TypeId.BYTES)
                if ty.element == STRING:
                    return int(TypeId.STRINGS)
                return self._id(f"Vec<{shown(ty.element)}>", TypeKind.VEC, ty.element)
            case BoxT():
                return self._id(shown(ty.content), TypeKind.BOX, ty.content)
            case RcT():
                return self._id(f"Rc<{shown(ty.content)}>", TypeKind.RC, ty.content)
            case ResourceT():
                return self._id(shown(ty.content), TypeKind.RESOURCE, ty.content, quoted(ty.close))
            case _:
                raise CompilerBug(f"no block type for {ty}")

    def of_object(self, ty: IrType, captures: StructT) -> int:
        """The id of objects with these captures."""
        name = ty.name if isinstance(ty, ObjectT) else captures.name
        return self._id(name, TypeKind.OBJECT, captures)

    def _id(self, name: str, kind: TypeKind, element: IrType, close: str = "null") -> int:
        key = (f"{kind.name} {name}" if kind is TypeKind.OBJECT else kind.name, element)
        found = self._ids.get(key)
        if found is None:
            found = self._ids[key] = int(TypeId.FIRST_USER) + len(self._entries)
            self._entries.append(_Entry(name, kind, element, close))
        return found

    def count(self) -> int:
        """How many types the program has."""
        return len(self._entries)

    def lines(self) -> list[str]:
        """The table `@hew.types` and what it points at."""
        out: list[str] = []
        rows: list[str] = []
        for number, entry in enumerate(self._entries):
            shape = self._layout.shape(entry.element)
            data = entry.name.encode("utf-8", "replace") + b"\0"
            out.append(f'@type.{number}.name = private constant [{len(data)} x i8] c"{escaped(data)}", align 1')
            slots = _slots(f"@type.{number}", entry.element, shape, out, self._layout)
            rows.append(
                f"%hew_type {{ ptr @type.{number}.name, i32 {int(entry.kind)}, i32 {shape.size}, "
                f"i32 {len(shape.owned)}, i32 0, ptr {slots}, ptr {entry.close}, ptr null }}"
            )
        body = "[" + ",\n  ".join(rows) + "]" if rows else "zeroinitializer"
        out.append(f"@hew.types = private constant [{len(rows)} x %hew_type] {body}, align 8")
        return ["%hew_type = type { ptr, i32, i32, i32, i32, ptr, ptr, ptr }", *out]


def _slots(name: str, ty: IrType, shape: Shape, out: list[str], layout: Layout) -> str:
    """Writes the slots of one element; the name of the array."""
    if not shape.owned:
        return "null"
    rows: list[str] = []
    for at, owned in enumerate(shape.owned):
        guards = "null"
        if owned.guards:
            cells: list[str] = []
            for number, guard in enumerate(owned.guards):
                values = f"{name}.v{at}.{number}"
                numbers = ", ".join(f"i32 {value}" for value in guard.values)
                out.append(f"{values} = private constant [{len(guard.values)} x i32] [{numbers}], align 4")
                offset = shape.offsets[guard.tag]
                cells.append(f"{{ i32, i32, ptr }} {{ i32 {offset}, i32 {len(guard.values)}, ptr {values} }}")
            guards = f"{name}.g{at}"
            out.append(
                f"{guards} = private constant [{len(cells)} x {{ i32, i32, ptr }}] [{', '.join(cells)}], align 8"
            )
        field, data = "null", leaf_name(ty, owned.leaf, layout).encode("utf-8", "replace")
        if data:
            field = f"{name}.f{at}"
            out.append(f'{field} = private constant [{len(data) + 1} x i8] c"{escaped(data)}\\00", align 1')
        rows.append(f"{_SLOT} {{ i32 {shape.offsets[owned.leaf]}, i32 {len(owned.guards)}, ptr {guards}, ptr {field} }}")
    out.append(f"{name}.slots = private constant [{len(rows)} x {_SLOT}] [{', '.join(rows)}], align 8")
    return f"{name}.slots"


def leaf_name(ty: IrType, leaf: int, layout: Layout) -> str:
    """The fields through which one leaf is reached, `left.child`; empty for the leaf of a value without fields."""
    if not isinstance(ty, StructT | TupleT):
        return ""
    for index, part in enumerate(parts(ty)):
        start, end = layout.field(ty, index)
        if start <= leaf < end:
            names = ty.field_names if isinstance(ty, StructT) else ()
            inner = leaf_name(part, leaf - start, layout)
            own = names[index] if index < len(names) else str(index)
            return f"{own}.{inner}" if inner else own
    return ""


def shown(ty: IrType) -> str:
    """A type as a report names it."""
    name = getattr(ty, "name", None)
    if isinstance(name, str):
        return name
    match ty:
        case IntT():
            return f"{'i' if ty.signed else 'u'}{ty.bits}"
        case FloatT():
            return f"f{ty.bits}"
        case TupleT():
            return f"({', '.join(shown(item) for item in ty.items)})"
        case VecT():
            return f"Vec<{shown(ty.element)}>"
        case BoxT():
            return shown(ty.content)
        case RcT():
            return f"Rc<{shown(ty.content)}>"
        case ResourceT():
            return shown(ty.content)
        case _:
            return type(ty).__name__.removesuffix("T").lower()
