"""Hooks: `#[on(crash)]`, `#[on(exit)]`, `#[on(down)]`.

In: an actor's hooks.  Out: functions the runtime calls.
Assumed: a crash hook observes the fields as they were before the last message; its result tells the supervisor what to do.
"""

from __future__ import annotations

from pyhew.abi.constants import DownReason
from pyhew.ir import ops
from pyhew.ir.ops import ActorDef, Value
from pyhew.ir.types import I32, I64, PTR, STRING, U64, UNIT, EnumT, IrType, StructT, Use
from pyhew.lower.context import Lower
from pyhew.lower.instances import instance
from pyhew.lower.merge import Merge
from pyhew.lower.wrappers import load_state, store_state
from pyhew.types.model import Type
from pyhew.types.symbols import ActorInfo


def crash_hook(cx: Lower, actor: ActorInfo, args: tuple[Type, ...], made: ActorDef) -> None:
    """The function behind `#[on(crash)]`: code and text become a CrashInfo."""
    made.on_exit = _notice_hook(cx, actor, args, made, "exit")
    made.on_down = _notice_hook(cx, actor, args, made, "down")
    for fn in actor.hooks.get("crash", ())[:1]:
        hook = instance(cx.low, fn, args)
        wrapper = cx.low.new_function(f"{made.symbol}.crash", "on crash", I32)
        wrapper.params = [Value(I32, "code"), Value(STRING, "message", True)]
        wrapper.modes = [Use.BORROW, Use.BORROW]
        inner = Lower(cx.low, wrapper, {})
        info = hook.params[1].type
        assert isinstance(info, StructT)
        code, message = wrapper.params
        crash = inner.b.pack([inner.b.convert(code, I64), message], info)
        state = inner.b.one(ops.STATE_LOAD, [], made.state)
        action, after = inner.call(hook, [state, crash])
        inner.b.op(ops.STATE_STORE, [after[0]], [])
        inner.b.ret([inner.b.tag(action) if isinstance(action.type, EnumT) else inner.b.int(0, I32)])
        inner.b.finish()
        made.on_crash = wrapper.symbol


def _notice_hook(cx: Lower, actor: ActorInfo, args: tuple[Type, ...], made: ActorDef, event: str) -> str | None:
    """The function behind `#[on(exit)]` or `#[on(down)]`: a notice of the runtime becomes a record."""
    hooks = actor.hooks.get(event, ())
    if not hooks:
        return None
    hook = instance(cx.low, hooks[0], args)
    wrapper = cx.low.new_function(f"{made.symbol}.{event}", f"on {event}", UNIT)
    wrapper.params, wrapper.modes = [Value(PTR, "notice")], [Use.BORROW]
    inner = Lower(cx.low, wrapper, {})
    pid, monitor, reason, _ = inner.b.op(ops.MESSAGE_ARGS, [wrapper.params[0]], [U64, U64, I32, I32])
    note = hook.params[1].type
    assert isinstance(note, StructT)
    if event == "exit":
        made_note = inner.b.pack([pid, inner.b.zero(note.fields[1])], note)
    else:
        _, target, why = note.fields
        identity = inner.b.pack([monitor], note.fields[0])
        made_note = inner.b.pack([identity, inner.b.variant(target, 0, [pid]), _reason(inner, why, reason)], note)
    state = load_state(inner, actor, made.state)
    _, after = inner.call(hook, [state, made_note])
    store_state(inner, actor, after[0])
    inner.b.ret([])
    inner.b.finish()
    return wrapper.symbol


def _reason(cx: Lower, ty: IrType, reason: Value) -> Value:
    """Why the watched actor ended, as `DownReason`: exited, or crashed with a kind."""
    assert isinstance(ty, EnumT)
    merge = Merge(cx, ty)
    crashed, exited = cx.b.new_block("crashed"), cx.b.new_block("exited")
    cx.b.cond(cx.b.compare("eq", reason, cx.b.int(int(DownReason.CRASHED), I32)), crashed, exited)
    cx.b.start_sealed(crashed)
    merge.branch(lambda: cx.b.variant(ty, 1, [cx.b.zero(ty.variants[1][0])]))
    cx.b.start_sealed(exited)
    merge.branch(lambda: cx.b.variant(ty, 0, []))
    return merge.end()
