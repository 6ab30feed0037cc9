"""What can only be found out while lowering.

In: places.  Out: diagnostics.  Assumed: nothing.
"""

from __future__ import annotations

from pyhew.ir.ops import Value
from pyhew.lower.context import Lower
from pyhew.source.diagnostics import Diagnostic
from pyhew.source.records import record
from pyhew.syntax import nodes


@record(frozen=True)
class NotSupported(Diagnostic):
    """This version of the compiler cannot compile the construct; the message names it."""
    id = "not-supported"
    what: str

    def title(self) -> str:
        return f"{self.what} is not supported by this version of the compiler"


@record(frozen=True)
class InstantiationTooDeep(Diagnostic):
    """A generic function calls itself with ever larger types, so its instances would never end."""
    id = "instantiation-too-deep"
    name: str

    def title(self) -> str:
        return f"instances of `{self.name}` do not come to an end"


@record(frozen=True)
class NoMain(Diagnostic):
    """A program starts at `fn main()`."""
    id = "no-main"

    def title(self) -> str:
        return "there is no `fn main()` in this file"


def unsupported(cx: Lower, node: nodes.Expr, what: str) -> Value:
    """Reports a construct that cannot be compiled yet; a value that fits."""
    cx.low.world.sink.report(NotSupported(node.span, what))
    return cx.b.zero(cx.ir_of(node))
