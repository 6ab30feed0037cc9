"""Fields that a crash hook looks at: it sees copies, as they were before the message that crashed the actor.

In: checked bodies.  Out: `SemanticModel.observed`; a diagnostic for a field that cannot be copied.
Assumed: methods of the actor that the hook calls look at fields for it.  What a field of a generic actor is, each
instance knows: lowering asks again.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyhew.check.errors.actors import NotObserved
from pyhew.check.model import UseField, UseFn
from pyhew.check.world import World
from pyhew.syntax import nodes
from pyhew.syntax.nodes.base import raw_children
from pyhew.types import facts
from pyhew.types.facts import Kind
from pyhew.types.model import Type, show, substitute
from pyhew.types.symbols import ActorInfo, FnInfo


def check_crash_hooks(world: World) -> None:
    """Every actor of the program."""
    for module in world.program.modules:
        for actor in module.declared.values():
            if isinstance(actor, ActorInfo) and "crash" in actor.hooks:
                seen = _Fields(world)
                for fn in actor.hooks["crash"]:
                    seen.of_function(fn)
                world.model.observed[actor] = seen.found
                check_observed(world, actor, actor.params)


def check_observed(world: World, actor: ActorInfo, args: Sequence[Type]) -> None:
    """Reports what a crash hook looks at and cannot see, because the field of this instance has one owner."""
    mapping = dict(zip(actor.params, args))
    for index, node in world.model.observed.get(actor, {}).items():
        ty = world.normalise(substitute(actor.fields[index].type, mapping))
        if facts.kind_of(ty) is Kind.AFFINE:
            world.sink.report(NotObserved(node.span, actor.fields[index].name, show(ty)))


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
