"""Literals: from the text of a token to its value.

In: a parser at a literal token.  Out: literal nodes with exact values.
Assumed: whether a number fits its type is the checker's question; here only the
count of digits is limited, since converting takes quadratic time.
"""

from __future__ import annotations

import re

from pyhew.source.spans import Span
from pyhew.syntax import errors, nodes
from pyhew.syntax.parse.context import Parser
from pyhew.syntax.tokens import (
    BYTES,
    CHAR,
    DURATION,
    EOF,
    FLOAT,
    FSTRING_END,
    FSTRING_TEXT,
    HOLE_BEGIN,
    HOLE_END,
    INT,
    RAW_STRING,
    REGEX,
    STRING,
)  # fmt: skip

LITERAL_KINDS = frozenset((INT, FLOAT, DURATION, STRING, RAW_STRING, BYTES, REGEX, CHAR, "true", "false"))

MAX_DIGITS = 4000
"""Python refuses to convert 4,300 digits and more."""

_UNITS = {"ns": 1, "us": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
_DURATION_PARTS = re.compile(r"([0-9_]+)([a-z]+)")
_ESCAPE = re.compile(r"\\(?:u\{([^}]*)\}|x([0-9A-Fa-f]{2})|(.))", re.DOTALL)
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", '"': '"', "'": "'", "0": "\0"}
_BRACES = {"{": "{", "}": "}"}


def parse_literal(p: Parser) -> nodes.Expr:
    """One literal; the current token is of `LITERAL_KINDS`."""
    kind = p.kind
    at = p.advance()
    span = p.token_span(at)
    word = p.texts[at]
    if kind == INT:
        return nodes.IntLiteral(p.new_id(), span, int_value(p, at))
    if kind == STRING:
        return nodes.StringLiteral(p.new_id(), span, string_value(p, at))
    if kind == FLOAT:
        return nodes.FloatLiteral(p.new_id(), span, word.replace("_", ""))
    if kind == DURATION:
        return nodes.DurationLiteral(p.new_id(), span, _nanoseconds(p, at))
    if kind == CHAR:
        value = _unescape(p, word[1:-1], span.start + 1, {}, True)
        return nodes.CharLiteral(p.new_id(), span, ord(value[0]) if value else 0)
    if kind == RAW_STRING:
        return nodes.StringLiteral(p.new_id(), span, word[2:-1])
    if kind == BYTES:
        return nodes.BytesLiteral(p.new_id(), span, _bytes(p, word[2:-1], span.start + 2))
    if kind == REGEX:
        return nodes.RegexLiteral(p.new_id(), span, word[3:-1])
    return nodes.BoolLiteral(p.new_id(), span, kind == "true")


def int_value(p: Parser, at: int) -> int:
    """The value of integer token `at`."""
    word = p.texts[at].replace("_", "")
    if len(word) > MAX_DIGITS:
        p.report(errors.LiteralTooLong(p.token_span(at)))
        return 0
    if word[:1] == "0" and len(word) > 1 and word[1] in "xXoObB":
        return int(word, 0)
    return int(word)


def string_value(p: Parser, at: int) -> str:
    """The value of string token `at`, plain or raw."""
    word = p.texts[at]
    if p.kinds[at] == RAW_STRING:
        return word[2:-1]
    return _unescape(p, word[1:-1], p.starts[at] + 1, {}, False)


def _nanoseconds(p: Parser, at: int) -> int:
    parts = _DURATION_PARTS.fullmatch(p.texts[at])
    if parts is None:
        return 0
    digits = parts.group(1).replace("_", "")
    if len(digits) > MAX_DIGITS:
        p.report(errors.LiteralTooLong(p.token_span(at)))
        return 0
    found = int(digits) * _UNITS[parts.group(2)]
    if found >= 1 << 63:
        p.report(errors.DurationTooLong(p.token_span(at), p.texts[at][:40]))
        return 0
    return found


def _unescape(p: Parser, body: str, offset: int, more: dict[str, str], nul_ok: bool) -> str:
    """`body` with escapes resolved; `offset` is where it stands, `more` are further simple escapes."""
    if "\\" not in body:
        return body

    def resolve(found: re.Match[str]) -> str:
        span = Span(p.file, offset + found.start(), offset + found.end())
        point, pair, simple = found.groups()
        if simple is not None:
            value = _SIMPLE.get(simple) or more.get(simple)
            if value is None:
                p.sink.report(errors.UnknownEscape(span, found.group()))
                return ""
        else:
            value = _code_point(p, span, found.group(), pair if point is None else point)
        if value == "\0" and not nul_ok:
            p.sink.report(errors.NulInString(span))
        return value

    return _ESCAPE.sub(resolve, body)


def _code_point(p: Parser, span: Span, written: str, digits: str) -> str:
    if not re.fullmatch(r"[0-9A-Fa-f]{1,6}", digits):
        p.sink.report(errors.UnknownEscape(span, written[:20]))
        return "?"
    value = int(digits, 16)
    if value > 0x10FFFF or 0xD800 <= value <= 0xDFFF:
        p.sink.report(errors.InvalidCodePoint(span, written))
        return "?"
    return chr(value)


def _bytes(p: Parser, body: str, offset: int) -> bytes:
    """Escapes `\\xHH` are bytes here; other characters stand for their UTF-8."""
    out = bytearray()
    done = 0
    for found in _ESCAPE.finditer(body):
        out += body[done : found.start()].encode()
        done = found.end()
        pair = found.group(2)
        if pair is not None:
            out.append(int(pair, 16))
        else:
            out += _unescape(p, found.group(), offset + found.start(), {}, True).encode()
    return bytes(out + body[done:].encode())


def parse_format_string(p: Parser) -> nodes.Expr:
    """`f"a {b} {c:?}"`."""
    start = p.start
    p.advance()
    p.enter()
    parts: list[str | nodes.FormatHole] = []
    while p.kind != FSTRING_END:
        if p.kind == FSTRING_TEXT:
            at = p.advance()
            parts.append(_unescape(p, p.texts[at], p.starts[at], _BRACES, False))
        elif p.kind == HOLE_BEGIN:
            parts.append(_hole(p))
        else:
            p.fail_expected("the end of the f-string")
    p.advance()
    p.depth -= 1
    return nodes.FormatString(p.new_id(), p.since(start), tuple(parts))


def _hole(p: Parser) -> nodes.FormatHole:
    start = p.start
    opened = p.advance()
    if p.kind == "{" and p.start == p.starts[opened] + 1:
        p.sink.report(errors.DoubledBrace(p.token_span(opened)))
    value = p.inner_expr()
    debug = False
    if p.kind == ":":
        colon = p.advance()
        debug = p.kind == "?" and p.peek() == HOLE_END
        if not debug:
            p.sink.report(errors.UnknownFormat(p.token_span(colon)))
        while p.kind not in (HOLE_END, FSTRING_END, EOF):
            p.advance()
    if p.kind != HOLE_END:
        p.fail_expected("`}`")
    p.advance()
    return nodes.FormatHole(p.new_id(), p.since(start), value, debug)


