"""Who reaches the fields of an actor: its handlers, hooks and methods do; what it starts beside itself does not.

In: checked bodies of actors.  Out: `SemanticModel.fieldless`, methods that mention no field, themselves or through others;
diagnostics where a task or a lambda actor mentions one, or a closure calls a method that does.
Assumed: a closure or generator has copies of the fields it mentions, as of all it captures; a method wants the fields
themselves.
"""

from __future__ import annotations

from pyhew.check.errors.actors import FieldOutOfReach, MethodOutOfReach
from pyhew.check.model import UseField, UseFn
from pyhew.check.world import World
from pyhew.source.records import field, record
from pyhew.syntax import nodes
from pyhew.syntax.nodes.base import raw_children
from pyhew.types import facts
from pyhew.types.facts import Kind
from pyhew.types.symbols import ActorInfo, FnInfo

TASK, LAMBDA_ACTOR, CLOSURE, GENERATOR = "task", "lambda actor", "closure", "generator"


def check_reach(world: World) -> None:
    """Every actor of the program."""
    for module in world.program.modules:
        for actor in module.declared.values():
            if isinstance(actor, ActorInfo):
                _find_fieldless(world, actor)
                if not module.is_std:
                    _check_actor(world, actor)


def _find_fieldless(world: World, actor: ActorInfo) -> None:
    callers: dict[FnInfo, list[FnInfo]] = {}
    reaching: list[FnInfo] = []
    for fn in actor.methods.values():
        if not _survey(world, fn, callers):
            reaching.append(fn)
    found = dict.fromkeys(reaching)
    while reaching:
        for caller in callers.get(reaching.pop(), ()):
            if caller not in found:
                found[caller] = None
                reaching.append(caller)
    world.model.fieldless.update((fn, None) for fn in actor.methods.values() if fn not in found)


def _survey(world: World, fn: FnInfo, callers: dict[FnInfo, list[FnInfo]]) -> bool:
    """Notes whom a method calls; whether it mentions no field itself."""
    if fn.node is None or fn.node.body is None or fn.is_gen:
        return False
    todo: list[nodes.Node] = [fn.node.body]
    while todo:
        node = todo.pop()
        use = world.model.uses.get(node)
        if isinstance(use, UseField):
            return False
        if isinstance(use, UseFn) and use.fn.actor is not None:
            callers.setdefault(use.fn, []).append(fn)
        todo.extend(raw_children(node))
    return True


def _check_actor(world: World, actor: ActorInfo) -> None:
    hooks = [fn for group in actor.hooks.values() for fn in group]
    bodies = [fn.node.body for fn in (*actor.receives.values(), *actor.methods.values(), *hooks) if fn.node is not None]
    for body in (*bodies, actor.node.init.body if actor.node.init is not None else None):
        if body is not None:
            _walk(world, body, None)


@record(eq=False, slots=True)
class _Inside:
    """What stands between a node and its actor, the farthest apart of it, and what was reported there."""

    what: str
    told: dict[str, None] = field(default_factory=dict)

    def is_apart(self) -> bool:
        """Whether it runs beside the actor."""
        return self.what in (TASK, LAMBDA_ACTOR)


def _walk(world: World, node: nodes.Node, inside: _Inside | None) -> None:
    if inside is not None:
        _check_use(world, node, inside)
    match node:
        case nodes.Fork():
            _walk_fork(world, node, inside)
            return
        case nodes.LambdaActor():
            inside = _deeper(inside, LAMBDA_ACTOR)
        case nodes.Lambda():
            inside = _deeper(inside, CLOSURE)
        case nodes.GenBlock():
            inside = _deeper(inside, GENERATOR)
    for child in raw_children(node):
        _walk(world, child, inside)


def _deeper(inside: _Inside | None, what: str) -> _Inside:
    return inside if inside is not None and inside.is_apart() else _Inside(what)


def _check_use(world: World, node: nodes.Node, inside: _Inside) -> None:
    use = world.model.uses.get(node)
    if isinstance(use, UseField) and inside.is_apart():
        kept = use.actor.fields[use.index]
        if kept.name not in inside.told:
            has_one_owner = facts.kind_of(kept.type) is Kind.AFFINE
            world.sink.report(FieldOutOfReach(node.span, inside.what, kept.name, has_one_owner))
        inside.told[kept.name] = None
    elif isinstance(use, UseFn) and use.fn.actor is not None and use.fn not in world.model.fieldless:
        world.sink.report(MethodOutOfReach(node.span, inside.what, use.fn.name))


def _walk_fork(world: World, node: nodes.Fork, inside: _Inside | None) -> None:
    """What a forked call is given by its bare name is read by who forks."""
    task = _deeper(inside, TASK)
    for let in node.before:
        _walk(world, let, inside)
    if not isinstance(node.value, nodes.Call):
        _walk(world, node.value, task)
        return
    _check_use(world, node.value, task)
    _walk(world, node.value.callee, task)
    for arg in node.value.args:
        _walk(world, arg.value, inside if isinstance(arg.value, nodes.NameExpr) else task)
