"""Constants: they stand for themselves, are the same everywhere, and have a value.

In: checked constants.  Out: a report for each ring, each deed, and each calculation that cannot end well.
Assumed: a constant's value is written wherever it is used, so a ring would never end, and an actor would be started anew
at each use. Functions may be called: what they give is the same unless they are asked for what changes.
"""

from __future__ import annotations

from pyhew.check.errors.declarations import ConstantDeed, ConstantRing, ConstantTraps
from pyhew.check.model import UseConst
from pyhew.check.suspension import WAITS
from pyhew.check.world import World
from pyhew.source.spans import Span
from pyhew.syntax import nodes
from pyhew.syntax.nodes.base import raw_children
from pyhew.types.model import ERROR, INTS, Prim, prune
from pyhew.types.symbols import ConstInfo


def check_constants(world: World) -> None:
    """Reports each constant that is reached from itself, once per ring, and each whose value is none."""
    done: set[ConstInfo] = set()
    values = _Values(world)
    for module in world.program.modules:
        for symbol in module.declared.values():
            if isinstance(symbol, ConstInfo):
                _follow(world, symbol, [], done)
                if not module.is_std:
                    _refuse_deeds(world, symbol)
                    values.of_constant(symbol)


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


def _refuse_deeds(world: World, const: ConstInfo) -> None:
    """A constant waits for nothing and starts nothing."""
    todo: list[nodes.Node] = [const.node.value]
    while todo:
        node = todo.pop()
        if isinstance(node, (*WAITS, nodes.Spawn, nodes.LambdaActor)):
            world.sink.report(ConstantDeed(node.span, const.name))
        elif not isinstance(node, nodes.Lambda):
            todo.extend(raw_children(node))


class _Values:
    """Calculates what is made of whole numbers; None is what is not, or was reported."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.known: dict[ConstInfo, int | None] = {}

    def of_constant(self, const: ConstInfo) -> int | None:
        """The number that a constant stands for."""
        if const not in self.known:
            self.known[const] = None
            self.name = const.name
            self.known[const] = self.of(const.node.value)
        return self.known[const]

    def of(self, node: nodes.Expr) -> int | None:
        """The number that an expression gives."""
        use = self.world.model.uses.get(node)
        if isinstance(use, UseConst):
            name = self.name
            found = self.of_constant(use.const)
            self.name = name
            return found
        ty = prune(self.world.model.types.get(node, ERROR))
        if not isinstance(ty, Prim) or ty.name not in INTS:
            return None
        match node:
            case nodes.IntLiteral():
                return node.value
            case nodes.Cast():
                inner = self.of(node.operand)
                return None if inner is None else _wrapped(inner, ty)
            case nodes.Unary() if node.op in ("-", "~"):
                inner = self.of(node.operand)
                return None if inner is None else self._fitting(node, ty, -inner if node.op == "-" else _wrapped(~inner, ty))
            case nodes.Binary():
                left, right = self.of(node.left), self.of(node.right)
                return None if left is None or right is None else self._binary(node, ty, left, right)
        return None

    def _binary(self, node: nodes.Binary, ty: Prim, left: int, right: int) -> int | None:
        match node.op:
            case "+":
                return self._fitting(node, ty, left + right)
            case "-":
                return self._fitting(node, ty, left - right)
            case "*":
                return self._fitting(node, ty, left * right)
            case "/" | "%" if right == 0:
                return self._refuse(node.span, "it is divided by zero")
            case "/" | "%":
                quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
                fits = self._fitting(node, ty, quotient)
                return fits if node.op == "/" or fits is None else left - quotient * right
            case "<<" | ">>" if not 0 <= right < INTS[ty.name][0]:
                return self._refuse(node.span, f"`{ty.name}` cannot be shifted by {right}")
            case "<<":
                return _wrapped(left << right, ty)
            case ">>":
                return left >> right
            case "&":
                return left & right
            case "|":
                return left | right
            case "^":
                return left ^ right
        return None

    def _fitting(self, node: nodes.Expr, ty: Prim, value: int) -> int | None:
        if value != _wrapped(value, ty):
            return self._refuse(node.span, f"{value} does not fit in `{ty.name}`")
        return value

    def _refuse(self, span: Span, reason: str) -> int | None:
        self.world.sink.report(ConstantTraps(span, self.name, reason))
        return None


def _wrapped(value: int, ty: Prim) -> int:
    """The low bits of a number, as its type reads them."""
    bits, signed = INTS[ty.name]
    low = value & ((1 << bits) - 1)
    return low - (1 << bits) if signed and low >> (bits - 1) else low
