"""From each kind of operation to the function that emits it.

In: one operation.  Out: instructions.
Assumed: `suspend` was removed by `split_suspends`; a kind without a row is a bug.
"""

from __future__ import annotations

from collections.abc import Callable

from pyhew.emit import actors, aggregates, calls, foreign, heap, places, scalars, variables
from pyhew.emit.context import Emit
from pyhew.emit.frames import RESULT_OFFSET
from pyhew.ir.ops import Op
from pyhew.source.diagnostics import CompilerBug

Emitter = Callable[[Emit, Op], None]


def emit_yield(cx: Emit, op: Op) -> None:
    """The value into the frame, where the consumer finds it."""
    value = op.operands[0]
    cx.store(cx.address(cx.frame, RESULT_OFFSET), value.type, cx.leaves(value))


def emit_op(cx: Emit, op: Op) -> None:
    """Emits one operation."""
    emitter = EMITTERS.get(op.kind.name)
    if emitter is None:
        raise CompilerBug(f"no code for {op.kind.name} in {cx.fn.symbol}", op.site)
    emitter(cx, op)
    if op.kind.name not in _SHARES_NOTHING:
        cx.known.alone.clear()


_SHARES_NOTHING = frozenset((
    "arith", "bitcast", "compare", "const", "convert", "copy", "from_tag", "inside", "keep", "lend", "math", "name", "negate", "not", "own",
    "overflowing", "project", "put", "replace", "string", "tag", "take", "trap_if", "vec_len", "vec_room", "zero",
))  # fmt: skip
"""Operations after which a block with one owner has one owner, unless they retain it before our eyes."""

EMITTERS: dict[str, Emitter] = {
    "const": scalars.emit_const, "zero": scalars.emit_zero, "string": heap.emit_string, "bytes": heap.emit_bytes,
    "arith": scalars.emit_arith, "overflowing": scalars.emit_overflowing, "compare": scalars.emit_compare,
    "convert": scalars.emit_convert, "bitcast": scalars.emit_bitcast, "negate": scalars.emit_negate,
    "not": scalars.emit_not, "math": scalars.emit_math, "trap_if": scalars.emit_trap_if,
    "pack": aggregates.emit_pack, "unpack": aggregates.emit_unpack, "variant": aggregates.emit_variant,
    "unvariant": aggregates.emit_unvariant, "from_tag": aggregates.emit_from_tag,
    "tag": places.emit_tag, "project": places.emit_project, "lend": places.emit_lend, "replace": places.emit_replace,
    "take": places.emit_take, "put": places.emit_put, "inside": places.emit_inside, "rc_replace": places.emit_rc_replace,
    "vec_len": heap.emit_vec_len, "vec_room": heap.emit_vec_room, "vec_reserve": heap.emit_vec_reserve, "vec_push": heap.emit_vec_push,
    "vec_pop": heap.emit_vec_pop, "vec_insert": heap.emit_vec_insert, "vec_remove": heap.emit_vec_remove,
    "box": heap.emit_box, "unbox": heap.emit_unbox, "resource_new": heap.emit_box,
    "resource_close": heap.emit_resource_close, "rc_new": heap.emit_box, "weak_new": heap.emit_weak_new,
    "weak_upgrade": heap.emit_weak_upgrade, "object": heap.emit_object,
    "call": calls.emit_call, "call_object": calls.emit_call_object, "runtime": calls.emit_runtime,
    "extern": foreign.emit_extern, "c_entry": foreign.emit_c_entry,
    "copy": heap.emit_copy, "drop": heap.emit_drop, "keep": heap.emit_keep, "own": heap.emit_own, "name": variables.emit_name,
    "yield": emit_yield, "gen_new": calls.emit_gen_new, "gen_next": calls.emit_gen_next,
    "gen_resume": calls.emit_gen_resume, "gen_take": calls.emit_gen_take, "frame_start": calls.emit_frame_start,
    "frame_poll": calls.emit_frame_poll, "frame_take": calls.emit_frame_take,
    "message": actors.emit_message, "message_args": actors.emit_message_args,
    "message_take": actors.emit_message_take, "ask": actors.emit_ask, "fork": actors.emit_fork,
    "reply_value": actors.emit_reply_value, "reply": actors.emit_reply, "state_load": actors.emit_state_load,
    "state_store": actors.emit_state_store, "actor_type": actors.emit_actor_type,
}  # fmt: skip
