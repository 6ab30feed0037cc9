"""One place given to a call twice, to be changed both times.

In: a call's function, its arguments with the receiver.  Out: a diagnostic.
Assumed: the arguments are checked.  A place is a variable or field of the actor and the fields behind it; elements are
not places, because nobody knows which one an index means.
"""

from __future__ import annotations

from pyhew.check.context import Check
from pyhew.check.errors.values import GivenTwice
from pyhew.check.given_away import overlap
from pyhew.check.model import UseField, UseLocal
from pyhew.syntax import nodes
from pyhew.types import facts
from pyhew.types.model import ERROR
from pyhew.types.symbols import FnInfo

_Place = tuple[object, tuple[str, ...]]


def refuse_given_twice(cx: Check, fn: FnInfo, given: list[tuple[int, nodes.Expr]]) -> None:
    """Which of two changes would stay is nothing that a reader could know."""
    taken: list[_Place] = []
    for at, expr in given:
        place = _place_of(cx, expr) if _is_changed(cx, fn, at, expr) else None
        if place is None:
            continue
        if any(_overlap(place, other) for other in taken):
            cx.report(GivenTwice(expr.span, fn.inputs[at].name, _shown(expr)))
        taken.append(place)


def _is_changed(cx: Check, fn: FnInfo, at: int, expr: nodes.Expr) -> bool:
    """Whether the caller sees what becomes of this argument, by the words of the function's head."""
    if fn.inputs[at].mode != "var":
        return False
    ty = cx.world.model.types.get(expr, ERROR)
    return at == 0 and fn.has_self or facts.holds_collection(ty) or facts.is_declared(ty)


def _place_of(cx: Check, expr: nodes.Expr) -> _Place | None:
    path: list[str] = []
    while isinstance(expr, nodes.Member):
        path.append(expr.name.text)
        expr = expr.base
    use = cx.world.model.uses.get(expr)
    match use:
        case UseLocal():
            return use.local, tuple(reversed(path))
        case UseField():
            return ("field", use.index), tuple(reversed(path))
        case _:
            return None


def _overlap(one: _Place, other: _Place) -> bool:
    return one[0] == other[0] and overlap(one[1], other[1])


def _shown(expr: nodes.Expr) -> str:
    if isinstance(expr, nodes.Member):
        return f"{_shown(expr.base)}.{expr.name.text}"
    return expr.name.text if isinstance(expr, nodes.NameExpr) else "this"
