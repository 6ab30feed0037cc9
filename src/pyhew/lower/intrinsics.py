"""Functions of the library whose body is an IR operation or a C function.

In: `#[intrinsic("name")]` and `#[runtime("hew_name")]` declarations.  Out: operations.
Assumed: only the library writes these attributes.
"""

from __future__ import annotations

from collections.abc import Callable

from pyhew.abi.constants import TRAP_NAMES, TrapCode
from pyhew.abi.functions import BY_NAME
from pyhew.ir import ops
from pyhew.ir.facts import parts
from pyhew.ir.ops import Value
from pyhew.ir.types import (
    BOOL,
    F32,
    F64,
    I32,
    I64,
    NEVER,
    STRING,
    U8,
    U32,
    U64,
    UNIT,
    UNKNOWN_FIELDS,
    EnumT,
    FloatT,
    FrameT,
    HandleT,
    IntT,
    IrType,
    RcT,
    StructT,
    Use,
    VecT,
    WeakT,
)
from pyhew.lower.channels import poll, receive, send, take_option
from pyhew.lower.context import Lower
from pyhew.lower.derive import equal, hash_value
from pyhew.lower.foreign import write_extern
from pyhew.lower.merge import Merge
from pyhew.lower.messages import send_envelope
from pyhew.lower.waiting import wait_for_reply, wait_until
from pyhew.source.diagnostics import CompilerBug
from pyhew.types.model import UNIT as UNIT_TYPE
from pyhew.types.symbols import FnInfo

Values = list[Value]


def write_bodyless(cx: Lower, fn: FnInfo) -> None:
    """The body of an intrinsic or runtime declaration."""
    params = list(cx.fn.params)
    cx.fn.always_inline = True
    if fn.runtime:
        _write_runtime(cx, fn, params)
        return
    if fn.is_extern:
        write_extern(cx, fn, params)
        return
    if fn.intrinsic not in INTRINSICS:
        raise CompilerBug(f"`{fn.name}` has no body and no known intrinsic `{fn.intrinsic}`")
    outcome = INTRINSICS[fn.intrinsic](cx, params)
    if not cx.b.is_open:
        return
    values = [] if cx.fn.result in (UNIT, NEVER) else [outcome[0]]
    if cx.fn.result is NEVER:
        cx.b.unreachable()
        return
    inouts = [p for p, mode in zip(cx.fn.params, cx.fn.modes) if mode is Use.INOUT]
    changed = outcome[1:] if values or fn.result != UNIT_TYPE else outcome
    values += changed if changed else inouts
    cx.b.ret(values)


def _write_runtime(cx: Lower, fn: FnInfo, params: Values) -> None:

    row = BY_NAME.get(fn.runtime)
    if row is None:
        raise CompilerBug(f"the runtime has no function `{fn.runtime}`")
    result = cx.fn.result
    values = cx.b.op(
        ops.RUNTIME, params, [] if result in (UNIT, NEVER) else [result], {"fn": row}, ops.runtime_modes(row)
    )
    if result is NEVER:
        cx.b.unreachable()
        return
    cx.b.ret(values)


def _arith(op: str) -> Callable[[Lower, Values], Values]:
    return lambda cx, v: [cx.b.arith(op, v[0], v[1], "wrap")]


def _overflows(op: str) -> Callable[[Lower, Values], Values]:
    return lambda cx, v: [cx.b.op(ops.OVERFLOWING, v, [v[0].type, BOOL], {"op": op})[1]]


def _limit(cx: Lower, ty: IrType, high: bool) -> Values:
    assert isinstance(ty, IntT)
    if high:
        return [cx.b.int((1 << (ty.bits - 1)) - 1 if ty.signed else (1 << ty.bits) - 1, ty)]
    return [cx.b.int(-(1 << (ty.bits - 1)) if ty.signed else 0, ty)]


def _vec_pop(cx: Lower, v: Values) -> Values:
    assert isinstance(v[0].type, VecT)
    return cx.b.op(ops.VEC_POP, v, [v[0].type.element, v[0].type])


def _vec_get(cx: Lower, v: Values) -> Values:
    assert isinstance(v[0].type, VecT)
    return [cx.b.project(v[0], (("elem",),), [v[1]], v[0].type.element)]


def _vec_replace(cx: Lower, v: Values) -> Values:
    assert isinstance(v[0].type, VecT)
    vec, index, value = v
    return cx.b.op(ops.REPLACE, [vec, value, index], [vec.type.element, vec.type], {"path": (("elem",),)})  # type: ignore[union-attr]


def _vec_remove(cx: Lower, v: Values) -> Values:
    assert isinstance(v[0].type, VecT)
    return cx.b.op(ops.VEC_REMOVE, v, [v[0].type.element, v[0].type])


def _vec_push_byte(cx: Lower, v: Values) -> Values:
    return cx.b.op(ops.VEC_PUSH, [v[0], cx.b.convert(v[1], U8)], [v[0].type])


def _sleep(cx: Lower, v: Values) -> Values:
    timer = cx.runtime("hew_timer_start", [v[0]], HandleT("timer"))
    wait_until(cx, lambda: cx.b.negate_bool(cx.b.is_zero(cx.runtime("hew_timer_poll", [timer], I32))))
    return []


def _socket_ready(cx: Lower, v: Values) -> Values:
    """Whether a socket became ready within the nanoseconds; a negative limit never passes."""
    socket, for_writing, limit = v
    is_limited = cx.b.negate_bool(cx.b.compare("lt", limit, cx.b.int(0)))
    timer = cx.runtime("hew_timer_start", [limit], HandleT("timer"))
    merge = Merge(cx, BOOL)
    again, idle, ready = cx.b.new_block("poll"), cx.b.new_block("idle"), cx.b.new_block("ready")
    cx.b.branch(again)
    cx.b.start(again)
    cx.b.cond(cx.b.is_zero(cx.runtime("hew_socket_poll", [socket, for_writing], I32)), idle, ready)
    cx.b.start_sealed(ready)
    merge.branch(lambda: cx.b.const(True, BOOL))
    cx.b.start_sealed(idle)
    timed, wait, over = cx.b.new_block("limited"), cx.b.new_block("wait"), cx.b.new_block("over")
    cx.b.cond(is_limited, timed, wait)
    cx.b.start_sealed(timed)
    cx.b.cond(cx.b.is_zero(cx.runtime("hew_timer_poll", [timer], I32)), wait, over)
    cx.b.start_sealed(over)
    merge.branch(lambda: cx.b.const(False, BOOL))
    cx.b.start(wait)
    cx.b.seal(wait)
    cx.b.op(ops.SUSPEND, [], [])
    cx.b.branch(again)
    cx.b.seal(again)
    return [merge.end()]


def _message_trap(code: TrapCode) -> Callable[[Lower, Values], Values]:
    def write(cx: Lower, v: Values) -> Values:
        cx.runtime("hew_trap_message", [cx.b.int(int(code), I32), v[0]])
        cx.b.unreachable()
        return []

    return write


def _panic(cx: Lower, v: Values) -> Values:
    cx.runtime("hew_panic", [v[0]])
    cx.b.unreachable()
    return []


def _exit(cx: Lower, v: Values) -> Values:
    cx.runtime("hew_exit", [v[0]])
    cx.b.unreachable()
    return []


def _plain_trap(code: TrapCode) -> Callable[[Lower, Values], Values]:
    def write(cx: Lower, v: Values) -> Values:
        cx.b.trap(TRAP_NAMES[code])
        return []

    return write


def _bitcast(target: IrType) -> Callable[[Lower, Values], Values]:
    return lambda cx, v: [cx.b.one(ops.BITCAST, v, target)]


def _gen_next(cx: Lower, v: Values) -> Values:
    frame = v[0].type
    option = cx.fn.result
    assert isinstance(frame, FrameT) and isinstance(option, EnumT)

    has, item = cx.b.op(ops.GEN_NEXT, [v[0]], [BOOL, frame.yields])
    merge = Merge(cx, option)
    some, none = cx.b.new_block("some"), cx.b.new_block("none")
    cx.b.cond(has, some, none)
    cx.b.start_sealed(some)
    merge.branch(lambda: cx.b.variant(option, 0, [item]))
    cx.b.start_sealed(none)
    merge.branch(lambda: cx.b.variant(option, 1, []))
    return [merge.end()]


def _try_to(cx: Lower, v: Values) -> Values:
    """A conversion that must round-trip."""
    option = cx.fn.result
    assert isinstance(option, EnumT)
    target = option.variants[0][0]
    source = v[0].type
    made = cx.b.convert(v[0], target)
    back = cx.b.convert(made, source)
    fits = cx.b.compare("eq", back, v[0])
    if isinstance(source, IntT) and isinstance(target, IntT):
        negative = cx.b.compare("lt", v[0], cx.b.int(0, source)) if source.signed else cx.b.const(False, BOOL)
        other = cx.b.compare("lt", made, cx.b.int(0, target)) if target.signed else cx.b.const(False, BOOL)
        same_sign = cx.b.negate_bool(cx.b.arith("xor", negative, other, "wrap"))
        fits = cx.b.arith("and", fits, same_sign, "wrap")
    elif isinstance(target, IntT) and isinstance(source, FloatT):
        limit = float(1 << (target.bits - (1 if target.signed else 0)))
        fits = cx.b.arith("and", fits, cx.b.compare("lt", v[0], cx.b.const(limit, source)), "wrap")
    elif isinstance(source, IntT) and isinstance(target, FloatT):
        limit = float(1 << (source.bits - (1 if source.signed else 0)))
        fits = cx.b.arith("and", fits, cx.b.compare("lt", made, cx.b.const(limit, target)), "wrap")
    elif isinstance(source, FloatT):
        spread = cx.b.arith("sub", v[0], v[0], "wrap")
        fits = cx.b.arith("and", fits, cx.b.compare("eq", spread, cx.b.const(0.0, source)), "wrap")
    merge = Merge(cx, option)
    some, none = cx.b.new_block("some"), cx.b.new_block("none")
    cx.b.cond(fits, some, none)
    cx.b.start_sealed(some)
    merge.branch(lambda: cx.b.variant(option, 0, [made]))
    cx.b.start_sealed(none)
    merge.branch(lambda: cx.b.variant(option, 1, []))
    return [merge.end()]


def _rc_get(cx: Lower, v: Values) -> Values:
    assert isinstance(v[0].type, RcT)
    return [cx.b.project(v[0], (("deref",),), [], v[0].type.content)]


def _rc_set(cx: Lower, v: Values) -> Values:
    assert isinstance(v[0].type, RcT)
    cx.b.op(ops.RC_REPLACE, v, [v[0].type.content], {"path": (("deref",),)})
    return []


def _weak_upgrade(cx: Lower, v: Values) -> Values:

    option = cx.fn.result
    assert isinstance(option, EnumT) and isinstance(v[0].type, WeakT)
    rc, lives = cx.b.op(ops.WEAK_UPGRADE, [v[0]], [RcT(v[0].type.content), BOOL])
    merge = Merge(cx, option)
    some, none = cx.b.new_block("some"), cx.b.new_block("none")
    cx.b.cond(lives, some, none)
    cx.b.start_sealed(some)
    merge.branch(lambda: cx.b.variant(option, 0, [rc]))
    cx.b.start_sealed(none)
    merge.branch(lambda: cx.b.variant(option, 1, []))
    return [merge.end()]


def _channel_send(cx: Lower, v: Values) -> Values:

    send(cx, v[0], v[1])
    return []


def _channel_receive(cx: Lower, v: Values) -> Values:

    return [receive(cx, v[0], cx.fn.result)]


def _channel_try(cx: Lower, v: Values) -> Values:

    return [take_option(cx, v[0], poll(cx, v[0]), cx.fn.result)]


def _wait_cell(name: str) -> Callable[[Lower, Values], Values]:
    def write(cx: Lower, v: Values) -> Values:
        wait_for_reply(cx, cx.runtime(name, v, HandleT("reply")))
        return []

    return write


def _lambda_close(cx: Lower, v: Values) -> Values:
    return _wait_cell("hew_actor_stop_ask")(cx, [cx.runtime("hew_lambda_pid", [v[0]], U64)])


def _hash(cx: Lower, v: Values) -> Values:
    surface = next(iter(cx.subst.values()))
    return [hash_value(cx, v[0], surface)]


def _same_key(cx: Lower, v: Values) -> Values:
    """As inside a record: floats by their bits, so that a key finds itself and what its hash found."""
    surface = next(iter(cx.subst.values()))
    return [equal(cx, v[0], v[1], surface)]


def _take_value(cx: Lower, v: Values) -> Values:
    return [v[0], cx.b.zero(v[0].type)]


def _envelope_send(cx: Lower, v: Values) -> Values:

    return [send_envelope(cx, v[0], v[1])]


def _math(name: str) -> Callable[[Lower, Values], Values]:
    return lambda cx, v: [cx.b.one(ops.MATH, v, v[0].type, {"name": name})]


def _same(cx: Lower, v: Values) -> Values:
    return [v[0]]


def _unknown_fields(cx: Lower, v: Values) -> Values:
    at = _unknown_at(v[0].type)
    return [cx.b.string("") if at is None else cx.b.project(v[0], (("field", at),), [], STRING)]


def _with_unknown_fields(cx: Lower, v: Values) -> Values:
    at = _unknown_at(v[0].type)
    if at is None:
        return [v[0]]
    return [cx.b.pack([*cx.b.unpack(v[0], parts(v[0].type))[:at], v[1]], v[0].type)]


def _unknown_at(ty: IrType) -> int | None:
    """Which field of a record keeps what it does not know; none where the layout is not ours."""
    names = ty.field_names if isinstance(ty, StructT) else ()
    return names.index(UNKNOWN_FIELDS) if UNKNOWN_FIELDS in names else None


INTRINSICS: dict[str, Callable[[Lower, Values], Values]] = {
    "panic": _panic,
    "assert_failed": _message_trap(TrapCode.ASSERTION_FAILED),
    "bounds_failed": _message_trap(TrapCode.INDEX_OUT_OF_BOUNDS),
    "exit": _exit,
    "sleep": _sleep,
    "socket_ready": _socket_ready,
    "key_absent": _plain_trap(TrapCode.INDEX_OUT_OF_BOUNDS),
    "malformed_input": _plain_trap(TrapCode.MALFORMED_INPUT),
    "float_bits": _bitcast(U64), "float_from_bits": _bitcast(F64),
    "single_bits": _bitcast(U32), "single_from_bits": _bitcast(F32),
    "wrapping_add": _arith("add"), "wrapping_sub": _arith("sub"), "wrapping_mul": _arith("mul"),
    "overflows_add": _overflows("add"), "overflows_sub": _overflows("sub"), "overflows_mul": _overflows("mul"),
    "int_min": lambda cx, v: _limit(cx, v[0].type, False),
    "int_max": lambda cx, v: _limit(cx, v[0].type, True),
    "int_to_char": lambda cx, v: [cx.b.convert(v[0], U32)],
    "char_code": lambda cx, v: [cx.b.convert(v[0], I64)],
    "duration_from_nanos": _same, "duration_nanos": _same, "instant_nanos": _same, "instant_from_nanos": _same,
    "vec_new": lambda cx, v: [cx.b.zero(cx.fn.result)],
    "vec_len": lambda cx, v: [cx.b.one(ops.VEC_LEN, v, I64)],
    "vec_reserve": lambda cx, v: cx.b.op(ops.VEC_RESERVE, v, [v[0].type]),
    "vec_push": lambda cx, v: cx.b.op(ops.VEC_PUSH, v, [v[0].type]),
    "vec_push_byte": _vec_push_byte,
    "vec_pop": _vec_pop,
    "vec_get": _vec_get,
    "vec_replace": _vec_replace,
    "vec_insert": lambda cx, v: cx.b.op(ops.VEC_INSERT, v, [v[0].type]),
    "vec_remove": _vec_remove,
    "channel_send": _channel_send,
    "channel_receive": _channel_receive,
    "channel_try_receive": _channel_try,
    "supervisor_stop": _wait_cell("hew_supervisor_stop"),
    "lambda_close": _lambda_close,
    "hash_value": _hash,
    "same_key": _same_key,
    "take_value": _take_value,
    "unknown_fields": _unknown_fields,
    "with_unknown_fields": _with_unknown_fields,
    "string_clone": _same, "same_value": _same,
    "envelope_send": _envelope_send,
    "gen_next": _gen_next,
    "rc_new": lambda cx, v: [cx.b.one(ops.RC_NEW, v, cx.fn.result)],
    "rc_get": _rc_get,
    "rc_set": _rc_set,
    "rc_clone": lambda cx, v: [cx.b.project(v[0], (), [], v[0].type)],
    "rc_downgrade": lambda cx, v: [cx.b.one(ops.WEAK_NEW, v, cx.fn.result)],
    "weak_upgrade": _weak_upgrade,
    **{f"try_to_{name}": _try_to for name in (
        "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "isize", "usize", "f32", "f64")},
    **{f"math_{name}": _math(name) for name in (
        "sqrt", "floor", "ceil", "round", "trunc", "fabs", "pow", "exp", "log", "log2", "log10", "sin", "cos", "tan",
        "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh", "cbrt", "hypot", "fmod")},
}  # fmt: skip
