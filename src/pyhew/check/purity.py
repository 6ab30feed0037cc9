"""What the rules of machines keep from: they make a new state out of an old one, and nothing else happens.

In: the checked program.  Out: a diagnostic for the first thing in a guard or the body of a rule that reaches out of it.
Assumed: what the library does is not followed but for its waits; printing is let pass.
"""

from __future__ import annotations

from pyhew.check.errors.machines import ImpureRule
from pyhew.check.followed import Deeds, Followed, Through
from pyhew.check.model import UseFn, UseHandler, UseLambda
from pyhew.check.suspension import WAITING_LIBRARY, WAITS
from pyhew.check.world import World
from pyhew.syntax import nodes
from pyhew.syntax.nodes.base import raw_children
from pyhew.types.symbols import FnInfo

Deed = tuple[nodes.Node, str, str]
"""Where code reaches out, what does it there, and how."""


def check_purity(world: World) -> None:
    """Every rule of every machine; wants all bodies checked."""
    functions: Followed[Deed] = Followed(lambda fn: _of_function(world, fn))
    for rules in world.model.machines.values():
        for rule in rules:
            found = functions.first(_deeds(world, [part for part in (rule.node.body, rule.node.guard) if part is not None]))
            if found is not None:
                world.sink.report(ImpureRule(found[0].span, f"{found[1]} {found[2]}"))


def _of_function(world: World, fn: FnInfo) -> Deeds[Deed]:
    """What a function makes for itself is its own affair."""
    for deed in _deeds(world, [fn.node.body] if fn.node is not None and fn.node.body is not None else []):
        if isinstance(deed, Through) or not isinstance(deed[0], nodes.GenBlock):
            yield deed


def _deeds(world: World, todo: list[nodes.Node]) -> Deeds[Deed]:
    while todo:
        node = todo.pop()
        if what := _reaches_out(world, node):
            yield node, "this", what
        elif (called := _own_function(world, node)) is not None:
            yield _through(node, called)
        todo.extend(reversed([*raw_children(node)]))


def _through(node: nodes.Node, called: FnInfo) -> Through[Deed]:
    return Through(called, lambda found: (node, f"`{called.name}`", found[2]))


def _own_function(world: World, node: nodes.Node) -> FnInfo | None:
    """The function of the program that is called here."""
    use = world.model.uses.get(node)
    is_own = isinstance(use, UseFn) and not use.fn.module.startswith("std.")
    return use.fn if is_own and isinstance(use, UseFn) and not use.fn.is_gen else None


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
