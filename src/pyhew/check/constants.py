"""Constants that stand for themselves.

In: checked constants.  Out: a report for each ring.
Assumed: a constant's value is written wherever it is used, so a ring would never end.
"""

from __future__ import annotations

from pyhew.check.errors.declarations import ConstantRing
from pyhew.check.model import UseConst
from pyhew.check.subtrees import raw_children
from pyhew.check.world import World
from pyhew.syntax import nodes
from pyhew.types.symbols import ConstInfo


def check_constants(world: World) -> None:
    """Reports each constant that is reached from itself, once per ring."""
    done: set[ConstInfo] = set()
    for module in world.program.modules:
        for symbol in module.declared.values():
            if isinstance(symbol, ConstInfo):
                _follow(world, symbol, [], done)


def _follow(world: World, const: ConstInfo, path: list[ConstInfo], done: set[ConstInfo]) -> None:
    if const in path:
        world.sink.report(ConstantRing(const.node.name.span, const.name))
        return
    if const in done:
        return
    done.add(const)
    todo: list[nodes.Node] = [const.node.value]
    while todo:
        node = todo.pop()
        use = world.model.uses.get(node)
        if isinstance(use, UseConst):
            _follow(world, use.const, [*path, const], done)
        todo.extend(raw_children(node))
