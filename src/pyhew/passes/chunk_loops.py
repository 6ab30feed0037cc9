"""Gives counted loops a second body without the checks that one test answers for many rounds.

In: SSA functions before `insert_drops`.  Out: before it goes on a loop asks for how many rounds, a thousand at most, the
counter stays inside of the Vecs it numbers, nobody shares those that are changed and there is room for what is pushed. So
many rounds then run in a copy of the body whose operations are marked `proved`. Without any the loop goes on as before; one
that pushes asks again after a round, which made room. So a trap comes where it came, and a Vec is copied or grown in the
round that does it.
The copy begins with a block marked `is_brief`: it needs no safepoint, because it ends soon and what it does is brief.
Assumed: uses are inferred.  A build for a debugger names its variables in loops, which then stay as they are.
"""

from __future__ import annotations

from pyhew.ir.facts import Path
from pyhew.ir.flow import Dominators, predecessors, remove_unreachable
from pyhew.ir.ops import (
    ARITH,
    CALL,
    COMPARE,
    CONST,
    INSIDE,
    VEC_LEN,
    VEC_PUSH,
    VEC_ROOM,
    Block,
    Branch,
    CondBranch,
    Edge,
    Function,
    Module,
    Op,
    Switch,
    Terminator,
    Value,
    edges,
)
from pyhew.ir.types import BOOL, I64
from pyhew.passes.counted_loops import Brief, CountedLoop, counted_loops, meaning, offset_of
from pyhew.passes.rewrite import replace_in_block, terminator_uses
from pyhew.source.spans import Span

_MOST_ROUNDS = 1024
"""Of a chunk: some microseconds, far below the time after which the scheduler takes an actor's worker away."""

_FEWEST_ROUNDS = 16
"""That are worth asking about."""

_MOST_LOOKS = 16
"""At a function; each but the last changed a loop that is left in the middle of a round."""

_MOST_BLOCKS = 2000
"""Of a function in which ways out of rounds are looked at, which takes a walk through all of it for each loop."""

_LONGEST_TAIL = 8
"""Operations of what a way out of a round does before it joins the others."""

_LONGEST_STEP, _HIGHEST_LIMIT = 1 << 32, 1 << 62
"""So that the counter never overflows on the way to the limit, and a thousand steps can be written down."""


def chunk_loops(module: Module) -> list[Function]:
    """Runs over every function; gives back those it changed."""
    brief = Brief()
    touched: list[Function] = []
    for fn in module.functions.values():
        done: set[Block] = set()
        for _ in range(_MOST_LOOKS):
            if not _chunk_some(fn, brief, done):
                break
        if done:
            remove_unreachable(fn)
            touched.append(fn)
    return touched


def _chunk_some(fn: Function, brief: Brief, done: set[Block]) -> bool:
    """Adds the heads of loops that were changed to `done`; ends, and says so, where values got new names, which later loops
    may use."""
    loops = [loop for loop in counted_loops(fn, brief) if loop.head not in done and not loop.head.is_brief]
    into = predecessors(fn.blocks) if loops else {}
    for loop in loops:
        if loop.accesses or loop.pushes:
            renamed = _bring_out(fn, loop, brief)
            if renamed is not None:
                _Chunks(fn, loop).run(into[loop.head])
                done.add(loop.head)
                if renamed:
                    return True
    return False


def _bring_out(fn: Function, loop: CountedLoop, brief: Brief) -> bool | None:
    """Makes what the loop defines leave it as parameters of the blocks behind it; whether it did, None if that is impossible.

    Only where a way out leaves the middle of a round: the copy then has that way too.
    """
    inside = set(loop.blocks)
    if all(edge.block in inside for block in loop.blocks[1:] for edge in edges(block.terminator)):
        return False
    if len(fn.blocks) > _MOST_BLOCKS:
        return None
    order = remove_unreachable(fn)
    into = predecessors(order)
    region = _with_tails(loop, into, brief)
    ways = {edge.block for block in region - {loop.head} for edge in edges(block.terminator) if edge.block not in region}
    if not ways:
        return False
    if not all(region.issuperset(into[target]) for target in ways):
        return None
    dominators = Dominators(order)
    defined = {v for block in region for v in [*block.params, *(r for op in block.ops for r in op.results)]}
    wanted: dict[Block, dict[Value, None]] = {block: {} for block in order if block in ways}
    for block in order:
        used = {} if block in region else {value: None for value in _used_in(block) if value in defined}
        if used:
            above = [target for target in wanted if dominators.dominates(target, block)]
            if above:
                wanted[above[0]].update(used)
            elif not _only_through_head(loop, block, into, dominators):
                return None
    for target, values in wanted.items():
        _carry(region, target, list(values), order, dominators)
    return any(wanted.values())


def _with_tails(loop: CountedLoop, into: dict[Block, list[Block]], brief: Brief) -> set[Block]:
    """The loop's blocks, and those behind it that only what leaves a round passes: they are copied too."""
    region = set(loop.blocks)
    for block in loop.blocks[1:]:
        for edge in edges(block.terminator):
            tail = edge.block
            is_short = len(tail.ops) <= _LONGEST_TAIL and all(map(brief.op, tail.ops))
            if tail not in region and is_short and isinstance(tail.terminator, Branch) and loop.head not in into[tail]:
                if region.issuperset(into[tail]) and tail.terminator.edge.block not in region:
                    region.add(tail)
                    loop.tails.append(tail)
    return region


def _only_through_head(loop: CountedLoop, block: Block, into: dict[Block, list[Block]], dominators: Dominators) -> bool:
    """Whether a block behind the loop is reached only when its head ends it."""
    end = loop.head.terminator
    assert isinstance(end, CondBranch)
    return into[end.otherwise.block] == [loop.head] and dominators.dominates(end.otherwise.block, block)


def _used_in(block: Block) -> list[Value]:
    return [*terminator_uses(block.terminator), *(value for op in block.ops for value in op.operands)]


def _carry(region: set[Block], target: Block, values: list[Value], order: list[Block], dominators: Dominators) -> None:
    renamed = {value: Value(value.type, value.name) for value in values}
    target.params.extend(renamed.values())
    for block in order:
        if block in region:
            for edge in edges(block.terminator):
                if edge.block is target:
                    edge.args = [*edge.args, *values]
        elif dominators.dominates(target, block):
            replace_in_block(block, renamed)


class _Chunks:
    """The work on one loop; `new` blocks are added to the function."""

    __slots__ = ("at", "first", "fn", "loop", "own", "site")

    def __init__(self, fn: Function, loop: CountedLoop) -> None:
        self.fn = fn
        self.loop = loop
        self.first = self.at = self.block("ask")
        self.own = {param: Value(param.type, param.name) for param in loop.head.params}
        self.at.params = list(self.own.values())
        end = loop.head.terminator
        self.site: Span | None = end.site if end is not None else None

    def block(self, name: str) -> Block:
        made = Block(f"{self.loop.head.name}.{name}")
        self.fn.blocks.append(made)
        return made

    def run(self, before: list[Block]) -> None:
        """Asks, and makes the copy; `before` are the blocks that lead to the head; the ways into the loop lead to the question, with pushes also those from round to round."""
        loop = self.loop
        for block in before:
            if block in loop.blocks and not loop.pushes:
                continue
            for edge in edges(block.terminator):
                if edge.block is loop.head:
                    edge.block = self.first
        fast = self.block("chunk")
        fast.is_brief = True
        fast.params = [Value(param.type, param.name) for param in loop.head.params]
        bound = self.ask(fast)
        renamed = dict(zip(loop.head.params, fast.params, strict=True))
        _Copy(self, fast, renamed).run(bound)

    # ----------------------------------------------------------------- small pieces

    def number(self, value: int) -> Value:
        """A constant."""
        made = Value(I64)
        self.at.ops.append(Op(CONST, [], [made], {"value": value}, site=self.site))
        return made

    def arith(self, name: str, left: Value, right: Value) -> Value:
        """Without a check: the question is asked so that nothing overflows where the answer is used."""
        made = Value(left.type)
        self.at.ops.append(Op(ARITH, [left, right], [made], {"op": name, "policy": "wrap"}, site=self.site))
        return made

    def compare(self, predicate: str, left: Value, right: Value) -> Value:
        """A truth."""
        made = Value(BOOL)
        self.at.ops.append(Op(COMPARE, [left, right], [made], {"predicate": predicate}, site=self.site))
        return made

    def every(self, truths: list[Value]) -> Value:
        """Whether all hold."""
        out = truths[0]
        for truth in truths[1:]:
            out = self.arith("and", out, truth)
        return out

    def seen(self, value: Value) -> Value:
        """A value of the loop as it stands at the question."""
        if value in self.own:
            return self.own[value]
        if value in self.loop.numbers:
            return self.number(self.loop.numbers[value])
        return value

    def slow(self) -> Edge:
        """As before."""
        return Edge(self.loop.head, list(self.own.values()))

    def go_on_if(self, truth: Value, name: str) -> None:
        """The rest of the question, in a block of its own."""
        onward = self.block(name)
        self.at.terminator = CondBranch(truth, Edge(onward), self.slow(), self.site)
        self.at = onward

    def least(self, left: Value, right: Value) -> Value:
        """The smaller number."""
        joined = self.block("least")
        made = Value(I64)
        joined.params = [made]
        truth = self.compare("lt", left, right)
        self.at.terminator = CondBranch(truth, Edge(joined, [left]), Edge(joined, [right]), self.site)
        self.at = joined
        return made

    # ----------------------------------------------------------------- the question

    def ask(self, fast: Block) -> Value:
        """Where the chunk ends; goes to `fast` or does one round as before."""
        loop = self.loop
        counter = self.own[loop.counter]
        if loop.measured is not None:
            limit = Value(I64)
            self.at.ops.append(Op(VEC_LEN, [self.seen(loop.measured)], [limit], site=self.site))
        else:
            limit = self.seen(loop.limit)
        lowest = max([0, *(-access.offset for access in loop.accesses)])
        left = self.arith("sub", limit, counter)
        truths = [
            self.compare("ge", counter, self.number(lowest)),
            self.compare("ge", limit, self.number(_FEWEST_ROUNDS)),
            self.compare("ge", left, self.number(_FEWEST_ROUNDS)),
        ]
        step = self.seen(loop.step)
        if loop.numbers.get(loop.step) != 1 or loop.pushes:
            truths.append(self.compare("le", limit, self.number(_HIGHEST_LIMIT)))
        if loop.step not in loop.numbers:
            truths.append(self.compare("gt", step, self.number(0)))
            truths.append(self.compare("le", step, self.number(_LONGEST_STEP)))
        self.go_on_if(self.every(truths), "length")
        far = self.arith("mul", step, self.number(_MOST_ROUNDS))
        bound = self.arith("add", counter, self.least(left, far))
        for push in loop.pushes:
            room = Value(I64)
            root = self.seen(loop.origin[push.operands[0]])
            self.at.ops.append(Op(VEC_ROOM, [root], [room], site=self.site))
            bound = self.least(bound, self.arith("add", counter, room))
        truths = self.inside(bound)
        if loop.pushes:
            rounds = self.arith("sub", bound, counter)
            truths.append(self.compare("ge", rounds, self.number(_FEWEST_ROUNDS // 2)))
        to_fast = Edge(fast, list(self.own.values()))
        if truths:
            self.at.terminator = CondBranch(self.every(truths), to_fast, self.slow(), self.site)
        else:
            self.at.terminator = Branch(to_fast, self.site)
        return bound

    def inside(self, bound: Value) -> list[Value]:
        """One truth for each Vec that the counter numbers."""
        farthest: dict[tuple[Value, Path, tuple[Value, ...]], tuple[int, bool]] = {}
        for access in self.loop.accesses:
            key = (access.root, access.path, access.indices)
            offset, alone = farthest.get(key, (access.offset, False))
            farthest[key] = (max(offset, access.offset), alone or len(access.op.results) == 2)
        truths: list[Value] = []
        for (root, path, indices), (offset, alone) in farthest.items():
            end = bound if not offset else self.arith("add", bound, self.number(offset))
            operands = [self.seen(root), *map(self.seen, indices), end]
            truths.append(Value(BOOL))
            self.at.ops.append(Op(INSIDE, operands, truths[-1:], {"path": path, "alone": alone}, site=self.site))
        return truths


class _Copy:
    """The second body."""

    __slots__ = ("blocks", "chunks", "fast", "loop", "proved", "renamed")

    def __init__(self, chunks: _Chunks, fast: Block, renamed: dict[Value, Value]) -> None:
        self.chunks = chunks
        self.loop = chunks.loop
        self.fast = fast
        self.renamed = renamed
        self.blocks = {block: chunks.block(block.name) for block in [*self.loop.blocks, *self.loop.tails]}
        self.proved = {access.op: access.steps for access in self.loop.accesses}

    def run(self, bound: Value) -> None:
        """Fills `fast`, which asks for the end of the chunk, and the copies of the loop's blocks."""
        loop, fast = self.loop, self.fast
        first = self.blocks[loop.head]
        for block, made in self.blocks.items():
            if block is not loop.head:
                made.params = [self.fresh(param) for param in block.params]
            for op in block.ops:
                made.ops.append(self.op(op))
        for block, made in self.blocks.items():
            made.terminator = self.terminator(block.terminator)
            replace_in_block(made, self.renamed)
        end = loop.head.terminator
        assert isinstance(end, CondBranch)
        then = self.edge(end.then)
        then.args = [self.renamed.get(value, value) for value in then.args]
        first.terminator = Branch(then, end.site)
        below = Value(BOOL)
        counter = self.renamed[loop.counter]
        fast.ops.append(Op(COMPARE, [counter, bound], [below], {"predicate": "lt"}, site=end.site))
        again = self.chunks.block("again")
        again.terminator = Branch(Edge(self.chunks.first, list(fast.params)), end.site)
        fast.terminator = CondBranch(below, Edge(first), Edge(again), end.site)

    def fresh(self, value: Value) -> Value:
        made = self.renamed[value] = Value(value.type, value.name)
        return made

    def op(self, op: Op) -> Op:
        """The operation without the checks that hold."""
        results = [self.fresh(value) for value in op.results]
        kind, attrs, modes = op.kind, op.attrs, op.modes
        if op in self.proved:
            attrs = {**attrs, "proved": self.proved[op]}
        elif op.kind is CALL and meaning(op) in (VEC_LEN, VEC_PUSH):
            kind, attrs = meaning(op), {}
        elif op in self.loop.ups or (self.loop.accesses and offset_of(self.loop, op) is not None):
            attrs = {**attrs, "policy": "wrap"}
        if op in self.loop.pushes:
            attrs = {**attrs, "proved": True}
        return Op(kind, list(op.operands), results, attrs, modes, op.site)

    def edge(self, edge: Edge) -> Edge:
        """An edge between copies; the way back leads to the test of the end, a way out to where it led."""
        is_back = edge.block is self.chunks.first or edge.block is self.loop.head
        target = self.fast if is_back else self.blocks.get(edge.block, edge.block)
        return Edge(target, list(edge.args))

    def terminator(self, end: Terminator | None) -> Terminator | None:
        match end:
            case Branch():
                return Branch(self.edge(end.edge), end.site)
            case CondBranch():
                return CondBranch(end.condition, self.edge(end.then), self.edge(end.otherwise), end.site)
            case Switch():
                cases = [(number, self.edge(edge)) for number, edge in end.cases]
                default = None if end.default is None else self.edge(end.default)
                return Switch(end.value, cases, default, end.site)
            case _:
                return end

