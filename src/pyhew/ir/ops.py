"""The operation table: every operation, what it does to each operand, what it yields.

In: nothing.  Out: `OPS`, one `OpKind` per operation; `Op`, `Value`, `Block`,
`Function`, `Module`.
The `modes` of a kind give one letter per operand: `b` borrow, `c` consume,
`i` inout (consumed; its successor is appended to the results), `p` plain data;
a final `*` repeats the last letter.  `dynamic` kinds take their modes from the
callee (`Op.modes`).  No kind has a default.
Assumed: results are owned exactly when their type owns heap; a function's borrow
parameters are the only values of an owning type that are not owned.
"""

from __future__ import annotations

from pyhew.abi.rows import RuntimeFn
from pyhew.ir.types import IrType, Signature, StructT, TypeTable, Use
from pyhew.source.diagnostics import CompilerBug
from pyhew.source.records import field, record
from pyhew.source.spans import Span


@record(frozen=True, slots=True)
class OpKind:
    """One row of the table."""

    name: str
    modes: str
    attrs: tuple[str, ...]
    doc: str
    dynamic: bool = False


def _row(name: str, modes: str, attrs: str, doc: str, *, dynamic: bool = False) -> OpKind:
    return OpKind(name, modes, tuple(attrs.split()), doc, dynamic)


# Plain data.
CONST = _row("const", "", "value", "integer, float or bool; the result's type says which")
ZERO = _row("zero", "", "", "the all-zero value of any type: number 0, empty collection, first variant")
STRING_LITERAL = _row("string", "", "text", "a static string block")
BYTES_LITERAL = _row("bytes", "", "data", "a fresh `Vec<u8>` with these bytes")
ARITH = _row("arith", "pp", "op policy", "add sub mul div rem and or xor shl shr; policy trap or wrap")
OVERFLOWING = _row("overflowing", "pp", "op", "add sub mul: results are the wrapped value and whether it overflowed")
COMPARE = _row("compare", "pp", "predicate", "eq ne lt le gt ge on scalars of one type; result bool")
CONVERT = _row("convert", "p", "", "numeric `as`: truncates, extends, saturates float to int, NaN to 0")
BITCAST = _row("bitcast", "p", "", "same width, other kind: f64 to u64")
NEGATE = _row("negate", "p", "policy", "arithmetic minus; policy trap or wrap")
NOT = _row("not", "p", "", "bool not, or all bits of an integer")
MATH = _row("math", "p*", "name", "sqrt floor ceil round trunc fabs pow exp log sin cos tan ...")
TRAP_IF = _row("trap_if", "p", "code", "traps when the bool is true")

# Inline aggregates.
PACK = _row("pack", "c*", "", "parts to struct or tuple")
UNPACK = _row("unpack", "c", "", "struct or tuple to all of its parts")
VARIANT = _row("variant", "c*", "index", "payload to enum")
TAG = _row("tag", "bp*", "path", "the index, as i32, of the variant that stands at the place")
FROM_TAG = _row("from_tag", "p", "", "an enum without payloads from the index of its variant")
UNVARIANT = _row("unvariant", "c", "index", "enum known to hold variant `index` to its payload")

# Places: `path` is a tuple of steps from the root operand inward:
# ("field", k) ("elem",) ("payload", variant, k) ("deref",); each `elem` takes the next index operand and traps
# when it is out of bounds; `deref` goes through Box, Resource, Rc and Env.  `proved` says of how many elements on the way
# that is not to be asked: they are there and, where the root is changed, unshared.
PROJECT = _row("project", "bp*", "path", "an independent copy of what stands there")
LEND = _row("lend", "bp*", "path", "what stands there, borrowed as long as the value lives; made by `lend_parts`")
REPLACE = _row("replace", "icp*", "path", "puts the new value there; results are the old value and the root")
TAKE = _row("take", "ip*", "path", "moves the value out, leaving zero; results are the value and the root")
PUT = _row("put", "icp*", "path", "puts a value where `take` left zero; result is the root")
INSIDE = _row("inside", "bp*", "path alone", "whether the last operand is no more than the length of the Vec at the path, nor negative; `alone`: no block on the way is shared")

# Vec.
VEC_LEN = _row("vec_len", "b", "", "i64")
VEC_ROOM = _row("vec_room", "b", "", "i64: how many elements it takes as it is, none while it is shared")
VEC_RESERVE = _row("vec_reserve", "ip", "", "room for so many more elements")
VEC_PUSH = _row("vec_push", "ic", "", "appends; `proved`: there is room")
VEC_POP = _row("vec_pop", "i", "", "results are the last element and the Vec; traps when empty")
VEC_INSERT = _row("vec_insert", "ipc", "", "index, element; traps when out of bounds")
VEC_REMOVE = _row("vec_remove", "ip", "", "results are the element and the Vec; traps when out of bounds")

# Other heap values.
BOX = _row("box", "c", "", "value to Box")
UNBOX = _row("unbox", "c", "", "Box to value: moved when unique, else copied")
RESOURCE_NEW = _row("resource_new", "c", "", "struct to Resource")
RESOURCE_CLOSE = _row("resource_close", "c", "", "runs `close` now unless it ran; the reference is gone")
RC_NEW = _row("rc_new", "c", "", "value to Rc")
RC_REPLACE = _row("rc_replace", "bcp*", "path", "writes through Rc or Env (all owners see it); result is the old value")
WEAK_NEW = _row("weak_new", "b", "", "Rc to Weak")
WEAK_UPGRADE = _row("weak_upgrade", "b", "", "results are the Rc (null when gone) and whether it lives")
OBJECT = _row("object", "c*", "table captures", "captures to ObjectT; `table` names one function per method")

# Calls.
CALL = _row("call", "", "callee", "results: the value (absent when unit or never), then inout successors; `inline`: written out here", dynamic=True)
CALL_OBJECT = _row("call_object", "", "method", "the object (borrowed), then arguments; results as `call`", dynamic=True)
RUNTIME = _row("runtime", "", "fn", "a C function of the ABI table", dynamic=True)
EXTERN_CALL = _row("extern", "p*", "symbol", "a foreign C function, without a symbol that at the first operand; `fixed`: how many arguments a variadic one always has")
C_ENTRY = _row("c_entry", "", "callee", "pointer to the C function that calls a function of this module")

# Ownership made visible; only `insert_drops`, `make_glue` and `split_suspends` create copy and drop.
COPY = _row("copy", "b", "", "one more owner")
DROP = _row("drop", "c", "", "one owner less")
KEEP = _row("keep", "b", "", "a use that does nothing: the value lives at least to here")
OWN = _row("own", "c", "", "the same value, with an owner that lasts until it is dropped: nothing lends it, and who counts its owners counts this one")
NAME = _row("name", "b", "name", "for debuggers: the variable declared with this name at the op's site holds the value; `shown`: its type, when the value is a bare number")

# Suspension.
SUSPEND = _row("suspend", "", "", "gives the worker back until something wakes this actor; `is_polite`: may be left out")
GIVEN_UP = _row("given_up", "", "", "bool: the actor was stopped in the wait just before; made plain by `split_suspends`")
YIELD = _row("yield", "c", "", "hands a value to the consumer of this generator, then waits for the next request")
GEN_NEW = _row("gen_new", "", "callee", "arguments to a generator that has not started", dynamic=True)
GEN_NEXT = _row("gen_next", "b", "", "results are whether there was a value, and it (zero when not)")
FRAME_START = _row("frame_start", "", "callee", "runs to the first wait: its frame, null when it ended, and bool: it ended", dynamic=True)
FRAME_POLL = _row("frame_poll", "b", "", "runs the frame until it waits or ends; bool: it ended")
FRAME_TAKE = _row("frame_take", "c", "callee", "the results of the ended call, of whom a null frame left them")
GEN_RESUME = _row("gen_resume", "b", "", "runs a generator; i32: 0 it waits, 1 it ended, 2 it yielded")
GEN_TAKE = _row("gen_take", "bp", "", "generator and whether it yielded; the value, or zero")

# Actors.
MESSAGE_NEW = _row("message", "c*", "handler", "arguments moved out of this actor's heap into a message")
MESSAGE_ARGS = _row("message_args", "p", "", "the payload of the message being handled, as owned values")
MESSAGE_TAKE = _row("message_take", "c", "", "a message received from a channel to its values")
ASK = _row("ask", "pc", "reply", "pid and message to a reply cell; `reply` is the type of the answer")
FORK = _row("fork", "bc", "actor reply", "scope, message to the reply cell of a new task, a hidden actor of this type")
REPLY_VALUE = _row("reply_value", "b", "", "the value of a reply cell that has one; once")
REPLY = _row("reply", "c", "", "answers the ask being handled; ignored for a tell")
STATE_LOAD = _row("state_load", "", "", "the actor's state, moved out of its slot")
STATE_STORE = _row("state_store", "c", "", "the actor's state, moved into its slot")
ACTOR_TYPE = _row("actor_type", "", "actor", "pointer to the descriptor of an actor type or supervisor")

OPS: tuple[OpKind, ...] = (
    CONST, ZERO, STRING_LITERAL, BYTES_LITERAL, ARITH, OVERFLOWING, COMPARE, CONVERT, BITCAST, NEGATE, NOT, MATH,
    TRAP_IF, PACK, UNPACK, VARIANT, TAG, FROM_TAG, UNVARIANT, PROJECT, LEND, REPLACE, TAKE, PUT, INSIDE, VEC_LEN,
    VEC_ROOM, VEC_RESERVE, VEC_PUSH, VEC_POP, VEC_INSERT, VEC_REMOVE, BOX, UNBOX, RESOURCE_NEW, RESOURCE_CLOSE, RC_NEW, RC_REPLACE, WEAK_NEW,
    WEAK_UPGRADE, OBJECT, CALL, CALL_OBJECT, RUNTIME, EXTERN_CALL, C_ENTRY, COPY, DROP, KEEP, OWN, NAME, SUSPEND, GIVEN_UP, YIELD, GEN_NEW,
    GEN_NEXT, FRAME_START, FRAME_POLL, FRAME_TAKE, GEN_RESUME, GEN_TAKE, MESSAGE_NEW, MESSAGE_ARGS,
    MESSAGE_TAKE, ASK, FORK, REPLY_VALUE, REPLY, STATE_LOAD, STATE_STORE, ACTOR_TYPE,
)  # fmt: skip

_USE = {"b": Use.BORROW, "c": Use.CONSUME, "i": Use.INOUT, "p": Use.BORROW}


class Value:
    """One SSA value: a parameter, a block parameter or the result of an operation."""

    __slots__ = ("is_borrowed", "name", "type")

    def __init__(self, type: IrType, name: str = "", is_borrowed: bool = False) -> None:
        self.type = type
        self.name = name
        self.is_borrowed = is_borrowed


class Op:
    """One operation; `modes` is parallel to `operands`; `fn` holds callee, signature or runtime row."""

    __slots__ = ("attrs", "kind", "modes", "operands", "results", "site")

    def __init__(
        self,
        kind: OpKind,
        operands: list[Value],
        results: list[Value],
        attrs: dict[str, object] | None = None,
        modes: tuple[Use, ...] | None = None,
        site: Span | None = None,
    ) -> None:
        self.kind = kind
        self.operands = operands
        self.results = results
        self.attrs = attrs if attrs is not None else {}
        self.modes = modes if modes is not None else fixed_modes(kind, len(operands))
        self.site = site

    def uses(self) -> tuple[tuple[Value, Use], ...]:
        """Each operand with what happens to it."""
        return tuple(zip(self.operands, self.modes, strict=True))


def fixed_modes(kind: OpKind, count: int) -> tuple[Use, ...]:
    """The uses of a kind whose modes do not depend on a callee, for `count` operands."""
    letters = kind.modes
    if letters.endswith("*"):
        head = letters[:-2]
        letters = head + letters[-2] * (count - len(head))
    return tuple(_USE[letter] for letter in letters)


# --------------------------------------------------------------------------- terminators


class Edge:
    """A successor block and the arguments for its parameters."""

    __slots__ = ("args", "block")

    def __init__(self, block: Block, args: list[Value] | None = None) -> None:
        self.block = block
        self.args = args if args is not None else []


class Branch:
    """Goes to one block."""

    __slots__ = ("edge", "site")

    def __init__(self, edge: Edge, site: Span | None = None) -> None:
        self.edge = edge
        self.site = site


class CondBranch:
    """Two ways on a bool."""

    __slots__ = ("condition", "otherwise", "site", "then")

    def __init__(self, condition: Value, then: Edge, otherwise: Edge, site: Span | None = None) -> None:
        self.condition = condition
        self.then = then
        self.otherwise = otherwise
        self.site = site


class Switch:
    """Many ways on an integer; `default` None means the cases are complete."""

    __slots__ = ("cases", "default", "site", "value")

    def __init__(
        self, value: Value, cases: list[tuple[int, Edge]], default: Edge | None, site: Span | None = None
    ) -> None:
        self.value = value
        self.cases = cases
        self.default = default
        self.site = site


class Return:
    """Ends the function: the result (absent when unit), then one successor per inout parameter, in order."""

    __slots__ = ("site", "values")

    def __init__(self, values: list[Value], site: Span | None = None) -> None:
        self.values = values
        self.site = site


class Trap:
    """Leaves the actor; `code` is a trap name; a `message` string is consumed (panic)."""

    __slots__ = ("code", "message", "site")

    def __init__(self, code: str, message: Value | None = None, site: Span | None = None) -> None:
        self.code = code
        self.message = message
        self.site = site


class Unreachable:
    """After a call that does not return."""

    __slots__ = ("site",)

    def __init__(self, site: Span | None = None) -> None:
        self.site = site


class Suspend:
    """Waits: `resume` when polled again, `drop` when abandoned; made by split_suspends only.

    `status` is 0 for waiting, 2 for a yielded value standing in the frame.
    """

    __slots__ = ("drop", "resume", "site", "status")

    def __init__(self, resume: Edge, drop: Edge, status: int = 0, site: Span | None = None) -> None:
        self.resume = resume
        self.drop = drop
        self.status = status
        self.site = site


class Done:
    """Ends a drop path of a suspended function."""

    __slots__ = ("site",)

    def __init__(self, site: Span | None = None) -> None:
        self.site = site


Terminator = Branch | CondBranch | Switch | Return | Trap | Unreachable | Suspend | Done


def edges(terminator: Terminator | None) -> tuple[Edge, ...]:
    """Every way out of a block."""
    match terminator:
        case Branch():
            return (terminator.edge,)
        case CondBranch():
            return (terminator.then, terminator.otherwise)
        case Switch():
            ways = tuple(edge for _, edge in terminator.cases)
            return ways if terminator.default is None else (*ways, terminator.default)
        case Suspend():
            return (terminator.resume, terminator.drop)
        case _:
            return ()


class Block:
    """Parameters, operations, one terminator.

    `carried` is a bit mask over `Function.carriers`: the owned values of dominating
    blocks that arrive here under their own names; every edge into the block hands them over.
    `is_brief`: a loop that begins here ends after so few rounds that it needs no safepoint.
    """

    __slots__ = ("carried", "is_brief", "name", "ops", "params", "terminator")

    def __init__(self, name: str) -> None:
        self.name = name
        self.params: list[Value] = []
        self.ops: list[Op] = []
        self.terminator: Terminator | None = None
        self.carried = 0
        self.is_brief = False


# --------------------------------------------------------------------------- containers


@record(eq=False, slots=True)
class Function:
    """One monomorphic function.

    `params` and `modes` are parallel; inout parameters yield successors at each
    return.  A code function of an object has its `EnvT` first, borrowed.
    `yields` is the item type of a generator, else None.  `blocks[0]` is the entry
    and has no parameters.  `symbol` is its name in object code, `shown` in tools.
    `suspends` is set by `split_suspends`: the function is called through a frame.
    `carriers` are the owned values that live across blocks, set by `insert_drops`.
    `c_name` names the C function that calls it for whichever actor runs on the thread; empty when C does not call it.
    """

    symbol: str
    params: list[Value]
    modes: list[Use]
    result: IrType
    blocks: list[Block] = field(default_factory=list)
    shown: str = ""
    yields: IrType | None = None
    site: Span | None = None
    always_inline: bool = False
    exported: bool = False
    is_std: bool = False
    suspends: bool = False
    c_name: str = ""
    carriers: list[Value] = field(default_factory=list)


@record(slots=True)
class Handler:
    """One message of an actor type: `wrapper` is a function `(ptr payload)` that loads, calls, stores, replies."""

    name: str
    wrapper: str
    payload: tuple[IrType, ...]
    reply: IrType | None
    every: int | None = None


@record(slots=True)
class MailboxSpec:
    """Capacity and overflow policy; `keys` names, per handler, the function from payload to u64 of coalesce."""

    capacity: int
    policy: str
    keys: tuple[str | None, ...]
    fallback: str | None


@record(slots=True)
class ActorDef:
    """One actor type: handler 0 is `init`; the hooks are symbols of plain functions or None."""

    symbol: str
    name: str
    state: StructT
    handlers: list[Handler]
    drop_state: str
    on_stop: str | None = None
    on_crash: str | None = None
    on_down: str | None = None
    on_exit: str | None = None
    mailbox: MailboxSpec | None = None
    max_heap: int = 0
    """Bytes that its blocks may take, 0 without a limit."""
    must_finish: bool = False
    """A task that consumes something linear before it waits: until then nothing cancels it."""


@record(slots=True)
class ChildDef:
    """One child of a supervisor; `start` is a function that builds the child's state from the supervisor's arguments."""

    name: str
    actor: str
    is_supervisor: bool
    start: str
    restart: str
    shutdown: int
    wired_to: tuple[tuple[int, int], ...]
    is_pool: bool
    count: str | None = None


@record(slots=True)
class SupervisorDef:
    """One supervisor type; `shutdown` of a child is in nanoseconds, -1 infinity, 0 brutal kill."""

    symbol: str
    name: str
    strategy: str
    intensity: int
    window: int
    children: list[ChildDef]
    params: tuple[IrType, ...]


@record(slots=True)
class Module:
    """A whole program: `main` is the actor whose handler 0 runs `main`."""

    types: TypeTable = field(default_factory=TypeTable)
    functions: dict[str, Function] = field(default_factory=dict)
    actors: dict[str, ActorDef] = field(default_factory=dict)
    supervisors: dict[str, SupervisorDef] = field(default_factory=dict)
    main: str = ""


def carried_values(fn: Function, block: Block) -> list[Value]:
    """The owned values that arrive in a block under their own names, in order of definition."""
    mask, out = block.carried, []
    while mask:
        low = mask & -mask
        out.append(fn.carriers[low.bit_length() - 1])
        mask ^= low
    return out


def callee_of(op: Op) -> Function:
    """The function that a `call`, `gen_new`, `frame_start` or `c_entry` names."""
    fn = op.attrs["callee"]
    if not isinstance(fn, Function):
        raise CompilerBug(f"{op.kind.name} names no function", op.site)
    return fn


def call_modes(callee: Function) -> tuple[Use, ...]:
    """The modes of a `call` of `callee`."""
    return tuple(callee.modes)


def object_modes(signature: Signature) -> tuple[Use, ...]:
    """The modes of a `call_object`: the object is borrowed."""
    return (Use.BORROW, *(use for _, use in signature.params))


def runtime_modes(row: RuntimeFn) -> tuple[Use, ...]:
    """The modes of a `runtime` operation, from the ABI table."""
    return row.uses
