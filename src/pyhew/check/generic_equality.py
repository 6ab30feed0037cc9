"""`==` on values of a type parameter, judged for the types that the program really gives it.

In: checked bodies and the comparisons of generic code.  Out: diagnostics at the comparison.
Assumed: bodies without errors.  Calls are followed from the functions without type parameters, through function names
and methods of known types; a type that grows with every call is followed for a while only.
"""

from __future__ import annotations

from collections.abc import Iterator

from pyhew.check.errors.values import BadOperator
from pyhew.check.model import UseFn
from pyhew.check.world import World
from pyhew.syntax import nodes
from pyhew.syntax.nodes.base import raw_children
from pyhew.types import facts
from pyhew.types.model import ParamType, Type, has_params, show, substitute
from pyhew.types.symbols import ActorInfo, FnInfo, ModuleInfo

INSTANCES = 2000
Instance = tuple[FnInfo, tuple[Type, ...]]


def check_generic_equality(world: World) -> None:
    """Reports a comparison that has no meaning for a type it is used with."""
    compared = world.model.compared
    if not compared:
        return
    calls: dict[FnInfo, list[UseFn]] = {}
    todo: list[Instance] = [(fn, ()) for module in world.program.modules for fn in _plain_functions(module)]
    seen: set[tuple[FnInfo, str]] = set()
    while todo and len(seen) < INSTANCES:
        fn, args = todo.pop()
        key = (fn, ",".join(map(show, args)))
        if key in seen:
            continue
        seen.add(key)
        mapping: dict[ParamType, Type] = dict(zip((*fn.params_outer, *fn.params), args))
        for node, ty in compared.get(fn, ()):
            actual = world.normalise(substitute(ty, mapping))
            if not has_params(actual) and not facts.is_comparable(actual):
                world.sink.report(BadOperator(node.span, node.op, show(actual), show(actual)))
        if fn not in calls:
            calls[fn] = list(_calls(world, fn))
        todo += [(use.fn, tuple(world.normalise(substitute(a, mapping)) for a in use.args)) for use in calls[fn]]


def _plain_functions(module: ModuleInfo) -> Iterator[FnInfo]:
    """The functions of a program's module that have no type parameters."""
    if module.is_std:
        return
    functions = list(module.functions)
    for impl in module.impls:
        functions += impl.methods.values()
    for symbol in module.declared.values():
        if isinstance(symbol, ActorInfo):
            functions += (*symbol.receives.values(), *symbol.methods.values())
    yield from (fn for fn in functions if not fn.params and not fn.params_outer)


def _calls(world: World, fn: FnInfo) -> Iterator[UseFn]:
    """The generic functions that a body names, outside of the library."""
    if fn.node is None or fn.node.body is None:
        return
    todo: list[nodes.Node] = [fn.node.body]
    while todo:
        node = todo.pop()
        use = world.model.uses.get(node)
        if isinstance(use, UseFn) and use.args and not use.fn.module.startswith("std."):
            yield use
        todo += raw_children(node)
