"""The control flow of one function: order, predecessors, dominators, loops.

In: a function.  Out: blocks in reverse postorder, who reaches whom, which edges
go back.
Assumed: `blocks[0]` is the entry; every walk is iterative, so depth is no limit.
"""

from __future__ import annotations

from collections.abc import Iterator

from pyhew.ir.ops import Block, Function, Terminator, edges


def reverse_postorder(fn: Function) -> list[Block]:
    """The reachable blocks, each before those it dominates."""
    return ordered(fn.blocks[:1])


def ordered(roots: list[Block], stops_at: type[Terminator] | None = None) -> list[Block]:
    """The blocks that are reached from `roots`, in reverse postorder; edges of a `stops_at` are not followed."""
    seen: set[Block] = set()
    order: list[Block] = []
    for root in reversed(roots):
        if root in seen:
            continue
        seen.add(root)
        stack = [(root, _ways(root, stops_at))]
        while stack:
            block, ways = stack[-1]
            for successor in ways:
                if successor not in seen:
                    seen.add(successor)
                    stack.append((successor, _ways(successor, stops_at)))
                    break
            else:
                order.append(block)
                stack.pop()
    order.reverse()
    return order


def _ways(block: Block, stops_at: type[Terminator] | None) -> Iterator[Block]:
    if stops_at is not None and isinstance(block.terminator, stops_at):
        return iter(())
    return iter([edge.block for edge in reversed(edges(block.terminator))])


def last_before(order: list[Block], wanted: list[Block], heads: set[Block]) -> Block:
    """The last block through which every way to the `wanted` ones leads, not inside of a loop; the entry, if no other."""
    at = order[0]
    if at in wanted or len(order) == 1:
        return at
    dominators = Dominators(order)
    for block in order[1:]:
        if dominators.parent[block] is at and all(dominators.dominates(block, below) for below in wanted):
            if block in heads:
                break
            at = block
    return at


def remove_unreachable(fn: Function) -> list[Block]:
    """Keeps the reachable blocks only, in reverse postorder."""
    fn.blocks = reverse_postorder(fn)
    return fn.blocks


def edge_counts(blocks: list[Block]) -> dict[Block, int]:
    """How many edges enter each block."""
    counts = dict.fromkeys(blocks, 0)
    for block in blocks:
        for edge in edges(block.terminator):
            counts[edge.block] = counts.get(edge.block, 0) + 1
    return counts


def predecessors(blocks: list[Block]) -> dict[Block, list[Block]]:
    """The blocks with an edge into each block, once per edge."""
    into: dict[Block, list[Block]] = {block: [] for block in blocks}
    for block in blocks:
        for edge in edges(block.terminator):
            into[edge.block].append(block)
    return into


class Dominators:
    """The dominator tree, answered in constant time by entry and exit numbers."""

    __slots__ = ("_first", "_last", "parent")

    def __init__(self, order: list[Block]) -> None:
        number = {block: at for at, block in enumerate(order)}
        into = predecessors(order)
        parents = _immediate([[number[p] for p in into[block]] for block in order])
        self.parent = {block: order[parents[at]] for at, block in enumerate(order)}
        children: list[list[int]] = [[] for _ in order]
        for at in range(1, len(order)):
            children[parents[at]].append(at)
        first, last = [0] * len(order), [0] * len(order)
        clock = 0
        stack = [(0, False)]
        while stack:
            at, is_done = stack.pop()
            if is_done:
                last[at] = clock
                continue
            clock += 1
            first[at] = clock
            stack.append((at, True))
            stack.extend((child, False) for child in children[at])
        self._first = {block: first[at] for at, block in enumerate(order)}
        self._last = {block: last[at] for at, block in enumerate(order)}

    def dominates(self, above: Block, below: Block) -> bool:
        """Whether every way to `below` goes through `above`; a block dominates itself."""
        return self._first[above] <= self._first[below] <= self._last[above]


def _immediate(into: list[list[int]]) -> list[int]:
    """Immediate dominators by block number in reverse postorder (Cooper, Harvey, Kennedy).

    `jump` leads far up the tree made so far, so that thousands of ways that meet cost a logarithm each (Myers,
    "An Applicative Random-Access Stack", 1983); a way back is walked step by step, because it hangs on the tree of the last round.
    """
    idom, jump, depth = [-1] * len(into), [0] * len(into), [0] * len(into)
    idom[0] = 0
    changed = True
    while changed:
        changed = False
        for at in range(1, len(into)):
            best = -1
            for before in into[at]:
                if idom[before] < 0:
                    continue
                if best < 0:
                    best = before
                elif before < at and best < at:
                    best = _meet_by_jumps(before, best, idom, jump, depth)
                else:
                    best = _meet(before, best, idom)
            far = jump[best]
            depth[at] = depth[best] + 1
            jump[at] = jump[far] if depth[best] - depth[far] == depth[far] - depth[jump[far]] else best
            if best != idom[at]:
                idom[at] = best
                changed = True
    return idom


def _meet(left: int, right: int, idom: list[int]) -> int:
    while left != right:
        while left > right:
            left = idom[left]
        while right > left:
            right = idom[right]
    return left


def _meet_by_jumps(left: int, right: int, idom: list[int], jump: list[int], depth: list[int]) -> int:
    if depth[left] < depth[right]:
        left, right = right, left
    while depth[left] > depth[right]:
        left = jump[left] if depth[jump[left]] >= depth[right] else idom[left]
    while left != right:
        if jump[left] != jump[right]:
            left, right = jump[left], jump[right]
        else:
            left, right = idom[left], idom[right]
    return left


def loop_heads(order: list[Block]) -> set[Block]:
    """The targets of back edges: blocks that dominate a predecessor."""
    number = {block: at for at, block in enumerate(order)}
    back = [(b, e.block) for b in order for e in edges(b.terminator) if number[e.block] <= number[b]]
    if not back:
        return set()
    dominators = Dominators(order)
    return {head for tail, head in back if dominators.dominates(head, tail)}
