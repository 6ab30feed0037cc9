"""Operations on plain data: constants, arithmetic, comparison, conversion.

In: operations whose operands are single scalars.  Out: instructions with their checks.
Assumed: types were verified.
"""

from __future__ import annotations

import struct
from typing import cast

from pyhew.emit.context import Emit
from pyhew.ir.ops import Op
from pyhew.ir.types import BoolT, FloatT, IntT, IrType, PtrT
from pyhew.source.diagnostics import CompilerBug


def leaf_of(ty: IrType) -> str:
    """The LLVM type of a scalar."""
    match ty:
        case IntT():
            return f"i{ty.bits}"
        case FloatT():
            return "float" if ty.bits == 32 else "double"
        case BoolT():
            return "i1"
        case PtrT():
            return "ptr"
        case _:
            raise CompilerBug(f"{ty} is no scalar")


def _is_signed(ty: IrType) -> bool:
    return isinstance(ty, IntT) and ty.signed


def emit_const(cx: Emit, op: Op) -> None:
    """A number; floats are written bit by bit."""
    ty, value = op.results[0].type, op.attrs["value"]
    if isinstance(ty, FloatT):
        number = cast(float, value)
        if ty.bits == 32:
            number = struct.unpack("<f", struct.pack("<f", number))[0]
        text = f"0x{struct.unpack('<Q', struct.pack('<d', number))[0]:016X}"
    elif isinstance(ty, BoolT):
        text = "true" if value else "false"
    else:
        text = str(value)
    cx.env[op.results[0]] = (text,)


def emit_zero(cx: Emit, op: Op) -> None:
    """All leaves zero."""
    cx.env[op.results[0]] = cx.zeros(op.results[0].type)


_FLOAT_ARITH = {"add": "fadd", "sub": "fsub", "mul": "fmul", "div": "fdiv", "rem": "frem"}


def emit_arith(cx: Emit, op: Op) -> None:
    """Integer and float arithmetic; `trap` checks what the machine would let pass."""
    ty = op.operands[0].type
    left, right = cx.one(op.operands[0]), cx.one(op.operands[1])
    name, traps = cast(str, op.attrs["op"]), op.attrs["policy"] == "trap"
    leaf = leaf_of(ty)
    if isinstance(ty, FloatT):
        result = cx.w.value(f"{_FLOAT_ARITH[name]} {leaf} {left}, {right}")
    elif name in ("and", "or", "xor"):
        result = cx.w.value(f"{name} {leaf} {left}, {right}")
    elif name in ("shl", "shr"):
        result = _shift(cx, op, left, right, traps)
    elif name in ("div", "rem"):
        result = _divide(cx, op, left, right, traps)
    elif traps:
        result, over = _overflow(cx, ty, name, left, right)
        cx.trap_if(over, "IntegerOverflow")
    else:
        result = cx.w.value(f"{name} {leaf} {left}, {right}")
    cx.env[op.results[0]] = (result,)


def _overflow(cx: Emit, ty: IrType, name: str, left: str, right: str) -> tuple[str, str]:
    leaf = leaf_of(ty)
    intrinsic = f"llvm.{'s' if _is_signed(ty) else 'u'}{name}.with.overflow.{leaf}"
    callee = cx.program.declare(intrinsic, f"declare {{ {leaf}, i1 }} @{intrinsic}({leaf}, {leaf})")
    pair = cx.w.value(f"call {{ {leaf}, i1 }} {callee}({leaf} {left}, {leaf} {right})")
    value = cx.w.value(f"extractvalue {{ {leaf}, i1 }} {pair}, 0")
    return value, cx.w.value(f"extractvalue {{ {leaf}, i1 }} {pair}, 1")


def emit_overflowing(cx: Emit, op: Op) -> None:
    """The wrapped value and whether it overflowed."""
    left, right = cx.one(op.operands[0]), cx.one(op.operands[1])
    value, over = _overflow(cx, op.operands[0].type, cast(str, op.attrs["op"]), left, right)
    cx.env[op.results[0]] = (value,)
    cx.env[op.results[1]] = (over,)


def _shift(cx: Emit, op: Op, left: str, right: str, traps: bool) -> str:
    ty, by = op.operands[0].type, op.operands[1].type
    if not isinstance(ty, IntT) or not isinstance(by, IntT):
        raise CompilerBug("shift of what is no integer", op.site)
    leaf, by_leaf = leaf_of(ty), leaf_of(by)
    if traps:
        cx.trap_if(cx.w.value(f"icmp uge {by_leaf} {right}, {ty.bits}"), "ShiftOutOfRange")
    amount = cx.recast(right, by_leaf, leaf)
    if not traps:
        amount = cx.w.value(f"and {leaf} {amount}, {ty.bits - 1}")
    verb = "shl" if op.attrs["op"] == "shl" else ("ashr" if ty.signed else "lshr")
    return cx.w.value(f"{verb} {leaf} {left}, {amount}")


def _divide(cx: Emit, op: Op, left: str, right: str, traps: bool) -> str:
    ty = op.operands[0].type
    if not isinstance(ty, IntT):
        raise CompilerBug("integer division of what is no integer", op.site)
    w, leaf, is_div = cx.w, leaf_of(ty), op.attrs["op"] == "div"
    is_known = right.lstrip("-").isdigit() and right not in ("0", "-1")
    if not is_known:
        cx.trap_if(w.value(f"icmp eq {leaf} {right}, 0"), "DivideByZero")
    if is_known and ty.signed:
        return w.value(f"{'sdiv' if is_div else 'srem'} {leaf} {left}, {right}")
    if not ty.signed:
        return w.value(f"{'udiv' if is_div else 'urem'} {leaf} {left}, {right}")
    is_minus_one = w.value(f"icmp eq {leaf} {right}, -1")
    if traps:
        is_least = w.value(f"icmp eq {leaf} {left}, {-(1 << (ty.bits - 1))}")
        cx.trap_if(w.value(f"and i1 {is_minus_one}, {is_least}"), "IntegerOverflow")
        return w.value(f"{'sdiv' if is_div else 'srem'} {leaf} {left}, {right}")
    safe = w.value(f"select i1 {is_minus_one}, {leaf} 1, {leaf} {right}")
    quotient = w.value(f"{'sdiv' if is_div else 'srem'} {leaf} {left}, {safe}")
    other = w.value(f"sub {leaf} 0, {left}") if is_div else "0"
    return w.value(f"select i1 {is_minus_one}, {leaf} {other}, {leaf} {quotient}")


_FLOAT_PREDICATES = {"eq": "oeq", "ne": "une", "lt": "olt", "le": "ole", "gt": "ogt", "ge": "oge"}


def emit_compare(cx: Emit, op: Op) -> None:
    """A bool from two scalars; a comparison with NaN is false, except `ne`."""
    ty, name = op.operands[0].type, cast(str, op.attrs["predicate"])
    left, right, leaf = cx.one(op.operands[0]), cx.one(op.operands[1]), leaf_of(op.operands[0].type)
    if isinstance(ty, FloatT):
        text = f"fcmp {_FLOAT_PREDICATES[name]}"
    elif name in ("eq", "ne"):
        text = f"icmp {name}"
    else:
        text = f"icmp {'s' if _is_signed(ty) else 'u'}{name}"
    cx.env[op.results[0]] = (cx.w.value(f"{text} {leaf} {left}, {right}"),)


def emit_convert(cx: Emit, op: Op) -> None:
    """Numeric `as`."""
    source, target = op.operands[0].type, op.results[0].type
    cx.env[op.results[0]] = (_convert(cx, cx.one(op.operands[0]), source, target),)


def _convert(cx: Emit, value: str, source: IrType, target: IrType) -> str:
    held, wanted = leaf_of(source), leaf_of(target)
    if held == wanted:
        return value
    if isinstance(source, FloatT):
        if isinstance(target, FloatT):
            return cx.w.value(f"{'fpext' if source.bits < target.bits else 'fptrunc'} {held} {value} to {wanted}")
        kind = "s" if _is_signed(target) else "u"
        intrinsic = f"llvm.fpto{kind}i.sat.{wanted}.f{source.bits}"
        callee = cx.program.declare(intrinsic, f"declare {wanted} @{intrinsic}({held})")
        return cx.w.value(f"call {wanted} {callee}({held} {value})")
    if isinstance(target, FloatT):
        return cx.w.value(f"{'sitofp' if _is_signed(source) else 'uitofp'} {held} {value} to {wanted}")
    if int(held[1:]) > int(wanted[1:]):
        return cx.w.value(f"trunc {held} {value} to {wanted}")
    return cx.w.value(f"{'sext' if _is_signed(source) else 'zext'} {held} {value} to {wanted}")


def emit_bitcast(cx: Emit, op: Op) -> None:
    """The same bits as another kind of scalar."""
    held, wanted = leaf_of(op.operands[0].type), leaf_of(op.results[0].type)
    cx.env[op.results[0]] = (cx.recast(cx.one(op.operands[0]), held, wanted),)


def emit_negate(cx: Emit, op: Op) -> None:
    """Arithmetic minus."""
    ty, value = op.operands[0].type, cx.one(op.operands[0])
    leaf = leaf_of(ty)
    if isinstance(ty, FloatT):
        result = cx.w.value(f"fneg {leaf} {value}")
    elif op.attrs["policy"] == "trap":
        result, over = _overflow(cx, ty, "sub", "0", value)
        cx.trap_if(over, "IntegerOverflow")
    else:
        result = cx.w.value(f"sub {leaf} 0, {value}")
    cx.env[op.results[0]] = (result,)


def emit_not(cx: Emit, op: Op) -> None:
    """All bits, or the one."""
    leaf = leaf_of(op.operands[0].type)
    all_ones = "true" if leaf == "i1" else "-1"
    cx.env[op.results[0]] = (cx.w.value(f"xor {leaf} {cx.one(op.operands[0])}, {all_ones}"),)


_INTRINSICS = {
    "sqrt": "sqrt", "floor": "floor", "ceil": "ceil", "round": "round", "trunc": "trunc", "fabs": "fabs",
    "abs": "fabs", "pow": "pow", "exp": "exp", "exp2": "exp2", "log": "log", "ln": "log", "log2": "log2",
    "log10": "log10", "sin": "sin", "cos": "cos", "min": "minnum", "max": "maxnum", "copysign": "copysign",
}  # fmt: skip


def emit_math(cx: Emit, op: Op) -> None:
    """A function of the mathematics library, as an intrinsic where LLVM has one."""
    ty, name = op.results[0].type, cast(str, op.attrs["name"])
    if not isinstance(ty, FloatT):
        raise CompilerBug("math on what is no float", op.site)
    leaf = leaf_of(ty)
    if name in _INTRINSICS:
        symbol = f"llvm.{_INTRINSICS[name]}.f{ty.bits}"
    else:
        symbol = name if ty.bits == 64 else f"{name}f"
    callee = cx.program.declare(symbol, f"declare {leaf} @{symbol}({', '.join([leaf] * len(op.operands))})")
    args = ", ".join(f"{leaf} {cx.one(value)}" for value in op.operands)
    cx.env[op.results[0]] = (cx.w.value(f"call {leaf} {callee}({args})"),)


def emit_trap_if(cx: Emit, op: Op) -> None:
    """A check that lowering asks for."""
    cx.trap_if(cx.one(op.operands[0]), cast(str, op.attrs["code"]))
