"""Patterns: what they bind and which variant or record they name.

In: patterns and the type they are matched with.  Out: variables declared, meanings recorded.
Assumed: a bare name is a unit variant when the matched enum has one of that name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from pyhew.check import paths, regex
from pyhew.check.context import Check
from pyhew.check.errors.declarations import DuplicateVariable
from pyhew.check.errors.patterns import (
    AlternativesDiffer,
    BoundTwice,
    EmptyRange,
    NoSuchVariant,
    PatternArity,
    PatternMismatch,
    UnknownPatternField,
)
from pyhew.check.model import Local, UseConst, UseRecord, UseVariant
from pyhew.syntax import nodes
from pyhew.syntax.nodes.base import raw_children
from pyhew.types import facts
from pyhew.types.model import (
    ERROR,
    STRING,
    UNIT,
    Nominal,
    TupleType,
    Type,
    Var,
    prune,
    show,
    substitute,
    unify,
)
from pyhew.types.symbols import ConstInfo, EnumInfo, FieldInfo, MachineInfo, ModuleRef, RecordInfo


def check_pattern(cx: Check, node: nodes.Pattern, ty: Type) -> None:
    """Any pattern."""
    ty = cx.known(ty)
    match node:
        case nodes.WildcardPattern():
            return
        case nodes.BindPattern():
            _bind(cx, node, ty)
        case nodes.LiteralPattern():
            if isinstance(node.value, nodes.RegexLiteral):
                if not unify(ty, STRING):
                    cx.report(PatternMismatch(node.span, show(ty), "a regular expression"))
                regex.check_regex(cx, node.value)
                return
            cx.expect(node.value, ty)
        case nodes.RangePattern():
            cx.expect(node.low, ty)
            cx.expect(node.high, ty)
            low, high = _end(node.low), _end(node.high)
            if low is not None and high is not None and (low > high or low == high and not node.inclusive):
                cx.report(EmptyRange(node.span))
        case nodes.TuplePattern():
            _tuple(cx, node, ty)
        case nodes.VariantPattern():
            _variant(cx, node, ty)
        case nodes.RecordPattern():
            _record(cx, node, ty)
        case nodes.OrPattern():
            _alternatives(cx, node, ty)
        case _:
            assert_never(node)


def _end(node: nodes.Expr) -> int | float | None:
    """The number that an end of a range stands for."""
    match node:
        case nodes.IntLiteral() | nodes.CharLiteral():
            return node.value
        case nodes.FloatLiteral():
            return float(node.text)
        case nodes.Unary(op="-"):
            value = _end(node.operand)
            return None if value is None else -value
        case _:
            return None


def check_bound_once(cx: Check, pattern: nodes.Pattern, earlier: Mapping[str, Local]) -> None:
    """Reports a name that one alternative of a pattern binds twice, or that its block has `earlier`."""
    seen: set[str] = set()
    todo: list[nodes.Node] = [pattern]
    while todo:
        node = todo.pop()
        if isinstance(node, nodes.OrPattern):
            todo.append(node.options[0])
            continue
        local = cx.world.model.locals.get(node)
        if local is not None and local.name != "_":
            if local.name in seen:
                cx.report(BoundTwice(pattern.span, local.name))
            elif local.name in earlier and not local.name.startswith("_") and not cx.scope.module.is_std:
                cx.report(DuplicateVariable(local.node.span, local.name, earlier[local.name].node.span))
            seen.add(local.name)
        todo.extend(c for c in raw_children(node) if not isinstance(c, nodes.Ident))


def _bind(cx: Check, node: nodes.BindPattern, ty: Type) -> None:
    name = node.name.text
    if isinstance(ty, Nominal) and isinstance(ty.info, EnumInfo):
        index = ty.info.index_of(name)
        if index is not None and ty.info.variants[index].shape == "unit":
            cx.use(node, UseVariant(ty.info, index))
            return
    elif isinstance(ty, Var) and name[:1].isupper():
        found = paths.find_variant(cx, name, None)
        if found is not None:
            if unify(ty, paths.enum_type(cx, found[0], None)):
                cx.use(node, UseVariant(*found))
            else:
                cx.report(NoSuchVariant(node.span, name, show(ty), ()))
            return
    symbol = cx.scope.lookup(name)
    if isinstance(symbol, ConstInfo) and name.isupper():
        unify(symbol.type, ty)
        cx.use(node, UseConst(symbol))
        return
    cx.refuse_hiding(node.name)
    local = cx.declare(node.name, ty)
    cx.world.model.locals[node] = local


def _tuple(cx: Check, node: nodes.TuplePattern, ty: Type) -> None:
    if isinstance(ty, Var):
        made = TupleType(tuple(Var() for _ in node.items))
        if unify(ty, made):
            ty = made
    if not node.items and prune(ty) == UNIT:
        return
    if not isinstance(ty, TupleType) or len(ty.items) != len(node.items):
        if ty != ERROR:
            cx.report(PatternMismatch(node.span, show(ty), f"a tuple of {len(node.items)}"))
        for item in node.items:
            cx.pattern(item, ERROR)
        return
    for item, part in zip(node.items, ty.items):
        cx.pattern(item, part)


def _nominal(
    cx: Check, node: nodes.VariantPattern | nodes.RecordPattern, ty: Type
) -> tuple[Nominal, list[FieldInfo]] | None:
    """The variant or record a pattern names, with its fields; None after a report."""
    name = node.path[-1].text if node.path else ""
    if isinstance(ty, Var):
        found = paths.find_variant(cx, name, None)
        if found is not None:
            made = paths.enum_type(cx, found[0], None)
            if unify(ty, made):
                ty = made
    if isinstance(ty, Nominal) and isinstance(ty.info, EnumInfo):
        index = ty.info.index_of(name)
        if index is not None and _names(cx, node, ty.info):
            cx.use(node, UseVariant(ty.info, index))
            return ty, ty.info.variants[index].fields
    if isinstance(ty, Nominal) and isinstance(ty.info, RecordInfo) and not node.is_context:
        if not node.path or ty.info is _symbol(cx, node.path):
            cx.use(node, UseRecord(ty.info))
            return ty, ty.info.fields
    if ty != ERROR:
        known = tuple(v.name for v in ty.info.variants) if isinstance(ty, Nominal) and isinstance(
            ty.info, EnumInfo
        ) else ()
        cx.report(NoSuchVariant(node.span, ".".join(p.text for p in node.path), show(ty), known, facts.is_builtin(ty, "Task")))
    return None


def _symbol(cx: Check, path: tuple[nodes.Ident, ...]) -> object:
    symbol: object = cx.scope.lookup(path[0].text)
    for part in path[1:]:
        if isinstance(symbol, ModuleRef):
            symbol = symbol.module.declared.get(part.text)
    return symbol


def _names(cx: Check, node: nodes.VariantPattern | nodes.RecordPattern, enum: EnumInfo) -> bool:
    """Whether the path before the variant's name means this enum."""
    if node.is_context or len(node.path) < 2:
        return True
    symbol = _symbol(cx, node.path[:-1])
    if isinstance(symbol, MachineInfo):
        symbol = symbol.states
    if isinstance(symbol, ModuleRef):
        return enum.module == symbol.module.key
    return symbol is enum or node.path[-2].text == enum.name


def _variant(cx: Check, node: nodes.VariantPattern, ty: Type) -> None:
    found = _nominal(cx, node, ty)
    items = node.items or ()
    if found is None:
        for item in items:
            cx.pattern(item, ERROR)
        return
    nominal, fields = found
    assert isinstance(nominal.info, EnumInfo | RecordInfo)
    mapping = dict(zip(nominal.info.params, nominal.args))
    if node.items is not None and len(items) != len(fields):
        cx.report(PatternArity(node.span, node.path[-1].text, len(fields), len(items)))
    for index, item in enumerate(items):
        field = fields[index].type if index < len(fields) else ERROR
        cx.pattern(item, cx.world.normalise(substitute(field, mapping)))


def _record(cx: Check, node: nodes.RecordPattern, ty: Type) -> None:
    found = _nominal(cx, node, ty)
    if found is None:
        for part in node.fields:
            if part.pattern is not None:
                cx.pattern(part.pattern, ERROR)
            else:
                cx.declare(part.name, ERROR)
        return
    nominal, fields = found
    assert isinstance(nominal.info, EnumInfo | RecordInfo)
    mapping = dict(zip(nominal.info.params, nominal.args))
    by_name = {f.name: f for f in fields}
    for part in node.fields:
        field = by_name.get(part.name.text)
        if field is None:
            cx.report(UnknownPatternField(part.span, part.name.text, tuple(by_name)))
        ty_part = cx.world.normalise(substitute(field.type, mapping)) if field is not None else ERROR
        if part.pattern is not None:
            cx.pattern(part.pattern, ty_part)
        else:
            cx.refuse_hiding(part.name)
            local = cx.declare(part.name, ty_part)
            cx.world.model.locals[part] = local


def _alternatives(cx: Check, node: nodes.OrPattern, ty: Type) -> None:
    """All options bind the same names; the first one's variables stand for all."""
    first: dict[str, object] = {}
    for index, option in enumerate(node.options):
        before = dict(cx.blocks[-1])
        cx.pattern(option, ty)
        made = {n: v for n, v in cx.blocks[-1].items() if before.get(n) is not v}
        if index == 0:
            first = dict(made)
            continue
        for name in (*(n for n in first if n not in made), *(n for n in made if n not in first)):
            cx.report(AlternativesDiffer(option.span, name, "is not bound by every alternative of this pattern"))
        for name, local in made.items():
            earlier = first.get(name)
            if earlier is not None:
                if not unify(local.type, earlier.type):  # type: ignore[attr-defined]
                    why = f"is a `{show(earlier.type)}` before and a `{show(local.type)}` here"  # type: ignore[attr-defined]
                    cx.report(AlternativesDiffer(option.span, name, why))
                cx.blocks[-1][name] = earlier  # type: ignore[assignment]
                _rebind(cx, option, name, earlier)


def _rebind(cx: Check, pattern: nodes.Pattern, name: str, local: object) -> None:
    for node, known in list(cx.world.model.locals.items()):
        if known.name == name and pattern.span.start <= node.span.start < pattern.span.end:
            if node.span.file == pattern.span.file:
                cx.world.model.locals[node] = local  # type: ignore[assignment]


__all__ = ["check_pattern", "facts", "prune"]
