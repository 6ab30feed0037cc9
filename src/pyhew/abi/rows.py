"""The form of one row of the ABI table, and the C types that rows are made of.

In: nothing.  Out: `RuntimeFn`, its parameters and results, and the words that
`functions.py` writes rows with.
Assumed: every parameter says what happens to it; there is no default.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from pyhew.abi.ownership import Use
from pyhew.source.records import record


@record(frozen=True, slots=True)
class AbiType:
    """One type as C and as LLVM spell it."""

    c: str
    llvm: str


I32 = AbiType("int32_t", "i32")
U32 = AbiType("uint32_t", "i32")
I64 = AbiType("int64_t", "i64")
U64 = AbiType("uint64_t", "i64")
F64 = AbiType("double", "double")
PTR = AbiType("void *", "ptr")
CONST_PTR = AbiType("const void *", "ptr")
C_TEXT = AbiType("const char *", "ptr")
HANDLE = AbiType("hew_block *", "ptr")
MESSAGE = AbiType("hew_message *", "ptr")
BLOCK_LIST = AbiType("hew_block_list *", "ptr")
ACTOR = AbiType("hew_actor *", "ptr")
ACTOR_DESCRIPTOR = AbiType("const hew_actor_type *", "ptr")
SUPERVISOR_SPEC = AbiType("const hew_supervisor_spec *", "ptr")
PID = U64


class Mode(Enum):
    """What the C function does to one argument; a plain one has no owner."""

    PLAIN = "plain"
    BORROW = "borrow"
    CONSUME = "consume"
    INOUT = "inout"


_USES = {Mode.PLAIN: Use.BORROW, Mode.BORROW: Use.BORROW, Mode.CONSUME: Use.CONSUME, Mode.INOUT: Use.INOUT}


@record(frozen=True, slots=True)
class Param:
    """One parameter."""

    name: str
    type: AbiType
    mode: Mode


@record(frozen=True, slots=True)
class Result:
    """What comes back; an owned result is the caller's to consume."""

    type: AbiType
    is_owned: bool


@record(frozen=True, slots=True)
class RuntimeFn:
    """One C function of the runtime.

    An inout parameter's successor is the C result; such a row has no other
    result.  `params` includes the hidden `self` when `takes_self`; `uses` does not.
    """

    name: str
    params: tuple[Param, ...]
    result: Result | None
    doc: str
    is_noreturn: bool
    is_cold: bool
    is_pause: bool = False
    """Others may run meanwhile, but nothing changes that this actor's own code can see."""

    @property
    def takes_self(self) -> bool:
        """Whether the first C parameter is the running actor."""
        return bool(self.params) and self.params[0] is SELF

    @property
    def arguments(self) -> tuple[Param, ...]:
        """The parameters without the hidden actor."""
        return self.params[1:] if self.takes_self else self.params

    @property
    def uses(self) -> tuple[Use, ...]:
        """What happens to each argument; plain data counts as borrowed."""
        return tuple(_USES[param.mode] for param in self.arguments)

    @property
    def c_result(self) -> AbiType | None:
        """The type that the C function returns."""
        for param in self.params:
            if param.mode is Mode.INOUT:
                return param.type
        return self.result.type if self.result is not None else None


SELF = Param("self", ACTOR, Mode.PLAIN)


def plain(name: str, type: AbiType) -> Param:
    """A parameter that nobody owns."""
    return Param(name, type, Mode.PLAIN)


def borrow(name: str, type: AbiType = HANDLE) -> Param:
    """A parameter that stays the caller's."""
    return Param(name, type, Mode.BORROW)


def consume(name: str, type: AbiType = HANDLE) -> Param:
    """A parameter whose reference the callee ends."""
    return Param(name, type, Mode.CONSUME)


def inout(name: str, type: AbiType = HANDLE) -> Param:
    """A parameter that is consumed and comes back as the C result."""
    return Param(name, type, Mode.INOUT)


def owned(type: AbiType = HANDLE) -> Result:
    """A result that the caller must consume."""
    return Result(type, is_owned=True)


def value(type: AbiType) -> Result:
    """A result that nobody owns."""
    return Result(type, is_owned=False)


def runtime_fn(name: str, params: Sequence[Param], *, result: Result | None, doc: str) -> RuntimeFn:
    """A function that returns."""
    return RuntimeFn(name, tuple(params), result, doc, is_noreturn=False, is_cold=False)


def runtime_exit(name: str, params: Sequence[Param], *, doc: str) -> RuntimeFn:
    """A function that leaves the activation and never returns."""
    return RuntimeFn(name, tuple(params), None, doc, is_noreturn=True, is_cold=True)


def runtime_pause(name: str, params: Sequence[Param], *, doc: str) -> RuntimeFn:
    """A function that lets others run and leaves the caller's memory as it was; it may not return."""
    return RuntimeFn(name, tuple(params), None, doc, is_noreturn=False, is_cold=True, is_pause=True)
