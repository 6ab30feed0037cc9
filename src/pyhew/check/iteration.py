"""`for`: what can be walked, and what each round yields.

In: `For`.  Out: the loop's element type; for iterators, which methods drive it.
Assumed: `iterations[node]` tells lowering how: a `UseSpecial` named range, vec, map, set,
string, bytes or generator, or the `UseTrait` of `next` (`into_iter` first if recorded on the iterable).
"""

from __future__ import annotations

from collections.abc import Callable

from pyhew.check.context import Check
from pyhew.check.errors.actors import NothingToAwait
from pyhew.check.errors.values import NotIterable
from pyhew.check.model import UseSpecial, UseTrait
from pyhew.syntax import nodes
from pyhew.types import facts
from pyhew.types.model import (
    BYTES,
    CHAR,
    ERROR,
    STRING,
    U8,
    ArrayType,
    AssocType,
    Nominal,
    ParamType,
    Prim,
    TraitRef,
    TupleType,
    Type,
    show,
)
from pyhew.types.symbols import TraitInfo

BodyFn = Callable[["Check", "nodes.Ident | None", nodes.Block], bool]

WALKED = {"Range": "range", "Vec": "vec", "HashMap": "map", "HashSet": "set", "Generator": "generator",
          "AsyncGenerator": "generator", "Stream": "stream", "Receiver": "stream"}  # fmt: skip
AT_HAND = ("Range", "Vec", "HashMap", "HashSet")


def check_for(cx: Check, node: nodes.For, body: BodyFn) -> None:
    """`for p in e { .. }`."""
    iterable = cx.known(cx.expr(node.iterable))
    if node.is_await and (isinstance(iterable, ArrayType | Prim) or any(facts.is_builtin(iterable, n) for n in AT_HAND)):
        cx.report(NothingToAwait(node.iterable.span, show(iterable)))
    element = _element(cx, node, iterable)
    cx.blocks.append({})
    cx.is_counting = True
    cx.pattern(node.pattern, element)
    cx.is_counting = False
    body(cx, node.label, node.body)
    cx.blocks.pop()


def _element(cx: Check, node: nodes.For, ty: Type) -> Type:
    if ty == ERROR:
        return ERROR
    if isinstance(ty, ArrayType):
        cx.world.model.iterations[node] = UseSpecial("vec", ty)
        return ty.element
    if ty == STRING:
        cx.world.model.iterations[node] = UseSpecial("string", ty)
        return CHAR
    if ty == BYTES:
        cx.world.model.iterations[node] = UseSpecial("vec", ty)
        return U8
    if isinstance(ty, Nominal):
        for name, way in WALKED.items():
            if facts.is_builtin(ty, name):
                if name == "Vec" and not _walkable(cx, ty.args[0]):
                    return cx.report(NotIterable(node.iterable.span, show(ty), show(ty.args[0])))
                cx.world.model.iterations[node] = UseSpecial(way, ty)
                return TupleType((ty.args[0], ty.args[1])) if name == "HashMap" else ty.args[0]
    iterator = cx.world.trait("Iterator")
    if cx.world.satisfies(ty, TraitRef(iterator)):
        cx.world.model.iterations[node] = UseTrait(iterator, "next", ty, (), ())
        return cx.world.normalise(cx.world.assoc(ty, iterator, "Item") or _item(ty, iterator))
    into = cx.world.trait("IntoIterator")
    if cx.world.satisfies(ty, TraitRef(into)):
        inner = cx.world.assoc(ty, into, "IntoIter") or (AssocType(ty, into, "IntoIter") if isinstance(ty, ParamType) else None)
        if inner is not None:
            if node.iterable not in cx.world.model.uses:
                cx.use(node.iterable, UseTrait(into, "into_iter", ty, (), ()))
            cx.world.model.iterations[node] = UseTrait(iterator, "next", inner, (), ())
            cx.world.model.written[node] = ty
            return cx.world.assoc(inner, iterator, "Item") or cx.world.assoc(ty, into, "Item") or _item(ty, into)
    return cx.report(NotIterable(node.iterable.span, show(ty)))


def _walkable(cx: Check, element: Type) -> bool:
    return not facts.is_marked(element)


def _item(ty: Type, trait: object) -> Type:
    assert isinstance(trait, TraitInfo)
    return AssocType(ty, trait, "Item")
