"""Random loops that count through vectors, with and without the pass that runs them in chunks.

In: a seed.  Out: what differs in what they print or how they end, or which claim of the pass was false.
Assumed: the interpreter asks every proof again.
"""

from __future__ import annotations

import random

from tests.generated.judge import rejection, run

from pyhew.abi import functions as abi
from pyhew.ir import ops
from pyhew.ir.ops import Block, Branch, CondBranch, Edge, Function, Module, Op, OpKind, Return, Value
from pyhew.ir.types import BOOL, I32, I64, STRING, UNIT, Use, VecT
from pyhew.passes.manager import IR_PASSES

VEC, ROWS = VecT(I64), VecT(VecT(I64))
STATE = (VEC, VEC, ROWS, I64)


def random_loop(seed: int) -> Module:
    """`main` fills vectors, walks through them and prints what became of them."""
    module = Module()
    module.functions["walk"] = _Walk(random.Random(seed)).made
    module.functions["main"] = _main(random.Random(seed + 1), module.functions["walk"])
    return module


def outcomes(seed: int) -> tuple[tuple[str, list[str]], tuple[str, list[str]], bool]:
    """How the program of a seed ends without chunks and with them, and whether there are any."""
    found: list[tuple[str, list[str]]] = []
    has_chunks = False
    for with_chunks in (False, True):
        module = random_loop(seed)
        for ir_pass in IR_PASSES:
            if with_chunks or ir_pass.name != "chunk_loops":
                ir_pass.run(module)
        bad = rejection(module)
        found.append((bad, []) if bad is not None else run(module, 60_000))
        has_chunks = any(block.is_brief for fn in module.functions.values() for block in fn.blocks)
    return found[0], found[1], has_chunks


class _Walk:
    """`walk(inout first, second, inout rows, from, limit, step) -> i64`."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        names = ("first", "second", "rows", "from", "limit", "step")
        types = (VEC, VEC, ROWS, I64, I64, I64)
        modes = [Use.INOUT, Use.BORROW, Use.INOUT, Use.BORROW, Use.BORROW, Use.BORROW]
        self.params = [Value(ty, name) for ty, name in zip(types, names, strict=True)]
        self.params[1].is_borrowed = True
        self.made = Function("walk", self.params, modes, I64)
        self.block = self.start("entry")
        self.head = Block("head")
        self.done = Block("done")
        self.state: list[Value] = []
        self.kept: list[Value] = []
        self.write()

    def start(self, name: str) -> Block:
        self.block = Block(name)
        self.made.blocks.append(self.block)
        return self.block

    def op(self, kind: OpKind, operands: list[Value], types: list[object], **attrs: object) -> list[Value]:
        results = [Value(ty) for ty in types]  # type: ignore[arg-type]
        self.block.ops.append(Op(kind, operands, results, attrs))
        return results

    def number(self, value: int) -> Value:
        return self.op(ops.CONST, [], [I64], value=value)[0]

    def arith(self, name: str, left: Value, right: Value, policy: str = "wrap") -> Value:
        return self.op(ops.ARITH, [left, right], [I64], op=name, policy=policy)[0]

    # ----------------------------------------------------------------- the loop

    def write(self) -> None:
        first, second, rows, begin, limit, step = self.params
        zero = self.number(0)
        self.block.terminator = Branch(Edge(self.head, [begin, first, first if self.rng.random() < 0.1 else second, rows, zero]))
        self.head.params = [Value(I64, "at"), *(Value(ty) for ty in STATE)]
        self.done.params = [Value(ty) for ty in STATE]
        self.made.blocks.append(self.head)
        self.block = self.head
        at, *self.state = self.head.params
        self.at = at
        end = limit
        if self.rng.random() < 0.3:
            end = self.op(ops.VEC_LEN, [self.rng.choice((self.state[0], self.state[1], second))], [I64])[0]
        (more,) = self.op(ops.COMPARE, [at, end], [BOOL], predicate=self.rng.choice(("lt", "lt", "le")))
        body = self.start("body")
        self.head.terminator = CondBranch(more, Edge(body), Edge(self.done, list(self.state)))
        for _ in range(self.rng.randint(1, 5)):
            self.rng.choice((
                self.read, self.read, self.read_row, self.change, self.change, self.change_row, self.push, self.keep,
                self.leave, self.part, self.pop,
            ))()  # fmt: skip
        for old in self.kept:
            self.add(self.op(ops.VEC_LEN, [old], [I64])[0])
        rise = step if self.rng.random() < 0.4 else self.number(self.rng.choice((1, 1, 1, 2, 5)))
        up = self.arith("add", at, rise, self.rng.choice(("trap", "wrap")))
        if self.rng.random() < 0.06:
            self.state[1] = self.state[0]
        self.block.terminator = Branch(Edge(self.head, [up, *self.state]))
        self.made.blocks.append(self.done)
        self.block = self.done
        state = self.done.params
        self.done.terminator = Return([self.arith("add", state[3], self.op(ops.VEC_LEN, [state[1]], [I64])[0]), state[0], state[2]])

    def index(self) -> Value:
        roll = self.rng.random()
        if roll < 0.5:
            return self.at
        if roll < 0.85:
            return self.arith(self.rng.choice(("add", "sub")), self.at, self.number(self.rng.choice((1, 2, -1))), "trap")
        return self.number(self.rng.randint(0, 2)) if roll < 0.95 else self.params[3]

    def add(self, value: Value) -> None:
        self.state[3] = self.arith("add", self.arith("mul", self.state[3], self.number(3)), value)

    def read(self) -> None:
        vec = self.rng.choice((self.state[0], self.state[1], self.params[1]))
        self.add(self.op(ops.PROJECT, [vec, self.index()], [I64], path=(("elem",),))[0])

    def read_row(self) -> None:
        if self.rng.random() < 0.2:
            (row,) = self.op(ops.PROJECT, [self.state[2], self.number(0)], [VEC], path=(("elem",),))
            self.add(self.op(ops.PROJECT, [row, self.index()], [I64], path=(("elem",),))[0])
            return
        indices = self.row_indices()
        self.add(self.op(ops.PROJECT, [self.state[2], *indices], [I64], path=(("elem",), ("elem",)))[0])

    def row_indices(self) -> list[Value]:
        row = self.number(self.rng.randint(0, 2)) if self.rng.random() < 0.7 else self.index()
        return [row, self.index()]

    def change(self) -> None:
        at = self.rng.choice((0, 0, 1))
        _, self.state[at] = self.op(
            ops.REPLACE, [self.state[at], self.state[3], self.index()], [I64, VEC], path=(("elem",),)
        )

    def change_row(self) -> None:
        path = (("elem",), ("elem",))
        operands = [self.state[2], self.state[3], *self.row_indices()]
        _, self.state[2] = self.op(ops.REPLACE, operands, [I64, ROWS], path=path)

    def push(self) -> None:
        at = self.rng.choice((0, 1))
        (self.state[at],) = self.op(ops.VEC_PUSH, [self.state[at], self.at], [VEC])

    def pop(self) -> None:
        if self.rng.random() < 0.2:
            item, self.state[0] = self.op(ops.VEC_POP, [self.state[0]], [I64, VEC])
            self.add(item)

    def keep(self) -> None:
        if self.rng.random() < 0.3:
            self.kept.append(self.state[0])

    def leave(self) -> None:
        """A way out of the middle of a round, at once or through a block of its own."""
        (is_over,) = self.op(ops.COMPARE, [self.state[3], self.number(self.rng.randint(0, 4000))], [BOOL], predicate="gt")
        before = self.block
        out = Edge(self.done, list(self.state))
        if self.rng.random() < 0.5:
            tail, state = self.start("tail"), list(self.state)
            self.add(self.number(1))
            tail.terminator = Branch(Edge(self.done, list(self.state)))
            out, self.state = Edge(tail), state
        onward = self.start("onward")
        before.terminator = CondBranch(is_over, out, Edge(onward))

    def part(self) -> None:
        """Two ways through a round, one of which changes something."""
        (truth,) = self.op(ops.COMPARE, [self.state[3], self.number(50)], [BOOL], predicate="lt")
        before, unchanged, kept = self.block, list(self.state), list(self.kept)
        arm, join = self.start("arm"), Block("join")
        self.rng.choice((self.read, self.change, self.push))()
        arm.terminator = Branch(Edge(join, list(self.state)))
        before.terminator = CondBranch(truth, Edge(arm), Edge(join, unchanged))
        join.params = [Value(ty) for ty in STATE]
        self.made.blocks.append(join)
        self.block, self.state, self.kept = join, list(join.params), kept


def _main(rng: random.Random, walk: Function) -> Function:
    made = Function("main", [], [], UNIT, [Block("entry")])
    block = made.blocks[0]

    def op(kind: OpKind, operands: list[Value], types: list[object], **attrs: object) -> list[Value]:
        results = [Value(ty) for ty in types]  # type: ignore[arg-type]
        modes = attrs.pop("modes", None)
        block.ops.append(Op(kind, operands, results, attrs, modes))  # type: ignore[arg-type]
        return results

    def filled(count: int) -> Value:
        (vec,) = op(ops.ZERO, [], [VEC])
        for at in range(count):
            (vec,) = op(ops.VEC_PUSH, [vec, op(ops.CONST, [], [I64], value=at * 7 % 11)[0]], [VEC])
        return vec

    def show(number: Value) -> None:
        one, zero = (op(ops.CONST, [], [I32], value=flag)[0] for flag in (1, 0))
        (text,) = op(ops.RUNTIME, [number], [STRING], fn=abi.STRING_FROM_I64, modes=abi.STRING_FROM_I64.uses)
        op(ops.RUNTIME, [text, one, zero], [], fn=abi.PRINT, modes=abi.PRINT.uses)

    first, second = filled(rng.choice((0, 3, 40, 60))), filled(rng.choice((40, 50)))
    if rng.random() < 0.2:
        second = first
    (rows,) = op(ops.ZERO, [], [ROWS])
    for _ in range(3):
        (rows,) = op(ops.VEC_PUSH, [rows, rng.choice((first, filled(45)))], [ROWS])
    for _ in range(2):
        highest = 2**63 - 1
        start = rng.choice((0, 0, 0, 1, 2, -1, -30, highest - 20))
        limit = rng.choice((0, 10, 30, 38, 39, 40, 45, 70, highest))
        numbers = [op(ops.CONST, [], [I64], value=value)[0] for value in (start, limit, rng.choice((1, 2, 9, -1, 2**62)))]
        operands = [first, second, rows, *numbers]
        result, first, rows = op(ops.CALL, operands, [I64, VEC, ROWS], callee=walk, modes=tuple(walk.modes))
        show(result)
        show(op(ops.VEC_LEN, [first], [I64])[0])
    block.terminator = Return([])
    return made
