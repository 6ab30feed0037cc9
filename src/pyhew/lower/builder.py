"""Building SSA: blocks, edges, and variables that become values.

In: calls from lowering.  Out: a `Function` whose merges are block parameters.
Assumed: a block is sealed once all ways into it are known (Braun and others, 2013,
"Simple and Efficient Construction of Static Single Assignment Form").
"""

from __future__ import annotations

from pyhew.ir import ops
from pyhew.ir.ops import Block, Edge, Function, Op, OpKind, Value
from pyhew.ir.types import BOOL, I32, I64, NEVER, STRING, UNIT, IrType, Use
from pyhew.source.spans import Span

Number = int


class Variable:
    """Something that holds one value at a time; its type never changes; `site`: where a user declared it; `shown`: its type
    for debuggers, where `type` is no more than a number."""
    __slots__ = ("name", "shown", "site", "type")

    def __init__(self, name: str, type: IrType, site: Span | None = None, shown: str = "") -> None:
        self.name = name
        self.type = type
        self.site = site
        self.shown = shown


class _Link:
    """The way up from a finished block, for variables that nothing on it writes.

    One step leads to `parent`, past what wrote `touched`; `span` steps lead to `jump`, past what wrote `passed`. Spans are 1,
    3, 7 .. as in Myers' random-access lists, so that a thousand steps are a dozen jumps.
    """
    __slots__ = ("jump", "parent", "passed", "span", "touched")

    def __init__(self, parent: Block, touched: frozenset[Variable], links: dict[Block, _Link]) -> None:
        self.parent = self.jump = parent
        self.touched = self.passed = touched
        self.span = 1
        above = links.get(parent)
        far = links.get(above.jump) if above is not None else None
        if above is not None and far is not None and above.span == far.span:
            self.jump = far.jump
            self.passed = touched | above.passed | far.passed
            self.span = 1 + above.span + far.span


_LONGEST_WAY = 16
"""Blocks one after the other that are looked at to see where two ways part."""


class Builder:
    """Writes one function."""
    def __init__(self, fn: Function, names: bool = False) -> None:
        self.fn = fn
        self.names = names
        self.site: Span | None = fn.site
        self.entry = Block("entry")
        fn.blocks.append(self.entry)
        self.block = self.entry
        self.defs: dict[Block, dict[Variable, Value]] = {self.entry: {}}
        self.preds: dict[Block, list[tuple[Block, Edge]]] = {self.entry: []}
        self.sealed: set[Block] = {self.entry}
        self.waiting: dict[Block, dict[Variable, Value]] = {}
        self.forward: dict[Value, Value] = {}
        self.regions: dict[Block, tuple[Block | None, tuple[Block, ...]]] = {}
        self.links: dict[Block, _Link] = {}
        self.placed: set[Block] = {self.entry}
        self.counter = 0

    # ------------------------------------------------------------------ operations

    def op(
        self,
        kind: OpKind,
        operands: list[Value],
        results: list[IrType],
        attrs: dict[str, object] | None = None,
        modes: tuple[Use, ...] | None = None,
    ) -> list[Value]:
        """Appends an operation; the values of its results."""
        values = [Value(ty) for ty in results]
        if self.block.terminator is None:
            self.block.ops.append(Op(kind, operands, values, attrs, modes, self.site))
        return values

    def one(
        self, kind: OpKind, operands: list[Value], result: IrType, attrs: dict[str, object] | None = None
    ) -> Value:
        """An operation with exactly one result."""
        return self.op(kind, operands, [result], attrs)[0]

    def const(self, value: float | bool, ty: IrType) -> Value:
        """A number or bool."""
        return self.one(ops.CONST, [], ty, {"value": value})

    def int(self, value: Number, ty: IrType = I64) -> Value:
        """An integer."""
        return self.const(value, ty)

    def zero(self, ty: IrType) -> Value:
        """The zero value of a type."""
        return self.one(ops.ZERO, [], UNIT if ty is NEVER else ty)

    def unit(self) -> Value:
        """The value of unit."""
        return self.zero(UNIT)

    def arith(self, op: str, left: Value, right: Value, policy: str = "trap") -> Value:
        """`left op right` of one type."""
        return self.one(ops.ARITH, [left, right], left.type, {"op": op, "policy": policy})

    def compare(self, predicate: str, left: Value, right: Value) -> Value:
        """A comparison of scalars."""
        return self.one(ops.COMPARE, [left, right], BOOL, {"predicate": predicate})

    def is_zero(self, value: Value) -> Value:
        """Whether an integer is 0."""
        return self.compare("eq", value, self.int(0, value.type))

    def convert(self, value: Value, ty: IrType) -> Value:
        """Numeric conversion, nothing when the types are one."""
        return value if value.type == ty else self.one(ops.CONVERT, [value], ty)

    def negate_bool(self, value: Value) -> Value:
        """Bool not."""
        return self.one(ops.NOT, [value], BOOL)

    def pack(self, parts: list[Value], ty: IrType) -> Value:
        """Struct or tuple."""
        return self.one(ops.PACK, parts, ty)

    def unpack(self, value: Value, types: tuple[IrType, ...]) -> list[Value]:
        """All parts of a struct or tuple."""
        return self.op(ops.UNPACK, [value], list(types))

    def variant(self, ty: IrType, index: Number, payload: list[Value]) -> Value:
        """An enum value."""
        return self.one(ops.VARIANT, payload, ty, {"index": index})

    def tag(self, value: Value, path: tuple[tuple[object, ...], ...] = (), indices: list[Value] | None = None) -> Value:
        """The index of an enum's variant."""
        return self.one(ops.TAG, [value, *(indices or [])], I32, {"path": path})

    def project(
        self, root: Value, path: tuple[tuple[object, ...], ...], indices: list[Value], result: IrType
    ) -> Value:
        """A copy of what stands at a place."""
        return self.one(ops.PROJECT, [root, *indices], result, {"path": path})

    def string(self, text: str) -> Value:
        """A literal."""

        return self.one(ops.STRING_LITERAL, [], STRING, {"text": text})

    # ------------------------------------------------------------------ control

    def new_block(self, name: str, sealed: bool = False) -> Block:
        """A block to be filled later."""
        self.counter += 1
        block = Block(f"{name}{self.counter}")
        self.defs[block] = {}
        self.preds[block] = []
        if sealed:
            self.sealed.add(block)
        return block

    def start(self, block: Block) -> None:
        """Goes on in `block`."""
        if block not in self.placed:
            self.placed.add(block)
            self.fn.blocks.append(block)
        self.block = block

    def start_sealed(self, block: Block) -> None:
        """Goes on in a block whose ways in are all known."""
        self.seal(block)
        self.start(block)

    @property
    def is_open(self) -> bool:
        """Whether control reaches this point."""
        return self.block.terminator is None and (self.block is self.entry or self._reachable())

    def _reachable(self) -> bool:
        return bool(self.preds[self.block]) or self.block not in self.sealed

    def _edge(self, target: Block) -> Edge:
        edge = Edge(target)
        self.preds[target].append((self.block, edge))
        return edge

    def branch(self, target: Block) -> None:
        """Ends the block."""
        if self.block.terminator is None and self.is_open:
            self.block.terminator = ops.Branch(self._edge(target), self.site)

    def cond(self, condition: Value, then: Block, otherwise: Block) -> None:
        """Ends the block two ways."""
        if self.block.terminator is None and self.is_open:
            first = self._edge(then)
            self.block.terminator = ops.CondBranch(condition, first, self._edge(otherwise), self.site)

    def ret(self, values: list[Value]) -> None:
        """Returns."""
        if self.block.terminator is None:
            self.block.terminator = ops.Return(values, self.site)

    def trap(self, code: str, message: Value | None = None) -> None:
        """Leaves the actor."""
        if self.block.terminator is None:
            self.block.terminator = ops.Trap(code, message, self.site)

    def unreachable(self) -> None:
        """Control never gets here."""
        if self.block.terminator is None:
            self.block.terminator = ops.Unreachable(self.site)

    def done(self) -> None:
        """Ends the path of an abandoned wait."""
        if self.block.terminator is None:
            self.block.terminator = ops.Done(self.site)

    def dead(self) -> None:
        """After a jump: what follows is in a block nothing reaches."""
        block = self.new_block("dead", sealed=True)
        self.block = block

    # ------------------------------------------------------------------ variables

    def write(self, variable: Variable, value: Value, block: Block | None = None) -> None:
        """The variable holds `value` from here."""
        self.defs[block or self.block][variable] = value
        if self.names and block is None and variable.site is not None and self.block.terminator is None:
            attrs: dict[str, object] = {"name": variable.name}
            if variable.shown:
                attrs["shown"] = variable.shown
            self.block.ops.append(Op(ops.NAME, [value], [], attrs, None, variable.site))

    def read(self, variable: Variable) -> Value:
        """The value the variable holds here."""
        return self._resolve(self._read(variable, self.block))

    def _read(self, variable: Variable, block: Block) -> Value:
        """Joins that are asked on the way wait on a list, so that a long row of them needs no stack."""
        pending: list[tuple[Block, Value, list[Value]]] = []
        found = self._find(variable, block, pending)
        while pending:
            joined, param, values = pending[-1]
            ways = self.preds[joined]
            if len(values) < len(ways):
                values.append(self._find(variable, ways[len(values)][0], pending))
            else:
                pending.pop()
                self._join(variable, param, joined, [self._resolve(value) for value in values])
        return found

    def _find(self, variable: Variable, block: Block, pending: list[tuple[Block, Value, list[Value]]]) -> Value:
        """The value as far as it is known; a join on the way gets a parameter and is put on the list."""
        asked = block
        while (found := self.defs[block].get(variable)) is None:
            link = self._link(block)
            if link is not None and variable not in link.passed:
                block = link.jump
            elif link is not None and variable not in link.touched:
                block = link.parent
            else:
                above = self._above_untouched(variable, block)
                if above is None:
                    found = self._begin_join(variable, block)
                    if block in self.sealed and self.preds[block]:
                        pending.append((block, found, []))
                    break
                block = above
        self.defs[asked][variable] = found
        return found

    def _above_untouched(self, variable: Variable, block: Block) -> Block | None:
        """The block before, or where the two ways to a join part when neither of them touches the variable."""
        if block in self.sealed and len(self.preds[block]) == 1:
            return self.preds[block][0][0]
        fork, between = self._region(block)
        return None if any(variable in self.defs[passed] for passed in between) else fork

    def _link(self, block: Block) -> _Link | None:
        """The way up from a block that nothing is added to any more, and from those above it."""
        todo: list[tuple[Block, Block, frozenset[Variable]]] = []
        at = block
        while at not in self.links:
            step = self._step(at)
            if step is None:
                break
            todo.append((at, *step))
            at = step[0]
        for at, parent, touched in reversed(todo):
            self.links[at] = _Link(parent, touched, self.links)
        return self.links.get(block)

    def _step(self, block: Block) -> tuple[Block, frozenset[Variable]] | None:
        """The block above and what was written on the way, this block included."""
        if block.terminator is None or block not in self.sealed:
            return None
        if len(self.preds[block]) == 1:
            return self.preds[block][0][0], frozenset(self.defs[block])
        fork, between = self._region(block)
        return None if fork is None else (fork, frozenset().union(self.defs[block], *(self.defs[one] for one in between)))

    def _region(self, join: Block) -> tuple[Block | None, tuple[Block, ...]]:
        """The block from which two ways lead to a join, and all blocks on them; no block when it is not that simple.

        A variable that nobody touches on the ways is at the join what it was at the fork, so that hundreds of variables
        and hundreds of joins cost a glance each and no parameter.
        """
        known = self.regions.get(join)
        if known is not None:
            return known
        ways = [way for way, _ in self.preds[join]]
        found: tuple[Block | None, tuple[Block, ...]] = (None, ())
        if join in self.sealed and len(ways) == 2:
            left, right = self._above(ways[0]), self._above(ways[1])
            fork = next((block for block in left if block in right), None)
            if fork is not None:
                found = fork, (*left[: left.index(fork)], *right[: right.index(fork)])
                self.regions[join] = found
        return found

    def _above(self, block: Block) -> list[Block]:
        """A block and those before it while there is one way only."""
        found = [block]
        while block in self.sealed and len(self.preds[block]) == 1 and len(found) < _LONGEST_WAY:
            block = self.preds[block][0][0]
            found.append(block)
        return found

    def _begin_join(self, variable: Variable, block: Block) -> Value:
        if block in self.sealed and not self.preds[block]:
            value = Value(variable.type)
            block.ops.insert(0, Op(ops.ZERO, [], [value], {}, None, self.site))
            self.defs[block][variable] = value
            return value
        param = Value(variable.type, variable.name)
        block.params.append(param)
        self.defs[block][variable] = param
        if block not in self.sealed:
            self.waiting.setdefault(block, {})[variable] = param
            for _, edge in self.preds[block]:
                edge.args.append(param)
        return param

    def _fill(self, variable: Variable, param: Value, block: Block) -> None:
        self._join(variable, param, block, [self._resolve(self._read(variable, way)) for way, _ in self.preds[block]])

    def _join(self, variable: Variable, param: Value, block: Block, values: list[Value]) -> None:
        """The arguments of a parameter, which goes away when they are all one value."""
        others = {v for v in values if v is not param}
        if len(others) == 1:
            self._drop_param(param, block, others.pop(), variable)
            return
        index = block.params.index(param)
        for (_, edge), value in zip(self.preds[block], values):
            if len(edge.args) > index:
                edge.args[index] = value
            else:
                while len(edge.args) < index:
                    edge.args.append(param)
                edge.args.append(value)

    def _drop_param(self, param: Value, block: Block, value: Value, variable: Variable) -> None:
        index = block.params.index(param)
        del block.params[index]
        for _, edge in self.preds[block]:
            if len(edge.args) > index:
                del edge.args[index]
        self.forward[param] = value
        if self.defs[block].get(variable) is param:
            self.defs[block][variable] = value

    def _resolve(self, value: Value) -> Value:
        last = value
        while last in self.forward:
            last = self.forward[last]
        while value is not last:
            self.forward[value], value = last, self.forward[value]
        return last

    def seal(self, block: Block) -> None:
        """No more ways into `block` will be added."""
        if block in self.sealed:
            return
        self.sealed.add(block)
        for variable, param in self.waiting.pop(block, {}).items():
            self._fill(variable, param, block)

    # ------------------------------------------------------------------ end

    def finish(self) -> Function:
        """Replaces forwarded values everywhere and drops blocks nothing reaches."""
        reached: set[Block] = {self.entry}
        todo = [self.entry]
        while todo:
            block = todo.pop()
            for edge in ops.edges(block.terminator):
                if edge.block not in reached:
                    reached.add(edge.block)
                    todo.append(edge.block)
        self.fn.blocks = [b for b in self.fn.blocks if b in reached]
        for block in self.fn.blocks:
            if block.terminator is None:
                block.terminator = ops.Unreachable(self.site)
            for op in block.ops:
                op.operands = [self._resolve(v) for v in op.operands]
            self._finish_terminator(block)
        return self.fn

    def _finish_terminator(self, block: Block) -> None:
        for edge in ops.edges(block.terminator):
            edge.args = [self._resolve(v) for v in edge.args]
        match block.terminator:
            case ops.CondBranch() as end:
                end.condition = self._resolve(end.condition)
            case ops.Switch() as end:
                end.value = self._resolve(end.value)
            case ops.Return() as end:
                end.values = [self._resolve(v) for v in end.values]
            case ops.Trap() as end:
                end.message = self._resolve(end.message) if end.message is not None else None
