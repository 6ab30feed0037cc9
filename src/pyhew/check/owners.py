"""Ownership of values in every body of a program.

In: checked bodies.  Out: diagnostics; nothing is changed.
Assumed: bodies without type errors.
"""

from __future__ import annotations

from pyhew.check.given_away import is_followed
from pyhew.check.moves import Walk
from pyhew.check.summaries import Summaries
from pyhew.check.world import World
from pyhew.types.symbols import ActorInfo


def check_moves(world: World) -> None:
    """Reports every use of a value that was given away, in the program's own modules."""
    summaries = Summaries(world)
    world.gives = lambda fn, given: summaries.of(fn, given).gives if is_followed(fn) else frozenset()
    world.offers = lambda fn, given: summaries.of(fn, given).offers if is_followed(fn) else frozenset()
    world.together = summaries.together
    for module in world.program.modules:
        if module.is_std:
            continue
        functions = list(module.functions)
        for impl in module.impls:
            functions.extend(impl.methods.values())
        for symbol in module.declared.values():
            if isinstance(symbol, ActorInfo):
                functions.extend(symbol.receives.values())
                functions.extend(symbol.methods.values())
                functions.extend(hook for hooks in symbol.hooks.values() for hook in hooks)
        for fn in functions:
            if fn.node is not None and fn.node.body is not None and fn in world.model.bodies:
                Walk(world, summaries.of).body(fn, world.model.bodies[fn])
