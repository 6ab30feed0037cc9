"""Where a debugger finds the user's variables: one place each, written at every `name` operation.

In: `name` operations.  Out: stores that no optimisation removes, and the records that
point a debugger at them.  The places of a plain function are on its stack; those of a
function that suspends are in its frame, so that they are there when it goes on.
Assumed: lowering gives names only to builds that are meant to be looked at.
"""

from __future__ import annotations

from pyhew.emit.context import Emit, zero_of
from pyhew.emit.debug import Named, named_by
from pyhew.emit.layout import MEMORY_TYPES
from pyhew.ir.ops import Op

FRAME_HOME = "%frame.home"


def emit_name(cx: Emit, op: Op) -> None:
    """The variable holds the value from here."""
    value = op.operands[0]
    shape = cx.layout.shape(value.type)
    if cx.scope < 0 or not shape.leaves:
        return
    variable = named_by(op)
    in_frame = cx.frame_homes.get(variable)
    if in_frame is not None:
        if variable not in cx.homes:
            cx.homes[variable] = cx.frame
            _declare(cx, variable, FRAME_HOME, f"DW_OP_deref, DW_OP_plus_uconst, {in_frame}")
        home = cx.address(cx.frame, in_frame)
    else:
        known = cx.homes.get(variable)
        home = cx.homes[variable] = _stack_home(cx, variable) if known is None else known
    cx.store_volatile(home, shape, cx.leaves(value))


def open_frame_homes(cx: Emit) -> None:
    """In the entry of a function that suspends: a lasting place for the address of its frame."""
    if cx.scope >= 0 and cx.frame_homes:
        cx.w.at_entry(f"  {FRAME_HOME} = alloca ptr, align 8")
        cx.w.at_entry(f"  store volatile ptr {cx.frame}, ptr {FRAME_HOME}")


def clear_frame_homes(cx: Emit, frame: str, homes: dict[Named, int]) -> None:
    """In a new frame: variables are zero until they have a value."""
    for variable, offset in homes.items():
        shape = cx.layout.shape(variable.type)
        cx.store(cx.address(frame, offset), variable.type, tuple(zero_of(leaf) for leaf in shape.leaves))


def _stack_home(cx: Emit, variable: Named) -> str:
    """A place that is zero until the variable has a value; a parameter has its own from the first instruction."""
    shape = cx.layout.shape(variable.type)
    home = cx.w.alloca(shape.size)
    number = _declare(cx, variable, home, "")
    given = cx.fn.params[number - 1] if number else None
    is_given = given is not None and given.type == variable.type
    for at, (leaf, offset) in enumerate(zip(shape.leaves, shape.offsets, strict=True)):
        address, stored = cx.w.fresh(), MEMORY_TYPES.get(leaf, leaf)
        value = f"%p{number - 1}.{at}" if is_given else zero_of(stored)
        if is_given and stored != leaf:
            wide = cx.w.fresh()
            cx.w.at_entry(f"  {wide} = zext {leaf} {value} to {stored}")
            value = wide
        cx.w.at_entry(f"  {address} = getelementptr i8, ptr {home}, i64 {offset}")
        cx.w.at_entry(f"  store volatile {stored} {value}, ptr {address}")
    return home


def _declare(cx: Emit, variable: Named, home: str, way: str) -> int:
    """Tells debuggers; which parameter it is, from 1, or 0."""
    debug = cx.program.debug
    params = {param.name: at for at, param in enumerate(cx.fn.params, start=1)}
    is_first = not any(other.name == variable.name for other in cx.homes if other != variable)
    number = params.get(variable.name, 0) if is_first and not cx.frame else 0
    node = debug.variable(cx.scope, variable, number)
    place = debug.location(cx.scope, variable.site)
    cx.w.at_entry(f"  #dbg_declare(ptr {home}, !{node}, !DIExpression({way}), !{place})")
    return number
