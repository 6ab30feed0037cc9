"""What all nodes have in common."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar, dataclass_transform

from pyhew.source.records import fields_of, record
from pyhew.source.spans import Span


@record(frozen=True, slots=True, eq=False)
class Node:
    """Every node: a small integer unique in its module, and where it stands."""

    id: int
    span: Span


_N = TypeVar("_N", bound=type)


@dataclass_transform(frozen_default=True, eq_default=False)
def node(cls: _N) -> _N:
    """Makes a class a node class."""
    return record(frozen=True, slots=True, eq=False)(cls)


@node
class Ident(Node):
    """A name where it is written."""

    text: str


def raw_children(node: Node) -> Iterator[Node]:
    """The nodes directly inside a node, in the order they are written."""
    for name in fields_of(node) or ():
        value = getattr(node, name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            yield from (item for item in value if isinstance(item, Node))
