"""What must not wait: hooks of an ending actor and the `close` of resources.

In: checked bodies.  Out: diagnostics at the place that waits, with the calls that lead there.
Assumed: calls through closures and `dyn` are judged later, on the IR.
"""

from __future__ import annotations

from pyhew.check.errors.actors import SuspendsHere
from pyhew.check.followed import Deeds, Followed, Through
from pyhew.check.model import UseFn, UseHandler, UseLambda
from pyhew.check.world import World
from pyhew.source.spans import Span
from pyhew.syntax import nodes
from pyhew.syntax.nodes.base import raw_children
from pyhew.types.symbols import ActorInfo, FnInfo, RecordInfo

WAITS = (nodes.Await, nodes.Select, nodes.Join, nodes.Race, nodes.Scope, nodes.AwaitRestart)
WAITING_LIBRARY = {"sleep", "channel_send", "channel_receive", "supervisor_stop", "lambda_close",
                   "socket_ready"}


Wait = tuple[Span, tuple[str, ...]]
"""Where code waits, and through which calls."""


class Waits:
    """Finds the first wait in a body, following direct calls."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._functions: Followed[Wait] = Followed(self._of_body)

    def of_function(self, fn: FnInfo) -> Wait | None:
        """Where a function waits."""
        return self._functions.of(fn)

    def of_call(self, node: nodes.Node) -> bool:
        """Whether a node itself waits, when all of its parts have their values."""
        return self._functions.first(self._of_node(node)) is not None

    def _of_body(self, fn: FnInfo) -> Deeds[Wait]:
        if fn.node is None:
            return
        if fn.intrinsic in WAITING_LIBRARY:
            yield fn.node.span, ()
        elif fn.node.body is not None and not fn.is_gen:
            self.world.body(fn)
            todo: list[nodes.Node] = [fn.node.body]
            while todo:
                node = todo.pop()
                if not isinstance(node, nodes.Lambda | nodes.LambdaActor | nodes.GenBlock):
                    yield from self._of_node(node)
                    todo.extend(reversed([*raw_children(node)]))

    def _of_node(self, node: nodes.Node) -> Deeds[Wait]:
        use = self.world.model.uses.get(node)
        if isinstance(node, WAITS) or isinstance(use, UseHandler | UseLambda) and use.reply is not None:
            yield node.span, ()
        elif isinstance(use, UseFn) and isinstance(node, nodes.Call):
            name = use.fn.name
            yield Through(use.fn, lambda found: (node.span, (name, *found[1])))


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
