"""Lets callers of a recursive function ask for themselves whether it returns at once.

In: SSA functions before `insert_drops`.  Out: a function that calls itself and has a way
to a return without calls becomes two: under its own name the short way, inlined wherever it
is called, and `.rest`, which does the work and is entered only when it must.
So the leaves of a recursion, which are most of its calls, cost a comparison.
Assumed: uses are inferred.  What stands before the rest only reads, so the rest may read it again.
A build for a debugger names its parameters, which is no reading: its functions stay whole.
"""

from __future__ import annotations

from pyhew.ir.facts import owns_heap
from pyhew.ir.flow import last_before, loop_heads, remove_unreachable, reverse_postorder
from pyhew.ir.ops import (
    ARITH,
    CALL,
    CALL_OBJECT,
    NEGATE,
    PROJECT,
    TAG,
    Block,
    Branch,
    CondBranch,
    Edge,
    Function,
    Module,
    Op,
    Return,
    Switch,
    Terminator,
    Trap,
    Value,
    call_modes,
    callee_of,
    edges,
)
from pyhew.ir.optypes import function_params, returned_types
from pyhew.passes.rewrite import replace_values
from pyhew.passes.simplify import is_pure
from pyhew.passes.suspension import find_suspension

_MOST_OPS = 8
"""Of the short way: it is written out at every call."""


def peel_returns(module: Module) -> list[Function]:
    """Runs over the module; gives back both parts of every function it cut."""
    wanted = [fn for fn in module.functions.values() if fn.yields is None and _calls_itself(fn)]
    waiting = find_suspension(module).reasons if wanted else {}
    touched: list[Function] = []
    for fn in wanted:
        place = None if fn in waiting else _place_of_rest(fn)
        if place is not None:
            rest = _cut(fn, place)
            module.functions[rest.symbol] = rest
            touched.extend((fn, rest))
    return touched


def _calls_itself(fn: Function) -> bool:
    return any(op.kind is CALL and callee_of(op) is fn for block in fn.blocks for op in block.ops)


def _place_of_rest(fn: Function) -> Block | None:
    """The last block through which every way to a call leads, when the blocks before it are short and return."""
    order = remove_unreachable(fn)
    calling = [block for block in order if any(op.kind in (CALL, CALL_OBJECT) for op in block.ops)]
    heads = loop_heads(order)
    at = last_before(order, calling, heads)
    before = _before(order[0], at)
    if at is order[0] or at.params or any(block in heads for block in before):
        return None
    ops = [op for block in before for op in block.ops]
    returns = any(isinstance(block.terminator, Return) for block in before)
    return at if returns and len(ops) <= _MOST_OPS and all(map(_only_reads, ops)) else None


def _before(entry: Block, at: Block) -> list[Block]:
    """The blocks that are reached without `at`."""
    found = [entry]
    for block in found:
        found.extend(e.block for e in edges(block.terminator) if e.block is not at and e.block not in found)
    return found


def _only_reads(op: Op) -> bool:
    reads = is_pure(op) or op.kind in (ARITH, NEGATE, PROJECT, TAG)
    return reads and not any(owns_heap(value.type) for value in op.results)


def _cut(fn: Function, at: Block) -> Function:
    """Moves the body to a new function; `fn` keeps a copy of what stands before `at`, and calls it."""
    rest = Function(
        f"{fn.symbol}.rest", fn.params, fn.modes, fn.result, fn.blocks,
        shown=fn.shown, site=fn.site, is_std=fn.is_std,
    )  # fmt: skip
    before = _before(fn.blocks[0], at)
    copies = {value: Value(value.type, value.name, value.is_borrowed) for value in fn.params}
    fn.params, fn.modes = [copies[value] for value in rest.params], list(rest.modes)
    call = Block("rest")
    blocks = {block: Block(block.name) for block in before} | {at: call}
    for block in before:
        _copy_block(block, blocks, copies)
    results = [Value(ty) for ty in returned_types(fn.result, function_params(fn))]
    site = at.ops[0].site if at.ops else fn.site
    call.ops = [Op(CALL, list(fn.params), results, {"callee": rest}, call_modes(rest), site)]
    call.terminator = Return(list(results), site)
    fn.blocks = list(blocks.values())
    replace_values(fn.blocks[:-1], copies)
    fn.always_inline = True
    _go_straight(rest, before, at)
    return rest


def _copy_block(block: Block, blocks: dict[Block, Block], copies: dict[Value, Value]) -> None:
    """Fills the copy of one block; it still names the values of the original."""
    made = blocks[block]
    for value in [*block.params, *(value for op in block.ops for value in op.results)]:
        copies[value] = Value(value.type, value.name)
    made.params = [copies[value] for value in block.params]
    made.ops = [
        Op(op.kind, list(op.operands), [copies[value] for value in op.results], op.attrs, op.modes, op.site)
        for op in block.ops
    ]
    made.terminator = _copy_terminator(block.terminator, blocks)


def _copy_terminator(terminator: Terminator | None, blocks: dict[Block, Block]) -> Terminator | None:
    def copied(edge: Edge) -> Edge:
        return Edge(blocks[edge.block], list(edge.args))

    match terminator:
        case Branch():
            return Branch(copied(terminator.edge), terminator.site)
        case CondBranch():
            then, otherwise = copied(terminator.then), copied(terminator.otherwise)
            return CondBranch(terminator.condition, then, otherwise, terminator.site)
        case Switch():
            cases = [(number, copied(edge)) for number, edge in terminator.cases]
            default = None if terminator.default is None else copied(terminator.default)
            return Switch(terminator.value, cases, default, terminator.site)
        case Return():
            return Return(list(terminator.values), terminator.site)
        case Trap():
            return Trap(terminator.code, terminator.message, terminator.site)
        case _:
            return terminator


def _go_straight(rest: Function, before: list[Block], at: Block) -> None:
    """The way to `at` was taken by the caller: a branch with one side that does not lead there takes the other."""
    leads = {at}
    for block in reverse_postorder(rest)[::-1]:
        if block in before and any(edge.block in leads for edge in edges(block.terminator)):
            leads.add(block)
    for block in before:
        terminator = block.terminator
        if isinstance(terminator, CondBranch):
            ways = [edge for edge in edges(terminator) if edge.block in leads]
            if len(ways) == 1:
                block.terminator = Branch(ways[0], terminator.site)
    remove_unreachable(rest)
