"""Where text stands: byte-free character offsets into one source file.

In: nothing.  Out: `Span`, the only way any phase names a place.
Assumed: offsets count Unicode code points of the decoded text; `file` indexes
the `Sources` object that loaded it.
"""

from typing import NamedTuple


class Span(NamedTuple):
    """Half-open range `[start, end)` of code points in file number `file`."""

    file: int
    start: int
    end: int

    def to(self, other: "Span") -> "Span":
        """The smallest span that covers both."""
        return Span(self.file, min(self.start, other.start), max(self.end, other.end))

    def contains(self, other: "Span") -> bool:
        """Whether the other span lies inside this one."""
        return self.file == other.file and self.start <= other.start and other.end <= self.end


NOWHERE = Span(0, 0, 0)
