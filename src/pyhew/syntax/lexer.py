"""Text to tokens.

In: decoded text.  Out: a `TokenStream`; mistakes go to the sink and still give
a token, so the parser always sees the whole file.
Assumed: one master expression decides every token; strings may span lines, but
when a file ends inside one, it is read again with strings ending at the line,
because then the line that lost its quote is the one to show.
`>>` is two tokens: the parser joins adjacent ones where it wants an operator.
"""

from __future__ import annotations

import re
from typing import TypeAlias

from pyhew.source.diagnostics import Diagnostic, DiagnosticSink
from pyhew.source.spans import Span
from pyhew.syntax import errors
from pyhew.syntax.tokens import (
    BYTES,
    CHAR,
    DURATION,
    EOF,
    FLOAT,
    FSTRING_BEGIN,
    FSTRING_END,
    FSTRING_TEXT,
    HOLE_BEGIN,
    HOLE_END,
    IDENT,
    INT,
    RAW_STRING,
    REGEX,
    RESERVED,
    STRING,
    TokenStream,
)  # fmt: skip

MAX_NAME = 1024
"""Longer names are not written by people and bloat every symbol made from them."""

_QUOTE, _WORD, _LINE_COMMENT, _BLOCK_COMMENT, _PUNCT, _NUMBER, _CHAR = range(1, 8)

_MASTER = re.compile(
    r"""[ \t\r\n]*+(?:
      ( (?:re|[rfb])?" )
    | ( [A-Za-z_][A-Za-z0-9_]*+ )
    | ( //[^\n]*+ )
    | ( /\* )
    | ( \.\.= | <<= | >= | :: | -> | => | == | != | <= | && | \|\| | << | &[-+*] | \.\. | [-+*/%&|^]= | \#\[
      | [-+*/%&|^~!=<>.,;:?@(){}\[\]] )
    | ( 0[xXoObB][0-9A-Za-z_]*+ | [0-9][0-9_]*+ (?:\.[0-9][0-9_]*+)? (?:[eE][-+]?[0-9][0-9_]*+)? [A-Za-z0-9_]*+ )
    | ( ' )
    )""",
    re.VERBOSE,
)
_SPACE = re.compile(r"[ \t\r\n]*+")
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_UNKNOWN_RUN = re.compile(r"[^\sA-Za-z0-9_\"'/.,;:?@(){}\[\]<>=!&|^~*+%#-]+|.", re.DOTALL)
_CHAR_BODY = re.compile(r"(?:[^'\\\n]|\\(?:u\{[^}'\n]*\}|x[0-9A-Fa-f]*|[^\n]))'")

_WRONG_CHAR = re.compile(r"(?:[^'\\\n]|\\[^\n]){0,40}'")

_BODIES = {
    '"': re.compile(r'(?:[^"\\]++|\\.)*+"', re.DOTALL),
    'b"': re.compile(r'(?:[^"\\]++|\\.)*+"', re.DOTALL),
    're"': re.compile(r'(?:[^"\\]++|\\.)*+"', re.DOTALL),
    'r"': re.compile(r'[^"]*+"'),
}
_LINE_BODIES = {
    '"': re.compile(r'(?:[^"\\\n]++|\\[^\n])*+"'),
    'b"': re.compile(r'(?:[^"\\\n]++|\\[^\n])*+"'),
    're"': re.compile(r'(?:[^"\\\n]++|\\[^\n])*+"'),
    'r"': re.compile(r'[^"\n]*+"'),
}
_STRING_KINDS = {'"': STRING, 'b"': BYTES, 're"': REGEX, 'r"': RAW_STRING}
_HOLE_TEXT = re.compile(r'(?:[^"\\{]++|\\.)*+', re.DOTALL)
_LINE_HOLE_TEXT = re.compile(r'(?:[^"\\{\n]++|\\[^\n])*+')

_INT = re.compile(r"[0-9][0-9_]*\Z|0[xX][0-9a-fA-F_]*[0-9a-fA-F][0-9a-fA-F_]*\Z|0[oO]_*[0-7][0-7_]*\Z|0[bB]_*[01][01_]*\Z")
_FLOAT = re.compile(r"[0-9][0-9_]*(?:\.[0-9][0-9_]*)?(?:[eE][-+]?[0-9][0-9_]*)?\Z")
_DURATION = re.compile(r"[0-9][0-9_]*(?:ns|us|ms|s|m|h)\Z")

_Hole: TypeAlias = "list[int]"


class _UnclosedString(Exception):
    """The file ends inside a string that was allowed to span lines."""


class _Lexer:
    """State of one run over a file.

    `holes` has one entry per open f-string hole: start of its f-string, how many
    braces are open inside the hole, and where the hole began.
    """

    __slots__ = ("by_line", "file", "found", "holes", "out", "text")

    def __init__(self, text: str, file: int, by_line: bool) -> None:
        self.text = text
        self.file = file
        self.out = TokenStream()
        self.holes: list[_Hole] = []
        self.by_line = by_line
        self.found: list[Diagnostic] = []

    def span(self, start: int, end: int) -> Span:
        return Span(self.file, start, end)

    def run(self) -> None:
        text, out, pos = self.text, self.out, 0
        match = _MASTER.match
        add_kind, add_start = out.kinds.append, out.starts.append
        add_end, add_text = out.ends.append, out.texts.append
        while True:
            found = match(text, pos)
            if found is None:
                pos = self.unknown(pos)
                if pos < 0:
                    return
                continue
            group = found.lastindex
            if self.by_line and self.holes and self.left_the_line(found.start(group or 0)):
                continue
            if group == _WORD:
                word = found.group(_WORD)
                start, pos = found.span(_WORD)
                add_kind(word if word in RESERVED else IDENT)
                add_start(start)
                add_end(pos)
                add_text(word)
                if pos - start > MAX_NAME:
                    self.found.append(errors.NameTooLong(self.span(start, pos)))
            elif group == _PUNCT:
                sign = found.group(_PUNCT)
                start, pos = found.span(_PUNCT)
                if self.holes and (sign == "{" or sign == "}"):
                    pos = self.brace(sign, start)
                    continue
                add_kind(sign)
                add_start(start)
                add_end(pos)
                add_text(sign)
            else:
                pos = self.rare(group or 0, found.start(group or 0), found.end())

    def rare(self, group: int, start: int, end: int) -> int:
        """The tokens that need a second look; gives the position after them."""
        if group == _LINE_COMMENT:
            self.out.comments.append((start, end))
            return end
        if group == _NUMBER:
            self.number(start, end)
            return end
        if group == _QUOTE:
            return self.string(start, end)
        if group == _BLOCK_COMMENT:
            return self.block_comment(start)
        return self.character(start)

    def unknown(self, pos: int) -> int:
        """Skips what no token starts with; -1 at the end of the text."""
        space = _SPACE.match(self.text, pos)
        start = space.end() if space else pos
        run = _UNKNOWN_RUN.match(self.text, start)
        if run is None:
            self.finish()
            return -1
        self.found.append(errors.UnknownCharacter(self.span(start, run.end()), run.group()[:20]))
        return run.end()

    def finish(self) -> None:
        end = len(self.text)
        if self.holes:
            if not self.by_line:
                raise _UnclosedString
            self.close_holes(end)
        self.out.add(EOF, end, end, "")

    def number(self, start: int, end: int) -> None:
        word = self.text[start:end]
        if word.isdigit() or _INT.match(word):
            kind = INT
        elif _FLOAT.match(word):
            kind = FLOAT
        elif _DURATION.match(word):
            kind = DURATION
        else:
            self.found.append(errors.MalformedNumber(self.span(start, end), word[:40]))
            self.out.damaged.append((start, end))
            kind, word = INT, "0"
        self.out.add(kind, start, end, word)

    def string(self, start: int, body: int) -> int:
        prefix = self.text[start:body]
        if prefix == 'f"':
            self.out.add(FSTRING_BEGIN, start, body, prefix)
            return self.fstring_text(start, body)
        bodies = _LINE_BODIES if self.by_line else _BODIES
        found = bodies[prefix].match(self.text, body)
        if found is None:
            if not self.by_line:
                raise _UnclosedString
            end = self.line_end(body)
            if self.holes:
                self.close_holes(end)
                return end
            self.broken(errors.UnclosedString(self.span(start, body)))
            self.out.add(RAW_STRING, start, end, 'r""')
            return end
        self.out.add(_STRING_KINDS[prefix], start, found.end(), self.text[start : found.end()])
        return found.end()

    def fstring_text(self, start: int, pos: int) -> int:
        """From inside an f-string to its next hole or its end."""
        pattern = _LINE_HOLE_TEXT if self.by_line else _HOLE_TEXT
        found = pattern.match(self.text, pos)
        end = found.end() if found else pos
        if end > pos:
            self.out.add(FSTRING_TEXT, pos, end, self.text[pos:end])
        sign = self.text[end : end + 1]
        if sign == "{":
            self.out.add(HOLE_BEGIN, end, end + 1, sign)
            self.holes.append([start, 0, end])
            return end + 1
        if sign == '"':
            self.out.add(FSTRING_END, end, end + 1, sign)
            return end + 1
        if not self.by_line:
            raise _UnclosedString
        self.broken(errors.UnclosedString(self.span(start, start + 2)))
        self.out.add(FSTRING_END, end, end, "")
        end = self.line_end(end)
        self.end_outer(end)
        return end

    def brace(self, sign: str, start: int) -> int:
        """A brace while a hole is open: nested, or the hole's end."""
        hole = self.holes[-1]
        if sign == "}" and hole[1] == 0:
            self.holes.pop()
            self.out.add(HOLE_END, start, start + 1, sign)
            return self.fstring_text(hole[0], start + 1)
        hole[1] += 1 if sign == "{" else -1
        self.out.add(sign, start, start + 1, sign)
        return start + 1

    def left_the_line(self, start: int) -> bool:
        """When strings end at the line: closes the open f-strings at a line break."""
        first = self.holes[0][0]
        if "\n" not in self.text[first:start]:
            return False
        self.close_holes(self.line_end(first))
        return True

    def close_holes(self, end: int) -> None:
        """Ends the open f-strings at `end`, because the line of the first one ends there."""
        at = self.holes[-1][2]
        self.broken(errors.UnclosedHole(self.span(at, at + 1)))
        self.end_outer(end)

    def end_outer(self, end: int) -> None:
        while self.holes:
            self.holes.pop()
            self.out.add(HOLE_END, end, end, "")
            self.out.add(FSTRING_END, end, end, "")

    def broken(self, diagnostic: Diagnostic) -> None:
        """A string that ends with its line: whatever else is wrong there follows from it."""
        start = diagnostic.span.start
        self.found.append(diagnostic)
        self.out.damaged.append((self.text.rfind("\n", 0, start) + 1, self.line_end(start)))

    def line_end(self, pos: int) -> int:
        end = self.text.find("\n", pos)
        return len(self.text) if end < 0 else end

    def block_comment(self, start: int) -> int:
        depth, pos = 1, start + 2
        while depth:
            edge = _COMMENT_EDGE.search(self.text, pos)
            if edge is None:
                self.found.append(errors.UnclosedComment(self.span(start, start + 2)))
                pos = len(self.text)
                break
            depth += 1 if edge.group() == "/*" else -1
            pos = edge.end()
        self.out.comments.append((start, pos))
        return pos

    def character(self, start: int) -> int:
        found = _CHAR_BODY.match(self.text, start + 1)
        if found is None:
            wrong = _WRONG_CHAR.match(self.text, start + 1)
            end = wrong.end() if wrong else start + 1
            self.found.append(errors.MalformedCharacter(self.span(start, end)))
            self.out.add(CHAR, start, end, "'?'")
            return end
        self.out.add(CHAR, start, found.end(), self.text[start : found.end()])
        return found.end()


def tokenize(text: str, file: int, sink: DiagnosticSink) -> TokenStream:
    """All tokens of `text`."""
    lexer = _Lexer(text, file, by_line=False)
    try:
        lexer.run()
    except _UnclosedString:
        lexer = _Lexer(text, file, by_line=True)
        lexer.run()
    for diagnostic in lexer.found:
        sink.report(diagnostic)
    return lexer.out
