"""Innermost loops that count upwards to a limit, and which of their checks one test before many rounds can answer.

In: an SSA function before `insert_drops`.  Out: `CountedLoop`: its blocks, its counter, its limit; `Access`: an
operation that walks through an element whose number is the counter and a constant; pushes.
Assumed: values are immutable; what changes a Vec consumes it and yields its successor, so a Vec that goes around a
loop through `replace` and `push` alone is never shorter in a later round.
"""

from __future__ import annotations

from typing import cast

from pyhew.ir import ops
from pyhew.ir.facts import Path, owns_heap
from pyhew.ir.flow import Dominators, loop_heads, predecessors, reverse_postorder
from pyhew.ir.ops import (
    ARITH,
    CALL,
    COMPARE,
    CONST,
    PROJECT,
    REPLACE,
    TAG,
    VEC_LEN,
    VEC_PUSH,
    Block,
    Branch,
    CondBranch,
    Function,
    Op,
    OpKind,
    Return,
    Switch,
    Value,
    callee_of,
    edges,
)
from pyhew.ir.types import I64, IntT
from pyhew.passes.even_numbers import Even
from pyhew.passes.loop_questions import LONGEST_STEP
from pyhew.passes.rewrite import defined_in, terminator_uses
from pyhew.source.records import field, record

_MOST_OPS, _MOST_BLOCKS = 80, 20
"""Of a loop: it is written out twice."""

_BRIEF = frozenset(
    kind.name
    for kind in (
        ops.ARITH, ops.BITCAST, ops.COMPARE, ops.CONST, ops.CONVERT, ops.FROM_TAG, ops.MATH, ops.NEGATE, ops.NOT,
        ops.OVERFLOWING, ops.PACK, ops.PROJECT, ops.PUT, ops.REPLACE, ops.STRING_LITERAL, ops.TAG, ops.TAKE, ops.TRAP_IF,
        ops.UNPACK, ops.UNVARIANT, ops.VARIANT, ops.VEC_LEN, ops.VEC_POP, ops.VEC_PUSH, ops.ZERO,
    )
)  # fmt: skip
"""What takes so little time that a thousand rounds may pass between two safepoints."""


@record(slots=True)
class Access:
    """`op` passes `steps` elements whose checks all hold where the Vec at `path` in `root` has element `number` in every round.

    `indices` lead there and stay the same; `number` is the counter and `offset`, or without one it grows evenly.
    """

    op: Op
    root: Value
    path: Path
    indices: tuple[Value, ...]
    number: Value
    offset: int | None
    steps: int


@record(slots=True)
class CountedLoop:
    """`blocks` in reverse postorder, `head` first: it goes to `body` while `counter` is below (or, `reaches`, at) `limit`.

    `limit` is defined outside of the loop, or `measured` says of which Vec it is the length.
    """

    head: Block
    blocks: list[Block]
    even: Even
    counter: Value
    step: Value
    limit: Value
    reaches: bool
    measured: Value | None = None
    ups: list[Op] = field(default_factory=list)
    accesses: list[Access] = field(default_factory=list)
    pushes: list[Op] = field(default_factory=list)
    tails: list[Block] = field(default_factory=list)
    origin: dict[Value, Value] = field(default_factory=dict)
    numbers: dict[Value, int] = field(default_factory=dict)
    """Constants by value, also those that the loop itself defines."""
    around: CountedLoop | None = None
    """The next loop around it that counts, ends only in its head and comes to this one in every round."""

    def is_left_by_head(self) -> bool:
        """Whether no way leads out of the middle of a round."""
        inside = set(self.blocks)
        return all(edge.block in inside for block in self.blocks[1:] for edge in edges(block.terminator))


class Brief:
    """Which functions take little time: no loops, no recursion, only operations that are brief."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[Function, bool] = {}

    def op(self, op: Op) -> bool:
        """Whether an operation is brief."""
        return op.kind.name in _BRIEF or (op.kind is CALL and self.function(callee_of(op)))

    def function(self, fn: Function) -> bool:
        """Whether every call of `fn` is brief; one that is still being asked for is recursive."""
        known = self._known.get(fn)
        if known is None:
            self._known[fn] = False
            order = reverse_postorder(fn)
            count = sum(len(block.ops) for block in order)
            known = fn.yields is None and count <= _MOST_OPS and not loop_heads(order)
            known = known and all(self.op(op) for block in order for op in block.ops)
            self._known[fn] = known
        return known


def meaning(op: Op) -> OpKind:
    """The kind of an operation; a call of a function that is nothing but one `vec_len` or `vec_push` is that."""
    if op.kind is CALL:
        fn = callee_of(op)
        if len(fn.blocks) == 1 and len(fn.blocks[0].ops) == 1:
            inner, end = fn.blocks[0].ops[0], fn.blocks[0].terminator
            is_same = isinstance(end, Return) and end.values == inner.results and inner.operands == fn.params
            if is_same and inner.kind in (VEC_LEN, VEC_PUSH) and inner.modes == tuple(fn.modes):
                return inner.kind
    return op.kind


def counted_loops(fn: Function, brief: Brief) -> list[CountedLoop]:
    """All of a function whose rounds are brief."""
    order = reverse_postorder(fn)
    heads = loop_heads(order)
    if not heads:
        return []
    dominators, into = Dominators(order), predecessors(order)
    numbers = {
        op.results[0]: cast(int, op.attrs["value"])
        for block in order
        for op in block.ops
        if op.kind is CONST and isinstance(op.results[0].type, IntT)
    }
    number = {block: at for at, block in enumerate(order)}
    users = _users(order)
    found: list[CountedLoop] = []
    around: dict[Block, CountedLoop] = {}
    for head in order:
        if head in heads:
            blocks = _natural_loop(head, number, into, dominators)
            if blocks is None:
                continue
            loop = _counted(blocks, numbers)
            if loop is None:
                continue
            if any(block in heads for block in blocks[1:]):
                if loop.is_left_by_head():
                    around.update(dict.fromkeys(blocks, loop))
            elif all(brief.op(op) for block in blocks for op in block.ops) and _look_at_places(loop, users):
                outer = around.get(head)
                if outer is not None and all(dominators.dominates(head, back) for back in into[outer.head] if back in outer.blocks):
                    loop.around = outer
                found.append(loop)
    return found


def _users(order: list[Block]) -> dict[Value, set[Block]]:
    """For values that own heap: the blocks that mention them."""
    users: dict[Value, set[Block]] = {}
    for block in order:
        mentioned = terminator_uses(block.terminator)
        for op in block.ops:
            mentioned.extend(op.operands)
        for value in mentioned:
            if owns_heap(value.type):
                users.setdefault(value, set()).add(block)
    return users


def _natural_loop(
    head: Block, number: dict[Block, int], into: dict[Block, list[Block]], dominators: Dominators
) -> list[Block] | None:
    """The blocks from which a way back to `head` leads, in order; None when there are too many."""
    inside = {head}
    work = [block for block in into[head] if dominators.dominates(head, block)]
    while work:
        block = work.pop()
        if block not in inside:
            inside.add(block)
            work.extend(into[block])
            if len(inside) > _MOST_BLOCKS or not dominators.dominates(head, block):
                return None
    blocks = sorted(inside, key=lambda block: number[block])
    is_small = sum(len(block.ops) for block in blocks) <= _MOST_OPS
    is_plain = all(isinstance(block.terminator, Branch | CondBranch | Switch) for block in blocks)
    return blocks if is_small and is_plain else None


# --------------------------------------------------------------------------- the counter


def _counted(blocks: list[Block], numbers: dict[Value, int]) -> CountedLoop | None:
    """The loop as one that counts; None when it is another."""
    head, inside = blocks[0], set(blocks)
    end = head.terminator
    if not isinstance(end, CondBranch) or end.then.block not in inside or end.otherwise.block in inside:
        return None
    made = {op.results[0]: op for block in blocks for op in block.ops if len(op.results) == 1}
    compared = made.get(end.condition)
    if compared is None or compared.kind is not COMPARE or compared not in head.ops:
        return None
    left, right = compared.operands
    predicate = cast(str, compared.attrs["predicate"])
    if predicate in ("gt", "ge"):
        left, right = right, left
    if predicate not in ("lt", "le", "gt", "ge") or left not in head.params or left.type != I64:
        return None
    rise = _rise(blocks, left, made)
    if rise is None:
        return None
    step, ups = rise
    defined = defined_in(blocks)
    if step in defined and step not in numbers or not 1 <= numbers.get(step, 1) <= LONGEST_STEP:
        return None
    even = Even(blocks, left, numbers)
    loop = CountedLoop(head, blocks, even, left, step, right, predicate in ("le", "ge"), ups=ups, numbers=numbers)
    if right in defined and right not in numbers:
        if right not in made or meaning(made[right]) is not VEC_LEN or made[right] not in head.ops:
            return None
        loop.measured = made[right].operands[0]
    return loop


def _rise(blocks: list[Block], counter: Value, made: dict[Value, Op]) -> tuple[Value, list[Op]] | None:
    """What every round adds to the counter, and the operations that add it."""
    at = blocks[0].params.index(counter)
    step: Value | None = None
    ups: list[Op] = []
    for block in blocks:
        for edge in edges(block.terminator):
            if edge.block is blocks[0]:
                up = made.get(edge.args[at])
                if up is None or up.kind is not ARITH or up.attrs["op"] != "add" or counter not in up.operands:
                    return None
                added = up.operands[1] if up.operands[0] is counter else up.operands[0]
                if added is counter or step not in (None, added):
                    return None
                step = added
                if up not in ups:
                    ups.append(up)
    return None if step is None else (step, ups)


# --------------------------------------------------------------------------- places


def _look_at_places(loop: CountedLoop, users: dict[Value, set[Block]]) -> bool:
    """Fills in accesses and pushes; whether the limit stays the same."""
    loop.origin = origins(loop)
    pushes: dict[Value, list[Op]] = {}
    changed: list[Value] = []
    for block in loop.blocks:
        for op in block.ops:
            root = loop.origin.get(op.operands[0]) if op.operands else None
            if root is None:
                continue
            if meaning(op) is VEC_PUSH:
                pushes.setdefault(root, []).append(op)
            if op.kind is REPLACE and root not in changed:
                changed.append(root)
    own = [root for root in [*changed, *pushes] if root in loop.head.params]
    alone = {root for root in own if _stays_alone(loop, root, users)}
    for block in loop.blocks:
        for op in block.ops:
            if op.kind in (PROJECT, TAG, REPLACE):
                root = loop.origin.get(op.operands[0])
                if root is not None and (op.kind is not REPLACE or root in alone):
                    access = _access(loop, op, root)
                    if access is not None:
                        loop.accesses.append(access)
    if all(loop.even.degree(access.number) == 0 for access in loop.accesses):
        loop.accesses.clear()
    if loop.step in loop.numbers and loop.numbers[loop.step] == 1:
        loop.pushes = [once[0] for root, once in pushes.items() if root in alone and len(once) == 1]
    if loop.measured is None:
        return True
    measured = loop.origin.get(loop.measured)
    loop.measured = measured
    return measured is not None and measured not in pushes


def origins(loop: CountedLoop) -> dict[Value, Value]:
    """For values that hold a Vec: the parameter of the head, or the value from outside, that they are a later state of.

    A parameter of a head, of this loop or of one inside, is taken to come back changed by `replace` and `push` alone until an
    edge proves otherwise.
    """
    head, stable = loop.head, [param for param in loop.head.params if owns_heap(param.type)]
    defined = defined_in(loop.blocks)
    lost: set[Value] = set()
    while True:
        origin: dict[Value, Value | None] = {param: param for param in stable}
        origin.update(dict.fromkeys(lost))

        def find(value: Value, origin: dict[Value, Value | None] = origin) -> Value | None:
            return origin.get(value) if value in defined else value

        back: dict[Value, set[Value | None]] = {param: set() for param in stable}
        before = len(lost)
        for block in loop.blocks:
            for op in block.ops:
                if op.kind is REPLACE and not owns_heap(op.operands[1].type):
                    origin[op.results[1]] = find(op.operands[0])
                elif meaning(op) is VEC_PUSH:
                    origin[op.results[0]] = find(op.operands[0])
            for edge in edges(block.terminator):
                if edge.block is head:
                    for arg, param in zip(edge.args, head.params, strict=True):
                        if param in back:
                            back[param].add(find(arg))
                elif edge.block in loop.blocks:
                    for arg, param in zip(edge.args, edge.block.params, strict=True):
                        known = find(arg)
                        if origin.setdefault(param, known) is not known:
                            origin[param] = None
                            lost.add(param)
        kept = [param for param in stable if back[param] == {param}]
        if kept == stable and len(lost) == before:
            out = {value: root for value, root in origin.items() if root is not None}
            outside = (value for block in loop.blocks for op in block.ops for value in op.operands if value not in defined)
            out.update((value, value) for value in outside)
            return out
        stable = kept


def _stays_alone(loop: CountedLoop, root: Value, users: dict[Value, set[Block]]) -> bool:
    """Whether a block of `root` with one owner keeps that one: nothing else holds a state of it, none is used again."""
    for block in loop.blocks:
        for at, op in enumerate(block.ops):
            for number, value in enumerate(op.operands):
                if loop.origin.get(value) is not root:
                    continue
                kind = meaning(op)
                changes = number == 0 and (kind is REPLACE and not owns_heap(op.results[0].type) or kind is VEC_PUSH)
                reads = kind is VEC_LEN or (kind in (PROJECT, TAG) and not owns_heap(op.results[0].type))
                if not (reads or changes) or (changes and _is_used_behind(loop, value, block, at, users)):
                    return False
        for edge in edges(block.terminator):
            if edge.block in loop.blocks:
                for value, param in zip(edge.args, edge.block.params, strict=True):
                    if loop.origin.get(value) is root and (
                        loop.origin.get(param) is not root or edge.args.count(value) > 1 or _is_used_from(loop, value, [edge.block], users)
                    ):
                        return False
    return True


def _is_used_behind(loop: CountedLoop, value: Value, block: Block, at: int, users: dict[Value, set[Block]]) -> bool:
    """Whether `value` may be used again after operation `at` of `block`."""
    if any(value in op.operands for op in block.ops[at + 1 :]) or value in terminator_uses(block.terminator):
        return True
    return _is_used_from(loop, value, [edge.block for edge in edges(block.terminator)], users)


def _is_used_from(loop: CountedLoop, value: Value, work: list[Block], users: dict[Value, set[Block]]) -> bool:
    """Whether a way from one of the blocks uses `value` before defining it anew; any use behind the loop counts."""
    using = users.get(value, set())
    seen: set[Block] = set()
    while work:
        block = work.pop()
        if block in seen or value in block.params:
            continue
        seen.add(block)
        if block not in loop.blocks:
            if any(user not in loop.blocks for user in using):
                return True
            continue
        if block in using:
            if not any(value in op.results for op in block.ops):
                return True
            continue
        work.extend(edge.block for edge in edges(block.terminator))
    return False


def _access(loop: CountedLoop, op: Op, root: Value) -> Access | None:
    """The walk of `op` up to the element that the counter numbers, or to the last one, when all before it stays the same."""
    path = cast(Path, op.attrs["path"])
    indices = op.operands[2:] if op.kind is REPLACE else op.operands[1:]
    found: Access | None = None
    before: list[Value] = []
    for number, step in enumerate(path):
        if step[0] not in ("field", "elem"):
            break
        if step[0] == "field":
            continue
        index = indices[len(before)]
        degree = loop.even.degree(index)
        if degree is None:
            break
        found = Access(op, root, path[:number], tuple(before), index, loop.even.offset(index), len(before) + 1)
        if degree:
            break
        before.append(index)
    return found
