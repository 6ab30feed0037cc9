"""Type expressions to types.

In: type nodes and the scope they stand in.  Out: `resolve_type`, `resolve_bound`.
Assumed: the names of all modules are collected; aliases are expanded here, once.
"""

from __future__ import annotations

from typing import assert_never

from pyhew.check.context import Scope
from pyhew.check.errors.types import (
    AliasRing,
    BorrowOutsideExtern,
    KeyNotAllowed,
    MissingAssocType,
    NotATrait,
    NotAType,
    SelfOutside,
    TypeTooLarge,
    UnknownType,
    WrongPlaceFor,
    WrongTypeArity,
)
from pyhew.names.modules import is_offered
from pyhew.syntax import nodes
from pyhew.types import facts
from pyhew.types.model import (
    ERROR,
    NEVER,
    PRIMS,
    UNIT,
    ArrayType,
    AssocType,
    DynType,
    FnType,
    Nominal,
    ParamType,
    PointerType,
    TraitRef,
    TupleType,
    Type,
    Var,
    has_params,
    is_huge,
    show,
    substitute,
)
from pyhew.types.symbols import (
    ActorInfo,
    AliasInfo,
    EnumInfo,
    MachineInfo,
    ModuleRef,
    RecordInfo,
    SupervisorInfo,
    Symbol,
    TraitInfo,
)


def value_type(scope: Scope, node: nodes.TypeExpr) -> Type:
    """The type of a value: where an actor is named, its handle."""
    ty = resolve_type(scope, node)
    return ty if isinstance(node, nodes.NamedTypeExpr) and node.path[0].text == "Self" else as_value(scope, ty)


def as_value(scope: Scope, ty: Type) -> Type:
    """A value of an actor's type is a handle of it."""
    is_actor = isinstance(ty, Nominal) and isinstance(ty.info, ActorInfo | SupervisorInfo)
    return scope.world.builtin("LocalPid", ty) if is_actor else ty


def resolve_type(scope: Scope, node: nodes.TypeExpr) -> Type:
    """The type a type expression means; `ERROR` after a report."""
    match node:
        case nodes.NamedTypeExpr():
            return _named(scope, node)
        case nodes.AssocTypeExpr():
            base = resolve_type(scope, node.base)
            bound = resolve_bound(scope, node.trait)
            if bound is None:
                return ERROR
            return scope.world.normalise(AssocType(base, bound.trait, node.name.text, bound.args))
        case nodes.TupleTypeExpr():
            items = tuple(value_type(scope, item) for item in node.items)
            return UNIT if not items else items[0] if len(items) == 1 else TupleType(items)
        case nodes.ArrayTypeExpr():
            element = value_type(scope, node.element)
            if node.length is None:
                return scope.world.builtin("Vec", element)
            if not isinstance(node.length, nodes.IntLiteral):
                scope.report(WrongPlaceFor(node.span, "the length of an array type", "must be a number"))
                return ERROR
            return ArrayType(element, node.length.value)
        case nodes.FnTypeExpr():
            params = tuple(value_type(scope, p) for p in node.params)
            return FnType(params, value_type(scope, node.result) if node.result is not None else UNIT)
        case nodes.PointerTypeExpr():
            if node.kind == "ref" and not scope.is_foreign:
                scope.report(BorrowOutsideExtern(node.span))
                return ERROR
            return PointerType(node.kind, resolve_type(scope, node.target))
        case nodes.DynTypeExpr():
            bounds = tuple(b for b in (resolve_bound(scope, n) for n in node.bounds) if b is not None)
            return DynType(bounds) if bounds else ERROR
        case nodes.InferTypeExpr():
            return Var()
        case _:
            assert_never(node)


def _named(scope: Scope, node: nodes.NamedTypeExpr) -> Type:
    first = node.path[0].text
    if first == "Self":
        return _self_path(scope, node)
    if first in scope.params:
        return _param_path(scope, scope.params[first], node)
    if len(node.path) == 1:
        if first in PRIMS and not node.args:
            return PRIMS[first]
        if first == "never" or first == "Never":
            return NEVER
        if first == "unit":
            return UNIT
        symbol = scope.lookup(first)
    else:
        symbol = lookup_path(scope, node.path)
    if symbol is None:
        return _unknown(scope, node)
    args = tuple(resolve_type(scope, a) for a in node.args)
    if not isinstance(symbol, ModuleRef) and getattr(symbol, "module", "").startswith("std.") and symbol.name not in facts.PIDS:
        args = tuple(as_value(scope, arg) for arg in args)
    found = apply_symbol(scope, symbol, args, node)
    if not scope.module.is_std and facts.is_builtin(found, "Task"):
        scope.report(WrongPlaceFor(node.span, "`Task`", "is no type to write: a task is used inside the scope that forks it"))
        return ERROR
    return ERROR if ERROR in args else found


def _unknown(scope: Scope, node: nodes.NamedTypeExpr) -> Type:
    shown = ".".join(p.text for p in node.path)
    known = (*PRIMS, *scope.names(), *scope.params)
    scope.report(UnknownType(node.span, shown, known))
    return ERROR


def lookup_path(scope: Scope, path: tuple[nodes.Ident, ...]) -> Symbol | None:
    """The symbol of a dotted path through modules."""
    symbol = scope.lookup(path[0].text)
    if symbol is None and len(path) > 1 and scope.module.key.rpartition(".")[2] == path[0].text:
        symbol = ModuleRef(path[0].text, scope.module)
    for part in path[1:]:
        if not isinstance(symbol, ModuleRef):
            return None
        found = symbol.module.declared.get(part.text)
        if found is None and symbol.module.is_std and scope.world.program.prelude is not None:
            found = scope.world.program.prelude.declared.get(part.text)
        if found is None or not (is_offered(found, symbol.module, scope.module) or symbol.module is scope.module):
            return None
        symbol = found
    return symbol


def _self_path(scope: Scope, node: nodes.NamedTypeExpr) -> Type:
    if scope.self_type is None:
        scope.report(SelfOutside(node.span))
        return ERROR
    ty = scope.self_type
    for part in node.path[1:]:
        if part.text in scope.assoc:
            ty = scope.assoc[part.text]
            continue
        bound = _bound_with(scope, ty, part.text)
        if bound is None:
            scope.report(MissingAssocType(part.span, part.text, show(ty)))
            return ERROR
        ty = AssocType(ty, bound.trait, part.text, bound.args)
    return ty


def _param_path(scope: Scope, param: ParamType, node: nodes.NamedTypeExpr) -> Type:
    ty: Type = param
    for part in node.path[1:]:
        bound = _bound_with(scope, ty, part.text)
        if bound is None:
            scope.report(MissingAssocType(part.span, part.text, show(ty)))
            return ERROR
        ty = AssocType(ty, bound.trait, part.text, bound.args)
    return ty


def _bound_with(scope: Scope, ty: Type, name: str) -> TraitRef | None:
    """The trait, with its arguments, through which a type has an associated type."""
    bounds = list(ty.bounds) if isinstance(ty, ParamType) else []
    if scope.self_trait is not None and ty is scope.self_type:
        bounds.insert(0, TraitRef(scope.self_trait, tuple(scope.self_trait.params)))
    for bound in scope.world.all_bounds(bounds):
        assert isinstance(bound.trait, TraitInfo)
        if name in bound.trait.types:
            return bound
    for impls in scope.world.traits_of.values():
        for impl in impls:
            assert impl.trait is not None and isinstance(impl.trait.trait, TraitInfo)
            if name in impl.types and scope.world.find_impl(impl.trait.trait, ty) is not None:
                return TraitRef(impl.trait.trait)
    return None


def apply_symbol(scope: Scope, symbol: Symbol, args: tuple[Type, ...], node: nodes.NamedTypeExpr) -> Type:
    """The type of a declaration with arguments."""
    match symbol:
        case MachineInfo():
            return apply_symbol(scope, symbol.states, args, node)
        case AliasInfo():
            return _alias(scope, symbol, args, node)
        case RecordInfo() | EnumInfo() | ActorInfo() | SupervisorInfo():
            if len(args) != len(symbol.params):
                if args or not _may_omit(symbol):
                    scope.report(WrongTypeArity(node.span, symbol.name, len(symbol.params), len(args)))
                    return ERROR
                args = tuple(Var() for _ in symbol.params)
            if facts.library_name(symbol) in ("HashMap", "HashSet") and args and not has_params(args[0]) and not facts.is_key(args[0]):
                scope.report(KeyNotAllowed(node.span, show(args[0]), facts.is_key(args[0], by_record=True)))
                return ERROR
            return Nominal(symbol, args)
        case _:
            shown = ".".join(p.text for p in node.path)
            scope.report(NotAType(node.span, shown, isinstance(symbol, TraitInfo)))
            return ERROR


def _may_omit(symbol: RecordInfo | EnumInfo | ActorInfo | SupervisorInfo) -> bool:
    return bool(symbol.params)


def _alias(scope: Scope, alias: AliasInfo, args: tuple[Type, ...], node: nodes.NamedTypeExpr) -> Type:
    if alias.target is None:
        module = next((m for m in scope.world.program.modules if m.key == alias.module), scope.module)
        alias.target = ERROR
        inner = Scope(scope.world, module)
        for param in alias.node.generics.params:
            made = ParamType(param.name.text, [])
            alias.params.append(made)
            inner.params[param.name.text] = made
        alias.is_open = True
        alias.target = resolve_type(inner, alias.node.target)
        alias.is_open = False
        if is_huge(alias.target):
            scope.report(TypeTooLarge(alias.node.name.span, f"the type `{alias.name}`"))
            alias.target = ERROR
    elif alias.is_open:
        scope.report(AliasRing(node.span, alias.name))
        return ERROR
    if len(args) != len(alias.params):
        scope.report(WrongTypeArity(node.span, alias.name, len(alias.params), len(args)))
        return ERROR
    return substitute(alias.target, dict(zip(alias.params, args)))


def resolve_bound(scope: Scope, node: nodes.NamedTypeExpr) -> TraitRef | None:
    """A trait with arguments and associated types, None after a report."""
    symbol = lookup_path(scope, node.path)
    shown = ".".join(p.text for p in node.path)
    if symbol is None:
        scope.report(UnknownType(node.span, shown, scope.names()))
        return None
    if not isinstance(symbol, TraitInfo):
        scope.report(NotATrait(node.span, shown))
        return None
    args = tuple(resolve_type(scope, a) for a in node.args)
    if args and len(args) != len(symbol.params):
        scope.report(WrongTypeArity(node.span, symbol.name, len(symbol.params), len(args)))
    bindings = tuple((b.name.text, resolve_type(scope, b.type)) for b in node.bindings)
    return TraitRef(symbol, args, bindings)
