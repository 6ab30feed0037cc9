"""Messages, asks, replies and the actor's state.

In: actor operations.  Out: runtime calls around loads and stores of payloads.
Assumed: a payload is the values one behind the other, laid out as one product.
"""

from __future__ import annotations

from typing import cast

from pyhew.abi import constants
from pyhew.abi import functions as abi
from pyhew.emit.context import Emit
from pyhew.ir.ops import Op, Value
from pyhew.ir.types import IrType, TupleT


def _product(values: list[Value]) -> TupleT:
    return TupleT(tuple(value.type for value in values))


def _load_all(cx: Emit, base: str, values: list[Value]) -> None:
    """Loads a payload into `values`."""
    leaves = cx.load(base, _product(values))
    at = 0
    for value in values:
        count = len(cx.layout.leaves(value.type))
        cx.env[value] = leaves[at : at + count]
        at += count


def _store_all(cx: Emit, base: str, into: str, values: list[Value]) -> None:
    """Moves values into a payload and their blocks into the list `into`."""
    ty = _product(values)
    leaves = tuple(leaf for value in values for leaf in cx.leaves(value))
    cx.store(base, ty, cx.detach(ty, leaves, into))


def emit_message(cx: Emit, op: Op) -> None:
    """A message with its payload."""
    size = cx.layout.shape(_product(op.operands)).size
    made = cx.runtime(abi.MESSAGE_NEW, str(op.attrs["handler"]), str(size))
    if op.operands:
        into = cx.address(made, constants.MESSAGE_BLOCKS)
        _store_all(cx, cx.address(made, constants.MESSAGE_SIZE), into, op.operands)
    cx.env[op.results[0]] = (made,)


def emit_message_args(cx: Emit, op: Op) -> None:
    """The values of a payload; with `copies` the payload keeps its own."""
    base = cx.one(op.operands[0])
    _load_all(cx, base, op.results)
    if op.attrs.get("copies"):
        for value in op.results:
            cx.env[value] = cx.deep_copy(value.type, cx.env[value])


def emit_message_take(cx: Emit, op: Op) -> None:
    """The values of a message that came through a channel; the message goes."""
    message = cx.one(op.operands[0])
    _load_all(cx, cx.runtime(abi.MESSAGE_OPEN, message), op.results)
    cx.runtime(abi.MESSAGE_FREE_SHELL, message)


def _size_of(cx: Emit, op: Op) -> str:
    return str(cx.layout.shape(cast(IrType, op.attrs["reply"])).size)


def emit_ask(cx: Emit, op: Op) -> None:
    """A message that wants an answer."""
    pid, message = (cx.one(value) for value in op.operands)
    cx.env[op.results[0]] = (cx.runtime(abi.ACTOR_ASK, pid, message, _size_of(cx, op)),)


def emit_reply_value(cx: Emit, op: Op) -> None:
    """The answer, moved into this actor."""
    base = cx.runtime(abi.REPLY_VALUE, cx.one(op.operands[0]))
    cx.env[op.results[0]] = cx.load(base, op.results[0].type)


def emit_reply(cx: Emit, op: Op) -> None:
    """Answers, or releases the answer when nobody asked."""
    w, value = cx.w, op.operands[0]
    size = cx.layout.shape(value.type).size
    buffer = cx.runtime(abi.REPLY_BEGIN, str(size))
    some, none, done = w.fresh_label("asked"), w.fresh_label("told"), w.fresh_label("replied")
    w.do(f"br i1 {w.value(f'icmp eq ptr {buffer}, null')}, label %{none}, label %{some}")
    w.start(some)
    if cx.layout.shape(value.type).leaves:
        _store_all(cx, buffer, cx.runtime(abi.REPLY_BLOCKS), [value])
    cx.runtime(abi.REPLY_SEND)
    w.do(f"br label %{done}")
    w.start(none)
    cx.release(value.type, cx.leaves(value))
    w.do(f"br label %{done}")
    w.start(done)


def emit_state_load(cx: Emit, op: Op) -> None:
    """The state out of its slot, which keeps nothing that is owned."""
    ty = op.results[0].type
    base = cx.address("%self", constants.STATE_OFFSET)
    cx.env[op.results[0]] = cx.load(base, ty)
    shape = cx.layout.shape(ty)
    for owned in shape.owned:
        zero = "null" if shape.leaves[owned.leaf] == "ptr" else "0"
        cx.store_leaf(base, shape.offsets[owned.leaf], shape.leaves[owned.leaf], zero)


def emit_state_store(cx: Emit, op: Op) -> None:
    """The state into its slot, which held nothing that is owned."""
    value = op.operands[0]
    cx.store(cx.address("%self", constants.STATE_OFFSET), value.type, cx.leaves(value))


def emit_actor_type(cx: Emit, op: Op) -> None:
    """The descriptor of an actor type or supervisor."""
    cx.env[op.results[0]] = (descriptor_name(cast(str, op.attrs["actor"])),)


def descriptor_name(actor: str) -> str:
    """The global that describes an actor type or supervisor."""
    plain = "".join(char if char.isalnum() and char.isascii() else f"_{ord(char):x}_" for char in actor)
    return f"@actor.{plain}"


def emit_fork(cx: Emit, op: Op) -> None:
    """A task in the scope that is its first operand."""
    scope, message = (cx.one(value) for value in op.operands)
    actor = descriptor_name(cast(str, op.attrs["actor"]))
    cx.env[op.results[0]] = (cx.runtime(abi.SCOPE_FORK, scope, actor, message, _size_of(cx, op)),)
