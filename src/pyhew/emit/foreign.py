"""Calls of foreign C functions, records by value included, and of ours by them.

In: `extern` operations, functions that C calls.  Out: calls and functions as the C compiler of the target makes them.
Assumed: `emit/c_layout.py` knows that compiler's rules.
"""

from __future__ import annotations

from typing import cast

from pyhew.abi import functions as abi
from pyhew.emit.c_layout import CShape, Registers, c_shape, extension
from pyhew.emit.calls import result_type
from pyhew.emit.context import Emit, Leaves
from pyhew.emit.program import Program
from pyhew.emit.writer import quoted
from pyhew.ir.ops import Function, Op, callee_of
from pyhew.ir.types import UNIT, IrType


def emit_extern(cx: Emit, op: Op) -> None:
    """A foreign function; it does not get the running actor."""
    symbol = cast(str, op.attrs["symbol"])
    operands = op.operands if symbol else op.operands[1:]
    fixed = cast(int, op.attrs.get("fixed", len(operands)))
    ty = op.results[0].type if op.results else UNIT
    shape = c_shape(cx.layout, ty)
    registers, args = Registers(), _Given()
    landing = cx.w.alloca(max(16, shape.size)) if shape.is_record else ""
    if shape.is_large:
        registers.take(("ptr",))
        args.add(_into(shape), landing)
    for value in operands[:fixed]:
        _argument(cx, value.type, cx.leaves(value), registers, args)
    kinds = ", ".join([*args.kinds, "..."] if "fixed" in op.attrs else args.kinds)
    for value in operands[fixed:]:
        _argument(cx, value.type, cx.leaves(value), registers, args)
    result = _result(ty, shape)
    target = quoted(symbol) if symbol else cx.one(op.operands[0])
    if symbol:
        cx.program.declare(symbol, f"declare {result} {target}({kinds})")
    call = f"call {result} {f'({kinds}) ' if 'fixed' in op.attrs else ''}{target}({', '.join(args.texts)})"
    if shape.is_record and not shape.is_large:
        cx.w.do(f"store {_register(shape)} {cx.w.value(call)}, ptr {landing}")
    elif shape.leaves and not shape.is_record:
        cx.env[op.results[0]] = (cx.w.value(call),)
        return
    else:
        cx.w.do(call)
    if op.results:
        cx.env[op.results[0]] = _load(cx, landing, shape)


def emit_c_entry(cx: Emit, op: Op) -> None:
    """The address of what C calls."""
    cx.env[op.results[0]] = (quoted(callee_of(op).c_name),)


def entry_for_c(program: Program, fn: Function) -> str:
    """The C function that calls `fn` for the actor that runs on the thread."""
    cx = Emit(program, fn, -1)
    cx.w.start("entry")
    shape = c_shape(cx.layout, fn.result)
    registers, params = Registers(), _Given()
    if shape.is_large:
        registers.take(("ptr",))
        params.add(_into(shape), "%into")
    args = [f"ptr {cx.w.value(f'call ptr {program.runtime(abi.RUNNING)}()')}"]
    for at, param in enumerate(fn.params):
        leaves = _parameter(cx, param.type, registers, params, f"%a{at}")
        args += (f"{leaf} {scalar}" for leaf, scalar in zip(cx.layout.leaves(param.type), leaves, strict=True))
    kind = result_type(shape.leaves)
    call = f"call {kind} {quoted(fn.symbol)}({', '.join(args)})"
    if not shape.leaves:
        cx.w.do(call)
        cx.w.do("ret void")
    elif not shape.is_record:
        cx.w.do(f"ret {kind} {cx.w.value(call)}")
    else:
        whole = cx.w.value(call)
        place = "%into" if shape.is_large else cx.w.alloca(16)
        _store(cx, place, shape, tuple(cx.w.value(f"extractvalue {kind} {whole}, {at}") for at in range(len(shape.leaves))))
        register = _register(shape)
        cx.w.do("ret void" if shape.is_large else f"ret {register} {cx.w.value(f'load {register}, ptr {place}')}")
    program.declares.pop(fn.c_name, None)  # this program may call by C, too, what it exports
    linkage = "" if fn.exported else "internal "
    head = f"{linkage}{_result(fn.result, shape)} {quoted(fn.c_name)}({', '.join(params.texts)})"
    return f'define {head} nounwind "frame-pointer"="all" {{\n{cx.w.text()}\n}}'


class _Given:
    """Arguments or parameters as LLVM writes them, and their types."""

    __slots__ = ("kinds", "texts")

    def __init__(self) -> None:
        self.kinds: list[str] = []
        self.texts: list[str] = []

    def add(self, kind: str, name: str) -> None:
        self.kinds.append(kind)
        self.texts.append(f"{kind} {name}")


def _into(shape: CShape) -> str:
    """The parameter that says where a large result goes."""
    return f"ptr sret([{shape.size} x i8]) align 8"


def _in_memory(shape: CShape) -> str:
    return f"ptr byval([{shape.size} x i8]) align 8"


def _register(shape: CShape) -> str:
    """The result of a small record."""
    kinds = shape.eightbytes
    return kinds[0] if len(kinds) == 1 else "{ " + ", ".join(kinds) + " }"


def _result(ty: IrType, shape: CShape) -> str:
    if not shape.leaves or shape.is_large:
        return "void"
    return _register(shape) if shape.is_record else f"{extension(ty).strip()} {shape.leaves[0]}".strip()


def _store(cx: Emit, place: str, shape: CShape, leaves: Leaves) -> None:
    for leaf, offset, scalar in zip(shape.leaves, shape.offsets, leaves, strict=True):
        cx.store_leaf(place, offset, leaf, scalar)


def _load(cx: Emit, place: str, shape: CShape) -> Leaves:
    return tuple(cx.load_leaf(place, offset, leaf) for leaf, offset in zip(shape.leaves, shape.offsets, strict=True))


def _argument(cx: Emit, ty: IrType, leaves: Leaves, registers: Registers, args: _Given) -> None:
    """Appends one argument, spread as the ABI wants it."""
    shape = c_shape(cx.layout, ty)
    if not shape.is_record:
        registers.take(shape.leaves)
        for leaf, scalar in zip(shape.leaves, leaves, strict=True):
            args.add(f"{leaf}{extension(ty)}", scalar)
        return
    place = cx.w.alloca(max(16, shape.size))
    _store(cx, place, shape, leaves)
    if shape.is_large or not registers.take(shape.eightbytes):
        args.add(_in_memory(shape), place)
        return
    for number, kind in enumerate(shape.eightbytes):
        args.add(kind, cx.w.value(f"load {kind}, ptr {cx.address(place, 8 * number)}"))


def _parameter(cx: Emit, ty: IrType, registers: Registers, params: _Given, name: str) -> Leaves:
    """Appends the parameters that one value arrives in; its scalars."""
    shape = c_shape(cx.layout, ty)
    if not shape.is_record:
        registers.take(shape.leaves)
        for leaf in shape.leaves:
            params.add(f"{leaf}{extension(ty)}", name)
        return (name,) * len(shape.leaves)
    if shape.is_large or not registers.take(shape.eightbytes):
        params.add(_in_memory(shape), name)
        return _load(cx, name, shape)
    place = cx.w.alloca(16)
    for number, kind in enumerate(shape.eightbytes):
        params.add(kind, f"{name}.{number}")
        cx.w.do(f"store {kind} {name}.{number}, ptr {cx.address(place, 8 * number)}")
    return _load(cx, place, shape)
