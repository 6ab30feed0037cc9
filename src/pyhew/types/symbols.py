"""What a declaration means: one class per kind of declared thing.

In: syntax nodes.  Out: the `Info` classes that scopes hold and types point at.
Assumed: infos are made empty when a module's names are collected and filled in
when its signatures are resolved; after that they do not change.
"""

from __future__ import annotations

from collections.abc import Mapping

from pyhew.source.records import field, record
from pyhew.syntax import nodes
from pyhew.types.model import ERROR, ParamType, TraitRef, Type, show, substitute

Predicate = tuple[Type, TraitRef]
"""What a `where` demands of a type that is no type parameter of the declaration itself: `where T.Item: Display`."""


@record(eq=False, slots=True)
class FieldInfo:
    """One field: its place in the layout is its place in the list."""

    name: str
    type: Type
    node: nodes.FieldDecl


@record(eq=False, slots=True)
class RecordInfo:
    """`type`/`record` declarations; `marker` is builtin, resource, linear, opaque or empty."""

    name: str
    module: str
    node: nodes.RecordDecl | None
    visibility: str = ""
    params: list[ParamType] = field(default_factory=list)
    fields: list[FieldInfo] = field(default_factory=list)
    marker: str = ""
    is_record: bool = False
    is_tuple: bool = False
    is_wire: bool = False
    is_closing: bool = False
    """Marked `#[resource]`, whatever else it is marked."""
    is_linear: bool = False
    """Marked `#[linear]`, and not `#[opaque]`; a resource may be that, too: then it closes only where no program ends it."""
    close: FnInfo | None = None
    wheres: list[Predicate] = field(default_factory=list)


@record(eq=False, slots=True)
class VariantInfo:
    """One variant; `shape` is unit, tuple or struct."""

    name: str
    shape: str
    fields: list[FieldInfo]


@record(eq=False, slots=True)
class EnumInfo:
    """`enum` declarations, and the states and events of machines."""

    name: str
    module: str
    node: nodes.EnumDecl | None
    visibility: str = ""
    params: list[ParamType] = field(default_factory=list)
    variants: list[VariantInfo] = field(default_factory=list)
    is_indirect: bool = False
    is_wire: bool = False
    machine: MachineInfo | None = None
    wheres: list[Predicate] = field(default_factory=list)

    def index_of(self, name: str) -> int | None:
        """The variant's number."""
        for index, variant in enumerate(self.variants):
            if variant.name == name:
                return index
        return None


@record(eq=False, slots=True)
class MachineInfo:
    """A machine: its state enum stands for the type; `events` is the companion enum."""

    name: str
    module: str
    node: nodes.MachineDecl
    states: EnumInfo
    events: EnumInfo
    visibility: str = ""
    state_records: list[RecordInfo] = field(default_factory=list)
    event_records: list[RecordInfo] = field(default_factory=list)


@record(eq=False, slots=True)
class ParamInfo:
    """One parameter of a function; `mode` is borrow, var or consume as written."""

    name: str
    type: Type
    mode: str
    node: nodes.Param | None


@record(eq=False, slots=True)
class FnInfo:
    """A function or method.

    `params_outer` are the type parameters of the impl, trait or actor around it,
    `params` its own.  `has_self` marks a receiver as first parameter.  `intrinsic`
    and `runtime` name what stands for a missing body, `is_internal` hides a method from all but the library.
    """

    name: str
    module: str
    node: nodes.FnDecl | nodes.ReceiveFn | None
    visibility: str = ""
    params_outer: list[ParamType] = field(default_factory=list)
    params: list[ParamType] = field(default_factory=list)
    inputs: list[ParamInfo] = field(default_factory=list)
    result: Type = ERROR
    has_self: bool = False
    owner: str = ""
    is_gen: bool = False
    is_extern: bool = False
    intrinsic: str = ""
    runtime: str = ""
    is_internal: bool = False
    trait: TraitInfo | None = None
    actor: ActorInfo | None = None
    impl: ImplInfo | None = None
    wheres: list[Predicate] = field(default_factory=list)


def show_input(fn: FnInfo, at: int, given: Mapping[ParamType, Type] | None = None) -> str:
    """One parameter, as `show_head` shows it."""
    param = fn.inputs[at]
    is_self = fn.has_self and at == 0
    how = {"var": "var ", "consume": "consuming " if is_self else "consume "}.get(param.mode, "")
    return how + param.name + ("" if is_self else f": {show(substitute(param.type, given or {}))}")


def show_head(fn: FnInfo, given: Mapping[ParamType, Type] | None = None) -> str:
    """`fn name(self, x: i64) -> string`, as a user writes it, with what type parameters stand for."""
    shown = [show_input(fn, at, given) for at in range(len(fn.inputs))]
    result = show(substitute(fn.result, given or {}))
    return f"fn {fn.name}({', '.join(shown)})" + ("" if result == "()" else f" -> {result}")


@record(eq=False, slots=True)
class TraitInfo:
    """A trait; `self_type` stands for the implementing type inside it, `demands` is what it asks of its associated types."""

    name: str
    module: str
    node: nodes.TraitDecl | None
    visibility: str = ""
    self_type: ParamType = field(default_factory=lambda: ParamType("Self", []))
    params: list[ParamType] = field(default_factory=list)
    supers: list[TraitRef] = field(default_factory=list)
    types: dict[str, Type | None] = field(default_factory=dict)
    demands: dict[str, list[TraitRef]] = field(default_factory=dict)
    methods: dict[str, FnInfo] = field(default_factory=dict)
    wheres: list[Predicate] = field(default_factory=list)


@record(eq=False, slots=True)
class ImplInfo:
    """`impl<P> Trait<A> for Target`; `trait` None for inherent methods."""

    module: str
    node: nodes.ImplDecl | None
    params: list[ParamType]
    trait: TraitRef | None
    target: Type
    types: dict[str, Type] = field(default_factory=dict)
    methods: dict[str, FnInfo] = field(default_factory=dict)
    wheres: list[Predicate] = field(default_factory=list)


@record(eq=False, slots=True)
class ActorFieldInfo:
    """One field of an actor's state."""

    name: str
    type: Type
    is_var: bool
    node: nodes.ActorField


@record(eq=False, slots=True)
class ActorInfo:
    """An actor; `receives` in order of declaration, `hooks` by event name."""

    name: str
    module: str
    node: nodes.ActorDecl
    visibility: str = ""
    params: list[ParamType] = field(default_factory=list)
    fields: list[ActorFieldInfo] = field(default_factory=list)
    init: list[ParamInfo] | None = None
    receives: dict[str, FnInfo] = field(default_factory=dict)
    methods: dict[str, FnInfo] = field(default_factory=dict)
    hooks: dict[str, list[FnInfo]] = field(default_factory=dict)
    supers: list[TraitRef] = field(default_factory=list)
    wheres: list[Predicate] = field(default_factory=list)


@record(eq=False, slots=True)
class ChildInfo:
    """One child of a supervisor."""

    name: str
    target: ActorInfo | SupervisorInfo | None
    type: Type
    node: nodes.ChildSpec


@record(eq=False, slots=True)
class SupervisorInfo:
    """A supervisor and its children."""

    name: str
    module: str
    node: nodes.SupervisorDecl
    visibility: str = ""
    params: list[ParamType] = field(default_factory=list)
    inputs: list[ParamInfo] = field(default_factory=list)
    children: list[ChildInfo] = field(default_factory=list)


@record(eq=False, slots=True)
class ConstInfo:
    """A constant."""

    name: str
    module: str
    node: nodes.ConstDecl
    visibility: str = ""
    type: Type = ERROR


@record(eq=False, slots=True)
class AliasInfo:
    """`type A<T> = B;`."""

    name: str
    module: str
    node: nodes.AliasDecl
    visibility: str = ""
    params: list[ParamType] = field(default_factory=list)
    target: Type | None = None
    is_open: bool = False
    """While its target is being found out."""


@record(eq=False, slots=True)
class ModuleRef:
    """A module bound to a name by an import."""

    name: str
    module: ModuleInfo


@record(eq=False, slots=True)
class PrimInfo:
    """A primitive type's name in a scope."""

    name: str
    type: Type


Symbol = (
    RecordInfo | EnumInfo | MachineInfo | FnInfo | TraitInfo | ActorInfo | SupervisorInfo | ConstInfo
    | AliasInfo | ModuleRef | PrimInfo
)  # fmt: skip


@record(eq=False, slots=True)
class ModuleInfo:
    """One module: its files, what it declares, what it imports.

    `key` is unique in the program (`std.string`, `main`); `scope` maps every name
    visible at top level to its symbols (declared here or imported); `imported`
    are the modules whose impls are visible; `is_std` marks our own library,
    `package` says which one it came from (none for the program's own);
    `companion` holds the code made for its `#[wire]` types, `is_made` marks such code.
    """

    key: str
    trees: list[nodes.Module]
    is_std: bool = False
    package: str = ""
    declared: dict[str, Symbol] = field(default_factory=dict)
    scope: dict[str, Symbol] = field(default_factory=dict)
    impls: list[ImplInfo] = field(default_factory=list)
    functions: list[FnInfo] = field(default_factory=list)
    imports: list[ModuleInfo] = field(default_factory=list)
    companion: ModuleInfo | None = None
    is_made: bool = False
