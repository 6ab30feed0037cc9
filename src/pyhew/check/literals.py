"""Literals, tuples, arrays, maps, f-strings.

In: literal nodes and the wanted type.  Out: their types.
Assumed: integer ranges are checked when the body is settled, because a
literal's type may be known only then.
"""

from __future__ import annotations

from pyhew.check.context import Check
from pyhew.check.errors.types import BoundNotMet, KeyNotAllowed, TypeMismatch, TypeTooLarge
from pyhew.check.errors.values import LiteralOutOfRange
from pyhew.check.model import UseFn, UseTrait
from pyhew.syntax import nodes
from pyhew.types import facts
from pyhew.types.model import (
    BYTES,
    I64,
    INTS,
    STRING,
    U8,
    UNIT,
    ArrayType,
    Nominal,
    Prim,
    TraitRef,
    TupleType,
    Type,
    Var,
    is_float,
    is_huge,
    is_int,
    prune,
    show,
    unify,
)


def check_int(cx: Check, node: nodes.IntLiteral, want: Type | None, negative: bool = False) -> Type:
    """The wanted integer type, else one still to be found (default i64)."""
    if want is not None and is_int(want):
        ty: Type = prune(want)
    elif want is not None and is_float(want):
        return prune(want)
    else:
        ty = Var("int")
    cx.literals.append((node, ty, negative))
    return ty


def check_float(want: Type | None) -> Type:
    """The wanted float type, else one still to be found (default f64)."""
    if want is not None and is_float(want):
        return prune(want)
    return Var("float")


def check_literal_ranges(cx: Check) -> None:
    """Reports integer literals that their type cannot hold."""
    for node, ty, negative in cx.literals:
        if is_float(cx.world.model.types.get(node, ty)):
            continue
        ty = prune(ty)
        name = ty.name if isinstance(ty, Prim) else "i64"
        bits, signed = INTS.get(name, (64, True))
        high = 1 << (bits - 1) if signed else 1 << bits
        limit = high if negative and signed else high - 1
        if negative and not signed and node.value != 0:
            cx.report(LiteralOutOfRange(node.span, f"-{node.value}", name))
        elif node.value > limit:
            cx.report(LiteralOutOfRange(node.span, str(node.value), name))


def check_tuple(cx: Check, node: nodes.TupleLiteral, want: Type | None) -> Type:
    """`(a, b)`."""
    if not node.items:
        return UNIT
    wanted = prune(want) if want is not None else None
    items = wanted.items if isinstance(wanted, TupleType) and len(wanted.items) == len(node.items) else None
    if items is not None:
        return TupleType(tuple(cx.expect(e, items[i]) for i, e in enumerate(node.items)))
    made = TupleType(tuple(cx.expr(e) for e in node.items))
    return cx.report(TypeTooLarge(node.span, "the type of this tuple")) if is_huge(made) else made


def element_wanted(cx: Check, want: Type | None) -> Type:
    """The element type a wanted Vec or array has, else a variable."""
    wanted = prune(want) if want is not None else None
    if isinstance(wanted, ArrayType):
        return wanted.element
    if wanted is not None and facts.is_builtin(wanted, "Vec"):
        assert isinstance(wanted, Nominal)
        return wanted.args[0]
    if wanted == BYTES:
        return U8
    return Var()


def check_array(cx: Check, node: nodes.ArrayLiteral, want: Type | None) -> Type:
    """`[a, b]`: a Vec, an array or bytes, as wanted."""
    element = element_wanted(cx, want)
    for item in node.items:
        cx.expect(item, element, "all elements have one type")
    wanted = prune(want) if want is not None else None
    if isinstance(wanted, ArrayType):
        if wanted.length != len(node.items):
            return cx.report(TypeMismatch(node.span, show(wanted), f"[{show(element)}; {len(node.items)}]"))
        return wanted
    return BYTES if wanted == BYTES else cx.world.builtin("Vec", element)


def check_repeat(cx: Check, node: nodes.ArrayRepeat, want: Type | None) -> Type:
    """`[e; n]`."""
    element = element_wanted(cx, want)
    cx.expect(node.value, element)
    cx.expect(node.count, I64)
    wanted = prune(want) if want is not None else None
    if isinstance(wanted, ArrayType):
        return wanted
    return BYTES if wanted == BYTES else cx.world.builtin("Vec", element)


def check_bytes_array(cx: Check, node: nodes.BytesArray) -> Type:
    """`bytes[0x41]`."""
    for item in node.items:
        cx.expect(item, U8)
    return BYTES


def check_map(cx: Check, node: nodes.MapLiteral, want: Type | None) -> Type:
    """`{"a": 1}`."""
    key: Type = Var()
    value: Type = Var()
    wanted = prune(want) if want is not None else None
    if wanted is not None and facts.is_builtin(wanted, "HashMap"):
        assert isinstance(wanted, Nominal)
        key, value = wanted.args
    for entry in node.entries:
        cx.expect(entry.key, key)
        cx.expect(entry.value, value)
    if not facts.is_key(key):
        return cx.report(KeyNotAllowed(node.span, show(key), facts.is_key(key, by_record=True)))
    return cx.world.builtin("HashMap", key, value)


def check_format(cx: Check, node: nodes.FormatString) -> Type:
    """`f"{x} {y:?}"`."""
    for part in node.parts:
        if isinstance(part, nodes.FormatHole):
            ty = cx.expr(part.value)
            cx.world.model.types[part] = ty
            if part.debug:
                continue
            require_display(cx, part, ty)
    return STRING


def require_display(cx: Check, node: nodes.Node, ty: Type) -> None:
    """Records how a value of this type is shown, or reports that it cannot be."""
    known = cx.known(ty)
    if isinstance(known, Var) and known.kind == "any":
        unify(known, I64)
    display = cx.world.trait("Display")
    if not cx.world.satisfies(known, TraitRef(display)):
        cx.report(BoundNotMet(node.span, show(known), "Display"))
        return
    cx.world.model.displays[node] = UseTrait(display, "fmt", ty, (), ())


__all__ = ["UseFn", "check_array", "check_bytes_array", "check_float", "check_format", "check_int",
           "check_literal_ranges", "check_map", "check_repeat", "check_tuple", "require_display"]  # fmt: skip
