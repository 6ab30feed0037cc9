"""Rules of declarations that need no bodies: what is written twice, the shape of hooks, whose types get methods.

In: resolved signatures.  Out: diagnostics.
Assumed: only a program's own modules are looked at.
"""

from __future__ import annotations

from collections.abc import Iterable

from pyhew.check.attributes import check_attributes
from pyhew.check.context import Scope
from pyhew.check.errors.declarations import (
    BadHook,
    BadResource,
    DuplicateImpl,
    DuplicateMember,
    EndlessSupervisor,
    ForeignImpl,
    ImplMissing,
    MethodSignature,
    TypeNotWritten,
)
from pyhew.check.errors.types import BoundNotMet
from pyhew.check.errors.values import UnknownName, WhereNot
from pyhew.check.signatures import attribute, period
from pyhew.check.types import resolve_type
from pyhew.check.world import World
from pyhew.source.spans import Span
from pyhew.syntax import nodes
from pyhew.types import facts
from pyhew.types.model import (
    ERROR,
    NEVER,
    UNIT,
    DynType,
    Nominal,
    ParamType,
    Prim,
    TraitRef,
    Type,
    has_params,
    parts_of,
    prune,
    show,
)
from pyhew.types.symbols import (
    ActorInfo,
    AliasInfo,
    EnumInfo,
    FnInfo,
    ImplInfo,
    ModuleInfo,
    RecordInfo,
    SupervisorInfo,
    TraitInfo,
    show_head,
)

EVENTS = ("start", "stop", "crash", "down", "exit")
WITHOUT_PARAMETERS = ("start", "stop")
HEARS = {
    "crash": ("CrashInfo", "CrashAction"),
    "down": ("DownNotification", "()"),
    "exit": ("CrashNotification", "()"),
}
"""What the hook of an event is told, and what it returns."""


def check_declarations(world: World) -> None:
    """Everything here, for every module of the program."""
    rings: set[object] = set()
    for module in world.program.modules:
        if module.is_std:
            continue
        for tree in module.trees:
            for item in tree.items:
                check_attributes(world, item)
                _item(world, item)
        for symbol in module.declared.values():
            if isinstance(symbol, ActorInfo):
                _hooks(world, symbol)
                _promises(world, symbol)
            elif isinstance(symbol, AliasInfo) and not symbol.node.generics.params:
                name = symbol.node.name
                named = nodes.NamedTypeExpr(symbol.node.id, name.span, (name,), (), ())
                resolve_type(Scope(world, module), named)
            elif isinstance(symbol, RecordInfo) and symbol.is_linear and not symbol.is_closing:
                _ends(world, symbol)
            elif isinstance(symbol, SupervisorInfo) and symbol not in rings:
                below = _below(symbol)
                if symbol in below:
                    world.sink.report(EndlessSupervisor(symbol.node.name.span, symbol.name))
                    rings |= below
        for fn in module.functions:
            _gives_nothing(world, fn)
        _impls(world, module)


def _ends(world: World, linear: RecordInfo) -> None:
    """A linear value is consumed by a method of its own, or by a foreign function; it never ends by itself."""
    consumers = [fn for module in world.program.modules for fn in module.functions if fn.is_extern]
    consumers += [fn for module in world.program.modules for impl in module.impls for fn in impl.methods.values()]
    inputs = (param for fn in consumers for param in fn.inputs if param.mode == "consume")
    assert linear.node is not None
    if not any(isinstance(param.type, Nominal) and param.type.info is linear for param in inputs):
        world.sink.report(BadResource(linear.node.name.span, linear.name, "endless"))


def _below(supervisor: SupervisorInfo) -> set[object]:
    """The supervisors among its children and theirs."""
    found: set[object] = set()
    todo = [supervisor]
    while todo:
        for child in todo.pop().children:
            if isinstance(child.target, SupervisorInfo) and child.target not in found:
                found.add(child.target)
                todo.append(child.target)
    return found


def _item(world: World, item: nodes.Item) -> None:
    match item:
        case nodes.FnDecl():
            _function(world, item)
            _plain_function(world, item)
        case nodes.RecordDecl() | nodes.EnumDecl():
            for method in item.methods:
                _function(world, method)
        case nodes.ImplDecl() | nodes.TraitDecl():
            for method in item.methods:
                _function(world, method)
            if isinstance(item, nodes.TraitDecl):
                _once(world, (method.name for method in item.methods))
        case nodes.ActorDecl():
            functions: list[nodes.FnDecl | nodes.ReceiveFn] = [*item.receives, *item.methods]
            for fn in functions:
                _function(world, fn)
            for params in (*(fn.params for fn in functions), item.init.params if item.init is not None else ()):
                _no_receiver(world, params)
            _once(world, (f.name for f in item.fields))
            _once(world, (fn.name for fn in functions))
            _mailbox(world, item)
        case nodes.SupervisorDecl():
            _once(world, (child.name for child in item.children))
            _once(world, (param.name for param in item.params))
        case nodes.MachineDecl():
            _machine(world, item)
        case _:
            pass


def _machine(world: World, machine: nodes.MachineDecl) -> None:
    states = (*machine.states, *(child for state in machine.states for child in state.children))
    _once(world, (event.name for event in machine.events))
    _once(world, (state.name for state in states))
    for fields in (*(event.fields for event in machine.events), *(state.fields for state in states)):
        _once(world, (field.name for field in fields))
    for rule in (*machine.transitions, *(rule for state in states for rule in state.transitions)):
        _once(world, (name for name in rule.bindings if name.text != "_"))


def _function(world: World, fn: nodes.FnDecl | nodes.ReceiveFn) -> None:
    _once(world, (p.name for p in fn.params if p.name.text != "_"))
    _once(world, (p.name for p in fn.generics.params))
    for place, what in [(p.type, f"parameter `{p.name.text}`") for p in fn.params] + [(fn.result, "a result")]:
        if isinstance(place, nodes.InferTypeExpr):
            world.sink.report(TypeNotWritten(place.span, what))
    every = attribute(fn.attributes, "every")
    if isinstance(fn, nodes.ReceiveFn) and every is not None:
        _every(world, fn, every)


def _plain_function(world: World, fn: nodes.FnDecl) -> None:
    """What the system calls gets nothing."""
    _no_receiver(world, fn.params)
    is_test = attribute(fn.attributes, "test") is not None
    if fn.params and (fn.name.text == "main" or is_test):
        world.sink.report(BadHook(fn.name.span, "a test" if is_test else "`main`", "has no parameters"))


def _gives_nothing(world: World, fn: FnInfo) -> None:
    """What a test gives back nobody would look at, nor what `main` does if it is no exit code."""
    if not isinstance(fn.node, nodes.FnDecl) or fn.node.result is None or fn.result in (UNIT, NEVER, ERROR):
        return
    if fn.name == "main" and facts.is_builtin(fn.result, "Result"):
        world.sink.report(BadHook(fn.node.result.span, "`main`", "gives an exit code or nothing: an `Err` would be lost"))
    if attribute(fn.node.attributes, "test") is not None:
        world.sink.report(BadHook(fn.node.result.span, "a test", "returns nothing: it fails by panicking, as `assert` does"))


def _no_receiver(world: World, params: tuple[nodes.Param, ...]) -> None:
    """Outside of an impl there is no `self`: an actor's fields are written by their names."""
    for param in params:
        if param.type is None:
            world.sink.report(WhereNot(param.span, "self", "belongs to the methods of a type"))


def _mailbox(world: World, actor: nodes.ActorDecl) -> None:
    box = actor.mailbox
    if box is None:
        return
    if box.capacity < 1:
        world.sink.report(BadHook(box.span, "a mailbox", "holds at least one message"))
    names = {param.name.text for handler in actor.receives for param in handler.params}
    if box.key is not None and box.key.text not in names:
        world.sink.report(UnknownName(box.key.span, box.key.text, tuple(sorted(names))))


def _every(world: World, fn: nodes.ReceiveFn, every: nodes.Attribute) -> None:
    """A periodic handler gets nothing and nobody waits for it."""
    if fn.params or fn.result is not None:
        world.sink.report(BadHook(fn.name.span, "a periodic handler", "has no parameters and no result"))
    elif fn.generics.params:
        world.sink.report(BadHook(fn.name.span, "a periodic handler", "has no type parameters: the runtime calls it"))
    elif period(every) is None:
        world.sink.report(BadHook(every.span, "`#[every(..)]`", "takes one duration, as in `#[every(50ms)]`"))
    elif period(every) == 0:
        world.sink.report(BadHook(every.span, "`#[every(..)]`", "takes a duration longer than nothing"))


def _once(world: World, names: Iterable[nodes.Ident]) -> None:
    seen: dict[str, Span] = {}
    for name in names:
        if name.text in seen:
            world.sink.report(DuplicateMember(name.span, name.text, seen[name.text]))
        seen.setdefault(name.text, name.span)


def _is_library(world: World, ty: Type, name: str) -> bool:
    """Whether it is the type of that name of our own library; a program may have one of its own."""
    if not isinstance(ty, Nominal) or not isinstance(ty.info, RecordInfo | EnumInfo) or ty.info.name != name:
        return False
    return any(module.is_std and module.key == ty.info.module for module in world.program.modules)


def _is_answer(world: World, ty: Type, event: str) -> bool:
    wanted = HEARS.get(event, ("", "()"))[1]
    return ty == UNIT if wanted == "()" else _is_library(world, ty, wanted)


def _hooks(world: World, actor: ActorInfo) -> None:
    for event, hooks in actor.hooks.items():
        for index, fn in enumerate(hooks):
            assert fn.node is not None
            span, what = fn.node.name.span, f"`#[on({event})]`"
            if any(p.type == ERROR for p in fn.inputs):
                continue
            if event not in EVENTS:
                world.sink.report(BadHook(span, what, f"is no event; there are {', '.join(EVENTS)}"))
            elif event != "stop" and index > 0:
                world.sink.report(BadHook(span, what, "stands once in an actor"))
            elif event in HEARS and not (len(fn.inputs) == 1 and _is_library(world, fn.inputs[0].type, HEARS[event][0])):
                world.sink.report(BadHook(span, what, f"takes one parameter, a `{HEARS[event][0]}`"))
            elif fn.result not in (NEVER, ERROR) and not _is_answer(world, fn.result, event):
                world.sink.report(BadHook(span, what, f"returns `{HEARS.get(event, ('', '()'))[1]}`"))
            elif len(fn.inputs) != (0 if event in WITHOUT_PARAMETERS else 1):
                count = "no parameters" if event in WITHOUT_PARAMETERS else "one parameter"
                world.sink.report(BadHook(span, what, f"takes {count}"))
            elif fn.params or fn.wheres:
                world.sink.report(BadHook(span, what, "has no type parameters: the runtime calls it"))
            elif sum(one.name == "on" for one in fn.node.attributes) > 1:
                world.sink.report(BadHook(span, what, "stands with another event: each has a hook of its own"))


def _promises(world: World, actor: ActorInfo) -> None:
    """An actor with traits has a handler for each of their methods."""
    for bound in world.all_bounds(actor.supers):
        trait = bound.trait
        assert isinstance(trait, TraitInfo)
        for name, method in trait.methods.items():
            fn = actor.receives.get(name)
            has_body = isinstance(method.node, nodes.FnDecl) and method.node.body is not None
            if fn is None and not has_body:
                world.sink.report(ImplMissing(actor.node.name.span, trait.name, name, actor.name))
            elif fn is not None and fn.node is not None:
                inputs = [p.type for p in method.inputs if p.type != trait.self_type]
                if [p.type for p in fn.inputs] != inputs or fn.result != method.result:
                    world.sink.report(MethodSignature(fn.node.name.span, name, trait.name, show_head(method)))


def _impls(world: World, module: ModuleInfo) -> None:
    known: dict[tuple[object, ...], Span] = {}
    methods: dict[tuple[object, ...], Span] = {}
    for impl in module.impls:
        if impl.trait is None:
            if impl.node is not None and _is_foreign(impl):
                world.sink.report(ForeignImpl(impl.node.target.span, show(impl.target)))
            for name, fn in impl.methods.items():
                assert fn.node is not None
                path, span = (name, *_identity(impl.target)), fn.node.name.span
                if path in methods:
                    world.sink.report(DuplicateMember(span, name, methods[path]))
                methods.setdefault(path, span)
            continue
        if impl.node is None:
            continue
        _supertraits(world, impl)
        trait = impl.trait.trait
        if _belongs_to_library(impl):
            world.sink.report(ForeignImpl(impl.node.target.span, show(impl.target), trait.name))
        key = (trait, *_identity(impl.target, *impl.trait.args))
        if key in known and known[key] != impl.node.span:
            world.sink.report(DuplicateImpl(impl.node.span, trait.name, show(impl.target), known[key]))
        known.setdefault(key, impl.node.span)


def _identity(*types: Type) -> tuple[object, ...]:
    """What tells the heads of implementations apart: how types are written, and what their names mean, which may be of different
    modules."""
    named: list[object] = []

    def visit(ty: Type) -> None:
        ty = prune(ty)
        if isinstance(ty, Nominal):
            named.append(ty.info)
        elif isinstance(ty, DynType):
            named.extend(bound.trait for bound in ty.bounds)
        for part in parts_of(ty):
            visit(part)

    for ty in types:
        visit(ty)
    return (*map(show, types), *named)


def _supertraits(world: World, impl: ImplInfo) -> None:
    """What implements a trait implements the traits above it."""
    assert impl.node is not None and impl.trait is not None and isinstance(impl.trait.trait, TraitInfo)
    for bound in impl.trait.trait.supers:
        above = TraitRef(bound.trait, bound.args, ())
        if not bound.args and not has_params(impl.target) and not world.satisfies(impl.target, above):
            world.sink.report(BoundNotMet(impl.node.span, show(impl.target), bound.trait.name))


def _belongs_to_library(impl: ImplInfo) -> bool:
    """Whether nothing in the head of an implementation is the program's own."""

    def is_own(part: Type) -> bool:
        return isinstance(part, ParamType) or isinstance(part, Nominal) and not getattr(part.info, "module", "std.").startswith("std.")

    assert impl.trait is not None and isinstance(impl.trait.trait, TraitInfo)
    parts = (impl.target, *impl.trait.args)
    return impl.trait.trait.module.startswith("std.") and not any(facts.any_part(part, is_own) for part in parts)


def _is_foreign(impl: ImplInfo) -> bool:
    """Whether the methods are for a type that the program did not declare."""
    if isinstance(impl.target, Nominal):
        info = impl.target.info
        return isinstance(info, RecordInfo) and info.marker == "builtin"
    return isinstance(impl.target, Prim)
