"""Channels: sending, receiving, waiting with a limit, walking.

In: channel expressions.  Out: polling loops.
Assumed: an item travels as a message without a handler.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhew.ir.ops import Value
from pyhew.lower.context import Lower
from pyhew.syntax import nodes

if TYPE_CHECKING:
    from pyhew.lower.selection import Source


def lower_receive_timeout(cx: Lower, node: nodes.Timeout, inner: nodes.Expr) -> Value:
    """`await rx.recv() | after d`."""
    from pyhew.lower.expressions import unsupported

    return unsupported(cx, node, "a time limit on this operation")


def receive_source(cx: Lower, node: nodes.Expr) -> Source:
    """A receive as a source of `select`."""
    from pyhew.lower.expressions import unsupported
    from pyhew.lower.selection import Source

    value = unsupported(cx, node, "this source in a select")
    return Source(lambda: cx.b.int(1), lambda _: value)


def lower_for_stream(cx: Lower, stmt: nodes.For) -> None:
    """`for x in rx`."""
    from pyhew.lower.errors import NotSupported

    cx.low.world.sink.report(NotSupported(stmt.span, "`for` over this value"))
