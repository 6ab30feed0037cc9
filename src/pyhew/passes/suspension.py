"""Which functions suspend, and why.

In: a module.  Out: for each function that suspends, the operation that makes it so.
A call through an object suspends when any function that stands in an object of that
type suspends; then all of them are called through frames.  `gen_next` waits when any
generator of that frame type waits.
Assumed: the module was verified.
"""

from __future__ import annotations

from typing import cast

from pyhew.ir.ops import CALL, CALL_OBJECT, GEN_NEXT, OBJECT, SUSPEND, Function, Module, Op, callee_of
from pyhew.ir.types import FrameT, IrType
from pyhew.source.records import field, record


@record(slots=True)
class Suspension:
    """`reasons`: the first suspending operation of each function, None when it is only called as one.

    `objects` are the object types whose methods suspend, `waiting_frames` the types of
    generators that may wait between values.
    """

    reasons: dict[Function, Op | None] = field(default_factory=dict)
    objects: set[IrType] = field(default_factory=set)
    waiting_frames: set[IrType] = field(default_factory=set)

    def suspends(self, op: Op) -> bool:
        """Whether an operation may give the worker back."""
        if op.kind is CALL:
            return callee_of(op) in self.reasons
        if op.kind is CALL_OBJECT:
            return op.operands[0].type in self.objects
        if op.kind is GEN_NEXT:
            return op.operands[0].type in self.waiting_frames
        return op.kind is SUSPEND


def find_suspension(module: Module) -> Suspension:
    """The least fixpoint over calls, objects and generators."""
    found = Suspension()
    tables: dict[IrType, dict[Function, None]] = {}
    member_of: dict[Function, dict[IrType, None]] = {}
    users: dict[object, list[tuple[Function, Op]]] = {}
    work: list[tuple[Function, Op | None]] = []
    for fn in module.functions.values():
        if fn.yields is not None:
            found.reasons[fn] = None
        for block in fn.blocks:
            for op in block.ops:
                if op.kind is OBJECT:
                    ty = op.results[0].type
                    for code in cast(tuple[Function, ...], op.attrs["table"]):
                        tables.setdefault(ty, {})[code] = None
                        member_of.setdefault(code, {})[ty] = None
                elif op.kind is CALL:
                    users.setdefault(callee_of(op), []).append((fn, op))
                elif op.kind is CALL_OBJECT or op.kind is GEN_NEXT:
                    users.setdefault(op.operands[0].type, []).append((fn, op))
                elif op.kind is SUSPEND:
                    work.append((fn, op))
    waits: set[Function] = set()
    while work:
        fn, reason = work.pop()
        if fn in waits:
            continue
        waits.add(fn)
        found.reasons[fn] = found.reasons.get(fn) or reason
        if fn.yields is not None:
            frame = FrameT(fn.yields, fn.result)
            if frame not in found.waiting_frames:
                found.waiting_frames.add(frame)
                work.extend(users.get(frame, ()))
        else:
            work.extend(users.get(fn, ()))
        for ty in member_of.get(fn, {}):
            if ty not in found.objects:
                found.objects.add(ty)
                work.extend(users.get(ty, ()))
                work.extend((code, None) for code in tables[ty])
    return found

