"""Hooks: `#[on(crash)]`.

In: an actor's hooks.  Out: functions the runtime calls.
Assumed: a crash hook observes; its result tells the supervisor what to do.
"""

from __future__ import annotations

from pyhew.ir import ops
from pyhew.ir.ops import ActorDef, Value
from pyhew.ir.types import EnumT, I32, I64, STRING, StructT, Use
from pyhew.lower.context import Lower
from pyhew.lower.instances import instance
from pyhew.types.model import Type
from pyhew.types.symbols import ActorInfo


def crash_hook(cx: Lower, actor: ActorInfo, args: tuple[Type, ...], made: ActorDef) -> None:
    """The function behind `#[on(crash)]`: code and text become a CrashInfo."""
    from pyhew.lower.errors import NotSupported

    for event in ("down", "exit"):
        for fn in actor.hooks.get(event, ()):
            assert fn.node is not None
            cx.low.world.sink.report(NotSupported(fn.node.name.span, f"`#[on({event})]`"))
    for fn in actor.hooks.get("crash", ())[:1]:
        hook = instance(cx.low, fn, args)
        wrapper = cx.low.new_function(f"{made.symbol}.crash", "on crash", I32)
        wrapper.params = [Value(I32, "code"), Value(STRING, "message", True)]
        wrapper.modes = [Use.BORROW, Use.BORROW]
        inner = Lower(cx.low, wrapper, {}, cx.expr_fn)
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
