"""What the operations on plain data compute.

In: an operation and the numbers of its operands.  Out: the result, or `Trapped`.
Assumed: integers are Python integers in the range of their type.
"""

from __future__ import annotations

import math
import struct
from typing import Any

from pyhew.ir.ops import Op
from pyhew.ir.types import BoolT, FloatT, IntT, IrType
from pyhew.source.diagnostics import CompilerBug


class Trapped(Exception):
    """The running actor is left."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(f"{code}: {message}" if message else code)
        self.code = code
        self.message = message


def wrap(number: int, ty: IrType) -> int:
    """The number in the range of an integer type."""
    if not isinstance(ty, IntT):
        raise CompilerBug(f"{ty} has no range")
    number &= (1 << ty.bits) - 1
    if ty.signed and number >> (ty.bits - 1):
        number -= 1 << ty.bits
    return number


def to_float(number: float, ty: IrType) -> float:
    """The number in the precision of a float type."""
    if isinstance(ty, FloatT) and ty.bits == 32:
        try:
            return float(struct.unpack("<f", struct.pack("<f", number))[0])
        except OverflowError:
            return math.copysign(math.inf, number)
    return number


def arith(op: Op, left: Any, right: Any) -> Any:
    """`arith`."""
    ty, name, traps = op.operands[0].type, op.attrs["op"], op.attrs["policy"] == "trap"
    if isinstance(ty, FloatT):
        return to_float(_float_arith(str(name), left, right), ty)
    if isinstance(ty, BoolT):
        return {"and": left and right, "or": left or right, "xor": left != right}[str(name)]
    if not isinstance(ty, IntT):
        raise CompilerBug(f"arithmetic on {ty}")
    match name:
        case "and":
            return left & right
        case "or":
            return left | right
        case "xor":
            return left ^ right
        case "shl" | "shr":
            return _shift(op, ty, left, right, traps)
        case "div" | "rem":
            return _divide(op, ty, left, right, traps)
        case _:
            exact = {"add": left + right, "sub": left - right, "mul": left * right}[str(name)]
            if traps and wrap(exact, ty) != exact:
                raise Trapped("IntegerOverflow")
            return wrap(exact, ty)


def _float_arith(name: str, left: float, right: float) -> float:
    match name:
        case "add":
            return left + right
        case "sub":
            return left - right
        case "mul":
            return left * right
        case "div":
            if right == 0:
                return math.nan if left == 0 or math.isnan(left) else math.copysign(math.inf, left) * math.copysign(
                    1, right
                )
            return left / right
        case _:
            return math.nan if right == 0 or math.isinf(left) else math.fmod(left, right)


def _shift(op: Op, ty: IntT, left: int, right: int, traps: bool) -> int:
    if traps and not 0 <= right < ty.bits:
        raise Trapped("ShiftOutOfRange")
    by = right % ty.bits
    return wrap(left << by, ty) if op.attrs["op"] == "shl" else left >> by


def _divide(op: Op, ty: IntT, left: int, right: int, traps: bool) -> int:
    if right == 0:
        raise Trapped("DivideByZero")
    quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
    if traps and wrap(quotient, ty) != quotient:
        raise Trapped("IntegerOverflow")
    return wrap(quotient if op.attrs["op"] == "div" else left - quotient * right, ty)


def overflowing(op: Op, left: int, right: int) -> tuple[int, bool]:
    """`overflowing`."""
    ty = op.operands[0].type
    exact = {"add": left + right, "sub": left - right, "mul": left * right}[str(op.attrs["op"])]
    return wrap(exact, ty), wrap(exact, ty) != exact


def compare(op: Op, left: Any, right: Any) -> bool:
    """`compare`."""
    match op.attrs["predicate"]:
        case "eq":
            return bool(left == right)
        case "ne":
            return bool(left != right)
        case "lt":
            return bool(left < right)
        case "le":
            return bool(left <= right)
        case "gt":
            return bool(left > right)
        case _:
            return bool(left >= right)


def convert(value: Any, target: IrType) -> Any:
    """`convert`."""
    if isinstance(target, FloatT):
        return to_float(float(value), target)
    if isinstance(value, float) and isinstance(target, IntT):
        if math.isnan(value):
            return 0
        low = -(1 << (target.bits - 1)) if target.signed else 0
        high = (1 << (target.bits - target.signed)) - 1
        return low if value <= low else high if value >= high else int(value)
    return wrap(int(value), target)


def bitcast(value: Any, source: IrType, target: IrType) -> Any:
    """`bitcast`."""
    if isinstance(source, FloatT) and isinstance(target, IntT):
        packed = struct.pack("<d" if source.bits == 64 else "<f", value)
        return wrap(int.from_bytes(packed, "little"), target)
    if isinstance(target, FloatT) and isinstance(source, IntT):
        packed = (value & ((1 << source.bits) - 1)).to_bytes(source.bits // 8, "little")
        return struct.unpack("<d" if target.bits == 64 else "<f", packed)[0]
    return wrap(value, target) if isinstance(target, IntT) else value


def negate(op: Op, value: Any) -> Any:
    """`negate`."""
    ty = op.operands[0].type
    if isinstance(ty, FloatT):
        return -value
    if op.attrs["policy"] == "trap" and wrap(-value, ty) != -value:
        raise Trapped("IntegerOverflow")
    return wrap(-value, ty)


def invert(op: Op, value: Any) -> Any:
    """`not`."""
    return (not value) if isinstance(op.operands[0].type, BoolT) else wrap(~value, op.operands[0].type)


def math_function(name: str, args: list[float]) -> float:
    """`math`; what has no value is NaN."""
    names = {"fabs": "fabs", "abs": "fabs", "ln": "log", "log": "log"}
    if name in ("min", "max"):
        return min(args) if name == "min" else max(args)
    if name == "round":
        return math.copysign(math.floor(abs(args[0]) + 0.5), args[0])
    try:
        return float(getattr(math, names.get(name, name))(*args))
    except (ValueError, OverflowError, ZeroDivisionError):
        return math.nan
