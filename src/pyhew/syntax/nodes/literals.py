"""Literals: numbers, texts, records, collections."""

from __future__ import annotations

from pyhew.syntax import nodes
from pyhew.syntax.nodes.base import Ident, Node, node


@node
class IntLiteral(Node):
    """`42`, `0xFF`, `1_000`; `value` is exact."""

    value: int


@node
class FloatLiteral(Node):
    """`3.14`, `1e9`; the digits as written without `_`."""

    text: str


@node
class DurationLiteral(Node):
    """`50ms`; whole nanoseconds."""

    nanoseconds: int


@node
class StringLiteral(Node):
    """`"s"`, `r"s"`, escapes resolved."""

    value: str


@node
class BytesLiteral(Node):
    """`b"s"`."""

    value: bytes


@node
class CharLiteral(Node):
    """`'c'`; the code point."""

    value: int


@node
class BoolLiteral(Node):
    """`true`, `false`."""

    value: bool


@node
class RegexLiteral(Node):
    """`re"[a-z]+"`; the pattern as written."""

    pattern: str


@node
class FormatHole(Node):
    """`{e}` or `{e:?}` of an f-string."""

    value: nodes.Expr
    debug: bool


@node
class FormatString(Node):
    """`f"n={n}"`; literal pieces are `str`."""

    parts: tuple[str | FormatHole, ...]


@node
class FieldInit(Node):
    """`x: e`; `x` alone repeats the name."""

    name: Ident
    value: nodes.Expr


@node
class RecordLiteral(Node):
    """`Point { x: 1, ..base }`, `Shape.Rect { w: 1 }`, `.Rect { w: 1 }`, `mod.P<T> { .. }`.

    `path` is a NameExpr, Member or ContextVariant.
    """

    path: nodes.Expr
    fields: tuple[FieldInit, ...]
    base: nodes.Expr | None


@node
class TupleLiteral(Node):
    """`(a, b)`; `()` is unit."""

    items: tuple[nodes.Expr, ...]


@node
class ArrayLiteral(Node):
    """`[a, b]`."""

    items: tuple[nodes.Expr, ...]


@node
class ArrayRepeat(Node):
    """`[e; n]`."""

    value: nodes.Expr
    count: nodes.Expr


@node
class BytesArray(Node):
    """`bytes[0x41, 0x42]`."""

    items: tuple[nodes.Expr, ...]


@node
class MapEntry(Node):
    """`k: v` of a map literal."""

    key: nodes.Expr
    value: nodes.Expr


@node
class MapLiteral(Node):
    """`{"a": 1}`."""

    entries: tuple[MapEntry, ...]
