"""What one block has found out about handles, so that it is not asked again.

In: the checks that were written.  Out: lengths that are at hand, indices that are inside, blocks that are unshared.
Assumed: a name stands for one value, so a length changes only through operations that say so here; a block
is shared again only by a retain, or by code that is not in view.  Everything is forgotten where a block begins.
"""

from __future__ import annotations


class Known:
    """Names of LLVM values: `lengths` by handle, `inside` holds pairs of handle and index, `alone` handles."""

    __slots__ = ("alone", "inside", "lengths")

    def __init__(self) -> None:
        self.lengths: dict[str, str] = {}
        self.inside: set[tuple[str, str]] = set()
        self.alone: set[str] = set()

    def forget(self) -> None:
        """A block begins that is reached from elsewhere."""
        self.lengths.clear()
        self.inside.clear()
        self.alone.clear()

    def becomes_alone(self, before: str, after: str) -> None:
        """`after` is `before`, or a copy that replaces it: as long, and with one owner."""
        self.alone.add(after)
        if before in self.lengths:
            self.lengths[after] = self.lengths[before]
        self.inside.update([(after, index) for handle, index in self.inside if handle == before])

    def has_length(self, handle: str, length: str) -> None:
        """The length was changed in place."""
        self.lengths[handle] = length
        self.inside = {pair for pair in self.inside if pair[0] != handle}
