"""Wire types: what `#[wire]` asks of a declaration.

In: modules with resolved members.  Out: diagnostics.
Assumed: the methods come from text made when names were collected; a module with mistakes gets no bodies, so that
each mistake is reported once, where the user made it.
"""

from __future__ import annotations

from pyhew.check.errors.wire import WireFieldType, WireNumberTaken, WireNumberZero, WireOptionMisused
from pyhew.check.world import World
from pyhew.names.wire import CONVENTIONS, convention_of, literal_text, option_of, tag_of, variant_tag
from pyhew.source.spans import Span
from pyhew.syntax import nodes
from pyhew.types import facts
from pyhew.types.model import FLOATS, INTS, ErrorType, Nominal, ParamType, Prim, Type, prune, show
from pyhew.types.symbols import EnumInfo, FieldInfo, ModuleInfo, RecordInfo

_SCALARS = frozenset((*INTS, *FLOATS, "bool", "char", "duration"))
_WRAP = "put it into a `#[wire]` type of its own"


def check_wire_types(world: World, module: ModuleInfo) -> None:
    """Reports what is wrong with the wire types of a module."""
    if module.companion is None:
        return
    before = len(world.sink.diagnostics)
    for symbol in module.declared.values():
        if isinstance(symbol, RecordInfo) and symbol.is_wire and symbol.node is not None:
            _check_convention(world, symbol.node)
            _check_numbers(world, symbol.node)
            for field in symbol.fields:
                _check_field(world, field)
        elif isinstance(symbol, EnumInfo) and symbol.is_wire and symbol.node is not None:
            _check_convention(world, symbol.node)
            _check_variant_numbers(world, symbol.node)
            for variant in symbol.variants:
                for field in variant.fields:
                    _check_type(world, field)
    if len(world.sink.diagnostics) > before:
        module.companion.impls.clear()


def _check_convention(world: World, decl: nodes.RecordDecl | nodes.EnumDecl) -> None:
    for form in ("json", "yaml"):
        name = convention_of(decl, form)
        if name and name not in CONVENTIONS:
            reason = f"is no naming convention; there are {', '.join(CONVENTIONS)}"
            world.sink.report(WireOptionMisused(decl.name.span, f"{form}({name})", reason))


def _check_numbers(world: World, decl: nodes.RecordDecl) -> None:
    taken = dict.fromkeys(decl.reserved, "reserved")
    for index, field in enumerate(decl.fields):
        number = tag_of(field, index)
        if number == 0:
            world.sink.report(WireNumberZero(field.name.span, field.name.text))
        owner = taken.setdefault(number, f"the number of `{field.name.text}`")
        if owner != f"the number of `{field.name.text}`":
            world.sink.report(WireNumberTaken(field.name.span, number, field.name.text, owner))


def _check_variant_numbers(world: World, decl: nodes.EnumDecl) -> None:
    taken: dict[int, str] = {}
    for index, variant in enumerate(decl.variants):
        number, name = variant_tag(variant, index), variant.name.text
        owner = taken.setdefault(number, name)
        if owner != name:
            world.sink.report(WireNumberTaken(variant.name.span, number, name, f"the number of `{owner}`"))


def _check_field(world: World, field: FieldInfo) -> None:
    _check_type(world, field)
    if option_of(field.node, "repeated") and not facts.is_builtin(field.type, "Vec"):
        _misused(world, field.node.span, "repeated", "stands at a field that is no `Vec`")
    default = option_of(field.node, "default")
    if default is not None and default.value is not None and not _fits(default.value, prune(field.type)):
        _misused(world, default.value.span, "default", f"needs a literal of type `{show(field.type)}`")
    for name in ("json", "yaml", "json_name", "yaml_name"):
        option = option_of(field.node, name)
        if option is not None and not isinstance(option.value, nodes.StringLiteral):
            _misused(world, option.span, name, "needs a string literal")


def _misused(world: World, span: Span, option: str, reason: str) -> None:
    world.sink.report(WireOptionMisused(span, option, reason))


def _fits(value: nodes.Expr, ty: Type) -> bool:
    """Whether a default is a literal of the field's type; whether it is in range is seen where it is used."""
    if literal_text(value) is None or not isinstance(ty, Prim):
        return False
    inner = value.operand if isinstance(value, nodes.Unary) else value
    match inner:
        case nodes.IntLiteral():
            return ty.name in FLOATS or (ty.name in INTS and _in_range(value, inner.value, ty.name))
        case nodes.FloatLiteral():
            return ty.name in FLOATS
        case nodes.BoolLiteral():
            return ty.name == "bool"
        case _:
            return ty.name == "string"


def _in_range(value: nodes.Expr, size: int, name: str) -> bool:
    bits = int(name[1:]) if name[1:].isdigit() else 64
    low, high = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if name[0] == "i" else (0, (1 << bits) - 1)
    return low <= (-size if isinstance(value, nodes.Unary) else size) <= high


def _check_type(world: World, field: FieldInfo) -> None:
    found = _refusal(field.type)
    if found is not None:
        world.sink.report(WireFieldType(field.node.type.span, show(field.type), found))


def _refusal(ty: Type) -> str | None:
    """Why a type cannot cross a wire, if it cannot."""
    ty = prune(ty)
    if facts.is_builtin(ty, "Option"):
        inner = _argument(ty)
        if facts.is_builtin(inner, "Option"):
            return "`None` and `Some(None)` would look the same"
        return _refusal(inner)
    if facts.is_builtin(ty, "Vec"):
        return _refusal_in_list(_argument(ty))
    if isinstance(ty, ErrorType | ParamType) or ty == Prim("bytes") or _is_plain(ty):
        return None
    if isinstance(ty, Nominal) and isinstance(ty.info, RecordInfo | EnumInfo) and ty.info.module != "std.prelude":
        return f"mark `{ty.info.name}` with `#[wire]` too"
    return "wire types hold scalars, strings, bytes, wire types, and `Option` and `Vec` of those"


def _refusal_in_list(element: Type) -> str | None:
    if facts.is_builtin(element, "Option") and not _is_plain(_argument(element)):
        return _WRAP
    if facts.is_builtin(element, "Option") and prune(_argument(element)) == Prim("string"):
        return _WRAP
    if facts.is_builtin(element, "Vec") or element == Prim("bytes"):
        return _WRAP
    return _refusal(element)


def _argument(ty: Type) -> Type:
    ty = prune(ty)
    assert isinstance(ty, Nominal)
    return prune(ty.args[0])


def _is_plain(ty: Type) -> bool:
    """A scalar, a string or a wire type."""
    ty = prune(ty)
    if isinstance(ty, Prim):
        return ty.name in _SCALARS or ty.name == "string"
    return isinstance(ty, Nominal) and isinstance(ty.info, RecordInfo | EnumInfo) and ty.info.is_wire
