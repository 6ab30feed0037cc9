"""`receive gen fn`: an actor that produces a stream.

In: generator handlers and calls of them.  Out: a stream handle.
Assumed: the consumer pulls; the producer's state is a snapshot taken at the start.
"""

from __future__ import annotations

from pyhew.check.model import UseHandler
from pyhew.ir.ops import Handler, Value
from pyhew.ir.types import StructT
from pyhew.lower.context import Lower
from pyhew.syntax import nodes
from pyhew.types.model import Type
from pyhew.types.symbols import FnInfo


def stream_handler(cx: Lower, fn: FnInfo, args: tuple[Type, ...], state: StructT, symbol: str) -> Handler:
    """The handler behind a `receive gen fn`."""
    from pyhew.lower.errors import NotSupported

    assert fn.node is not None
    cx.low.world.sink.report(NotSupported(fn.node.span, "`receive gen fn`"))
    return Handler(fn.name, symbol, (), None)


def open_stream(cx: Lower, node: nodes.Call, use: UseHandler) -> Value:
    """Starts a stream."""
    from pyhew.lower.expressions import unsupported

    return unsupported(cx, node, "`receive gen fn`")
