"""Declarations to signatures: the types of fields, parameters, results, impl headers.

In: `World` with empty infos.  Out: the same infos filled in; impls indexed.
Assumed: runs once over all modules before any body is checked.
"""

from __future__ import annotations

from collections.abc import Mapping

from pyhew.check.context import Scope
from pyhew.check.errors.actors import BadHeapLimit
from pyhew.check.errors.declarations import (
    BadResource,
    DuplicateMember,
    EndlessType,
    ImplMethodUnknown,
    ImplMissing,
    MethodSignature,
    PartNotWritten,
    TraitRing,
)
from pyhew.check.errors.ownership import ActorHolds, MachineHolds, MustSayConsume
from pyhew.check.errors.types import AssocTypeDiffers, BoundNotMet
from pyhew.check.machines import resolve_machine
from pyhew.check.types import as_value, resolve_bound, resolve_type, value_type
from pyhew.check.wire import check_wire_types
from pyhew.check.world import World
from pyhew.source.spans import Span
from pyhew.syntax import nodes
from pyhew.types import facts
from pyhew.types.model import (
    ERROR,
    I64,
    UNIT,
    Nominal,
    ParamType,
    TraitRef,
    Type,
    can_unify,
    has_params,
    has_vars,
    show,
    substitute,
    substitute_bound,
    unify,
)
from pyhew.types.symbols import (
    ActorFieldInfo,
    ActorInfo,
    ChildInfo,
    ConstInfo,
    EnumInfo,
    FieldInfo,
    FnInfo,
    ImplInfo,
    MachineInfo,
    ModuleInfo,
    ParamInfo,
    Predicate,
    RecordInfo,
    SupervisorInfo,
    TraitInfo,
    VariantInfo,
    show_head,
    show_input,
)


def attribute(attributes: tuple[nodes.Attribute, ...], name: str) -> nodes.Attribute | None:
    """The attribute of that name, if it stands there."""
    return next((a for a in attributes if a.name == name), None)


def attribute_text(attributes: tuple[nodes.Attribute, ...], name: str) -> str:
    """The first argument of an attribute, or nothing."""
    found = attribute(attributes, name)
    if found is None or not found.args:
        return ""
    return found.args[0].value or found.args[0].name or ""


_PERIODS = {"ns": 1, "us": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}


def period(every: nodes.Attribute) -> int | None:
    """The nanoseconds of `#[every(50ms)]`; None when it is no duration."""
    if len(every.args) != 1:
        return None
    text = (every.args[0].value or every.args[0].name or "").strip()
    digits = text.rstrip("nusmh").replace("_", "")
    unit = text[len(text.rstrip("nusmh")) :]
    return int(digits) * _PERIODS[unit] if digits.isdecimal() and len(digits) <= 18 and unit in _PERIODS else None


_UNITS = {"b": 1, "kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30}


def heap_limit(attributes: tuple[nodes.Attribute, ...]) -> int | None:
    """The bytes of `#[max_heap(64 kb)]`; 0 without the attribute, None when it is no size."""
    if attribute(attributes, "max_heap") is None:
        return 0
    number, _, unit = attribute_text(attributes, "max_heap").replace("_", "").partition(" ")
    if not number.isdecimal() or len(number) > 18 or (unit.lower() or "b") not in _UNITS:
        return None
    return min(int(number) * _UNITS[unit.lower() or "b"], (1 << 63) - 1) or None


def make_params(scope: Scope, generics: nodes.Generics) -> list[ParamType]:
    """Type parameters entered into the scope; bounds are resolved by `bind_bounds`."""
    made = []
    for node in generics.params:
        param = ParamType(node.name.text, [])
        scope.params[node.name.text] = param
        made.append(param)
    return made


def bind_bounds(scope: Scope, generics: nodes.Generics) -> list[Predicate]:
    """The bounds of `<T: A>` and `where T: A`; what a `where` demands of other types is returned."""
    own = [scope.params[node.name.text] for node in generics.params]
    wheres: list[Predicate] = []
    for node in generics.params:
        for bound in node.bounds:
            found = resolve_bound(scope, bound)
            if found is not None:
                scope.params[node.name.text].bounds.append(found)
    for predicate in generics.where:
        target = resolve_type(scope, predicate.target)
        for bound in predicate.bounds:
            found = resolve_bound(scope, bound)
            if found is not None and isinstance(target, ParamType) and target in own:
                target.bounds.append(found)
            elif found is not None:
                wheres.append((target, found))
    return wheres


def resolve_signatures(world: World) -> None:
    """Fills in every info of the program."""
    modules = world.program.modules
    for module in modules:
        _headers(world, module)
    for module in modules:
        for tree in module.trees:
            for item in tree.items:
                if isinstance(item, nodes.ImplDecl):
                    _impl_header(world, module, item)
    for module in modules:
        _members(world, module)
    for module in modules:
        for impl in module.impls:
            if impl.node is not None:
                _impl_members(world, module, impl)
    for module in modules:
        _check_resources(world, module)
        _check_finite(world, module)
        check_wire_types(world, module)
    for module in modules:
        for impl in list(module.impls):
            _split_supertraits(world, module, impl)
    for module in modules:
        for impl in module.impls:
            _check_impl(world, impl)


def _headers(world: World, module: ModuleInfo) -> None:
    """Type parameters and markers, so that types can be applied."""
    for symbol in module.declared.values():
        match symbol:
            case RecordInfo() if symbol.node is not None:
                scope = Scope(world, module)
                symbol.params = make_params(scope, symbol.node.generics)
                symbol.is_record = symbol.node.keyword == "record"
                symbol.is_tuple = symbol.node.is_tuple
                symbol.is_wire = attribute(symbol.node.attributes, "wire") is not None
                for marker in ("builtin", "linear", "resource", "opaque"):
                    if attribute(symbol.node.attributes, marker):
                        symbol.marker = marker
                symbol.is_closing = attribute(symbol.node.attributes, "resource") is not None
                symbol.is_linear = symbol.marker != "opaque" and attribute(symbol.node.attributes, "linear") is not None
                world.has_linear = world.has_linear or symbol.is_linear
                if attribute(symbol.node.attributes, "opaque") and symbol.node.fields and not module.is_std:
                    world.sink.report(BadResource(symbol.node.name.span, symbol.name, "open"))
                if symbol.is_record and symbol.marker in ("resource", "linear"):
                    world.sink.report(BadResource(symbol.node.name.span, symbol.name, "record"))
            case EnumInfo() if symbol.node is not None:
                symbol.params = make_params(Scope(world, module), symbol.node.generics)
                symbol.is_indirect = symbol.node.is_indirect
                symbol.is_wire = attribute(symbol.node.attributes, "wire") is not None
            case TraitInfo() if symbol.node is not None:
                symbol.params = make_params(Scope(world, module), symbol.node.generics)
            case ActorInfo():
                symbol.params = make_params(Scope(world, module), symbol.node.generics)
            case MachineInfo():
                params = make_params(Scope(world, module), symbol.node.generics)
                symbol.states.params = params
                symbol.events.params = params


def scope_of(world: World, module: ModuleInfo, params: list[ParamType]) -> Scope:
    """A scope with these type parameters."""
    return Scope(world, module, {p.name: p for p in params})


def _members(world: World, module: ModuleInfo) -> None:
    for symbol in module.declared.values():
        match symbol:
            case RecordInfo() if symbol.node is not None:
                _record(world, module, symbol)
            case EnumInfo() if symbol.node is not None:
                _enum(world, module, symbol)
            case TraitInfo() if symbol.node is not None:
                _trait(world, module, symbol)
            case ActorInfo():
                _actor(world, module, symbol)
            case SupervisorInfo():
                _supervisor(world, module, symbol)
            case MachineInfo():
                resolve_machine(scope_of(world, module, symbol.states.params), symbol)
    for fn in module.functions:
        if isinstance(fn.node, nodes.FnDecl):
            resolve_fn(Scope(world, module), fn, fn.node)
    for symbol in module.declared.values():
        if isinstance(symbol, ConstInfo):
            symbol.type = resolve_type(Scope(world, module), symbol.node.type) if symbol.node.type else ERROR


def _fields(scope: Scope, decls: tuple[nodes.FieldDecl, ...]) -> list[FieldInfo]:
    seen: dict[str, nodes.FieldDecl] = {}
    fields = []
    for decl in decls:
        if decl.name.text in seen:
            scope.report(DuplicateMember(decl.name.span, decl.name.text, seen[decl.name.text].name.span))
            continue
        seen[decl.name.text] = decl
        fields.append(FieldInfo(decl.name.text, _written_out(scope, decl.type, f"field `{decl.name.text}`"), decl))
    return fields


def _record(world: World, module: ModuleInfo, record: RecordInfo) -> None:
    assert record.node is not None
    scope = scope_of(world, module, record.params)
    record.wheres = bind_bounds(scope, record.node.generics)
    record.fields = _fields(scope, record.node.fields)
    _inline_methods(world, module, record, record.node.methods)


def _enum(world: World, module: ModuleInfo, enum: EnumInfo) -> None:
    assert enum.node is not None
    scope = scope_of(world, module, enum.params)
    enum.wheres = bind_bounds(scope, enum.node.generics)
    for variant in enum.node.variants:
        if enum.index_of(variant.name.text) is not None:
            world.sink.report(DuplicateMember(variant.name.span, variant.name.text, None))
            continue
        enum.variants.append(VariantInfo(variant.name.text, variant.shape, _fields(scope, variant.fields)))
    _inline_methods(world, module, enum, enum.node.methods)


def _inline_methods(
    world: World, module: ModuleInfo, owner: RecordInfo | EnumInfo, methods: tuple[nodes.FnDecl, ...]
) -> None:
    if not methods:
        return
    target = Nominal(owner, tuple(owner.params))
    impl = ImplInfo(module.key, None, owner.params, None, target, wheres=owner.wheres)
    module.impls.append(impl)
    world.add_impl(impl)
    scope = scope_of(world, module, owner.params)
    scope.self_type = target
    for node in methods:
        _add_method(scope, module, impl, node)


def resolve_fn(scope: Scope, fn: FnInfo, node: nodes.FnDecl | nodes.ReceiveFn) -> None:
    """Parameters, result, bounds and markers of one function."""
    inner = Scope(scope.world, scope.module, dict(scope.params), scope.self_type, scope.self_trait, scope.assoc)
    inner.is_foreign = fn.is_extern
    fn.params = make_params(inner, node.generics)
    fn.wheres = bind_bounds(inner, node.generics)
    for index, param in enumerate(node.params):
        if param.type is None:
            ty = scope.self_type if scope.self_type is not None else ERROR
        else:
            ty = _written_out(inner, param.type, f"parameter `{param.name.text}`", scope.self_type if index == 0 else None)
        if index == 0 and scope.self_type is not None:
            fn.has_self = param.type is None or _is_receiver(ty, scope.self_type)
        is_promise = fn.is_extern or (fn.trait is not None and node.body is None and index > 0)
        if is_promise and facts.needs_consume(ty) and not param.consuming:
            scope.report(MustSayConsume(param.span, param.name.text, show(ty)))
        mode = "consume" if param.consuming else "var" if param.is_var else "borrow"
        fn.inputs.append(ParamInfo(param.name.text, ty, mode, param))
    fn.result = _written_out(inner, node.result, "a result") if node.result is not None else UNIT
    fn.is_gen = node.is_gen
    fn.intrinsic = attribute_text(node.attributes, "intrinsic")
    fn.runtime = attribute_text(node.attributes, "runtime")
    fn.is_internal = attribute(node.attributes, "internal") is not None


def _written_out(scope: Scope, node: nodes.TypeExpr, what: str, receiver: Type | None = None) -> Type:
    """The type of a declaration: nothing else says what is left away in it, unless it is the type whose methods these are."""
    ty = resolve_type(scope, node)
    if receiver is not None and _is_receiver(ty, receiver):
        unify(ty, receiver)
    else:
        ty = as_value(scope, ty)
    if has_vars(ty) and not isinstance(node, nodes.InferTypeExpr):
        scope.report(PartNotWritten(node.span, what, show(ty)))
        return ERROR
    return ty


def _is_receiver(ty: Type, self_type: Type) -> bool:
    if isinstance(ty, Nominal) and isinstance(self_type, Nominal):
        return ty.info is self_type.info
    return ty == self_type


def _stands_on(trait: object, other: TraitInfo) -> bool:
    """Whether a trait is another one or demands it, by the supertraits that are known so far."""
    assert isinstance(trait, TraitInfo)
    return trait is other or any(_stands_on(bound.trait, other) for bound in trait.supers)


def _trait(world: World, module: ModuleInfo, trait: TraitInfo) -> None:
    assert trait.node is not None
    scope = scope_of(world, module, trait.params)
    scope.self_type, scope.self_trait = trait.self_type, trait
    for name in trait.node.types:
        trait.types[name.name.text] = None
    for bound in trait.node.supers:
        found = resolve_bound(scope, bound)
        if found is not None and _stands_on(found.trait, trait):
            world.sink.report(TraitRing(bound.span, trait.name))
        elif found is not None:
            trait.supers.append(found)
    trait.self_type.bounds.append(TraitRef(trait, tuple(trait.params)))
    trait.wheres = bind_bounds(scope, trait.node.generics)
    for decl in trait.node.types:
        found_bounds = (resolve_bound(scope, bound) for bound in decl.bounds)
        trait.demands[decl.name.text] = [bound for bound in found_bounds if bound is not None]
        if decl.value is not None:
            trait.types[decl.name.text] = resolve_type(scope, decl.value)
    for node in trait.node.methods:
        fn = FnInfo(node.name.text, module.key, node, "pub", owner=trait.name, trait=trait)
        fn.params_outer = [trait.self_type, *trait.params]
        resolve_fn(scope, fn, node)
        trait.methods[fn.name] = fn


def _impl_header(world: World, module: ModuleInfo, node: nodes.ImplDecl) -> None:
    scope = Scope(world, module)
    params = make_params(scope, node.generics)
    target = resolve_type(scope, node.target)
    trait = resolve_bound(scope, node.trait) if node.trait is not None else None
    if target == ERROR or (node.trait is not None and trait is None):
        return
    impl = ImplInfo(module.key, node, params, trait, target)
    module.impls.append(impl)
    world.add_impl(impl)


def _impl_members(world: World, module: ModuleInfo, impl: ImplInfo) -> None:
    assert impl.node is not None
    scope = scope_of(world, module, impl.params)
    scope.self_type = impl.target
    impl.wheres = bind_bounds(scope, impl.node.generics)
    for decl in impl.node.types:
        if decl.value is not None:
            impl.types[decl.name.text] = resolve_type(scope, decl.value)
            scope.assoc[decl.name.text] = impl.types[decl.name.text]
    for node in impl.node.methods:
        _add_method(scope, module, impl, node)
    if impl.trait is None and isinstance(impl.target, Nominal) and isinstance(impl.target.info, RecordInfo):
        close = impl.methods.get("close")
        if close is not None and impl.target.info.marker == "resource":
            impl.target.info.close = close
            if close.result != UNIT:
                world.sink.report(BadResource(impl.node.span, impl.target.info.name, "result"))
            if len(close.inputs) != 1 or not close.has_self or close.params:
                world.sink.report(BadResource(impl.node.span, impl.target.info.name, "parameters"))


def _add_method(scope: Scope, module: ModuleInfo, impl: ImplInfo, node: nodes.FnDecl) -> None:
    fn = FnInfo(node.name.text, module.key, node, node.visibility, owner=show(impl.target), impl=impl)
    fn.params_outer = impl.params
    resolve_fn(scope, fn, node)
    if fn.name in impl.methods:
        scope.report(DuplicateMember(node.name.span, fn.name, None))
        return
    impl.methods[fn.name] = fn


def _check_resources(world: World, module: ModuleInfo) -> None:
    """Every resource has a `close`; no machine state holds one, and no actor a linear value."""
    for symbol in module.declared.values():
        if isinstance(symbol, ActorInfo):
            for kept in symbol.fields:
                if facts.holds_endless(kept.type):
                    world.sink.report(ActorHolds(kept.node.span, symbol.name, kept.name, show(kept.type)))
        if isinstance(symbol, RecordInfo) and symbol.marker == "resource" and symbol.node is not None:
            if symbol.close is None:
                world.sink.report(BadResource(symbol.node.name.span, symbol.name, "missing"))
        if isinstance(symbol, MachineInfo):
            for variant in symbol.states.variants:
                held = [f for f in variant.fields if facts.any_part(f.type, facts.is_marked)]
                for field in held[:1]:
                    span = field.node.span
                    world.sink.report(MachineHolds(span, symbol.name, variant.name, show(field.type)))


def _check_finite(world: World, module: ModuleInfo) -> None:
    """No type holds itself inline."""
    for symbol in module.declared.values():
        if isinstance(symbol, RecordInfo | EnumInfo) and symbol.node is not None and facts.contains_itself(symbol):
            world.sink.report(EndlessType(symbol.node.name.span, symbol.name, isinstance(symbol, EnumInfo)))


def _split_supertraits(world: World, module: ModuleInfo, impl: ImplInfo) -> None:
    """Methods of a supertrait written inside the impl of its subtrait become an impl of their own."""
    if impl.trait is None:
        return
    own = impl.trait.trait
    assert isinstance(own, TraitInfo)
    for bound in world.all_bounds([impl.trait]):
        trait = bound.trait
        assert isinstance(trait, TraitInfo)
        extra = [name for name in impl.methods if name not in own.methods and name in trait.methods]
        if trait is own or not extra or world.has_impl(trait, impl.target):
            continue
        made = ImplInfo(impl.module, impl.node, impl.params, bound, impl.target, impl.types, wheres=impl.wheres)
        for name in extra:
            made.methods[name] = impl.methods.pop(name)
        module.impls.append(made)
        world.add_impl(made)


def _check_passing(
    world: World, trait: TraitInfo, wanted: FnInfo, fn: FnInfo, mapping: Mapping[ParamType, Type]
) -> None:
    """Who calls through the trait knows what it says: a method may do less to what it is given, never more."""
    for at, (there, here) in enumerate(zip(wanted.inputs, fn.inputs)):
        is_self = fn.has_self and at == 0
        if here.mode in ("borrow", there.mode) or not is_self and not facts.is_seen_changed(here.type):
            continue
        passes = (show_input(fn, at), show_input(wanted, at, mapping))
        span = here.node.span if here.node is not None else _place(fn)
        world.sink.report(MethodSignature(span, fn.name, trait.name, show_head(wanted, mapping), passes))


def _check_impl(world: World, impl: ImplInfo) -> None:
    """A trait impl has the trait's methods, with its signatures."""
    if impl.trait is None or impl.node is None:
        return
    trait = impl.trait.trait
    assert isinstance(trait, TraitInfo)
    mapping: dict[ParamType, Type] = {trait.self_type: impl.target, **dict(zip(trait.params, impl.trait.args))}
    for target, bound in trait.wheres:
        _check_demand(world, impl, substitute(target, mapping), substitute_bound(bound, mapping))
    _check_types(world, impl, trait, mapping)
    for name, wanted in trait.methods.items():
        fn = impl.methods.get(name)
        if fn is None:
            if any(name in b.trait.methods for b in world.all_bounds(trait.supers) if isinstance(b.trait, TraitInfo)):
                continue
            if wanted.node is not None and getattr(wanted.node, "body", None) is None and not wanted.intrinsic:
                world.sink.report(ImplMissing(impl.node.span, trait.name, name, show(impl.target)))
            continue
        if len(fn.inputs) != len(wanted.inputs) or len(fn.params) != len(wanted.params):
            world.sink.report(MethodSignature(_place(fn), name, trait.name, show_head(wanted, mapping)))
            continue
        own: dict[ParamType, Type] = {**mapping, **dict(zip(wanted.params, fn.params))}
        pairs = [(a.type, b.type) for a, b in zip(wanted.inputs, fn.inputs)] + [(wanted.result, fn.result)]
        for want, found in pairs:
            if not can_unify(world.normalise(substitute(want, own)), world.normalise(found)):
                world.sink.report(MethodSignature(_place(fn), name, trait.name, show_head(wanted, mapping)))
                break
        else:
            _check_passing(world, trait, wanted, fn, mapping)
    for name, fn in impl.methods.items():
        if name not in trait.methods:
            world.sink.report(ImplMethodUnknown(_place(fn), name, trait.name, tuple(trait.methods)))


def _check_types(world: World, impl: ImplInfo, trait: TraitInfo, mapping: dict[ParamType, Type]) -> None:
    """The associated types: all are given, no others are, and they are what the trait demands."""
    assert impl.node is not None and impl.trait is not None
    known = {name for b in world.all_bounds([impl.trait]) if isinstance(b.trait, TraitInfo) for name in b.trait.types}
    for decl in impl.node.types:
        if decl.name.text not in known:
            world.sink.report(ImplMethodUnknown(decl.name.span, f"type {decl.name.text}", trait.name, tuple(known)))
    for name, default in trait.types.items():
        given = impl.types.get(name, default)
        if given is None:
            world.sink.report(ImplMissing(impl.node.span, trait.name, f"type {name}", show(impl.target)))
            impl.types[name] = ERROR
            continue
        for bound in trait.demands.get(name, ()):
            _check_demand(world, impl, substitute(given, mapping), substitute_bound(bound, mapping))


def _check_demand(world: World, impl: ImplInfo, ty: Type, bound: TraitRef) -> None:
    """What a trait demands of its associated types, or with `where`."""
    assert impl.node is not None
    own = world.normalise(ty)
    if not world.satisfies(own, bound):
        world.sink.report(BoundNotMet(impl.node.span, show(own), bound.trait.name))
        return
    for name, known, wanted in world.bound_types(own, bound):
        if not has_params(known) and not has_params(wanted) and known != wanted:
            world.sink.report(AssocTypeDiffers(impl.node.span, show(own), name, show(known), show(wanted)))


def _place(fn: FnInfo) -> Span:
    assert fn.node is not None
    return fn.node.name.span


def _actor(world: World, module: ModuleInfo, actor: ActorInfo) -> None:
    scope = scope_of(world, module, actor.params)
    actor.wheres = bind_bounds(scope, actor.node.generics)
    for decl in actor.node.fields:
        ty = _written_out(scope, decl.type, f"field `{decl.name.text}`")
        actor.fields.append(ActorFieldInfo(decl.name.text, ty, decl.is_var, decl))
    for bound in actor.node.supers:
        found = resolve_bound(scope, bound)
        if found is not None:
            actor.supers.append(found)
    limit = attribute(actor.node.attributes, "max_heap")
    if limit is not None and heap_limit(actor.node.attributes) is None:
        world.sink.report(BadHeapLimit(limit.span))
    if actor.node.init is not None:
        actor.init = [
            ParamInfo(p.name.text, value_type(scope, p.type) if p.type else ERROR, "consume", p)
            for p in actor.node.init.params
        ]
    for node in actor.node.receives:
        fn = FnInfo(node.name.text, module.key, node, "pub", owner=actor.name, actor=actor)
        fn.params_outer = actor.params
        resolve_fn(scope, fn, node)
        if fn.name in actor.receives:
            world.sink.report(DuplicateMember(node.name.span, fn.name, None))
            continue
        actor.receives[fn.name] = fn
    for method in actor.node.methods:
        fn = FnInfo(method.name.text, module.key, method, method.visibility, owner=actor.name, actor=actor)
        fn.params_outer = actor.params
        resolve_fn(scope, fn, method)
        event = attribute_text(method.attributes, "on")
        if event:
            actor.hooks.setdefault(event, []).append(fn)
        else:
            actor.methods[fn.name] = fn


def _supervisor(world: World, module: ModuleInfo, supervisor: SupervisorInfo) -> None:
    scope = Scope(world, module)
    for param in supervisor.node.params:
        ty = value_type(scope, param.type) if param.type is not None else ERROR
        supervisor.inputs.append(ParamInfo(param.name.text, ty, "borrow", param))
    for child in supervisor.node.children:
        ty = resolve_type(scope, child.actor)
        target = ty.info if isinstance(ty, Nominal) and isinstance(ty.info, ActorInfo | SupervisorInfo) else None
        supervisor.children.append(ChildInfo(child.name.text, target, ty, child))


__all__ = ["I64", "attribute", "attribute_text", "bind_bounds", "make_params", "resolve_fn", "resolve_signatures",
           "scope_of"]  # fmt: skip
