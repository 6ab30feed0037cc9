"""Which functions call one another in rings.

In: something and what each of its kind leads to.  Out: all that is reached, ring by ring, each behind those it leads to.
Source: R. Tarjan, Depth-first search and linear graph algorithms, 1972; with a stack of its own, as chains may be long.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item", bound=Hashable)


def rings(start: Item, following: Callable[[Item], Iterable[Item]]) -> Iterator[list[Item]]:
    """What is in no ring comes alone."""
    numbers: dict[Item, int] = {start: 0}
    lowest: dict[Item, int] = {start: 0}
    places: dict[Item, int] = {start: 0}
    """Where in `waiting` what is not given out yet stands."""
    waiting = [start]
    path = [(start, iter(following(start)))]
    while path:
        item, rest = path[-1]
        for other in rest:
            if other not in numbers:
                numbers[other] = lowest[other] = len(numbers)
                places[other] = len(waiting)
                waiting.append(other)
                path.append((other, iter(following(other))))
                break
            if other in places:
                lowest[item] = min(lowest[item], numbers[other])
        else:
            path.pop()
            if path:
                above = path[-1][0]
                lowest[above] = min(lowest[above], lowest[item])
            if lowest[item] == numbers[item]:
                ring = waiting[places[item] :]
                del waiting[places[item] :]
                for one in ring:
                    del places[one]
                yield ring
