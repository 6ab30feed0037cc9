"""Places: a variable and a path of fields and elements; reading, replacing and changing what stands there.

In: expressions that name storage.  Out: `Place`, or None for a temporary.
Assumed: indices are computed left to right, once, before the operation.
"""

from __future__ import annotations

from collections.abc import Callable

from pyhew.check.model import UseField, UseFn, UseLocal, UseMember, UseTrait
from pyhew.check.subtrees import results_of
from pyhew.ir import facts as ir_facts
from pyhew.ir import ops
from pyhew.ir.ops import Value
from pyhew.ir.types import I64, IrType, ResourceT, VecT
from pyhew.lower.builder import Variable
from pyhew.lower.context import Lower
from pyhew.source.records import field, record
from pyhew.syntax import nodes
from pyhew.types import facts

Step = tuple[object, ...]


@record(eq=False, slots=True)
class Place:
    """Where a value stands."""
    root: Variable
    path: tuple[Step, ...] = ()
    indices: list[Value] = field(default_factory=list)
    type: IrType = I64


def place_of(cx: Lower, node: nodes.Expr) -> Place | None:
    """The place an expression names; its indices are evaluated here."""
    match node:
        case nodes.NameExpr():
            use = cx.model.uses.get(node)
            if isinstance(use, UseLocal):
                variable = cx.variable(use.local)
                return Place(variable, (), [], variable.type)
            if isinstance(use, UseField):
                variable = cx.field(use.index)
                return Place(variable, (), [], variable.type)
            return None
        case nodes.Member():
            use = cx.model.uses.get(node)
            if not isinstance(use, UseMember):
                return None
            base = place_of(cx, node.base)
            if base is None:
                return None
            return step_field(base, use.index)
        case nodes.Index() if not isinstance(node.index, nodes.Range):
            if isinstance(cx.model.uses.get(node), UseTrait | UseFn):
                return None
            base = place_of(cx, node.base)
            if base is None or not isinstance(base.type, VecT):
                return None
            index = cx.b.convert(cx.expr(node.index), I64)
            return Place(base.root, (*base.path, ("elem",)), [*base.indices, index], base.type.element)
        case _:
            return None


def are_same(one: Place, other: Place) -> bool:
    """Certainly one place."""
    has_same_way = one.root is other.root and one.path == other.path
    return has_same_way and all(a is b for a, b in zip(one.indices, other.indices, strict=True))


def may_overlap(one: Place, other: Place) -> bool:
    """Whether one may be the other or a part of it: two elements of a Vec may be one."""
    return one.root is other.root and all(a == b for a, b in zip(one.path, other.path))


def step_field(base: Place, index: int) -> Place:
    """A field of what stands at a place, through the box of a resource."""
    path = base.path
    ty = base.type
    if isinstance(ty, ResourceT):
        path = (*path, ("deref",))
        ty = ty.content
    return Place(base.root, (*path, ("field", index)), base.indices, ir_facts.parts(ty)[index])


def read(cx: Lower, place: Place) -> Value:
    """An independent copy of what stands there."""
    root = cx.b.read(place.root)
    if not place.path:
        return root
    return cx.b.project(root, place.path, place.indices, place.type)


def write(cx: Lower, place: Place, value: Value) -> None:
    """Puts a value there; the old one dies."""
    if not place.path:
        cx.b.write(place.root, value)
        return
    root = cx.b.read(place.root)
    _, after = cx.b.op(
        ops.REPLACE, [root, value, *place.indices], [place.type, root.type], {"path": place.path}
    )
    cx.b.write(place.root, after)


def change(cx: Lower, place: Place, step: Callable[[Value], Value]) -> None:
    """Takes the value out, makes another of it, and puts that back."""
    root = cx.b.read(place.root)
    if not place.path:
        cx.b.write(place.root, step(root))
        return
    value, emptied = cx.b.op(ops.TAKE, [root, *place.indices], [place.type, root.type], {"path": place.path})
    cx.b.write(place.root, emptied)
    changed = step(value)
    root = cx.b.read(place.root)
    (after,) = cx.b.op(ops.PUT, [root, changed, *place.indices], [root.type], {"path": place.path})
    cx.b.write(place.root, after)


def field_of_value(cx: Lower, value: Value, index: int) -> Value:
    """A copy of a field of a temporary."""
    ty = value.type
    path: tuple[Step, ...] = (("field", index),)
    if isinstance(ty, ResourceT):
        path = (("deref",), *path)
        ty = ty.content
    return cx.b.project(value, path, [], ir_facts.parts(ty)[index])


def consumed(cx: Lower, node: nodes.Expr) -> Value:
    """An expression whose value gets a new owner: a resource variable given away is empty afterwards, also one that is the
    last of a block or of a branch."""
    if isinstance(node, nodes.Block | nodes.If | nodes.IfLet | nodes.Match) and facts.ends_with_scope(cx.type_of(node)):
        cx.taken.update(results_of(node))
    value = cx.expr(node)
    give_away(cx, node)
    return value


def give_away(cx: Lower, node: nodes.Expr) -> None:
    """Empties a resource variable whose value has gone elsewhere, so that its scope does not close it.

    What a pattern has lent it is gone from the matched variable, too, and `held?` takes out of what it looks into.
    """
    while isinstance(node, nodes.Try) and facts.holds_marked(cx.type_of(node.operand)):
        node = node.operand
    if not isinstance(node, nodes.NameExpr | nodes.Member):
        return
    if isinstance(node, nodes.NameExpr) and not isinstance(cx.model.uses.get(node), UseLocal):
        return
    if not facts.ends_with_scope(cx.type_of(node)) or not cx.b.is_open:
        return
    place = place_of(cx, node)
    if place is None:
        return
    change(cx, place, lambda value: cx.b.zero(value.type))
    cx.is_given(place.root)


def is_of_variable(cx: Lower, node: nodes.Expr) -> bool:
    """Whether an expression names a variable of this body or a part of one."""
    while isinstance(node, nodes.Member) and isinstance(cx.model.uses.get(node), UseMember):
        node = node.base
    return isinstance(node, nodes.NameExpr) and isinstance(cx.model.uses.get(node), UseLocal)
