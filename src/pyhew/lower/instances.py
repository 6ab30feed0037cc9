"""Functions on demand: one IR function per function and type arguments.

In: `FnInfo` with closed type arguments.  Out: its `Function`; its body is written when the worklist reaches it.
Assumed: modes are tentative: every user parameter that holds a collection is inout until
`infer_modes` finds that the body leaves it alone.
"""

from __future__ import annotations

from pyhew.check.world import World
from pyhew.ir import facts as ir_facts
from pyhew.ir.ops import Function, Value
from pyhew.ir.types import NEVER, PTR, UNIT, IrType, Use
from pyhew.lower.context import MAX_INSTANCES, Lowering, TooManyInstances, instance_key
from pyhew.source.diagnostics import CompilerBug
from pyhew.syntax import nodes
from pyhew.types import facts
from pyhew.types.model import NEVER as NEVER_TYPE
from pyhew.types.model import FnType, Nominal, ParamType, Type, depth_of, is_huge, map_type, substitute
from pyhew.types.symbols import FnInfo, ParamInfo, TraitInfo


def instance(low: Lowering, fn: FnInfo, args: tuple[Type, ...]) -> Function:
    """The IR function of `fn` for closed type arguments (outer ones first)."""
    key = (fn, args)
    found = low.instances.get(key)
    if found is not None:
        return found
    if len(low.instances) >= MAX_INSTANCES or any(is_huge(a) or depth_of(a) > 64 for a in args):
        raise TooManyInstances(fn)
    subst: dict[ParamType, Type] = dict(zip((*fn.params_outer, *fn.params), args))
    name = f"{fn.owner}.{fn.name}" if fn.owner else fn.name
    made = low.new_function(low.symbol(fn.module, name, instance_key(args)), name, UNIT)
    low.instances[key] = made
    assert fn.node is not None
    made.site = fn.node.name.span
    made.is_std = fn.module.startswith("std.")
    close = _closer(low, subst)
    if fn.actor is not None and fn not in low.world.model.fieldless:
        state = low.types.state(fn.actor, args[: len(fn.params_outer)])
        made.params.append(Value(state, "state"))
        made.modes.append(Use.CONSUME if fn.is_gen else Use.INOUT)
    for param in fn.inputs:
        is_for_c = fn.is_extern and isinstance(param.type, FnType)
        ty = PTR if is_for_c else low.types.lower(close(param.type))
        made.params.append(Value(ty, param.name))
        is_taken = fn.is_gen or _is_handler(fn)
        mode = Use.CONSUME if is_taken else _mode(low, fn, args, param, close(param.type), ty)
        made.modes.append(mode)
        made.params[-1].is_borrowed = mode is Use.BORROW and ir_facts.owns_heap(ty)
    result = close(fn.result)
    if fn.is_gen:
        made.yields = low.types.lower(_item(result))
        made.result = UNIT
    else:
        made.result = NEVER if result == NEVER_TYPE else low.types.lower(result)
    made.always_inline = made.is_std and _is_small(fn.node)
    low.todo.append(lambda: low.body_fn(low, fn, made, subst))
    return made


def _is_handler(fn: FnInfo) -> bool:
    return isinstance(fn.node, nodes.ReceiveFn)


def _is_small(node: nodes.FnDecl | nodes.ReceiveFn) -> bool:
    """A body of one expression: worth inlining always."""
    return node.body is not None and len(node.body.stmts) <= 1 and not isinstance(node.body.tail, nodes.Match)


def _item(ty: Type) -> Type:
    if facts.is_builtin(ty, "Generator") or facts.is_builtin(ty, "AsyncGenerator") or facts.is_builtin(ty, "Stream"):
        assert isinstance(ty, Nominal)
        return ty.args[0]
    return ty


def _closer(low: Lowering, subst: dict[ParamType, Type]):  # type: ignore[no-untyped-def]

    def close(ty: Type) -> Type:
        return low.world.normalise(map_type(low.world.normalise(map_type(ty, subst)), subst))

    return close


def _mode(low: Lowering, fn: FnInfo, args: tuple[Type, ...], param: ParamInfo, surface: Type, ty: IrType) -> Use:
    """What a function does to one argument.

    What has one owner and is given away the caller has no longer, so it is the function's. What may be given away the
    caller gets back, or what is left of it. A `close` looks at what ends around it.
    """
    declared = _param_mode(low, fn, param, ty)
    if declared is Use.CONSUME or not facts.is_kept(surface) or _is_closing(fn, param):
        return declared
    at, given = fn.inputs.index(param), args if any(facts.holds_single(arg) for arg in args) else ()
    if at in low.world.gives(fn, given):
        return Use.CONSUME
    return Use.INOUT if at in low.world.offers(fn, given) else declared


def _is_closing(fn: FnInfo, param: ParamInfo) -> bool:
    return fn.has_self and param is fn.inputs[0] and fn.name == "close"


def _param_mode(low: Lowering, fn: FnInfo, param: ParamInfo, ty: IrType) -> Use:
    """What a function does to one argument, as far as its declaration tells, and of `var` its body."""
    if param.mode == "consume":
        return Use.CONSUME
    is_std = fn.module.startswith("std.")
    if param.mode == "var" and (is_std or fn.has_self and param is fn.inputs[0]):
        return Use.INOUT
    if ir_facts.is_changed_in_place(ty) and not is_std:
        return Use.INOUT
    body = low.world.body(fn) if param.mode == "var" else None
    return Use.INOUT if body is not None and body.params[fn.inputs.index(param)].is_changed else Use.BORROW


def resolve_trait(
    world: World, trait: TraitInfo, method: str, self_type: Type, trait_args: tuple[Type, ...], own: tuple[Type, ...]
) -> tuple[FnInfo, tuple[Type, ...]]:
    """The function behind a trait method of a closed type, with its type arguments."""
    found = world.find_impl(trait, self_type, trait_args)
    if found is not None:
        impl, args = found
        fn = impl.methods.get(method)
        if fn is not None:
            return fn, (*(world.normalise(a) for a in args), *own)
        if impl.trait is not None and not trait_args:
            mapping = dict(zip(impl.params, args))
            trait_args = tuple(substitute(a, mapping) for a in impl.trait.args)
    default = trait.methods.get(method)
    if default is not None and default.node is not None and default.node.body is None:
        for bound in world.all_bounds(trait.supers):
            assert isinstance(bound.trait, TraitInfo)
            if method in bound.trait.methods:
                return resolve_trait(world, bound.trait, method, self_type, bound.args, own)
    if found is None and default is not None and default.node is not None and default.node.body is None:
        inherent = world.methods(self_type, method)
        if inherent and inherent[0].fn.trait is None:
            return inherent[0].fn, (*(world.normalise(a) for a in inherent[0].outer), *own)
    if default is None:
        for bound in trait.supers:
            assert isinstance(bound.trait, TraitInfo)
            if method in bound.trait.methods:
                return resolve_trait(world, bound.trait, method, self_type, bound.args, own)
        raise CompilerBug(f"trait `{trait.name}` has no method `{method}`")
    return default, (self_type, *trait_args, *own)
