"""C: its functions as ours, and ours as its.

In: `extern` declarations and calls of variadic ones; functions and closures that are given to C, functions with `#[export]`.
Out: bodies; values; pointers to C functions.
Assumed: C has strings as pointers to bytes with a NUL behind them; what crosses was checked.
"""

from __future__ import annotations

from pyhew.abi.functions import BY_NAME
from pyhew.check.model import UseFn, UseTrait
from pyhew.ir import ops
from pyhew.ir.ops import Function, Value
from pyhew.ir.types import F64, I32, PTR, STRING, UNIT, BoolT, FloatT, IntT, IrType, ObjectT, StructT, TupleT, Use
from pyhew.lower.context import Lower, Lowering
from pyhew.lower.instances import instance
from pyhew.lower.names import named_function
from pyhew.lower.objects import code_function, make_object
from pyhew.lower.returns import finish_body
from pyhew.syntax import nodes
from pyhew.types.model import FnType
from pyhew.types.symbols import FnInfo

Values = list[Value]

# --------------------------------------------------------------------------- its functions


def write_extern(cx: Lower, fn: FnInfo, params: Values) -> None:
    """The body of a declaration: a call of the C function."""
    result = _call(cx, fn, params, cx.fn.result)
    cx.b.ret([] if cx.fn.result == UNIT else [result])


def call_variadic(cx: Lower, fn: FnInfo, args: list[nodes.Expr], result: IrType) -> Value:
    """A call with more arguments than the declaration names."""
    return _call(cx, fn, [cx.expr(arg) for arg in args], result)


def _call(cx: Lower, fn: FnInfo, args: Values, result: IrType) -> Value:
    """The runtime's own functions know our strings; other arguments live until the call has returned."""
    attrs: dict[str, object] = {"symbol": fn.name}
    if fn.name in BY_NAME:
        made = cx.b.op(ops.EXTERN_CALL, args, [] if result == UNIT else [result], attrs)
        return made[0] if made else cx.b.unit()
    if isinstance(fn.node, nodes.FnDecl) and fn.node.is_variadic:
        fixed = attrs["fixed"] = len(fn.inputs)
        args[fixed:] = [_promoted(cx, arg) for arg in args[fixed:]]
    return _cross(cx, args, result, attrs)


def _cross(cx: Lower, args: Values, result: IrType, attrs: dict[str, object]) -> Value:
    given = [_to_c(cx, arg) for arg in args]
    made = cx.b.op(ops.EXTERN_CALL, given, [] if result == UNIT else [_in_c(result)], attrs)
    for arg, value in zip(args, given):
        if arg is not value:
            cx.b.op(ops.KEEP, [arg], [])
    return _from_c(cx, made[0], result) if made else cx.b.unit()


def _promoted(cx: Lower, value: Value) -> Value:
    """What C makes of an argument that no parameter stands for."""
    if isinstance(value.type, FloatT):
        return cx.b.convert(value, F64)
    is_small = isinstance(value.type, BoolT) or isinstance(value.type, IntT) and value.type.bits < I32.bits
    return cx.b.convert(value, I32) if is_small else value


# --------------------------------------------------------------------------- values


def _in_c(ty: IrType) -> IrType:
    """What stands in C for a type: a pointer for a text, also inside a record, and for a function."""
    if ty == STRING or isinstance(ty, ObjectT):
        return PTR
    if isinstance(ty, StructT):
        fields = tuple(_in_c(field) for field in ty.fields)
        return ty if fields == ty.fields else TupleT(fields)
    return ty


LENT, LEFT = "hew_string_to_c", "hew_string_left_to_c"
"""A text stays where it stands, so its owner must outlive the use; or it is a copy that C frees."""


def _to_c(cx: Lower, value: Value, text: str = LENT) -> Value:
    """The value for C."""
    if value.type == STRING:
        return cx.runtime(text, [value], PTR)
    kind = _in_c(value.type)
    if kind is value.type:
        return value
    assert isinstance(value.type, StructT)
    fields = enumerate(value.type.fields)
    return cx.b.pack([_to_c(cx, cx.b.project(value, (("field", at),), [], field), text) for at, field in fields], kind)


def _from_c(cx: Lower, value: Value, ty: IrType) -> Value:
    """A value of ours from what C has; texts are copied."""
    if ty == STRING:
        return cx.runtime("hew_string_from_c", [value], STRING)
    if isinstance(ty, ObjectT):
        return _function_of_c(cx, value, ty)
    if value.type is ty or not isinstance(ty, StructT):
        return value
    parts = cx.b.unpack(value, tuple(_in_c(field) for field in ty.fields))
    return cx.b.pack([_from_c(cx, part, field) for part, field in zip(parts, ty.fields)], ty)


def _function_of_c(cx: Lower, address: Value, ty: ObjectT) -> Value:
    """A function that C answers: a closure over its address."""
    signature = ty.methods[0]
    inner, params = code_function(cx, "function of C", signature, "")
    assert inner.env is not None and inner.env_struct is not None
    inner.env_struct.fields, inner.env_struct.field_names = (PTR,), ("address",)
    target = inner.b.project(inner.env, (("deref",), ("field", 0)), [], PTR)
    none, some = inner.b.new_block("none"), inner.b.new_block("some")
    inner.b.cond(inner.b.compare("eq", target, inner.b.zero(PTR)), none, some)
    inner.b.start_sealed(none)
    inner.runtime("hew_panic", [inner.b.string("a null pointer of C was called")])
    inner.b.unreachable()
    inner.b.start_sealed(some)
    result = _cross(inner, [target, *params], signature.result, {"symbol": ""})
    inner.b.ret([] if signature.result == UNIT else [result])
    inner.b.finish()
    return make_object(cx, inner, ty, [address])


# --------------------------------------------------------------------------- our functions


def c_entry(cx: Lower, node: nodes.Expr, ty: FnType) -> Value:
    """The C function behind a function that is named, or a closure that captures nothing."""
    use = cx.model.uses.get(node)
    if isinstance(use, UseFn | UseTrait):
        target = named_function(cx, use)
        key = ("c", target.symbol)
        entry = cx.low.derived.get(key)
        if entry is None:
            entry = cx.low.derived[key] = _forwarding(Lower(cx.low, _entry(cx.low, f"{target.symbol}.c", target.shown), {}), target)
    else:
        assert isinstance(node, nodes.Lambda)
        entry = _entry(cx.low, f"closure{len(cx.low.module.functions)}.c", "lambda")
        inner = Lower(cx.low, entry, cx.subst, cx)
        closure = cx.model.closures[node]
        for local, param in zip(closure.params, _params(inner, [cx.ir(param) for param in ty.params])):
            inner.declare(local, param)
        entry.result = cx.ir(ty.result)
        inner.result_type = closure.result
        finish_body(inner, node.body)
    entry.site = cx.b.site
    return cx.b.one(ops.C_ENTRY, [], PTR, {"callee": entry})


def export(low: Lowering, name: str, fn: FnInfo) -> None:
    """The C function of one with `#[export]`."""
    assert fn.node is not None
    entry = _entry(low, name, fn.name)
    entry.exported, entry.site = True, fn.node.name.span
    _forwarding(Lower(low, entry, {}), instance(low, fn, ()))


def _entry(low: Lowering, c_name: str, shown: str) -> Function:
    fn = low.new_function(low.symbol("foreign", c_name, ""), shown, UNIT)
    fn.c_name = c_name
    return fn


def _params(inner: Lower, types: list[IrType]) -> Values:
    """Gives an entry its parameters; what they are in Hew."""
    inner.fn.params = [Value(_in_c(ty), f"a{at}") for at, ty in enumerate(types)]
    inner.fn.modes = [Use.BORROW] * len(types)
    return [_from_c(inner, param, ty) for param, ty in zip(inner.fn.params, types)]


def _forwarding(inner: Lower, target: Function) -> Function:
    """An entry that calls `target`."""
    inner.fn.result = _in_c(target.result)
    result, _ = inner.call(target, _params(inner, [param.type for param in target.params]))
    inner.b.ret([] if target.result == UNIT else [_to_c(inner, result, LEFT)])
    inner.b.finish()
    return inner.fn
