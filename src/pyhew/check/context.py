"""What the checker's functions share: the world, the module, and the body being checked.

In: `World`.  Out: `Scope` (where types are resolved), `Check` (one body).
Assumed: `Check.expr`, `.block` and `.pattern` are set by `expressions.py` when the phase starts,
so that noun files call each other without importing each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pyhew.check.errors.declarations import DuplicateVariable, HidesField
from pyhew.check.errors.types import AssocTypeDiffers, BoundNotMet, CannotInfer, TypeMismatch
from pyhew.check.errors.values import WhereNot
from pyhew.check.model import Closure, Local, Resolution
from pyhew.check.world import Method, World
from pyhew.names.modules import is_public, public_names
from pyhew.source.diagnostics import Diagnostic
from pyhew.source.records import field, record, replace
from pyhew.source.spans import Span
from pyhew.syntax import nodes
from pyhew.types import facts
from pyhew.types.model import (
    ERROR,
    F64,
    I64,
    NEVER,
    UNIT,
    ArrayType,
    AssocType,
    DynType,
    FnType,
    Nominal,
    ParamType,
    PointerType,
    TraitRef,
    TupleType,
    Type,
    Var,
    can_unify,
    has_vars,
    map_type,
    parts_of,
    prune,
    show,
    substitute,
    substitute_bound,
    unify,
)
from pyhew.types.symbols import ActorInfo, FnInfo, MachineInfo, ModuleInfo, Predicate, Symbol, TraitInfo


@record(eq=False, slots=True)
class Scope:
    """Where a type or top-level name is looked up: a module, type parameters, `Self`."""

    world: World
    module: ModuleInfo
    params: dict[str, ParamType] = field(default_factory=dict)
    self_type: Type | None = None
    self_trait: TraitInfo | None = None
    assoc: dict[str, Type] = field(default_factory=dict)
    is_foreign: bool = False

    def lookup(self, name: str) -> Symbol | None:
        """A top-level name: this module's scope, then the prelude's, whose private names are the library's alone."""
        found = self.module.scope.get(name)
        prelude = self.world.program.prelude
        if found is not None or prelude is None:
            return found
        found = prelude.declared.get(name)
        return found if found is not None and (self.module.is_std or is_public(found)) else None

    def names(self) -> tuple[str, ...]:
        """Every visible top-level name, for suggestions."""
        prelude = self.world.program.prelude
        return (*self.module.scope, *(public_names(prelude) if prelude is not None else ()))

    def report(self, diagnostic: Diagnostic) -> None:
        """Records a mistake."""
        self.world.sink.report(diagnostic)


@record(eq=False, slots=True)
class Loop:
    """An open loop: its label; `result` is the type of `break` values when used as an expression."""

    label: str | None
    depth: int


@record(eq=False, slots=True)
class Frame:
    """What `return`, `?` and `yield` refer to: a function, a closure or a generator."""

    result: Type
    yields: Type | None = None
    closure: Closure | None = None
    returned: bool = False
    is_handler: bool = False
    is_deferred: bool = False


@record(eq=False, slots=True)
class Obligation:
    """A bound or an associated type that waits until a variable is known."""

    span: Span
    subject: Type
    bound: TraitRef | None = None
    assoc: AssocType | None = None
    target: Type | None = None


ExprFn = Callable[["Check", nodes.Expr, "Type | None"], Type]
PatternFn = Callable[["Check", nodes.Pattern, Type], None]


@record(eq=False, slots=True)
class Check:
    """One body being checked: locals by scope, frames, loops, pending obligations."""

    scope: Scope
    expr_fn: ExprFn
    pattern_fn: PatternFn
    frame: Frame
    fn: FnInfo | None = None
    actor: ActorInfo | None = None
    actor_fields: dict[str, int] = field(default_factory=dict)
    blocks: list[dict[str, Local]] = field(default_factory=lambda: [{}])
    frames: list[Frame] = field(default_factory=list)
    loops: list[Loop] = field(default_factory=list)
    pending: list[Obligation] = field(default_factory=list)
    opened: list[tuple[nodes.Node, Type, str]] = field(default_factory=list)
    never_given: list[Var] = field(default_factory=list)
    declared: list[Local] = field(default_factory=list)
    scopes_open: int = 0
    is_counting: bool = False
    own_lambda: Local | None = None
    machine: MachineInfo | None = None
    on_event: str = ""
    source_state: tuple[Local, Local] | None = None
    """In a rule of one source state: `state`, which is the machine, and `self`, which has the fields."""
    unsafe_open: int = 0
    literals: list[tuple[nodes.IntLiteral, Type, bool]] = field(default_factory=list)
    ahead: dict[nodes.Expr, Type] = field(default_factory=dict)
    """Types of arguments that were checked to find out which method is called."""

    @property
    def world(self) -> World:
        """The whole program."""
        return self.scope.world

    # ------------------------------------------------------------------ recursion

    def expr(self, node: nodes.Expr, want: Type | None = None) -> Type:
        """Checks an expression; `want` guides inference but is not enforced."""
        ty = self.ahead.pop(node, None) or self.expr_fn(self, node, want)
        self.world.model.types[node] = ty
        return ty

    def expr_ahead(self, node: nodes.Expr) -> Type:
        """Checks an expression before anybody wants a type of it; the next one to check it gets the same answer."""
        ty = self.expr(node)
        self.ahead[node] = ty
        return ty

    def expect(self, node: nodes.Expr, want: Type, because: str = "") -> Type:
        """Checks an expression that must have the type `want`, with the allowed coercions."""
        ty = self.expr(node, want)
        return self.coerce(node, ty, want, because)

    def pattern(self, node: nodes.Pattern, ty: Type) -> None:
        """Checks a pattern against the type of what it is matched with."""
        self.world.model.types[node] = ty
        self.pattern_fn(self, node, ty)

    # ------------------------------------------------------------------ results

    def use(self, node: nodes.Node, meaning: Resolution) -> None:
        """Records what a name, call or pattern means."""
        self.world.model.uses[node] = meaning

    def report(self, diagnostic: Diagnostic) -> Type:
        """Records a mistake; the type that fits everywhere."""
        self.world.sink.report(diagnostic)
        return ERROR

    def refuse_in_defer(self, span: Span, what: str) -> bool:
        """Reports a way out of a `defer`; whether it was one."""
        if self.frame.is_deferred:
            self.report(WhereNot(span, what, "may not leave a `defer`"))
        return self.frame.is_deferred

    # ------------------------------------------------------------------ types

    def coerce(self, node: nodes.Expr, ty: Type, want: Type, because: str = "") -> Type:
        """Makes `ty` fit `want`: equal, never, a concrete type becoming `dyn`, or a pointer that promises not to write."""
        ty, want = self.world.normalise(ty), self.world.normalise(want)
        if ty == NEVER or ty == ERROR or want == ERROR:
            if isinstance(want, Var):
                self.never_given.append(want)
            return want
        if isinstance(want, DynType) and not isinstance(ty, DynType):
            if not isinstance(ty, Var) and all(self.world.conforms(ty, b) for b in want.bounds):
                self.world.model.coercions[node] = want
                return want
        if isinstance(want, PointerType) and want.kind == "const" and isinstance(ty, PointerType) and ty.kind == "mut":
            ty = PointerType(want.kind, ty.target)
        if unify(ty, want):
            return want
        because = because or _namesakes(want, ty)
        return self.report(TypeMismatch(node.span, show(map_shown(want)), show(map_shown(ty)), because))

    def fits(self, ty: Type, want: Type) -> bool:
        """Whether two types could be made equal."""
        return can_unify(self.world.normalise(ty), self.world.normalise(want))

    def instantiate(
        self, params: list[ParamType], span: Span, given: tuple[Type, ...] = (), outer: Mapping[ParamType, Type] | None = None
    ) -> dict[ParamType, Type]:
        """What type parameters stand for: those around, fresh variables (or the given arguments) for `params`, whose bounds
        become obligations."""
        mapping: dict[ParamType, Type] = dict(outer or {})
        for index, param in enumerate(params):
            mapping[param] = given[index] if index < len(given) else Var()
        self.require_bounds(span, params, [], mapping)
        return mapping

    def require_bounds(
        self, span: Span, params: list[ParamType], wheres: list[Predicate], mapping: Mapping[ParamType, Type]
    ) -> None:
        """Demands what a declaration says of its type parameters, and of other types with `where`."""
        for param in params:
            for bound in param.bounds:
                self.require(span, mapping[param], substitute_bound(bound, mapping))
        for target, bound in wheres:
            self.require(span, self.open_assoc(substitute(target, mapping), span), substitute_bound(bound, mapping))

    def open_assoc(self, ty: Type, span: Span) -> Type:
        """Replaces associated types of unknown bases by variables that are solved later."""
        ty = self.world.normalise(ty)
        match ty:
            case AssocType() if isinstance(prune(ty.base), Var) or any(map(has_vars, ty.args)):
                var = Var()
                self.pending.append(Obligation(span, ty.base, assoc=ty, target=var))
                return var
            case _ if parts_of(ty):
                return rebuild(ty, [self.open_assoc(p, span) for p in parts_of(ty)])
            case _:
                return ty

    def require(self, span: Span, subject: Type, bound: TraitRef) -> None:
        """Demands a bound, now or when the subject is known."""
        self.pending.append(Obligation(span, subject, bound=bound))

    def solve(self, final: bool = False) -> None:
        """Settles the obligations whose subject is known; all of them at the end of a body."""
        progress = True
        while progress:
            progress = False
            waiting, self.pending = self.pending, []
            for one in waiting:
                subject = prune(one.subject)
                if isinstance(subject, Var) and not (final and subject.kind != "any"):
                    self.pending.append(one)
                    continue
                bound = one.bound
                if bound is not None and any(has_vars(a) for a in bound.args) and not final:
                    if not self.world.solve_arguments(subject, bound):
                        self.pending.append(one)
                        continue
                if one.assoc is not None and one.target is not None:
                    trait = one.assoc.trait
                    assert isinstance(trait, TraitInfo)
                    found = self.world.assoc(subject, trait, one.assoc.name, one.assoc.args)
                    if found is None and any(map(has_vars, one.assoc.args)) and not final:
                        self.pending.append(one)
                        continue
                    progress = True
                    found = found if found is not None else replace(one.assoc, base=subject)
                    unify(one.target, found)
                elif one.bound is not None:
                    progress = True
                    if not self.world.satisfies(subject, one.bound):
                        self.report(BoundNotMet(one.span, show(map_shown(subject)), one.bound.trait.name))
                        continue
                    for name, known, wanted in self.world.bound_types(subject, one.bound):
                        if not unify(known, wanted):
                            self.report(AssocTypeDiffers(one.span, show(subject), name, show(known), show(wanted)))

    def methods(self, ty: Type, name: str) -> list[Method]:
        """The methods of that name that may be called here."""
        return self.world.methods(ty, name, self.scope.module.is_std)

    def known(self, ty: Type) -> Type:
        """The type with pending obligations applied, for decisions that need its head."""
        ty = prune(ty)
        if isinstance(ty, Var | AssocType):
            self.solve()
            ty = self.world.normalise(ty)
        if isinstance(ty, Var) and ty.kind == "any" and self._settle_literal(ty):
            ty = self.world.normalise(ty)
        return ty

    def _settle_literal(self, wanted: Var) -> bool:
        """Whether a type waits for that of a bare number alone, which then is what bare numbers are."""
        for one in self.pending:
            subject = prune(one.subject)
            if one.target is not None and prune(one.target) is wanted and isinstance(subject, Var) and subject.kind != "any":
                unify(subject, I64 if subject.kind == "int" else F64)
                self.solve()
                return True
        return False

    def refuse_unknown(self, node: nodes.Expr, *types: Type) -> bool:
        """Reports the use of a variable whose type nothing has said so far, as of a closure's parameter."""
        unknown = [ty for ty in map(prune, types) if isinstance(ty, Var) and ty.kind == "any"]
        if not unknown or not isinstance(node, nodes.NameExpr):
            return False
        self.report(CannotInfer(node.span, node.name.text, "i64"))
        for var in unknown:
            var.bound = ERROR
        return True

    def settle(self) -> None:
        """At the end of a body: solves what is left and reports what could not be inferred."""
        self.solve()
        self.solve(final=True)
        opened = [one for one in self.opened if not _is_refused(one[1])]
        unknown = [(node.span, name, show(ty)) for node, ty, name in opened if has_vars(ty)]
        for span, name, ty in unknown or ([] if self.world.sink.has_errors else self._unmet()):
            self.report(CannotInfer(span, name, ty))

    def _unmet(self) -> list[tuple[Span, str, str]]:
        """What must have a trait, while nothing says what it is: where, its name and what is known of its type."""
        for var in self.never_given:
            if isinstance(prune(var), Var):
                unify(var, NEVER)
        found = []
        for one in self.pending:
            subject = prune(one.subject)
            if isinstance(subject, Var) and one.bound is not None and not facts.is_marker(one.bound.trait.name):
                local = next((each for each in self.declared if prune(each.type) is subject), None)
                found.append((one.span, "_", "_") if local is None else (local.node.span, local.name, "_"))
        return found

    # ------------------------------------------------------------------ locals

    @property
    def depth(self) -> int:
        """How many closures are open."""
        return len(self.frames)

    def declare(self, name: nodes.Ident, ty: Type, is_var: bool = False, is_param: bool = False) -> Local:
        """A new variable in the innermost block."""
        local = Local(name.text, ty, is_var, self.depth, name, is_param)
        local.hides = next((block[name.text] for block in self.blocks[-2::-1] if name.text in block), None)
        self.world.model.locals[name] = local
        self.blocks[-1][name.text] = local
        self.declared.append(local)
        return local

    def refuse_hiding(self, name: nodes.Ident) -> None:
        """Reports a variable of the name of a field of this actor; one that a loop counts with may hide it."""
        hides = name.text in self.actor_fields and self.actor is not None and not name.text.startswith("_")
        if hides and self.actor is not None and not self.scope.module.is_std and not self.is_counting:
            field_node = self.actor.fields[self.actor_fields[name.text]].node
            self.report(HidesField(name.span, name.text, field_node.name.span))

    def declare_anew(self, name: nodes.Ident, ty: Type, is_var: bool = False, is_param: bool = False) -> Local:
        """A variable or parameter by its name: it must not hide one of the same block, or a field."""
        earlier = self.blocks[-1].get(name.text)
        if not self.scope.module.is_std and not name.text.startswith("_"):
            if earlier is not None and not is_param:
                self.report(DuplicateVariable(name.span, name.text, earlier.node.span))
            else:
                self.refuse_hiding(name)
        local = self.declare(name, ty, is_var, is_param)
        local.takes_var = True
        return local

    def local(self, name: str) -> Local | None:
        """The variable a name means, if it is one; captures are recorded on the way in."""
        for block in reversed(self.blocks):
            found = block.get(name)
            if found is not None:
                found.is_used = True
                self._capture(found)
                return found
        return None

    def _capture(self, local: Local) -> None:
        for frame in (*self.frames[local.depth + 1 :], self.frame)[: self.depth - local.depth]:
            if frame.closure is not None and local is frame.closure.own:
                return
            if frame.closure is not None and local not in frame.closure.captures:
                frame.closure.captures.append(local)

    def local_names(self) -> tuple[str, ...]:
        """Every visible variable, for suggestions."""
        return tuple(name for block in self.blocks for name in block)


def _namesakes(want: Type, ty: Type) -> str:
    """Which types inside have the same name and come from different modules."""
    want, ty = prune(want), prune(ty)
    if isinstance(want, Nominal) and isinstance(ty, Nominal) and want.info is not ty.info:
        theirs, mine = want.info, ty.info
        same = theirs.name == mine.name
        return f"this is the `{mine.name}` of module `{mine.module}`, not that of `{theirs.module}`" if same else ""
    return next(filter(None, map(_namesakes, parts_of(want), parts_of(ty))), "")


def map_shown(ty: Type) -> Type:
    """A type as it is shown in messages: solved variables filled in, literals open."""
    return substitute(ty, {})


def _is_refused(ty: Type) -> bool:
    """Whether something in the type was reported already."""
    ty = prune(ty)
    return ty == ERROR or any(map(_is_refused, parts_of(ty)))


def rebuild(ty: Type, parts: list[Type]) -> Type:
    """The same type with other direct parts."""
    match ty:
        case Nominal():
            return Nominal(ty.info, tuple(parts))
        case TupleType():
            return TupleType(tuple(parts))
        case ArrayType():
            return ArrayType(parts[0], ty.length)
        case FnType():
            return FnType(tuple(parts[:-1]), parts[-1])
        case PointerType():
            return PointerType(ty.kind, parts[0])
        case _:
            return ty


__all__ = ["UNIT", "Check", "Frame", "Loop", "Obligation", "Scope", "map_shown", "map_type"]
