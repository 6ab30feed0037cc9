"""The state of writing one random program: what is in scope, what may be moved, how much work is left.

In: a seed's random source.  Out: `Writer`, whose methods add lines.
Assumed: a value is moved only where it was made in the same loop body, and is out of scope from then on; a statement
uses a variable that owns something once, so that the order of evaluation cannot matter.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.typed.model import Node, Ty, Var

Text = tuple[str, str]
"""An expression in Hew and in Python."""

BUDGET = 600
"""How many statements a case may run, loops and calls counted."""


@dataclass(eq=False)
class Fn:
    """A function that later ones may call."""

    name: str
    params: tuple[Ty, ...]
    result: Ty
    cost: int


@dataclass(eq=False)
class Writer:
    """One function being written."""

    rng: random.Random
    prefix: str
    types: list[Ty]
    functions: list[Fn]
    result: Ty | None = None
    scope: list[Var] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    loops: int = 0
    nesting: int = 0
    times: int = 1
    cost: int = 0
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(1_000_000)))
    seen: set[str] = field(default_factory=set)
    is_breakable: bool = False
    deferred: set[str] = field(default_factory=set)
    """Names that something deferred uses."""

    def name(self, hint: str) -> str:
        """A name that nobody has."""
        return f"{hint}{next(self.numbers)}"

    def add(self, hew: str, py: str) -> Node:
        """One statement."""
        node = Node(hew, py)
        self.nodes.append(node)
        self.cost += self.times
        return node

    def has(self, percent: int) -> bool:
        """Whether what has this probability happens."""
        return self.rng.randrange(100) < percent

    def declare(self, ty: Ty, text: Text, is_var: bool | None = None, hint: str = "x") -> Var:
        """`let` or `var`, with the type written out."""
        is_var = self.has(40) if is_var is None else is_var
        var = Var(self.name(hint), ty, is_var, self.loops)
        self.add(f"{'var' if is_var else 'let'} {var.name}: {ty.hew} = {text[0]};", f"{var.name} = {text[1]}")
        self.scope.append(var)
        return var

    def of(self, *kinds: str, changeable: bool = False) -> list[Var]:
        """Variables of some kinds that this statement has not used yet."""
        return [v for v in self.scope if v.ty.kind in kinds and v.name not in self.used and not (changeable and not v.can_change)]

    def of_type(self, ty: Ty) -> list[Var]:
        """Variables of a type."""
        return [v for v in self.scope if v.ty == ty and v.name not in self.used]

    def take(self, var: Var) -> str:
        """Moves a variable: it is out of scope from now on."""
        self.scope.remove(var)
        return var.name

    def may_move(self, var: Var) -> bool:
        """Whether it was made in this loop body and is its own."""
        return var.can_move and var.depth == self.loops and var in self.scope

    @contextmanager
    def block(self, hew: str, py: str, *new: Var, rounds: int = 1, is_loop: bool = False) -> Iterator[Node]:
        """What stands below a head; what is declared there ends there, what is moved there stays moved."""
        node = Node(hew, py, [])
        self.nodes.append(node)
        outer, before = self.nodes, list(self.scope)
        times, loops, breakable = self.times, self.loops, self.is_breakable
        self.nodes = node.body if node.body is not None else []
        self.scope = [*self.scope, *new]
        self.times, self.loops = times * rounds, loops + is_loop
        self.is_breakable = breakable or is_loop
        self.nesting += 1
        yield node
        self.nesting -= 1
        self.times, self.loops, self.is_breakable = times, loops, breakable
        left = set(map(id, self.scope))
        self.scope = [var for var in before if id(var) in left]
        self.nodes = outer

    def branches(self, scopes: list[list[Var]], before: list[Var]) -> None:
        """Goes on behind several ways: what one of them moved is gone."""
        self.scope = [var for var in before if all(var in scope for scope in scopes)]
