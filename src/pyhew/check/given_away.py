"""What has been given away at a point of a body, and how that is joined where paths meet.

In: places and reasons.  Out: `State`.
Assumed: a place is a variable and a path of field names.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from pyhew.check.model import Local, SemanticModel, UseVariant
from pyhew.source.diagnostics import Diagnostic
from pyhew.source.records import field, record
from pyhew.source.spans import Span
from pyhew.syntax import nodes
from pyhew.syntax.nodes.base import raw_children
from pyhew.types import facts
from pyhew.types.facts import Kind
from pyhew.types.model import DynType, ParamType, Type, prune
from pyhew.types.symbols import FnInfo

Place = tuple[Local, tuple[str, ...]]
UNSET = "declared without a value"


class Giving(Enum):
    """What happens to a value where it stands: the strictest kinds of values it takes away."""

    READ = "read"
    OFFER = "offer"
    """Whoever is called may keep it; a variable that is used again has a share then."""
    SEND = "send"
    COPY_IN = "copy in"
    BIND = "bind"
    INSERT = "insert"
    CONSUME = "consume"


@record(slots=True)
class State:
    """What has been given away: on some path (by variable: which parts, where and how), and on every path."""

    gone: dict[Local, dict[tuple[str, ...], tuple[Span, str]]] = field(default_factory=dict)
    """The dicts inside are shared by states and never changed."""
    surely: set[Place] = field(default_factory=set)
    offered: dict[Local, dict[tuple[tuple[str, ...], nodes.Node], None]] = field(default_factory=dict)
    """Where values went that may be used on, by variable; the dicts inside are shared, too."""

    def copy(self) -> State:
        """An independent state."""
        return State(dict(self.gone), set(self.surely), dict(self.offered))

    def is_gone(self, place: Place) -> bool:
        """Whether exactly this place was given away."""
        return place[1] in self.gone.get(place[0], ())

    def lose(self, place: Place, why: tuple[Span, str]) -> None:
        """A place was given away; where it was before, the first time counts."""
        self.gone[place[0]] = {place[1]: why, **self.gone.get(place[0], {})}

    def regain(self, place: Place) -> None:
        """A place, and what lies inside it, has a value again."""
        known = self.gone.pop(place[0], None)
        left = {path: why for path, why in known.items() if path[: len(place[1])] != place[1]} if known else {}
        if left:
            self.gone[place[0]] = left
        offers = self.offered.pop(place[0], None)
        kept = {key: None for key in offers if key[0][: len(place[1])] != place[1]} if offers else {}
        if kept:
            self.offered[place[0]] = kept


def join(states: list[State | None]) -> State | None:
    """What holds where paths meet; None when no path arrives."""
    arriving = [s for s in states if s is not None]
    if not arriving:
        return None
    made = arriving[0].copy()
    for other in arriving[1:]:
        for local, paths in other.gone.items():
            mine = made.gone.setdefault(local, paths)
            if mine is not paths:
                made.gone[local] = {**paths, **mine}
        for local, offers in other.offered.items():
            own = made.offered.setdefault(local, offers)
            if own is not offers:
                made.offered[local] = {**own, **offers}
        made.surely &= other.surely
    return made


@record(frozen=True)
class Summary:
    """What a function does: the parameters its body gives away, and what it does wrong with the types it was asked for."""

    gives: frozenset[int] = frozenset()
    offers: frozenset[int] = frozenset()
    """Parameters that somebody else may have afterwards."""
    complaint: Diagnostic | None = None


@record(eq=False)
class Behind:
    """The functions that a call through a trait may reach."""

    functions: tuple[FnInfo, ...]


def is_followed(fn: FnInfo) -> bool:
    """Whether what a body does with its parameters counts for its callers; of the library that is only what takes apart."""
    return not fn.module.startswith("std.") or fn.owner.partition("<")[0] in ("Option", "Result")


SummaryOf = Callable[[FnInfo, tuple[Type, ...]], Summary]
"""Of an instance; without type arguments: what the body does whatever they are."""


def instance_of(fn: FnInfo, given: tuple[Type, ...]) -> dict[ParamType, Type]:
    """What the type parameters of a function stand for; `given` are all, or none."""
    return dict(zip((*fn.params_outer, *fn.params), given))


@record(slots=True)
class Exits:
    """States that leave an open loop, and how many blocks, and blocks with deferred code, were open around it."""

    label: str | None
    around: int = 0
    deferring: int = 0
    breaks: list[State | None] = field(default_factory=list)
    again: list[State | None] = field(default_factory=list)


def overlap(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """Whether one path lies inside the other."""
    shorter = min(len(a), len(b))
    return a[:shorter] == b[:shorter]


def shown(place: Place) -> str:
    """A place as the user wrote it."""
    return ".".join((place[0].name, *place[1]))


def bound(model: SemanticModel, pattern: nodes.Pattern) -> list[Local]:
    """The variables a pattern binds."""
    found: list[Local] = []
    todo: list[nodes.Node] = [pattern]
    while todo:
        node = todo.pop()
        local = model.locals.get(node)
        if local is not None:
            found.append(local)
        todo.extend(c for c in raw_children(node) if not isinstance(c, nodes.Ident))
    return found


def takes_apart(model: SemanticModel, pattern: nodes.Pattern) -> bool:
    """Whether a record or tuple pattern binds a heap part."""
    if not isinstance(pattern, nodes.TuplePattern | nodes.RecordPattern | nodes.VariantPattern):
        return False
    if isinstance(model.uses.get(pattern), UseVariant):
        return False
    return any(facts.kind_of(local.type) is not Kind.COPY for local in bound(model, pattern))


def is_lent(ty: Type) -> bool:
    """Whether an element of this type can be used where it is, but not copied out."""
    return facts.kind_of(ty) is Kind.AFFINE and not isinstance(prune(ty), DynType)
