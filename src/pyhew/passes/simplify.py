"""Removes what nobody needs: block parameters that are always one value, dead operations, needless blocks.

In: SSA functions before `insert_drops`.  Out: the same with fewer values and blocks.
Assumed: values are immutable and blocks are not closed yet, so an operation without
effects may go when its results are unused, and a part of a packed value is that part.
"""

from __future__ import annotations

from typing import cast

from pyhew.ir.facts import Path
from pyhew.ir.flow import edge_counts, remove_unreachable
from pyhew.ir.ops import (
    ARITH,
    BITCAST,
    BOX,
    COMPARE,
    CONST,
    CONVERT,
    FROM_TAG,
    MATH,
    NEGATE,
    NOT,
    OVERFLOWING,
    PACK,
    PROJECT,
    STRING_LITERAL,
    TAG,
    UNPACK,
    UNVARIANT,
    VARIANT,
    VEC_LEN,
    ZERO,
    Block,
    Branch,
    CondBranch,
    Edge,
    Function,
    Module,
    Op,
    Switch,
    Value,
    edges,
)
from pyhew.ir.types import FloatT, IntT
from pyhew.passes.rewrite import replace_values, terminator_uses

_PURE_KINDS = (
    BITCAST, BOX, COMPARE, CONST, CONVERT, FROM_TAG, MATH, NOT, OVERFLOWING, PACK, STRING_LITERAL, UNPACK, UNVARIANT,
    VARIANT, VEC_LEN, ZERO,
)  # fmt: skip
_PURE = frozenset(kind.name for kind in _PURE_KINDS)


def simplify(module: Module) -> list[Function]:
    """Runs over every function; gives back those it changed."""
    return [fn for fn in module.functions.values() if _simplify(fn)]


def _simplify(fn: Function) -> bool:
    before = len(fn.blocks)
    changed = len(remove_unreachable(fn)) != before
    for _ in range(3):
        again = merge_chains(fn)
        again = gather_cases(fn) or again
        again = drop_same_parameters(fn) or again
        again = forward_parts(fn) or again
        again = drop_dead(fn) or again
        changed = changed or again
        if not again:
            break
    return changed


# --------------------------------------------------------------------------- blocks


def merge_chains(fn: Function) -> bool:
    """A block with one way in, from a plain branch, becomes the end of its predecessor."""
    counts = edge_counts(fn.blocks)
    gone: set[Block] = set()
    renamed: dict[Value, Value] = {}
    for block in fn.blocks:
        if block in gone:
            continue
        while isinstance(block.terminator, Branch):
            target = block.terminator.edge.block
            if counts[target] != 1 or target is block:
                break
            renamed.update(zip(target.params, block.terminator.edge.args, strict=True))
            block.ops.extend(target.ops)
            block.terminator = target.terminator
            gone.add(target)
    changed = _skip_empty(fn, gone)
    if gone:
        fn.blocks = [block for block in fn.blocks if block not in gone]
    if renamed:
        replace_values(fn.blocks, renamed)
    return changed or bool(gone)


def _skip_empty(fn: Function, gone: set[Block]) -> bool:
    """Edges into a block that only branches on go to its target."""
    changed = False
    ends: dict[Block, Block] = {}
    for block in fn.blocks:
        if block in gone:
            continue
        for edge in edges(block.terminator):
            end = _end_of(edge.block, ends)
            if end is not edge.block:
                edge.block = end
                changed = True
        if isinstance(block.terminator, CondBranch) and _is_one_way(block.terminator):
            block.terminator = Branch(block.terminator.then, block.terminator.site)
            changed = True
    if changed:
        reached = {b for b in fn.blocks if b not in gone}
        fn.blocks = [b for b in fn.blocks if b in reached]
        remove_unreachable(fn)
    return changed


def _end_of(block: Block, ends: dict[Block, Block]) -> Block:
    """Where control arrives that enters a block, when blocks that only branch on are left out; in a ring of those, anywhere."""
    row: dict[Block, None] = {}
    while block not in ends and block not in row:
        onward = block.terminator
        if block.ops or block.params or not isinstance(onward, Branch) or onward.edge.args:
            break
        row[block] = None
        block = onward.edge.block
    end = ends.get(block, block)
    ends.update(dict.fromkeys(row, end))
    return end


def _is_one_way(terminator: CondBranch) -> bool:
    then, otherwise = terminator.then, terminator.otherwise
    return then.block is otherwise.block and then.args == otherwise.args


def gather_cases(fn: Function) -> bool:
    """A row of comparisons of one integer with constants becomes one switch."""
    numbers = {op.results[0]: op for block in fn.blocks for op in block.ops if op.kind is CONST}
    counts = edge_counts(fn.blocks)
    gone: set[Block] = set()
    tried: set[Block] = set()
    for block in fn.blocks:
        if block in gone or block in tried:
            continue
        first = _compared(block, numbers)
        cases: dict[int, Edge] = {}
        row: list[Block] = []
        after, found = block, first
        while found is not None and first is not None and found[0] is first[0]:
            cases.setdefault(found[1], found[2].then)
            row.append(after)
            default = found[2].otherwise
            after = default.block
            is_private = counts[after] == 1 and not after.params and after not in gone and after is not block
            found = _compared(after, numbers) if is_private and _only_compares(after) else None
        if len(cases) >= _FEWEST_CASES and first is not None:
            for middle in row[1:]:
                block.ops.extend(middle.ops)
                gone.add(middle)
            block.terminator = Switch(first[0], list(cases.items()), default, first[2].site)
        else:
            tried.update(row)
    if gone:
        fn.blocks = [block for block in fn.blocks if block not in gone]
        remove_unreachable(fn)
    return bool(gone)


_FEWEST_CASES = 4
"""Fewer are as quick one after the other."""


def _compared(block: Block, numbers: dict[Value, Op]) -> tuple[Value, int, CondBranch] | None:
    """The integer, the constant and the branch of a block that ends by asking whether they are equal."""
    end = block.terminator
    op = block.ops[-1] if block.ops else None
    if not isinstance(end, CondBranch) or op is None or op.kind is not COMPARE or op.results[0] is not end.condition:
        return None
    value, number = op.operands
    if op.attrs["predicate"] != "eq" or number not in numbers or not isinstance(value.type, IntT):
        return None
    return value, cast(int, numbers[number].attrs["value"]), end


def _only_compares(block: Block) -> bool:
    return all(op.kind is CONST for op in block.ops[:-1])


def drop_same_parameters(fn: Function) -> bool:
    """A block parameter whose arguments are all one value, or itself, is that value."""
    incoming: dict[Value, list[Value]] = {}
    for block in fn.blocks:
        for edge in edges(block.terminator):
            for arg, param in zip(edge.args, edge.block.params, strict=True):
                incoming.setdefault(param, []).append(arg)
    renamed: dict[Value, Value] = {}

    def final(value: Value) -> Value:
        while value in renamed:
            value = renamed[value]
        return value

    changed = True
    while changed:
        changed = False
        for block in fn.blocks:
            for param in block.params:
                if param in renamed:
                    continue
                sources = {final(arg) for arg in incoming.get(param, ())} - {param}
                if len(sources) == 1:
                    renamed[param] = sources.pop()
                    changed = True
    if not renamed:
        return False
    for block in fn.blocks:
        for edge in edges(block.terminator):
            pairs = zip(edge.args, edge.block.params, strict=True)
            edge.args = [arg for arg, param in pairs if param not in renamed]
    for block in fn.blocks:
        block.params = [param for param in block.params if param not in renamed]
    replace_values(fn.blocks, renamed)
    return True


# --------------------------------------------------------------------------- operations


def forward_parts(fn: Function) -> bool:
    """Taking apart what was just put together gives the parts."""
    made: dict[Value, Op] = {}
    renamed: dict[Value, Value] = {}
    for block in fn.blocks:
        for op in block.ops:
            if op.kind is PACK or op.kind is VARIANT:
                made[op.results[0]] = op
    if not made:
        return False
    changed = False
    for block in fn.blocks:
        kept: list[Op] = []
        for op in block.ops:
            source = made.get(op.operands[0]) if op.operands else None
            if source is None:
                kept.append(op)
            elif op.kind is UNPACK or (op.kind is UNVARIANT and op.attrs["index"] == source.attrs.get("index")):
                renamed.update(zip(op.results, source.operands, strict=True))
            elif op.kind is TAG and not op.attrs["path"]:
                kept.append(Op(CONST, [], op.results, {"value": source.attrs["index"]}, None, op.site))
                changed = True
            else:
                changed = _shorten(op, made) or changed
                kept.append(op)
        block.ops = kept
    if renamed:
        replace_values(fn.blocks, renamed)
    return changed or bool(renamed)


def _shorten(op: Op, made: dict[Value, Op]) -> bool:
    """A projection that begins inside a packed value begins at the part."""
    changed = False
    while op.kind is PROJECT and op.attrs["path"]:
        source, path = made.get(op.operands[0]), cast(Path, op.attrs["path"])
        if source is None or source.kind is not PACK or path[0][0] != "field" or len(path) == 1:
            break
        op.operands = [source.operands[cast(int, path[0][1])], *op.operands[1:]]
        op.attrs = {**op.attrs, "path": path[1:]}
        changed = True
    return changed


def drop_dead(fn: Function) -> bool:
    """Operations without effects whose results nobody uses."""
    uses: dict[Value, int] = {}
    for block in fn.blocks:
        for op in block.ops:
            for value in op.operands:
                uses[value] = uses.get(value, 0) + 1
        for value in terminator_uses(block.terminator):
            uses[value] = uses.get(value, 0) + 1
    changed = False
    for block in reversed(fn.blocks):
        kept: list[Op] = []
        for op in reversed(block.ops):
            if op.results and not any(uses.get(value) for value in op.results) and is_pure(op):
                changed = True
                for value in op.operands:
                    uses[value] -= 1
            else:
                kept.append(op)
        kept.reverse()
        block.ops = kept
    return changed


def is_pure(op: Op) -> bool:
    """Whether an operation has no effect and cannot trap."""
    if op.kind.name in _PURE:
        return True
    if op.kind is PROJECT or op.kind is TAG:
        return all(step[0] in ("field", "payload") for step in cast(Path, op.attrs["path"]))
    if op.kind is ARITH or op.kind is NEGATE:
        is_float = isinstance(op.results[0].type, FloatT)
        return is_float or (op.attrs["policy"] == "wrap" and op.attrs.get("op") not in ("div", "rem"))
    return False
