"""Calls of foreign C functions, records by value included.

In: `extern` operations.  Out: calls as the C compiler of the target makes them.
A record of at most 16 bytes travels in one or two registers, by eightbytes that are
floats only or not; a larger one through memory.
Assumed: the System V ABI of x86-64; the fields of a record are laid out as in C.
"""

from __future__ import annotations

from typing import cast

from pyhew.emit.context import Emit, Leaves
from pyhew.emit.layout import Shape
from pyhew.emit.writer import quoted
from pyhew.ir.ops import Op
from pyhew.ir.types import BoolT, IntT, IrType


def _extension(ty: IrType) -> str:
    """How a small integer fills its register."""
    if isinstance(ty, BoolT):
        return " zeroext"
    if isinstance(ty, IntT) and ty.bits < 32:
        return " signext" if ty.signed else " zeroext"
    return ""


def _eightbytes(shape: Shape) -> list[str]:
    """The register types of a small record."""
    kinds: list[str] = []
    for start in range(0, shape.size, 8):
        inside = [
            leaf for leaf, at in zip(shape.leaves, shape.offsets, strict=True) if start <= at < start + 8
        ]
        width = min(8, shape.size - start)
        if inside and all(leaf in ("float", "double") for leaf in inside):
            kinds.append("double" if inside[0] == "double" else "<2 x float>" if width == 8 else "float")
        else:
            kinds.append(f"i{8 * width}")
    return kinds


def _is_record(shape: Shape) -> bool:
    return len(shape.leaves) > 1


def emit_extern(cx: Emit, op: Op) -> None:
    """A foreign function; it does not get the running actor."""
    symbol = cast(str, op.attrs["symbol"])
    args: list[str] = []
    kinds: list[str] = []
    result = "void"
    landing = ""
    ty = op.results[0].type if op.results else None
    shape = cx.layout.shape(ty) if ty is not None else Shape((), (), (), 0)
    if _is_record(shape) and shape.size > 16:
        landing = cx.w.alloca(shape.size)
        kinds.append(f"ptr sret([{shape.size} x i8]) align 8")
        args.append(f"{kinds[0]} {landing}")
    elif _is_record(shape):
        parts = _eightbytes(shape)
        result = parts[0] if len(parts) == 1 else "{ " + ", ".join(parts) + " }"
        landing = cx.w.alloca(16)
    elif shape.leaves and ty is not None:
        result = f"{_extension(ty).strip()} {shape.leaves[0]}".strip()
    for value in op.operands:
        _argument(cx, value.type, cx.leaves(value), kinds, args)
    cx.program.declare(symbol, f"declare {result} {quoted(symbol)}({', '.join(kinds)})")
    call = f"call {result} {quoted(symbol)}({', '.join(args)})"
    if result == "void":
        cx.w.do(call)
    elif landing:
        cx.w.do(f"store {result} {cx.w.value(call)}, ptr {landing}")
    else:
        made = cx.w.value(call)
        cx.env[op.results[0]] = (made,)
        return
    if op.results:
        cx.env[op.results[0]] = cx.load(landing, op.results[0].type) if landing else ()


def _argument(cx: Emit, ty: IrType, leaves: Leaves, kinds: list[str], args: list[str]) -> None:
    """Appends one argument, spread as the ABI wants it."""
    shape = cx.layout.shape(ty)
    if not _is_record(shape):
        for leaf, scalar in zip(shape.leaves, leaves, strict=True):
            kinds.append(f"{leaf}{_extension(ty)}")
            args.append(f"{kinds[-1]} {scalar}")
        return
    place = cx.w.alloca(max(16, shape.size))
    cx.store(place, ty, leaves)
    if shape.size > 16:
        kinds.append(f"ptr byval([{shape.size} x i8]) align 8")
        args.append(f"{kinds[-1]} {place}")
        return
    for number, kind in enumerate(_eightbytes(shape)):
        at = cx.address(place, 8 * number)
        kinds.append(kind)
        args.append(f"{kind} {cx.w.value(f'load {kind}, ptr {at}')}")
