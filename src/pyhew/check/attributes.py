"""Attributes: which there are, and on what each of them means something.

In: the program's trees.  Out: diagnostics.
Assumed: only a program's own modules are looked at; the events of `#[on(..)]`, the durations of `#[every(..)]` and the
sizes of `#[max_heap(..)]` are judged where they are read.
"""

from __future__ import annotations

from pyhew.check.errors.declarations import AttributeArgument, LonelyAttribute, MisplacedAttribute, UnknownMarker
from pyhew.check.signatures import attribute
from pyhew.check.world import World
from pyhew.syntax import nodes

FUNCTION, METHOD, FOREIGN = "a function", "a method of a type", "a foreign function"
HANDLER, HOOK = "a `receive fn`", "a plain `fn` of an actor"
TYPE, ENUM, ACTOR = "a `type`", "an enum", "an actor"

BELONGS: dict[str, tuple[str, ...]] = {
    "test": (FUNCTION,), "should_panic": (FUNCTION,), "ignore": (FUNCTION,), "serial": (FUNCTION,),
    "export": (FUNCTION,), "returns_receiver": (METHOD, FOREIGN),
    "every": (HANDLER,), "on": (HOOK, FUNCTION), "max_heap": (ACTOR,),
    "resource": (TYPE,), "linear": (TYPE,), "opaque": (TYPE,), "repr": (TYPE,),
    "wire": (TYPE, ENUM), "json": (TYPE, ENUM), "yaml": (TYPE, ENUM),
}  # fmt: skip
"""Where each attribute stands; programs of the language have hooks outside of actors too, where nothing runs them."""

WITHOUT_EFFECT = ("deprecated", "doc", "noncancellable", "prefetch")
"""For readers, or of a later level of the language, where they ask for nothing that a program could see."""
OF_TESTS = ("should_panic", "ignore", "serial")
BARE = ("test", *OF_TESTS, "resource", "linear", "opaque", "returns_receiver")
"""Those that take no arguments."""


def check_attributes(world: World, item: nodes.Item) -> None:
    """The attributes of a declaration and of all that stands in it."""
    match item:
        case nodes.FnDecl():
            _judge(world, item.attributes, FUNCTION)
        case nodes.RecordDecl() | nodes.EnumDecl():
            _judge(world, item.attributes, TYPE if isinstance(item, nodes.RecordDecl) else ENUM)
            _functions(world, item.methods, METHOD)
            for part in item.fields if isinstance(item, nodes.RecordDecl) else item.variants:
                _judge(world, part.attributes, "a field" if isinstance(part, nodes.FieldDecl) else "a variant")
        case nodes.ImplDecl() | nodes.TraitDecl():
            _judge(world, item.attributes, "an impl" if isinstance(item, nodes.ImplDecl) else "a trait")
            _functions(world, item.methods, METHOD)
        case nodes.ExternBlock():
            _judge(world, item.attributes, "an `extern` block")
            _functions(world, item.functions, FOREIGN)
        case nodes.ActorDecl():
            _judge(world, item.attributes, ACTOR)
            _functions(world, item.receives, HANDLER)
            _functions(world, item.methods, HOOK)
            for kept in item.fields:
                _judge(world, kept.attributes, "a field")
        case _:
            _judge(world, item.attributes, "a declaration of this kind")


def _functions(world: World, functions: tuple[nodes.FnDecl, ...] | tuple[nodes.ReceiveFn, ...], place: str) -> None:
    for fn in functions:
        _judge(world, fn.attributes, place)


def _judge(world: World, attributes: tuple[nodes.Attribute, ...], place: str) -> None:
    for one in attributes:
        if one.name in WITHOUT_EFFECT:
            continue
        if one.name not in BELONGS:
            known = tuple(name for name, places in BELONGS.items() if place in places)
            world.sink.report(UnknownMarker(one.span, one.name, place in (TYPE, ENUM), known, tuple(BELONGS)))
        elif place not in BELONGS[one.name]:
            world.sink.report(MisplacedAttribute(one.span, one.name, place, BELONGS[one.name]))
        elif one.name in BARE and one.args:
            world.sink.report(AttributeArgument(one.span, one.name, "takes no arguments"))
        elif one.name == "repr" and [arg.name for arg in one.args] != ["C"]:
            world.sink.report(AttributeArgument(one.span, one.name, "knows one layout, that of C: `#[repr(C)]`"))
        elif one.name in OF_TESTS and attribute(attributes, "test") is None:
            world.sink.report(LonelyAttribute(one.span, one.name))
