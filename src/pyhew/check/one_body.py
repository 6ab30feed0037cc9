"""One body, whatever it belongs to: a context to check it in, and its end.

In: the scope around it and what it gives.  Out: a `Check`; its open questions decided.
Assumed: the signatures of the program are resolved.
"""

from __future__ import annotations

from pyhew.check.context import Check, Frame, Scope
from pyhew.check.expressions import check_expr
from pyhew.check.literals import check_literal_ranges
from pyhew.check.patterns import check_pattern
from pyhew.check.world import World
from pyhew.types.model import Type


def make_check(world: World, scope: Scope, result: Type) -> Check:
    """A fresh body context."""
    return Check(scope, check_expr, check_pattern, Frame(result))


def finish(cx: Check) -> None:
    """Ends a body: obligations, open types, literal ranges."""
    cx.settle()
    check_literal_ranges(cx)
