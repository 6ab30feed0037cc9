"""Rules of what crosses between Hew and C: types, names that mean one function, functions for C.

In: resolved signatures; arguments of foreign calls.  Out: diagnostics; `model.exports`.
Assumed: only a program's own modules are looked at.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyhew.abi.functions import BY_NAME
from pyhew.check.context import Check
from pyhew.check.errors.declarations import AttributeArgument, ExportedTwice, ForeignDiffers, ForeignType
from pyhew.check.errors.values import NotForC
from pyhew.check.model import UseFn, UseTrait
from pyhew.check.signatures import attribute, attribute_text
from pyhew.check.world import World
from pyhew.syntax import nodes
from pyhew.types import facts
from pyhew.types.model import ERROR, FnType, map_type, show
from pyhew.types.symbols import FnInfo, show_head


def check_foreign(world: World) -> None:
    """Declarations of C functions, and of functions for C."""
    known: dict[str, FnInfo] = {}
    for module in world.program.modules:
        if module.is_std:
            continue
        for fn in module.functions:
            export = attribute(fn.node.attributes, "export") if fn.node is not None else None
            if fn.is_extern:
                _types(world, fn)
                _same_everywhere(world, known.setdefault(fn.name, fn), fn)
            elif export is not None:
                _export(world, fn, export)
    for name, fn in world.model.exports.items():
        if name in known:
            _same_everywhere(world, fn, known[name])


def _types(world: World, fn: FnInfo) -> None:
    """What a function of C, or one for C, takes and gives has a meaning there."""
    assert isinstance(fn.node, nodes.FnDecl)
    written = [(param.node.type, param.type) for param in fn.inputs if param.node is not None]
    for node, ty in (*written, (fn.node.result, fn.result)):
        crosses = facts.crosses_to_c(ty) or facts.is_for_c(ty) if fn.is_extern else facts.stands_in_c(ty)
        if node is not None and not crosses:
            world.sink.report(ForeignType(node.span, show(ty)))


def _same_everywhere(world: World, first: FnInfo, fn: FnInfo) -> None:
    """A name of C stands for one function, whichever modules declare it."""
    assert isinstance(first.node, nodes.FnDecl) and isinstance(fn.node, nodes.FnDecl)
    said, again = ([(p.mode, show(p.type)) for p in one.inputs] for one in (first, fn))
    is_same = said == again and show(first.result) == show(fn.result)
    if not is_same or first.node.is_variadic != fn.node.is_variadic:
        world.sink.report(ForeignDiffers(fn.node.name.span, fn.name, first.node.name.span, show_head(first)))


def _export(world: World, fn: FnInfo, export: nodes.Attribute) -> None:
    """C finds the function by one name that nothing else has."""
    assert fn.node is not None
    if not fn.params:
        _types(world, fn)
    name = attribute_text(fn.node.attributes, "export") or fn.name
    if len(export.args) > 1 or not name.isascii() or not name.isidentifier():
        world.sink.report(AttributeArgument(export.span, "export", "takes one name of C"))
    elif fn.params or fn.is_gen:
        what = "a generator" if fn.is_gen else "a function with type parameters"
        world.sink.report(AttributeArgument(export.span, "export", f"has no meaning for {what}"))
    elif name == "main" or name in BY_NAME:
        world.sink.report(AttributeArgument(export.span, "export", f"cannot take the name `{name}`, which the program needs itself"))
    elif name in world.model.exports:
        earlier = world.model.exports[name].node
        assert earlier is not None
        world.sink.report(ExportedTwice(fn.node.name.span, name, earlier.name.span))
    else:
        world.model.exports[name] = fn


def give_to_c(cx: Check, fn: FnInfo, args: list[tuple[int, nodes.Expr]]) -> None:
    """C has no captures: a function that it gets is known when the program is compiled."""
    model = cx.world.model
    for index, arg in args:
        ty = cx.world.normalise(fn.inputs[index].type)
        if not isinstance(ty, FnType):
            continue
        closure = model.closures.get(arg)
        is_name = isinstance(arg, nodes.NameExpr | nodes.Member | nodes.QualifiedPath)
        if is_name and isinstance(model.uses.get(arg), UseFn | UseTrait) or closure is not None and not closure.captures:
            model.coercions[arg] = ty
        elif model.types.get(arg) != ERROR:
            cx.report(NotForC(arg.span, tuple(local.name for local in closure.captures) if closure is not None else ()))


def check_variadic(cx: Check, args: Sequence[nodes.Arg]) -> None:
    """Arguments behind those that a declaration names: C guesses what they are."""
    for arg in args:
        found = cx.known(cx.expr(arg.value))
        ty = cx.coerce(arg.value, found, map_type(found, None))
        if ty != ERROR and not facts.is_one_in_c(ty):
            cx.report(ForeignType(arg.span, show(ty)))
