"""Ways out of a body.

In: the value of a body, or of a `return`.  Out: the function's results: the value, then what its inout parameters became.
Assumed: every open scope is left on the way.
"""

from __future__ import annotations

from pyhew.check.subtrees import results_of
from pyhew.ir.ops import Value
from pyhew.ir.types import NEVER, UNIT, StructT, Use
from pyhew.lower.context import Lower
from pyhew.lower.lending import given_back
from pyhew.lower.places import give_away, known_going
from pyhew.syntax import nodes


def successors(cx: Lower) -> list[Value]:
    """The values of the inout parameters at a return, the actor's state first."""
    values = []
    if cx.state_parts is not None:
        struct, holders = cx.state_parts
        values.append(cx.b.pack([cx.b.read(v) for v in holders], struct))
    if cx.fields is not None and cx.fn.params and isinstance(cx.fn.params[0].type, StructT):
        if cx.fn.modes[0] is Use.INOUT and cx.fn.yields is None and cx.actor is not None and cx.outer is None:
            values.append(cx.b.pack([cx.b.read(f) for f in cx.fields], cx.fn.params[0].type))
    return values + [given_back(cx, v) for v in cx.inouts]


def finish_body(cx: Lower, body: nodes.Expr, is_gen: bool = False) -> None:
    """Lowers the body expression and returns its value."""
    cx.taken.update(node for node in results_of(body) if known_going(cx, node) is not None)
    value = cx.expr(body)
    if body in cx.taken:
        give_away(cx, body)
    if cx.b.is_open:
        emit_return(cx, value if not is_gen else None)
    cx.b.finish()


def emit_return(cx: Lower, value: Value | None) -> None:
    """Leaves every open scope and returns."""
    cx.leave_to(0)
    if not cx.b.is_open:
        return
    cx.write_back_captures()
    values: list[Value] = []
    if cx.fn.result not in (UNIT, NEVER) and cx.fn.yields is None:
        assert value is not None
        values.append(value if value.type == cx.fn.result else cx.b.zero(cx.fn.result))
    cx.b.ret(values + successors(cx))


def leave_with(cx: Lower, value: Value | None) -> None:
    """A `return`, or what is one: out of the function, or of the body that stands in another's place."""
    if cx.return_hook is None:
        emit_return(cx, value)
        return
    cx.leave_to(0)
    cx.return_hook(value if value is not None else cx.b.unit())
