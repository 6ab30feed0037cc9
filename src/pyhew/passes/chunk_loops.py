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

from pyhew.ir.flow import Dominators, predecessors, remove_unreachable
from pyhew.ir.ops import (
    CALL,
    COMPARE,
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
from pyhew.passes.columns import Columns, ask_about_columns
from pyhew.passes.counted_loops import Access, Brief, CountedLoop, counted_loops, meaning
from pyhew.passes.loop_questions import FEWEST_ROUNDS, HIGHEST_LIMIT, LONGEST_STEP, Question, lead
from pyhew.passes.rewrite import replace_in_block, terminator_uses

_MOST_ROUNDS = 1024
"""Of a chunk: some microseconds, far below the time after which the scheduler takes an actor's worker away."""

_MOST_LOOKS = 16
"""At a function; each but the last changed a loop that is left in the middle of a round."""

_MOST_BLOCKS = 2000
"""Of a function in which ways out of rounds are looked at, which takes a walk through all of it for each loop."""

_LONGEST_TAIL = 8
"""Operations of what a way out of a round does before it joins the others."""


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
                _Chunks(fn, loop, ask_about_columns(fn, loop, into)).run(into[loop.head])
                done.add(loop.head)
                if renamed:
                    return True
    return False


def _bring_out(fn: Function, loop: CountedLoop, brief: Brief) -> bool | None:
    """Makes what the loop defines leave it as parameters of the blocks behind it; whether it did, None if that is impossible.

    Only where a way out leaves the middle of a round: the copy then has that way too.
    """
    if loop.is_left_by_head():
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
    """The work on one loop."""

    __slots__ = ("columns", "loop", "question")

    def __init__(self, fn: Function, loop: CountedLoop, columns: Columns | None) -> None:
        self.loop = loop
        self.columns = columns
        self.question = Question(fn, loop.head, loop.numbers, "ask")

    def run(self, before: list[Block]) -> None:
        """Asks, and makes the copies; `before` are the blocks that lead to the head; the ways into the loop lead to the question, with pushes also those from round to round."""
        loop = self.loop
        lead([block for block in before if loop.pushes or block not in loop.blocks], loop.head, self.question.first)
        fast = _Copy(self.question, loop, {access.op: access.steps for access in loop.accesses})
        truths, bound = self.ask()
        to_fast = Edge(fast.first, list(self.question.own.values()))
        if self.columns is not None:
            proved = fast.proved | {column.op: column.steps for column in self.columns.found}
            faster = _Copy(self.question, loop, proved)
            faster.run(bound)
            to_faster = Edge(faster.first, list(self.question.own.values()))
            self.question.go_on_if(self.question.every(truths), "columns")
            self.question.at.terminator = CondBranch(self.columns.all_inside, to_faster, to_fast, self.question.site)
        elif truths:
            self.question.at.terminator = CondBranch(
                self.question.every(truths), to_fast, self.question.slow(), self.question.site
            )
        else:
            self.question.at.terminator = Branch(to_fast, self.question.site)
        fast.run(bound)

    def ask(self) -> tuple[list[Value], Value]:
        """What must hold, and where the chunk ends; goes on in a block where it has rounds."""
        loop, question = self.loop, self.question
        counter = question.own[loop.counter]
        limit = question.length(loop.measured) if loop.measured is not None else question.seen(loop.limit)
        lowest = max([0, *(-access.offset for access in loop.accesses if access.offset is not None)])
        left = question.arith("sub", limit, counter)
        truths = [
            question.compare("ge", counter, question.number(lowest)),
            question.compare("ge", limit, question.number(FEWEST_ROUNDS)),
            question.compare("ge", left, question.number(FEWEST_ROUNDS)),
        ]
        step = question.seen(loop.step)
        if loop.numbers.get(loop.step) != 1 or loop.pushes:
            truths.append(question.compare("le", limit, question.number(HIGHEST_LIMIT)))
        if loop.step not in loop.numbers:
            truths.append(question.compare("gt", step, question.number(0)))
            truths.append(question.compare("le", step, question.number(LONGEST_STEP)))
        question.go_on_if(question.every(truths), "length")
        far = question.arith("mul", step, question.number(_MOST_ROUNDS))
        bound = question.arith("add", counter, question.least(left, far))
        for push in loop.pushes:
            room = Value(I64)
            root = question.seen(loop.origin[push.operands[0]])
            question.at.ops.append(Op(VEC_ROOM, [root], [room], site=question.site))
            bound = question.least(bound, question.arith("add", counter, room))
        truths = self.inside(bound)
        if loop.pushes:
            rounds = question.arith("sub", bound, counter)
            truths.append(question.compare("ge", rounds, question.number(FEWEST_ROUNDS // 2)))
        return truths, bound

    def inside(self, bound: Value) -> list[Value]:
        """What holds where every element that is numbered is there in every round."""
        even = self.loop.even
        farthest: dict[tuple[object, ...], tuple[Access, bool]] = {}
        for access in self.loop.accesses:
            number = even.key(access.number) if access.offset is None else ()
            key = (access.root, access.path, tuple(map(even.key, access.indices)), number)
            known, alone = farthest.get(key, (access, False))
            if (known.offset or 0) < (access.offset or 0):
                known = access
            farthest[key] = (known, alone or len(access.op.results) == 2)
        truths: list[Value] = []
        for access, alone in farthest.values():
            self.reaches(access, alone, bound, truths)
        return truths

    def reaches(self, access: Access, alone: bool, bound: Value, truths: list[Value]) -> None:
        """Adds what holds where one Vec has its element in every round."""
        question, even = self.question, self.loop.even
        counter = question.own[self.loop.counter]
        indices = [question.evaluated(even, index, counter, truths) for index in access.indices]
        if access.offset is not None:
            end = bound if not access.offset else question.arith("add", bound, question.number(access.offset))
            truths.append(question.inside(access.root, access.path, [*indices, end], alone))
            return
        one = question.number(1)
        rounds = [counter, question.arith("sub", bound, one)]
        for at in rounds if even.degree(access.number) else rounds[:1]:
            number = question.evaluated(even, access.number, at, truths)
            truths.append(question.compare("ge", number, question.number(0)))
            truths.append(question.inside(access.root, access.path, [*indices, question.arith("add", number, one)], alone))


class _Copy:
    """Another body, whose operations pass as many elements without a check as `proved` says."""

    __slots__ = ("blocks", "first", "loop", "proved", "question", "renamed", "within")

    def __init__(self, question: Question, loop: CountedLoop, proved: dict[Op, int]) -> None:
        self.question = question
        self.loop = loop
        self.proved = proved
        asked = [number for access in loop.accesses for number in (*access.indices, access.number)]
        if any(access.offset is not None for access in loop.accesses):
            asked.extend(number for number in loop.even.made if loop.even.offset(number) is not None)
        self.within = {part for number in asked for part in loop.even.parts(number)}
        self.first = question.block("chunk")
        self.first.is_brief = True
        self.first.params = [Value(param.type, param.name) for param in loop.head.params]
        self.renamed = dict(zip(loop.head.params, self.first.params, strict=True))
        self.blocks = {block: question.block(block.name) for block in [*loop.blocks, *loop.tails]}

    def run(self, bound: Value) -> None:
        """Fills `first`, which asks for the end of the chunk, and the copies of the loop's blocks."""
        loop, fast = self.loop, self.first
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
        again = self.question.block("again")
        again.terminator = Branch(Edge(self.question.first, list(fast.params)), end.site)
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
        elif op in self.loop.ups or op in self.within:
            attrs = {**attrs, "policy": "wrap"}
        if op in self.loop.pushes:
            attrs = {**attrs, "proved": True}
        return Op(kind, list(op.operands), results, attrs, modes, op.site)

    def edge(self, edge: Edge) -> Edge:
        """An edge between copies; the way back leads to the test of the end, a way out to where it led."""
        is_back = edge.block is self.question.first or edge.block is self.loop.head
        target = self.first if is_back else self.blocks.get(edge.block, edge.block)
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

