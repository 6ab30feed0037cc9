"""Lambdas, generator blocks, and `yield`.

In: `Lambda`, `GenBlock`, `Yield`.  Out: function and generator types; captured variables.
Assumed: captures are recorded by `Check.local` when an inner frame uses an outer variable.
"""

from __future__ import annotations

from pyhew.check.context import Check, Frame
from pyhew.check.errors.ownership import CapturesLambda
from pyhew.check.errors.values import WhereNot
from pyhew.check.model import Closure, Local
from pyhew.check.types import value_type
from pyhew.syntax import nodes
from pyhew.types import facts
from pyhew.types.model import ERROR, NEVER, UNIT, FnType, Type, Var, has_vars, prune, unify


def check_lambda(cx: Check, node: nodes.Lambda, want: Type | None) -> Type:
    """`|x: T| e`."""
    wanted = cx.known(want) if want is not None else None
    hint = wanted if isinstance(wanted, FnType) and len(wanted.params) == len(node.params) else None
    params = [
        value_type(cx.scope, p.type) if p.type is not None else hint.params[i] if hint is not None else Var()
        for i, p in enumerate(node.params)
    ]
    if hint is not None:
        for mine, theirs in zip(params, hint.params):
            unify(mine, theirs)
    result = value_type(cx.scope, node.result) if node.result is not None else hint.result if hint else Var()
    closure = check_closure_body(cx, node, list(zip(node.params, params)), result, node.body)
    for local in closure.captures:
        if facts.is_builtin(local.type, "LambdaPid"):
            cx.report(CapturesLambda(node.span, local.name))
    return FnType(tuple(params), closure.result)


def check_closure_body(
    cx: Check,
    node: nodes.Node,
    params: list[tuple[nodes.LambdaParam, Type]],
    result: Type,
    body: nodes.Expr,
    yields: Type | None = None,
) -> Closure:
    """A body of its own that may use the variables around it."""
    closure = Closure([], result)
    if isinstance(node, nodes.LambdaActor):
        closure.own, cx.own_lambda = cx.own_lambda, None
    open_frame(cx, Frame(result, yields, closure))
    scopes, cx.scopes_open = cx.scopes_open, 0
    for param, ty in params:
        if not isinstance(node, nodes.LambdaActor):
            cx.refuse_hiding(param.name)
        closure.params.append(cx.declare(param.name, ty, is_param=True))
        if has_vars(ty):
            cx.opened.append((param.name, ty, param.name.text))
    if yields is not None:
        cx.expr(body)
    else:
        found = cx.expr(body, result)
        if isinstance(prune(result), Var) and prune(found) == NEVER and not cx.frame.returned:
            unify(result, NEVER)
        elif prune(result) == UNIT and prune(found) not in (NEVER, ERROR):
            pass
        elif not (cx.frame.returned and prune(found) == NEVER):
            cx.coerce(_tail_of(body), found, result)
    close_frame(cx)
    cx.scopes_open = scopes
    cx.world.model.closures[node] = closure
    return closure


def _tail_of(body: nodes.Expr) -> nodes.Expr:
    while isinstance(body, nodes.Block) and body.tail is not None:
        body = body.tail
    return body


def open_frame(cx: Check, frame: Frame) -> None:
    """Enters a closure: names outside become captures."""
    cx.frames.append(cx.frame)
    cx.frame = frame
    cx.blocks.append({})


def close_frame(cx: Check) -> None:
    """Leaves a closure."""
    cx.blocks.pop()
    cx.frame = cx.frames.pop()


def check_gen_block(cx: Check, node: nodes.GenBlock, want: Type | None) -> Type:
    """`gen { yield 1; }`."""
    item: Type = Var()
    wanted = prune(want) if want is not None else None
    made = cx.world.builtin("Generator", item, UNIT)
    if wanted is not None:
        unify(made, wanted)
    check_closure_body(cx, node, [], UNIT, node.body, yields=item)
    if isinstance(prune(item), Var) and node.body.tail is not None:
        unify(item, cx.world.model.types[node.body.tail])
    return made


def check_yield(cx: Check, node: nodes.Yield) -> Type:
    """`yield e`."""
    if cx.frame.yields is None:
        if node.value is not None:
            cx.expr(node.value)
        return cx.report(WhereNot(node.span, "yield", "may stand only in a generator"))
    if node.value is not None:
        cx.expect(node.value, cx.frame.yields)
    else:
        cx.coerce(node, UNIT, cx.frame.yields)
    return UNIT


__all__ = ["Local", "check_closure_body", "check_gen_block", "check_lambda", "check_yield", "close_frame",
           "open_frame"]  # fmt: skip
