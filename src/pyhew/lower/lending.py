"""Parameters that are the caller's variable until the function assigns them as a whole.

In: variables of inout parameters that some assignment replaces.  Out: what goes back to the caller.
Assumed: only an assignment parts the two; changes before it are the caller's, changes after it the function's own.
"""

from __future__ import annotations

from pyhew.ir.ops import Value
from pyhew.ir.types import BOOL
from pyhew.lower.builder import Variable
from pyhew.lower.context import Lower


def may_part(cx: Lower, variable: Variable) -> None:
    """Makes room for what the caller gets once the variable is the function's own."""
    kept = cx.temp("kept", cx.b.zero(variable.type))
    cx.lent[variable] = (kept, cx.temp("is_own", cx.b.const(False, BOOL)))


def part(cx: Lower, variable: Variable) -> None:
    """Before an assignment: what stands in the variable now goes back to the caller."""
    if variable not in cx.lent:
        return
    kept, is_own = cx.lent[variable]
    parting, parted = cx.b.new_block("parting"), cx.b.new_block("parted")
    cx.b.cond(cx.b.read(is_own), parted, parting)
    cx.b.start_sealed(parting)
    cx.b.write(kept, cx.b.read(variable))
    cx.b.write(is_own, cx.b.const(True, BOOL))
    cx.b.branch(parted)
    cx.b.start_sealed(parted)


def given_back(cx: Lower, variable: Variable) -> Value:
    """The value of an inout parameter at a return."""
    if variable not in cx.lent:
        return cx.b.read(variable)
    kept, is_own = cx.lent[variable]
    back = Variable("back", variable.type)
    own, shared, done = cx.b.new_block("own"), cx.b.new_block("shared"), cx.b.new_block("back")
    cx.b.cond(cx.b.read(is_own), own, shared)
    for block, source in ((own, kept), (shared, variable)):
        cx.b.start_sealed(block)
        cx.b.write(back, cx.b.read(source))
        cx.b.branch(done)
    cx.b.start_sealed(done)
    return cx.b.read(back)
