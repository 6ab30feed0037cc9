"""Names as values: variables, constants, functions, variants.

In: `NameExpr`, `ContextVariant` and their meanings.  Out: values.
Assumed: constants are small expressions; each use evaluates them again.
"""

from __future__ import annotations

from pyhew.check.model import Resolution, UseConst, UseField, UseFn, UseLocal, UseTrait, UseVariant
from pyhew.ir.ops import Function, Value
from pyhew.lower.aggregates import make_variant
from pyhew.lower.context import Lower
from pyhew.lower.instances import instance, resolve_trait
from pyhew.lower.objects import function_object, variant_function
from pyhew.source.diagnostics import CompilerBug
from pyhew.syntax import nodes
from pyhew.types.model import FnType


def lower_name(cx: Lower, node: nodes.NameExpr | nodes.ContextVariant | nodes.QualifiedPath) -> Value:
    """A bare name."""
    return lower_use(cx, node, cx.model.use_of(node))


def lower_use(cx: Lower, node: nodes.Expr, use: Resolution) -> Value:
    """The value a meaning stands for."""
    match use:
        case UseLocal():
            return cx.b.read(cx.variable(use.local))
        case UseField():
            return cx.b.read(cx.field(use.index))
        case UseConst():
            return cx.expr(use.const.node.value)
        case UseVariant():
            ty = cx.type_of(node)
            if isinstance(ty, FnType):
                return variant_function(cx, ty, use.index)
            return make_variant(cx, cx.ir(ty), use.index, [])
        case UseFn() | UseTrait():
            return function_object(cx, named_function(cx, use), cx.type_of(node))
        case _:
            raise CompilerBug(f"a name means {type(use).__name__}", node.span)


def named_function(cx: Lower, use: UseFn | UseTrait) -> Function:
    """The function that a name stands for where it is no callee."""
    own = tuple(cx.close(a) for a in use.args)
    if isinstance(use, UseFn):
        return instance(cx.low, use.fn, own)
    args = tuple(cx.close(a) for a in use.trait_args)
    return instance(cx.low, *resolve_trait(cx.low.world, use.trait, use.method, cx.close(use.self_type), args, own))
