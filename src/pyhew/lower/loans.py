"""What patterns lend: a variable that stands for a part of another one, which holds that part, too.

In: variables that patterns bound.  Out: values with one owner for a call that may keep them, and what it leaves back home.
Assumed: a loan is known as long as nothing was written to the variable that lends.
"""

from __future__ import annotations

from pyhew.check.model import Going
from pyhew.ir.ops import Value
from pyhew.lower.builder import Variable
from pyhew.lower.context import Loan, Lower
from pyhew.lower.places import Place, is_callers, place_of, root_of, write
from pyhew.syntax import nodes


def recall(cx: Lower, given: Place, at: nodes.Node) -> Place | None:
    """Takes what stands at a place out of every variable that has lent it, if none of them is used after `at`.

    Gives the outermost place that it was taken from: what is left of the value belongs there.
    """
    home, variable, path = None, given.root, given.path
    while (loan := cx.loans.get(variable)) is not None and loan.path is not None:
        source, local = place_of(cx, loan.source), root_of(cx, loan.source)
        if source is None or local is None or is_callers(cx, source.root) or cx.b.read(source.root) is not loan.seen:
            break
        if cx.model.goings.get((at, local)) not in (Going.LAST, Going.SURELY):
            break
        home = Place(source.root, (*source.path, *loan.path, *path), [], given.type)
        put(cx, home, cx.b.zero(given.type))
        variable, path = home.root, home.path
    return home


def put(cx: Lower, place: Place, value: Value) -> None:
    """Writes to a place that stays lent."""
    loans = _of(cx, place.root)
    write(cx, place, value)
    for loan in loans:
        loan.seen = cx.b.read(place.root)


def _of(cx: Lower, variable: Variable) -> list[Loan]:
    """The loans that a variable is known to have given."""
    value = cx.b.read(variable)
    return [loan for loan in cx.loans.values() if loan.seen is value]
