"""Bodies: every function, method, handler, hook, init and constant of the program.

In: a module with resolved signatures.  Out: the model filled in for its bodies.
Assumed: `resolve_signatures` ran over all modules.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pyhew.check.actors import check_spawn_args, spawn_inputs
from pyhew.check.closures import check_closure_body
from pyhew.check.constants import check_constants
from pyhew.check.context import Check, Scope
from pyhew.check.crash_hooks import check_crash_hooks
from pyhew.check.declared import check_declarations
from pyhew.check.errors.actors import ArgumentUnnamed, NotAnActor
from pyhew.check.errors.types import TypeMismatch
from pyhew.check.errors.values import MissingReturn, UnknownName, WhereNot
from pyhew.check.foreign import check_foreign
from pyhew.check.generic_equality import check_generic_equality
from pyhew.check.lending import check_lendings
from pyhew.check.model import Body, SemanticModel
from pyhew.check.one_body import finish, make_check
from pyhew.check.owners import check_moves
from pyhew.check.purity import check_purity
from pyhew.check.reach import check_reach
from pyhew.check.signatures import attribute, resolve_signatures
from pyhew.check.suspension import check_suspension
from pyhew.check.transitions import check_machine
from pyhew.check.world import World
from pyhew.names.modules import Program
from pyhew.source.diagnostics import DiagnosticSink
from pyhew.syntax import nodes
from pyhew.types import facts
from pyhew.types.model import ERROR, I64, NEVER, UNIT, Nominal, ParamType, Type, Var, can_unify, prune, show, unify
from pyhew.types.symbols import (
    ActorInfo,
    ConstInfo,
    FnInfo,
    ImplInfo,
    MachineInfo,
    ModuleInfo,
    SupervisorInfo,
    TraitInfo,
)


def check_types(program: Program, sink: DiagnosticSink) -> World:
    """Checks the whole program; the world holds the model."""
    world = World(program, sink, SemanticModel())
    resolve_signatures(world)
    for module in program.modules:
        check_module(world, module)
    check_constants(world)
    check_declarations(world)
    check_foreign(world)
    check_lendings(world)
    check_purity(world)
    if not sink.has_errors:
        check_moves(world)
        check_generic_equality(world)
        check_suspension(world)
        check_crash_hooks(world)
        check_reach(world)
    return world


def check_module(world: World, module: ModuleInfo) -> None:
    """Checks the bodies of one module; those of functions of the library when they are asked for."""
    for symbol in module.declared.values():
        match symbol:
            case ConstInfo():
                _constant(world, module, symbol)
            case TraitInfo():
                for fn in symbol.methods.values():
                    _function(world, module, fn, symbol.self_type, symbol)
            case ActorInfo():
                _actor(world, module, symbol)
            case SupervisorInfo():
                _supervisor(world, module, symbol)
            case MachineInfo():
                check_machine(world, module, symbol)
    for fn in module.functions:
        _function(world, module, fn, None, None)
    for impl in module.impls:
        for fn in impl.methods.values():
            _function(world, module, fn, impl.target, None)


def _scope(world: World, module: ModuleInfo, params: list[ParamType]) -> Scope:
    return Scope(world, module, {p.name: p for p in params})


def _function(
    world: World, module: ModuleInfo, fn: FnInfo, self_type: Type | None, trait: TraitInfo | None
) -> None:
    if fn.node is not None and fn.node.body is not None:
        if module.is_std and not module.is_made:
            world.later[fn] = lambda: _check_function(world, module, fn, self_type, trait)
        else:
            _check_function(world, module, fn, self_type, trait)


def _check_function(
    world: World, module: ModuleInfo, fn: FnInfo, self_type: Type | None, trait: TraitInfo | None
) -> None:
    node = fn.node
    assert node is not None and node.body is not None
    scope = _scope(world, module, [*fn.params_outer, *fn.params])
    scope.self_type, scope.self_trait = self_type, trait
    if fn.impl is not None:
        scope.assoc = fn.impl.types
    cx = make_check(world, scope, fn.result)
    cx.fn = fn
    check_body(cx, fn, node.body)
    if attribute(node.attributes, "test") is not None:
        world.model.tests.append(fn)


def check_body(cx: Check, fn: FnInfo, body: nodes.Block) -> None:
    """Parameters declared, body checked against the result, inference settled."""
    with _assuming(cx.world, fn, fn.impl, fn.trait, fn.actor):
        _check_body(cx, fn, body)


@contextmanager
def _assuming(world: World, *around: FnInfo | ImplInfo | TraitInfo | ActorInfo | None) -> Iterator[None]:
    """What these declarations demand with `where` holds inside."""
    before = world.assumed
    world.assumed = tuple(predicate for one in around if one is not None for predicate in one.wheres)
    try:
        yield
    finally:
        world.assumed = before


def _check_body(cx: Check, fn: FnInfo, body: nodes.Block) -> None:
    model = cx.world.model
    params = []
    for param in fn.inputs:
        assert param.node is not None
        params.append(cx.declare_anew(param.node.name, param.type, param.mode == "var", is_param=True))
    model.bodies[fn] = Body(params, fn.result)
    if fn.is_gen:
        cx.frame.yields = _item_type(cx, fn.result)
        cx.frame.result = UNIT
        cx.expr(body)
    else:
        ty = cx.expr(body, fn.result)
        _check_result(cx, body, ty, fn.result)
    finish(cx)


def _item_type(cx: Check, ty: Type) -> Type:
    if facts.is_builtin(ty, "Generator") or facts.is_builtin(ty, "AsyncGenerator") or facts.is_builtin(ty, "Stream"):
        assert isinstance(ty, Nominal)
        return ty.args[0]
    return ty


def _check_result(cx: Check, body: nodes.Block, ty: Type, result: Type) -> None:
    if prune(result) in (UNIT, ERROR) or prune(ty) in (NEVER, ERROR):
        return
    if prune(ty) == UNIT and body.tail is None:
        cx.report(MissingReturn(body.span, show(result)))
        return
    if not _is_success(cx, body, ty, result):
        cx.coerce(body.tail if body.tail is not None else body, ty, result)


def _is_success(cx: Check, body: nodes.Block, ty: Type, result: Type) -> bool:
    """Whether a function that may fail ends with a bare value, which stands for `Ok` of it."""
    result, ty = prune(result), prune(ty)
    if body.tail is None or not facts.is_builtin(result, "Result") or isinstance(ty, Var) and ty.kind == "any":
        return False
    assert isinstance(result, Nominal)
    if can_unify(ty, result) or not unify(ty, result.args[0]):
        return False
    cx.world.model.coercions[body.tail] = cx.world.model.types[body] = result
    return True


def _constant(world: World, module: ModuleInfo, const: ConstInfo) -> None:
    cx = make_check(world, Scope(world, module), ERROR)
    want = const.type if const.node.type is not None else Var()
    ty = cx.expect(const.node.value, want)
    if const.node.type is None:
        const.type = ty
    finish(cx)


def _actor(world: World, module: ModuleInfo, actor: ActorInfo) -> None:
    fields = {f.name: i for i, f in enumerate(actor.fields)}
    with _assuming(world, actor):
        _actor_start(world, module, actor, fields)
    hooks = [fn for group in actor.hooks.values() for fn in group]
    for fn in (*actor.receives.values(), *actor.methods.values(), *hooks):
        if fn.node is None or fn.node.body is None:
            continue
        own = _scope(world, module, [*actor.params, *fn.params])
        cx = make_check(world, own, fn.result)
        cx.fn, cx.actor, cx.actor_fields = fn, actor, dict(fields)
        check_body(cx, fn, fn.node.body)


def _actor_start(world: World, module: ModuleInfo, actor: ActorInfo, fields: dict[str, int]) -> None:
    """The defaults of an actor's fields, and its `init`."""
    scope = _scope(world, module, actor.params)
    for field in actor.fields:
        if field.node.default is not None:
            cx = make_check(world, scope, ERROR)
            cx.expect(field.node.default, field.type)
            finish(cx)
    if actor.node.init is not None:
        cx = make_check(world, scope, UNIT)
        cx.actor, cx.actor_fields = actor, dict(fields)
        params = [cx.declare(p.node.name, p.type, is_param=True) for p in actor.init or () if p.node is not None]
        world.model.inits[actor] = Body(params, UNIT)
        cx.expr(actor.node.init.body)
        finish(cx)


def _supervisor(world: World, module: ModuleInfo, supervisor: SupervisorInfo) -> None:
    cx = make_check(world, Scope(world, module), UNIT)
    params = [cx.declare(p.node.name, p.type, is_param=True) for p in supervisor.inputs if p.node is not None]
    world.model.supervisors[supervisor] = Body(params, UNIT)
    siblings = {child.name: child.type for child in supervisor.children}
    for child in supervisor.children:
        if child.target is None and child.type != ERROR:
            world.sink.report(NotAnActor(child.node.actor.span, show(child.type)))
        if child.node.is_pool and supervisor.node.strategy != "simple_one_for_one":
            world.sink.report(WhereNot(child.node.span, "pool", "stands under `strategy: simple_one_for_one`"))
        for wire in child.node.wired_to:
            sibling = wire.sibling or wire.name
            target = siblings.get(sibling.text)
            if target is None:
                world.sink.report(UnknownName(sibling.span, sibling.text, tuple(siblings)))
            elif isinstance(child.type, Nominal) and isinstance(child.target, ActorInfo):
                inputs, _ = spawn_inputs(child.target)
                wanted = inputs.get(wire.name.text)
                handle = world.builtin("LocalPid", target)
                if wanted is not None and not can_unify(wanted, handle):
                    world.sink.report(TypeMismatch(sibling.span, show(wanted), show(handle)))
        if isinstance(child.type, Nominal) and child.target is not None:
            wired = tuple(w.name.text for w in child.node.wired_to)
            args = child.node.args
            if child.node.is_pool:
                for arg in args:
                    if arg.name is not None and arg.name.text == "count":
                        cx.expect(arg.value, I64)
                args = tuple(a for a in args if a.name is None or a.name.text != "count")
            for arg in args:
                if arg.name is None:
                    world.sink.report(ArgumentUnnamed(arg.value.span, child.name))
            check_spawn_args(cx, child.node.span, child.type, args, wired)
    finish(cx)


__all__ = ["check_closure_body", "check_types"]
