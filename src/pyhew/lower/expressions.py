"""The one dispatch of lowering: every expression to the file of its noun.

In: any checked expression.  Out: its value.
Assumed: nothing beyond `Lower`.
"""

from __future__ import annotations

from typing import assert_never

from pyhew.ir.ops import Value
from pyhew.lower import (
    calls,
    control,
    failures,
    forks,
    generators,
    lambda_actors,
    literals,
    machines,
    messages,
    names,
    objects,
    operators,
    records,
    selection,
    spawning,
    supervisors,
    tasks,
)
from pyhew.lower.aggregates import make_variant
from pyhew.lower.context import Lower
from pyhew.lower.errors import unsupported
from pyhew.lower.foreign import c_entry
from pyhew.syntax import nodes
from pyhew.types.model import DynType, FnType


def lower_expr(cx: Lower, node: nodes.Expr) -> Value:
    """The value of an expression, as what its place wants."""
    wanted = cx.model.coercions.get(node)
    if isinstance(wanted, FnType):
        return c_entry(cx, node, wanted)
    value = _lower(cx, node)
    if wanted is None:
        return value
    if isinstance(wanted, DynType):
        return objects.make_dyn(cx, value, cx.type_of(node), cx.close(wanted))
    return make_variant(cx, cx.ir(wanted), 0, [value])


def _lower(cx: Lower, node: nodes.Expr) -> Value:
    match node:
        case nodes.IntLiteral(): return literals.lower_int(cx, node)
        case nodes.FormatString(): return literals.lower_format(cx, node)
        case nodes.NameExpr() | nodes.ContextVariant() | nodes.QualifiedPath(): return names.lower_name(cx, node)
        case nodes.Member(): return records.lower_member(cx, node)
        case nodes.Call(): return calls.lower_call(cx, node)
        case nodes.Index(): return operators.lower_index(cx, node)
        case nodes.RecordLiteral(): return records.lower_record(cx, node)
        case nodes.TupleLiteral(): return literals.lower_tuple(cx, node)
        case nodes.ArrayLiteral() | nodes.BytesArray(): return literals.lower_array(cx, node)
        case nodes.ArrayRepeat(): return literals.lower_repeat(cx, node)
        case nodes.MapLiteral(): return literals.lower_map(cx, node)
        case nodes.Unary(): return operators.lower_unary(cx, node)
        case nodes.Binary(): return operators.lower_binary(cx, node)
        case nodes.Range(): return operators.lower_range(cx, node)
        case nodes.Cast(): return operators.lower_cast(cx, node)
        case nodes.Try(): return failures.lower_try(cx, node)
        case nodes.Block(): return control.lower_block(cx, node)
        case nodes.If(): return control.lower_if(cx, node)
        case nodes.IfLet(): return control.lower_if_let(cx, node)
        case nodes.Match(): return control.lower_match(cx, node)
        case nodes.Break() | nodes.Continue(): return control.lower_break(cx, node)
        case nodes.Return(): return control.lower_return(cx, node)
        case nodes.Lambda(): return objects.lower_lambda(cx, node)
        case nodes.GenBlock(): return generators.lower_gen_block(cx, node)
        case nodes.Yield(): return generators.lower_yield(cx, node)
        case nodes.Unsafe(): return cx.expr(node.body)
        case nodes.This(): return cx.runtime("hew_actor_self", [], cx.ir_of(node))
        case nodes.Spawn(): return spawning.lower_spawn(cx, node)
        case nodes.LambdaActor(): return lambda_actors.lower_lambda_actor(cx, node)
        case nodes.Await(): return selection.lower_await(cx, node)
        case nodes.AwaitRestart(): return supervisors.lower_await_restart(cx, node)
        case nodes.Timeout(): return messages.lower_timeout(cx, node)
        case nodes.Join(): return messages.lower_join(cx, node)
        case nodes.Select(): return selection.lower_select(cx, node)
        case nodes.Race(): return selection.lower_race(cx, node)
        case nodes.Scope(): return tasks.lower_scope(cx, node)
        case nodes.Fork(): return forks.lower_fork(cx, node)
        case nodes.Emit(): return machines.lower_emit(cx, node)
        case nodes.TypeValue():
            return unsupported(cx, node, "this expression")
        case nodes.FloatLiteral() | nodes.DurationLiteral() | nodes.StringLiteral() | nodes.BytesLiteral() \
            | nodes.CharLiteral() | nodes.BoolLiteral() | nodes.RegexLiteral():
            return literals.lower_simple(cx, node)
        case _: assert_never(node)


