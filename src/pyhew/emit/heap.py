"""Operations that make, change and end blocks: Vec, Box, resources, Rc, objects, strings.

In: operations on handles.  Out: loads, stores and runtime calls.
Assumed: an inout handle's old value is never used again.
"""

from __future__ import annotations

from typing import cast

from pyhew.abi import constants
from pyhew.abi import functions as abi
from pyhew.emit.aliasing import LENGTH, length_loaded, tag
from pyhew.emit.context import Emit
from pyhew.emit.places import check_bounds, element_address, index_as_i64, payload_offset, vec_length
from pyhew.emit.writer import quoted
from pyhew.ir.ops import Function, Op
from pyhew.ir.types import IrType, StructT, VecT
from pyhew.source.diagnostics import CompilerBug


def _element(op: Op) -> IrType:
    ty = op.operands[0].type
    if not isinstance(ty, VecT):
        raise CompilerBug(f"{op.kind.name} of {ty}", op.site)
    return ty.element


def emit_string(cx: Emit, op: Op) -> None:
    """A literal; the empty one is null."""
    text = cast(str, op.attrs["text"])
    cx.env[op.results[0]] = (cx.program.string_block(text) if text else "null",)


def emit_bytes(cx: Emit, op: Op) -> None:
    """A fresh `Vec<u8>`."""
    data = cast(bytes, op.attrs["data"])
    if not data:
        cx.env[op.results[0]] = ("null",)
        return
    count = str(len(data))
    made = cx.runtime(abi.VEC_WITH_CAPACITY, str(int(constants.TypeId.BYTES)), count)
    target = cx.address(made, constants.VEC_ELEMENTS)
    _move_bytes(cx, "memcpy", target, cx.program.raw_bytes(data), count)
    _set_length(cx, made, count)
    cx.env[op.results[0]] = (made,)


def _move_bytes(cx: Emit, name: str, target: str, source: str, count: str) -> None:
    symbol = f"llvm.{name}.p0.p0.i64"
    callee = cx.program.declare(symbol, f"declare void @{symbol}(ptr, ptr, i64, i1)")
    cx.w.do(f"call void {callee}(ptr {target}, ptr {source}, i64 {count}, i1 false)")


def _set_length(cx: Emit, handle: str, length: str) -> None:
    cx.w.do(f"store i64 {length}, ptr {cx.address(handle, constants.VEC_LENGTH)}{tag(LENGTH)}")
    cx.known.has_length(handle, length)


def _length(cx: Emit, handle: str) -> str:
    """Of a Vec that is not null."""
    known = cx.known.lengths.get(handle)
    return known or cx.w.value(f"load i64, ptr {cx.address(handle, constants.VEC_LENGTH)}{length_loaded()}")


def emit_vec_len(cx: Emit, op: Op) -> None:
    """How many elements."""
    cx.env[op.results[0]] = (vec_length(cx, cx.one(op.operands[0])),)


def emit_vec_room(cx: Emit, op: Op) -> None:
    """How many more it takes."""
    cx.env[op.results[0]] = (cx.w.value(f"call i64 @hew.vec_room(ptr {cx.one(op.operands[0])})"),)


def emit_vec_reserve(cx: Emit, op: Op) -> None:
    """Room for so many more."""
    number = index_as_i64(cx, op.operands[1])
    type_id = str(cx.program.types.of(op.operands[0].type))
    cx.env[op.results[0]] = (cx.runtime(abi.VEC_RESERVE, cx.one(op.operands[0]), number, type_id),)


def _room(cx: Emit, op: Op) -> str:
    """The Vec, unshared and with room for one more."""
    handle, type_id = cx.one(op.operands[0]), cx.program.types.of(op.operands[0].type)
    if cx.program.options.is_check:
        return cx.runtime(abi.VEC_RESERVE, handle, "1", str(type_id))
    return cx.w.value(f"call ptr @hew.room(ptr %self, ptr {handle}, i32 {type_id})")


def emit_vec_push(cx: Emit, op: Op) -> None:
    """One more element at the end."""
    element = _element(op)
    handle = cx.one(op.operands[0]) if op.attrs.get("proved") else _room(cx, op)
    length = _length(cx, handle)
    cx.store(element_address(cx, handle, element, length), element, cx.leaves(op.operands[1]), in_block=True)
    _set_length(cx, handle, cx.w.value(f"add nuw nsw i64 {length}, 1"))
    cx.env[op.results[0]] = (handle,)


def emit_vec_pop(cx: Emit, op: Op) -> None:
    """The last element, moved out."""
    element = _element(op)
    handle = cx.one(op.operands[0])
    length = vec_length(cx, handle)
    cx.trap_if(cx.w.value(f"icmp eq i64 {length}, 0"), "IndexOutOfBounds")
    handle = cx.unique(handle)
    last = cx.w.value(f"sub nuw nsw i64 {length}, 1")
    cx.env[op.results[0]] = cx.load(element_address(cx, handle, element, last), element, in_block=True)
    _set_length(cx, handle, last)
    cx.env[op.results[1]] = (handle,)


def emit_vec_insert(cx: Emit, op: Op) -> None:
    """An element between others; the index may be the length."""
    element, w = _element(op), cx.w
    number = index_as_i64(cx, op.operands[1])
    before = vec_length(cx, cx.one(op.operands[0]))
    cx.trap_if(w.value(f"icmp ugt i64 {number}, {before}"), "IndexOutOfBounds")
    handle = _room(cx, op)
    at = element_address(cx, handle, element, number)
    size = cx.layout.shape(element).size
    count = w.value(f"sub nuw nsw i64 {before}, {number}")
    _move_bytes(cx, "memmove", cx.address(at, size), at, w.value(f"mul nuw nsw i64 {count}, {size}"))
    cx.store(at, element, cx.leaves(op.operands[2]), in_block=True)
    _set_length(cx, handle, w.value(f"add nuw nsw i64 {before}, 1"))
    cx.env[op.results[0]] = (handle,)


def emit_vec_remove(cx: Emit, op: Op) -> None:
    """An element moved out, the rest closed up."""
    element, w = _element(op), cx.w
    number = index_as_i64(cx, op.operands[1])
    length = check_bounds(cx, cx.one(op.operands[0]), number)
    handle = cx.unique(cx.one(op.operands[0]))
    at = element_address(cx, handle, element, number)
    cx.env[op.results[0]] = cx.load(at, element, in_block=True)
    size = cx.layout.shape(element).size
    last = w.value(f"sub nuw nsw i64 {length}, 1")
    count = w.value(f"sub nuw nsw i64 {last}, {number}")
    _move_bytes(cx, "memmove", at, cx.address(at, size), w.value(f"mul nuw nsw i64 {count}, {size}"))
    _set_length(cx, handle, last)
    cx.env[op.results[1]] = (handle,)


def _new_block(cx: Emit, type_id: int, size: int) -> str:
    return cx.runtime(abi.BLOCK_NEW, str(type_id), str(size))


def emit_box(cx: Emit, op: Op) -> None:
    """A value into a block of its own: Box, Resource or Rc."""
    content, ty = op.operands[0].type, op.results[0].type
    offset = payload_offset(ty)
    size = offset - constants.BLOCK_PAYLOAD + cx.layout.shape(content).size
    made = _new_block(cx, cx.program.types.of(ty), size)
    cx.store(cx.address(made, offset), content, cx.leaves(op.operands[0]))
    cx.env[op.results[0]] = (made,)


def emit_unbox(cx: Emit, op: Op) -> None:
    """The content; what it owns has one more owner until the block goes."""
    handle = cx.one(op.operands[0])
    content = op.results[0].type
    value = cx.load(cx.address(handle, constants.BLOCK_PAYLOAD), content)
    cx.retain(content, value)
    cx.release_handle(handle)
    cx.env[op.results[0]] = value


def emit_resource_close(cx: Emit, op: Op) -> None:
    """Runs `close` unless it ran."""
    cx.runtime(abi.RESOURCE_CLOSE, cx.one(op.operands[0]))


def emit_weak_new(cx: Emit, op: Op) -> None:
    """A handle that does not keep the cell."""
    cx.env[op.results[0]] = (cx.runtime(abi.WEAK_NEW, cx.one(op.operands[0])),)


def emit_weak_upgrade(cx: Emit, op: Op) -> None:
    """The cell, if it is still there."""
    cell = cx.runtime(abi.WEAK_UPGRADE, cx.one(op.operands[0]))
    cx.env[op.results[0]] = (cell,)
    cx.env[op.results[1]] = (cx.w.value(f"icmp ne ptr {cell}, null"),)


def emit_object(cx: Emit, op: Op) -> None:
    """Code pointers and captures; without captures a static block."""
    captures = cast(StructT, op.attrs["captures"])
    functions = cast(tuple[Function, ...], op.attrs["table"])
    table = cx.program.table(tuple(quoted(code_symbol(fn)) for fn in functions))
    type_id = cx.program.types.of_object(op.results[0].type, captures)
    if not cx.layout.leaves(captures):
        cx.env[op.results[0]] = (cx.program.object_block(table, type_id),)
        return
    size = constants.OBJECT_CAPTURES - constants.BLOCK_PAYLOAD + cx.layout.shape(captures).size
    made = _new_block(cx, type_id, size)
    cx.w.do(f"store ptr {table}, ptr {cx.address(made, constants.OBJECT_TABLE)}")
    leaves = tuple(leaf for value in op.operands for leaf in cx.leaves(value))
    cx.store(cx.address(made, constants.OBJECT_CAPTURES), captures, leaves)
    cx.env[op.results[0]] = (made,)


def code_symbol(fn: Function) -> str:
    """What a call enters: the function, or what runs it to its first wait."""
    return f"{fn.symbol}.start" if fn.suspends else fn.symbol


def emit_copy(cx: Emit, op: Op) -> None:
    """One more owner."""
    value = cx.leaves(op.operands[0])
    cx.retain(op.operands[0].type, value)
    cx.env[op.results[0]] = value


def emit_drop(cx: Emit, op: Op) -> None:
    """One owner less."""
    cx.release(op.operands[0].type, cx.leaves(op.operands[0]))


def emit_own(cx: Emit, op: Op) -> None:
    """The value as it is: that it is nobody else's, `insert_drops` has seen to."""
    cx.env[op.results[0]] = cx.leaves(op.operands[0])


def emit_keep(cx: Emit, op: Op) -> None:
    """Nothing: the value lived to here."""
