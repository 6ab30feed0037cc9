"""Patterns of `match`, `let` and `for`."""

from __future__ import annotations

from pyhew.syntax import nodes
from pyhew.syntax.nodes.base import Ident, Node, node


@node
class WildcardPattern(Node):
    """`_`."""


@node
class BindPattern(Node):
    """`x`: a new name, or a unit variant / constant when one is in scope."""

    name: Ident


@node
class LiteralPattern(Node):
    """`1`, `-1`, `'a'`, `"s"`, `true`, `re".."`; `value` is a literal expression or a Unary minus of one."""

    value: nodes.Expr


@node
class RangePattern(Node):
    """`1..5`, `1..=5`."""

    low: nodes.Expr
    high: nodes.Expr
    inclusive: bool


@node
class VariantPattern(Node):
    """`.Some(x)`, `Some(x)`, `Colour.Red`, `mod.E.V(x)`, `Point(x, y)`.

    `is_context` marks the leading dot; `items` None when no parentheses stand.
    """

    path: tuple[Ident, ...]
    is_context: bool
    items: tuple[nodes.Pattern, ...] | None


@node
class FieldPattern(Node):
    """`x` or `x: pattern` inside braces."""

    name: Ident
    pattern: nodes.Pattern | None


@node
class RecordPattern(Node):
    """`Point { x, y: 0 }`, `.Rect { w, .. }`, `{ a, b }` (empty path); `has_rest` marks the `..`."""

    path: tuple[Ident, ...]
    is_context: bool
    fields: tuple[FieldPattern, ...]
    has_rest: bool = False


@node
class TuplePattern(Node):
    """`(a, b)`."""

    items: tuple[nodes.Pattern, ...]


@node
class OrPattern(Node):
    """`A | B`."""

    options: tuple[nodes.Pattern, ...]
