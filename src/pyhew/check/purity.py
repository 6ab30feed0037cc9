"""What the rules of machines keep from: they make a new state out of an old one, and nothing else happens.

In: the checked program.  Out: a diagnostic for the first thing in a guard or the body of a rule that reaches out of it.
Assumed: what the library does is not followed but for its waits; printing is let pass.
"""

from __future__ import annotations

from pyhew.check.errors.machines import ImpureRule
from pyhew.check.model import UseFn, UseHandler, UseLambda
from pyhew.check.suspension import WAITING_LIBRARY, WAITS
from pyhew.check.world import World
from pyhew.syntax import nodes
from pyhew.syntax.nodes.base import raw_children
from pyhew.types.symbols import FnInfo


def check_purity(world: World) -> None:
    """Every rule of every machine; wants all bodies checked."""
    known: dict[FnInfo, str] = {}
    for rules in world.model.machines.values():
        for rule in rules:
            _check_pure(world, rule.node, known)


def _check_pure(world: World, rule: nodes.TransitionDecl, known: dict[FnInfo, str]) -> None:
    todo: list[nodes.Node] = [part for part in (rule.body, rule.guard) if part is not None]
    while todo:
        node = todo.pop()
        what = _reaches_out(world, node)
        if what:
            world.sink.report(ImpureRule(node.span, f"this {what}"))
            return
        called = _own_function(world, node)
        if called is not None and (what := _followed(world, called, known)):
            world.sink.report(ImpureRule(node.span, f"`{called.name}` {what}"))
            return
        todo.extend(reversed([*raw_children(node)]))


def _own_function(world: World, node: nodes.Node) -> FnInfo | None:
    """The function of the program that is called here."""
    use = world.model.uses.get(node)
    is_own = isinstance(use, UseFn) and not use.fn.module.startswith("std.")
    return use.fn if is_own and isinstance(use, UseFn) and not use.fn.is_gen else None


def _followed(world: World, fn: FnInfo, known: dict[FnInfo, str]) -> str:
    """How a function reaches out, itself or through what it calls; nothing if it does not."""
    if fn in known:
        return known[fn]
    known[fn] = ""
    if fn.node is None or fn.node.body is None:
        return ""
    todo: list[nodes.Node] = [fn.node.body]
    while todo and not known[fn]:
        node = todo.pop()
        called = _own_function(world, node)
        made = isinstance(node, nodes.GenBlock)  # what a function makes for itself is its own affair
        known[fn] = "" if made else _reaches_out(world, node) or (_followed(world, called, known) if called is not None else "")
        todo.extend(reversed([*raw_children(node)]))
    return known[fn]


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
