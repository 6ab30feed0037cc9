"""Supervisors: their specifications, children, restarts.

In: supervisor declarations and handles.  Out: `SupervisorDef`s and runtime calls.
Assumed: a child evaluates its own init expressions, from copies of the supervisor's arguments,
each time it starts.
"""

from __future__ import annotations

from pyhew.check.model import Resolution, UseChild
from pyhew.ir import ops
from pyhew.ir.ops import ChildDef, SupervisorDef, Value
from pyhew.ir.types import I64, MESSAGE, PTR, U32, U64, UNIT, HandleT, Use
from pyhew.lower.actors import actor_def, run_init, spawn_payload, spawn_values
from pyhew.lower.context import Lower
from pyhew.lower.places import consumed
from pyhew.lower.waiting import wait_for_reply
from pyhew.source.diagnostics import CompilerBug
from pyhew.syntax import nodes
from pyhew.types.model import Nominal
from pyhew.types.symbols import ActorInfo, ChildInfo, SupervisorInfo

DEFAULT_INTENSITY = 3
DEFAULT_WINDOW = 5_000_000_000
DEFAULT_SHUTDOWN = 5_000_000_000


def supervisor_def(cx: Lower, info: SupervisorInfo) -> str:
    """The symbol of a supervisor's specification, made on first use."""
    low = cx.low
    symbol = f"hew.{info.module}.{info.name}.supervisor"
    if symbol in low.module.supervisors:
        return symbol
    node = info.node
    window = node.window.nanoseconds if isinstance(node.window, nodes.DurationLiteral) else DEFAULT_WINDOW
    intensity = node.intensity if node.intensity is not None else DEFAULT_INTENSITY
    params = tuple(cx.ir(p.type) for p in info.inputs)
    made = SupervisorDef(symbol, info.name, node.strategy or "one_for_one", intensity, window, [], params)
    low.module.supervisors[symbol] = made
    for index, child in enumerate(info.children):
        made.children.append(_child(cx, info, child, f"{symbol}.{index}"))
    return symbol


def _child(cx: Lower, info: SupervisorInfo, child: ChildInfo, symbol: str) -> ChildDef:
    assert isinstance(child.type, Nominal)
    names = [c.name for c in info.children]
    wired = [(w.name.text, names.index((w.sibling or w.name).text)) for w in child.node.wired_to]
    is_supervisor = isinstance(child.target, SupervisorInfo)
    start = cx.low.new_function(f"{symbol}.start", f"start {child.name}", MESSAGE if is_supervisor else UNIT)
    start.params = [Value(PTR, "args"), Value(PTR, "siblings")]
    start.modes = [Use.BORROW, Use.BORROW]
    start.site = child.node.span
    inner = Lower(cx.low, start, {})
    body = cx.model.supervisors[info]
    types = [inner.ir(local.type) for local in body.params]
    loaded = inner.b.op(ops.MESSAGE_ARGS, [start.params[0]], types, {"copies": True})
    for local, value in zip(body.params, loaded):
        inner.declare(local, value)
    pids = inner.b.op(ops.MESSAGE_ARGS, [start.params[1]], [U64] * len(wired)) if wired else []
    given = {name: pid for (name, _), pid in zip(wired, pids)}
    target = child.target
    if isinstance(target, SupervisorInfo):
        actor = supervisor_def(cx, target)
        values = _supervisor_values(inner, target, child.node.args)
        inner.b.ret([inner.b.one(ops.MESSAGE_NEW, values, MESSAGE, {"handler": 0})])
    else:
        assert isinstance(target, ActorInfo)
        actor = actor_def(cx, target, child.type.args)
        values = spawn_values(inner, child.type, _child_args(child), given)
        state = cx.low.types.state(target, child.type.args)
        inner.subst = dict(zip(target.params, child.type.args))
        named = dict(zip(spawn_payload(inner, target), values))
        inner.leave_to(0)
        inner.scopes = [type(inner.scopes[0])()]
        run_init(inner, target, child.type.args, state, named)
    inner.b.finish()
    count = _pool_count(cx, info, child, symbol) if child.node.is_pool else None
    return ChildDef(
        child.name, actor, is_supervisor, start.symbol, child.node.restart or "permanent",
        _shutdown(child.node.shutdown), tuple((i, sibling) for i, (_, sibling) in enumerate(wired)),
        child.node.is_pool, count,
    )  # fmt: skip


def _child_args(child: ChildInfo) -> tuple[nodes.Arg, ...]:
    """The arguments of the actor: a pool's `count` is the pool's own."""
    if not child.node.is_pool:
        return child.node.args
    return tuple(a for a in child.node.args if a.name is None or a.name.text != "count")


def _pool_count(cx: Lower, info: SupervisorInfo, child: ChildInfo, symbol: str) -> str | None:
    """A function that evaluates a pool's `count`."""
    given = next((a for a in child.node.args if a.name is not None and a.name.text == "count"), None)
    if given is None:
        return None
    fn = cx.low.new_function(f"{symbol}.count", f"count {child.name}", I64)
    fn.params, fn.modes = [Value(PTR, "args")], [Use.BORROW]
    inner = Lower(cx.low, fn, {})
    body = cx.model.supervisors[info]
    types = [inner.ir(local.type) for local in body.params]
    loaded = inner.b.op(ops.MESSAGE_ARGS, [fn.params[0]], types, {"copies": True})
    for local, value in zip(body.params, loaded):
        inner.declare(local, value)
    inner.b.ret([inner.b.convert(inner.expr(given.value), I64)])
    inner.b.finish()
    return fn.symbol


def _shutdown(clause: nodes.Expr | str | None) -> int:
    """Nanoseconds a child gets to stop; -1 for ever, 0 none."""
    match clause:
        case nodes.DurationLiteral():
            return clause.nanoseconds
        case "infinity":
            return -1
        case "brutal_kill":
            return 0
        case _:
            return DEFAULT_SHUTDOWN


def _supervisor_values(cx: Lower, info: SupervisorInfo, args: tuple[nodes.Arg, ...]) -> list[Value]:

    order = [p.name for p in info.inputs]
    given: dict[str, Value] = {}
    for position, arg in enumerate(args):
        given[arg.name.text if arg.name is not None else order[position]] = consumed(cx, arg.value)
    return [given[name] for name in order]


def lower_supervisor_spawn(cx: Lower, node: nodes.Spawn, info: SupervisorInfo) -> Value:
    """`spawn App(n: 1)`."""
    symbol = supervisor_def(cx, info)
    message = cx.b.one(ops.MESSAGE_NEW, _supervisor_values(cx, info, node.args), MESSAGE, {"handler": 0})
    spec = cx.b.one(ops.ACTOR_TYPE, [], PTR, {"actor": symbol})
    return cx.runtime("hew_supervisor_start", [spec, message], U64)


def lower_child(cx: Lower, node: nodes.Member, use: Resolution) -> Value:
    """`sup.child`."""
    if not isinstance(use, UseChild):
        raise CompilerBug(f"a member means {type(use).__name__}", node.span)
    supervisor = cx.expr(node.base)
    index = cx.b.int(use.index, U32)
    if use.supervisor.children[use.index].node.is_pool:
        return cx.b.pack([supervisor, index], cx.ir_of(node))
    return cx.runtime("hew_supervisor_child_or_trap", [supervisor, index], U64)


def lower_await_restart(cx: Lower, node: nodes.AwaitRestart) -> Value:
    """`await_restart sup.child`: the handle once the child lives again."""
    assert isinstance(node.operand, nodes.Member)
    use = cx.model.use_of(node.operand)
    assert isinstance(use, UseChild)
    supervisor = cx.expr(node.operand.base)
    index = cx.b.int(use.index, U32)
    cell = cx.runtime("hew_supervisor_await_restart", [supervisor, index], HandleT("reply"))
    wait_for_reply(cx, cell)
    return cx.b.one(ops.REPLY_VALUE, [cell], U64)
