"""The one dispatch of the checker: every expression to the file of its noun.

In: any expression.  Out: its type.
Assumed: nothing beyond `Check`.
"""

from __future__ import annotations

from typing import assert_never

from pyhew.check import actors, calls, closures, control, literals, machines, operators, paths, records, regex, tasks
from pyhew.check.context import Check
from pyhew.check.errors.values import WhereNot
from pyhew.syntax import nodes
from pyhew.types.model import BOOL, BYTES, CHAR, DURATION, ERROR, STRING, Type


def check_expr(cx: Check, node: nodes.Expr, want: Type | None) -> Type:
    """The type of an expression; `want` is a hint."""
    match node:
        case nodes.IntLiteral(): return literals.check_int(cx, node, want)
        case nodes.FloatLiteral(): return literals.check_float(want)
        case nodes.DurationLiteral(): return DURATION
        case nodes.StringLiteral(): return STRING
        case nodes.BytesLiteral(): return BYTES
        case nodes.CharLiteral(): return CHAR
        case nodes.BoolLiteral(): return BOOL
        case nodes.RegexLiteral(): return regex.check_regex(cx, node)
        case nodes.FormatString(): return literals.check_format(cx, node)
        case nodes.NameExpr(): return paths.check_name(cx, node, want)
        case nodes.ContextVariant(): return paths.check_context_variant(cx, node, want)
        case nodes.Member(): return paths.check_member(cx, node, want)
        case nodes.This(): return paths.check_this(cx, node)
        case nodes.QualifiedPath(): return paths.check_qualified(cx, node, want)
        case nodes.TypeValue():
            return cx.report(WhereNot(node.span, "a type", "cannot stand as a value"))
        case nodes.Call(): return calls.check_call(cx, node, want)
        case nodes.Index(): return operators.check_index(cx, node)
        case nodes.RecordLiteral(): return records.check_record(cx, node, want)
        case nodes.TupleLiteral(): return literals.check_tuple(cx, node, want)
        case nodes.ArrayLiteral(): return literals.check_array(cx, node, want)
        case nodes.ArrayRepeat(): return literals.check_repeat(cx, node, want)
        case nodes.BytesArray(): return literals.check_bytes_array(cx, node)
        case nodes.MapLiteral(): return literals.check_map(cx, node, want)
        case nodes.Unary(): return operators.check_unary(cx, node, want)
        case nodes.Binary(): return operators.check_binary(cx, node, want)
        case nodes.Range(): return operators.check_range(cx, node, want)
        case nodes.Cast(): return operators.check_cast(cx, node)
        case nodes.Try(): return operators.check_try(cx, node)
        case nodes.Await(): return actors.check_await(cx, node, want)
        case nodes.AwaitRestart(): return actors.check_await_restart(cx, node)
        case nodes.Timeout(): return actors.check_timeout(cx, node)
        case nodes.If() | nodes.IfLet() | nodes.Match(): return control.check_branches(cx, node, want)
        case nodes.Block(): return control.check_block(cx, node, want)
        case nodes.Break() | nodes.Continue(): return control.check_break(cx, node)
        case nodes.Return(): return control.check_return(cx, node)
        case nodes.Lambda(): return closures.check_lambda(cx, node, want)
        case nodes.LambdaActor(): return actors.check_lambda_actor(cx, node)
        case nodes.GenBlock(): return closures.check_gen_block(cx, node, want)
        case nodes.Yield(): return closures.check_yield(cx, node)
        case nodes.Spawn(): return actors.check_spawn(cx, node)
        case nodes.Select(): return actors.check_select(cx, node, want)
        case nodes.Join(): return actors.check_join(cx, node)
        case nodes.Race(): return actors.check_race(cx, node)
        case nodes.Scope(): return tasks.check_scope(cx, node, want)
        case nodes.Fork(): return tasks.check_fork(cx, node)
        case nodes.Unsafe(): return control.check_unsafe(cx, node, want)
        case nodes.Emit(): return machines.check_emit(cx, node)
        case _: assert_never(node)


__all__ = ["ERROR", "check_expr"]
