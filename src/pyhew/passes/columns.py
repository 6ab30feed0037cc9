"""Columns: a loop that walks from row to row, inside of one that walks along them.

In: a counted loop whose counter numbers the rows of a Vec of Vecs, and an element of each row that only the loop around it
changes.  Out: before the loop around it, one look at every row: whether all reach as far as that loop will go.
A row's length stands where the row begins, so a check for each element would touch a second line of memory for each.
Assumed: as for counted loops.  Both loops end only in their heads and the inner one begins in every round of the outer, so
there are many elements for each row that is looked at.
"""

from __future__ import annotations

from typing import cast

from pyhew.ir.facts import Path
from pyhew.ir.ops import (
    CONST,
    PROJECT,
    TAG,
    VEC_LEN,
    VEC_PUSH,
    Block,
    Branch,
    CondBranch,
    Edge,
    Function,
    Op,
    Value,
    edges,
)
from pyhew.ir.types import BOOL, I64
from pyhew.passes.counted_loops import Access, CountedLoop, meaning, origins
from pyhew.passes.loop_questions import FEWEST_ROUNDS, HIGHEST_LIMIT, LONGEST_STEP, Question, lead
from pyhew.source.records import record


@record(slots=True)
class End:
    """The lowest or the highest a number becomes in the outer loop: `value`, or the length of the Vec `value`, and `more`."""

    value: Value
    is_length: bool = False
    more: int = 0


@record(slots=True)
class Column:
    """`op` passes `steps` elements, the last one number `along` of the row that `path` leads to with `indices` and the row's number.

    `rows` and `along` are the lowest and the highest of both numbers.
    """

    op: Op
    root: Value
    path: Path
    indices: tuple[Value, ...]
    rows: tuple[End, End]
    along: tuple[End, End]
    steps: int


@record(slots=True)
class Columns:
    """`all_inside` says, all through the outer loop, whether all of `found` are."""

    found: list[Column]
    all_inside: Value


def ask_about_columns(fn: Function, loop: CountedLoop, into: dict[Block, list[Block]]) -> Columns | None:
    """Puts the look at the rows before the loop around `loop`; None where there is nothing to ask."""
    outer = loop.around
    if outer is None or not loop.is_left_by_head() or not _has_short_steps(outer) or not _has_short_steps(loop):
        return None
    found = _Search(loop, outer, into).columns()
    if not found:
        return None
    question = Question(fn, outer.head, outer.numbers, "rows")
    lead([block for block in into[outer.head] if block not in outer.blocks], outer.head, question.first)
    answer = _Look(question, outer).run(found)
    into[outer.head] = [block for block in into[outer.head] if block in outer.blocks] + [answer]
    return Columns(found, answer.params[0])


def _has_short_steps(loop: CountedLoop) -> bool:
    return loop.numbers.get(loop.step, LONGEST_STEP) < LONGEST_STEP


class _Search:
    """What of the inner loop walks down a column."""

    __slots__ = ("defined", "into", "loop", "made", "origin", "outer", "pushed")

    def __init__(self, loop: CountedLoop, outer: CountedLoop, into: dict[Block, list[Block]]) -> None:
        self.loop = loop
        self.outer = outer
        self.into = into
        self.defined = outer.even.defined
        self.made = {op.results[0]: op for block in outer.blocks for op in block.ops if len(op.results) == 1}
        self.origin: dict[Value, Value] = {}
        self.pushed: set[Value] = set()

    def columns(self) -> list[Column]:
        """All of them, when the rows are known before the outer loop."""
        reads = [access for access in self.loop.accesses if access.op.kind in (PROJECT, TAG) and access.offset is not None]
        wanted = [access for access in reads if _element_behind(access)]
        if not wanted:
            return []
        self.origin = origins(self.outer)
        pushes = [op for block in self.outer.blocks for op in block.ops if meaning(op) is VEC_PUSH]
        self.pushed = {self.origin[op.operands[0]] for op in pushes if op.operands[0] in self.origin}
        rows = self.rows()
        if rows is None:
            return []
        return [column for access in wanted if (column := self.column(access, rows)) is not None]

    def rows(self) -> tuple[End, End] | None:
        """The lowest and the highest number of a row."""
        loop = self.loop
        at = loop.head.params.index(loop.counter)
        ways = [block for block in self.into[loop.head] if block not in loop.blocks]
        starts = {edge.args[at] for block in ways for edge in edges(block.terminator) if edge.block is loop.head}
        first = self.ends(starts.pop()) if len(starts) == 1 else None
        last = self.limit(loop)
        return None if first is None or last is None else (first[0], last)

    def limit(self, loop: CountedLoop) -> End | None:
        """The highest that a loop's counter becomes."""
        ends = self.length(loop.measured) if loop.measured is not None else self.ends(loop.limit)
        return None if ends is None else _moved(ends[1], 0 if loop.reaches else -1)

    def length(self, measured: Value) -> tuple[End, End] | None:
        """Of a Vec that does not grow in the outer loop."""
        root = self.origin.get(measured)
        if root is None or root in self.pushed:
            return None
        return End(root, is_length=True), End(root, is_length=True)

    def ends(self, value: Value) -> tuple[End, End] | None:
        """The lowest and the highest that a number becomes in the outer loop."""
        outer, op = self.outer, self.made.get(value)
        if value in outer.numbers or value not in self.defined:
            return End(value), End(value)
        offset = outer.even.offset(value)
        if offset is not None:
            last = self.limit(outer)
            return None if last is None else (End(outer.counter, more=offset), _moved(last, offset))
        return self.length(op.operands[0]) if op is not None and meaning(op) is VEC_LEN else None

    def column(self, access: Access, rows: tuple[End, End]) -> Column | None:
        """The element behind an access, when the outer loop alone moves it."""
        root = self.origin.get(access.root)
        op, steps = access.op, access.steps + 1
        number = op.operands[steps]
        along = self.ends(number) if number.type == I64 else None
        is_known = all(index in self.outer.numbers or index not in self.defined for index in access.indices)
        if root is None or along is None or access.offset is None or not is_known:
            return None
        moved = _moved(rows[0], access.offset), _moved(rows[1], access.offset)
        path = cast(Path, op.attrs["path"])[: len(access.path) + _element_behind(access)]
        return Column(op, root, path, access.indices, moved, along, steps)


def _element_behind(access: Access) -> int:
    """How many steps behind the row the next element is, with fields between; 0 when there is none."""
    for at, step in enumerate(cast(Path, access.op.attrs["path"])[len(access.path) + 1 :], 1):
        if step[0] != "field":
            return at if step[0] == "elem" else 0
    return 0


def _moved(end: End, more: int) -> End:
    return End(end.value, end.is_length, end.more + more)


class _Look:
    """The question: the blocks before the outer loop."""

    __slots__ = ("answer", "no", "outer", "question")

    def __init__(self, question: Question, outer: CountedLoop) -> None:
        self.question = question
        self.outer = outer
        self.answer = question.block("rows")
        self.answer.params = [Value(BOOL)]
        self.answer.terminator = Branch(question.slow(), question.site)
        self.no = Value(BOOL)
        question.at.ops.append(Op(CONST, [], [self.no], {"value": False}, site=question.site))

    def run(self, found: list[Column]) -> Block:
        """The block that gives the answer and goes to the outer loop."""
        question, outer = self.question, self.outer
        counter = question.own[outer.counter]
        limit = question.length(outer.measured) if outer.measured is not None else question.seen(outer.limit)
        few = question.number(FEWEST_ROUNDS)
        truths = [
            question.compare("ge", counter, question.number(0)),
            question.compare("ge", limit, few),
            question.compare("le", limit, question.number(HIGHEST_LIMIT)),
            question.compare("ge", question.arith("sub", limit, counter), few),
        ]
        asked = _farthest(found)
        for column in asked:
            truths.append(self.is_natural(column.rows[0]))
            last = self.number(End(column.rows[1].value, column.rows[1].is_length))
            truths.append(question.compare("le", last, question.number(HIGHEST_LIMIT)))
        truths.extend(self.is_natural(column.along[0]) for column in found)
        question.go_on_if(question.every(truths), "rows", self.without())
        for column in asked:
            self.walk(column)
        yes = Value(BOOL)
        question.at.ops.append(Op(CONST, [], [yes], {"value": True}, site=question.site))
        question.at.terminator = Branch(Edge(self.answer, [yes]), question.site)
        return self.answer

    def without(self) -> Edge:
        return Edge(self.answer, [self.no])

    def number(self, end: End) -> Value:
        """As it stands before the outer loop."""
        question = self.question
        value = question.length(end.value) if end.is_length else question.seen(end.value)
        return value if end.more == 0 else question.arith("add", value, question.number(end.more))

    def is_natural(self, end: End) -> Value:
        """Whether it is not negative, asked without adding what may overflow."""
        value = self.number(End(end.value, end.is_length))
        return self.question.compare("ge", value, self.question.number(-end.more))

    def walk(self, column: Column) -> None:
        """From row to row, until one is too short."""
        question = self.question
        first, last, along = self.number(column.rows[0]), self.number(column.rows[1]), self.number(column.along[1])
        end = question.arith("add", along, question.number(1))
        head, onward = question.block("row"), question.block("rows")
        row = Value(I64)
        head.params = [row]
        question.at.terminator = Branch(Edge(head, [first]), question.site)
        question.at = head
        question.go_on_if(question.compare("le", row, last), "row", Edge(onward))
        numbers = [*map(question.seen, column.indices), row, end]
        is_inside = question.inside(column.root, column.path, numbers, alone=False)
        following = question.arith("add", row, question.number(1))
        question.at.terminator = CondBranch(is_inside, Edge(head, [following]), self.without(), question.site)
        question.at = onward


def _farthest(found: list[Column]) -> list[Column]:
    """Those whose rows reach far enough for all."""
    kept: dict[tuple[Value, Path, tuple[Value, ...], int, int, Value, bool], Column] = {}
    for column in found:
        last = column.along[1]
        key = (column.root, column.path, column.indices, column.rows[0].more, column.rows[1].more, last.value, last.is_length)
        if key not in kept or kept[key].along[1].more < last.more:
            kept[key] = column
    return list(kept.values())
