"""What functions do themselves or through what they call, as one finding each.

In: how to look into one function, which asks for those it calls.  Out: the first finding on the way, or that there is none.
Assumed: one that calls itself, also through others, adds nothing to what it does; none of a ring is known to be
harmless before the ring has been seen as a whole.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from pyhew.types.symbols import FnInfo

Finding = TypeVar("Finding")


class Followed(Generic[Finding]):
    """Findings by function."""

    def __init__(self, look: Callable[[FnInfo], Finding | None]) -> None:
        self._look = look
        self._known: dict[FnInfo, Finding | None] = {}
        self._asked: dict[FnInfo, None] = {}
        """Since somebody outside asked."""

    def of(self, fn: FnInfo) -> Finding | None:
        """The finding of a function."""
        if fn in self._known:
            return self._known[fn]
        if fn in self._asked:
            return None
        is_outside = not self._asked
        self._asked[fn] = None
        found = self._look(fn)
        if found is not None:
            self._known[fn] = found
        if is_outside:
            if found is None:
                self._known.update(dict.fromkeys(self._asked))
            self._asked.clear()
        return found
