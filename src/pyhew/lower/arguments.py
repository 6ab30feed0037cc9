"""Arguments to places and values, inout successors back to their places.

In: argument expressions and how the callee uses each.  Out: a call, and what it changed where it belongs.
Assumed: an argument given to an inout parameter is a place when it can be; the changed value
returns there after the call.
"""

from __future__ import annotations

from pyhew.check.model import Going, UseField
from pyhew.ir import facts as ir_facts
from pyhew.ir import ops
from pyhew.ir.ops import Function, Value
from pyhew.ir.types import UNIT, IrType, ObjectT, Use
from pyhew.lower import places
from pyhew.lower.builder import Variable
from pyhew.lower.context import Lower
from pyhew.lower.loans import put, recall
from pyhew.lower.places import consumed, known_going
from pyhew.lower.waiting import after_wait
from pyhew.source.records import record
from pyhew.syntax import nodes
from pyhew.types import facts


def call_with_places(
    cx: Lower, callee: Function, exprs: list[nodes.Expr], extra: list[Value], declared: tuple[str, ...] = ()
) -> Value:
    """Evaluates arguments, calls, writes inout successors back; `extra` is the actor's state, if passed; `declared`: what
    stands before the parameters."""
    modes = tuple(callee.modes[len(extra) :])
    offered = _offered([p.type for p in callee.params[len(extra) :]], modes, declared)
    ended = {index for index, mode in enumerate(modes) if mode is Use.INOUT and declared[index : index + 1] != ("var",)}
    values, backs = arguments(cx, exprs, modes, offered, ended - offered)
    values = [_adapt(cx, v, p) for v, p in zip(values, callee.params[len(extra) :])]
    result, after = cx.call(callee, [*extra, *values])
    if extra and callee.modes[0] is Use.INOUT and cx.fields is not None:
        state = after.pop(0)
        for variable, part in zip(cx.fields, cx.b.unpack(state, tuple(f.type for f in cx.fields))):
            cx.b.write(variable, part)
    _put_back(cx, backs, after)
    lent = _lent(backs)
    after_wait(cx, [*lent, *(cx.fields or ())] if extra else lent)
    return result


@record(slots=True)
class Back:
    """Where the successor of an inout argument goes; nowhere for a temporary.

    `is_copy`: another argument of the call holds this place, or may, because indices are known only when it runs. So
    the callee got a copy, which goes back if it was changed.
    """
    place: places.Place | None
    is_copy: bool = False
    home: places.Place | None = None
    """Where what was offered stood before a pattern lent it to `place`: what is left goes there."""


def _offered(types: list[IrType], modes: tuple[Use, ...], declared: tuple[str, ...]) -> set[int]:
    """The parameters whose mode says what the body may do and the declaration does not: a variable that is used again
    keeps a share of what it gives for them."""
    found = set()
    for index, (ty, mode) in enumerate(zip(types, modes)):
        word = declared[index] if index < len(declared) else ""
        if mode is Use.CONSUME and word != "consume":
            found.add(index)
        elif mode is Use.INOUT and word != "var" and not ir_facts.is_changed_in_place(ty):
            found.add(index)
    return found


def arguments(
    cx: Lower, exprs: list[nodes.Expr], modes: tuple[Use, ...], offered: set[int], ended: set[int] | None = None
) -> tuple[list[Value], list[Back]]:
    """The values of arguments, and where the inout ones return to; the `offered` ones only when they are not used again.

    Of the `ended` ones, collections that the callee may have kept, nothing returns then. All of them are evaluated before
    anything is taken out of a place: an argument may read the very place that another one changes.
    """
    made: list[Value | None] = []
    given: list[tuple[int, Back]] = []
    for index, (expr, mode) in enumerate(zip(exprs, modes)):
        is_ended = index in (ended or ()) and known_going(cx, expr) is Going.LAST
        comes_back = mode is Use.INOUT and not is_ended and _comes_back(cx, expr, index in offered)
        place = places.place_of(cx, expr) if comes_back else None
        if mode is Use.INOUT:
            given.append((index, Back(place)))
        if place is not None:
            made.append(None)
        elif mode is Use.CONSUME or is_ended:
            made.append(_given(cx, expr, index not in offered and not is_ended))
        else:
            made.append(cx.expr(expr))
    _take_places(cx, given, made)
    for index, back in given:
        if back.place is not None and known_going(cx, exprs[index]) in (Going.LAST, Going.SURELY):
            back.home = recall(cx, back.place, exprs[index])
    return [value for value in made if value is not None], [back for _, back in given]


def _take_places(cx: Lower, given: list[tuple[int, Back]], made: list[Value | None]) -> None:
    """Takes each argument out of its place; one that stands in another's place is copied before anything is taken."""
    twins: dict[int, int] = {}
    for at, (index, back) in enumerate(given):
        for earlier, before in given[:at]:
            if back.place is None or before.place is None:
                continue
            if places.are_same(back.place, before.place):
                twins[index] = twins.get(earlier, earlier)
                # The last one brings back what the call made of them.
                back.is_copy, before.place = before.is_copy, None
            elif places.may_overlap(back.place, before.place):
                inner = before if len(before.place.path) > len(back.place.path) else back
                inner.is_copy = True
    placed = [(index, back.place, back.is_copy) for index, back in given if made[index] is None]
    for index, place, is_copy in placed:
        if place is not None and is_copy:
            made[index] = places.read(cx, place)
    for index, place, is_copy in placed:
        if place is not None and not is_copy:
            made[index] = _take(cx, place)
    for index, twin in twins.items():
        made[twin] = made[index]


def _lent(backs: list[Back]) -> list[Variable]:
    """The variables that the call may have changed."""
    return [back.place.root for back in backs if back.place is not None]


def _put_back(cx: Lower, backs: list[Back], after: list[Value]) -> None:
    """Successors to their places; copies last, for they stand inside the others."""
    for is_copy in (False, True):
        for back, value in zip(backs, after):
            if back.place is None or back.is_copy is not is_copy:
                continue
            if back.home is not None:
                put(cx, back.home, value)
                value = cx.b.zero(value.type)
            _put(cx, back.place, value, is_copy)


def _comes_back(cx: Lower, expr: nodes.Expr, is_offered: bool) -> bool:
    """Whether what an inout parameter becomes goes back to where its argument stands."""
    if is_offered:
        return known_going(cx, expr) in (Going.LAST, Going.SURELY)
    return expr not in cx.model.copied


def _given(cx: Lower, expr: nodes.Expr, is_declared: bool) -> Value:
    """A consumed argument; an actor's field is left empty."""
    value = consumed(cx, expr, is_declared)
    is_emptied = isinstance(cx.model.uses.get(expr), UseField) and (is_declared or facts.ends_with_scope(cx.type_of(expr)))
    if is_emptied and cx.b.is_open and ir_facts.owns_heap(value.type):
        place = places.place_of(cx, expr)
        assert place is not None
        places.write(cx, place, cx.b.zero(value.type))
    return value


def _adapt(cx: Lower, value: Value, param: Value) -> Value:
    """A value of a dead path may have another type; it is never used."""
    return value if value.type == param.type or cx.b.is_open else cx.b.zero(param.type)


def _take(cx: Lower, place: places.Place) -> Value:
    root = cx.b.read(place.root)
    if not place.path:
        return root
    value, emptied = cx.b.op(ops.TAKE, [root, *place.indices], [place.type, root.type], {"path": place.path})
    cx.b.write(place.root, emptied)
    return value


def _put(cx: Lower, place: places.Place, value: Value, is_copy: bool) -> None:
    if not place.path:
        cx.b.write(place.root, value)
        return
    root = cx.b.read(place.root)
    if is_copy:  # with the `put` that follows at once: infer_modes removes both when the callee leaves the copy alone
        _, root = cx.b.op(ops.TAKE, [root, *place.indices], [place.type, root.type], {"path": place.path})
    (after,) = cx.b.op(ops.PUT, [root, value, *place.indices], [root.type], {"path": place.path})
    cx.b.write(place.root, after)


def call_object(
    cx: Lower, target: Value, method: int, exprs: list[nodes.Expr], declared: tuple[str, ...] = ()
) -> Value:
    """A method of an object, with places for its inout parameters."""
    assert isinstance(target.type, ObjectT)
    signature = target.type.methods[method]
    types, modes = [ty for ty, _ in signature.params], tuple(mode for _, mode in signature.params)
    values, backs = arguments(cx, exprs, modes, _offered(types, modes, declared))
    result, after = call_object_values(cx, target, method, values)
    _put_back(cx, backs, after)
    after_wait(cx, _lent(backs))
    return result


def call_offered_object(
    cx: Lower, base: nodes.Expr, method: int, exprs: list[nodes.Expr], declared: tuple[str, ...]
) -> Value:
    """A method that gives away parts of the object if it has no other owner: one that is used again has two meanwhile."""
    (target,), backs = arguments(cx, [base], (Use.INOUT,), {0})
    target = cx.b.one(ops.OWN, [target], target.type)
    result = call_object(cx, target, method, exprs, declared)
    _put_back(cx, backs, [target])
    after_wait(cx, _lent(backs))
    return result


def call_object_values(cx: Lower, target: Value, method: int, values: list[Value]) -> tuple[Value, list[Value]]:
    """A method of an object on values: the result and the inout successors."""
    assert isinstance(target.type, ObjectT)
    signature = target.type.methods[method]
    results = [] if signature.result == UNIT else [signature.result]
    head = len(results)
    results += [ty for ty, mode in signature.params if mode is Use.INOUT]
    made = cx.b.op(ops.CALL_OBJECT, [target, *values], results, {"method": method}, ops.object_modes(signature))
    return (made[0] if head else cx.b.unit()), made[head:]
