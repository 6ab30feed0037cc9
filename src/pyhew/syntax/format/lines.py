"""Lines: where they end, how far they are indented, which are empty.

In: pieces and their roles.  Out: the text.
Assumed: a program keeps the ends of its lines, but `{` and `else` stand behind what they belong to.
"""

from __future__ import annotations

from pyhew.source.records import record
from pyhew.syntax.format.pieces import COMMENT, Piece
from pyhew.syntax.format.roles import Roles
from pyhew.syntax.format.spaces import has_space
from pyhew.syntax.tokens import IDENT, RESERVED

STEP = 4
"""Columns."""
_OPENERS = {"(": ")", "[": "]", "{": "}", "#[": "]"}
_CLOSERS = frozenset(_OPENERS.values())
_GO_ON = frozenset(("catch", "as", "in"))
"""Words that go on with what a `}` ended."""


@record(slots=True)
class _Open:
    """An open bracket: how far its line is indented, and what stands in it."""

    line: int
    inner: int


class _Layout:
    """The text as far as it is written."""

    __slots__ = ("depth", "indent", "is_continued", "open", "out", "pieces", "roles")

    def __init__(self, pieces: list[Piece], roles: Roles) -> None:
        self.pieces = pieces
        self.roles = roles
        self.out: list[str] = []
        self.open: list[_Open] = []
        self.indent = 0
        self.depth = 0
        self.is_continued = False

    def text(self) -> str:
        for at, piece in enumerate(self.pieces):
            if at == 0 or piece.breaks and not self.is_joined(at):
                self.start_line(at)
            elif piece.kind == COMMENT and piece.text.startswith("//"):
                self.out.append(piece.before if piece.before.strip("\t\n") else " ")
            elif has_space(self.pieces, at, self.roles):
                self.out.append(" ")
            self.out.append(piece.text.rstrip() if piece.kind == COMMENT else piece.text)
            self.brackets(at)
        return "".join(self.out) + "\n" if self.out else ""

    # ------------------------------------------------------------------ lines

    def is_joined(self, at: int) -> bool:
        """Whether a line that the program ends before this piece goes on."""
        last, this = self.pieces[at - 1], self.pieces[at]
        if last.kind == COMMENT:
            return False
        if this.kind == "else":
            return last.kind == "}" and self.is_first(at - 1)
        if this.kind == "{":
            is_free = this.start in self.roles.entries or self.is_behind_where(at)
            return not is_free and last.kind not in (",", ";", "{", "}", "(", "[")
        return this.kind in (",", ";")

    def is_behind_where(self, at: int) -> bool:
        """Whether the head that ends before a piece has its `where` on lines of its own; a body may then begin on one, too."""
        before = at - 1
        while before >= 0 and self.pieces[before].kind not in ("where", ";", "{", "}"):
            before -= 1
        return before >= 0 and self.pieces[before].kind == "where" and self.is_first(before)

    def is_first(self, at: int) -> bool:
        """Whether a piece begins its line."""
        return at == 0 or self.pieces[at].breaks > 0

    def start_line(self, at: int) -> None:
        """Ends the line and indents the next."""
        this = self.pieces[at]
        if at > 0:
            is_empty = this.breaks > 1 and self.pieces[at - 1].kind not in _OPENERS and this.kind not in _CLOSERS
            self.out.append("\n\n" if is_empty else "\n")
        self.indent = self.indentation(at)
        self.depth = len(self.open)
        self.out.append(" " * self.indent)

    def indentation(self, at: int) -> int:
        """Columns before the line that begins here; sets whether it goes on with an earlier one."""
        this, follows = self.pieces[at], at
        while follows + 1 < len(self.pieces) and self.pieces[follows].kind == COMMENT:
            follows += 1
        first = self.pieces[follows]
        inner = self.open[-1].inner if self.open else 0
        self.is_continued = first.kind not in _CLOSERS and first.kind != COMMENT and self.continues(follows)
        if this.kind in _CLOSERS and self.open:
            return self.open[-1].line
        return inner + (STEP if self.is_continued else 0)

    def continues(self, at: int) -> bool:
        """Whether the line that begins here goes on with what an earlier one began."""
        this, roles = self.pieces[at], self.roles
        before = at - 1
        while before >= 0 and self.pieces[before].kind == COMMENT:
            before -= 1
        if before < 0 or this.kind in ("where", "{", "|"):
            return False
        if this.kind == "else":
            return this.start in roles.branches
        last = self.pieces[before]
        if this.start in roles.bounds:
            return True
        if this.start in roles.entries or last.start in roles.attributes or self.is_setting(at):
            return False
        if last.kind == "}":
            return not (this.kind == IDENT or this.kind in RESERVED and this.kind not in _GO_ON or this.kind in ("#[", "@"))
        return last.kind not in ("{", "(", "[", "#[", ";", ",") and not self.is_angle(last, "<")

    def is_setting(self, at: int) -> bool:
        """`name: value` in a body, where nothing ends the one before."""
        behind = self.pieces[at + 1] if at + 1 < len(self.pieces) else None
        return self.pieces[at].kind == IDENT and behind is not None and behind.kind == ":"

    # ------------------------------------------------------------------ brackets

    def is_angle(self, piece: Piece, kind: str) -> bool:
        return piece.kind == kind and piece.start not in self.roles.comparisons

    def brackets(self, at: int) -> None:
        """Opens and closes what the piece does."""
        this = self.pieces[at]
        if this.kind in _OPENERS or self.is_angle(this, "<"):
            # The body of a head that takes several lines belongs to the first of them.
            is_body = this.kind == "{" and self.is_continued and len(self.open) == self.depth
            line = self.indent - STEP if is_body else self.indent
            self.open.append(_Open(line, line + STEP))
        elif (this.kind in _CLOSERS or self.is_angle(this, ">")) and self.open:
            ended = self.open.pop()
            if len(self.open) < self.depth:  # what comes behind it belongs to the line where it was opened
                self.indent, self.depth, self.is_continued = ended.line, len(self.open), False


def lay_out(pieces: list[Piece], roles: Roles) -> str:
    """The text of a program, ended by one line break; nothing for no pieces."""
    return _Layout(pieces, roles).text()
