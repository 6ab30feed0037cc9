"""Calls: functions, methods, constructors, closures, messages.

In: `Call` nodes.  Out: their types and meanings.
Assumed: arguments that are closures are checked last, when the others have told
what their parameters are.
"""

from __future__ import annotations

from pyhew.check import actors, paths
from pyhew.check.context import Check, map_shown
from pyhew.check.errors.ownership import NotCloneable
from pyhew.check.errors.types import BoundNotMet, TypeMismatch, WrongTypeArity
from pyhew.check.errors.values import (
    AmbiguousMethod,
    GivenTwice,
    NeedsUnsafe,
    NotCallable,
    NotDispatched,
    UnknownArgument,
    UnknownMember,
    UnknownName,
    WrongArgumentCount,
)
from pyhew.check.foreign import check_variadic, give_to_c
from pyhew.check.given_twice import refuse_given_twice
from pyhew.check.lending import note_lent, require_var
from pyhew.check.model import UseDyn, UseFn, UseRecord, UseSpecial, UseStep, UseTrait, UseValue, UseVariant
from pyhew.check.operators import check_clone
from pyhew.check.types import resolve_type
from pyhew.check.world import Method
from pyhew.names.modules import public_names
from pyhew.syntax import nodes
from pyhew.types import facts
from pyhew.types.model import (
    ERROR,
    I64,
    NEVER,
    STRING,
    UNIT,
    ArrayType,
    AssocType,
    DynType,
    FnType,
    Nominal,
    ParamType,
    Type,
    Var,
    can_unify,
    has_vars,
    prune,
    show,
    substitute,
    unify,
)
from pyhew.types.symbols import EnumInfo, FnInfo, ModuleRef, RecordInfo, TraitInfo


def check_call(cx: Check, node: nodes.Call, want: Type | None) -> Type:
    """Any call."""
    match node.callee:
        case nodes.ContextVariant():
            found = paths.context_variant(cx, node.callee, want)
            if found is None:
                return _check_args_anyway(cx, node)
            return call_variant(cx, node, *found, want)
        case nodes.NameExpr():
            return _call_name(cx, node, node.callee, want)
        case nodes.Member():
            return _call_member(cx, node, node.callee, want)
        case nodes.QualifiedPath():
            named = paths.qualified_method(cx, node.callee)
            if named is None:
                return _check_args_anyway(cx, node)
            return _call_found(cx, node, named[1], named[0], want, None)
        case _:
            return call_value(cx, node, cx.known(cx.expr(node.callee)))


def _check_args_anyway(cx: Check, node: nodes.Call) -> Type:
    """What nobody takes; a closure's parameters are then of any type, for nothing says of which."""
    for arg in node.args:
        count = len(arg.value.params) if isinstance(arg.value, nodes.Lambda) else None
        cx.expr(arg.value, FnType((ERROR,) * count, ERROR) if count is not None else None)
    return ERROR


def _call_name(cx: Check, node: nodes.Call, callee: nodes.NameExpr, want: Type | None) -> Type:
    name = callee.name.text
    if cx.local(name) is not None:
        return call_value(cx, node, cx.known(cx.expr(callee)))
    if cx.actor is not None and name in cx.actor.methods:
        return call_fn(cx, node, cx.actor.methods[name], tuple(cx.actor.params), (), want)
    if name in cx.actor_fields:
        return call_value(cx, node, cx.known(cx.expr(callee)))
    symbol = cx.scope.lookup(name)
    match symbol:
        case FnInfo():
            return call_fn(cx, node, symbol, (), _type_args(cx, callee, symbol), want)
        case RecordInfo() if symbol.is_tuple:
            return call_record(cx, node, symbol, want)
    variant = paths.find_variant(cx, name, want)
    if variant is not None:
        return call_variant(cx, node, *variant, want)
    _check_args_anyway(cx, node)
    if symbol is not None:
        return cx.report(NotCallable(callee.span, name))
    known = (*cx.local_names(), *cx.scope.names())
    return cx.report(UnknownName(callee.span, name, known))


def _call_member(cx: Check, node: nodes.Call, callee: nodes.Member, want: Type | None) -> Type:
    static = paths.static_symbol(cx, callee.base)
    if static is None:
        return call_method(cx, node, callee, want)
    if isinstance(static, ModuleRef):
        symbol = paths.module_member(cx, callee, static)
        match symbol:
            case FnInfo():
                return call_fn(cx, node, symbol, (), _type_args(cx, callee, symbol), want)
            case RecordInfo() if symbol.is_tuple:
                return call_record(cx, node, symbol, want)
        variant = paths.module_variant(static, callee.name.text)
        if variant is not None:
            return call_variant(cx, node, *variant, want)
    ty = paths.type_of_symbol(cx, static)
    if ty is None or ty == ERROR:
        _check_args_anyway(cx, node)
        if ty == ERROR:
            return ERROR
        name = getattr(static, "name", "?")
        known = public_names(static.module) if isinstance(static, ModuleRef) else ()
        return cx.report(UnknownMember(callee.name.span, callee.name.text, name, known))
    return _call_static(cx, node, callee, ty, want)


def _call_static(cx: Check, node: nodes.Call, callee: nodes.Member, ty: Type, want: Type | None) -> Type:
    """`Type.name(..)`: a variant or a method called through its type."""
    name = callee.name.text
    if isinstance(ty, Nominal) and isinstance(ty.info, EnumInfo):
        index = ty.info.index_of(name)
        if index is not None:
            if want is not None and isinstance(prune(want), Nominal):
                unify(ty, want)
            return call_variant(cx, node, ty.info, index, ty)
    methods = cx.methods(ty, name)
    if not methods:
        _check_args_anyway(cx, node)
        known = paths.member_names(cx, ty)
        return cx.report(UnknownMember(callee.name.span, name, show(map_shown(ty)), known))
    if want is not None and not methods[0].fn.has_self and can_unify(methods[0].fn.result, ty):
        unify(ty, want)
    fitting = _fitting(cx, node, methods, ty, want)
    if len(fitting) > 1:
        _check_args_anyway(cx, node)
        return cx.report(AmbiguousMethod(callee.name.span, name, show(ty)))
    return _call_found(cx, node, fitting[0], ty, want, None)


# --------------------------------------------------------------------------- arguments


def check_args(
    cx: Check, node: nodes.Call, name: str, inputs: list[tuple[str, Type]], is_variadic: bool = False
) -> list[tuple[int, nodes.Expr]]:
    """Arguments against parameters, named ones by name, closures last; which parameter each is for."""
    if len(node.args) < len(inputs) or len(node.args) > len(inputs) and not is_variadic:
        cx.report(WrongArgumentCount(node.span, name, len(inputs), len(node.args)))
        _check_args_anyway(cx, node)
        return []
    order = {n: i for i, (n, _) in enumerate(inputs)}
    pairs: list[tuple[nodes.Arg, Type]] = []
    places: list[tuple[int, nodes.Expr]] = []
    taken: set[int] = set()
    for index, arg in enumerate(node.args[: len(inputs)]):
        if arg.name is not None:
            if arg.name.text not in order:
                cx.report(UnknownArgument(arg.name.span, arg.name.text, name, tuple(order)))
                continue
            index = order[arg.name.text]
        if index in taken:
            cx.report(GivenTwice(arg.span, inputs[index][0]))
        taken.add(index)
        pairs.append((arg, inputs[index][1]))
        places.append((index, arg.value))
    for arg, want in (*(p for p in pairs if not _waits(p[0].value)), *(p for p in pairs if _waits(p[0].value))):
        cx.expect(arg.value, cx.world.normalise(want))
        if cx.pending:
            cx.solve()
    return places


def _check_given(
    cx: Check, node: nodes.Call, fn: FnInfo, receiver: nodes.Expr | None, inputs: list[tuple[str, Type]]
) -> list[tuple[int, nodes.Expr]]:
    """The arguments of a function: their types, and what becomes of the places they stand in; which parameter each is for."""
    is_variadic = isinstance(fn.node, nodes.FnDecl) and fn.node.is_variadic
    given = check_args(cx, node, fn.name, inputs, is_variadic)
    if is_variadic:
        check_variadic(cx, node.args[len(inputs) :])
    if receiver is not None:
        given = [(0, receiver), *((at + 1, arg) for at, arg in given)]
    refuse_given_twice(cx, fn, given)
    note_lent(cx, fn, given, receiver is not None)
    return given


def _waits(expr: nodes.Expr) -> bool:
    return isinstance(expr, nodes.Lambda)


def call_fn(
    cx: Check, node: nodes.Call, fn: FnInfo, outer: tuple[Type, ...], given: tuple[Type, ...], want: Type | None
) -> Type:
    """A function by name."""
    if fn.is_extern and not cx.unsafe_open and not cx.scope.module.is_std and not _is_unsafe(cx.fn):
        cx.report(NeedsUnsafe(node.span, fn.name))
    mapping = cx.instantiate(fn.params, node.span, given, dict(zip(fn.params_outer, outer)))
    cx.require_bounds(node.span, [], fn.wheres, mapping)
    result = _result_type(cx, fn, mapping, node, want)
    inputs = [(p.name, cx.open_assoc(substitute(p.type, mapping), node.span)) for p in fn.inputs]
    cx.use(node, UseFn(fn, tuple(mapping[p] for p in (*fn.params_outer, *fn.params))))
    args = _check_given(cx, node, fn, None, inputs)
    if fn.is_extern:
        give_to_c(cx, fn, args)
    return cx.world.normalise(result)


def _type_args(cx: Check, callee: nodes.NameExpr | nodes.Member, fn: FnInfo) -> tuple[Type, ...]:
    """The type arguments that are written; those that are not are inferred."""
    given = tuple(resolve_type(cx.scope, a) for a in callee.args)
    if len(given) > len(fn.params):
        cx.report(WrongTypeArity(callee.span, fn.name, len(fn.params), len(given)))
    return given


def _names_type(cx: Check, callee: nodes.Member, fn: FnInfo, base: Type) -> bool:
    """`Vec.new<i64>()`: arguments of a type whose function has no parameters of its own say which of the types is meant."""
    if fn.params or not isinstance(base, Nominal) or not 0 < len(callee.args) == len(base.args):
        return False
    return all([unify(own, resolve_type(cx.scope, arg)) for own, arg in zip(base.args, callee.args)])


def _is_unsafe(fn: FnInfo | None) -> bool:
    return fn is not None and isinstance(fn.node, nodes.FnDecl) and fn.node.is_unsafe


def _result_type(
    cx: Check, fn: FnInfo, mapping: dict[ParamType, Type], node: nodes.Call, want: Type | None
) -> Type:
    result = cx.open_assoc(substitute(fn.result, mapping), node.span)
    if fn.is_gen:
        result = cx.world.builtin("Generator", result, UNIT) if not _is_generator(result) else result
    if want is not None and not isinstance(prune(want), DynType) and can_unify(result, want):
        if prune(result) != NEVER:
            unify(result, want)
    return result


def _is_generator(ty: Type) -> bool:
    return facts.is_builtin(ty, "Generator") or facts.is_builtin(ty, "AsyncGenerator")


def call_value(cx: Check, node: nodes.Call, ty: Type) -> Type:
    """A closure, a function value or a lambda actor."""
    if facts.is_builtin(ty, "LambdaPid"):
        return actors.call_lambda(cx, node, ty)
    if isinstance(ty, Var) and ty.kind == "any":
        made = FnType(tuple(Var() for _ in node.args), Var())
        unify(ty, made)
        ty = made
    if not isinstance(ty, FnType):
        _check_args_anyway(cx, node)
        return ERROR if ty == ERROR else cx.report(NotCallable(node.callee.span, show(ty)))
    cx.use(node, UseValue())
    check_args(cx, node, "this function", [("", p) for p in ty.params])
    return ty.result


def call_variant(cx: Check, node: nodes.Call, enum: EnumInfo, index: int, want: Type | None) -> Type:
    """`Some(x)`."""
    ty = paths.enum_type(cx, enum, None)
    wanted = prune(want) if want is not None else None
    if isinstance(wanted, Nominal) and wanted.info is enum:
        unify(ty, wanted)
    mapping = dict(zip(enum.params, ty.args))
    cx.require_bounds(node.span, [], enum.wheres, mapping)
    variant = enum.variants[index]
    cx.use(node, UseVariant(enum, index))
    check_args(cx, node, variant.name, [(f.name, substitute(f.type, mapping)) for f in variant.fields])
    return ty


def call_record(cx: Check, node: nodes.Call, record: RecordInfo, want: Type | None) -> Type:
    """`Pair(1, 2)` of a tuple record."""
    mapping = cx.instantiate(record.params, node.span)
    cx.require_bounds(node.span, [], record.wheres, mapping)
    ty = Nominal(record, tuple(mapping[p] for p in record.params))
    if want is not None:
        unify(ty, want)
    cx.use(node, UseRecord(record))
    check_args(cx, node, record.name, [(f.name, substitute(f.type, mapping)) for f in record.fields])
    return ty


# --------------------------------------------------------------------------- methods


def call_method(cx: Check, node: nodes.Call, callee: nodes.Member, want: Type | None) -> Type:
    """`value.name(..)`."""
    name = callee.name.text
    base = cx.known(cx.expr(callee.base))
    if base in (ERROR, NEVER):
        _check_args_anyway(cx, node)
        return base
    message = actors.call_message(cx, node, callee, base)
    if message is not None:
        return message
    special = _special_method(cx, node, callee, base)
    if special is not None:
        return special
    if isinstance(base, Var) and base.kind != "any":
        methods = cx.methods(base, name)
        if methods and methods[0].impl is not None and not isinstance(methods[0].impl.target, ParamType):
            unify(base, methods[0].impl.target)
    methods = cx.methods(base, name)
    if not methods and isinstance(base, ArrayType):
        base = cx.world.builtin("Vec", base.element)
        methods = [one for one in cx.methods(base, name) if one.fn.has_self and one.fn.inputs[0].mode != "var"]
    if methods:
        fitting = _fitting(cx, node, methods, base, want)
        if len(fitting) > 1 or _are_rivals(cx, methods):
            _check_args_anyway(cx, node)
            return cx.report(AmbiguousMethod(callee.name.span, name, show(base)))
        return _call_found(cx, node, fitting[0], base, want, callee.base)
    field = paths.field_of(cx, callee, base)
    if field is not None:
        cx.world.model.types[callee] = field
        return call_value(cx, node, cx.known(field))
    _check_args_anyway(cx, node)
    if cx.refuse_unknown(callee.base, base):
        return ERROR
    if name == "unwrap" and isinstance(base, Var):
        return cx.report(TypeMismatch(callee.base.span, "Option<_>", show(base)))
    return cx.report(UnknownMember(callee.name.span, name, show(map_shown(base)), paths.member_names(cx, base)))


_PLAIN = (nodes.NameExpr, nodes.IntLiteral, nodes.FloatLiteral, nodes.StringLiteral, nodes.BoolLiteral, nodes.CharLiteral)


def _fitting(cx: Check, node: nodes.Call, methods: list[Method], base: Type, want: Type | None) -> list[Method]:
    """The method that is meant; several when a type has a trait more than once, with other arguments, and neither the
    wanted type nor plain arguments tell them apart."""
    first = methods[0]
    same = [m for m in methods if m.bound is not None and first.bound is not None and m.bound.trait is first.bound.trait]
    if len(same) < 2:
        return [first]
    wanted = prune(want) if want is not None else None
    given = [cx.expr(a.value) if isinstance(a.value, _PLAIN) else None for a in node.args]

    def fits(method: Method) -> bool:
        mapping = paths.outer_mapping(method, base)
        inputs = method.fn.inputs[1:] if method.fn.has_self else method.fn.inputs
        pairs = [(i.type, ty) for i, ty in zip(inputs, given) if ty is not None]
        if wanted is not None and not isinstance(wanted, DynType):
            pairs.append((method.fn.result, wanted))
        if not all(_could_be(a.value, substitute(i.type, mapping)) for i, a in zip(inputs, node.args)):
            return False
        return all(cx.fits(substitute(declared, mapping), found) for declared, found in pairs)

    fitting = [m for m in same if fits(m)]
    if len(fitting) > 1:
        given = [cx.expr_ahead(a.value) if ty is None and _tells(a.value) else ty for a, ty in zip(node.args, given)]
        fitting = [m for m in fitting if fits(m)]
    return fitting or [first]


def _could_be(arg: nodes.Expr, ty: Type) -> bool:
    """Whether what has no type of its own, a closure or `.Form`, may stand where this type is wanted."""
    ty = prune(ty)
    if isinstance(ty, (ParamType, AssocType, Var)):
        return True
    callee = arg.callee if isinstance(arg, nodes.Call) else arg
    if isinstance(callee, nodes.ContextVariant):
        return isinstance(ty, Nominal) and isinstance(ty.info, EnumInfo) and ty.info.index_of(callee.name.text) is not None
    return not isinstance(arg, nodes.Lambda) or isinstance(ty, FnType) and len(ty.params) == len(arg.params)


def _tells(arg: nodes.Expr) -> bool:
    """Whether an argument has a type before anybody says which one is wanted."""
    if isinstance(arg, nodes.Call):
        return _tells(arg.callee)
    return not isinstance(arg, (nodes.Lambda, nodes.ContextVariant))


def _are_rivals(cx: Check, methods: list[Method]) -> bool:
    """Whether two traits of the program give this type a method of the same name, and neither builds on the other."""
    traits = [m.bound.trait for m in methods if m.bound is not None]
    own = [t for t in traits if isinstance(t, TraitInfo) and not t.module.startswith("std.")]
    below = [{bound.trait for bound in cx.world.all_bounds(t.supers)} for t in own]
    return any(a is not b and a not in below[j] and b not in below[i] for i, a in enumerate(own) for j, b in enumerate(own))


def _special_method(cx: Check, node: nodes.Call, callee: nodes.Member, base: Type) -> Type | None:
    """Methods the compiler makes for every type that can have them."""
    name = callee.name.text
    if name == "clone" and not node.args and not _declares(cx, base, "clone"):
        return check_clone(cx, node, base)
    if isinstance(base, Nominal) and isinstance(base.info, EnumInfo) and base.info.machine is not None:
        if name == "state_name" and not node.args:
            cx.use(node, UseStep(base.info, name))
            return STRING
        if name == "take_emits" and len(node.args) == 1:
            cx.expect(node.args[0].value, Nominal(base.info.machine.events, base.args))
            cx.use(node, UseStep(base.info, name))
            return I64
        if name == "step" and len(node.args) == 1:
            require_var(cx, callee.base, "step")
            events = Nominal(base.info.machine.events, base.args)
            cx.expect(node.args[0].value, events)
            cx.use(node, UseStep(base.info, name))
            return UNIT
    if name == "fmt" and not node.args and isinstance(prune(base), Var):
        cx.use(node, UseSpecial("fmt", base))
        return STRING
    return None


def _declares(cx: Check, base: Type, name: str) -> bool:
    return bool(cx.methods(base, name))


def _require_key(cx: Check, node: nodes.Call, fn: FnInfo, base: Type) -> None:
    """A method of a map or set that takes a key needs one that can be hashed and compared, in generic code too."""
    if cx.scope.module.is_std or not isinstance(base, Nominal) or facts.library_name(base.info) not in ("HashMap", "HashSet"):
        return
    key = prune(base.args[0])
    if not isinstance(key, ParamType) or not any(prune(p.type) == fn.params_outer[0] for p in fn.inputs[1:]):
        return
    for trait in ("Hash", "Eq"):
        if cx.world.unbounded(key, trait) is not None:
            cx.report(BoundNotMet(node.span, key.name, trait, True))
            return


def _require_copy_out(cx: Check, node: nodes.Call, base: Nominal) -> None:
    """`get` gives a copy of an element, so there must be one."""
    if facts.library_name(base.info) not in ("Vec", "HashMap") or cx.scope.module.is_std:
        return
    element = prune(base.args[-1])
    if facts.has_one_owner(element):
        cx.report(NotCloneable(node.span, show(element), show(facts.uncloneable_part(element) or element)))


CARRIES = {"Sender": ("send", "try_send"), "Sink": ("write",), "RemotePid": ("send", "ask")}
"""Methods whose arguments cross to another actor."""


def _call_found(
    cx: Check,
    node: nodes.Call,
    method: Method,
    base: Type,
    want: Type | None,
    receiver: nodes.Expr | None,
) -> Type:
    """A method that lookup found; `receiver` None when called through its type."""
    fn = method.fn
    trait = fn.trait
    trait_args = paths.trait_args(method)
    given: tuple[Type, ...] = ()
    if isinstance(node.callee, nodes.Member) and not (receiver is None and _names_type(cx, node.callee, fn, base)):
        given = _type_args(cx, node.callee, fn)
    mapping = cx.instantiate(fn.params, node.span, given, paths.outer_mapping(method, base))
    cx.require_bounds(node.span, [], fn.wheres, mapping)
    if method.impl is not None and not method.impl.module.startswith("std.") and (receiver is None or has_vars(base)):
        cx.require_bounds(node.span, method.impl.params, method.impl.wheres, mapping)
    own = tuple(mapping[p] for p in fn.params)
    if trait is None:
        cx.use(node, UseFn(fn, (*method.outer, *own)))
    elif isinstance(base, DynType) and receiver is not None:
        if fn.has_self and not facts.is_dispatched(fn):
            return cx.report(NotDispatched(node.span, fn.name, show(base)))
        cx.use(node, UseDyn(dyn_index(cx, base, trait, fn.name), trait, fn.name))
    else:
        cx.use(node, UseTrait(trait, fn.name, base, trait_args, own))
    inputs = [(p.name, cx.open_assoc(substitute(p.type, mapping), node.span)) for p in fn.inputs]
    if receiver is not None:
        if not fn.has_self:
            return cx.report(UnknownMember(node.span, fn.name, show(base), ()))
        unify(inputs[0][1], base)
        _require_key(cx, node, fn, base)
        inputs = inputs[1:]
        if fn.inputs[0].mode == "var":
            require_var(cx, receiver, fn.name)
    result = _result_type(cx, fn, mapping, node, want)
    _check_given(cx, node, fn, receiver, inputs)
    if fn.name == "get" and receiver is not None and isinstance(base, Nominal):
        _require_copy_out(cx, node, base)
    if any(facts.is_builtin(base, name) and fn.name in carrying for name, carrying in CARRIES.items()):
        for arg in node.args:
            actors.require_sendable(cx, arg.value, cx.world.model.types.get(arg.value, ERROR))
    return cx.world.normalise(result)


def dyn_index(cx: Check, ty: DynType, trait: TraitInfo, name: str) -> int:
    """A method's place in the table of a `dyn` value: all bounds, supertraits too, in order."""
    index = 0
    for bound in cx.world.all_bounds(list(ty.bounds)):
        assert isinstance(bound.trait, TraitInfo)
        for method in bound.trait.methods:
            if bound.trait is trait and method == name:
                return index
            index += 1
    return index


__all__ = ["BoundNotMet", "call_fn", "call_record", "call_value", "call_variant", "check_args", "check_call",
           "dyn_index"]  # fmt: skip
