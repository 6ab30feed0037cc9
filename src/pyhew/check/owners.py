"""Ownership of values in every body of a program.

In: checked bodies.  Out: diagnostics; nothing is changed.
Assumed: bodies without type errors.
"""

from __future__ import annotations

import sys

from pyhew.check.given_away import Summary, instance_of, is_followed
from pyhew.check.model import Body
from pyhew.check.moves import Walk
from pyhew.check.world import World
from pyhew.types import facts
from pyhew.types.model import Type
from pyhew.types.symbols import ActorInfo, FnInfo

MAX_OPEN = 16
"""Instances that call one another; what is behind them is asked for when it is called elsewhere."""


Key = tuple[FnInfo, tuple[Type, ...]]
NOTHING = Summary()


class Summaries:
    """What functions do with their parameters, for the instances that were asked for.

    Functions that call one another in a ring are walked again until nothing new is found: the first to be asked counts as
    harmless while the others are walked, which is known to be too little.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._known: dict[Key, Summary] = {}
        self._open: dict[Key, int] = {}
        """The functions that are being walked, and how many were open before each."""
        self._open_instances = 0
        self._guesses: dict[Key, Summary] = {}
        self._round: dict[Key, int] = {}
        """The functions of rings that were walked since the ring's first was: the outermost open one that each depends on."""
        self._reached = sys.maxsize
        """The outermost open function that was asked for since the innermost one was opened."""
        self._has_news = False

    def of(self, fn: FnInfo, given: tuple[Type, ...]) -> Summary:
        """The summary of an instance."""
        key = (fn, given)
        if key in self._known:
            return self._known[key]
        depth = self._open.get(key, self._round.get(key))
        if depth is not None:
            self._reached = min(self._reached, depth)
            return self._guesses.get(key, NOTHING)
        body = self._world.body(fn)
        if fn.node is None or fn.node.body is None or body is None or (given and self._open_instances == MAX_OPEN):
            return NOTHING
        reached, has_news = self._reached, self._has_news
        self._open[key] = len(self._open)
        self._open_instances += bool(given)
        made = self._settle(key, body)
        self._open_instances -= bool(given)
        del self._open[key]
        self._reached = min(reached, self._round.get(key, reached))
        self._has_news = has_news or key in self._round and self._has_news
        return made

    def _settle(self, key: Key, body: Body) -> Summary:
        """Walks a body until what it is told of its ring, if it is the first of one, agrees with what is found."""
        depth, before = self._open[key], len(self._round)
        while True:
            self._reached, self._has_news = sys.maxsize, False
            made, guess = self._walked(*key, body), self._guesses.get(key, NOTHING)
            self._guesses[key] = made
            self._has_news = self._has_news or (made.gives, made.offers) != (guess.gives, guess.offers)
            ring = list(self._round)[before:]
            if self._reached < depth:
                self._round.update(dict.fromkeys((*ring, key), self._reached))
                return made
            for member in ring:
                del self._round[member]
            if not self._has_news or self._reached > depth:
                self._known[key] = made
                self._known.update({member: self._guesses[member] for member in ring})
                return made

    def _walked(self, fn: FnInfo, given: tuple[Type, ...], body: Body) -> Summary:
        walk = Walk(self._world, self.of, instance_of(fn, given), quiet=True)
        walk.body(fn, body)
        gone = {local for end in walk.ends for local, paths in end.gone.items() if () in paths or facts.has_known_end(walk.type_of(local))}
        offered = {local for end in walk.ends for local in (*end.offered, *end.gone)}
        gives = frozenset(index for index, local in enumerate(body.params) if local in gone)
        offers = frozenset(index for index, local in enumerate(body.params) if local in offered and local not in gone)
        return Summary(gives, offers, walk.complaints[0] if given and walk.complaints else None)


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
