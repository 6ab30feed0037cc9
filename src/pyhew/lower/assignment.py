"""`let`, `var`, assignment.

In: `Let`, `Assign`.  Out: variables written.
Assumed: the checker has refused what may not be assigned.
"""

from __future__ import annotations

from pyhew.ir import ops
from pyhew.ir.types import STRING, UNIT
from pyhew.lower import patterns, places
from pyhew.lower.context import Lower
from pyhew.lower.failures import lower_unwrap
from pyhew.lower.instances import instance
from pyhew.lower.lending import part
from pyhew.lower.operators import binary
from pyhew.lower.places import consumed, give_away
from pyhew.syntax import nodes
from pyhew.types import facts
from pyhew.types.model import NEVER, Nominal, prune


def lower_let(cx: Lower, node: nodes.Let) -> None:
    """`let p = e;`."""
    local = cx.model.locals.get(node.pattern) if isinstance(node.pattern, nodes.BindPattern) else None
    if node.value is None:
        if local is not None:
            variable = cx.declare(local)
            cx.b.write(variable, cx.b.zero(variable.type))
        return
    if isinstance(node.pattern, nodes.WildcardPattern) and not node.is_try:
        cx.b.op(ops.KEEP, [cx.expr(node.value)], [])
        return
    if node.is_try:
        value = lower_unwrap(cx, consumed(cx, node.value), cx.type_of(node.value))
    else:
        value = cx.expr(node.value) if node.otherwise is not None else consumed(cx, node.value)
    if cx.is_dead():
        if local is not None:
            variable = cx.declare(local)
            cx.b.write(variable, cx.b.zero(variable.type))
        return
    if local is not None:
        if value.type == UNIT and prune(cx.model.type_of(node.value)) == NEVER:
            value = cx.b.zero(cx.ir(local.type))
        cx.declare(local, value)
        return
    if node.otherwise is not None:
        fail, done = cx.b.new_block("else"), cx.b.new_block("let")
        patterns.test(cx, node.pattern, value, (), value.type, fail)
        give_away(cx, node.value)
        patterns.bind_parts(cx, node.pattern, value, cx.type_of(node.value))
        cx.b.branch(done)
        cx.b.start_sealed(fail)
        cx.expr(node.otherwise)
        cx.b.start_sealed(done)
        return
    patterns.bind_parts(cx, node.pattern, value, cx.type_of(node.value))


def lower_assign(cx: Lower, node: nodes.Assign) -> None:
    """`place = e`, `place op= e`."""
    if node.op is None and isinstance(node.target, nodes.Index):
        base_type = cx.type_of(node.target.base)
        if facts.is_builtin(base_type, "HashMap"):
            assert isinstance(base_type, Nominal)
            _assign_entry(cx, node, node.target, base_type)
            return
    if node.op is None:
        value = consumed(cx, node.value)
        place = places.place_of(cx, node.target)
        assert place is not None
        if not place.path:
            part(cx, place.root)
            if facts.is_kept(cx.type_of(node.target)) and cx.b.is_open:
                cx.b.op(ops.KEEP, [cx.b.read(place.root)], [])  # what stood there ends here, not after its last use
        places.write(cx, place, value)
        return
    place = places.place_of(cx, node.target)
    assert place is not None
    if place.path and place.type == STRING:
        # Taken out, so that the text has one owner and grows in place.
        piece = cx.expr(node.value)
        op = node.op
        places.change(cx, place, lambda text: binary(cx, op, text, piece))
        return
    if place.path:
        left = places.read(cx, place)
        right = cx.expr(node.value)
        places.write(cx, place, binary(cx, node.op, left, right))
        return
    right = cx.expr(node.value)
    part(cx, place.root)
    cx.b.write(place.root, binary(cx, node.op, cx.b.read(place.root), right))


def _assign_entry(cx: Lower, node: nodes.Assign, target: nodes.Index, ty: Nominal) -> None:
    """`m[k] = v` of a map, which may not have the key yet."""
    key = consumed(cx, target.index)
    value = consumed(cx, node.value)
    (method,) = cx.low.world.methods(ty, "insert")
    insert = instance(cx.low, method.fn, tuple(cx.close(a) for a in method.outer))
    place = places.place_of(cx, target.base)
    assert place is not None
    places.change(cx, place, lambda root: cx.call(insert, [root, key, value])[1][0])
