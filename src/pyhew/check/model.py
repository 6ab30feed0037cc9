"""What the checker learns: for each expression its type, for each name and call its meaning.

In: nothing.  Out: `SemanticModel` and the resolution classes that lowering matches on.
Assumed: types inside may hold solved inference variables; `map_type` reads through them.
"""

from __future__ import annotations

from enum import Enum

from pyhew.source.diagnostics import CompilerBug
from pyhew.source.records import field, record
from pyhew.syntax import nodes
from pyhew.types.model import ParamType, TraitRef, Type
from pyhew.types.symbols import (
    ActorFieldInfo,
    ActorInfo,
    ConstInfo,
    EnumInfo,
    FnInfo,
    MachineInfo,
    ParamInfo,
    RecordInfo,
    SupervisorInfo,
    TraitInfo,
    VariantInfo,
)


@record(eq=False, slots=True)
class Local:
    """A variable of a body; `depth` is the closure depth it was declared at."""

    name: str
    type: Type
    is_var: bool
    depth: int
    node: nodes.Node
    is_param: bool = False
    is_used: bool = False
    is_assigned: bool = False
    is_late: bool = False
    """A `let` without a value: it is assigned once, later, on every path."""
    takes_var: bool = False
    """Whether `var` may stand before its declaration: not in a pattern, a loop's head, a closure's parameters."""
    is_changed: bool = False
    """Changed where it stands: by a method with `var self`, or by a function that it is given to."""
    is_replaced: bool = False
    """A parameter that is assigned as a whole: from there on it is the function's own."""
    hides: Local | None = None
    """The variable of an outer block with the same name."""
    is_refused: bool = False
    """That it cannot be changed was said where it was first tried."""

    def refuse(self) -> bool:
        """Whether nobody has said yet that it cannot be changed."""
        is_first, self.is_refused = not self.is_refused, True
        return is_first


@record(eq=False, slots=True)
class UseLocal:
    """A name that means a local variable."""

    local: Local


@record(eq=False, slots=True)
class UseField:
    """A bare name inside an actor that means a field of its state."""

    actor: ActorInfo
    index: int


@record(eq=False, slots=True)
class UseConst:
    """A name that means a constant."""

    const: ConstInfo


@record(eq=False, slots=True)
class UseFn:
    """A function as a value or as a direct callee; `args` are its outer, then own type arguments."""

    fn: FnInfo
    args: tuple[Type, ...]


@record(eq=False, slots=True)
class UseVariant:
    """A variant as a value (unit), a constructor or a pattern."""

    enum: EnumInfo
    index: int


@record(eq=False, slots=True)
class UseRecord:
    """A record's constructor or pattern."""

    record: RecordInfo


@record(eq=False, slots=True)
class UseMember:
    """`e.name` read as field `index` of a record or tuple."""

    index: int


@record(eq=False, slots=True)
class UseTrait:
    """A trait method of a type known only after monomorphisation."""

    trait: TraitInfo
    method: str
    self_type: Type
    trait_args: tuple[Type, ...]
    args: tuple[Type, ...]


@record(eq=False, slots=True)
class UseDyn:
    """A method of a `dyn` value: `index` in the table of all methods of its bounds."""

    index: int
    trait: TraitInfo
    method: str


@record(eq=False, slots=True)
class UseValue:
    """A call of a closure or function value."""


@record(eq=False, slots=True)
class UseHandler:
    """A message to an actor, or to whatever actor a type parameter stands for: tell when `reply` is None."""

    target: Type
    name: str
    reply: Type | None
    args: tuple[Type, ...] = ()
    """What the type parameters of the handler itself stand for."""


@record(eq=False, slots=True)
class UseLambda:
    """A message to a lambda actor; `reply` None for a tell."""

    reply: Type | None


@record(eq=False, slots=True)
class UseChild:
    """`sup.child`: the handle of a supervised child."""

    supervisor: SupervisorInfo
    index: int


@record(eq=False, slots=True)
class UseStep:
    """`machine.step(e)`, `machine.state_name()`, `machine.take_emits(e)`, and `emit E` by its name."""

    enum: EnumInfo
    name: str


@record(eq=False, slots=True)
class UseSpecial:
    """A method the compiler makes per type: clone, debug text ..."""

    name: str
    type: Type


Resolution = (
    UseLocal | UseField | UseConst | UseFn | UseVariant | UseRecord | UseMember | UseTrait | UseDyn | UseValue
    | UseHandler | UseLambda | UseChild | UseStep | UseSpecial
)  # fmt: skip


@record(eq=False, slots=True)
class Body:
    """One checked body: its parameters as locals, in order (the receiver first)."""

    params: list[Local]
    result: Type


@record(eq=False, slots=True)
class Closure:
    """One lambda, lambda actor, generator block or fork body: parameters and captured variables in first-use order."""

    params: list[Local]
    result: Type
    captures: list[Local] = field(default_factory=list)
    own: Local | None = None


@record(eq=False, slots=True)
class Lending:
    """A variable, or a field of the running actor, given to a `var` parameter of a function."""

    node: nodes.Expr
    lent: Local | ActorFieldInfo
    fn: FnInfo
    at: int


class Going(Enum):
    """What becomes of a variable where its value goes elsewhere."""

    SURELY = "it has no value any more"
    LAST = "nothing uses it again, so it need not keep a share"
    SHARED = "it is used again and keeps a share"


@record(eq=False, slots=True)
class Rule:
    """One transition of a machine: `me`, `whole` and `occasion` are `self`, `state` and `event` in its body."""

    node: nodes.TransitionDecl
    event: int
    sources: list[int]
    target: int | None
    width: int
    """How many states a wildcard stands for, 0 for a source that is named; the narrower rule is tried first."""
    me: Local
    whole: Local
    occasion: Local
    bound: list[tuple[int, Local]]


@record(eq=False, slots=True)
class SemanticModel:
    """Total answers about checked trees; keys are nodes, by identity."""

    types: dict[nodes.Node, Type] = field(default_factory=dict)
    uses: dict[nodes.Node, Resolution] = field(default_factory=dict)
    locals: dict[nodes.Node, Local] = field(default_factory=dict)
    bodies: dict[FnInfo, Body] = field(default_factory=dict)
    closures: dict[nodes.Node, Closure] = field(default_factory=dict)
    coercions: dict[nodes.Node, Type] = field(default_factory=dict)
    written: dict[nodes.Node, Type] = field(default_factory=dict)
    iterations: dict[nodes.Node, Resolution] = field(default_factory=dict)
    displays: dict[nodes.Node, Resolution] = field(default_factory=dict)
    inits: dict[ActorInfo, Body] = field(default_factory=dict)
    supervisors: dict[SupervisorInfo, Body] = field(default_factory=dict)
    machines: dict[MachineInfo, list[Rule]] = field(default_factory=dict)
    hooks: dict[nodes.Block, Local] = field(default_factory=dict)
    tests: list[FnInfo] = field(default_factory=list)
    exports: dict[str, FnInfo] = field(default_factory=dict)
    """What C may call, by the name it has there."""
    observed: dict[ActorInfo, dict[int, nodes.Node]] = field(default_factory=dict)
    """The fields that an actor's crash hook looks at."""
    fieldless: dict[FnInfo, None] = field(default_factory=dict)
    """Methods of actors that mention no field, themselves or through others."""
    lendings: list[Lending] = field(default_factory=list)
    copied: dict[nodes.Expr, None] = field(default_factory=dict)
    """Arguments that the called function changes, but nothing outside it may."""
    goings: dict[tuple[nodes.Node, Local], Going] = field(default_factory=dict)
    """By the node where a value goes, and the variable that had it or a part of it; of bodies that moves were checked in."""
    compared: dict[FnInfo, list[tuple[nodes.Binary, Type]]] = field(default_factory=dict)
    """Comparisons of values whose type has a type parameter inside, by function."""

    def type_of(self, node: nodes.Node) -> Type:
        """The type of a checked expression or pattern."""
        found = self.types.get(node)
        if found is None:
            raise CompilerBug(f"no type was recorded for {type(node).__name__}", node.span)
        return found

    def use_of(self, node: nodes.Node) -> Resolution:
        """The meaning of a checked name, call or pattern."""
        found = self.uses.get(node)
        if found is None:
            raise CompilerBug(f"no meaning was recorded for {type(node).__name__}", node.span)
        return found


__all__ = [
    "Body", "Closure", "Going", "Lending", "Local", "ParamInfo", "ParamType", "Resolution", "SemanticModel", "TraitRef", "UseChild",
    "UseConst", "UseDyn", "UseField", "UseFn", "UseHandler", "UseLambda", "UseLocal", "UseMember", "UseRecord",
    "UseSpecial", "UseStep", "UseTrait", "UseValue", "UseVariant", "VariantInfo",
]  # fmt: skip
