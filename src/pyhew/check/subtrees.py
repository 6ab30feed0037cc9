"""What stands inside a node.

In: a node.  Out: the nodes directly below it, in the order they are written.
Assumed: a node's children are its fields, alone or in tuples.
"""

from __future__ import annotations

from collections.abc import Iterator

from pyhew.syntax import nodes
from pyhew.syntax.nodes.base import raw_children


def children(node: nodes.Node) -> Iterator[nodes.Expr]:
    """The expressions directly inside, through arguments and holes."""
    for child in raw_children(node):
        if isinstance(child, nodes.Arg | nodes.FormatHole):
            yield child.value
        elif isinstance(child, nodes.Expr):
            yield child


def results_of(value: nodes.Expr) -> Iterator[nodes.Expr]:
    """The expressions whose value this one may have: the ends of its blocks and branches, or itself."""
    match value:
        case nodes.Block():
            if value.tail is not None:
                yield from results_of(value.tail)
        case nodes.If() | nodes.IfLet():
            yield from results_of(value.then)
            if value.otherwise is not None:
                yield from results_of(value.otherwise)
        case nodes.Match():
            for arm in value.arms:
                yield from results_of(arm.body)
        case _:
            yield value
