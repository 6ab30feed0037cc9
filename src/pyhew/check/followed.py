"""What functions do themselves or through what they call, as one finding each.

In: what one function does, in order: findings and calls of others.  Out: its first finding, or that there is none.
Assumed: one that calls itself, also through others, adds nothing to what it does; none of a ring is known to be
harmless before the ring has been seen as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from pyhew.source.records import record
from pyhew.types.symbols import FnInfo

Finding = TypeVar("Finding")


@record(frozen=True)
class Through(Generic[Finding]):
    """A call: what the called function does, the caller does."""

    fn: FnInfo
    told: Callable[[Finding], Finding]
    """What is said of the caller."""


Deeds = Iterator[Finding | Through[Finding]]


class Followed(Generic[Finding]):
    """Findings by function; chains of calls may be long."""

    def __init__(self, look: Callable[[FnInfo], Deeds[Finding]]) -> None:
        self._look = look
        self._known: dict[FnInfo, Finding | None] = {}

    def of(self, fn: FnInfo) -> Finding | None:
        """The finding of a function."""
        if fn in self._known:
            return self._known[fn]
        asked = {fn: None}
        path: list[tuple[FnInfo, Deeds[Finding], Callable[[Finding], Finding] | None]] = [(fn, self._look(fn), None)]
        while path:
            deed = next(path[-1][1], None)
            if deed is None:
                path.pop()
            elif not isinstance(deed, Through):
                return self._found(deed, path)
            elif (known := self._known.get(deed.fn)) is not None:
                return self._found(deed.told(known), path)
            elif deed.fn not in asked and deed.fn not in self._known:
                asked[deed.fn] = None
                path.append((deed.fn, self._look(deed.fn), deed.told))
        self._known.update(asked)
        return None

    def first(self, deeds: Deeds[Finding]) -> Finding | None:
        """The first finding of code that is no function."""
        for deed in deeds:
            found = self.of(deed.fn) if isinstance(deed, Through) else deed
            if found is not None:
                return deed.told(found) if isinstance(deed, Through) else found
        return None

    def _found(
        self, found: Finding, path: list[tuple[FnInfo, Deeds[Finding], Callable[[Finding], Finding] | None]]
    ) -> Finding:
        for fn, _, told in reversed(path):
            self._known[fn] = found
            found = told(found) if told is not None else found
        return found
