"""What functions do with their parameters.

In: checked bodies.  Out: a `Summary` of each instance that is asked for.
Assumed: what a body calls is written in it: functions of rings are walked until none of them has news.
"""

from __future__ import annotations

from pyhew.check.arguments import functions_behind, instance_asked
from pyhew.check.given_away import Behind, Summary, instance_of, is_followed
from pyhew.check.model import UseDyn, UseFn, UseTrait
from pyhew.check.moves import Walk
from pyhew.check.rings import rings
from pyhew.check.world import World
from pyhew.syntax import nodes
from pyhew.syntax.nodes.base import raw_children
from pyhew.types import facts
from pyhew.types.model import Type, depth_of
from pyhew.types.symbols import FnInfo

MAX_DEPTH = 8
"""How far types are nested in an instance that is looked into: a generic function may call itself with ever larger ones."""

Key = tuple[FnInfo, tuple[Type, ...]]
NOTHING = Summary()


class Summaries:
    """The summaries of instances; without type arguments: of what a body does whatever they are."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._known: dict[Key, Summary] = {}
        self._guesses: dict[Key, Summary] = {}
        """Of the ring that is being walked: at first they count as harmless, which is known to be too little."""
        self._calling_themselves: set[Key] = set()
        self._together: dict[Behind, Summary] = {}

    def of(self, fn: FnInfo, given: tuple[Type, ...]) -> Summary:
        """The summary of an instance."""
        key = (fn, given)
        found = self._known.get(key) or self._guesses.get(key)
        if found is not None or not self._has_body(key):
            return found or NOTHING
        for ring in rings(key, self._called):
            self._settle(ring)
        return self._known[key]

    def together(self, behind: Behind) -> Summary:
        """What all of some functions give away of what has one owner, and what one of them may keep; of none nobody knows."""
        known = self._together.get(behind)
        if known is not None:
            return known
        gives: set[int] = set()
        offers: set[int] = set()
        for number, fn in enumerate(behind.functions):
            found = self.of(fn, ()) if is_followed(fn) else NOTHING
            single = {index for index in found.gives if facts.kind_of(fn.inputs[index].type) is facts.Kind.AFFINE}
            gives = single if number == 0 else gives & single
            offers |= found.gives | found.offers
        made = Summary(frozenset(gives), frozenset(offers))
        if not any((fn, ()) in self._guesses for fn in behind.functions):
            self._together[behind] = made
        return made

    def _has_body(self, key: Key) -> bool:
        fn, given = key
        is_written = fn.node is not None and fn.node.body is not None and self._world.body(fn) is not None
        return is_written and all(depth_of(ty) <= MAX_DEPTH for ty in given)

    def _called(self, key: Key) -> dict[Key, None]:
        """The instances that a body asks for, if nothing is known of them."""
        found: dict[Key, None] = {}
        fn, given = key
        assert fn.node is not None and fn.node.body is not None
        actual = instance_of(fn, given)
        todo: list[nodes.Node] = [fn.node.body]
        while todo:
            node = todo.pop()
            match self._world.model.uses.get(node):
                case UseFn() as use if is_followed(use.fn):
                    found[use.fn, instance_asked(use, actual)] = None
                case UseTrait() | UseDyn() as use:
                    behind = functions_behind(self._world, use, actual)
                    found.update(((one, ()), None) for one in (use.trait.methods[use.method], *behind.functions) if is_followed(one))
            todo.extend(raw_children(node))
        if key in found:
            self._calling_themselves.add(key)
        return {key: None for key in found if key not in self._known and self._has_body(key)}

    def _settle(self, ring: list[Key]) -> None:
        """Walks the functions of a ring until what they are told of each other agrees with what is found."""
        around, self._guesses = self._guesses, {**self._guesses, **dict.fromkeys(ring, NOTHING)}
        is_ring = len(ring) > 1 or ring[0] in self._calling_themselves
        has_news = True
        while has_news:
            has_news = False
            for key in ring:
                made, guess = self._walked(*key), self._guesses[key]
                has_news = has_news or is_ring and (made.gives, made.offers) != (guess.gives, guess.offers)
                self._guesses[key] = made
        self._known.update((key, self._guesses[key]) for key in ring)
        self._guesses = around

    def _walked(self, fn: FnInfo, given: tuple[Type, ...]) -> Summary:
        body = self._world.body(fn)
        assert body is not None
        walk = Walk(self._world, self.of, instance_of(fn, given), quiet=True)
        walk.body(fn, body)
        gone = {local for end in walk.ends for local, paths in end.gone.items() if () in paths or facts.has_known_end(walk.type_of(local))}
        offered = {local for end in walk.ends for local in (*end.offered, *end.gone)}
        gives = frozenset(index for index, local in enumerate(body.params) if local in gone)
        offers = frozenset(index for index, local in enumerate(body.params) if local in offered and local not in gone)
        return Summary(gives, offers, walk.complaints[0] if given and walk.complaints else None)
