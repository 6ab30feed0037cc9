"""Where branches meet.

In: branches that make a value each.  Out: one value behind them.
Assumed: a branch that never ends brings nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from pyhew.ir.ops import Value
from pyhew.ir.types import UNIT, IrType
from pyhew.lower.builder import Variable
from pyhew.lower.context import Lower
from pyhew.syntax import nodes
from pyhew.types.model import NEVER, prune


class Merge:
    """Where branches meet, with the value they bring."""
    def __init__(self, cx: Lower, ty: IrType) -> None:
        self.cx = cx
        self.type = ty
        self.done = cx.b.new_block("merge")
        self.result = Variable("result", ty)

    def branch(self, make: Callable[[], Value]) -> None:
        """One branch: its value goes to the merge."""
        value = make()
        if self.cx.b.is_open:
            if self.type != UNIT:
                self.cx.b.write(self.result, value if value.type == self.type else self.cx.b.zero(self.type))
            self.cx.b.branch(self.done)

    def end(self) -> Value:
        """Goes on after the branches."""
        self.cx.b.start_sealed(self.done)
        if self.type == UNIT:
            return self.cx.b.unit()
        return self.cx.b.read(self.result)


def merge_type(cx: Lower, node: nodes.Expr) -> IrType:
    """The type branches agree on; unit when the value is not used or never comes."""
    ty = cx.type_of(node)
    return UNIT if prune(ty) == NEVER else cx.low.types.lower(ty)
