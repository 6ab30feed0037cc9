"""Renaming values: the one place that knows where a block mentions them.

In: blocks and a map from old to new values.  Out: the same blocks, changed.
Assumed: replacements are visible wherever the replaced value was.
"""

from __future__ import annotations

from pyhew.ir.ops import Block, Branch, CondBranch, Edge, Return, Suspend, Switch, Terminator, Trap, Value, edges


def replace_values(blocks: list[Block], renamed: dict[Value, Value]) -> None:
    """Replaces every use of a key by what its chain of replacements ends in."""
    final: dict[Value, Value] = {}
    for value, last in renamed.items():
        while last in renamed:
            last = renamed[last]
        final[value] = last
    for block in blocks:
        replace_in_block(block, final)


def replace_in_block(block: Block, renamed: dict[Value, Value]) -> None:
    """Replaces every use of a key in one block, its edges included."""
    for op in block.ops:
        for value in op.operands:
            if value in renamed:
                op.operands = [renamed.get(operand, operand) for operand in op.operands]
                break
    terminator = block.terminator
    match terminator:
        case Return():
            terminator.values = [renamed.get(value, value) for value in terminator.values]
        case CondBranch():
            terminator.condition = renamed.get(terminator.condition, terminator.condition)
        case Switch():
            terminator.value = renamed.get(terminator.value, terminator.value)
        case Trap():
            if terminator.message is not None:
                terminator.message = renamed.get(terminator.message, terminator.message)
        case _:
            pass
    for edge in edges(terminator):
        edge.args = [renamed.get(value, value) for value in edge.args]


def defined_in(blocks: list[Block]) -> set[Value]:
    """Parameters and results."""
    return {value for block in blocks for value in [*block.params, *(v for op in block.ops for v in op.results)]}


def same_edge(edge: Edge) -> Edge:
    """Another edge that leads to the same place with the same values."""
    return Edge(edge.block, list(edge.args))


def same(terminator: Terminator | None) -> Terminator | None:
    """Another terminator that does the same."""
    match terminator:
        case Branch():
            return Branch(same_edge(terminator.edge), terminator.site)
        case CondBranch():
            return CondBranch(
                terminator.condition, same_edge(terminator.then), same_edge(terminator.otherwise), terminator.site
            )
        case Switch():
            cases = [(value, same_edge(edge)) for value, edge in terminator.cases]
            default = None if terminator.default is None else same_edge(terminator.default)
            return Switch(terminator.value, cases, default, terminator.site)
        case Trap():
            return Trap(terminator.code, terminator.message, terminator.site)
        case Return():
            return Return(list(terminator.values), terminator.site)
        case Suspend():
            return Suspend(same_edge(terminator.resume), same_edge(terminator.drop), terminator.status, terminator.site)
        case _:
            return terminator


def terminator_uses(terminator: Terminator | None) -> list[Value]:
    """Every value a terminator mentions, edge arguments included."""
    used = [value for edge in edges(terminator) for value in edge.args]
    match terminator:
        case Return():
            used.extend(terminator.values)
        case CondBranch():
            used.append(terminator.condition)
        case Switch():
            used.append(terminator.value)
        case Trap():
            if terminator.message is not None:
                used.append(terminator.message)
        case _:
            pass
    return used
