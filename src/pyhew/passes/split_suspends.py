"""Cuts functions at their suspension points.

In: closed blocks in which `suspend`, `yield`, suspending calls and waiting `gen_next`
are ordinary operations.  Out: functions marked `suspends`, whose blocks end in
`Suspend` there, and frame operations in place of the calls.
Everything that lives across a suspension, plain data included, is an argument of both
edges; the parameters of the function stay in its frame and are always at hand.
Assumed: blocks are closed for owned values; here nothing stays visible outside its block.
The frame of a callee is dropped first on a drop path, because it may borrow the rest. Behind a wait that asks
`given_up`, the drop path goes on into deferred code; a wait in there is given up at once.
"""

from __future__ import annotations

from pyhew.ir.facts import owns_heap
from pyhew.ir.flow import remove_unreachable, reverse_postorder
from pyhew.ir.ops import (
    CALL,
    CALL_OBJECT,
    COMPARE,
    CONST,
    DROP,
    FRAME_POLL,
    FRAME_START,
    FRAME_TAKE,
    GEN_NEXT,
    GEN_RESUME,
    GEN_TAKE,
    GIVEN_UP,
    SUSPEND,
    YIELD,
    ZERO,
    Block,
    Branch,
    CondBranch,
    Done,
    Edge,
    Function,
    Module,
    Op,
    Suspend,
    Trap,
    Unreachable,
    Value,
    callee_of,
    carried_values,
    edges,
)
from pyhew.ir.types import BOOL, I32, UNIT, FrameT, IrType, ObjectT, Use
from pyhew.passes.given_up import answer_no, forget_given_up, parting, paths_given_up
from pyhew.passes.rewrite import replace_in_block, same, same_edge, terminator_uses
from pyhew.passes.suspension import Suspension, find_suspension
from pyhew.source.diagnostics import CompilerBug


def split_suspends(module: Module) -> list[Function]:
    """Runs over the module; gives back the functions it cut."""
    found = find_suspension(module)
    forget_given_up(module, found)
    for fn in found.reasons:
        close_all(fn)
        _Splitting(fn, found).run()
        fn.suspends = True
    return list(found.reasons)


# --------------------------------------------------------------------------- closing


def close_all(fn: Function) -> None:
    """Passes every value along edges that is used in another block; constants are written again there."""
    order = reverse_postorder(fn)
    home: dict[Value, Block] = {}
    constants: dict[Value, Op] = {}
    for value in fn.params:
        if not value.is_borrowed and owns_heap(value.type):
            home[value] = order[0]
    for block in order:
        for value in block.params:
            home[value] = block
        for op in block.ops:
            for value in op.results:
                home[value] = block
                if op.kind is CONST:
                    constants[value] = op
    needs = _needs(fn, order, home, constants)
    for block in order:
        local: dict[Value, Value] = {}
        for value in needs[block]:
            local[value] = Value(value.type, value.name)
            block.params.append(local[value])
        fresh: list[Op] = []
        for value in _foreign_constants(block, home, constants):
            origin = constants[value]
            local[value] = Value(value.type, value.name)
            fresh.append(Op(CONST, [], [local[value]], origin.attrs, origin.modes, origin.site))
        for edge in edges(block.terminator):
            edge.args = edge.args + list(needs[edge.block])
        block.ops = fresh + block.ops
        block.carried = 0
        if local:
            replace_in_block(block, local)
    fn.carriers = []


def _needs(
    fn: Function, order: list[Block], home: dict[Value, Block], constants: dict[Value, Op]
) -> dict[Block, dict[Value, None]]:
    """The values of other blocks that each block uses, carries or passes on."""
    needs: dict[Block, dict[Value, None]] = {}
    for block in order:
        own = dict.fromkeys(carried_values(fn, block))
        for op in block.ops:
            for value in op.operands:
                if value in home and home[value] is not block and value not in constants:
                    own[value] = None
        for value in terminator_uses(block.terminator):
            if value in home and home[value] is not block and value not in constants:
                own[value] = None
        needs[block] = own
    changed = True
    while changed:
        changed = False
        for block in reversed(order):
            own = needs[block]
            before = len(own)
            for edge in edges(block.terminator):
                for value in needs[edge.block]:
                    if home[value] is not block:
                        own[value] = None
            changed = changed or len(own) != before
    return needs


def _foreign_constants(block: Block, home: dict[Value, Block], constants: dict[Value, Op]) -> list[Value]:
    used = [value for op in block.ops for value in op.operands] + terminator_uses(block.terminator)
    return [value for value in dict.fromkeys(used) if value in constants and home[value] is not block]


# --------------------------------------------------------------------------- cutting


class _Splitting:
    """The work on one function."""

    __slots__ = ("blocks", "fn", "found", "known", "number", "outer", "paths")

    def __init__(self, fn: Function, found: Suspension) -> None:
        self.fn = fn
        self.found = found
        self.blocks: list[Block] = []
        self.number = 0
        self.known: dict[IrType, bool] = {}
        self.outer = set(fn.params)
        self.paths = paths_given_up(fn)

    def run(self) -> None:
        entry = self.fn.blocks[0]
        self.outer |= set(entry.params)
        for block in self.fn.blocks:
            self.split(block)
        self.fn.blocks = self.blocks
        if self.paths:
            remove_unreachable(self.fn)

    def owns(self, value: Value) -> bool:
        answer = self.known.get(value.type)
        if answer is None:
            answer = self.known[value.type] = owns_heap(value.type)
        return answer

    def split(self, block: Block) -> None:
        """Cuts one block at each of its suspension points."""
        self.blocks.append(block)
        at = 0
        while at < len(block.ops):
            op = block.ops[at]
            if op.kind is not YIELD and not self.found.suspends(op):
                at += 1
                continue
            if block in self.paths and op.attrs.get("is_polite"):
                del block.ops[at]
                self.forget(block)
                continue
            live = self.live_after(block, at, op)
            rest = Block("")
            if block in self.paths:
                self.paths.add(rest)
            rest.ops, rest.terminator = block.ops[at + 1 :], block.terminator
            block.ops, block.terminator = block.ops[:at], None
            self.number += 1
            if op.kind is SUSPEND or op.kind is YIELD:
                self.cut_wait(block, op, live, rest)
            elif op.kind is GEN_NEXT:
                self.cut_generator(block, op, live, rest)
            else:
                self.cut_call(block, op, live, rest)
            block, at = rest, 0
            self.blocks.append(rest)

    def live_after(self, block: Block, at: int, op: Op) -> list[Value]:
        """What the rest of the block uses and was there before, in order of first use."""
        later: set[Value] = set(op.results)
        live: dict[Value, None] = {}
        for value in self.held_until_end(op):
            live[value] = None
        for other in block.ops[at + 1 :]:
            for value in other.operands:
                if value not in later:
                    live[value] = None
            later.update(other.results)
        for value in terminator_uses(block.terminator):
            if value not in later:
                live[value] = None
        if isinstance(block.terminator, Trap | Unreachable):
            live.update(dict.fromkeys(self.kept(block, at)))
        return [value for value in live if value not in self.outer or (self.owns(value) and not value.is_borrowed)]

    def kept(self, block: Block, at: int) -> list[Value]:
        """Owned values that outlive operation `at`: a block that ends in a trap need not mention them again."""
        held = dict.fromkeys(self.fn.params if block is self.fn.blocks[0] else ())
        held.update(dict.fromkeys(block.params))
        for number, op in enumerate(block.ops[: at + 1]):
            for value, use in zip(op.operands, op.modes, strict=True):
                if use is not Use.BORROW:
                    held.pop(value, None)
            if number < at:
                held.update(dict.fromkeys(op.results))
        return [value for value in held if self.owns(value) and not value.is_borrowed]

    def held_until_end(self, op: Op) -> list[Value]:
        """What a wait itself needs when it goes on."""
        return [op.operands[0]] if op.kind is GEN_NEXT else []

    def block(self, hint: str, values: list[Value]) -> tuple[Block, dict[Value, Value]]:
        """A new block that takes `values`; its own names for them."""
        block = Block(f"{hint}{self.number}")
        names = {value: Value(value.type, value.name) for value in values}
        block.params = list(names.values())
        return block, names

    def take_over(self, rest: Block, values: list[Value], hint: str) -> list[Value]:
        """Makes `rest` a block that takes `values`."""
        rest.name = f"{hint}{self.number}"
        names = {value: Value(value.type, value.name) for value in values}
        rest.params = list(names.values())
        replace_in_block(rest, names)
        return rest.params

    def dropping(self, op: Op, values: list[Value]) -> Edge:
        """The drop path: releases the owned ones among `values`, the first of them first."""
        owned = [value for value in values if self.owns(value)]
        path, names = self.block("drop", owned)
        order = owned[:1] + owned[:0:-1]
        path.ops = [Op(DROP, [names[value]], [], site=op.site) for value in order]
        path.terminator = Done(op.site)
        self.blocks.append(path)
        return Edge(path, owned)

    def giving_up(self, op: Op, live: dict[Value, Value], rest: Block) -> Edge:
        """The drop path of a wait: `live` has what `rest` needs, by its names there and where the edge starts."""
        asked = self.asked(rest)
        if asked is None:
            return self.dropping(op, list(live.values()))
        path, names = self.block("given_up", list(live))
        if op.kind is CALL or op.kind is CALL_OBJECT:
            path.ops = [Op(DROP, [path.params[0]], [], site=op.site)]  # the callee's frame
        path.ops += [Op(ZERO, [], [result], site=op.site) for result in op.results]
        path.ops += [Op(o.kind, o.operands, o.results, o.attrs, o.modes, o.site) for o in rest.ops if o is not asked]
        parts = parting(rest, asked)
        path.terminator = same(rest.terminator) if parts is None else Branch(same_edge(parts.then), op.site)
        own = {result: Value(result.type, result.name) for o in path.ops for result in o.results}
        for o in path.ops:
            o.results = [own[result] for result in o.results]
        replace_in_block(path, names | own)
        self.paths.add(path)
        self.split(path)
        return Edge(path, list(live.values()))

    def asked(self, rest: Block) -> Op | None:
        """The `given_up` that stands behind a wait, before any other wait."""
        for op in rest.ops:
            if op.kind is GIVEN_UP:
                return op
            if op.kind is YIELD or self.found.suspends(op):
                return None
        return None

    def forget(self, rest: Block) -> None:
        """Whoever arrives in `rest` was not given up."""
        asked = self.asked(rest)
        if asked is not None:
            answer_no(rest, asked)

    def cut_wait(self, block: Block, op: Op, live: list[Value], rest: Block) -> None:
        """`suspend` and `yield`: one wait, then the rest."""
        status = 0
        if op.kind is YIELD and block in self.paths:  # nobody asks any more
            block.ops += [Op(DROP, [value], [], site=op.site) for value in op.operands if self.owns(value)]
        elif op.kind is YIELD:
            block.ops.append(op)
            status = 2
        drop = self.giving_up(op, {value: value for value in live}, rest)
        self.forget(rest)
        self.take_over(rest, live, "resumed")
        if block in self.paths:
            block.terminator = Branch(drop, op.site)
        else:
            block.terminator = Suspend(Edge(rest, list(live)), drop, status, op.site)

    def cut_call(self, block: Block, op: Op, live: list[Value], rest: Block) -> None:
        """A suspending call: most end at once, the others have a frame, polled until they end."""
        frame, ended = Value(_frame_type(op), "frame"), Value(BOOL, "ended")
        attrs: dict[str, object] = {"callee": callee_of(op) if op.kind is CALL else op.attrs["method"]}
        block.ops.append(Op(FRAME_START, op.operands, [frame, ended], attrs, op.modes, op.site))
        passed = [frame, *live]
        if block in self.paths:
            waits = self.giving_up(op, {value: value for value in passed}, rest)
        else:
            poll, names = self.block("poll", passed)
            done = Value(BOOL, "done")
            poll.ops = [Op(FRAME_POLL, [names[frame]], [done], attrs if op.kind is CALL else {}, None, op.site)]
            waits = Edge(self.wait_loop(op, poll, names, done, rest), list(passed))
        self.forget(rest)
        rest.ops.insert(0, Op(FRAME_TAKE, [frame], op.results, attrs, None, op.site))
        block.terminator = CondBranch(ended, Edge(rest, list(passed)), waits, op.site)
        self.take_over(rest, passed, "ended")

    def cut_generator(self, block: Block, op: Op, live: list[Value], rest: Block) -> None:
        """`gen_next` of a generator that may wait: resumed until it yields or ends."""
        generator = op.operands[0]
        poll, names = self.block("poll", live)
        borrowed = names.get(generator, generator)
        status, zero, done = Value(I32, "status"), Value(I32, "zero"), Value(BOOL, "done")
        poll.ops = [
            Op(GEN_RESUME, [borrowed], [status], {}, None, op.site),
            Op(CONST, [], [zero], {"value": 0}, None, op.site),
            Op(COMPARE, [status, zero], [done], {"predicate": "ne"}, None, op.site),
        ]
        if block in self.paths:
            held = list(names.values())
            poll.terminator = CondBranch(done, Edge(rest, [*held, status]), self.giving_up(op, names, rest), op.site)
            self.blocks.append(poll)
        else:
            self.wait_loop(op, poll, names, done, rest, status)
        self.forget(rest)
        has, item = op.results
        two, known = Value(I32, "two"), Value(I32, "status")
        rest.ops[:0] = [
            Op(CONST, [], [two], {"value": 2}, None, op.site),
            Op(COMPARE, [known, two], [has], {"predicate": "eq"}, None, op.site),
            Op(GEN_TAKE, [generator, has], [item], {}, None, op.site),
        ]
        block.terminator = Branch(Edge(poll, list(live)), op.site)
        self.take_over(rest, [*live, known], "ended")

    def wait_loop(
        self, op: Op, poll: Block, names: dict[Value, Value], done: Value, rest: Block, status: Value | None = None
    ) -> Block:
        """`poll` goes to `rest` when `done`, else waits and polls again; the block that waits."""
        held = list(names.values())
        wait, inner = self.block("wait", held)
        arriving = held if status is None else [*held, status]
        poll.terminator = CondBranch(done, Edge(rest, arriving), Edge(wait, list(held)), op.site)
        waiting = {value: inner[name] for value, name in names.items()}
        self.blocks.append(poll)
        self.blocks.append(wait)
        drop = self.giving_up(op, waiting, rest)
        wait.terminator = Suspend(Edge(poll, list(waiting.values())), drop, 0, op.site)
        return wait


def _frame_type(op: Op) -> FrameT:
    if op.kind is CALL:
        return FrameT(UNIT, callee_of(op).result)
    ty = op.operands[0].type
    method = op.attrs["method"]
    if not isinstance(ty, ObjectT) or not isinstance(method, int):
        raise CompilerBug(f"{op.kind.name} suspends", op.site)
    return FrameT(UNIT, ty.methods[method].result)

