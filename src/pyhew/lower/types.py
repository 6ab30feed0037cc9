"""Surface types to IR types.

In: closed surface types (no type parameters).  Out: IR types, one object per nominal type.
Assumed: recursion goes through a handle: a Vec, a Box, an Rc.
"""

from __future__ import annotations

from pyhew.check.signatures import attribute
from pyhew.check.world import World
from pyhew.ir import facts as ir_facts
from pyhew.ir.types import (
    BOOL,
    I64,
    PTR,
    STRING,
    U8,
    U32,
    U64,
    UNIT,
    UNKNOWN_FIELDS,
    BoxT,
    EnumT,
    FloatT,
    FrameT,
    HandleT,
    IntT,
    IrType,
    ObjectT,
    RcT,
    ResourceT,
    Signature,
    StructT,
    TupleT,
    TypeTable,
    Use,
    VecT,
    WeakT,
)
from pyhew.source.diagnostics import CompilerBug
from pyhew.types import facts
from pyhew.types.model import (
    FLOATS,
    INTS,
    ArrayType,
    DynType,
    FnType,
    Nominal,
    PointerType,
    Prim,
    TupleType,
    Type,
    Var,
    show,
    substitute,
)
from pyhew.types.symbols import ActorInfo, EnumInfo, RecordInfo, SupervisorInfo, TraitInfo

HANDLES = {"Sender": "sender", "Receiver": "receiver", "Stream": "receiver", "Sink": "sender",
           "LambdaPid": "lambda_pid", "Task": "reply", "MonitorRef": "monitor",
           "Listener": "listener", "Connection": "socket"}  # fmt: skip


MAX_WIDTH = 4096
"""Scalars that one value may be spread over."""


class TypeTooWide(Exception):
    """A value of the type would be spread over more scalars than `MAX_WIDTH`."""
    def __init__(self, ty: Nominal) -> None:
        super().__init__(show(ty))
        self.type = ty


class TypeLowering:
    """Keeps one IR type per surface type."""
    def __init__(self, world: World, table: TypeTable) -> None:
        self.world = world
        self.table = table
        self.known: dict[Type, IrType] = {}
        self.names: dict[str, int] = {}
        self.surface: dict[int, Type] = {}
        self.resources: list[tuple[Nominal, ResourceT]] = []
        self.widths: dict[IrType, int] = {}
        self.states: dict[tuple[ActorInfo, tuple[Type, ...]], StructT] = {}

    def lower(self, ty: Type) -> IrType:
        """The IR type of a closed surface type."""
        found = self.known.get(ty)
        if found is None:
            found = self._make(ty)
            self.known[ty] = found
            if isinstance(ty, Nominal) and self.width(found) > MAX_WIDTH:
                raise TypeTooWide(ty)
        return found

    def width(self, ty: IrType) -> int:
        """How many scalars a value is spread over, at most."""
        if not isinstance(ty, StructT | EnumT | TupleT):
            return 1
        found = self.widths.get(ty)
        if found is None:
            self.widths[ty] = 1  # a type that is still being made is behind a handle
            parts = [p for v in ty.variants for p in v] if isinstance(ty, EnumT) else ir_facts.parts(ty)
            found = self.widths[ty] = sum(self.width(part) for part in parts)
        return found

    def _make(self, ty: Type) -> IrType:
        match ty:
            case Prim():
                return _prim(ty.name)
            case TupleType():
                return TupleT(tuple(self.lower(t) for t in ty.items))
            case ArrayType():
                return VecT(self.lower(ty.element))
            case FnType():
                params = tuple(self.param(p) for p in ty.params)
                return ObjectT(show(ty), (Signature(params, self.lower(ty.result)),))
            case DynType():
                return self._dyn(ty)
            case PointerType():
                return PTR
            case Nominal():
                return self._nominal(ty)
            case Var():
                # Nothing says what it is, so nothing is ever done with it.
                return UNIT
            case _:
                raise CompilerBug(f"type `{show(ty)}` was not closed before lowering")

    def param(self, ty: Type, mode: str = "") -> tuple[IrType, Use]:
        """How an indirect call passes a value: collections and what is `var` may be changed by the callee, which may also
        keep what has one owner, and leaves nothing then."""
        ir = self.lower(ty)
        if mode == "consume":
            return ir, Use.CONSUME
        is_inout = mode == "var" or facts.is_kept(ty) or ir_facts.is_changed_in_place(ir)
        return ir, Use.INOUT if is_inout else Use.BORROW

    def _dyn(self, ty: DynType) -> IrType:
        made = ObjectT(self.unique(show(ty)), (), True)
        self.known[ty] = made
        methods = []
        for bound in self.world.all_bounds(list(ty.bounds)):
            trait = bound.trait
            assert isinstance(trait, TraitInfo)
            mapping = {trait.self_type: ty, **dict(zip(trait.params, bound.args))}
            for fn in trait.methods.values():
                if not facts.is_dispatched(fn):
                    methods.append(Signature((), UNIT))
                    continue
                params = tuple(
                    self.param(self.world.normalise(substitute(p.type, mapping)), p.mode) for p in fn.inputs[1:]
                )
                result = self.lower(self.world.normalise(substitute(fn.result, mapping)))
                methods.append(Signature(params, result))
        made.methods = tuple(methods)
        return made

    def _nominal(self, ty: Nominal) -> IrType:
        info = ty.info
        if isinstance(info, ActorInfo | SupervisorInfo):
            return U64
        if isinstance(info, EnumInfo):
            return self._enum(ty, info)
        assert isinstance(info, RecordInfo)
        if info.marker == "builtin":
            return self._builtin(ty, info.name)
        if info.marker == "opaque":
            return PTR
        return self._record(ty, info)

    def _builtin(self, ty: Nominal, name: str) -> IrType:
        match name:
            case "Vec":
                return VecT(self.lower(ty.args[0]))
            case "Rc":
                return RcT(self.lower(ty.args[0]))
            case "Weak":
                return WeakT(self.lower(ty.args[0]))
            case "LocalPid" | "RemotePid":
                return U64
            case "Generator" | "AsyncGenerator":
                return FrameT(self.lower(ty.args[0]), UNIT)
            case _:
                return HandleT(HANDLES[name])

    def unique(self, name: str) -> str:
        """A name no other nominal type has."""
        count = self.names.get(name, 0)
        self.names[name] = count + 1
        return name if count == 0 else f"{name}#{count}"

    def _record(self, ty: Nominal, info: RecordInfo) -> IrType:
        struct = StructT(self.unique(show(ty)))
        self.table.structs[struct.name] = struct
        made: IrType = struct
        if info.marker == "resource":
            resource = ResourceT(struct, f"close.{struct.name}")
            self.resources.append((ty, resource))
            made = resource
        self.known[ty] = made
        self.surface[id(struct)] = ty
        mapping = dict(zip(info.params, ty.args))
        struct.field_names = tuple(f.name for f in info.fields)
        struct.fields = tuple(self.lower(self.world.normalise(substitute(f.type, mapping))) for f in info.fields)
        if info.is_wire and made is struct and not _has_layout_of_c(info):
            struct.field_names += (UNKNOWN_FIELDS,)
            struct.fields += (STRING,)
        return made

    def state(self, actor: ActorInfo, args: tuple[Type, ...]) -> StructT:
        """The struct of an actor's fields."""
        found = self.states.get((actor, args))
        if found is None:
            mapping = dict(zip(actor.params, args))
            found = self.states[(actor, args)] = StructT(self.unique(f"actor {actor.name}"))
            self.table.structs[found.name] = found
            found.field_names = tuple(f.name for f in actor.fields)
            found.fields = tuple(self.lower(self.world.normalise(substitute(f.type, mapping))) for f in actor.fields)
        return found

    def _enum(self, ty: Nominal, info: EnumInfo) -> IrType:
        enum = EnumT(self.unique(show(ty)))
        self.table.enums[enum.name] = enum
        made: IrType = BoxT(enum) if info.is_indirect else enum
        self.known[ty] = made
        self.surface[id(enum)] = ty
        mapping = dict(zip(info.params, ty.args))
        enum.variant_names = tuple(v.name for v in info.variants)
        enum.variants = tuple(
            tuple(self.lower(self.world.normalise(substitute(f.type, mapping))) for f in v.fields)
            for v in info.variants
        )
        return made


def _has_layout_of_c(info: RecordInfo) -> bool:
    return info.node is not None and attribute(info.node.attributes, "repr") is not None


def _prim(name: str) -> IrType:
    if name in INTS:
        bits, signed = INTS[name]
        return IntT(bits, signed)
    if name in FLOATS:
        return FloatT(FLOATS[name])
    table: dict[str, IrType] = {
        "bool": BOOL, "char": U32, "string": STRING, "bytes": VecT(U8), "duration": I64, "instant": I64,
        "unit": UNIT, "never": UNIT,
    }  # fmt: skip
    return table[name]


def enum_of(ty: IrType) -> EnumT:
    """The enum behind a value's type."""
    if isinstance(ty, BoxT):
        ty = ty.content
    assert isinstance(ty, EnumT)
    return ty
