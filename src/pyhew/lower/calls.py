"""Calls: arguments to places and values, inout successors back to their places.

In: `Call` nodes.  Out: values.
Assumed: an argument given to an inout parameter is a place when it can be; the changed value
returns there after the call.
"""

from __future__ import annotations

from pyhew.check.model import (
    UseDyn,
    UseField,
    UseFn,
    UseHandler,
    UseLambda,
    UseRecord,
    UseSpecial,
    UseStep,
    UseTrait,
    UseValue,
    UseVariant,
)
from pyhew.ir import facts as ir_facts
from pyhew.ir import ops
from pyhew.ir.ops import Function, Value
from pyhew.ir.types import UNIT, ObjectT, Use
from pyhew.lower import actors, places
from pyhew.lower.context import Lower
from pyhew.lower.giving_up import after_wait
from pyhew.lower.instances import instance, resolve_trait
from pyhew.lower.literals import consumed
from pyhew.lower.records import make_record, make_variant
from pyhew.source.diagnostics import CompilerBug
from pyhew.syntax import nodes
from pyhew.types import facts
from pyhew.types.symbols import FnInfo


def lower_call(cx: Lower, node: nodes.Call) -> Value:
    """Any call."""
    use = cx.model.use_of(node)
    match use:
        case UseFn():
            return _call_fn(cx, node, use.fn, tuple(cx.close(a) for a in use.args))
        case UseTrait():
            return _call_trait(cx, node, use)
        case UseValue():
            return _call_value(cx, node)
        case UseVariant():
            payload = [consumed(cx, arg.value) for arg in _in_order(node, use.enum.variants[use.index].fields)]
            return make_variant(cx, cx.ir_of(node), use.index, payload)
        case UseRecord():
            fields = [consumed(cx, arg.value) for arg in _in_order(node, use.record.fields)]
            return make_record(cx, cx.ir_of(node), fields)
        case UseHandler():
            return actors.lower_message(cx, node, use)
        case UseLambda():
            return actors.lower_lambda_message(cx, node, use)
        case UseDyn():
            from pyhew.lower.objects import lower_dyn_call

            return lower_dyn_call(cx, node, use)
        case UseStep():
            from pyhew.lower.machines import lower_step

            return lower_step(cx, node, use)
        case UseSpecial():
            return _special(cx, node, use)
        case _:
            raise CompilerBug(f"a call means {type(use).__name__}", node.span)


def _in_order(node: nodes.Call, inputs: list) -> list[nodes.Arg]:  # type: ignore[type-arg]
    """Arguments in the order of the parameters."""
    names = [p.name for p in inputs]
    ordered: list[nodes.Arg | None] = [None] * len(names)
    for position, arg in enumerate(node.args):
        ordered[names.index(arg.name.text) if arg.name is not None else position] = arg
    return [arg for arg in ordered if arg is not None]


def receiver_of(node: nodes.Call, fn: FnInfo) -> nodes.Expr | None:
    """The receiver of a method call, None for a call through the type or of a function."""
    if isinstance(node.callee, nodes.Member) and len(node.args) == len(fn.inputs) - 1 and fn.has_self:
        return node.callee.base
    return None


def _call_fn(cx: Lower, node: nodes.Call, fn: FnInfo, args: tuple) -> Value:  # type: ignore[type-arg]
    receiver = receiver_of(node, fn)
    if receiver is not None:
        exprs = [receiver, *(a.value for a in _in_order(node, fn.inputs[1:]))]
    else:
        exprs = [a.value for a in _in_order(node, fn.inputs)]
    if receiver is not None and fn.name == "close" and facts.is_resource(cx.type_of(receiver)):
        cx.b.op(ops.RESOURCE_CLOSE, [consumed(cx, receiver)], [])
        return cx.b.unit()
    callee = instance(cx.low, fn, args)
    extra: list[Value] = []
    if fn.actor is not None:
        assert cx.fields is not None
        extra = [cx.b.pack([cx.b.read(f) for f in cx.fields], callee.params[0].type)]
    return call_with_places(cx, callee, exprs, extra)


def _call_trait(cx: Lower, node: nodes.Call, use: UseTrait) -> Value:
    self_type = cx.close(use.self_type)
    from pyhew.types.model import DynType

    if isinstance(self_type, DynType):
        from pyhew.lower.objects import lower_dyn_call

        return lower_dyn_call(cx, node, UseDyn(0, use.trait, use.method), self_type)
    trait_args = tuple(cx.close(a) for a in use.trait_args)
    own = tuple(cx.close(a) for a in use.args)
    fn, args = resolve_trait(cx.low.world, use.trait, use.method, self_type, trait_args, own)
    return _call_fn(cx, node, fn, args)


def call_with_places(cx: Lower, callee: Function, exprs: list[nodes.Expr], extra: list[Value]) -> Value:
    """Evaluates arguments, calls, writes inout successors back; `extra` is the actor's state, if passed."""
    modes = tuple(callee.modes[len(extra) :])
    values, backs = arguments(cx, exprs, modes)
    values = [_adapt(cx, v, p) for v, p in zip(values, callee.params[len(extra) :])]
    result, after = cx.call(callee, [*extra, *values])
    if extra and callee.modes[0] is Use.INOUT and cx.fields is not None:
        state = after.pop(0)
        for variable, part in zip(cx.fields, cx.b.unpack(state, tuple(f.type for f in cx.fields))):
            cx.b.write(variable, part)
    for place, value in zip(backs, after):
        _put(cx, place, value)
    lent = [place.root for place in backs if place is not None]
    after_wait(cx, [*lent, *(cx.fields or ())] if extra else lent)
    return result


def arguments(
    cx: Lower, exprs: list[nodes.Expr], modes: tuple[Use, ...]
) -> tuple[list[Value], list[places.Place | None]]:
    """The values of arguments, and where the inout ones return to.

    All of them are evaluated before anything is taken out of a place: an argument may read the
    very place that another one changes.
    """
    made: list[Value | None] = []
    backs: list[places.Place | None] = []
    for expr, mode in zip(exprs, modes):
        place = places.place_of(cx, expr) if mode is Use.INOUT else None
        if mode is Use.INOUT:
            backs.append(place)
        if place is not None:
            made.append(None)
        elif mode is Use.CONSUME:
            made.append(_given(cx, expr))
        else:
            made.append(cx.expr(expr))
    waiting = iter(backs)
    for index, mode in enumerate(modes):
        place = next(waiting) if mode is Use.INOUT else None
        if place is not None:
            made[index] = _take(cx, place)
    return [value for value in made if value is not None], backs


def _given(cx: Lower, expr: nodes.Expr) -> Value:
    """A consumed argument; an actor's field is left empty."""
    value = consumed(cx, expr)
    if isinstance(cx.model.uses.get(expr), UseField) and cx.b.is_open and ir_facts.owns_heap(value.type):
        place = places.place_of(cx, expr)
        assert place is not None
        places.write(cx, place, cx.b.zero(value.type))
    return value


def _adapt(cx: Lower, value: Value, param: Value) -> Value:
    """A value of a dead path may have another type; it is never used."""
    return value if value.type == param.type or cx.b.is_open else cx.b.zero(param.type)


def _take(cx: Lower, place: places.Place) -> Value:
    root = cx.b.read(place.root)
    if not place.path:
        return root
    value, emptied = cx.b.op(ops.TAKE, [root, *place.indices], [place.type, root.type], {"path": place.path})
    cx.b.write(place.root, emptied)
    return value


def _put(cx: Lower, place: places.Place | None, value: Value) -> None:
    if place is None:
        return
    if not place.path:
        cx.b.write(place.root, value)
        return
    root = cx.b.read(place.root)
    (after,) = cx.b.op(ops.PUT, [root, value, *place.indices], [root.type], {"path": place.path})
    cx.b.write(place.root, after)


def _call_value(cx: Lower, node: nodes.Call) -> Value:
    """A closure or function value."""
    target = cx.expr(node.callee)
    assert isinstance(target.type, ObjectT)
    return call_object(cx, target, 0, [a.value for a in node.args])


def call_object(cx: Lower, target: Value, method: int, exprs: list[nodes.Expr]) -> Value:
    """A method of an object, with places for its inout parameters."""
    assert isinstance(target.type, ObjectT)
    signature = target.type.methods[method]
    values, backs = arguments(cx, exprs, tuple(mode for _, mode in signature.params))
    result, after = call_object_values(cx, target, method, values)
    for place, value in zip(backs, after):
        _put(cx, place, value)
    after_wait(cx, [place.root for place in backs if place is not None])
    return result


def call_object_values(cx: Lower, target: Value, method: int, values: list[Value]) -> tuple[Value, list[Value]]:
    """A method of an object on values: the result and the inout successors."""
    assert isinstance(target.type, ObjectT)
    signature = target.type.methods[method]
    results = [] if signature.result == UNIT else [signature.result]
    head = len(results)
    results += [ty for ty, mode in signature.params if mode is Use.INOUT]
    made = cx.b.op(ops.CALL_OBJECT, [target, *values], results, {"method": method}, ops.object_modes(signature))
    return (made[0] if head else cx.b.unit()), made[head:]


def _special(cx: Lower, node: nodes.Call, use: UseSpecial) -> Value:
    from pyhew.lower.operators import clone

    assert isinstance(node.callee, nodes.Member)
    if use.name == "clone":
        return clone(cx, cx.expr(node.callee.base), cx.type_of(node.callee.base))
    if use.name == "fmt":
        from pyhew.lower.literals import display_string

        return display_string(cx, cx.expr(node.callee.base), cx.type_of(node.callee.base), None)
    raise CompilerBug(f"nothing makes the method `{use.name}`", node.span)
