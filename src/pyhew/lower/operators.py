"""Operators, casts, indexing, ranges, `?`.

In: operator nodes.  Out: values.
Assumed: `+ - *` trap on overflow; the `&` forms wrap; comparisons are structural.
"""

from __future__ import annotations

from pyhew.check.errors.values import BadOperator
from pyhew.check.model import UseFn, UseTrait
from pyhew.ir import ops
from pyhew.ir.ops import Value
from pyhew.ir.types import BOOL, I32, I64, STRING, FloatT, IntT, VecT
from pyhew.lower import places
from pyhew.lower.context import Lower
from pyhew.lower.derive import equal
from pyhew.lower.instances import instance, resolve_trait
from pyhew.lower.literals import lower_int
from pyhew.syntax import nodes
from pyhew.types import facts
from pyhew.types.model import BYTES, CHAR, Nominal, Type, show

NAMES = {"+": "add", "-": "sub", "*": "mul", "/": "div", "%": "rem", "&": "and", "|": "or", "^": "xor",
         "<<": "shl", ">>": "shr", "&+": "add", "&-": "sub", "&*": "mul"}  # fmt: skip
PREDICATES = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge"}


def lower_unary(cx: Lower, node: nodes.Unary) -> Value:
    """`-e`, `!e`, `~e`, `clone e`."""
    if node.op == "-" and isinstance(node.operand, nodes.IntLiteral):
        return lower_int(cx, node.operand, -1)
    value = cx.expr(node.operand)
    match node.op:
        case "-":
            return cx.b.one(ops.NEGATE, [value], value.type, {"policy": "trap"})
        case "clone":
            return clone(cx, value, cx.type_of(node.operand))
        case _:
            return cx.b.one(ops.NOT, [value], value.type)


def clone(cx: Lower, value: Value, ty: Type) -> Value:
    """One more owner; handles that are not shared by counting make another end of themselves."""
    if facts.is_builtin(ty, "Sender"):
        return cx.runtime("hew_channel_clone", [value], value.type)
    return cx.b.project(value, (), [], value.type)


def lower_binary(cx: Lower, node: nodes.Binary) -> Value:
    """`a op b`."""
    if node.op in ("&&", "||"):
        return short_circuit(cx, node)
    left = cx.expr(node.left)
    asked = cx.model.written.get(node)
    if asked is not None:
        return cx.b.const(cx.close(asked) == cx.type_of(node.left), BOOL)
    right = cx.expr(node.right)
    if node.op in ("==", "!=", "is"):
        ty = cx.type_of(node.left)
        if node.op == "is" and facts.is_builtin(ty, "Rc"):
            return cx.b.negate_bool(cx.b.is_zero(cx.runtime("hew_rc_same", [left, right], I32)))
        if not facts.is_comparable(ty):
            # Only an instance of generic code can get here: the checker saw a type parameter.
            cx.low.world.sink.report(BadOperator(node.span, node.op, show(ty), show(ty)))
            return cx.b.const(False, BOOL)
        same = equal(cx, left, right, ty, top=True)
        return same if node.op != "!=" else cx.b.negate_bool(same)
    return binary(cx, node.op, left, right)


def binary(cx: Lower, op: str, left: Value, right: Value) -> Value:
    """An operator on values."""
    if op in PREDICATES:
        if left.type == STRING:
            order = cx.runtime("hew_string_compare", [left, right], IntT(32, True))
            return cx.b.compare(PREDICATES[op], order, cx.b.int(0, order.type))
        return cx.b.compare(PREDICATES[op], left, right)
    if left.type == STRING:
        return join(cx, left, right)
    if op in ("<<", ">>"):
        right = cx.b.convert(right, left.type)
    policy = "wrap" if isinstance(left.type, FloatT) or op in ("&+", "&-", "&*") else "trap"
    return cx.b.arith(NAMES[op], left, right, policy)


def join(cx: Lower, left: Value, right: Value) -> Value:
    """Two strings; the left one grows in place when this is its last use."""
    return cx.runtime("hew_string_append", [left, right], STRING)


def short_circuit(cx: Lower, node: nodes.Binary) -> Value:
    """`&&` and `||`."""
    left = cx.expr(node.left)
    result = cx.temp("both", left)
    more, done = cx.b.new_block("more"), cx.b.new_block("known")
    if node.op == "&&":
        cx.b.cond(left, more, done)
    else:
        cx.b.cond(left, done, more)
    cx.b.start_sealed(more)
    cx.b.write(result, cx.expr(node.right))
    cx.b.branch(done)
    cx.b.start_sealed(done)
    return cx.b.read(result)


def lower_cast(cx: Lower, node: nodes.Cast) -> Value:
    """`e as T`."""
    value = cx.expr(node.operand)
    ty = cx.ir(cx.model.written[node])
    if value.type == ty:
        return value
    if value.type == BOOL:
        number = cx.temp("number", cx.b.int(0, ty))
        yes, done = cx.b.new_block("one"), cx.b.new_block("cast")
        cx.b.cond(value, yes, done)
        cx.b.start_sealed(yes)
        cx.b.write(number, cx.b.int(1, ty))
        cx.b.branch(done)
        cx.b.start_sealed(done)
        return cx.b.read(number)
    return cx.b.convert(value, ty)


def lower_index(cx: Lower, node: nodes.Index) -> Value:
    """`e[i]`, `e[a..b]`."""
    base_type = cx.type_of(node.base)
    if isinstance(node.index, nodes.Range):
        return _slice(cx, node, node.index, base_type)
    use = cx.model.uses.get(node)
    if isinstance(use, UseFn | UseTrait):
        base = cx.expr(node.base)
        index = cx.expr(node.index)
        if isinstance(use, UseFn):
            fn = instance(cx.low, use.fn, tuple(cx.close(a) for a in use.args))
        else:
            args = tuple(cx.close(a) for a in use.trait_args)
            fn = instance(
                cx.low, *resolve_trait(cx.low.world, use.trait, use.method, cx.close(use.self_type), args, ())
            )
        return cx.call(fn, [base, index])[0]
    place = places.place_of(cx, node)
    if place is not None and base_type != BYTES:
        return places.read(cx, place)
    base = cx.expr(node.base)
    index = cx.b.convert(cx.expr(node.index), I64)
    if base.type == STRING or base_type == BYTES:
        (method,) = cx.low.world.methods(base_type, "at")
        return cx.call(instance(cx.low, method.fn, ()), [base, index])[0]
    assert isinstance(base.type, VecT)
    return cx.b.project(base, (("elem",),), [index], base.type.element)


def _slice(cx: Lower, node: nodes.Index, bounds: nodes.Range, base_type: Type) -> Value:
    base = cx.expr(node.base)
    low = cx.b.convert(cx.expr(bounds.low), I64) if bounds.low is not None else cx.b.int(0)
    name = "slice_chars" if base.type == STRING else "slice"
    if bounds.high is None:
        (count,) = cx.low.world.methods(base_type, "char_count" if base.type == STRING else "len")
        args = tuple(cx.close(a) for a in count.outer)
        high = cx.call(instance(cx.low, count.fn, args), [base])[0]
    else:
        high = cx.b.convert(cx.expr(bounds.high), I64)
        if bounds.inclusive:
            high = cx.b.arith("add", high, cx.b.int(1))
    (method,) = cx.low.world.methods(base_type, name)
    fn = instance(cx.low, method.fn, tuple(cx.close(a) for a in method.outer))
    return cx.call(fn, [base, low, high])[0]


def lower_range(cx: Lower, node: nodes.Range) -> Value:
    """`a..b` as a value: first item, last one, step, whether there are any."""
    ty = cx.type_of(node)
    assert isinstance(ty, Nominal)
    element = cx.ir(ty.args[0])
    one = cx.b.int(1, element)
    low = cx.expr(node.low) if node.low is not None else cx.b.int(0, element)
    if node.high is None:
        assert isinstance(element, IntT)
        top = cx.b.int(0x10FFFF if ty.args[0] == CHAR else (1 << (element.bits - element.signed)) - 1, element)
        return cx.b.pack([low, top, one, cx.b.const(True, BOOL)], cx.ir(ty))
    high = cx.expr(node.high)
    last = high if node.inclusive else cx.b.arith("sub", high, one, "wrap")
    return cx.b.pack([low, last, one, cx.b.compare("le" if node.inclusive else "lt", low, high)], cx.ir(ty))
