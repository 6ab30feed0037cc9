"""The typing rule of every operation.

In: one operation and its module.  Out: nothing, or `IrFault` with what is wrong.
`CHECKS` has one row per operation kind, so a kind without a rule is seen at once.
Assumed: results that an annotation decides (`const`, `zero`, `message_args` ...)
are checked as far as the operands say anything.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from pyhew.ir.facts import (
    IrFault,
    Path,
    index_count,
    parts,
    path_type,
    pointee,
    same_type,
)
from pyhew.ir.ops import Function, Module, Op, fixed_modes
from pyhew.ir.types import (
    BOOL,
    I32,
    MESSAGE,
    PTR,
    STRING,
    U8,
    UNIT,
    BoolT,
    BoxT,
    EnumT,
    EnvT,
    FloatT,
    FrameT,
    HandleT,
    IntT,
    IrType,
    NeverT,
    ObjectT,
    PtrT,
    RcT,
    ResourceT,
    Signature,
    StructT,
    TupleT,
    Use,
    VecT,
    WeakT,
)

Check = Callable[[Op, Module], None]


def check_op(op: Op, module: Module) -> None:
    """Raises `IrFault` unless operands, uses, attributes and results fit the kind."""
    kind = op.kind
    if len(op.modes) != len(op.operands):
        raise IrFault(f"{len(op.modes)} uses for {len(op.operands)} operands")
    if not kind.dynamic and op.modes != fixed_modes(kind, len(op.operands)):
        raise IrFault("the uses are not those of the table")
    for name in kind.attrs:
        if name not in op.attrs:
            raise IrFault(f"attribute {name} is missing")
    rule = CHECKS.get(kind.name)
    if rule is None:
        raise IrFault("the operation has no typing rule")
    rule(op, module)


def returned_types(result: IrType, params: tuple[tuple[IrType, Use], ...]) -> list[IrType]:
    """What a return carries: the result unless unit or never, then the inout successors."""
    has_none = isinstance(result, NeverT) or same_type(result, UNIT)
    out: list[IrType] = [] if has_none else [result]
    out.extend(ty for ty, use in params if use is Use.INOUT)
    return out


def function_params(fn: Function) -> tuple[tuple[IrType, Use], ...]:
    """The parameter list of a function in the form of a signature."""
    return tuple((value.type, use) for value, use in zip(fn.params, fn.modes, strict=True))


# --------------------------------------------------------------------------- building blocks


def _need(truth: bool, text: str) -> None:
    if not truth:
        raise IrFault(text)


def _expect(found: list[IrType], wanted: list[IrType], what: str) -> None:
    if len(found) != len(wanted):
        raise IrFault(f"{len(found)} {what}, {len(wanted)} wanted")
    for at, (left, right) in enumerate(zip(found, wanted, strict=True)):
        if left is not right and left != right:
            raise IrFault(f"{what} {at} has type {left}, wanted {right}")


def _operands(op: Op, *wanted: IrType) -> None:
    _expect([value.type for value in op.operands], list(wanted), "operands")


def _results(op: Op, *wanted: IrType) -> None:
    _expect([value.type for value in op.results], list(wanted), "results")


def _count(op: Op, operands: int, results: int) -> None:
    _need(len(op.operands) == operands, f"{len(op.operands)} operands, {operands} wanted")
    _need(len(op.results) == results, f"{len(op.results)} results, {results} wanted")


def _is_scalar(ty: IrType) -> bool:
    return isinstance(ty, IntT | FloatT | BoolT | PtrT)


def _int(ty: IrType) -> None:
    _need(isinstance(ty, IntT), f"an integer is wanted, not {ty}")


# --------------------------------------------------------------------------- plain data


def _const(op: Op, _: Module) -> None:
    _count(op, 0, 1)
    ty, value = op.results[0].type, op.attrs["value"]
    if isinstance(ty, BoolT):
        _need(isinstance(value, bool), "a bool constant holds a bool")
    elif isinstance(ty, FloatT):
        _need(isinstance(value, float), "a float constant holds a float")
    elif isinstance(ty, IntT) and isinstance(value, int):
        low = -(1 << (ty.bits - 1)) if ty.signed else 0
        _need(low <= value < (1 << (ty.bits - ty.signed)), f"{value} does not fit")
    else:
        raise IrFault(f"constant of type {ty}")


def _one_result(op: Op, _: Module) -> None:
    _count(op, 0, 1)


def _string(op: Op, _: Module) -> None:
    _operands(op)
    _results(op, STRING)


def _bytes(op: Op, _: Module) -> None:
    _operands(op)
    _results(op, VecT(U8))


ARITH_OPS = ("add", "sub", "mul", "div", "rem", "and", "or", "xor", "shl", "shr")
PREDICATES = ("eq", "ne", "lt", "le", "gt", "ge")


def _arith(op: Op, _: Module) -> None:
    _count(op, 2, 1)
    ty = op.operands[0].type
    name = op.attrs["op"]
    _need(name in ARITH_OPS, f"unknown arithmetic {name}")
    _need(op.attrs["policy"] in ("trap", "wrap"), "policy is trap or wrap")
    _results(op, ty)
    if name in ("shl", "shr"):
        _int(ty)
        _int(op.operands[1].type)
        return
    _operands(op, ty, ty)
    if name in ("and", "or", "xor"):
        _need(isinstance(ty, IntT | BoolT), "bits of a number that has none")
    else:
        _need(isinstance(ty, IntT | FloatT), "arithmetic on what is no number")


def _overflowing(op: Op, _: Module) -> None:
    _count(op, 2, 2)
    ty = op.operands[0].type
    _int(ty)
    _operands(op, ty, ty)
    _need(op.attrs["op"] in ("add", "sub", "mul"), "overflowing knows add, sub, mul")
    _results(op, ty, BOOL)


def _compare(op: Op, _: Module) -> None:
    _count(op, 2, 1)
    ty = op.operands[0].type
    _need(_is_scalar(ty), "compare of what is no scalar")
    _need(op.attrs["predicate"] in PREDICATES, "unknown predicate")
    _operands(op, ty, ty)
    _results(op, BOOL)


def _convert(op: Op, _: Module) -> None:
    _count(op, 1, 1)
    _need(isinstance(op.operands[0].type, IntT | FloatT | BoolT), "convert from what is no number")
    _need(isinstance(op.results[0].type, IntT | FloatT), "convert to what is no number")


def _bitcast(op: Op, _: Module) -> None:
    _count(op, 1, 1)
    for value in (op.operands[0], op.results[0]):
        _need(isinstance(value.type, IntT | FloatT | PtrT), "bitcast of what has no bits")


def _same_scalar(op: Op, _: Module) -> None:
    _count(op, 1, 1)
    _need(_is_scalar(op.operands[0].type), "a scalar is wanted")
    _results(op, op.operands[0].type)


def _math(op: Op, _: Module) -> None:
    _need(len(op.operands) in (1, 2), "math takes one or two floats")
    ty = op.operands[0].type
    _need(isinstance(ty, FloatT), "math takes floats")
    _operands(op, *([ty] * len(op.operands)))
    _results(op, ty)


def _trap_if(op: Op, _: Module) -> None:
    _operands(op, BOOL)
    _results(op)


# --------------------------------------------------------------------------- aggregates and places


def _pack(op: Op, _: Module) -> None:
    _need(len(op.results) == 1, "pack gives one value")
    _operands(op, *parts(op.results[0].type))


def _unpack(op: Op, _: Module) -> None:
    _need(len(op.operands) == 1, "unpack takes one value")
    _results(op, *parts(op.operands[0].type))


def _variant_parts(ty: IrType, index: object) -> tuple[IrType, ...]:
    at = cast(int, index)
    if not isinstance(ty, EnumT) or not 0 <= at < len(ty.variants):
        raise IrFault(f"variant {index} of {ty}")
    return ty.variants[at]


def _variant(op: Op, _: Module) -> None:
    _need(len(op.results) == 1, "variant gives one value")
    _operands(op, *_variant_parts(op.results[0].type, op.attrs["index"]))


def _unvariant(op: Op, _: Module) -> None:
    _need(len(op.operands) == 1, "unvariant takes one value")
    _results(op, *_variant_parts(op.operands[0].type, op.attrs["index"]))


def _from_tag(op: Op, _: Module) -> None:
    _count(op, 1, 1)
    _int(op.operands[0].type)
    ty = op.results[0].type
    _need(isinstance(ty, EnumT) and not any(ty.variants), "from_tag makes an enum without payloads")


def _place(op: Op, before: int) -> IrType:
    """Checks the index operands after the first `before`; the type at the path."""
    path = cast(Path, op.attrs["path"])
    indices = op.operands[before:]
    _need(len(indices) == index_count(path), "one index operand for each elem step")
    for value in indices:
        _int(value.type)
    return path_type(op.operands[0].type, path)


def _project(op: Op, _: Module) -> None:
    _results(op, _place(op, 1))


def _tag(op: Op, _: Module) -> None:
    _need(isinstance(_place(op, 1), EnumT), "tag of what is no enum")
    _results(op, I32)


def _replace(op: Op, _: Module) -> None:
    ty = _place(op, 2)
    _operands(op, op.operands[0].type, ty, *(v.type for v in op.operands[2:]))
    _results(op, ty, op.operands[0].type)


def _take(op: Op, _: Module) -> None:
    _results(op, _place(op, 1), op.operands[0].type)


def _put(op: Op, _: Module) -> None:
    ty = _place(op, 2)
    _operands(op, op.operands[0].type, ty, *(v.type for v in op.operands[2:]))
    _results(op, op.operands[0].type)


def _inside(op: Op, _: Module) -> None:
    path = cast(Path, op.attrs["path"])
    _need(len(op.operands) == index_count(path) + 2, "an index for each elem step, and a length")
    _need(isinstance(path_type(op.operands[0].type, path), VecT), "the path leads to no Vec")
    _need(all(step[0] in ("field", "elem") for step in path), "only fields and elements")
    for value in op.operands[1:]:
        _int(value.type)
    _results(op, BOOL)


def _rc_replace(op: Op, _: Module) -> None:
    _need(isinstance(op.operands[0].type, RcT | EnvT), "rc_replace writes through Rc or Env")
    ty = _place(op, 2)
    _operands(op, op.operands[0].type, ty, *(v.type for v in op.operands[2:]))
    _results(op, ty)


# --------------------------------------------------------------------------- Vec and other heap values


def _element(op: Op) -> IrType:
    ty = op.operands[0].type if op.operands else None
    if not isinstance(ty, VecT):
        raise IrFault(f"a Vec is wanted, not {ty}")
    return ty.element


def _vec_len(op: Op, _: Module) -> None:
    _element(op)
    _count(op, 1, 1)
    _need(same_type(op.results[0].type, IntT(64, True)), "a length is i64")


def _vec_reserve(op: Op, _: Module) -> None:
    _element(op)
    _count(op, 2, 1)
    _int(op.operands[1].type)
    _results(op, op.operands[0].type)


def _vec_push(op: Op, _: Module) -> None:
    _operands(op, op.operands[0].type, _element(op))
    _results(op, op.operands[0].type)


def _vec_pop(op: Op, _: Module) -> None:
    element = _element(op)
    _count(op, 1, 2)
    _results(op, element, op.operands[0].type)


def _vec_insert(op: Op, _: Module) -> None:
    element = _element(op)
    _count(op, 3, 1)
    _int(op.operands[1].type)
    _operands(op, op.operands[0].type, op.operands[1].type, element)
    _results(op, op.operands[0].type)


def _vec_remove(op: Op, _: Module) -> None:
    element = _element(op)
    _count(op, 2, 2)
    _int(op.operands[1].type)
    _results(op, element, op.operands[0].type)


def _into(wanted: type[BoxT | RcT | ResourceT]) -> Check:
    def rule(op: Op, _: Module) -> None:
        _count(op, 1, 1)
        _need(isinstance(op.results[0].type, wanted), f"{wanted.__name__} is wanted")
        _operands(op, pointee(op.results[0].type))

    return rule


def _unbox(op: Op, _: Module) -> None:
    _count(op, 1, 1)
    _need(isinstance(op.operands[0].type, BoxT), "unbox of what is no Box")
    _results(op, pointee(op.operands[0].type))


def _resource_new(op: Op, module: Module) -> None:
    _count(op, 1, 1)
    ty = op.results[0].type
    if not isinstance(ty, ResourceT):
        raise IrFault("resource_new makes a resource")
    _operands(op, ty.content)
    close = _function(module, ty.close)
    _need([value.type for value in close.params] == [ty], f"{ty.close} takes the resource")
    _need(close.modes == [Use.BORROW] and close.result == UNIT, f"{ty.close} borrows it and returns nothing")


def _resource_close(op: Op, _: Module) -> None:
    _count(op, 1, 0)
    _need(isinstance(op.operands[0].type, ResourceT), "close of what is no resource")


def _weak_new(op: Op, _: Module) -> None:
    _count(op, 1, 1)
    ty = op.operands[0].type
    _need(isinstance(ty, RcT) and same_type(op.results[0].type, WeakT(ty.content)), "Rc to Weak")


def _weak_upgrade(op: Op, _: Module) -> None:
    _count(op, 1, 2)
    ty = op.operands[0].type
    if not isinstance(ty, WeakT):
        raise IrFault("upgrade of what is no Weak")
    _results(op, RcT(ty.content), BOOL)


def _object(op: Op, module: Module) -> None:
    _need(len(op.results) == 1, "object gives one value")
    ty, captures = op.results[0].type, op.attrs["captures"]
    if not isinstance(ty, ObjectT) or not isinstance(captures, StructT):
        raise IrFault("object makes an ObjectT from captures")
    _operands(op, *captures.fields)
    table = cast(tuple[object, ...], op.attrs["table"])
    _need(len(table) == len(ty.methods), "one function for each method")
    for ref, signature in zip(table, ty.methods, strict=True):
        _check_code(_function(module, ref), signature, captures)


def _check_code(fn: Function, signature: Signature, captures: StructT) -> None:
    _need(bool(fn.params) and fn.params[0].type == EnvT(captures), f"{fn.symbol} takes its environment first")
    own = function_params(fn)[1:]
    _expect([ty for ty, _ in own], [ty for ty, _ in signature.params], f"parameters of {fn.symbol}")
    _need([use for _, use in own] == [use for _, use in signature.params], f"uses of {fn.symbol}")
    _need(same_type(fn.result, signature.result), f"result of {fn.symbol}")


# --------------------------------------------------------------------------- calls


def _function(module: Module, ref: object) -> Function:
    symbol = ref.symbol if isinstance(ref, Function) else cast(str, ref)
    fn = module.functions.get(symbol)
    if fn is None or (isinstance(ref, Function) and ref is not fn):
        raise IrFault(f"no function {symbol}")
    return fn


def _callee(op: Op, module: Module) -> Function:
    fn = _function(module, op.attrs["callee"])
    _operands(op, *(value.type for value in fn.params))
    _need(op.modes == tuple(fn.modes), f"the uses are not those of {fn.symbol}")
    return fn


def _call(op: Op, module: Module) -> None:
    fn = _callee(op, module)
    _need(fn.yields is None, f"{fn.symbol} is a generator")
    _results(op, *returned_types(fn.result, function_params(fn)))


def _c_entry(op: Op, module: Module) -> None:
    _need(_function(module, op.attrs["callee"]).c_name != "", "C calls what has a name there")
    _operands(op)
    _results(op, PTR)


def _gen_new(op: Op, module: Module) -> None:
    fn = _callee(op, module)
    if fn.yields is None:
        raise IrFault(f"{fn.symbol} is no generator")
    _need(Use.INOUT not in op.modes, "a generator has no inout parameters")
    _results(op, FrameT(fn.yields, fn.result))


def _gen_next(op: Op, _: Module) -> None:
    _need(len(op.operands) == 1, "gen_next takes a generator")
    ty = op.operands[0].type
    if not isinstance(ty, FrameT):
        raise IrFault("gen_next takes a generator")
    _results(op, BOOL, ty.yields)


def _call_object(op: Op, _: Module) -> None:
    ty = op.operands[0].type if op.operands else None
    method = cast(int, op.attrs["method"])
    if not isinstance(ty, ObjectT) or not 0 <= method < len(ty.methods):
        raise IrFault(f"method {method} of {ty}")
    signature = ty.methods[method]
    _operands(op, ty, *(part for part, _ in signature.params))
    _need(op.modes == (Use.BORROW, *(use for _, use in signature.params)), "the uses are not those of the method")
    _results(op, *returned_types(signature.result, signature.params))


def _frame_start(op: Op, module: Module) -> None:
    kinds = [value.type for value in op.results]
    _need(len(kinds) == 2 and isinstance(kinds[0], FrameT) and kinds[1] == BOOL, "frame_start gives a frame and a bool")
    if isinstance(op.attrs["callee"], int):
        _need(bool(op.operands) and isinstance(op.operands[0].type, ObjectT), "a method of an object")
    else:
        _callee(op, module)


def _frame_poll(op: Op, _: Module) -> None:
    _count(op, 1, 1)
    _need(isinstance(op.operands[0].type, FrameT), "frame_poll takes a frame")
    _results(op, BOOL)


def _frame_take(op: Op, _: Module) -> None:
    _need(len(op.operands) == 1 and isinstance(op.operands[0].type, FrameT), "frame_take takes a frame")


def _gen_resume(op: Op, _: Module) -> None:
    _count(op, 1, 1)
    _need(isinstance(op.operands[0].type, FrameT), "gen_resume takes a generator")
    _results(op, I32)


def _gen_take(op: Op, _: Module) -> None:
    _count(op, 2, 1)
    ty = op.operands[0].type
    if not isinstance(ty, FrameT):
        raise IrFault("gen_take takes a generator")
    _operands(op, ty, BOOL)
    _results(op, ty.yields)


def _anything(op: Op, _: Module) -> None:
    return


def _suspend(op: Op, _: Module) -> None:
    _count(op, 0, 0)


def _given_up(op: Op, _: Module) -> None:
    _count(op, 0, 1)
    _need(op.results[0].type == BOOL, "given_up gives a bool")


def _yield(op: Op, _: Module) -> None:
    _count(op, 1, 0)


# --------------------------------------------------------------------------- ownership and actors


def _copy(op: Op, _: Module) -> None:
    _count(op, 1, 1)
    _results(op, op.operands[0].type)


def _one_operand(op: Op, _: Module) -> None:
    _count(op, 1, 0)


def _message(op: Op, _: Module) -> None:
    _results(op, MESSAGE)


def _message_args(op: Op, _: Module) -> None:
    _operands(op, PTR)


def _message_take(op: Op, _: Module) -> None:
    _operands(op, MESSAGE)


def _cell(op: Op, _: Module) -> None:
    _need(bool(op.operands) and op.operands[-1].type == MESSAGE, "a message is wanted")
    _need(len(op.results) == 1 and isinstance(op.results[0].type, HandleT), "the result is a reply cell")


def _reply_value(op: Op, _: Module) -> None:
    _count(op, 1, 1)
    _need(isinstance(op.operands[0].type, HandleT), "reply_value takes a reply cell")


def _state_load(op: Op, _: Module) -> None:
    _count(op, 0, 1)
    _need(isinstance(op.results[0].type, StructT | TupleT), "the state is a struct")


def _actor_type(op: Op, module: Module) -> None:
    name = op.attrs["actor"]
    _need(name in module.actors or name in module.supervisors, f"no actor {name}")
    _operands(op)
    _results(op, PTR)


CHECKS: dict[str, Check] = {
    "const": _const, "zero": _one_result, "string": _string, "bytes": _bytes, "arith": _arith,
    "overflowing": _overflowing, "compare": _compare, "convert": _convert, "bitcast": _bitcast,
    "negate": _same_scalar, "not": _same_scalar, "math": _math, "trap_if": _trap_if,
    "pack": _pack, "unpack": _unpack, "variant": _variant, "tag": _tag, "from_tag": _from_tag,
    "unvariant": _unvariant, "project": _project, "lend": _project, "replace": _replace, "take": _take, "put": _put,
    "inside": _inside, "vec_len": _vec_len, "vec_room": _vec_len, "vec_reserve": _vec_reserve, "vec_push": _vec_push, "vec_pop": _vec_pop,
    "vec_insert": _vec_insert, "vec_remove": _vec_remove,
    "box": _into(BoxT), "unbox": _unbox, "resource_new": _resource_new, "resource_close": _resource_close,
    "rc_new": _into(RcT), "rc_replace": _rc_replace, "weak_new": _weak_new, "weak_upgrade": _weak_upgrade,
    "object": _object, "call": _call, "call_object": _call_object, "runtime": _anything, "extern": _anything, "c_entry": _c_entry,
    "copy": _copy, "own": _copy, "drop": _one_operand, "keep": _one_operand, "name": _one_operand, "suspend": _suspend, "given_up": _given_up,
    "yield": _yield, "gen_new": _gen_new, "gen_next": _gen_next, "frame_start": _frame_start, "frame_poll": _frame_poll,
    "frame_take": _frame_take, "gen_resume": _gen_resume, "gen_take": _gen_take, "message": _message,
    "message_args": _message_args, "message_take": _message_take,
    "ask": _cell, "fork": _cell, "reply_value": _reply_value, "reply": _one_operand, "state_load": _state_load, "state_store": _one_operand,
    "actor_type": _actor_type,
}  # fmt: skip
