"""Calls, by what they mean.

In: `Call` nodes.  Out: values.
Assumed: arguments and places are `lower/arguments.py`'s.
"""

from __future__ import annotations

from pyhew.check.model import (
    UseDyn,
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
from pyhew.ir import ops
from pyhew.ir.ops import Value
from pyhew.ir.types import ObjectT
from pyhew.lower import lambda_actors, messages
from pyhew.lower.aggregates import make_record, make_variant
from pyhew.lower.arguments import call_object, call_with_places
from pyhew.lower.context import Lower
from pyhew.lower.foreign import call_variadic
from pyhew.lower.instances import instance, resolve_trait
from pyhew.lower.literals import display_string
from pyhew.lower.machines import lower_step
from pyhew.lower.objects import lower_dyn_call
from pyhew.lower.operators import clone
from pyhew.lower.places import consumed
from pyhew.source.diagnostics import CompilerBug
from pyhew.syntax import nodes
from pyhew.types import facts
from pyhew.types.model import NEVER as NEVER_TYPE
from pyhew.types.model import DynType
from pyhew.types.symbols import FnInfo


def lower_call(cx: Lower, node: nodes.Call) -> Value:
    """Any call; one whose receiver never comes ends there, and nobody knows the function behind it."""
    if isinstance(node.callee, nodes.Member) and cx.model.types.get(node.callee.base) == NEVER_TYPE:
        return cx.expr(node.callee.base)
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
            return messages.lower_message(cx, node, use)
        case UseLambda():
            return lambda_actors.lower_lambda_message(cx, node, use)
        case UseDyn():
            return lower_dyn_call(cx, node, use)
        case UseStep():
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
    elif len(node.args) > len(fn.inputs):
        return call_variadic(cx, fn, [a.value for a in node.args], cx.ir_of(node))
    else:
        exprs = [a.value for a in _in_order(node, fn.inputs)]
    if receiver is not None and fn.name == "close" and facts.is_resource(cx.type_of(receiver)):
        cx.b.op(ops.RESOURCE_CLOSE, [consumed(cx, receiver)], [])
        return cx.b.unit()
    callee = instance(cx.low, fn, args)
    extra: list[Value] = []
    if fn.actor is not None and fn not in cx.model.fieldless:
        assert cx.fields is not None
        extra = [cx.b.pack([cx.b.read(f) for f in cx.fields], callee.params[0].type)]
    return call_with_places(cx, callee, exprs, extra, tuple(param.mode for param in fn.inputs))


def _call_trait(cx: Lower, node: nodes.Call, use: UseTrait) -> Value:
    self_type = cx.close(use.self_type)

    if isinstance(self_type, DynType):
        return lower_dyn_call(cx, node, UseDyn(0, use.trait, use.method), self_type)
    trait_args = tuple(cx.close(a) for a in use.trait_args)
    own = tuple(cx.close(a) for a in use.args)
    fn, args = resolve_trait(cx.low.world, use.trait, use.method, self_type, trait_args, own)
    return _call_fn(cx, node, fn, args)


def _call_value(cx: Lower, node: nodes.Call) -> Value:
    """A closure or function value."""
    target = cx.expr(node.callee)
    assert isinstance(target.type, ObjectT)
    return call_object(cx, target, 0, [a.value for a in node.args])


def _special(cx: Lower, node: nodes.Call, use: UseSpecial) -> Value:

    assert isinstance(node.callee, nodes.Member)
    if use.name == "clone":
        return clone(cx, cx.expr(node.callee.base), cx.type_of(node.callee.base))
    if use.name == "fmt":
        return display_string(cx, cx.expr(node.callee.base), cx.type_of(node.callee.base), None)
    raise CompilerBug(f"nothing makes the method `{use.name}`", node.span)
