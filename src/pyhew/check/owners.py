"""Ownership of values in every body of a program.

In: checked bodies.  Out: diagnostics; nothing is changed.
Assumed: bodies without type errors.
"""

from __future__ import annotations

from pyhew.check.given_away import Summary, instance_of, is_followed
from pyhew.check.moves import Walk
from pyhew.check.world import World
from pyhew.types import facts
from pyhew.types.model import Type
from pyhew.types.symbols import ActorInfo, FnInfo

MAX_OPEN = 16
"""Instances that call one another; what is behind them is asked for when it is called elsewhere."""


class Summaries:
    """What functions do with their parameters, for the instances that were asked for."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._known: dict[tuple[FnInfo, tuple[Type, ...]], Summary] = {}
        self._open = 0

    def of(self, fn: FnInfo, given: tuple[Type, ...]) -> Summary:
        """The summary of an instance."""
        key = (fn, given)
        if key in self._known:
            return self._known[key]
        body = self._world.body(fn)
        if fn.node is None or fn.node.body is None or body is None or (given and self._open == MAX_OPEN):
            return Summary()
        self._known[key] = Summary()
        self._open += bool(given)
        walk = Walk(self._world, self.of, instance_of(fn, given), quiet=True)
        walk.body(fn, body)
        self._open -= bool(given)
        gone = {local for end in walk.ends for local, paths in end.gone.items() if () in paths or facts.has_known_end(walk.type_of(local))}
        offered = {local for end in walk.ends for local in (*end.offered, *end.gone)}
        gives = frozenset(index for index, local in enumerate(body.params) if local in gone)
        offers = frozenset(index for index, local in enumerate(body.params) if local in offered and local not in gone)
        self._known[key] = Summary(gives, offers, walk.complaints[0] if given and walk.complaints else None)
        return self._known[key]


def check_moves(world: World) -> None:
    """Reports every use of a value that was given away, in the program's own modules."""
    summaries = Summaries(world)
    world.gives = lambda fn, given: summaries.of(fn, given).gives if is_followed(fn) else frozenset()
    world.offers = lambda fn, given: summaries.of(fn, given).offers if is_followed(fn) else frozenset()
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
