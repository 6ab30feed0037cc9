"""Record and struct-variant literals.

In: `RecordLiteral`.  Out: its type and meaning.
Assumed: every field is given once, unless `..base` gives the rest.
"""

from __future__ import annotations

from pyhew.check import paths
from pyhew.check.context import Check
from pyhew.check.errors.ownership import CannotConstruct
from pyhew.check.errors.values import DuplicateField, MissingField, NotAValue, UnknownArgument, UnknownName
from pyhew.check.model import UseRecord, UseVariant
from pyhew.check.types import resolve_type
from pyhew.source.spans import Span
from pyhew.syntax import nodes
from pyhew.types.model import ERROR, Nominal, ParamType, Type, Var, prune, substitute, unify
from pyhew.types.symbols import EnumInfo, FieldInfo, MachineInfo, ModuleRef, RecordInfo


def check_record(cx: Check, node: nodes.RecordLiteral, want: Type | None) -> Type:
    """`Point { x: 1, ..base }`."""
    found = _target(cx, node, want)
    if found is None:
        for field in node.fields:
            cx.expr(field.value)
        return ERROR
    ty, fields, name = found
    if isinstance(ty.info, RecordInfo) and ty.info.marker in ("opaque", "builtin"):
        return cx.report(CannotConstruct(node.span, name))
    if want is not None and isinstance(prune(want), Nominal):
        unify(ty, want)
    info = ty.info
    assert isinstance(info, RecordInfo | EnumInfo)
    mapping = dict(zip(info.params, ty.args))
    # the code made for wire types knows no bounds
    cx.require_bounds(node.span, [] if info.is_wire else info.params, info.wheres, mapping)
    given = check_inits(cx, name, fields, node.fields, mapping)
    if node.base is not None:
        cx.expect(node.base, ty)
    else:
        refuse_missing_fields(cx, node.span, name, fields, given)
    return ty


def check_inits(
    cx: Check, name: str, fields: list[FieldInfo], inits: tuple[nodes.FieldInit, ...], mapping: dict[ParamType, Type]
) -> set[str]:
    """The values of fields, each of a field that is there and given once; the names that are written."""
    by_name = {f.name: f for f in fields}
    given: set[str] = set()
    for init in inits:
        known = by_name.get(init.name.text)
        if known is None:
            cx.report(UnknownArgument(init.name.span, init.name.text, name, tuple(by_name), "field"))
            cx.expr(init.value)
        else:
            if init.name.text in given:
                cx.report(DuplicateField(init.name.span, init.name.text))
            cx.expect(init.value, cx.world.normalise(substitute(known.type, mapping)))
        given.add(init.name.text)
    return given


def refuse_missing_fields(cx: Check, span: Span, name: str, fields: list[FieldInfo], given: set[str]) -> None:
    """Reports the fields that are not among the names that are given."""
    names = {f.name for f in fields}
    missing = tuple(f.name for f in fields if f.name not in given)
    refuse_missing(cx, span, name, missing, len(given - names))


def refuse_missing(cx: Check, span: Span, name: str, missing: tuple[str, ...], unknown: int) -> None:
    """Reports what is not given, unless as many names are not known: each was meant for one of these."""
    if len(missing) > unknown:
        cx.report(MissingField(span, missing, name))


def _target(
    cx: Check, node: nodes.RecordLiteral, want: Type | None
) -> tuple[Nominal, list[FieldInfo], str] | None:
    """The record or variant a literal builds."""
    wanted = prune(want) if want is not None else None
    path = node.path
    if isinstance(path, nodes.ContextVariant):
        found = paths.context_variant(cx, path, want)
        return None if found is None else _variant(cx, node, *found, wanted)
    if isinstance(path, nodes.NameExpr):
        symbol = _named_record(cx, path)
        if isinstance(symbol, Nominal) and isinstance(symbol.info, RecordInfo):
            cx.use(node, UseRecord(symbol.info))
            return symbol, symbol.info.fields, symbol.info.name
        variant = paths.find_variant(cx, path.name.text, want)
        if variant is not None:
            return _variant(cx, node, *variant, wanted)
        if isinstance(wanted, Nominal) and isinstance(wanted.info, RecordInfo) and wanted.info.name == path.name.text:
            # The name is not visible here, but what is expected has it.
            cx.use(node, UseRecord(wanted.info))
            return wanted, wanted.info.fields, wanted.info.name
        cx.report(UnknownName(path.span, path.name.text, cx.scope.names()))
        return None
    if isinstance(path, nodes.Member):
        return _by_path(cx, node, path, wanted)
    cx.report(NotAValue(path.span, "this", "expression"))
    return None


def _named_record(cx: Check, path: nodes.NameExpr) -> Type | None:
    name = path.name.text
    if name == "Self" and cx.scope.self_type is not None:
        return cx.scope.self_type
    symbol = cx.scope.lookup(name)
    if symbol is None or isinstance(symbol, EnumInfo | MachineInfo | ModuleRef):
        return None
    if not hasattr(symbol, "node"):
        return None
    ty = resolve_type(cx.scope, nodes.NamedTypeExpr(path.id, path.span, (path.name,), path.args))
    return prune(ty)


def _by_path(
    cx: Check, node: nodes.RecordLiteral, path: nodes.Member, wanted: Type | None
) -> tuple[Nominal, list[FieldInfo], str] | None:
    base = paths.static_symbol(cx, path.base)
    if isinstance(base, ModuleRef):
        symbol = paths.module_member(cx, path, base)
        if isinstance(symbol, RecordInfo):
            args = tuple(resolve_type(cx.scope, a) for a in path.args)
            ty = Nominal(symbol, args if args else tuple(Var() for _ in symbol.params))
            cx.use(node, UseRecord(symbol))
            return ty, symbol.fields, symbol.name
    ty_base = paths.type_of_symbol(cx, base) if base is not None else None
    if isinstance(ty_base, Nominal) and isinstance(ty_base.info, EnumInfo):
        index = ty_base.info.index_of(path.name.text)
        if index is not None:
            if wanted is not None:
                unify(ty_base, wanted)
            return _variant(cx, node, ty_base.info, index, ty_base)
    cx.report(UnknownName(path.span, path.name.text, ()))
    return None


def _variant(
    cx: Check, node: nodes.RecordLiteral, enum: EnumInfo, index: int, wanted: Type | None
) -> tuple[Nominal, list[FieldInfo], str]:
    ty = paths.enum_type(cx, enum, wanted)
    cx.use(node, UseVariant(enum, index))
    return ty, enum.variants[index].fields, enum.variants[index].name
