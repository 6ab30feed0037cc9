"""Record and variant literals, fields of values.

In: literals and member reads.  Out: values.
Assumed: fields are evaluated in the order they are written.
"""

from __future__ import annotations

from pyhew.check.model import UseConst, UseFn, UseMember, UseRecord, UseTrait, UseVariant
from pyhew.ir import facts as ir_facts
from pyhew.ir import ops
from pyhew.ir.ops import Value
from pyhew.lower import places
from pyhew.lower.aggregates import make_record, make_variant
from pyhew.lower.context import Lower
from pyhew.lower.names import lower_use
from pyhew.lower.places import consumed, give_away
from pyhew.lower.supervisors import lower_child
from pyhew.syntax import nodes
from pyhew.types import facts


def lower_record(cx: Lower, node: nodes.RecordLiteral) -> Value:
    """`Point { x: 1, ..base }`, `.Rect { w: 1 }`."""
    ty = cx.ir_of(node)
    use = cx.model.use_of(node)
    if isinstance(use, UseVariant):
        infos = use.enum.variants[use.index].fields
    else:
        assert isinstance(use, UseRecord)
        infos = use.record.fields
    given = {init.name.text: consumed(cx, init.value) for init in node.fields}
    if node.base is not None:
        base = cx.expr(node.base)
        if facts.is_kept(cx.type_of(node.base)):
            cx.b.op(ops.KEEP, [base], [])  # what the new fields replace ends here, not after its last use
        give_away(cx, node.base)
        parts = cx.b.unpack(base, ir_facts.parts(ty))
        fields = [given.get(f.name, part) for f, part in zip(infos, parts)]
        return cx.b.pack([*fields, *parts[len(infos) :]], ty)
    values = [given[f.name] for f in infos]
    if isinstance(use, UseVariant):
        return make_variant(cx, ty, use.index, values)
    return make_record(cx, ty, values)


def lower_member(cx: Lower, node: nodes.Member) -> Value:
    """`e.name` that is not called."""
    use = cx.model.use_of(node)
    match use:
        case UseMember():
            place = places.place_of(cx, node)
            if place is not None:
                return places.read(cx, place)
            return places.field_of_value(cx, cx.expr(node.base), use.index)
        case UseVariant() | UseFn() | UseTrait() | UseConst():
            return lower_use(cx, node, use)
        case _:
            return lower_child(cx, node, use)
