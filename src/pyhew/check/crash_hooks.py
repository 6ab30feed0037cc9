"""Fields that a crash hook looks at: it sees copies, as they were before the message that crashed the actor.

In: checked bodies.  Out: `SemanticModel.observed`; a diagnostic for a field that cannot be copied.
Assumed: methods of the actor that the hook calls look at fields for it.
"""

from __future__ import annotations

from pyhew.check.errors.actors import NotObserved
from pyhew.check.model import UseField, UseFn
from pyhew.check.subtrees import raw_children
from pyhew.check.world import World
from pyhew.syntax import nodes
from pyhew.types import facts
from pyhew.types.facts import Kind
from pyhew.types.model import show
from pyhew.types.symbols import ActorInfo, FnInfo


def check_crash_hooks(world: World) -> None:
    """Every actor of the program."""
    for module in world.program.modules:
        for actor in module.declared.values():
            if isinstance(actor, ActorInfo) and "crash" in actor.hooks:
                seen = _Fields(world)
                for fn in actor.hooks["crash"]:
                    seen.of_function(fn)
                for index, node in seen.found.items():
                    field = actor.fields[index]
                    if facts.kind_of(field.type) is Kind.AFFINE:
                        world.sink.report(NotObserved(node.span, field.name, show(field.type)))
                world.model.observed[actor] = tuple(seen.found)


class _Fields:
    """The fields a function mentions, each with the first place."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.found: dict[int, nodes.Node] = {}
        self.known: dict[FnInfo, None] = {}

    def of_function(self, fn: FnInfo) -> None:
        """Through the methods of the actor that it calls."""
        if fn not in self.known and fn.node is not None and fn.node.body is not None:
            self.known[fn] = None
            self._of_node(fn.node.body)

    def _of_node(self, node: nodes.Node) -> None:
        use = self.world.model.uses.get(node)
        if isinstance(use, UseField):
            self.found.setdefault(use.index, node)
        elif isinstance(use, UseFn) and use.fn.actor is not None:
            self.of_function(use.fn)
        for child in raw_children(node):
            self._of_node(child)
