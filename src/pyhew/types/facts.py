"""The only answers to questions about a surface type: how it is owned, compared, sent, cloned.

In: types.  Out: booleans and small enumerations, each answered by one walk.
Assumed: nominal types carry `fields` (records) or `variants` (enums) once
signatures are resolved; recursion through them is cut by a seen set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum

from pyhew.types.model import (
    BYTES,
    FLOATS,
    INTS,
    PRIMS,
    STRING,
    UNIT,
    ArrayType,
    AssocType,
    Declared,
    DynType,
    ErrorType,
    FnType,
    Nominal,
    ParamType,
    PointerType,
    Prim,
    TupleType,
    Type,
    Var,
    parts_of,
    prune,
    substitute,
)
from pyhew.types.symbols import ActorInfo, EnumInfo, FnInfo, RecordInfo, SupervisorInfo

MARKERS = ("Integer", "Float", "Num", "Copy", "Send", "Eq", "Ord", "Hash", "Clone", "Frozen", "Sync", "Debug", "PartialOrd")


class Kind(Enum):
    """How a value of a type is passed around; the four classes of the language."""

    COPY = "copy"
    SHARE = "share"
    AGGREGATE = "aggregate"
    AFFINE = "affine"


AFFINE_BUILTINS = {"Rc", "Weak", "Sender", "Receiver", "Stream", "Sink", "LambdaPid", "Generator",
                   "AsyncGenerator", "Task", "Listener", "Connection"}  # fmt: skip
COLLECTIONS = {"Vec", "HashMap", "HashSet"}
TIED = ("Rc", "Weak", "Generator", "AsyncGenerator")
UNSENDABLE = {*TIED, "Task"}
PIDS = {"LocalPid", "RemotePid"}


def is_builtin(ty: Type, name: str) -> bool:
    """Whether a type is the prelude's `name<..>`."""
    ty = prune(ty)
    return isinstance(ty, Nominal) and ty.info.name == name and getattr(ty.info, "module", "").startswith("std.")


def library_name(info: Declared) -> str:
    """The name of what the library declares; a program may have something else of that name."""
    return info.name if getattr(info, "module", "").startswith("std.") else ""


def contents(ty: Nominal) -> Iterator[Type]:
    """The types of the fields or payloads of a nominal type, arguments filled in."""
    info = ty.info
    if isinstance(info, RecordInfo):
        mapping = dict(zip(info.params, ty.args))
        for field in info.fields:
            yield substitute(field.type, mapping)
    elif isinstance(info, EnumInfo):
        mapping = dict(zip(info.params, ty.args))
        for variant in info.variants:
            for field in variant.fields:
                yield substitute(field.type, mapping)


def contains_itself(info: RecordInfo | EnumInfo) -> bool:
    """Whether a value would hold another of its own type inline, and that one another, without end."""
    seen: set[Nominal] = set()

    def visit(part: Type) -> bool:
        part = prune(part)
        if isinstance(part, TupleType):
            return any(visit(item) for item in part.items)
        if isinstance(part, ArrayType):
            return visit(part.element)
        if not isinstance(part, Nominal) or not isinstance(part.info, RecordInfo | EnumInfo):
            return False
        if part.info is info:
            return True
        if part in seen or _is_behind_handle(part.info):
            return False
        seen.add(part)
        return any(visit(item) for item in contents(part))

    if _is_behind_handle(info):
        return False
    return any(visit(item) for item in contents(Nominal(info, tuple(info.params))))


def _is_behind_handle(info: RecordInfo | EnumInfo) -> bool:
    return bool(info.marker) if isinstance(info, RecordInfo) else info.is_indirect


def kind_of(ty: Type) -> Kind:
    """The class of a type: the strongest of its parts."""
    return _kind(ty, {})


def is_seen_changed(ty: Type) -> bool:
    """Whether a caller can tell that a function changed or kept what it was given: of other values it has a copy."""
    return kind_of(ty) in (Kind.AGGREGATE, Kind.AFFINE) or prune(ty) == BYTES


def _kind(ty: Type, known: dict[Nominal, Kind]) -> Kind:
    ty = prune(ty)
    match ty:
        case Prim():
            return Kind.SHARE if ty.name in ("string", "bytes") else Kind.COPY
        case Var() | ErrorType() | PointerType():
            return Kind.COPY
        case ParamType() | AssocType():
            return Kind.SHARE
        case FnType() | DynType():
            return Kind.AFFINE
        case TupleType():
            return _strongest(ty.items, known)
        case ArrayType():
            return _strongest((ty.element,), known)
        case Nominal():
            return _kind_of_nominal(ty, known)


def _kind_of_nominal(ty: Nominal, known: dict[Nominal, Kind]) -> Kind:
    info = ty.info
    if isinstance(info, ActorInfo | SupervisorInfo):
        return Kind.COPY
    if isinstance(info, RecordInfo) and info.marker:
        if info.marker == "opaque":
            return Kind.COPY
        if info.marker in ("resource", "linear") or library_name(info) in AFFINE_BUILTINS:
            return Kind.AFFINE
        if library_name(info) in PIDS:
            return Kind.COPY
        inner = _strongest(ty.args, known)
        return Kind.AFFINE if inner is Kind.AFFINE else Kind.AGGREGATE
    found = known.get(ty)
    if found is not None:
        return found
    known[ty] = Kind.COPY  # for a type that is reached from itself: what else it holds decides
    inner = _strongest(tuple(contents(ty)), known)
    if inner is Kind.SHARE or (isinstance(info, EnumInfo) and info.is_indirect and inner is Kind.COPY):
        inner = Kind.AGGREGATE
    known[ty] = inner
    return inner


def _strongest(types: tuple[Type, ...], known: dict[Nominal, Kind]) -> Kind:
    order = (Kind.COPY, Kind.SHARE, Kind.AGGREGATE, Kind.AFFINE)
    best = 0
    for ty in types:
        best = max(best, order.index(_kind(ty, known)))
    return order[best]


def any_part(ty: Type, test: Callable[[Type], bool]) -> bool:
    """Whether the type, a type argument or anything stored in it passes the test."""
    seen: list[Nominal] = []

    def visit(part: Type) -> bool:
        part = prune(part)
        if test(part):
            return True
        match part:
            case Nominal():
                if part in seen:
                    return False
                seen.append(part)
                if any(visit(a) for a in part.args if not isinstance(part.info, ActorInfo)):
                    return True
                return any(visit(c) for c in contents(part))
            case TupleType():
                return any(visit(a) for a in part.items)
            case ArrayType():
                return visit(part.element)
            case _:
                return False

    return visit(ty)


def holds_collection(ty: Type) -> bool:
    """Whether changes made through a parameter of this type can be seen by the caller."""
    ty = prune(ty)
    match ty:
        case Prim():
            return ty.name == "bytes"
        case Nominal():
            if is_pid(ty) or isinstance(ty.info, ActorInfo | SupervisorInfo):
                return False
            if isinstance(ty.info, RecordInfo) and ty.info.marker:
                if ty.info.name in COLLECTIONS:
                    return True
                if ty.info.marker == "builtin":
                    return False
            if isinstance(ty.info, EnumInfo):
                return False
            return any(holds_collection(c) for c in contents(ty))
        case TupleType():
            return any(holds_collection(a) for a in ty.items)
        case ArrayType():
            return True
        case _:
            return False


def is_pid(ty: Type) -> bool:
    """A handle of an actor."""
    return any(is_builtin(ty, name) for name in PIDS)


def is_resource(ty: Type) -> bool:
    """A type with a `close` that runs exactly once."""
    ty = prune(ty)
    return isinstance(ty, Nominal) and isinstance(ty.info, RecordInfo) and ty.info.marker == "resource"


def needs_consume(ty: Type) -> bool:
    """Whether a foreign function or a trait's method that takes such a value must say that it ends there."""
    ty = prune(ty)
    return is_resource(ty) or (isinstance(ty, Nominal) and isinstance(ty.info, RecordInfo) and ty.info.is_closing)


def is_marked(ty: Type) -> bool:
    """A `#[resource]` or `#[linear]` type."""
    ty = prune(ty)
    return isinstance(ty, Nominal) and isinstance(ty.info, RecordInfo) and ty.info.marker in ("resource", "linear")


def is_linear(ty: Type) -> bool:
    """Whether a value of this type must be consumed by hand."""
    ty = prune(ty)
    return isinstance(ty, Nominal) and isinstance(ty.info, RecordInfo) and ty.info.is_linear


def holds_endless(ty: Type) -> bool:
    """Whether a part is linear and no resource: a crash or a stop could not end it."""
    return any_part(prune(ty), lambda part: is_linear(part) and not is_resource(part))


def holds_linear(ty: Type) -> bool:
    """Whether a linear value is, or may be, a part of such a value."""
    ty = prune(ty)
    return not isinstance(ty, Prim) and not is_pid(ty) and any_part(ty, is_linear)


def holds_marked(ty: Type) -> bool:
    """Whether a resource or a linear value stands anywhere inside."""
    return any_part(ty, is_marked)


def holds_resource(ty: Type) -> bool:
    """Whether a resource stands anywhere inside: its lifetime reaches to the end of its scope."""
    return any_part(ty, is_resource)


SCOPED = {
    "Rc", "Weak", "Sender", "Receiver", "Stream", "Sink", "LambdaPid", "MonitorRef", "Listener", "Connection",
    "Generator", "AsyncGenerator",
}  # fmt: skip


def ends_with_scope(ty: Type) -> bool:
    """Whether the end of a value can be observed, so that it lives to the end of its scope."""
    ty = prune(ty)
    return not isinstance(ty, Prim) and any_part(ty, _is_observed)


def _is_observed(part: Type) -> bool:
    if isinstance(part, Nominal) and isinstance(part.info, RecordInfo):
        return part.info.marker == "resource" or (part.info.marker == "builtin" and part.info.name in SCOPED)
    return False


def has_known_end(ty: Type) -> bool:
    """Whether it matters who owns a value last: its end can be observed, or somebody must bring it about."""
    return ends_with_scope(ty) or holds_linear(ty)


def is_kept(ty: Type) -> bool:
    """Whether a variable holds its value to the end of its scope, if nothing took it before.

    What a closure or a `dyn` holds is not written in its type; it may be a resource.
    """
    ty = prune(ty)
    return not isinstance(ty, Prim) and any_part(ty, _is_kept)


def _is_kept(part: Type) -> bool:
    return isinstance(part, FnType | DynType) or _is_observed(part)


def may_be_kept(ty: Type) -> bool:
    """Whether `is_kept` holds for some of the types that the type parameters may stand for."""
    ty = prune(ty)
    return not isinstance(ty, Prim) and any_part(ty, lambda part: isinstance(part, ParamType | AssocType) or _is_kept(part))


def is_sendable(ty: Type) -> bool:
    """Whether a value may cross to another actor."""
    return unsendable_part(ty) is None


def unsendable_part(ty: Type) -> Type | None:
    """The first type in it that stays in its actor."""
    found: list[Type] = []

    def refuses(part: Type) -> bool:
        if isinstance(part, FnType | DynType | PointerType):
            return True
        if isinstance(part, Nominal) and isinstance(part.info, RecordInfo) and part.info.marker:
            return library_name(part.info) in UNSENDABLE or part.info.marker == "opaque"
        return isinstance(part, Nominal) and library_name(part.info) in ("VecIter", "HashMapIter")

    def keeps(part: Type) -> bool:
        if refuses(part):
            found.append(part)
        return bool(found)

    any_part(ty, keeps)
    return found[0] if found else None


HEAP_ONLY = {"Vec", "HashMap", "HashSet", "Rc", "Weak", "Generator", "AsyncGenerator", "VecIter", "HashMapIter"}


def crosses_to_c(ty: Type) -> bool:
    """Whether C can be told what it is: collections, functions, tuples and enums have no layout there."""

    def refuses(part: Type) -> bool:
        if isinstance(part, Nominal):
            return isinstance(part.info, EnumInfo) or part.info.name in HEAP_ONLY and is_builtin(part, part.info.name)
        return isinstance(part, FnType | DynType | TupleType)

    return not any_part(ty, refuses)


def stands_in_c(ty: Type) -> bool:
    """Whether C can make it and take it apart: a number, a text, a pointer, a handle, or a record of those."""

    def refuses(part: Type) -> bool:
        if isinstance(part, Nominal):
            return not isinstance(part.info, RecordInfo) or part.info.marker not in ("", "opaque")
        return not isinstance(part, PointerType) and (not isinstance(part, Prim) or part.name in ("bytes", "never"))

    return not any_part(ty, refuses)


def is_one_in_c(ty: Type) -> bool:
    """Whether it is one number, text, pointer or handle there."""
    is_scalar = isinstance(ty, Prim) and ty.name not in ("bytes", "never", "unit")
    return is_scalar or isinstance(ty, PointerType) or _is_opaque(ty)


def is_for_c(ty: Type) -> bool:
    """Whether it is a function that C can call; a text is an argument only, because nobody would free a result."""
    if not isinstance(ty, FnType) or not all(is_one_in_c(part) for part in ty.params):
        return False
    return ty.result == UNIT or ty.result != STRING and is_one_in_c(ty.result)


def is_lent_to_closures(ty: Type) -> bool:
    """Whether a closure shares the captured handle with its maker: sockets, which have identity."""
    return is_builtin(ty, "Listener") or is_builtin(ty, "Connection")


def is_tied_to_actor(ty: Type) -> bool:
    """Whether something stands anywhere inside that cannot leave the heap it was made in, not even for a task."""
    return any_part(ty, lambda part: any(is_builtin(part, name) for name in TIED))


SINGLE = {"Generator", "AsyncGenerator", "Receiver", "Stream", "Sink", "Task", "Arena", "Listener", "Connection"}


def has_one_owner(ty: Type) -> bool:
    """Whether a value can only be moved: there is no second one like it."""
    return any_part(ty, lambda part: isinstance(part, FnType | DynType) or _is_opaque(part) or _is_single(part))


def holds_single(ty: Type) -> bool:
    """Whether a resource, a linear value or a handle of which there is one stands anywhere inside."""
    return any_part(ty, _is_single)


def _is_single(part: Type) -> bool:
    return is_marked(part) or isinstance(part, Nominal) and isinstance(part.info, RecordInfo) and library_name(part.info) in SINGLE


def _is_opaque(part: Type) -> bool:
    return isinstance(part, Nominal) and isinstance(part.info, RecordInfo) and part.info.marker == "opaque"


def is_cloneable(ty: Type) -> bool:
    """Whether `.clone()` makes an independent value."""

    def refuses(part: Type) -> bool:
        if isinstance(part, Nominal) and isinstance(part.info, EnumInfo) and part.info.machine is not None:
            return True
        return part == PRIMS["bytes"]

    return not has_one_owner(ty) and not any_part(ty, refuses)


def uncloneable_part(ty: Type) -> Type | None:
    """The innermost type in it that has no `.clone()`."""
    found: list[Type] = []

    def is_cause(part: Type) -> bool:
        inner = (*part.args, *contents(part)) if isinstance(part, Nominal) else parts_of(part)
        if not is_cloneable(part) and all(map(is_cloneable, inner)):
            found.append(part)
        return bool(found)

    any_part(ty, is_cause)
    return found[0] if found else None


def literal_types(kind: str) -> tuple[Type, ...]:
    """The types a literal's variable may become."""
    return tuple(PRIMS[name] for name in (INTS if kind == "int" else FLOATS))


GIVE_WAY = frozenset(("Location", "Node", "NodeId", "Pool", "Range", "RecvError", "RecvHalf", "SendHalf", "Task"))
"""Names of the prelude that programs have no reason to write: what they name comes by inference, or from a few functions."""


def gives_way(name: str) -> bool:
    """Whether a program may use a name of the prelude for something of its own and nobody is surprised."""
    return name in GIVE_WAY


def is_dispatched(fn: FnInfo) -> bool:
    """Whether a `dyn` value can call a trait's method: one without type parameters that names `Self` as its receiver alone."""
    assert fn.trait is not None
    own = fn.trait.self_type

    def names_self(ty: Type) -> bool:
        ty = prune(ty)
        return ty is own or (not isinstance(ty, AssocType) and any(names_self(part) for part in parts_of(ty)))

    return not fn.params and fn.has_self and not any(names_self(ty) for ty in (fn.result, *(p.type for p in fn.inputs[1:])))


def is_declared(ty: Type) -> bool:
    """A record or enum, `Option` and `Result` too: who assigns a `var` parameter of one expects the caller to see it."""
    ty = prune(ty)
    return isinstance(ty, Nominal) and not (isinstance(ty.info, RecordInfo) and ty.info.marker == "builtin")


def is_marker(name: str) -> bool:
    """Whether a prelude trait is answered here and not by impls."""
    return name in MARKERS


def has_marker(ty: Type, name: str) -> bool:
    """Whether a type has a marker trait of the prelude."""
    ty = prune(ty)
    prim = ty.name if isinstance(ty, Prim) else {"int": "i64", "float": "f64"}.get(ty.kind, "") if isinstance(
        ty, Var
    ) else ""
    match name:
        case "Integer":
            return prim in INTS
        case "Float":
            return prim in FLOATS
        case "Num":
            return prim in INTS or prim in FLOATS
        case "Copy":
            return kind_of(ty) is Kind.COPY
        case "Send":
            return is_sendable(ty)
        case "Frozen":
            return is_sendable(ty) and not any_part(ty, lambda part: part == STRING or _is_changeable(part))
        case "Sync":
            return is_sendable(ty) and not any_part(ty, _is_changeable)
        case "PartialOrd":
            return prim in INTS or prim in FLOATS or prim == "char"
        case "Clone":
            return is_cloneable(ty)
        case "Ord":
            return prim in INTS or prim in FLOATS or prim in ("string", "char", "bool", "duration", "instant")
        case "Eq":
            return is_comparable(ty)
        case "Hash":
            return is_key(ty)
        case _:
            return True


def _is_changeable(part: Type) -> bool:
    """A container whose contents change in place, so that two actors may not look into the same."""
    return part == BYTES or any(is_builtin(part, name) for name in COLLECTIONS)


UNCOMPARABLE = ("HashMap", "HashSet", "Rc", "Weak", "Sender", *sorted(SINGLE))


def is_comparable(ty: Type) -> bool:
    """Whether `==` has a meaning."""

    def refuses(part: Type) -> bool:
        if isinstance(part, FnType | DynType) or part == PRIMS["bytes"]:
            return True
        return any(is_builtin(part, name) for name in UNCOMPARABLE)

    return not any_part(ty, refuses)


def has_identity(ty: Type) -> bool:
    """Whether `is` has a meaning: a handle, of which another may name the same actor or cell."""
    return is_pid(ty) or is_builtin(ty, "Rc")


def is_asked_for_type(ty: Type) -> bool:
    """Whether `is TypeName` has a meaning: handles, collections and enums; what a scalar or record is, its type says."""
    ty = prune(ty)
    match ty:
        case Prim():
            return ty.name == "bytes"
        case Nominal():
            return not isinstance(ty.info, RecordInfo) or bool(ty.info.marker)
        case _:
            return isinstance(ty, DynType)


def is_key(ty: Type, by_record: bool = False) -> bool:
    """Whether a map or set can be keyed by it, or could if it were declared with `record`: scalars, strings, and `record` types of
    those."""
    ty = prune(ty)
    match ty:
        case Prim():
            return ty.name not in ("unit", "never", "bytes")
        case Nominal():
            info = ty.info
            return is_builtin(ty, "RemotePid") or (
                isinstance(info, RecordInfo)
                and (info.is_record or by_record)
                and not info.marker
                and all(is_key(c) for c in contents(ty))
            )
        case Var() | ErrorType() | ParamType() | AssocType():
            return True
        case TupleType():
            return all(is_key(a) for a in ty.items)
        case _:
            return False
