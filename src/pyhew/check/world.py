"""The whole program as the checker sees it: impls by type, traits of types, members of types.

In: `Program` with its signatures resolved.  Out: `World`, the one place that
answers which impl, method or associated type belongs to a type; lowering asks
it again with concrete types.
Assumed: impls are visible everywhere in the program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from pyhew.check.given_away import Behind, Summary
from pyhew.check.model import Body, SemanticModel
from pyhew.names.modules import Program
from pyhew.source.diagnostics import CompilerBug, DiagnosticSink
from pyhew.source.records import field, record
from pyhew.types import facts
from pyhew.types.model import (
    ERROR,
    NEVER,
    ArrayType,
    AssocType,
    DynType,
    FnType,
    Nominal,
    ParamType,
    Prim,
    TraitRef,
    TupleType,
    Type,
    Var,
    has_vars,
    is_int,
    is_numeric,
    prune,
    substitute,
    substitute_bound,
    undo,
    unify,
)
from pyhew.types.symbols import ActorInfo, EnumInfo, FnInfo, ImplInfo, Predicate, RecordInfo, Symbol, TraitInfo

Head = object


def head_of(ty: Type) -> Head:
    """What impls are indexed by; None for a type parameter."""
    ty = prune(ty)
    match ty:
        case Nominal():
            return ty.info
        case Prim():
            return ty.name
        case TupleType():
            return "(tuple)"
        case FnType():
            return "(fn)"
        case DynType():
            return "(dyn)"
        case ArrayType():
            return "(array)"
        case Var() if ty.kind == "int":
            return "i64"
        case Var() if ty.kind == "float":
            return "f64"
        case _:
            return None


@record(eq=False, slots=True)
class Method:
    """A method found for a receiver: the function, its outer type arguments, the bound it came through."""

    fn: FnInfo
    outer: tuple[Type, ...]
    bound: TraitRef | None = None
    impl: ImplInfo | None = None


@record(eq=False, slots=True)
class World:
    """Everything global; one per compilation."""

    program: Program
    sink: DiagnosticSink
    model: SemanticModel = field(default_factory=SemanticModel)
    inherent: dict[Head, list[ImplInfo]] = field(default_factory=dict)
    by_trait: dict[tuple[TraitInfo, Head], list[ImplInfo]] = field(default_factory=dict)
    traits_of: dict[Head, list[ImplInfo]] = field(default_factory=dict)
    has_linear: bool = False
    """Whether the program has a type whose values must be consumed by hand."""
    assumed: tuple[Predicate, ...] = ()
    """What the declarations around the body that is checked demand of types with `where`."""
    later: dict[FnInfo, Callable[[], None]] = field(default_factory=dict)
    """How to check the bodies of the library that nobody asked for yet."""
    gives: Callable[[FnInfo, tuple[Type, ...]], frozenset[int]] = lambda fn, given: frozenset()
    """The parameters that an instance gives away, once moves are checked."""
    offers: Callable[[FnInfo, tuple[Type, ...]], frozenset[int]] = lambda fn, given: frozenset()
    """The parameters that somebody else may have after an instance."""
    together: Callable[[Behind], Summary] = lambda behind: Summary()
    """What the functions behind a trait's method do with a parameter: all of them give it away, one of them may keep it."""
    known_behind: dict[tuple[TraitInfo, str], Behind] = field(default_factory=dict)

    # ------------------------------------------------------------------ bodies

    def body(self, fn: FnInfo) -> Body | None:
        """What checking found out about a body, which one of the library is when it is first asked for."""
        check = self.later.pop(fn, None)
        if check is not None:
            known = len(self.sink.diagnostics)
            check()
            for wrong in self.sink.diagnostics[known:]:
                raise CompilerBug(f"`{fn.name}` of `{fn.module}`: {wrong.title()}", wrong.span)
        return self.model.bodies.get(fn)

    def check_rest(self) -> None:
        """Every body of the library, asked for or not."""
        while self.later:
            self.later.popitem()[1]()

    # ------------------------------------------------------------------ the prelude

    def prelude(self, name: str) -> Symbol:
        """A declaration of the prelude the compiler relies on."""
        prelude = self.program.prelude
        symbol = prelude.declared.get(name) if prelude is not None else None
        if symbol is None:
            raise CompilerBug(f"the prelude does not declare `{name}`")
        return symbol

    def builtin(self, name: str, *args: Type) -> Nominal:
        """A prelude type applied to arguments: `Vec<T>`, `Option<T>`."""
        symbol = self.prelude(name)
        assert isinstance(symbol, RecordInfo | EnumInfo)
        return Nominal(symbol, args)

    def trait(self, name: str) -> TraitInfo:
        """A trait of the prelude."""
        symbol = self.prelude(name)
        assert isinstance(symbol, TraitInfo)
        return symbol

    # ------------------------------------------------------------------ impls

    def add_impl(self, impl: ImplInfo) -> None:
        """Indexes an impl whose header is resolved."""
        head = head_of(impl.target)
        if impl.trait is None:
            self.inherent.setdefault(head, []).append(impl)
            return
        assert isinstance(impl.trait.trait, TraitInfo)
        self.by_trait.setdefault((impl.trait.trait, head), []).append(impl)
        self.traits_of.setdefault(head, []).append(impl)

    def match_impl(
        self, impl: ImplInfo, ty: Type, args: tuple[Type, ...] = (), trail: list[Var] | None = None
    ) -> tuple[Type, ...] | None:
        """The impl's type arguments when it applies to `ty` (variables in `ty` may be solved by it: see `trail`)."""
        fresh: dict[ParamType, Type] = {p: Var() for p in impl.params}
        trail = trail if trail is not None else []
        fits = unify(substitute(impl.target, fresh), ty, trail)
        if fits and args and impl.trait is not None:
            fits = all(unify(substitute(a, fresh), b, trail) for a, b in zip(impl.trait.args, args))
        bounds = [(fresh[p], substitute_bound(b, fresh)) for p in impl.params for b in p.bounds] if fits else []
        fits = fits and all(self.satisfies(subject, bound) for subject, bound in bounds)
        if fits and impl.wheres:
            wheres = [(self.normalise(substitute(ty, fresh)), substitute_bound(bound, fresh)) for ty, bound in impl.wheres]
            fits = all(self.satisfies(subject, bound) for subject, bound in wheres)
            bounds += wheres
        if not fits:
            undo(trail)
            return None
        if not all([self._solve_bound(subject, bound, trail) for subject, bound in bounds]):
            undo(trail)
            return None
        return tuple(fresh[p] for p in impl.params)

    def _solve_bound(self, subject: Type, bound: TraitRef, trail: list[Var]) -> bool:
        """Solves what only a bound tells: `T` of `impl<T, C: Codec<T>> Show for List<C>`, where one impl is behind it, and `T` of
        `impl<T, I: Iterator<Item = T>> Show for List<I>`. Whether the associated types are those that it names."""
        if any(map(has_vars, bound.args)) and not isinstance(prune(subject), Var):
            assert isinstance(bound.trait, TraitInfo)
            meant = self._meant(subject, bound.trait, bound.args)
            if len(meant) == 1:
                self.match_impl(meant[0], subject, bound.args, trail)
        return all(unify(known, wanted, trail) for _, known, wanted in self.bound_types(subject, bound))

    def bound_types(self, subject: Type, bound: TraitRef) -> Iterator[tuple[str, Type, Type]]:
        """The associated types that a bound names: as the type has them, as far as that is known, and as the bound wants them."""
        trait, subject = bound.trait, prune(subject)
        assert isinstance(trait, TraitInfo)
        for name, wanted in bound.bindings:
            known = self.assoc(subject, trait, name, bound.args)
            if known is None and isinstance(subject, ParamType):
                known = AssocType(subject, trait, name, bound.args)
            if known is not None:
                yield name, self.normalise(known), self.normalise(wanted)

    def find_impl(
        self, trait: TraitInfo, ty: Type, args: tuple[Type, ...] = ()
    ) -> tuple[ImplInfo, tuple[Type, ...]] | None:
        """The impl of a trait for a type, with the impl's type arguments."""
        for head in dict.fromkeys((head_of(ty), None)):
            for impl in self.by_trait.get((trait, head), ()):
                found = self.match_impl(impl, ty, args)
                if found is not None:
                    return impl, found
        return None

    def impls_of(self, trait: TraitInfo) -> list[ImplInfo]:
        """Every impl of a trait."""
        return [impl for (one, _), impls in self.by_trait.items() if one is trait for impl in impls]

    def behind(self, trait: TraitInfo, method: str) -> Behind:
        """Every function of the program that a trait's method may be: of an impl, or of a type that becomes `dyn` by its methods."""
        found = self.known_behind.get((trait, method))
        if found is None:
            by_impl = [impl.methods.get(method, trait.methods[method]) for impl in self.impls_of(trait)]
            by_name = [
                impl.methods[method]
                for head, impls in self.inherent.items() if self._has_methods(head, trait)
                for impl in impls if method in impl.methods and not impl.module.startswith("std.")
            ]  # fmt: skip
            found = self.known_behind[trait, method] = Behind((*by_impl, *by_name))
        return found

    def solve_arguments(self, ty: Type, bound: TraitRef) -> bool:
        """Solves the arguments of a bound whose trait the type has only once with these; whether it has."""
        trait = bound.trait
        assert isinstance(trait, TraitInfo)
        own = [b for b in self.bounds_of(ty) if b.trait is trait]
        meant = self._meant(ty, trait, bound.args)
        if len(own) == 1 and not meant:
            return all(unify(a, b) for a, b in zip(bound.args, own[0].args))
        return len(meant) == 1 and not own and self.match_impl(meant[0], ty, bound.args) is not None

    def _meant(self, ty: Type, trait: TraitInfo, args: tuple[Type, ...]) -> list[ImplInfo]:
        """The impls that may be meant by a trait with these arguments; solves nothing."""
        meant: list[ImplInfo] = []
        for head in dict.fromkeys((head_of(ty), None)):
            for impl in self.by_trait.get((trait, head), ()):
                trail: list[Var] = []
                if self.match_impl(impl, ty, args, trail) is not None:
                    meant.append(impl)
                    undo(trail)
        return meant

    def satisfies(self, ty: Type, bound: TraitRef) -> bool:
        """Whether a type has a bound; unsolved variables may still get it."""
        ty = prune(ty)
        if ty in (ERROR, NEVER) or (isinstance(ty, Var) and ty.kind == "any"):
            return True
        trait = bound.trait
        assert isinstance(trait, TraitInfo)
        if facts.is_marker(trait.name) and trait.module == "std.prelude":
            if trait.name == "Num" and self.is_number(ty):
                return True
            return facts.has_marker(ty, trait.name) or self._bound_of(ty, trait) is not None
        if isinstance(ty, Var):
            return any(self.has_impl(trait, p, bound.args) for p in facts.literal_types(ty.kind))
        return self._bound_of(ty, trait) is not None or self.has_impl(trait, ty, bound.args) or self._plays(ty, bound)

    def _plays(self, ty: Type, bound: TraitRef) -> bool:
        """Whether an actor has a handler for each method of a trait, as the trait writes it."""
        if not isinstance(ty, Nominal) or not isinstance(ty.info, ActorInfo):
            return False
        trait = bound.trait
        assert isinstance(trait, TraitInfo)
        own = dict(zip(ty.info.params, ty.args))
        theirs: dict[ParamType, Type] = {trait.self_type: ty, **dict(zip(trait.params, bound.args))}

        def head(fn: FnInfo, mapping: dict[ParamType, Type]) -> list[Type]:
            return [self.normalise(substitute(t, mapping)) for t in (*(p.type for p in fn.inputs), fn.result)]

        handlers = ((ty.info.receives.get(name), method) for name, method in trait.methods.items())
        missed = [method for fn, method in handlers if fn is None or head(fn, own) != head(method, theirs)]
        promised = any(one.trait is trait for one in self.all_bounds(ty.info.supers))
        if promised and any(getattr(method.node, "body", None) is None for method in missed):
            return True  # what the actor lacks was said where it promises the trait
        return bool(trait.methods) and not missed

    def conforms(self, ty: Type, bound: TraitRef) -> bool:
        """Whether a value can become `dyn` of a bound: by an impl, or by methods of the same names."""
        trait = bound.trait
        assert isinstance(trait, TraitInfo)
        if self.satisfies(ty, bound):
            return True
        return self._has_methods(head_of(ty), trait)

    def _has_methods(self, head: Head, trait: TraitInfo) -> bool:
        own = [impl.methods for impl in self.inherent.get(head, ())]
        return bool(trait.methods) and all(any(name in m for m in own) for name in trait.methods)

    def has_impl(self, trait: TraitInfo, ty: Type, args: tuple[Type, ...] = ()) -> bool:
        """Whether `find_impl` would find one; solves nothing."""
        trail: list[Var] = []
        for head in dict.fromkeys((head_of(ty), None)):
            for impl in self.by_trait.get((trait, head), ()):
                found = self.match_impl(impl, ty, args, trail)
                undo(trail)
                if found is not None:
                    return True
        return False

    def is_number(self, ty: Type, integer: bool = False) -> bool:
        """A number, or a type parameter that is bounded to be one."""
        ty = prune(ty)
        if isinstance(ty, ParamType | AssocType):
            wanted = ("Integer",) if integer else ("Integer", "Float", "Num")
            return any(b.trait.name in wanted for b in self.bounds_of(ty))
        return is_int(ty) if integer else is_numeric(ty)

    def unbounded(self, ty: Type, *traits: str) -> ParamType | None:
        """The first type parameter in it that none of these traits is demanded of, itself or as a supertrait."""
        found: list[ParamType] = []

        def lacks(part: Type) -> bool:
            if isinstance(part, ParamType) and not any(b.trait.name in traits for b in self.bounds_of(part)):
                found.append(part)
            return bool(found)

        facts.any_part(ty, lacks)
        return found[0] if found else None

    def _bound_of(self, ty: Type, trait: TraitInfo) -> TraitRef | None:
        return next((b for b in self.bounds_of(prune(ty)) if b.trait is trait), None)

    def all_bounds(self, bounds: list[TraitRef]) -> Iterator[TraitRef]:
        """Bounds with their supertraits; a trait comes once with the same arguments."""
        seen: list[TraitRef] = []
        todo = list(bounds)
        while todo:
            bound = todo.pop(0)
            if any(bound.trait is one.trait and bound.args == one.args for one in seen):
                continue
            seen.append(bound)
            yield bound
            assert isinstance(bound.trait, TraitInfo)
            given = dict(zip(bound.trait.params, bound.args))
            todo.extend(substitute_bound(one, given) for one in bound.trait.supers)

    # ------------------------------------------------------------------ associated types

    def normalise(self, ty: Type) -> Type:
        """Resolves associated types of known bases, everywhere inside."""
        ty = prune(ty)
        match ty:
            case AssocType():
                base, args = self.normalise(ty.base), tuple(self.normalise(a) for a in ty.args)
                assert isinstance(ty.trait, TraitInfo)
                return self.assoc(base, ty.trait, ty.name, args) or AssocType(base, ty.trait, ty.name, args)
            case Nominal() if ty.args:
                return Nominal(ty.info, tuple(self.normalise(a) for a in ty.args))
            case TupleType():
                return TupleType(tuple(self.normalise(a) for a in ty.items))
            case FnType():
                return FnType(tuple(self.normalise(a) for a in ty.params), self.normalise(ty.result))
            case ArrayType():
                return ArrayType(self.normalise(ty.element), ty.length)
            case _:
                return ty

    def assoc(self, base: Type, trait: TraitInfo, name: str, given: tuple[Type, ...] = ()) -> Type | None:
        """`<base as trait<given>>.name`, None while the base is unknown or abstract."""
        base = prune(base)
        if isinstance(base, Var) and base.kind == "any":
            return None
        for bound in self.bounds_of(base):
            for bound_name, bound_type in bound.bindings:
                if bound.trait is trait and bound_name == name and (not given or bound.args == given):
                    return bound_type
        if any(map(has_vars, given)) and len(self._meant(base, trait, given)) > 1:
            return None
        found = self.find_impl(trait, base, given)
        if found is None:
            return None
        impl, args = found
        mapping: Mapping[ParamType, Type] = dict(zip(impl.params, args))
        if name in impl.types:
            return self.normalise(substitute(impl.types[name], mapping))
        default = trait.types.get(name)
        own = {trait.self_type: base, **dict(zip(trait.params, given))}
        return self.normalise(substitute(default, own)) if default is not None else None

    def bounds_of(self, ty: Type) -> Iterator[TraitRef]:
        """What is known of a type that is not concrete, supertraits included."""
        match ty:
            case ParamType():
                bounds = list(ty.bounds)
            case DynType():
                bounds = list(ty.bounds)
            case AssocType(base=base, trait=TraitInfo() as trait):
                own = {trait.self_type: base, **dict(zip(trait.params, ty.args))}
                bounds = [substitute_bound(b, own) for b in trait.demands.get(ty.name, ())]
            case _:
                return
        bounds += [bound for target, bound in self.assumed if target == ty]
        yield from self.all_bounds(bounds)

    # ------------------------------------------------------------------ methods

    def methods(self, ty: Type, name: str, is_library: bool = True) -> list[Method]:
        """Every method of that name a type has: inherent first, then through traits and bounds; what is `#[internal]` is found
        for the library alone."""
        ty = prune(ty)
        found: list[Method] = []
        for head in dict.fromkeys((head_of(ty), None)):
            for impl in self.inherent.get(head, ()):
                fn = impl.methods.get(name)
                if fn is not None and (is_library or not fn.is_internal):
                    args = self.match_impl(impl, ty)
                    if args is not None:
                        found.append(Method(fn, args, None, impl))
        if found:
            return found
        for bound in self.bounds_of(ty):
            assert isinstance(bound.trait, TraitInfo)
            fn = bound.trait.methods.get(name)
            if fn is not None:
                found.append(Method(fn, (), bound, None))
        if found:
            return found
        for head in dict.fromkeys((head_of(ty), None)):
            for impl in self.traits_of.get(head, ()):
                assert impl.trait is not None and isinstance(impl.trait.trait, TraitInfo)
                fn = impl.methods.get(name) or impl.trait.trait.methods.get(name)
                if fn is None:
                    continue
                args = self.match_impl(impl, ty)
                known = [m.bound for m in found if m.bound is not None and m.bound.trait is impl.trait.trait]
                if args is not None and all(bound.args != impl.trait.args for bound in known):
                    found.append(Method(fn, args, impl.trait, impl))
        return found

    def method_of(self, ty: Type, bound: TraitRef, name: str) -> Method | None:
        """The method that a type has through this trait, whatever else has its name."""
        trait = bound.trait
        assert isinstance(trait, TraitInfo)
        declared = trait.methods.get(name)
        if declared is None:
            return None
        own = self._bound_of(ty, trait)
        if own is not None:
            return Method(declared, (), own, None)
        found = self.find_impl(trait, ty, bound.args)
        return None if found is None else Method(found[0].methods.get(name) or declared, found[1], found[0].trait, found[0])

    def method_names(self, ty: Type) -> tuple[str, ...]:
        """The names of all methods, for suggestions."""
        ty = prune(ty)
        names: list[str] = []
        head = head_of(ty)
        for impl in (*self.inherent.get(head, ()), *self.traits_of.get(head, ())):
            names.extend(name for name, fn in impl.methods.items() if not fn.is_internal)
        for bound in self.bounds_of(ty):
            assert isinstance(bound.trait, TraitInfo)
            names.extend(bound.trait.methods)
        return tuple(names)
