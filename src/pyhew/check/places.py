"""The places of a body and what became of their values, at one point of a walk.

In: expressions that name places.  Out: diagnostics at uses of what is gone; `State`.
Assumed: a place is a variable and a path of field names; giving away a place makes it, what lies inside it and what
contains it unusable until it is assigned again.
"""

from __future__ import annotations

from collections.abc import Mapping

from pyhew.check.errors.ownership import (
    BorrowedElement,
    CapturedMove,
    FieldNotRestored,
    MustConsume,
    UseAfterMove,
    UseBeforeInit,
)
from pyhew.check.given_away import UNSET, Giving, Place, State, SummaryOf, bound, overlap, shown
from pyhew.check.linear import Linear, hidden, rest_holds_linear
from pyhew.check.model import Going, Local, SemanticModel, UseField, UseLocal, UseMember
from pyhew.check.world import World
from pyhew.source.diagnostics import Diagnostic
from pyhew.source.records import field, record
from pyhew.source.spans import Span
from pyhew.syntax import nodes
from pyhew.types import facts
from pyhew.types.facts import Kind
from pyhew.types.model import DynType, ParamType, Type, prune, substitute


@record(frozen=True)
class Lender:
    """The place whose parts a pattern has bound, and those of its variables that hold something linear."""

    place: Place
    linear: tuple[Local, ...]


@record(frozen=True)
class Matched:
    """What patterns are tried on: `place` lends its parts, what is owned passes to the pattern's variables."""

    type: Type | None
    place: Place | None = None
    is_owned: bool = False
    is_element: bool = False
    earlier: list[nodes.Pattern] = field(default_factory=list)
    """Patterns that did not match; each would have, whatever the parts of its variant are."""


class Places:
    """What a walk knows about places."""

    def __init__(self, world: World, summary_of: SummaryOf, actual: Mapping[ParamType, Type] | None = None, quiet: bool = False) -> None:
        self.world = world
        self.model: SemanticModel = world.model
        self.summary_of = summary_of
        self.actual = actual or {}
        self.state: State | None = State()
        self.quiet = quiet
        self.depth = 0
        self.ends: list[State] = []
        self.linear = Linear(world.has_linear)
        self.binders: set[Local] = set()
        self.borrowed: set[Local] = set()
        self.kept: set[Local] = set()
        self.lenders: dict[Local, Lender] = {}
        self.fields: dict[int, Local] = {}
        self.complaints: list[Diagnostic] = []
        self.told: dict[tuple[Place, Span], Span] = {}

    def type_of(self, local: Local) -> Type:
        """A variable's type, with what the type parameters stand for in this instance."""
        return substitute(local.type, self.actual) if self.actual else local.type

    def type_at(self, node: nodes.Expr | None) -> Type | None:
        """The type of an expression, with what the type parameters stand for in this instance."""
        ty = self.model.types.get(node) if node is not None else None
        return substitute(ty, self.actual) if ty is not None and self.actual else ty

    def place_of(self, node: nodes.Expr) -> Place | None:
        """The place an expression names, None for values."""
        match node:
            case nodes.NameExpr():
                use = self.model.uses.get(node)
                if isinstance(use, UseField):
                    return self._field(use)
                return (use.local, ()) if isinstance(use, UseLocal) else None
            case nodes.Member():
                if not isinstance(self.model.uses.get(node), UseMember):
                    return None
                base = self.place_of(node.base)
                return None if base is None else (base[0], (*base[1], node.name.text))
            case _:
                return None

    def _field(self, use: UseField) -> Place | None:
        """An actor's field that holds a resource: who consumes it must put another one there."""
        info = use.actor.fields[use.index]
        if not facts.is_marked(info.type):
            return None
        known = self.fields.get(use.index)
        if known is None:
            known = self.fields[use.index] = Local(info.name, info.type, True, 0, info.node)
        return (known, ())

    def check_fields(self) -> None:
        """At the end of a handler every field must have a value again."""
        own = set(self.fields.values())
        for end in [*self.ends, *([self.state] if self.state is not None else [])]:
            for local in [one for one in end.gone if one in own]:
                own.discard(local)
                self.report(FieldNotRestored(next(iter(end.gone[local].values()))[0], local.name))

    def read(self, node: nodes.Expr, place: Place) -> None:
        """A use of a place: nothing of it may be gone."""
        if self.state is None:
            return
        self.use_again(place)
        for path, (span, how) in self.state.gone.get(place[0], {}).items():
            if overlap(path, place[1]):
                gone = (place[0], path)
                if how == UNSET:
                    self.report(UseBeforeInit(node.span, shown(gone), span))
                else:
                    self._used_after(node, gone, span, how)
                return

    def use_again(self, place: Place) -> None:
        """Where the value of a place went before, the place keeps a share."""
        if self.state is not None:
            for path, node in self.state.offered.get(place[0], ()):
                if overlap(path, place[1]):
                    self.model.goings[node, place[0]] = Going.SHARED

    def offer(self, node: nodes.Node, place: Place) -> None:
        """The value of a place goes elsewhere; the place keeps a share if it is used again."""
        if self.state is None or place[0] in self.borrowed or self.is_kept(place):
            return
        if self.model.goings.get((node, place[0])) is not Going.SHARED:
            self.model.goings[node, place[0]] = Going.LAST
        self.state.offered[place[0]] = {**self.state.offered.get(place[0], {}), (place[1], node): None}
        lender = self.lenders.get(place[0])
        if lender is not None:
            self.offer(node, lender.place)

    def give(self, node: nodes.Expr, place: Place, how: str, is_whole: bool = True, at: nodes.Node | None = None) -> None:
        """A place loses its value; `is_whole`: nothing linear is left there; `at`: the node that takes it, if not this one."""
        self.read(node, place)
        if self.state is None:
            return
        if place[0] in self.borrowed:
            self.report(BorrowedElement(node.span, shown(place), "cannot be consumed or transferred"))
            return
        if self.is_kept(place):
            self.report(CapturedMove(node.span, shown(place), facts.is_cloneable(place[0].type)))
            return
        self.state.lose(place, (node.span, how))
        self.model.goings.setdefault((at or node, place[0]), Going.SURELY)
        if is_whole:
            self.state.surely.add(place)
            self.discharge(place)
        lender = self.lenders.get(place[0])
        if lender is not None:
            self._give_lender(node, lender, how, at or node, facts.has_known_end(self.type_of(place[0])))

    def _give_lender(self, node: nodes.Expr, lender: Lender, how: str, at: nodes.Node, has_known_end: bool) -> None:
        """What a pattern bound goes away, and with it what it was a part of; of a function or `dyn` that keeps a share if used again."""
        assert self.state is not None
        if not has_known_end:
            self.offer(at, lender.place)
            return
        is_whole = not any(self.linear.owes(self.state, (local, ())) for local in lender.linear)
        if not self.state.is_gone(lender.place):
            self.give(node, lender.place, how, is_whole, at)
        elif is_whole:
            self.discharge(lender.place)

    def discharge(self, place: Place) -> None:
        """Nothing linear stands at a place any more."""
        if self.state is not None:
            self.state.surely.update(self.linear.places(place))

    def is_kept(self, place: Place) -> bool:
        """Whether a place belongs to the environment of a closure or generator and must stay in it."""
        return place[0].depth < self.depth or (place[0] in self.kept and not place[1])

    def restore(self, place: Place) -> None:
        """A place is assigned."""
        if self.state is None:
            return
        self.state.regain(place)
        self.state.surely.difference_update(self.linear.places(place))
        self.state.surely.discard((place[0], ()))

    def report(self, diagnostic: Diagnostic) -> None:
        """Reports, or keeps it for who asked for a summary."""
        if self.quiet:
            self.complaints.append(diagnostic)
        else:
            self.world.sink.report(diagnostic)

    def takes(self, ty: Type, giving: Giving, place: Place) -> bool:
        """Whether giving a value of this type away this way leaves nothing behind."""
        kind = facts.kind_of(ty)
        match giving:
            case Giving.READ | Giving.OFFER:
                return False
            case Giving.SEND | Giving.COPY_IN:
                return kind is Kind.AFFINE and not isinstance(prune(ty), DynType)
            case Giving.BIND:
                return kind in (Kind.AFFINE, Kind.AGGREGATE)
            case Giving.INSERT:
                is_others = place[0].is_param or place[0] in self.binders
                return kind is not Kind.COPY and not is_others or kind is Kind.AFFINE and not isinstance(prune(ty), DynType)
            case Giving.CONSUME:
                return True

    def read_root(self, node: nodes.Expr, place: Place) -> None:
        """A field is assigned: what contains it must not be gone as a whole."""
        if self.state is None:
            return
        self.use_again(place)
        for path, (span, how) in self.state.gone.get(place[0], {}).items():
            if len(path) < len(place[1]) and place[1][: len(path)] == path:
                self._used_after(node, (place[0], path), span, how)
                return

    def _used_after(self, node: nodes.Expr, gone: Place, span: Span, how: str) -> None:
        """What went away once is told of once: the uses behind the first one have the same cause."""
        if self.told.setdefault((gone, span), node.span) == node.span:
            self.report(UseAfterMove(node.span, shown(gone), span, how, facts.is_cloneable(gone[0].type)))

    # ------------------------------------------------------------------ what patterns bind

    def enter(self, pattern: nodes.Pattern, matched: Matched) -> None:
        """A pattern gives its variables new values, also where a loop comes by again."""
        variables = bound(self.model, pattern)
        linear = tuple(local for local in variables if self.linear.knows(local, self.type_of(local)))
        for local in variables:
            self.restore((local, ()))
            if matched.is_owned:
                self.linear.declare(local, self.type_of(local))
            elif matched.place is not None:
                self.lenders[local] = Lender(matched.place, linear)
            elif facts.holds_marked(self.type_of(local)) and matched.is_element:
                self.borrowed.add(local)
        if matched.type is None:
            return
        if matched.is_owned:
            self.check_hidden(pattern, matched.type, tuple(matched.earlier))
        elif matched.place is not None and not linear and not hidden(self.model, pattern, matched.type, matched.earlier):
            self.discharge(matched.place)

    def unmatched(self, matched: Matched, pattern: nodes.Pattern) -> None:
        """The way on which the pattern did not fit: nobody has what else there is."""
        if matched.type is None:
            return
        holds = self.linear.is_needed and rest_holds_linear(self.model, pattern, matched.type)
        if holds and matched.is_owned:
            self.report(MustConsume(pattern.span, "this value", pattern.span))
        elif not holds and matched.place is not None:
            self.discharge(matched.place)

    def check_hidden(self, pattern: nodes.Pattern, ty: Type, earlier: tuple[nodes.Pattern, ...] = ()) -> None:
        """Nobody has what a pattern passes over."""
        if self.linear.is_needed and hidden(self.model, pattern, ty, earlier):
            self.report(MustConsume(pattern.span, "this value", pattern.span))

    # ------------------------------------------------------------------ what is owed

    def check_linear(self, outermost: int, span: Span) -> None:
        """Reports who still owes something where the blocks from this one inwards end."""
        for local in self.linear.owing(self.state, outermost):
            self.report(MustConsume(local.node.span, local.name, end_of(span)))

    def check_kept_linear(self, node: nodes.Expr) -> None:
        """A linear value that nobody keeps is not consumed."""
        ty = self.model.types.get(node)
        if ty is not None and facts.holds_linear(ty) and not isinstance(node, nodes.Block | nodes.If | nodes.Match | nodes.IfLet):
            self.report(MustConsume(node.span, "this value", node.span))


def end_of(span: Span) -> Span:
    """The place where something ends."""
    return Span(span.file, span.end - 1, span.end)
