"""What the rules of machines keep from: they make a new state out of an old one, and nothing else happens.

In: the guard and the body of a checked rule.  Out: a diagnostic for the first thing that reaches out of it.
Assumed: what a function does that a rule calls is not followed; printing is let pass.
"""

from __future__ import annotations

from pyhew.check.errors.machines import ImpureRule
from pyhew.check.model import UseFn, UseHandler, UseLambda
from pyhew.check.subtrees import raw_children
from pyhew.check.suspension import WAITING_LIBRARY, WAITS
from pyhew.check.world import World
from pyhew.syntax import nodes


def check_pure(world: World, rule: nodes.TransitionDecl) -> None:
    """Reports what a rule must leave to who steps the machine."""
    todo: list[nodes.Node] = [part for part in (rule.body, rule.guard) if part is not None]
    while todo:
        node = todo.pop()
        what = _reaches_out(world, node)
        if what:
            world.sink.report(ImpureRule(node.span, what))
            return
        todo.extend(raw_children(node))


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
