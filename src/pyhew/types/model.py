"""The types of the surface language, and how two of them are made equal.

In: nothing.  Out: type classes, `zonk`, `substitute`, `Unifier`, `show`.
Assumed: nominal types point at their declaration (an `Info` of types/symbols),
compared by identity; inference variables belong to one function body and are
solved when that body has been checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from pyhew.source.records import record


class Declared(Protocol):
    """What a nominal type points at."""

    name: str
    module: str


@record(frozen=True, slots=True)
class Prim:
    """`i64`, `bool`, `string`, `bytes`, `duration`, `()` as `unit`, `never` ..."""

    name: str


@record(frozen=True, slots=True)
class Nominal:
    """A declared type with its arguments: records, enums, actors, `Vec<T>`, `LocalPid<A>` ..."""

    info: Declared
    args: tuple[Type, ...] = ()


@record(frozen=True, slots=True)
class TupleType:
    """`(A, B)`, two items or more."""

    items: tuple[Type, ...]


@record(frozen=True, slots=True)
class ArrayType:
    """`[T; n]`."""

    element: Type
    length: int


@record(frozen=True, slots=True)
class FnType:
    """`fn(A) -> R`."""

    params: tuple[Type, ...]
    result: Type


@record(frozen=True, slots=True)
class PointerType:
    """`*const T`, `*mut T`, `&T` of foreign declarations."""

    kind: str
    target: Type


@record(frozen=True, slots=True)
class DynType:
    """`dyn (A + B)`."""

    bounds: tuple[TraitRef, ...]


@record(frozen=True, slots=True)
class TraitRef:
    """A trait with its arguments and associated types, in a bound."""

    trait: Declared
    args: tuple[Type, ...] = ()
    bindings: tuple[tuple[str, Type], ...] = ()


@record(frozen=True, slots=True, eq=False)
class ParamType:
    """A type parameter; compared by identity."""

    name: str
    bounds: list[TraitRef]


@record(frozen=True, slots=True)
class AssocType:
    """`T.Item` that cannot be resolved before `T` is known; `args` are the trait's."""

    base: Type
    trait: Declared
    name: str
    args: tuple[Type, ...] = ()


@record(frozen=True, slots=True)
class ErrorType:
    """After a reported mistake: fits everywhere."""


class Var:
    """An inference variable; `kind` is `any`, `int` or `float` (a literal's)."""

    __slots__ = ("bound", "kind")

    def __init__(self, kind: str = "any") -> None:
        self.bound: Type | None = None
        self.kind = kind


Type = (
    Prim | Nominal | TupleType | ArrayType | FnType | PointerType | DynType | ParamType | AssocType | ErrorType
    | Var
)  # fmt: skip

INTS = {
    "i8": (8, True), "i16": (16, True), "i32": (32, True), "i64": (64, True), "isize": (64, True),
    "u8": (8, False), "u16": (16, False), "u32": (32, False), "u64": (64, False), "usize": (64, False),
}  # fmt: skip
FLOATS = {"f32": 32, "f64": 64}
NUMBERS = frozenset((*INTS, *FLOATS))
PRIMS: dict[str, Prim] = {
    name: Prim(name) for name in (*INTS, *FLOATS, "bool", "char", "string", "bytes", "duration", "instant")
}
UNIT = Prim("unit")
NEVER = Prim("never")
BOOL, CHAR, STRING, BYTES = PRIMS["bool"], PRIMS["char"], PRIMS["string"], PRIMS["bytes"]
I64, I32, U8, F64 = PRIMS["i64"], PRIMS["i32"], PRIMS["u8"], PRIMS["f64"]
DURATION, INSTANT = PRIMS["duration"], PRIMS["instant"]
ERROR = ErrorType()


def prune(ty: Type) -> Type:
    """Follows solved variables at the top."""
    while isinstance(ty, Var) and ty.bound is not None:
        ty = ty.bound
    return ty


def is_int(ty: Type) -> bool:
    """An integer type or the variable of an integer literal."""
    ty = prune(ty)
    return (isinstance(ty, Prim) and ty.name in INTS) or (isinstance(ty, Var) and ty.kind == "int")


def is_float(ty: Type) -> bool:
    """A float type or the variable of a float literal."""
    ty = prune(ty)
    return (isinstance(ty, Prim) and ty.name in FLOATS) or (isinstance(ty, Var) and ty.kind == "float")


def is_numeric(ty: Type) -> bool:
    """Integer or float."""
    return is_int(ty) or is_float(ty)


def map_type(ty: Type, leaf: Mapping[ParamType, Type] | None) -> Type:
    """A copy with variables solved (literal variables defaulted) and, if given, parameters replaced."""
    ty = prune(ty)
    match ty:
        case Prim() | ErrorType():
            return ty
        case Var():
            if ty.kind == "int":
                return I64
            return F64 if ty.kind == "float" else ty
        case ParamType():
            return leaf.get(ty, ty) if leaf is not None else ty
        case Nominal():
            if not ty.args:
                return ty
            return Nominal(ty.info, tuple(map_type(a, leaf) for a in ty.args))
        case TupleType():
            return TupleType(tuple(map_type(a, leaf) for a in ty.items))
        case ArrayType():
            return ArrayType(map_type(ty.element, leaf), ty.length)
        case FnType():
            return FnType(tuple(map_type(a, leaf) for a in ty.params), map_type(ty.result, leaf))
        case PointerType():
            return PointerType(ty.kind, map_type(ty.target, leaf))
        case DynType():
            return DynType(tuple(map_bound(b, leaf) for b in ty.bounds))
        case AssocType():
            args = tuple(map_type(a, leaf) for a in ty.args)
            return AssocType(map_type(ty.base, leaf), ty.trait, ty.name, args)


def map_bound(bound: TraitRef, leaf: Mapping[ParamType, Type] | None) -> TraitRef:
    """`map_type` inside a bound."""
    bindings = tuple((name, map_type(ty, leaf)) for name, ty in bound.bindings)
    return TraitRef(bound.trait, tuple(map_type(a, leaf) for a in bound.args), bindings)


def substitute(ty: Type, leaf: Mapping[ParamType, Type]) -> Type:
    """Replaces type parameters but leaves unsolved literal variables open."""
    ty = prune(ty)
    match ty:
        case Prim() | ErrorType() | Var():
            return ty
        case ParamType():
            return leaf.get(ty, ty)
        case Nominal():
            return Nominal(ty.info, tuple(substitute(a, leaf) for a in ty.args)) if ty.args else ty
        case TupleType():
            return TupleType(tuple(substitute(a, leaf) for a in ty.items))
        case ArrayType():
            return ArrayType(substitute(ty.element, leaf), ty.length)
        case FnType():
            return FnType(tuple(substitute(a, leaf) for a in ty.params), substitute(ty.result, leaf))
        case PointerType():
            return PointerType(ty.kind, substitute(ty.target, leaf))
        case DynType():
            return DynType(tuple(substitute_bound(b, leaf) for b in ty.bounds))
        case AssocType():
            args = tuple(substitute(a, leaf) for a in ty.args)
            return AssocType(substitute(ty.base, leaf), ty.trait, ty.name, args)


def substitute_bound(bound: TraitRef, leaf: Mapping[ParamType, Type]) -> TraitRef:
    """`substitute` inside a bound."""
    bindings = tuple((name, substitute(ty, leaf)) for name, ty in bound.bindings)
    return TraitRef(bound.trait, tuple(substitute(a, leaf) for a in bound.args), bindings)


MAX_TYPE_SIZE = 4096


def is_huge(ty: Type) -> bool:
    """Whether a type written out has more than `MAX_TYPE_SIZE` parts; looks at no more than that."""
    todo = [ty]
    seen = 0
    while todo:
        seen += 1
        if seen > MAX_TYPE_SIZE:
            return True
        todo.extend(parts_of(prune(todo.pop())))
    return False


def occurs(var: Var, ty: Type) -> bool:
    """Whether `var` stands inside `ty`."""
    ty = prune(ty)
    if ty is var:
        return True
    return any(occurs(var, part) for part in parts_of(ty))


def parts_of(ty: Type) -> tuple[Type, ...]:
    """The types directly inside a type."""
    match ty:
        case Nominal():
            return ty.args
        case TupleType():
            return ty.items
        case ArrayType():
            return (ty.element,)
        case FnType():
            return (*ty.params, ty.result)
        case PointerType():
            return (ty.target,)
        case DynType():
            return tuple(a for b in ty.bounds for a in b.args)
        case AssocType():
            return (ty.base, *ty.args)
        case _:
            return ()


def depth_of(ty: Type) -> int:
    """How far types are nested in a type."""
    return 1 + max(map(depth_of, parts_of(ty)), default=0)


def has_vars(ty: Type) -> bool:
    """Whether an unsolved, undefaultable variable is left."""
    ty = prune(ty)
    if isinstance(ty, Var):
        return ty.kind == "any"
    return any(has_vars(part) for part in parts_of(ty))


def has_params(ty: Type) -> bool:
    """Whether a type parameter stands inside."""
    ty = prune(ty)
    return isinstance(ty, ParamType) or any(has_params(part) for part in parts_of(ty))


def unify(a: Type, b: Type, trail: list[Var] | None = None) -> bool:
    """Makes two types equal by solving variables; False when they cannot be.

    Solved variables are appended to `trail` so that `undo` can open them again.
    """
    a, b = prune(a), prune(b)
    if a is b or isinstance(a, ErrorType) or isinstance(b, ErrorType):
        return True
    if isinstance(a, Var):
        return _solve(a, b, trail)
    if isinstance(b, Var):
        return _solve(b, a, trail)
    match a, b:
        case Prim(), Prim():
            return a.name == b.name
        case Nominal(), Nominal():
            return a.info is b.info and _unify_all(a.args, b.args, trail)
        case TupleType(), TupleType():
            return _unify_all(a.items, b.items, trail)
        case ArrayType(), ArrayType():
            return a.length == b.length and unify(a.element, b.element, trail)
        case FnType(), FnType():
            return _unify_all(a.params, b.params, trail) and unify(a.result, b.result, trail)
        case PointerType(), PointerType():
            return a.kind == b.kind and unify(a.target, b.target, trail)
        case DynType(), DynType():
            return len(a.bounds) == len(b.bounds) and all(
                x.trait is y.trait and _unify_all(x.args, y.args, trail) for x, y in zip(a.bounds, b.bounds)
            )
        case AssocType(), AssocType():
            is_same = a.trait is b.trait and a.name == b.name
            return is_same and unify(a.base, b.base, trail) and _unify_all(a.args, b.args, trail)
        case _:
            return False


def _unify_all(left: tuple[Type, ...], right: tuple[Type, ...], trail: list[Var] | None) -> bool:
    return len(left) == len(right) and all(unify(x, y, trail) for x, y in zip(left, right))


def _solve(var: Var, ty: Type, trail: list[Var] | None) -> bool:
    if isinstance(ty, Var):
        if var.kind != "any" and ty.kind == "any":
            var, ty = ty, var
        elif var.kind != ty.kind and var.kind != "any":
            return False
    elif var.kind == "int" and not is_int(ty) or var.kind == "float" and not is_float(ty) or occurs(var, ty):
        return False
    var.bound = ty
    if trail is not None:
        trail.append(var)
    return True


def undo(trail: list[Var]) -> None:
    """Opens again every variable solved since the trail was begun."""
    for var in trail:
        var.bound = None
    trail.clear()


def can_unify(a: Type, b: Type) -> bool:
    """Whether two types could be made equal, leaving no trace."""
    trail: list[Var] = []
    fits = unify(a, b, trail)
    undo(trail)
    return fits


def show(ty: Type) -> str:
    """The type as a user writes it."""
    ty = prune(ty)
    match ty:
        case Prim():
            return {"unit": "()", "never": "!"}.get(ty.name, ty.name)
        case Nominal():
            return ty.info.name + (f"<{', '.join(map(show, ty.args))}>" if ty.args else "")
        case TupleType():
            return f"({', '.join(map(show, ty.items))})"
        case ArrayType():
            return f"[{show(ty.element)}; {ty.length}]"
        case FnType():
            result = "" if ty.result == UNIT else f" -> {show(ty.result)}"
            return f"fn({', '.join(map(show, ty.params))}){result}"
        case PointerType():
            return f"&{show(ty.target)}" if ty.kind == "ref" else f"*{ty.kind} {show(ty.target)}"
        case DynType():
            names = " + ".join(show_bound(b) for b in ty.bounds)
            return f"dyn {names}" if len(ty.bounds) == 1 else f"dyn ({names})"
        case ParamType():
            return ty.name
        case AssocType():
            return f"{show(ty.base)}.{ty.name}"
        case Var():
            return {"int": "integer", "float": "float"}.get(ty.kind, "_")
        case ErrorType():
            return "?"


def show_bound(bound: TraitRef) -> str:
    """A bound as a user writes it."""
    return bound.trait.name + (f"<{', '.join(map(show, bound.args))}>" if bound.args else "")
