"""What must not wait: hooks of an ending actor and the `close` of resources.

In: checked bodies.  Out: diagnostics at the place that waits, with the calls that lead there.
Assumed: calls through closures and `dyn` are judged later, on the IR.
"""

from __future__ import annotations

from pyhew.check.errors.actors import SuspendsHere
from pyhew.check.followed import Followed
from pyhew.check.model import UseFn, UseHandler, UseLambda
from pyhew.check.world import World
from pyhew.source.spans import Span
from pyhew.syntax import nodes
from pyhew.syntax.nodes.base import raw_children
from pyhew.types.symbols import ActorInfo, FnInfo, RecordInfo

WAITS = (nodes.Await, nodes.Select, nodes.Join, nodes.Race, nodes.Scope, nodes.AwaitRestart)
WAITING_LIBRARY = {"sleep", "channel_send", "channel_receive", "supervisor_stop", "lambda_close",
                   "socket_ready"}


class Waits:
    """Finds the first wait in a body, following direct calls."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._functions: Followed[tuple[Span, tuple[str, ...]]] = Followed(self._of_body)

    def of_function(self, fn: FnInfo) -> tuple[Span, tuple[str, ...]] | None:
        """Where a function waits, and through which calls."""
        return self._functions.of(fn)

    def _of_body(self, fn: FnInfo) -> tuple[Span, tuple[str, ...]] | None:
        if fn.node is None:
            return None
        if fn.intrinsic in WAITING_LIBRARY:
            return fn.node.span, ()
        if fn.node.body is None or fn.is_gen:
            return None
        self.world.body(fn)
        return self.of_node(fn.node.body)

    def of_call(self, node: nodes.Node) -> tuple[str, ...] | None:
        """Through which calls a node itself waits, when all of its parts have their values; None when it does not."""
        use = self.world.model.uses.get(node)
        if isinstance(node, WAITS) or isinstance(use, UseHandler | UseLambda) and use.reply is not None:
            return ()
        if isinstance(use, UseFn) and isinstance(node, nodes.Call):
            found = self.of_function(use.fn)
            if found is not None:
                return (use.fn.name, *found[1])
        return None

    def of_node(self, node: nodes.Node) -> tuple[Span, tuple[str, ...]] | None:
        """Where a piece of code waits."""
        if isinstance(node, nodes.Lambda | nodes.LambdaActor | nodes.GenBlock):
            return None
        calls = self.of_call(node)
        if calls is not None:
            return node.span, calls
        for child in raw_children(node):
            inner = self.of_node(child)
            if inner is not None:
                return inner
        return None


def check_suspension(world: World) -> None:
    """Reports hooks and closes that wait."""
    search = Waits(world)
    for module in world.program.modules:
        if module.is_std:
            continue
        for symbol in module.declared.values():
            plain: list[tuple[str, FnInfo]] = []
            if isinstance(symbol, ActorInfo):
                for event, hooks in symbol.hooks.items():
                    if event != "start":
                        plain += [(f"`#[on({event})]`", fn) for fn in hooks]
            elif isinstance(symbol, RecordInfo) and symbol.close is not None:
                plain.append((f"`close` of `{symbol.name}`", symbol.close))
            for what, fn in plain:
                found = search.of_function(fn)
                if found is not None:
                    world.sink.report(SuspendsHere(found[0], what, found[1]))
