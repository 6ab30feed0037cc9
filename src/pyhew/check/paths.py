"""Names and dotted paths: variable, field, function, variant, type, module.

In: `NameExpr`, `Member`, `ContextVariant`.  Out: their types and meanings.
Assumed: a local variable hides everything else of its name.
"""

from __future__ import annotations

from pyhew.check.context import Check, map_shown
from pyhew.check.errors.actors import NotInActor
from pyhew.check.errors.types import BoundNotMet
from pyhew.check.errors.values import NotAValue, PrivateMember, UnknownMember, UnknownName, WhereNot
from pyhew.check.model import UseChild, UseConst, UseField, UseFn, UseLocal, UseMember, UseTrait, UseVariant
from pyhew.check.types import resolve_bound, resolve_type
from pyhew.check.world import Method
from pyhew.names.modules import is_offered, is_public, public_names
from pyhew.syntax import nodes
from pyhew.types import facts
from pyhew.types.model import (
    ERROR,
    PRIMS,
    FnType,
    Nominal,
    ParamType,
    TupleType,
    Type,
    Var,
    prune,
    show,
    substitute,
    unify,
)
from pyhew.types.symbols import (
    ActorInfo,
    AliasInfo,
    ConstInfo,
    EnumInfo,
    FnInfo,
    MachineInfo,
    ModuleRef,
    PrimInfo,
    RecordInfo,
    SupervisorInfo,
    Symbol,
    TraitInfo,
)


def check_name(cx: Check, node: nodes.NameExpr, want: Type | None) -> Type:
    """A bare name as a value."""
    name = node.name.text
    local = cx.local(name)
    if local is not None:
        cx.use(node, UseLocal(local))
        return local.type
    if name in cx.actor_fields and cx.actor is not None:
        return actor_field(cx, node, name)
    symbol = cx.scope.lookup(name)
    match symbol:
        case ConstInfo():
            cx.use(node, UseConst(symbol))
            return symbol.type
        case FnInfo():
            return function_value(cx, node, symbol, node.args, want)
    variant = find_variant(cx, name, want)
    if variant is not None:
        return variant_value(cx, node, *variant, want)
    if symbol is not None:
        return cx.report(NotAValue(node.span, name, what_is(symbol)))
    known = (*cx.local_names(), *cx.actor_fields, *cx.scope.names())
    return cx.report(UnknownName(node.span, name, known, cx.actor is not None))


def actor_field(cx: Check, node: nodes.Expr, name: str) -> Type:
    """A field of the running actor's state."""
    assert cx.actor is not None
    index = cx.actor_fields[name]
    cx.use(node, UseField(cx.actor, index))
    return cx.actor.fields[index].type


def function_value(
    cx: Check, node: nodes.Expr, fn: FnInfo, written: tuple[nodes.TypeExpr, ...], want: Type | None
) -> Type:
    """A function used as a value; generic ones are instantiated by the wanted type."""
    if fn.is_extern and any(isinstance(p.type, FnType) for p in fn.inputs):
        return cx.report(WhereNot(node.span, fn.name, "takes a function, so it can only be called by its name"))
    given = tuple(resolve_type(cx.scope, a) for a in written)
    mapping = cx.instantiate([*fn.params_outer, *fn.params], node.span, given)
    cx.require_bounds(node.span, [], fn.wheres, mapping)
    params = tuple(cx.open_assoc(substitute(p.type, mapping), node.span) for p in fn.inputs)
    ty = FnType(params, cx.open_assoc(substitute(fn.result, mapping), node.span))
    if want is not None:
        unify(ty, want)
    cx.use(node, UseFn(fn, tuple(mapping[p] for p in (*fn.params_outer, *fn.params))))
    if mapping:
        cx.opened.append((node, ty, fn.name))
    return ty


def find_variant(cx: Check, name: str, want: Type | None) -> tuple[EnumInfo, int] | None:
    """The enum a bare variant name belongs to: the wanted type's first, else the only visible one."""
    wanted = prune(want) if want is not None else None
    if isinstance(wanted, Nominal) and isinstance(wanted.info, EnumInfo):
        index = wanted.info.index_of(name)
        if index is not None:
            return wanted.info, index
    if not name[:1].isupper():
        return None
    for enum in visible_enums(cx):
        index = enum.index_of(name)
        if index is not None:
            return enum, index
    return None


def visible_enums(cx: Check) -> list[EnumInfo]:
    """Enums whose bare variants can be written: this module's, imported ones, the prelude's."""
    prelude = cx.world.program.prelude
    found: list[EnumInfo] = []
    for scope in (cx.scope.module.declared, cx.scope.module.scope, prelude.declared if prelude is not None else {}):
        for symbol in scope.values():
            if isinstance(symbol, MachineInfo):
                symbol = symbol.states
            if isinstance(symbol, EnumInfo) and symbol not in found:
                found.append(symbol)
    for module in cx.scope.module.imports:
        for symbol in module.declared.values():
            if isinstance(symbol, EnumInfo) and symbol.visibility and symbol not in found:
                found.append(symbol)
    return found


def enum_type(cx: Check, enum: EnumInfo, want: Type | None) -> Nominal:
    """The enum with fresh arguments, or the wanted ones."""
    wanted = prune(want) if want is not None else None
    if isinstance(wanted, Nominal) and wanted.info is enum:
        return wanted
    return Nominal(enum, tuple(Var() for _ in enum.params))


def variant_value(cx: Check, node: nodes.Expr, enum: EnumInfo, index: int, want: Type | None) -> Type:
    """A variant without payload, or its constructor as a function."""
    ty = enum_type(cx, enum, want if not isinstance(prune(want) if want is not None else None, FnType) else None)
    cx.use(node, UseVariant(enum, index))
    variant = enum.variants[index]
    if variant.shape == "unit":
        return ty
    mapping = dict(zip(enum.params, ty.args))
    return FnType(tuple(substitute(f.type, mapping) for f in variant.fields), ty)


def check_context_variant(cx: Check, node: nodes.ContextVariant, want: Type | None) -> Type:
    """`.Red`."""
    found = context_variant(cx, node, want)
    return ERROR if found is None else variant_value(cx, node, *found, want)


def context_variant(cx: Check, node: nodes.ContextVariant, want: Type | None) -> tuple[EnumInfo, int] | None:
    """The variant `.Name` means for the wanted type, None after a report."""
    wanted = cx.known(want) if want is not None else None
    if isinstance(wanted, Nominal) and isinstance(wanted.info, EnumInfo):
        index = wanted.info.index_of(node.name.text)
        if index is not None:
            return wanted.info, index
        known = tuple(v.name for v in wanted.info.variants)
        cx.report(UnknownMember(node.span, node.name.text, show(wanted), known))
        return None
    if wanted == ERROR:
        return None
    found = find_variant(cx, node.name.text, None)
    if found is None:
        cx.report(UnknownName(node.span, "." + node.name.text, ()))
    return found


# --------------------------------------------------------------------------- dotted paths


def _imported_enum(cx: Check, name: str) -> EnumInfo | None:
    """The one enum of that name in imported modules: before a variant it needs no module's name."""
    found = [module.declared.get(name) for module in cx.scope.module.imports]
    enums = [symbol for symbol in found if isinstance(symbol, EnumInfo) and symbol.visibility]
    return enums[0] if len(enums) == 1 else None


def static_symbol(cx: Check, node: nodes.Expr) -> Symbol | Type | None:
    """What a dotted path means when it is not a value: a module, a declaration, a type."""
    match node:
        case nodes.TypeValue():
            return resolve_type(cx.scope, node.type)
        case nodes.NameExpr():
            name = node.name.text
            if any(name in block for block in cx.blocks) or name in cx.actor_fields:
                return None
            if name == "Self" and cx.scope.self_type is not None:
                return cx.scope.self_type
            if name in cx.scope.params:
                return cx.scope.params[name]
            symbol = cx.scope.lookup(name)
            if symbol is None or isinstance(symbol, FnInfo | ConstInfo):
                return (PRIMS.get(name) or _imported_enum(cx, name)) if symbol is None else None
            if node.args and isinstance(symbol, RecordInfo | EnumInfo | MachineInfo | ActorInfo | AliasInfo):
                return resolve_type(cx.scope, nodes.NamedTypeExpr(node.id, node.span, (node.name,), node.args))
            if isinstance(symbol, AliasInfo):
                return resolve_type(cx.scope, nodes.NamedTypeExpr(node.id, node.span, (node.name,), ()))
            return symbol
        case nodes.Member():
            base = static_symbol(cx, node.base)
            if isinstance(base, ModuleRef):
                return module_member(cx, node, base)
            return None
        case _:
            return None


def module_member(cx: Check, node: nodes.Member, base: ModuleRef) -> Symbol | None:
    """A declaration of a module, if it offers it."""
    found = base.module.declared.get(node.name.text)
    if found is None:
        found = base.module.scope.get(node.name.text)
        return found if getattr(found, "visibility", "") else None
    if not is_offered(found, base.module, cx.scope.module) and base.module is not cx.scope.module:
        private = "package" if is_public(found) else "module"
        cx.report(PrivateMember(node.name.span, node.name.text, base.module.key, private))
    return found


def type_of_symbol(cx: Check, symbol: Symbol | Type) -> Type | None:
    """The type a static path means, with fresh arguments; None for modules, functions ..."""
    match symbol:
        case MachineInfo():
            return Nominal(symbol.states, tuple(Var() for _ in symbol.states.params))
        case RecordInfo() | EnumInfo() | ActorInfo() | SupervisorInfo():
            return Nominal(symbol, tuple(Var() for _ in symbol.params))
        case ModuleRef() | FnInfo() | ConstInfo() | TraitInfo() | AliasInfo():
            return PRIMS.get(symbol.name) if isinstance(symbol, ModuleRef) else None
        case PrimInfo():
            return symbol.type
        case _:
            return symbol


def check_member(cx: Check, node: nodes.Member, want: Type | None) -> Type:
    """`e.name` that is not called."""
    static = static_symbol(cx, node.base)
    if static is not None:
        return _static_member(cx, node, static, want)
    base = cx.known(cx.expr(node.base))
    if base == ERROR:
        return ERROR
    found = field_of(cx, node, base)
    if found is None:
        found = _source_field(cx, node)
    if found is not None:
        return found
    child = _child_of(cx, node, base)
    if child is not None:
        return child
    is_uncalled = bool(cx.methods(base, node.name.text))
    return cx.report(UnknownMember(node.name.span, node.name.text, show(base), member_names(cx, base), is_uncalled))


def field_of(cx: Check, node: nodes.Member, base: Type) -> Type | None:
    """The type of a record field or tuple item, recorded; None when there is none."""
    name = node.name.text
    if isinstance(base, TupleType) and name.isdigit() and int(name) < len(base.items):
        cx.use(node, UseMember(int(name)))
        return base.items[int(name)]
    if isinstance(base, Nominal) and isinstance(base.info, RecordInfo):
        mapping = dict(zip(base.info.params, base.args))
        for index, field in enumerate(base.info.fields):
            if field.name == name:
                cx.use(node, UseMember(index))
                return cx.world.normalise(substitute(field.type, mapping))
    return None


def _source_field(cx: Check, node: nodes.Member) -> Type | None:
    """`state.field` in a rule of one source state: what `self.field` is."""
    use = cx.world.model.uses.get(node.base)
    if cx.source_state is None or not isinstance(use, UseLocal) or use.local is not cx.source_state[0]:
        return None
    me = cx.local("self")
    if me is not cx.source_state[1]:
        return None
    found = field_of(cx, node, me.type)
    if found is not None:
        cx.use(node.base, UseLocal(me))
        cx.world.model.types[node.base] = me.type
    return found


def _child_of(cx: Check, node: nodes.Member, base: Type) -> Type | None:
    """`sup.child`: the handle of a supervised actor."""
    if not facts.is_builtin(base, "LocalPid"):
        return None
    assert isinstance(base, Nominal)
    target = prune(base.args[0])
    if not (isinstance(target, Nominal) and isinstance(target.info, SupervisorInfo)):
        return None
    for index, child in enumerate(target.info.children):
        if child.name == node.name.text:
            cx.use(node, UseChild(target.info, index))
            return cx.world.builtin("Pool" if child.node.is_pool else "LocalPid", child.type)
    return None


def member_names(cx: Check, base: Type) -> tuple[str, ...]:
    """Fields and methods, for suggestions."""
    names = cx.world.method_names(base)
    if isinstance(base, Nominal) and isinstance(base.info, RecordInfo):
        names += tuple(f.name for f in base.info.fields)
    target = base.args[0] if isinstance(base, Nominal) and facts.is_pid(base) else None
    if isinstance(target, Nominal) and isinstance(target.info, SupervisorInfo):
        names += tuple(child.name for child in target.info.children)
    return names


def module_variant(static: ModuleRef, name: str) -> tuple[EnumInfo, int] | None:
    """`module.Variant`: the form of an enum of that module."""
    for symbol in static.module.declared.values():
        if isinstance(symbol, MachineInfo):
            symbol = symbol.states
        if isinstance(symbol, EnumInfo):
            index = symbol.index_of(name)
            if index is not None:
                return symbol, index
    return None


def _static_member(cx: Check, node: nodes.Member, static: Symbol | Type, want: Type | None) -> Type:
    if isinstance(static, ModuleRef):
        symbol = module_member(cx, node, static)
        match symbol:
            case FnInfo():
                return function_value(cx, node, symbol, node.args, want)
            case ConstInfo():
                cx.use(node, UseConst(symbol))
                return symbol.type
            case None:
                variant = module_variant(static, node.name.text)
                if variant is not None:
                    return variant_value(cx, node, *variant, want)
                known = public_names(static.module)
                return cx.report(UnknownMember(node.name.span, node.name.text, static.name, known))
            case _:
                return cx.report(NotAValue(node.span, node.name.text, what_is(symbol)))
    ty = type_of_symbol(cx, static)
    if ty is None:
        return cx.report(NotAValue(node.base.span, getattr(static, "name", "?"), what_is(static)))
    if ty == ERROR:
        return ERROR
    if isinstance(ty, Nominal) and isinstance(ty.info, EnumInfo):
        index = ty.info.index_of(node.name.text)
        if index is not None:
            if want is not None and isinstance(prune(want), Nominal):
                unify(ty, want)
            return variant_value(cx, node, ty.info, index, ty)
    for method in cx.methods(ty, node.name.text):
        if isinstance(ty, ParamType) and method.bound is not None:
            fn = method.fn
            assert isinstance(method.bound.trait, TraitInfo)
            cx.use(node, UseTrait(method.bound.trait, fn.name, ty, method.bound.args, ()))
            own: dict[ParamType, Type] = {method.bound.trait.self_type: ty}
            return FnType(tuple(substitute(p.type, own) for p in fn.inputs), substitute(fn.result, own))
        mapping = dict(zip(method.fn.params_outer, method.outer))
        cx.use(node, UseFn(method.fn, method.outer))
        params = tuple(substitute(p.type, mapping) for p in method.fn.inputs)
        return FnType(params, substitute(method.fn.result, mapping))
    return cx.report(UnknownMember(node.name.span, node.name.text, show(map_shown(ty)), member_names(cx, ty)))


def qualified_method(cx: Check, node: nodes.QualifiedPath) -> tuple[Type, Method] | None:
    """The type and the method that `<T as Trait>.name` names, None after a report."""
    ty = resolve_type(cx.scope, node.base)
    bound = resolve_bound(cx.scope, node.trait)
    if ty == ERROR or bound is None:
        return None
    assert isinstance(bound.trait, TraitInfo)
    if not cx.world.satisfies(ty, bound):
        cx.report(BoundNotMet(node.span, show(ty), bound.trait.name))
        return None
    method = cx.world.method_of(ty, bound, node.name.text)
    if method is None:
        cx.report(UnknownMember(node.name.span, node.name.text, bound.trait.name, tuple(bound.trait.methods)))
    return None if method is None else (ty, method)


def check_qualified(cx: Check, node: nodes.QualifiedPath, want: Type | None) -> Type:
    """`<T as Trait>.name` that is not called."""
    found = qualified_method(cx, node)
    if found is None:
        return ERROR
    ty, method = found
    fn, mapping = method.fn, outer_mapping(method, ty)
    mapping = cx.instantiate(fn.params, node.span, (), mapping)
    inputs = tuple(substitute(p.type, mapping) for p in fn.inputs)
    made = cx.world.normalise(FnType(inputs, substitute(fn.result, mapping)))
    if want is not None:
        unify(made, want)
    own = tuple(mapping[p] for p in fn.params)
    if fn.trait is None:
        cx.use(node, UseFn(fn, (*method.outer, *own)))
    else:
        cx.use(node, UseTrait(fn.trait, fn.name, ty, trait_args(method), own))
    return made


def outer_mapping(method: Method, base: Type) -> dict[ParamType, Type]:
    """What a method's outer type parameters stand for."""
    fn = method.fn
    if fn.trait is None:
        return dict(zip(fn.params_outer, method.outer))
    return {fn.trait.self_type: base, **dict(zip(fn.trait.params, trait_args(method)))}


def trait_args(method: Method) -> tuple[Type, ...]:
    """The arguments of the trait that a method was found through."""
    if method.bound is None:
        return ()
    inner = dict(zip(method.impl.params, method.outer)) if method.impl is not None else {}
    return tuple(substitute(a, inner) for a in method.bound.args)


def check_this(cx: Check, node: nodes.This) -> Type:
    """`this`: the handle of the running actor."""
    if cx.actor is None:
        return cx.report(NotInActor(node.span, "this"))
    return cx.world.builtin("LocalPid", Nominal(cx.actor, tuple(cx.actor.params)))


def what_is(symbol: object) -> str:
    """A word for a kind of declaration."""
    match symbol:
        case RecordInfo() | EnumInfo() | AliasInfo():
            return "type"
        case ActorInfo():
            return "actor"
        case SupervisorInfo():
            return "supervisor"
        case MachineInfo():
            return "machine"
        case TraitInfo():
            return "trait"
        case ModuleRef():
            return "module"
        case _:
            return "type"
