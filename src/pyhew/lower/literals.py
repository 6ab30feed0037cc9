"""Literals, tuples, arrays, maps, f-strings.

In: literal nodes.  Out: values.
Assumed: checked types decide widths.
"""

from __future__ import annotations

from pyhew.check.model import UseTrait
from pyhew.ir import ops
from pyhew.ir.ops import Value
from pyhew.ir.types import BOOL, I64, STRING, U8, U32, FloatT, IntT, VecT
from pyhew.lower.context import Lower
from pyhew.lower.derive import debug_string
from pyhew.lower.instances import instance, resolve_trait
from pyhew.lower.objects import call_dyn_method
from pyhew.lower.places import consumed
from pyhew.lower.regex import lower_regex
from pyhew.syntax import nodes
from pyhew.types.model import DynType, Nominal, Type


def lower_int(cx: Lower, node: nodes.IntLiteral, sign: int = 1) -> Value:
    """An integer, or a float when the place wants one."""
    ty = cx.ir_of(node)
    if isinstance(ty, FloatT):
        return cx.b.const(float(sign * node.value), ty)
    return cx.b.const(sign * node.value, ty if isinstance(ty, IntT) else I64)


def lower_simple(cx: Lower, node: nodes.Expr) -> Value:
    """Literals without parts."""
    match node:
        case nodes.FloatLiteral():
            return cx.b.const(float(node.text), cx.ir_of(node))
        case nodes.DurationLiteral():
            return cx.b.int(node.nanoseconds)
        case nodes.StringLiteral():
            return cx.b.string(node.value)
        case nodes.RegexLiteral():
            return lower_regex(cx, node)
        case nodes.BytesLiteral():
            return cx.b.one(ops.BYTES_LITERAL, [], VecT(U8), {"data": node.value})
        case nodes.CharLiteral():
            return cx.b.const(node.value, U32)
        case _:
            assert isinstance(node, nodes.BoolLiteral)
            return cx.b.const(node.value, BOOL)


def lower_tuple(cx: Lower, node: nodes.TupleLiteral) -> Value:
    """`(a, b)`."""
    if not node.items:
        return cx.b.unit()
    return cx.b.pack([consumed(cx, e) for e in node.items], cx.ir_of(node))


def lower_array(cx: Lower, node: nodes.ArrayLiteral | nodes.BytesArray) -> Value:
    """`[a, b]`."""
    ty = cx.ir_of(node)
    assert isinstance(ty, VecT)
    made = cx.b.zero(ty)
    if not node.items:
        return made
    items = [consumed(cx, item) for item in node.items]
    (made,) = cx.b.op(ops.VEC_RESERVE, [made, cx.b.int(len(items))], [ty])
    for item in items:
        (made,) = cx.b.op(ops.VEC_PUSH, [made, item], [ty])
    return made


def lower_repeat(cx: Lower, node: nodes.ArrayRepeat) -> Value:
    """`[e; n]`."""
    ty = cx.ir_of(node)
    value = cx.expr(node.value)
    count = cx.b.convert(cx.expr(node.count), I64)
    (made,) = cx.b.op(ops.VEC_RESERVE, [cx.b.zero(ty), count], [ty])
    vec = cx.temp("made", made)
    index = cx.temp("index", cx.b.int(0))
    head, body, done = cx.b.new_block("fill"), cx.b.new_block("filling"), cx.b.new_block("filled")
    cx.b.branch(head)
    cx.b.start(head)
    cx.b.cond(cx.b.compare("lt", cx.b.read(index), count), body, done)
    cx.b.start_sealed(body)
    (after,) = cx.b.op(ops.VEC_PUSH, [cx.b.read(vec), value], [ty])
    cx.b.write(vec, after)
    cx.b.write(index, cx.b.arith("add", cx.b.read(index), cx.b.int(1), "wrap"))
    cx.b.branch(head)
    cx.b.seal(head)
    cx.b.start_sealed(done)
    return cx.b.read(vec)


def lower_map(cx: Lower, node: nodes.MapLiteral) -> Value:
    """`{"a": 1}`: inserts in order."""
    ty = cx.type_of(node)
    assert isinstance(ty, Nominal)
    (method,) = cx.low.world.methods(ty, "insert")
    insert = instance(cx.low, method.fn, tuple(cx.close(a) for a in method.outer))
    made = cx.b.zero(cx.ir(ty))
    for entry in node.entries:
        key, value = consumed(cx, entry.key), consumed(cx, entry.value)
        _, after = cx.call(insert, [made, key, value])
        made = after[0]
    return made


def lower_format(cx: Lower, node: nodes.FormatString) -> Value:
    """`f"..."`: the pieces joined."""
    text: Value | None = None
    for part in node.parts:
        piece = cx.b.string(part) if isinstance(part, str) else lower_hole(cx, part)
        text = piece if text is None else cx.runtime("hew_string_append", [text, piece], STRING)
    return text if text is not None else cx.b.string("")


def lower_hole(cx: Lower, hole: nodes.FormatHole) -> Value:
    """One `{e}`."""
    value = cx.expr(hole.value)
    ty = cx.type_of(hole.value)
    if hole.debug:
        return debug_string(cx, value, ty)
    return display_string(cx, value, ty, cx.model.displays.get(hole))


def display_string(cx: Lower, value: Value, ty: Type, use: object) -> Value:
    """`value.fmt()`."""
    if value.type == STRING:
        return value
    trait = cx.low.world.trait("Display")
    if isinstance(use, UseTrait):
        trait = use.trait

    if isinstance(ty, DynType):
        return call_dyn_method(cx, value, ty, trait, "fmt", [])
    fn, args = resolve_trait(cx.low.world, trait, "fmt", ty, (), ())
    result, _ = cx.call(instance(cx.low, fn, args), [value])
    return result
