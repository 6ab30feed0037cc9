"""What is owed: linear values, which nothing ends but a method that consumes them.

In: variables and their types, states of a walk.  Out: the variables that still owe something.
Assumed: records and tuples are told apart by their fields; what a variant or a collection holds is one thing, which is
gone when a pattern or a method has taken a linear value out.
"""

from __future__ import annotations

from collections.abc import Iterable

from pyhew.check.given_away import Place, State
from pyhew.check.model import Local, SemanticModel, UseFn, UseRecord, UseVariant
from pyhew.syntax import nodes
from pyhew.types import facts
from pyhew.types.model import Nominal, TupleType, Type, prune, substitute
from pyhew.types.symbols import EnumInfo, RecordInfo

Path = tuple[str, ...]
LOSING = ("clear", "truncate", "retain", "fill")
"""Methods of the library that end elements of their receiver."""


def paths_of(ty: Type) -> tuple[Path, ...]:
    """The paths to the linear values in a value of a type; where no path tells them apart, to what holds them."""
    ty = prune(ty)
    if not facts.holds_linear(ty):
        return ()
    return tuple((name, *path) for name, part in _fields(ty) for path in paths_of(part)) if _is_open(ty) else ((),)


def _is_open(ty: Type) -> bool:
    """Whether a path can name what is inside."""
    return isinstance(ty, TupleType) or isinstance(ty, Nominal) and isinstance(ty.info, RecordInfo) and not ty.info.marker


def _fields(ty: Type) -> list[tuple[str, Type]]:
    if isinstance(ty, TupleType):
        return [(str(index), part) for index, part in enumerate(ty.items)]
    assert isinstance(ty, Nominal) and isinstance(ty.info, RecordInfo)
    return list(zip((field.name for field in ty.info.fields), facts.contents(ty)))


class Linear:
    """The variables of every open block that owe something, outermost first: it must be gone before the block is left."""

    def __init__(self, is_needed: bool) -> None:
        self.is_needed = is_needed
        self.blocks: list[list[Local]] = [[]]
        self.paths: dict[Local, tuple[Path, ...]] = {}

    def declare(self, local: Local, ty: Type) -> None:
        """A variable of the innermost block; one that is named with `_` owes nothing."""
        if not local.name.startswith("_") and self.knows(local, ty):
            self.blocks[-1].append(local)

    def knows(self, local: Local, ty: Type) -> bool:
        """Whether a variable can owe something."""
        if self.is_needed and local not in self.paths:
            self.paths[local] = paths_of(ty)
        return bool(self.paths.get(local))

    def places(self, place: Place) -> list[Place]:
        """What can be owed at a place: of what it stands in, or is."""
        local, path = place
        return [(local, owed) for owed in self.paths.get(local, ()) if owed[: len(path)] == path]

    def owes(self, state: State, place: Place) -> bool:
        """Whether something there is not gone on every path to here."""
        return any(owed not in state.surely for owed in self.places(place))

    def owing(self, state: State | None, outermost: int) -> list[Local]:
        """Who still owes where the blocks from this one inwards are left."""
        if state is None:
            return []
        return [local for block in self.blocks[outermost:] for local in block if self.owes(state, (local, ()))]


def hidden(model: SemanticModel, pattern: nodes.Pattern, ty: Type, earlier: Iterable[nodes.Pattern] = ()) -> bool:
    """Whether a pattern passes over something linear of what it matches: no variable has it then.

    `earlier` are the patterns before it that match all of their variant.
    """
    ty = prune(ty)
    match pattern:
        case nodes.WildcardPattern():
            return _rest_holds_linear(model, ty, earlier)
        case nodes.TuplePattern() if isinstance(ty, TupleType):
            return any(hidden(model, item, part) for item, part in zip(pattern.items, ty.items))
        case nodes.OrPattern():
            return any(hidden(model, option, ty) for option in pattern.options)
        case nodes.VariantPattern() | nodes.RecordPattern():
            return _hidden_in_parts(model, pattern, ty)
        case _:
            return False


def rest_holds_linear(model: SemanticModel, pattern: nodes.Pattern, ty: Type) -> bool:
    """Whether a value that a pattern does not match may hold something linear."""
    return _rest_holds_linear(model, prune(ty), (pattern,))


def _rest_holds_linear(model: SemanticModel, ty: Type, earlier: Iterable[nodes.Pattern]) -> bool:
    if not isinstance(ty, Nominal) or not isinstance(ty.info, EnumInfo):
        return facts.holds_linear(ty)
    seen = {index for one in earlier for index in _whole_variants(model, one)}
    mapping = dict(zip(ty.info.params, ty.args))
    rest = [variant for index, variant in enumerate(ty.info.variants) if index not in seen]
    return any(facts.holds_linear(substitute(field.type, mapping)) for variant in rest for field in variant.fields)


def _whole_variants(model: SemanticModel, pattern: nodes.Pattern) -> list[int]:
    """The variants that a pattern matches whatever they hold."""
    if isinstance(pattern, nodes.OrPattern):
        return [index for option in pattern.options for index in _whole_variants(model, option)]
    use = model.uses.get(pattern)
    if not isinstance(use, UseVariant) or not all(_takes_all(model, inner) for inner in _inner(pattern)):
        return []
    return [use.index]


def _takes_all(model: SemanticModel, pattern: nodes.Pattern) -> bool:
    if isinstance(pattern, nodes.WildcardPattern) or isinstance(pattern, nodes.BindPattern) and pattern not in model.uses:
        return True
    is_closed = isinstance(model.uses.get(pattern), UseVariant) or not isinstance(
        pattern, nodes.TuplePattern | nodes.VariantPattern | nodes.RecordPattern
    )
    return not is_closed and all(_takes_all(model, inner) for inner in _inner(pattern))


def _inner(pattern: nodes.Pattern) -> list[nodes.Pattern]:
    match pattern:
        case nodes.TuplePattern():
            return list(pattern.items)
        case nodes.VariantPattern():
            return list(pattern.items or ())
        case nodes.RecordPattern():
            return [field.pattern for field in pattern.fields if field.pattern is not None]
        case _:
            return []


def _hidden_in_parts(model: SemanticModel, pattern: nodes.VariantPattern | nodes.RecordPattern, ty: Type) -> bool:
    use = model.uses.get(pattern)
    if not isinstance(ty, Nominal) or not isinstance(use, UseVariant | UseRecord):
        return False
    if isinstance(use, UseVariant):
        mapping = dict(zip(use.enum.params, ty.args))
        parts = [(f.name, substitute(f.type, mapping)) for f in use.enum.variants[use.index].fields]
    else:
        parts = _fields(ty)
    if isinstance(pattern, nodes.VariantPattern):
        return any(hidden(model, item, part) for item, (_, part) in zip(pattern.items or (), parts))
    named = {field.name.text: field.pattern for field in pattern.fields}
    return any(
        facts.holds_linear(part) if name not in named else (inner := named[name]) is not None and hidden(model, inner, part)
        for name, part in parts
    )


def is_made_empty(model: SemanticModel, value: nodes.Expr | None) -> bool:
    """Whether an expression makes a collection or a variant that holds nothing linear yet."""
    match value:
        case None:
            return True
        case nodes.ArrayLiteral():
            return not value.items
        case nodes.MapLiteral():
            return not value.entries
        case nodes.NameExpr() | nodes.Member():
            return isinstance(model.uses.get(value), UseVariant)
        case nodes.Call():
            return _makes_empty(model, value)
        case _:
            return False


def _makes_empty(model: SemanticModel, call: nodes.Call) -> bool:
    use = model.uses.get(call)
    holds = any(facts.holds_linear(model.type_of(arg.value)) for arg in call.args)
    return not holds and (isinstance(use, UseVariant) or isinstance(use, UseFn) and use.fn.module.startswith("std.") and not use.fn.has_self)
