"""What the rules of machines keep from: they make a new state out of an old one, and nothing else happens.

In: the checked program.  Out: a diagnostic for the first thing in a guard or the body of a rule that reaches out of it.
Assumed: what the library does is not followed but for its waits; printing is let pass.
"""

from __future__ import annotations

from pyhew.check.errors.machines import ImpureRule
from pyhew.check.followed import Followed
from pyhew.check.model import UseFn, UseHandler, UseLambda
from pyhew.check.suspension import WAITING_LIBRARY, WAITS
from pyhew.check.world import World
from pyhew.syntax import nodes
from pyhew.syntax.nodes.base import raw_children
from pyhew.types.symbols import FnInfo


def check_purity(world: World) -> None:
    """Every rule of every machine; wants all bodies checked."""
    functions: Followed[str] = Followed(lambda fn: _of_function(world, fn, functions))
    for rules in world.model.machines.values():
        for rule in rules:
            _check_pure(world, rule.node, functions)


def _check_pure(world: World, rule: nodes.TransitionDecl, functions: Followed[str]) -> None:
    todo: list[nodes.Node] = [part for part in (rule.body, rule.guard) if part is not None]
    while todo:
        node = todo.pop()
        called = _own_function(world, node)
        if what := _reaches_out(world, node):
            world.sink.report(ImpureRule(node.span, f"this {what}"))
            return
        if called is not None and (through := functions.of(called)):
            world.sink.report(ImpureRule(node.span, f"`{called.name}` {through}"))
            return
        todo.extend(reversed([*raw_children(node)]))


def _own_function(world: World, node: nodes.Node) -> FnInfo | None:
    """The function of the program that is called here."""
    use = world.model.uses.get(node)
    is_own = isinstance(use, UseFn) and not use.fn.module.startswith("std.")
    return use.fn if is_own and isinstance(use, UseFn) and not use.fn.is_gen else None


def _of_function(world: World, fn: FnInfo, functions: Followed[str]) -> str | None:
    """How a function reaches out, itself or through what it calls; what it makes for itself is its own affair."""
    todo: list[nodes.Node] = [fn.node.body] if fn.node is not None and fn.node.body is not None else []
    while todo:
        node = todo.pop()
        called = _own_function(world, node)
        what = _reaches_out(world, node) or (functions.of(called) if called is not None else None)
        if what and not isinstance(node, nodes.GenBlock):
            return what
        todo.extend(reversed([*raw_children(node)]))
    return None


def _reaches_out(world: World, node: nodes.Node) -> str:
    use = world.model.uses.get(node)
    match node:
        case nodes.GenBlock():
            return "makes a generator"
        case nodes.Spawn() | nodes.LambdaActor():
            return "starts an actor"
        case nodes.Fork() | nodes.Scope():
            return "starts tasks"
    if isinstance(use, UseHandler | UseLambda):
        return "sends a message"
    if isinstance(node, WAITS) or isinstance(use, UseFn) and use.fn.intrinsic in WAITING_LIBRARY:
        return "waits"
    return ""
