"""Hooks: `#[on(crash)]` and `#[on(down)]`.

In: an actor's hooks.  Out: functions the runtime calls.
Assumed: a crash hook observes; its result tells the supervisor what to do.
"""

from __future__ import annotations

from pyhew.ir.ops import ActorDef
from pyhew.lower.context import Lower
from pyhew.types.model import Type
from pyhew.types.symbols import ActorInfo


def crash_hook(cx: Lower, actor: ActorInfo, args: tuple[Type, ...], made: ActorDef) -> None:
    """The function behind `#[on(crash)]`."""
    from pyhew.lower.errors import NotSupported

    for event in ("crash", "down", "exit"):
        for fn in actor.hooks.get(event, ()):
            assert fn.node is not None
            cx.low.world.sink.report(NotSupported(fn.node.name.span, f"`#[on({event})]`"))
