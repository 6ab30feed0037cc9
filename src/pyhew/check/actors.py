"""Actors: spawn, tell, ask, await, select, join, lambda actors.

In: actor expressions.  Out: their types and meanings.
Assumed: an ask is a message to a handler with a result and gives `Result<R, AskError>`;
`awaited` holds the calls that stand directly under `await`, `join`, `race` or `select`.
"""

from __future__ import annotations

from pyhew.check.closures import check_closure_body
from pyhew.check.context import Check
from pyhew.check.errors.actors import (
    AskNeedsAwait,
    BranchNotAsk,
    LimitNotLiteral,
    LimitOutsideHandler,
    NotAnActor,
    NothingToAwait,
)
from pyhew.check.errors.ownership import NotSendable
from pyhew.check.errors.values import UnknownArgument, UnknownMember, WhereNot, WrongArgumentCount
from pyhew.check.model import UseFn, UseHandler, UseLambda
from pyhew.check.records import refuse_missing
from pyhew.check.types import resolve_type, value_type
from pyhew.source.spans import Span
from pyhew.syntax import nodes
from pyhew.types import facts
from pyhew.types.model import (
    DURATION,
    ERROR,
    NEVER,
    UNIT,
    AssocType,
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
from pyhew.types.symbols import ActorInfo, EnumInfo, FnInfo, RecordInfo, SupervisorInfo, TraitInfo

_CROSSING = ("Send", "Frozen", "Integer", "Float", "Num")
"""Traits of the prelude whose types may all cross to another actor."""
_VALUES = (
    nodes.IntLiteral, nodes.FloatLiteral, nodes.StringLiteral, nodes.BoolLiteral, nodes.CharLiteral,
    nodes.FormatString, nodes.Binary, nodes.Unary, nodes.NameExpr, nodes.TupleLiteral, nodes.ArrayLiteral,
)  # fmt: skip


def check_spawn(cx: Check, node: nodes.Spawn) -> Type:
    """`spawn Worker(id: 1)`."""
    ty = cx.known(resolve_type(cx.scope, node.actor))
    if ty == ERROR:
        for arg in node.args:
            cx.expr(arg.value)
        return ERROR
    if not isinstance(ty, Nominal) or not isinstance(ty.info, ActorInfo | SupervisorInfo):
        return cx.report(NotAnActor(node.actor.span, show(ty)))
    check_spawn_args(cx, node.span, ty, node.args)
    cx.world.model.written[node] = ty
    return cx.world.builtin("LocalPid", ty)


def check_spawn_args(
    cx: Check, span: Span, ty: Nominal, args: tuple[nodes.Arg, ...], wired: tuple[str, ...] = ()
) -> None:
    """Arguments of a spawn or child: init parameters or fields, by name; `wired` ones come from siblings."""
    info = ty.info
    assert isinstance(info, ActorInfo | SupervisorInfo)
    mapping = dict(zip(info.params, ty.args))
    if isinstance(info, ActorInfo):
        cx.require_bounds(span, info.params, info.wheres, mapping)
    wanted, optional = spawn_inputs(info)
    given: set[str] = set()
    names = list(wanted)
    for position, arg in enumerate(args):
        name = arg.name.text if arg.name is not None else names[position] if position < len(names) else ""
        if name not in wanted:
            if name:
                cx.report(UnknownArgument(arg.span, name, info.name, tuple(wanted)))
            else:
                cx.report(WrongArgumentCount(span, info.name, len(wanted), len(args)))
            cx.expr(arg.value)
            continue
        given.add(name)
        want = cx.world.normalise(substitute(wanted[name], mapping))
        cx.expect(arg.value, want)
        require_sendable(cx, arg.value, want)
    missing = tuple(n for n in wanted if n not in given and n not in optional and n not in wired)
    unknown = sum(arg.name is not None and arg.name.text not in wanted for arg in args)
    refuse_missing(cx, span, info.name, missing, unknown)


def spawn_inputs(info: ActorInfo | SupervisorInfo) -> tuple[dict[str, Type], set[str]]:
    """What a spawn gives, by name: init's parameters and fields; which of them may be left out."""
    if isinstance(info, SupervisorInfo):
        return {p.name: p.type for p in info.inputs}, set()
    wanted: dict[str, Type] = {}
    optional: set[str] = set()
    if info.init is not None:
        for param in info.init:
            wanted[param.name] = param.type
    for field in info.fields:
        if field.name in wanted:
            continue
        wanted[field.name] = field.type
        if field.node.default is not None or info.init is not None:
            optional.add(field.name)
    return wanted, optional


def require_sendable(cx: Check, node: nodes.Expr, ty: Type) -> None:
    """Reports a value that cannot cross to another actor, or of which a program's own generic code does not know that."""
    ty = cx.known(ty)
    part = facts.unsendable_part(ty)
    if part is not None:
        cx.report(NotSendable(node.span, show(ty), part=show(part)))
    else:
        require_known(cx, node.span, ty)


def require_known(cx: Check, span: Span, ty: Type) -> bool:
    """Reports what crosses in a program's own generic code although nothing demanded of its type says that it may."""
    is_unknown = not cx.scope.module.is_std and facts.any_part(cx.known(ty), lambda part: _is_open(cx, part))
    if is_unknown:
        cx.report(NotSendable(span, show(ty), True))
    return is_unknown


def _is_open(cx: Check, part: Type) -> bool:
    if not isinstance(part, ParamType | AssocType) or isinstance(part, AssocType) and part.trait.name == "ActorMsg":
        return False  # the types of `ActorMsg` are what an actor takes and gives
    return not any(isinstance(b.trait, TraitInfo) and b.trait.name in _CROSSING for b in cx.world.bounds_of(part))


# --------------------------------------------------------------------------- messages


def call_message(cx: Check, node: nodes.Call, callee: nodes.Member, base: Type) -> Type | None:
    """`pid.handler(..)`; None when the base is no actor handle or has no such handler."""
    if facts.is_builtin(base, "LambdaPid"):
        return _lambda_method(cx, node, callee, base)
    if not facts.is_pid(base):
        return None
    assert isinstance(base, Nominal)
    target = cx.known(base.args[0])
    if isinstance(target, ParamType):
        return _call_role(cx, node, callee, target)
    if not isinstance(target, Nominal) or not isinstance(target.info, ActorInfo):
        return None
    fn = target.info.receives.get(callee.name.text)
    if fn is None:
        if cx.methods(base, callee.name.text):
            return None
        known = tuple(target.info.receives)
        for arg in node.args:
            cx.expr(arg.value)
        return cx.report(UnknownMember(callee.name.span, callee.name.text, show(base), known))
    return _send(cx, node, target, fn, dict(zip(target.info.params, target.args)))


def _call_role(cx: Check, node: nodes.Call, callee: nodes.Member, target: ParamType) -> Type | None:
    """A message to an actor of which only traits are known."""
    for bound in cx.world.bounds_of(target):
        trait = bound.trait
        assert isinstance(trait, TraitInfo)
        fn = trait.methods.get(callee.name.text)
        if fn is not None and not fn.has_self:
            return _send(cx, node, target, fn, {trait.self_type: target, **dict(zip(trait.params, bound.args))})
    return None


def _send(cx: Check, node: nodes.Call, target: Nominal | ParamType, fn: FnInfo, mapping: dict[ParamType, Type]) -> Type:
    mapping = cx.instantiate(fn.params, node.span, outer=mapping)
    cx.require_bounds(node.span, [], fn.wheres, mapping)
    own = tuple(mapping[param] for param in fn.params)
    cx.opened += [(node, ty, fn.name) for ty in own]
    inputs = [cx.open_assoc(substitute(p.type, mapping), node.span) for p in fn.inputs]
    if len(inputs) != len(node.args):
        cx.report(WrongArgumentCount(node.span, fn.name, len(inputs), len(node.args)))
    for arg, want, param in zip(node.args, inputs, fn.inputs):
        cx.expect(arg.value, want)
        if param.type not in fn.params or _is_open(cx, param.type):  # else the bound is demanded already
            require_sendable(cx, arg.value, want)
    result = cx.open_assoc(substitute(fn.result, mapping), node.span)
    if fn.result == UNIT and not fn.is_gen:
        cx.use(node, UseHandler(target, fn.name, None, own))
        return UNIT
    require_sendable(cx, node, result)
    if fn.is_gen:
        cx.use(node, UseHandler(target, fn.name, result, own))
        return cx.world.builtin("Stream", result)
    cx.use(node, UseHandler(target, fn.name, result, own))
    reply = cx.world.builtin("Result", result, cx.world.builtin("AskError"))
    if node not in cx.world.model.written:
        return cx.report(AskNeedsAwait(node.span, show(target).partition("<")[0], fn.name))
    return reply


def mark_awaited(cx: Check, node: nodes.Expr) -> None:
    """Remembers that the call inside may be an ask."""
    while isinstance(node, nodes.Block) and node.tail is not None and not node.stmts:
        node = node.tail
    if isinstance(node, nodes.Call):
        cx.world.model.written[node] = UNIT
    elif isinstance(node, nodes.Try):
        mark_awaited(cx, node.operand)


def check_await(cx: Check, node: nodes.Await, want: Type | None) -> Type:
    """`await e`."""
    mark_awaited(cx, node.operand)
    ty = cx.known(cx.expr(node.operand))
    if facts.is_builtin(ty, "Task"):
        assert isinstance(ty, Nominal)
        return ty.args[0]
    if isinstance(node.operand, _VALUES) and not isinstance(ty, Nominal) and ty != ERROR:
        if isinstance(ty, Var) and ty.kind == "any":
            return ty
        cx.report(NothingToAwait(node.span, show(ty)))
    return ty


def check_await_restart(cx: Check, node: nodes.AwaitRestart) -> Type:
    """`await_restart supervisor.child`."""
    ty = cx.known(cx.expr(node.operand))
    inner = node.operand
    base = cx.world.model.types.get(inner.base) if isinstance(inner, nodes.Member) else None
    owner = prune(base.args[0]) if isinstance(base, Nominal) and facts.is_builtin(base, "LocalPid") else None
    if ty != ERROR and not (isinstance(owner, Nominal) and isinstance(owner.info, SupervisorInfo)):
        return cx.report(WhereNot(node.span, "await_restart", "needs a child of a supervisor, as in `sup.child`"))
    return ty


def check_timeout(cx: Check, node: nodes.Timeout) -> Type:
    """`await e | after d`."""
    ty = cx.known(cx.expr(node.operand))
    cx.expect(node.delay, DURATION)
    if not isinstance(node.delay, nodes.DurationLiteral):
        cx.report(LimitNotLiteral(node.delay.span))
    if facts.is_builtin(ty, "Task"):
        return cx.report(WhereNot(node.span, "| after", "limits a wait, as in `await task | after 1s`"))
    is_task = isinstance(node.operand, nodes.Await) and facts.is_builtin(cx.world.model.types[node.operand.operand], "Task")
    if cx.actor is None and not is_task:
        cx.report(LimitOutsideHandler(node.span))
    limited = _limited_form(cx, node)
    if limited is not None:
        return limited
    if is_task or facts.is_builtin(ty, "Option"):
        return cx.world.builtin("Result", ty, cx.world.builtin("TimeoutError"))
    return ty


def _limited_form(cx: Check, node: nodes.Timeout) -> Type | None:
    """The result of `name_within(limit)` when the library has that form of the awaited `name()`."""
    inner = node.operand
    while isinstance(inner, nodes.Await):
        inner = inner.operand
    use = cx.world.model.uses.get(inner)
    if not isinstance(inner, nodes.Call) or not isinstance(inner.callee, nodes.Member) or not isinstance(use, UseFn):
        return None
    if inner.args or not use.fn.module.startswith("std."):
        return None
    base = cx.world.model.types.get(inner.callee.base)
    for method in cx.methods(base, f"{use.fn.name}_within") if base is not None else ():
        cx.use(node, UseFn(method.fn, use.args))
        return method.fn.result
    return None


def _ask_reply(cx: Check, node: nodes.Expr, what: str) -> Type:
    """The bare reply of an ask, or the Option of a receive, in a select, join or race."""
    mark_awaited(cx, node)
    while isinstance(node, nodes.Await):
        node = node.operand
        mark_awaited(cx, node)
    ty = cx.known(cx.expr(node))
    use = cx.world.model.uses.get(node)
    if isinstance(use, UseHandler | UseLambda) and use.reply is not None:
        assert isinstance(ty, Nominal | type(ERROR))
        return ty.args[0] if isinstance(ty, Nominal) and facts.is_builtin(ty, "Result") else ty
    if facts.is_builtin(ty, "Option") and what == "select" and _is_receive(cx, node):
        return ty
    if ty != ERROR:
        cx.report(BranchNotAsk(node.span, what))
    return ERROR


def _is_receive(cx: Check, node: nodes.Expr) -> bool:
    """`rx.recv()` of a channel."""
    if not isinstance(node, nodes.Call) or not isinstance(node.callee, nodes.Member):
        return False
    base = cx.world.model.types.get(node.callee.base)
    return base is not None and facts.is_builtin(base, "Receiver") and node.callee.name.text == "recv"


def check_select(cx: Check, node: nodes.Select, want: Type | None) -> Type:
    """`select { p from e => body, after d => body }`."""
    result: Type = NEVER if want is None else want
    if not node.arms and node.delay is None:
        cx.report(WhereNot(node.span, "select", "needs an arm; with none it would wait for ever"))
    bodies: list[nodes.Expr] = []
    for arm in node.arms:
        reply = _ask_reply(cx, arm.source, "select")
        cx.blocks.append({})
        cx.pattern(arm.pattern, reply)
        result = _arm(cx, arm.body, result, want)
        cx.blocks.pop()
        bodies.append(arm.body)
    if node.delay is not None and node.on_delay is not None:
        cx.expect(node.delay, DURATION)
        result = _arm(cx, node.on_delay, result, want)
    return result


def _arm(cx: Check, body: nodes.Expr, result: Type, want: Type | None) -> Type:
    ty = cx.expr(body, None if result == NEVER else result)
    if prune(ty) == NEVER:
        return result
    if result == NEVER:
        return ty
    if want is None and UNIT in (prune(result), prune(ty)):
        return UNIT
    return cx.coerce(body, ty, result)


def check_join(cx: Check, node: nodes.Join) -> Type:
    """`join { a.x(), b.y() }`."""
    replies = tuple(_ask_reply(cx, branch, "join") for branch in node.branches)
    if ERROR in replies:
        return ERROR
    return replies[0] if len(replies) == 1 else TupleType(replies)


def check_race(cx: Check, node: nodes.Race) -> Type:
    """`race { a.x(), b.y() }`: the first reply."""
    result: Type = Var()
    if not node.branches:
        cx.report(WhereNot(node.span, "race", "needs a branch; with none it would wait for ever"))
        return ERROR
    for branch in node.branches:
        cx.coerce(branch, _ask_reply(cx, branch, "race"), result)
    return result


# --------------------------------------------------------------------------- lambda actors


def check_lambda_actor(cx: Check, node: nodes.LambdaActor) -> Type:
    """`actor |x: T| -> R { .. }`."""
    params = [(p, value_type(cx.scope, p.type) if p.type is not None else Var()) for p in node.params]
    result = value_type(cx.scope, node.result) if node.result is not None else UNIT
    own = cx.own_lambda
    message = params[0][1] if len(params) == 1 else TupleType(tuple(t for _, t in params)) if params else UNIT
    if own is not None:
        unify(own.type, cx.world.builtin("LambdaPid", message, result))
    closure = check_closure_body(cx, node, list(params), result, node.body)
    for local in closure.captures:
        part = facts.unsendable_part(local.type)
        if part is not None:
            cx.report(NotSendable(node.span, show(local.type), part=show(part)))
        require_known(cx, node.span, local.type)
    return cx.world.builtin("LambdaPid", message, closure.result)


def call_lambda(cx: Check, node: nodes.Call, ty: Type) -> Type:
    """`f(x)` of a lambda actor: a tell, or an ask when it has a result."""
    assert isinstance(ty, Nominal)
    message, result = ty.args
    _lambda_args(cx, node, message)
    if prune(result) == UNIT:
        cx.use(node, UseLambda(None))
        return UNIT
    cx.use(node, UseLambda(result))
    return cx.world.builtin("Result", result, cx.world.builtin("AskError"))


def _lambda_args(cx: Check, node: nodes.Call, message: Type) -> None:
    message = cx.known(message)
    if isinstance(message, TupleType) and len(node.args) == len(message.items):
        wants: tuple[Type, ...] = message.items
    elif message == UNIT and not node.args:
        wants = ()
    else:
        wants = (message,)
    if len(wants) != len(node.args):
        cx.report(WrongArgumentCount(node.span, "this actor", len(wants), len(node.args)))
    for arg, want in zip(node.args, wants):
        cx.expect(arg.value, want)
        require_sendable(cx, arg.value, want)


def _lambda_method(cx: Check, node: nodes.Call, callee: nodes.Member, base: Type) -> Type | None:
    assert isinstance(base, Nominal)
    name = callee.name.text
    if name == "send":
        _lambda_args(cx, node, base.args[0])
        cx.use(node, UseLambda(None))
        return cx.world.builtin("Result", UNIT, cx.world.builtin("SendError"))
    if name == "ask":
        _lambda_args(cx, node, base.args[0])
        cx.use(node, UseLambda(base.args[1]))
        return cx.world.builtin("Result", base.args[1], cx.world.builtin("AskError"))
    return None


__all__ = ["EnumInfo", "RecordInfo", "call_lambda", "call_message", "check_await", "check_join",
           "check_lambda_actor", "check_race", "check_select", "check_spawn", "check_spawn_args", "check_timeout",
           "mark_awaited", "spawn_inputs", "unify"]  # fmt: skip
