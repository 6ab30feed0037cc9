"""Random loops that count through vectors, with and without the pass that runs them in chunks.

In: a seed.  Out: what differs in what they print or how they end, or which claim of the pass was false.
Some stand in a loop that counts as well, and walk down the columns of rows.
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

VEC, ROWS, CUBE = VecT(I64), VecT(VecT(I64)), VecT(VecT(VecT(I64)))
STATE = (VEC, VEC, ROWS, I64)
HUGE = (2**54, 2**62, 2**63 - 2**54 + 1)
"""Steps of which a thousand are nothing, or a thousand, when they overflow."""
FUEL = 60_000, 240_000
"""Without chunks and with them, whose questions are steps as well: a program that ends without them must end with them."""


def random_loop(seed: int) -> Module:
    """`main` fills vectors, walks through them and prints what became of them."""
    module = Module()
    module.functions["walk"] = _Walk(random.Random(seed)).made
    module.functions["main"] = _main(random.Random(seed + 1), module.functions["walk"])
    return module


def outcomes(seed: int) -> tuple[tuple[str, list[str]], tuple[str, list[str]], set[str]]:
    """How the program of a seed ends without chunks and with them, and which kinds of questions it asks."""
    found: list[tuple[str, list[str]]] = []
    asked: set[str] = set()
    for with_chunks in (False, True):
        module = random_loop(seed)
        for ir_pass in IR_PASSES:
            if with_chunks or ir_pass.name != "chunk_loops":
                ir_pass.run(module)
        bad = rejection(module)
        found.append((bad, []) if bad is not None else run(module, FUEL[with_chunks]))
        asked = {block.name.rpartition(".")[2] for fn in module.functions.values() for block in fn.blocks if "." in block.name}
    return found[0], found[1], asked


class _Walk:
    """`walk(inout first, second, inout rows, cube, from, limit, step) -> i64`."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        names = ("first", "second", "rows", "cube", "from", "limit", "step")
        types = (VEC, VEC, ROWS, CUBE, I64, I64, I64)
        modes = [Use.INOUT, Use.BORROW, Use.INOUT, *[Use.BORROW] * 4]
        self.params = [Value(ty, name) for ty, name in zip(types, names, strict=True)]
        self.params[1].is_borrowed = self.params[3].is_borrowed = True
        self.cube, self.begin, self.limit, self.step = self.params[3:]
        self.made = Function("walk", self.params, modes, I64)
        self.block = self.start("entry")
        self.head, self.done = Block("head"), Block("done")
        self.across: Value | None = None
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
        first, second, rows = self.params[:3]
        zero = self.number(0)
        state = [first, first if self.rng.random() < 0.1 else second, rows, zero]
        if self.rng.random() < 0.4:
            self.write_around(state)
        else:
            self.block.terminator = Branch(Edge(self.head, [self.begin, *state]))
            self.write_loop(self.limit, self.step)
            self.end_with(self.done.params)

    def write_around(self, before: list[Value]) -> None:
        """A loop whose body is the other one, at times two of them or more."""
        head, over = Block("across"), Block("over")
        self.made.blocks.append(head)
        self.across = Value(I64, "across")
        head.params = [self.across, *(Value(ty) for ty in STATE)]
        start = self.number(self.rng.choice((0, 0, 1, 3)))
        self.block.terminator = Branch(Edge(head, [start, *before]))
        self.block = head
        self.at = self.across
        end = self.number(self.rng.choice((20, 24)))
        if self.rng.random() < 0.25:
            (end,) = self.op(ops.VEC_LEN, [self.rng.choice(head.params[1:4])], [I64])
        more = self.is_below(self.across, end)
        body = self.start("rounds")
        head.terminator = CondBranch(more, Edge(body), Edge(over, list(head.params[1:])))
        self.state = list(head.params[1:])
        self.write_rarely()
        for _ in range(self.rng.choice((1, 1, 1, 2))):
            self.write_inner()
        up = self.arith("add", self.across, self.rise(self.number(self.rng.choice((1, 1, 2)))), self.policy())
        self.block.terminator = Branch(Edge(head, [up, *self.state]))
        self.made.blocks.append(over)
        over.params = [Value(ty) for ty in STATE]
        self.block = over
        self.end_with(over.params)

    def write_inner(self) -> None:
        self.head, self.done, self.kept = Block("head"), Block("done"), []
        first = self.rng.choice((self.number(0), self.number(self.rng.randint(0, 2)), self.begin, self.index()))
        last = self.rng.choice((
            self.number(self.rng.choice((20, 24))), self.number(20), self.limit, self.index(),
            self.op(ops.VEC_LEN, [self.state[2]], [I64])[0],
        ))  # fmt: skip
        step = self.number(self.rng.choice((1, 1, 1, 3)))
        before = self.block
        ways = [(before, first)]
        if self.rng.random() < 0.15:
            (is_early,) = self.op(ops.COMPARE, [self.at, self.number(self.rng.randint(1, 9))], [BOOL], predicate="lt")
            ways = [(self.start("early"), first), (self.start("late"), self.number(self.rng.randint(0, 2)))]
            before.terminator = CondBranch(is_early, Edge(ways[0][0]), Edge(ways[1][0]))
        for block, number in ways:
            block.terminator = Branch(Edge(self.head, [number, *self.state]))
        self.write_loop(last, step)
        assert self.across is not None
        self.at, self.state = self.across, list(self.done.params)
        self.write_rarely()

    def write_rarely(self) -> None:
        """What the loop around does beside."""
        if self.rng.random() < 0.3:
            self.rng.choice((self.change_row, self.push_row, self.put_row, self.push))()

    def end_with(self, state: list[Value]) -> None:
        total = self.arith("add", state[3], self.op(ops.VEC_LEN, [state[1]], [I64])[0])
        self.block.terminator = Return([total, state[0], state[2]])

    def write_loop(self, limit: Value, step: Value) -> None:
        second = self.params[1]
        self.head.params = [Value(I64, "at"), *(Value(ty) for ty in STATE)]
        self.done.params = [Value(ty) for ty in STATE]
        self.made.blocks.append(self.head)
        self.block = self.head
        at, *self.state = self.head.params
        self.at = at
        end = limit
        if self.rng.random() < 0.3:
            end = self.op(ops.VEC_LEN, [self.rng.choice((*self.state[:2], second, *self.state[2:3]))], [I64])[0]
        more = self.is_below(at, end)
        body = self.start("body")
        self.head.terminator = CondBranch(more, Edge(body), Edge(self.done, list(self.state)))
        for _ in range(0 if self.across is None else self.rng.choice((1, 1, 2, 3))):
            self.read_column()
        for _ in range(self.rng.randint(1, 5) if self.across is None else self.rng.choice((0, 0, 1))):
            self.rng.choice((
                self.read, self.read, self.read_row, self.change, self.change, self.change_row, self.push, self.keep,
                self.leave, self.part, self.pop,
            ))()  # fmt: skip
        for old in self.kept:
            self.add(self.op(ops.VEC_LEN, [old], [I64])[0])
        rise = step if self.rng.random() < 0.4 else self.rise(self.number(self.rng.choice((1, 1, 1, 2, 5))))
        up = self.arith("add", at, rise, self.rng.choice(("trap", "wrap")))
        if self.rng.random() < 0.06:
            self.state[1] = self.state[0]
        self.block.terminator = Branch(Edge(self.head, [up, *self.state]))
        self.made.blocks.append(self.done)
        self.block = self.done

    def is_below(self, number: Value, end: Value) -> Value:
        """Whether a loop goes on, asked from either side."""
        predicate = self.rng.choice(("lt", "lt", "le"))
        operands = [number, end]
        if self.rng.random() < 0.2:
            operands, predicate = [end, number], {"lt": "gt", "le": "ge"}[predicate]
        return self.op(ops.COMPARE, operands, [BOOL], predicate=predicate)[0]

    def rise(self, usual: Value) -> Value:
        """What a round adds to a counter: at times one that overflows."""
        roll = self.rng.random()
        if roll < 0.06:
            return self.step
        return self.number(self.rng.choice(HUGE)) if roll < 0.1 else usual

    def policy(self) -> str:
        return self.rng.choice(("trap", "trap", "wrap"))

    def index(self) -> Value:
        roll = self.rng.random()
        if roll < 0.5:
            return self.at
        if roll < 0.75:
            return self.arith(self.rng.choice(("add", "sub")), self.at, self.number(self.rng.choice((1, 2, -1))), "trap")
        if roll < 0.88:
            return self.even()
        return self.number(self.rng.randint(0, 2)) if roll < 0.95 else self.begin

    def even(self) -> Value:
        """A number that stays the same or grows evenly with the counter, in at most three steps."""
        value = self.rng.choice((self.at, self.at, self.across or self.at, self.begin))
        for _ in range(self.rng.randint(1, 3)):
            other = self.rng.choice((self.number(self.rng.choice((2, 3, 44, -1, 2**40))), self.begin, self.step, self.at))
            name = self.rng.choice(("add", "sub", "mul") if self.rng.random() < 0.92 else ("rem", "div"))
            pair = (value, other) if self.rng.random() < 0.5 else (other, value)
            value = self.arith(name, *pair, self.policy())
        return value

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

    def read_column(self) -> None:
        assert self.across is not None
        shift = self.number(self.rng.choice((1, -1)))
        along = self.arith("add", self.across, shift, "trap") if self.rng.random() < 0.3 else self.across
        row = self.at
        if self.rng.random() < 0.4:
            row = self.index() if self.rng.random() < 0.5 else self.arith("add", self.at, shift, "trap")
        root, way = self.state[2], [row, along]
        if self.rng.random() < 0.3:
            layer = self.number(self.rng.randint(0, 2)) if self.rng.random() < 0.8 else self.index()
            root, way = self.cube, [layer, row, along]
        self.add(self.op(ops.PROJECT, [root, *way], [I64], path=(("elem",),) * len(way))[0])

    def push_row(self) -> None:
        (self.state[2],) = self.op(ops.VEC_PUSH, [self.state[2], self.state[1]], [ROWS])

    def put_row(self) -> None:
        operands = [self.state[2], self.state[0], self.number(self.rng.randint(0, 2))]
        _, self.state[2] = self.op(ops.REPLACE, operands, [VEC, ROWS], path=(("elem",),))

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
    row, other, odd = filled(45), filled(rng.choice((2, 20, 21, 24, 45))), rng.choice((0, 1, 3, 19, 20, 20, 23))
    is_nest = any(block.name == "across" for block in walk.blocks)

    def many(count: int, odd: int) -> Value:
        (rows,) = op(ops.ZERO, [], [ROWS])
        for number in range(count):
            (rows,) = op(ops.VEC_PUSH, [rows, other if number == odd else row], [ROWS])
        return rows

    rows = many(rng.choice((20, 26, 26, 45)) if is_nest else 3, odd)
    (cube,) = op(ops.ZERO, [], [CUBE])
    odds = [rng.choice((-1, -1, 19, 20)) for _ in range(3 if is_nest else 0)]
    is_read = any(walk.params[3] in used.operands for block in walk.blocks for used in block.ops)
    for odd in odds if is_read else ():
        (cube,) = op(ops.VEC_PUSH, [cube, many(26, odd)], [CUBE])
    for _ in range(2):
        highest = 2**63 - 1
        start = rng.choice((0, 0, 1) if is_nest else (0, 0, 0, 1, 2, -1, -30, highest - 20))
        limit = rng.choice((20, 21, 25) if is_nest else (0, 10, 30, 38, 39, 40, 45, 70, highest))
        numbers = [op(ops.CONST, [], [I64], value=value)[0] for value in (start, limit, rng.choice((1, 2, 9, -1, 2**62)))]
        operands = [first, second, rows, cube, *numbers]
        result, first, rows = op(ops.CALL, operands, [I64, VEC, ROWS], callee=walk, modes=tuple(walk.modes))
        show(result)
        show(op(ops.VEC_LEN, [first], [I64])[0])
    block.terminator = Return([])
    return made
