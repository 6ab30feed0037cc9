"""A short literal at the end of a string, without a call when the string has room.

In: an append whose right operand is a literal.  Out: a few stores, or the runtime's append.
Assumed: a string with room and one owner is changed in place; a count of exactly 1 is unshared,
and static blocks have count 0.  The bytes after the length are nobody's.
"""

from __future__ import annotations

from pyhew.abi import constants
from pyhew.abi import functions as abi
from pyhew.emit.aliasing import CAPACITY, COUNT, LENGTH, length_loaded, tag
from pyhew.emit.context import Emit

_LONGEST = 15
"""More bytes than fit into two stores with their NUL are left to the runtime."""


def append_literal(cx: Emit, left: str, right: str) -> str | None:
    """The string with the literal behind it; None when this is no case for stores."""
    text = cx.program.literals.get(right)
    if text is None or len(text) > _LONGEST or left.startswith("@") or left == "null" or cx.program.options.is_check:
        return None
    w = cx.w
    some, grow, room, done = (w.fresh_label(hint) for hint in ("some", "grow", "room", "appended"))
    w.do(f"br i1 {w.value(f'icmp eq ptr {left}, null')}, label %{grow}, label %{some}")
    w.start(some)
    count = w.value(f"load i32, ptr {cx.address(left, constants.BLOCK_COUNT)}{tag(COUNT)}")
    length = w.value(f"load i64, ptr {cx.address(left, constants.STRING_LENGTH)}{length_loaded()}")
    capacity = w.value(f"load i64, ptr {cx.address(left, constants.STRING_CAPACITY)}{tag(CAPACITY)}")
    longer = w.value(f"add nuw nsw i64 {length}, {len(text)}")
    alone, fits = w.value(f"icmp eq i32 {count}, 1"), w.value(f"icmp sle i64 {longer}, {capacity}")
    w.do(f"br i1 {w.value(f'and i1 {alone}, {fits}')}, label %{room}, label %{grow}")
    w.start(room)
    end = w.value(f"getelementptr i8, ptr {cx.address(left, constants.STRING_BYTES)}, i64 {length}")
    _store(cx, end, text + b"\0")
    w.do(f"store i64 {longer}, ptr {cx.address(left, constants.STRING_LENGTH)}{tag(LENGTH)}")
    w.do(f"br label %{done}")
    w.start(grow)
    moved = cx.runtime(abi.STRING_APPEND, left, right)
    w.do(f"br label %{done}")
    w.start(done)
    phi = w.phi("ptr")
    phi.incoming = [(left, room), (moved, grow)]
    return phi.name


def _store(cx: Emit, at: str, data: bytes) -> None:
    """Constant bytes in the fewest stores; the last may write over what the one before wrote."""
    size = next(size for size in (8, 4, 2, 1) if size <= len(data))
    for start in range(0, len(data), size):
        start = min(start, len(data) - size)
        number = int.from_bytes(data[start : start + size], "little")
        cx.w.do(f"store i{8 * size} {number}, ptr {cx.address(at, start)}, align 1{tag('i8')}")
