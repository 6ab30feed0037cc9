"""Tokens as parallel arrays.

In: nothing.  Out: the names of the token kinds and `TokenStream`.
Assumed: punctuation and reserved words are their own kind (`"("`, `"let"`), so
a kind is also what a diagnostic calls it; words that are special in one place
only are plain identifiers.
"""

from __future__ import annotations

IDENT = "a name"
INT = "an integer"
FLOAT = "a float"
DURATION = "a duration"
STRING = "a string"
RAW_STRING = "a raw string"
BYTES = "a byte string"
REGEX = "a regex literal"
CHAR = "a character"
FSTRING_BEGIN = "an f-string"
FSTRING_TEXT = "text of an f-string"
HOLE_BEGIN = "`{` in an f-string"
HOLE_END = "`}` in an f-string"
FSTRING_END = "the end of an f-string"
EOF = "the end of the file"

NAMED_KINDS = frozenset((
    IDENT, INT, FLOAT, DURATION, STRING, RAW_STRING, BYTES, REGEX, CHAR, FSTRING_BEGIN, FSTRING_TEXT, HOLE_BEGIN,
    HOLE_END, FSTRING_END, EOF,
))  # fmt: skip

RESERVED = frozenset((
    "let", "var", "const", "mut", "fn", "if", "else", "match", "loop", "for", "while", "break", "continue", "return",
    "in", "import", "pub", "package", "super", "enum", "trait", "impl", "actor", "supervisor", "spawn", "receive",
    "type", "as", "extern", "where", "await", "await_restart", "this", "dyn", "unsafe", "true", "false", "async",
    "defer", "yield", "move", "fork", "try", "catch", "foreign", "cooperate",
))  # fmt: skip
"""Never a name, except after a dot."""


class TokenStream:
    """The tokens of one file: token `i` is `kinds[i]` at `starts[i]:ends[i]`; the last one is EOF.

    `comments` are the ranges of all comments in order; the formatter and lint
    directives read them, the parser does not.  `damaged` are the lines with a
    broken string, where no further complaint makes sense.
    """

    __slots__ = ("comments", "damaged", "ends", "kinds", "starts", "texts")

    def __init__(self) -> None:
        self.kinds: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.texts: list[str] = []
        self.comments: list[tuple[int, int]] = []
        self.damaged: list[tuple[int, int]] = []

    def add(self, kind: str, start: int, end: int, text: str) -> None:
        """Appends one token."""
        self.kinds.append(kind)
        self.starts.append(start)
        self.ends.append(end)
        self.texts.append(text)

    def __len__(self) -> int:
        return len(self.kinds)


def describe(kind: str, text: str) -> str:
    """How a diagnostic names a token."""
    if kind == IDENT:
        return f"`{text}`"
    return kind if kind in NAMED_KINDS else f"`{kind}`"
