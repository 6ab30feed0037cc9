"""Places: a variable and a path of fields and elements; reading, replacing and changing what stands there.

In: expressions that name storage.  Out: `Place`, or None for a temporary.
Assumed: indices are computed left to right, once, before the operation.
"""

from __future__ import annotations

from collections.abc import Callable

from pyhew.check.model import Going, Local, UseField, UseFn, UseLocal, UseMember, UseTrait
from pyhew.check.subtrees import results_of
from pyhew.ir import facts as ir_facts
from pyhew.ir import ops
from pyhew.ir.ops import Value
from pyhew.ir.types import I64, IrType, ResourceT, VecT
from pyhew.lower.builder import Variable
from pyhew.lower.context import Lower
from pyhew.lower.instances import instance
from pyhew.source.records import field, record
from pyhew.syntax import nodes
from pyhew.types import facts
from pyhew.types.model import Nominal, Type
from pyhew.types.symbols import RecordInfo

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
            base_type = cx.type_of(node.base)
            if facts.is_builtin(base_type, "HashMap"):
                return _entry(cx, node, base_type)
            if isinstance(cx.model.uses.get(node), UseTrait | UseFn):
                return None
            base = place_of(cx, node.base)
            if base is None or not isinstance(base.type, VecT):
                return None
            index = cx.b.convert(cx.expr(node.index), I64)
            return Place(base.root, (*base.path, ("elem",)), [*base.indices, index], base.type.element)
        case _:
            return None


def _entry(cx: Lower, node: nodes.Index, ty: Type) -> Place | None:
    """The value of a key, which must be there."""
    base = place_of(cx, node.base)
    if base is None:
        return None
    assert isinstance(ty, Nominal) and isinstance(ty.info, RecordInfo)
    (method,) = cx.low.world.methods(ty, "entry_at")
    number = cx.call(instance(cx.low, method.fn, tuple(cx.close(a) for a in method.outer)), [read(cx, base), cx.expr(node.index)])[0]
    at = _field(ty, "entries")
    entries, entries_type = step_field(base, at), ty.info.fields[at].type
    assert isinstance(entries.type, VecT) and isinstance(entries_type, Nominal)
    entry = Place(base.root, (*entries.path, ("elem",)), [*base.indices, number], entries.type.element)
    return step_field(entry, _field(entries_type.args[0], "value"))


def _field(ty: Type, name: str) -> int:
    """The position of a field of a record."""
    assert isinstance(ty, Nominal) and isinstance(ty.info, RecordInfo)
    return [f.name for f in ty.info.fields].index(name)


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


def consumed(cx: Lower, node: nodes.Expr, is_declared: bool = True) -> Value:
    """An expression whose value gets a new owner: a variable that gave it away is empty afterwards, also one that is the
    last of a block or of a branch; `is_declared`: nobody looked whether it is used again, because it never may be."""
    if isinstance(node, nodes.Block | nodes.If | nodes.IfLet | nodes.Match) and facts.is_kept(cx.type_of(node)):
        cx.taken.update(results_of(node))
    value = cx.expr(node)
    if is_declared or known_going(cx, node) is not None:
        give_away(cx, node)
    return value


def known_going(cx: Lower, node: nodes.Expr) -> Going | None:
    """What becomes of the variable that an expression names when its value goes there; None where moves were not checked."""
    local = root_of(cx, node)
    return cx.model.goings.get((node, local)) if local is not None else None


def give_away(cx: Lower, node: nodes.Expr, at: nodes.Node | None = None) -> None:
    """Empties a variable whose value has gone elsewhere, so that its scope does not end it; `at`: the node that took it.

    What a pattern has lent it is gone from the matched variable, too, and `held?` takes out of what it looks into.
    """
    is_part = False
    while isinstance(node, nodes.Try) and facts.is_kept(cx.type_of(node.operand)):
        is_part = is_part or not facts.holds_marked(cx.type_of(node.operand))
        node = node.operand
    local = root_of(cx, node)
    if local is None and not isinstance(node, nodes.Member) or not cx.b.is_open:
        return
    ty = cx.type_of(node)
    if not facts.is_kept(ty):
        return
    going = cx.model.goings.get((at or node, local)) if local is not None else None
    if going is Going.SHARED or going is None and (is_part or not facts.ends_with_scope(ty)):
        return
    place = place_of(cx, node)
    if place is None:
        return
    may_stay = going is Going.LAST or not facts.ends_with_scope(ty)
    if may_stay and is_callers(cx, place.root):
        return
    change(cx, place, lambda value: cx.b.zero(value.type))
    cx.is_given(place.root, at or node)


def is_callers(cx: Lower, variable: Variable) -> bool:
    """Whether a variable is the caller's, who may go on to use it; of a parameter that was only offered nobody does."""
    return variable in cx.inouts and variable not in cx.offered


def root_of(cx: Lower, node: nodes.Expr) -> Local | None:
    """The variable of this body that an expression names or names a part of."""
    while isinstance(node, nodes.Member) and isinstance(cx.model.uses.get(node), UseMember):
        node = node.base
    use = cx.model.uses.get(node) if isinstance(node, nodes.NameExpr) else None
    return use.local if isinstance(use, UseLocal) else None
