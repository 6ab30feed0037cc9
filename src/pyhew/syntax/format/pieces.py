"""The words of a program as layout sees them: tokens and comments in one row.

In: text and its tokens.  Out: `Piece`s in order.
Assumed: an f-string, its holes included, is one piece and stays as it is written.
"""

from __future__ import annotations

from pyhew.source.records import record
from pyhew.syntax.tokens import EOF, FSTRING_BEGIN, FSTRING_END, STRING, TokenStream

COMMENT = "a comment"


@record(frozen=True, slots=True, eq=False)
class Piece:
    """One word: what it is, its text, where it starts, and the white space before it."""

    kind: str
    text: str
    start: int
    before: str

    @property
    def breaks(self) -> int:
        """How many lines end between the piece before and this one."""
        return self.before.count("\n")


def pieces_of(text: str, tokens: TokenStream) -> list[Piece]:
    """All pieces but the end of the file."""
    spans = [(start, end, COMMENT) for start, end in tokens.comments]
    depth, begun = 0, 0
    for kind, start, end in zip(tokens.kinds, tokens.starts, tokens.ends, strict=True):
        if kind == FSTRING_BEGIN:
            begun = start if depth == 0 else begun
            depth += 1
        elif kind == FSTRING_END:
            depth -= 1
            if depth == 0:
                spans.append((begun, end, STRING))
        elif depth == 0 and kind != EOF:
            spans.append((start, end, kind))
    made: list[Piece] = []
    at = 0
    for start, end, kind in sorted(spans):
        if start >= at:  # a comment in a hole is part of its f-string
            made.append(Piece(kind, text[start:end], start, text[at:start]))
            at = end
    return made
