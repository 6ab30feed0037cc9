"""What the tree says of signs that look alike, and of what begins a line of its own.

In: a tree and its pieces.  Out: `Roles`, by the position of a piece.
Assumed: the tree has no mistakes.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, takewhile

from pyhew.source.records import field, fields_of, record
from pyhew.syntax import nodes
from pyhew.syntax.format.pieces import Piece
from pyhew.syntax.nodes.base import Node, raw_children


@record(slots=True)
class Roles:
    """Positions in the text.

    `comparisons`: `<` and `>` that are operators; the others are brackets.  `openers` and `closers`: the `|` around the
    parameters of closures.  `variants`: the dot of `.Some(x)`.  `entries`: what begins an item, a statement, an
    argument, a field or an arm.  `bounds`: what begins a predicate behind `where`.  `attributes`: the `]` of one.
    `signs`: operators in front of their only operand.  `lists`: the braces around imported names and the entries of a map.
    `branches`: each `else` of an `if` that something else begins before.
    """

    comparisons: set[int] = field(default_factory=set)
    openers: set[int] = field(default_factory=set)
    closers: set[int] = field(default_factory=set)
    variants: set[int] = field(default_factory=set)
    entries: set[int] = field(default_factory=set)
    bounds: set[int] = field(default_factory=set)
    attributes: set[int] = field(default_factory=set)
    signs: set[int] = field(default_factory=set)
    branches: set[int] = field(default_factory=set)
    lists: set[int] = field(default_factory=set)


def roles_of(module: nodes.Module, pieces: list[Piece]) -> Roles:
    """The roles in one file."""
    found = Roles()
    at = {piece.start: index for index, piece in enumerate(pieces)}
    heads: dict[Node, int] = {}
    branches: dict[int, int] = {}
    for node in _below(module):
        _entries(node, found)
        match node:
            case nodes.Binary():
                _between(found.comparisons, node.left.span.end, node.right.span.start, pieces, at)
            case nodes.Assign():
                _between(found.comparisons, node.target.span.end, node.value.span.start, pieces, at)
            case nodes.Lambda() | nodes.LambdaActor():
                _closure(node, found, pieces, at)
            case nodes.Unary() | nodes.PointerTypeExpr():
                found.signs.add(node.span.start)
            case nodes.MapLiteral():
                found.lists.update((node.span.start, node.span.end - 1))
            case nodes.Import():
                found.lists.update(piece.start for piece in _within(node, pieces, at) if piece.kind in ("{", "}"))
            case nodes.If() | nodes.IfLet() if node.otherwise is not None:
                heads[node.otherwise] = heads.get(node, node.span.start)
                words = (piece for piece in _within(node, pieces, at) if piece.start >= node.then.span.end)
                branches[next(piece.start for piece in words if piece.kind == "else")] = heads[node.otherwise]
            case nodes.ContextVariant():
                found.variants.add(node.span.start)
            case nodes.VariantPattern() | nodes.RecordPattern() if node.is_context:
                found.variants.add(node.span.start)
            case nodes.WherePredicate():
                found.bounds.add(node.span.start)
            case nodes.Attribute():
                found.attributes.add(node.span.end - 1)
            case _:
                pass
    found.branches.update(branch for branch, head in branches.items() if head not in found.entries)
    return found


def _below(node: Node) -> Iterator[Node]:
    todo = [node]
    while todo:
        one = todo.pop()
        yield one
        if not isinstance(one, nodes.FormatString):
            todo.extend(raw_children(one))


def _entries(node: Node, found: Roles) -> None:
    """What stands in a row inside of a node, and the value of a block."""
    for name in fields_of(node) or ():
        row = getattr(node, name)
        for child in row if isinstance(row, tuple) else ():
            if isinstance(child, Node) and not isinstance(child, nodes.Ident | nodes.WherePredicate):
                found.entries.add(child.span.start)
    if isinstance(node, nodes.Block) and node.tail is not None:
        found.entries.add(node.tail.span.start)


def _within(node: Node, pieces: list[Piece], at: dict[int, int]) -> Iterator[Piece]:
    return takewhile(lambda piece: piece.start < node.span.end, islice(pieces, at[node.span.start], None))


def _between(found: set[int], start: int, end: int, pieces: list[Piece], at: dict[int, int]) -> None:
    """The operator between two operands; parentheses around these are no part of it."""
    index = next((at[where] for where in range(start, end) if where in at), len(pieces))
    while index < len(pieces) and pieces[index].start < end:
        if pieces[index].text[0] in "<>":
            found.add(pieces[index].start)
        index += 1


def _closure(node: nodes.Lambda | nodes.LambdaActor, found: Roles, pieces: list[Piece], at: dict[int, int]) -> None:
    bars = (piece for piece in _within(node, pieces, at) if piece.text in ("|", "||"))
    first = next(bars)
    found.openers.add(first.start)
    found.closers.add(first.start if first.text == "||" else next(bars).start)
