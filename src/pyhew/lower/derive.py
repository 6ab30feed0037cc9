"""Code made per type: structural equality, hashing, debug text.

In: values of closed surface types.  Out: bools, numbers, strings.
Assumed: floats compare by IEEE at the top and by bits inside; a Display impl wins over structure.
Aggregates get one function per type so that code stays small and recursion works.
"""

from __future__ import annotations

from collections.abc import Callable

from pyhew.ir import facts as ir_facts
from pyhew.ir import ops
from pyhew.ir.ops import Function, Value
from pyhew.ir.types import (
    BOOL,
    I32,
    I64,
    PTR,
    STRING,
    U64,
    UNIT,
    BoxT,
    EnumT,
    FloatT,
    IntT,
    IrType,
    ResourceT,
    Use,
    VecT,
)
from pyhew.lower.context import Lower
from pyhew.lower.instances import instance, resolve_trait
from pyhew.source.diagnostics import CompilerBug
from pyhew.types import facts
from pyhew.types.model import CHAR, ArrayType, DynType, Nominal, Prim, TraitRef, TupleType, Type, show, substitute
from pyhew.types.model import UNIT as UNIT_TYPE
from pyhew.types.symbols import EnumInfo, RecordInfo

Write = Callable[[Lower, list[Value], Type], None]


def _function(cx: Lower, kind: str, ty: Type, inputs: int, result: IrType, write: Write) -> Function:
    """The helper of a type, written once."""
    key = (kind, ty)
    found = cx.low.derived.get(key)
    if found is not None:
        return found
    made = cx.low.new_function(cx.low.symbol("derived", kind, show(ty)), f"{kind}<{show(ty)}>", result)
    made.is_std = True
    cx.low.derived[key] = made
    ir = cx.low.types.lower(ty)
    for index in range(inputs):
        made.params.append(Value(ir, f"v{index}", ir_facts.owns_heap(ir)))
        made.modes.append(Use.BORROW)

    def body() -> None:
        inner = Lower(cx.low, made, {})
        write(inner, list(made.params), ty)
        inner.b.finish()

    cx.low.todo.append(body)
    return made


def _is_scalar(ty: IrType) -> bool:
    return not ir_facts.owns_heap(ty) and isinstance(ty, IntT | FloatT) or ty == BOOL


def _parts(cx: Lower, ty: Type) -> tuple[Type, ...]:
    """The surface types of a record's or tuple's fields."""
    if isinstance(ty, TupleType):
        return ty.items
    assert isinstance(ty, Nominal) and isinstance(ty.info, RecordInfo)
    mapping = dict(zip(ty.info.params, ty.args))
    return tuple(cx.low.world.normalise(substitute(f.type, mapping)) for f in ty.info.fields)


def _variants(cx: Lower, ty: Nominal) -> list[tuple[Type, ...]]:
    assert isinstance(ty.info, EnumInfo)
    mapping = dict(zip(ty.info.params, ty.args))
    return [
        tuple(cx.low.world.normalise(substitute(f.type, mapping)) for f in v.fields) for v in ty.info.variants
    ]


def _is_product(ty: Type) -> bool:
    if isinstance(ty, TupleType):
        return True
    return isinstance(ty, Nominal) and isinstance(ty.info, RecordInfo) and not ty.info.marker


def _element(ty: Type) -> Type:
    """What a vector, an array or bytes are made of."""
    match ty:
        case Nominal():
            return ty.args[0]
        case ArrayType():
            return ty.element
        case _:
            return Prim("u8")


# --------------------------------------------------------------------------- equality


def equal(cx: Lower, left: Value, right: Value, ty: Type, top: bool = False) -> Value:
    """`left == right`."""
    ir = left.type
    if isinstance(ir, FloatT) and not top:
        bits = IntT(ir.bits, False)
        return cx.b.compare("eq", cx.b.one(ops.BITCAST, [left], bits), cx.b.one(ops.BITCAST, [right], bits))
    if _is_scalar(ir) or ir == PTR:
        return cx.b.compare("eq", left, right)
    if ir == STRING:
        return cx.runtime("hew_string_equal", [left, right], BOOL)
    if ir == UNIT:
        return cx.b.const(True, BOOL)
    fn = _function(cx, "eq", ty, 2, BOOL, _write_equal)
    return cx.call(fn, [left, right])[0]


def _write_equal(cx: Lower, values: list[Value], ty: Type) -> None:
    left, right = values
    if _is_product(ty) or isinstance(left.type, ResourceT):
        for index, part in enumerate(_parts(cx, ty)):
            _unless(cx, equal(cx, _at(cx, left, index), _at(cx, right, index), part))
        cx.b.ret([cx.b.const(True, BOOL)])
        return
    if isinstance(ty, Nominal) and isinstance(ty.info, EnumInfo):
        _write_equal_enum(cx, left, right, ty)
        return
    if isinstance(left.type, VecT):
        element = _element(ty)
        count = cx.b.one(ops.VEC_LEN, [left], I64)
        _unless(cx, cx.b.compare("eq", count, cx.b.one(ops.VEC_LEN, [right], I64)))

        def each(index: Value) -> None:
            assert isinstance(left.type, VecT)
            one = cx.b.project(left, (("elem",),), [index], left.type.element)
            other = cx.b.project(right, (("elem",),), [index], left.type.element)
            _unless(cx, equal(cx, one, other, element, top=True))

        loop(cx, count, each)
        cx.b.ret([cx.b.const(True, BOOL)])
        return
    raise CompilerBug(f"`{show(ty)}` has no equality")


def _write_equal_enum(cx: Lower, left: Value, right: Value, ty: Nominal) -> None:
    prefix: tuple[tuple[object, ...], ...] = (("deref",),) if isinstance(left.type, BoxT) else ()
    enum = left.type.content if isinstance(left.type, BoxT) else left.type
    assert isinstance(enum, EnumT)
    tag = cx.b.tag(left, prefix)
    _unless(cx, cx.b.compare("eq", tag, cx.b.tag(right, prefix)))
    for variant, parts in enumerate(_variants(cx, ty)):
        if not parts:
            continue
        here, rest = cx.b.new_block("variant"), cx.b.new_block("next")
        cx.b.cond(cx.b.compare("eq", tag, cx.b.int(variant, I32)), here, rest)
        cx.b.start_sealed(here)
        for index, part in enumerate(parts):
            path = (*prefix, ("payload", variant, index))
            ir = enum.variants[variant][index]
            one, other = cx.b.project(left, path, [], ir), cx.b.project(right, path, [], ir)
            _unless(cx, equal(cx, one, other, part))
        cx.b.ret([cx.b.const(True, BOOL)])
        cx.b.start_sealed(rest)
    cx.b.ret([cx.b.const(True, BOOL)])


def _unless(cx: Lower, same: Value) -> None:
    """Returns false unless `same`."""
    on, off = cx.b.new_block("same"), cx.b.new_block("differs")
    cx.b.cond(same, on, off)
    cx.b.start_sealed(off)
    cx.b.ret([cx.b.const(False, BOOL)])
    cx.b.start_sealed(on)


def _at(cx: Lower, value: Value, index: int) -> Value:
    if isinstance(value.type, ResourceT):
        return cx.b.project(value, (("deref",), ("field", index)), [], value.type.content.fields[index])
    return cx.b.project(value, (("field", index),), [], ir_facts.parts(value.type)[index])


def loop(cx: Lower, count: Value, each: Callable[[Value], None]) -> None:
    """Runs `each` for 0 .. count - 1."""
    index = cx.temp("index", cx.b.int(0))
    head, body, done = cx.b.new_block("each"), cx.b.new_block("body"), cx.b.new_block("done")
    cx.b.branch(head)
    cx.b.start(head)
    cx.b.cond(cx.b.compare("lt", cx.b.read(index), count), body, done)
    cx.b.start_sealed(body)
    each(cx.b.read(index))
    cx.b.write(index, cx.b.arith("add", cx.b.read(index), cx.b.int(1), "wrap"))
    cx.b.branch(head)
    cx.b.seal(head)
    cx.b.start_sealed(done)


# --------------------------------------------------------------------------- hash


def hash_value(cx: Lower, value: Value, ty: Type) -> Value:
    """A 63-bit hash; equal values have equal hashes."""
    raw = _hash(cx, value, ty)
    return cx.b.arith("and", cx.b.convert(raw, I64), cx.b.int((1 << 63) - 1), "wrap")


def _hash(cx: Lower, value: Value, ty: Type) -> Value:
    ir = value.type
    if isinstance(ir, FloatT):
        bits = cx.b.convert(cx.b.one(ops.BITCAST, [value], IntT(ir.bits, False)), U64)
        return cx.runtime("hew_hash_i64", [cx.b.convert(bits, I64)], U64)
    if ir == BOOL:
        return cx.runtime("hew_hash_i64", [_bool_number(cx, value)], U64)
    if isinstance(ir, IntT):
        return cx.runtime("hew_hash_i64", [cx.b.convert(value, I64)], U64)
    if ir == STRING:
        return cx.runtime("hew_string_hash", [value], U64)
    if _is_product(ty):
        total = cx.b.const(1, U64)
        for index, part in enumerate(_parts(cx, ty)):
            inner = _hash(cx, _at(cx, value, index), part)
            total = cx.runtime("hew_hash_combine", [total, inner], U64)
        return total
    return cx.b.const(0, U64)


def _bool_number(cx: Lower, value: Value) -> Value:
    number = cx.temp("number", cx.b.int(0))
    yes, done = cx.b.new_block("one"), cx.b.new_block("bit")
    cx.b.cond(value, yes, done)
    cx.b.start_sealed(yes)
    cx.b.write(number, cx.b.int(1))
    cx.b.branch(done)
    cx.b.start_sealed(done)
    return cx.b.read(number)


# --------------------------------------------------------------------------- debug text


def debug_string(cx: Lower, value: Value, ty: Type) -> Value:
    """`{value:?}`: Display when there is one, else the structure."""
    display = cx.low.world.trait("Display")
    if value.type == STRING:
        return value
    if cx.low.world.satisfies(ty, TraitRef(display)):
        if not isinstance(ty, DynType):
            shown = instance(cx.low, *resolve_trait(cx.low.world, display, "fmt", ty, (), ()))
            return cx.call(shown, [value])[0]
    if ty == UNIT_TYPE:
        return cx.b.string("()")
    if ty == CHAR:
        return cx.runtime("hew_string_from_char", [value], STRING)
    fn = _function(cx, "debug", ty, 1, STRING, _write_debug)
    return cx.call(fn, [value])[0]


def _write_debug(cx: Lower, values: list[Value], ty: Type) -> None:
    (value,) = values
    if isinstance(ty, TupleType):
        cx.b.ret([_listed(cx, "(", value, [("", t) for t in ty.items], ")")])
    elif facts.is_builtin(ty, "HashMap"):
        _debug_by_method(cx, value, ty, "entries", "{", "}")
    elif facts.is_builtin(ty, "HashSet"):
        _debug_by_method(cx, value, ty, "to_vec", "{", "}")
    elif _is_product(ty):
        assert isinstance(ty, Nominal) and isinstance(ty.info, RecordInfo)
        names = [f.name for f in ty.info.fields]
        parts = list(zip(names, _parts(cx, ty)))
        if ty.info.is_tuple:
            cx.b.ret([_listed(cx, f"{ty.info.name}(", value, [("", t) for _, t in parts], ")")])
        else:
            cx.b.ret([_listed(cx, f"{ty.info.name} {{ ", value, parts, " }")])
    elif isinstance(ty, Nominal) and isinstance(ty.info, EnumInfo):
        _debug_enum(cx, value, ty)
    elif isinstance(value.type, VecT):
        element = _element(ty)
        cx.b.ret([_debug_items(cx, value, element, "[", "]", False)])
    else:
        cx.b.ret([cx.b.string(f"<{show(ty)}>")])


def _join(cx: Lower, *pieces: Value) -> Value:
    text = pieces[0]
    for piece in pieces[1:]:
        text = cx.runtime("hew_string_append", [text, piece], STRING)
    return text


def _listed(cx: Lower, opening: str, value: Value, parts: list[tuple[str, Type]], closing: str) -> Value:
    text = cx.b.string(opening)
    for index, (name, part) in enumerate(parts):
        lead = (", " if index else "") + (f"{name}: " if name else "")
        text = _join(cx, text, cx.b.string(lead), debug_string(cx, _at(cx, value, index), part))
    return _join(cx, text, cx.b.string(closing))


def _debug_enum(cx: Lower, value: Value, ty: Nominal) -> None:
    assert isinstance(ty.info, EnumInfo)
    prefix: tuple[tuple[object, ...], ...] = (("deref",),) if isinstance(value.type, BoxT) else ()
    enum = value.type.content if isinstance(value.type, BoxT) else value.type
    assert isinstance(enum, EnumT)
    tag = cx.b.tag(value, prefix)
    for variant, parts in enumerate(_variants(cx, ty)):
        info = ty.info.variants[variant]
        here, rest = cx.b.new_block("variant"), cx.b.new_block("next")
        cx.b.cond(cx.b.compare("eq", tag, cx.b.int(variant, I32)), here, rest)
        cx.b.start_sealed(here)
        text = cx.b.string(info.name + ("" if not parts else " { " if info.shape == "struct" else "("))
        for index, part in enumerate(parts):
            path = (*prefix, ("payload", variant, index))
            lead = (", " if index else "") + (f"{info.fields[index].name}: " if info.shape == "struct" else "")
            inner = cx.b.project(value, path, [], enum.variants[variant][index])
            text = _join(cx, text, cx.b.string(lead), debug_string(cx, inner, part))
        if parts:
            text = _join(cx, text, cx.b.string(" }" if info.shape == "struct" else ")"))
        cx.b.ret([text])
        cx.b.start_sealed(rest)
    cx.b.ret([cx.b.string("?")])


def _debug_by_method(cx: Lower, value: Value, ty: Type, name: str, opening: str, closing: str) -> None:
    (method,) = cx.low.world.methods(ty, name)
    items = cx.call(instance(cx.low, method.fn, tuple(cx.close(a) for a in method.outer)), [value])[0]
    assert isinstance(ty, Nominal)
    element: Type = TupleType(ty.args) if name == "entries" else ty.args[0]
    cx.b.ret([_debug_items(cx, items, element, opening, closing, name == "entries")])


def _debug_items(cx: Lower, items: Value, element: Type, opening: str, closing: str, pairs: bool) -> Value:
    assert isinstance(items.type, VecT)
    kept = cx.temp("items", items)
    text = cx.temp("text", cx.b.string(opening))
    count = cx.b.one(ops.VEC_LEN, [items], I64)

    def each(index: Value) -> None:
        first, later, go = cx.b.new_block("first"), cx.b.new_block("later"), cx.b.new_block("item")
        cx.b.cond(cx.b.is_zero(index), first, later)
        cx.b.start_sealed(later)
        cx.b.write(text, _join(cx, cx.b.read(text), cx.b.string(", ")))
        cx.b.branch(go)
        cx.b.start_sealed(first)
        cx.b.branch(go)
        cx.b.start_sealed(go)
        vec = cx.b.read(kept)
        assert isinstance(vec.type, VecT)
        item = cx.b.project(vec, (("elem",),), [index], vec.type.element)
        if pairs:
            assert isinstance(element, TupleType)
            key = debug_string(cx, _at(cx, item, 0), element.items[0])
            shown = _join(cx, key, cx.b.string(": "), debug_string(cx, _at(cx, item, 1), element.items[1]))
        else:
            shown = debug_string(cx, item, element)
        cx.b.write(text, _join(cx, cx.b.read(text), shown))

    loop(cx, count, each)
    return _join(cx, cx.b.read(text), cx.b.string(closing))
