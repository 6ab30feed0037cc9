"""What lowering's functions share: the program being made, and the function being written.

In: `World` (checked).  Out: `Lowering` (instances of functions, actors, types), `Lower` (one body).
Assumed: `program.py` hands over the two functions that know every noun, so that no noun's file imports them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from pyhew.abi.functions import BY_NAME
from pyhew.check.model import Going, Local, SemanticModel
from pyhew.check.world import World
from pyhew.ir import ops
from pyhew.ir.ops import Block, Function, Handler, Module, Value
from pyhew.ir.types import NEVER, UNIT, FrameT, IrType, StructT, Use
from pyhew.lower.builder import Builder, Variable
from pyhew.lower.types import TypeLowering
from pyhew.source.diagnostics import CompilerBug
from pyhew.source.records import field, record
from pyhew.source.spans import Span
from pyhew.syntax import nodes
from pyhew.types import facts
from pyhew.types.model import UNIT as UNIT_TYPE
from pyhew.types.model import DynType, ParamType, Type, Var, has_vars, map_type, parts_of, prune, show
from pyhew.types.symbols import ActorInfo, FnInfo

MAX_INSTANCES = 10_000


class TooManyInstances(Exception):
    """Generic instantiation does not end; carries the function and the place."""
    def __init__(self, fn: FnInfo) -> None:
        super().__init__(fn.name)
        self.fn = fn


def _settle(ty: Type) -> None:
    """What nobody said of a type, as of the error of `Ok(1)`: nothing is ever done with a value of it, so it may be unit."""
    ty = prune(ty)
    if isinstance(ty, Var):
        ty.bound = UNIT_TYPE
    for part in parts_of(ty):
        _settle(part)


@record(eq=False, slots=True)
class Lowering:
    """The program being made: every instance once, bodies still to write in `todo`."""
    world: World
    module: Module
    types: TypeLowering
    expr_fn: ExprFn
    """Lowers any expression."""
    body_fn: BodyFn
    """Writes the body of an instance."""
    names: bool = False
    """Whether debuggers are told which value each variable holds."""
    instances: dict[tuple[object, ...], Function] = field(default_factory=dict)
    todo: list[Callable[[], None]] = field(default_factory=list)
    actors: dict[tuple[ActorInfo, tuple[Type, ...]], str] = field(default_factory=dict)
    made_handlers: dict[str, dict[tuple[object, ...], tuple[Handler, str | None]]] = field(default_factory=dict)
    """Instances of generic handlers, by actor, with what reads their key; they follow the other handlers."""
    derived: dict[tuple[object, ...], Function] = field(default_factory=dict)
    counters: dict[str, int] = field(default_factory=dict)

    @property
    def model(self) -> SemanticModel:
        """What the checker learnt."""
        return self.world.model

    def symbol(self, module: str, name: str, key: str) -> str:
        """A unique, readable name for object code."""
        digest = hashlib.blake2s(f"{module}|{name}|{key}".encode(), digest_size=4).hexdigest()
        base = f"hew.{module}.{name}.{digest}"
        count = self.counters.get(base, 0)
        self.counters[base] = count + 1
        return base if count == 0 else f"{base}.{count}"

    def new_function(self, symbol: str, shown: str, result: IrType) -> Function:
        """An empty function of the module."""
        fn = Function(symbol, [], [], result, shown=shown)
        self.module.functions[symbol] = fn
        return fn


@record(eq=False, slots=True)
class LoopTarget:
    """Where `break` and `continue` of an open loop go."""
    label: str | None
    exit: Block
    again: Block
    scope_depth: int
    result: Variable | None = None


@record(eq=False, slots=True)
class ScopeFrame:
    """An open block: resources to close at its end, deferred code.

    `forgotten`: the receiver of a resource's consuming method, which answers for it instead of `close`.
    """
    keeps: list[Variable] = field(default_factory=list)
    forgotten: Variable | None = None
    defers: list[nodes.Expr] = field(default_factory=list)
    scope: Variable | None = None
    deadline: nodes.Block | None = None
    join: Callable[[Lower, ScopeFrame], None] | None = None
    """Waits for the tasks of `scope`."""


@record(eq=False, slots=True)
class Loan:
    """A part of a variable that a pattern bound: both hold it."""
    source: nodes.Expr
    path: tuple[tuple[object, ...], ...] | None
    """From what `source` names; None if only one option of the pattern has it there."""
    seen: Value
    """What stood in the variable of `source`."""
    give: Callable[[nodes.Node], None]
    """Empties `source`."""


ExprFn = Callable[["Lower", nodes.Expr], Value]
BodyFn = Callable[["Lowering", FnInfo, Function, "dict[ParamType, Type]"], None]


class Lower:
    """One body: variables, open loops and scopes, how it returns."""
    def __init__(
        self, low: Lowering, fn: Function, subst: dict[ParamType, Type], outer: Lower | None = None
    ) -> None:
        self.low = low
        self.fn = fn
        self.subst = subst
        self.outer = outer
        self.b = Builder(fn, low.names)
        self.vars: dict[Local, Variable] = {}
        self.fields: list[Variable] | None = None
        self.actor: ActorInfo | None = None
        self.actor_symbol = ""
        self.loops: list[LoopTarget] = []
        self.scopes: list[ScopeFrame] = [ScopeFrame()]
        self.inouts: list[Variable] = []
        self.offered: set[Variable] = set()
        self.lent: dict[Variable, tuple[Variable, Variable]] = {}
        self.loans: dict[Variable, Loan] = {}
        self.taken: set[nodes.Expr] = set()
        self.captures: list[tuple[object, Variable]] = []
        self.capture_values: dict[Variable, Value] = {}
        self.env: Value | None = None
        self.env_struct: StructT | None = None
        self.capture_as_params = False
        self.result_type: Type | None = None
        self.own_lambda: Local | None = None
        self.state_parts: tuple[StructT, list[Variable]] | None = None
        self.return_hook: Callable[[Value], None] | None = None
        self.is_handler = False
        self.has_begun: Variable | None = None
        self.given_up_next: Block | None = None

    # ------------------------------------------------------------------ types

    @property
    def model(self) -> SemanticModel:
        """What the checker learnt."""
        return self.low.world.model

    def close(self, ty: Type) -> Type:
        """A surface type with this instance's arguments filled in."""
        made = self.low.world.normalise(map_type(self.low.world.normalise(map_type(ty, self.subst)), self.subst))
        if has_vars(made):
            _settle(made)
            made = map_type(made, None)
        return made

    def type_of(self, node: nodes.Node) -> Type:
        """The closed surface type of a node."""
        return self.close(self.model.type_of(node))

    def ir(self, ty: Type) -> IrType:
        """The IR type of a surface type."""
        return self.low.types.lower(self.close(ty))

    def ir_of(self, node: nodes.Node) -> IrType:
        """The IR type of a node's value."""
        return self.ir(self.model.type_of(node))

    # ------------------------------------------------------------------ expressions

    def expr(self, node: nodes.Expr) -> Value:
        """The value of an expression."""
        before = self.b.site
        self.b.site = node.span
        value = self.low.expr_fn(self, node)
        self.b.site = before
        return value

    # ------------------------------------------------------------------ variables

    def declare(self, local: Local, value: Value | None = None) -> Variable:
        """A variable of this body."""
        ty = self.close(local.type)
        shown = show(ty) if facts.is_pid(ty) else ""
        variable = Variable(local.name, self.low.types.lower(ty), local.node.span, shown)
        self.vars[local] = variable
        if value is not None:
            self.b.write(variable, value)
        if facts.is_kept(ty):
            self.scopes[-1].keeps.append(variable)
        return variable

    def temp(self, name: str, value: Value, site: Span | None = None) -> Variable:
        """A variable that is no local of the user; debuggers see it when `site` says where it was declared."""
        variable = Variable(name, value.type, site)
        self.b.write(variable, value)
        return variable

    def variable(self, local: Local) -> Variable:
        """The variable of a local, captured from outside when need be."""
        found = self.vars.get(local)
        if found is None:
            if self.outer is None:
                raise CompilerBug(f"`{local.name}` has no variable", local.node.span)
            found = self.capture(local, local.name, self.low.types.lower(self.close(local.type)), local.node.span)
            self.vars[local] = found
        return found

    def take_captures(self, captures: list[Local]) -> None:
        """What a task or generator has captured is its own: it lives to the end of the body."""
        for local in captures:
            variable = self.variable(local)
            if facts.is_kept(self.close(local.type)):
                self.scopes[0].keeps.append(variable)

    def field(self, index: int) -> Variable:
        """The variable of an actor's field, captured by value in closures."""
        if self.fields is not None:
            return self.fields[index]
        for key, variable in self.captures:
            if key == index:
                return variable
        if self.outer is None:
            raise CompilerBug("an actor field is used outside its actor")
        return self.capture(index, f"field{index}", self.outer.field(index).type)

    def capture(self, key: object, name: str, ty: IrType, site: Span | None = None) -> Variable:
        """A variable whose first value comes from the closure's environment or parameters."""
        variable = Variable(name, ty, site)
        index = len(self.captures)
        self.captures.append((key, variable))
        entry = self.b.entry
        if self.capture_as_params:
            value = Value(ty, name)
            self.fn.params.append(value)
            self.fn.modes.append(Use.CONSUME)
        else:
            assert self.env is not None and self.env_struct is not None
            self.env_struct.fields = (*self.env_struct.fields, ty)
            self.env_struct.field_names = (*self.env_struct.field_names, name)
            value = Value(ty, name)
            path = (("deref",), ("field", index))
            entry.ops.insert(0, ops.Op(ops.PROJECT, [self.env], [value], {"path": path}, None, self.b.site))
        if self.b.names and site is not None:
            place = 0 if self.capture_as_params else 1
            entry.ops.insert(place, ops.Op(ops.NAME, [value], [], {"name": name}, None, site))
        self.capture_values[variable] = value
        self.b.defs[entry].setdefault(variable, value)
        return variable

    def captured_values(self, inner: Lower, node: nodes.Node, lends: bool = False) -> list[Value]:
        """What the environment of `inner` is made of, read here at `node`; `lends`: sockets stay shared with it."""
        values = []
        for key, _ in inner.captures:
            if isinstance(key, Local):
                values.append(self.captured(key, node, lends))
            else:
                values.append(self.b.read(self.field(key)))  # type: ignore[arg-type]
        return values

    def captured(self, local: Local, node: nodes.Node, lends: bool = False) -> Value:
        """A variable's value for what captures it at `node`, which alone then decides when a scoped one ends."""
        variable = self.variable(local)
        value = self.b.read(variable)
        ty = self.close(local.type)
        going = self.model.goings.get((node, local))
        # Where moves were not checked a `dyn` stays to be used on both sides.
        goes = facts.is_kept(ty) and (going is not Going.SHARED if going is not None else not isinstance(prune(ty), DynType))
        is_own = self.capture_as_params or variable not in self.capture_values
        if is_own and goes and not (lends and facts.is_lent_to_closures(ty)):
            self.b.write(variable, self.b.zero(variable.type))
            self.is_given(variable, node)
        return value

    def is_given(self, variable: Variable, at: nodes.Node) -> None:
        """The value of a variable went away at a node: what had lent it to a pattern has it no longer."""
        if variable in self.loans:
            self.loans[variable].give(at)

    def write_back_captures(self) -> None:
        """Captured variables that changed go back into the environment."""
        if self.env is None:
            return
        for index, (_, variable) in enumerate(self.captures):
            value = self.b.read(variable)
            if value is not self.capture_values[variable]:
                path = (("deref",), ("field", index))
                self.b.op(ops.RC_REPLACE, [self.env, value], [variable.type], {"path": path})

    # ------------------------------------------------------------------ scopes

    def open_scope(self) -> ScopeFrame:
        """Enters a block."""
        frame = ScopeFrame()
        self.scopes.append(frame)
        return frame

    def close_scope(self) -> None:
        """Leaves a block at its end."""
        if self.b.is_open:
            self._leave(self.scopes[-1])
        self.scopes.pop()

    def leave_to(self, depth: int) -> None:
        """Runs what the blocks down to `depth` owe, on an early way out."""
        saved = self.scopes
        for index in range(len(saved) - 1, depth - 1, -1):
            self.scopes = saved[: index + 1]
            self._leave(saved[index])
        self.scopes = saved

    def _leave(self, frame: ScopeFrame) -> None:
        defers = frame.defers
        frame.defers = []
        for body in reversed(defers):
            self.expr(body)
            if self.b.is_open:
                self.runtime("hew_defer_close", [])
        frame.defers = defers
        if frame.scope is not None and frame.join is not None:
            frame.join(self, frame)
        self.end_resources(frame)

    def end_resources(self, frame: ScopeFrame) -> None:
        """Lets the resources of a block end here, the last one first."""
        for variable in reversed(frame.keeps):
            if variable is frame.forgotten:
                self.runtime("hew_resource_forget", [self.b.read(variable)])
            else:
                self.b.op(ops.KEEP, [self.b.read(variable)], [])

    def keep_all(self) -> None:
        """What ends with a scope lives to here, though control never leaves its scope: a trap or a loop without end."""
        for frame in self.scopes if self.b.is_open else ():
            held = [frame.scope] if frame.scope is not None else []
            for variable in (*held, *(keep for keep in frame.keeps if keep is not frame.forgotten)):
                self.b.op(ops.KEEP, [self.b.read(variable)], [])

    # ------------------------------------------------------------------ calls

    def call(self, callee: Function, args: list[Value]) -> tuple[Value, list[Value]]:
        """A direct call: the result and the successors of the inout arguments."""
        if callee.yields is not None:
            made = self.b.op(
                ops.GEN_NEW, args, [FrameT(callee.yields, UNIT)], {"callee": callee}, ops.call_modes(callee)
            )
            return made[0], []
        results: list[IrType] = [] if callee.result in (UNIT, NEVER) else [callee.result]
        head = len(results)
        results += [p.type for p, mode in zip(callee.params, callee.modes) if mode is Use.INOUT]
        values = self.b.op(ops.CALL, args, results, {"callee": callee}, ops.call_modes(callee))
        if callee.result is NEVER:
            self.keep_all()
            self.b.unreachable()
            self.b.dead()
            return self.b.unit(), values
        return (values[0] if head else self.b.unit()), values[head:]

    def runtime(self, name: str, args: list[Value], result: IrType | None = None) -> Value:
        """A call of a C function of the ABI table."""

        row = BY_NAME[name]
        values = self.b.op(
            ops.RUNTIME, args, [result] if result is not None else [], {"fn": row}, ops.runtime_modes(row)
        )
        return values[0] if values else self.b.unit()

    def is_dead(self) -> bool:
        """Whether control does not reach this point."""
        return not self.b.is_open




def instance_key(args: tuple[Type, ...]) -> str:
    """Type arguments as text."""
    return ",".join(show(a) for a in args)
