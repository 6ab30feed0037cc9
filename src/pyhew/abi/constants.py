"""Numbers that generated code and the C runtime must agree on.

In: nothing.  Out: offsets, sizes, flags, reserved type ids, trap codes, statuses.
`header.py` writes them into `abi.h`; `OFFSETS` and `SIZES` become static
assertions there against the C structs.
Assumed: a 64-bit target.
"""

from __future__ import annotations

from enum import IntEnum

# A block: header, then the payload.
BLOCK_COUNT = 16
BLOCK_TYPE = 20
BLOCK_PAYLOAD = 24
STRING_LENGTH = 24
STRING_CAPACITY = 32
STRING_BYTES = 40
VEC_LENGTH = 24
VEC_CAPACITY = 32
VEC_ELEMENTS = 40
OBJECT_TABLE = 24
OBJECT_CAPTURES = 32
FRAME_RESUME = 24
FRAME_DROP = 32
FRAME_DATA = 40
RC_WEAK = 24
RC_ELEMENT = 32

TYPE_ID_MASK = 0x00FFFFFF
FLAG_STATIC = 1 << 24
FLAG_RESOURCE = 1 << 25
FLAG_CLOSED = 1 << 26
FLAG_COPIED = 1 << 27

# The most elements of a Vec, also of one whose elements take no room; so that the sum of two indices is a number.
LONGEST = 1 << 61

# A message: header, then the payload.
MESSAGE_BLOCKS = 24
MESSAGE_SIZE = 56

# An actor: the stack guard first, the state behind the slot's header.
ACTOR_STACK_GUARD = 0
STATE_OFFSET = 128

DEFAULT_CAPACITY = 1024


class TypeKind(IntEnum):
    """What the payload of a block looks like."""

    STRING = 1
    VEC = 2
    BOX = 3
    RESOURCE = 4
    OBJECT = 5
    FRAME = 6
    RC = 7
    WEAK = 8
    HANDLE = 9
    MESSAGE = 10


class TypeId(IntEnum):
    """Block types of the runtime itself; the compiler's types start at FIRST_USER."""

    NONE = 0
    STRING = 1
    FRAME = 2
    REPLY = 3
    TIMER = 4
    SENDER = 5
    RECEIVER = 6
    WEAK = 7
    MESSAGE = 8
    LAMBDA = 9
    MONITOR = 10
    SCOPE = 11
    SOCKET = 12
    LISTENER = 13
    BYTES = 14
    STRINGS = 15
    FIRST_USER = 16


class TrapCode(IntEnum):
    """Why an activation was left."""

    PANIC = 201
    INTEGER_OVERFLOW = 202
    DIVIDE_BY_ZERO = 203
    SHIFT_OUT_OF_RANGE = 204
    INDEX_OUT_OF_BOUNDS = 205
    CHILD_NOT_LIVE = 206
    STACK_OVERFLOW = 207
    UNREACHABLE = 208
    OUT_OF_MEMORY = 209
    ASSERTION_FAILED = 210
    NOT_SENDABLE = 211
    STREAM_FAULT = 212
    KILLED = 213
    EXITED = 214
    MALFORMED_INPUT = 215
    MAILBOX_FULL = 216
    HEAP_EXCEEDED = 217


TRAP_NAMES: dict[TrapCode, str] = {
    TrapCode.PANIC: "Panic",
    TrapCode.INTEGER_OVERFLOW: "IntegerOverflow",
    TrapCode.DIVIDE_BY_ZERO: "DivideByZero",
    TrapCode.SHIFT_OUT_OF_RANGE: "ShiftOutOfRange",
    TrapCode.INDEX_OUT_OF_BOUNDS: "IndexOutOfBounds",
    TrapCode.CHILD_NOT_LIVE: "ChildNotLive",
    TrapCode.STACK_OVERFLOW: "StackOverflow",
    TrapCode.UNREACHABLE: "Unreachable",
    TrapCode.OUT_OF_MEMORY: "OutOfMemory",
    TrapCode.ASSERTION_FAILED: "AssertionFailed",
    TrapCode.NOT_SENDABLE: "NotSendable",
    TrapCode.STREAM_FAULT: "StreamFault",
    TrapCode.KILLED: "Killed",
    TrapCode.EXITED: "Exited",
    TrapCode.MALFORMED_INPUT: "MalformedInput",
    TrapCode.MAILBOX_FULL: "MailboxFull",
    TrapCode.HEAP_EXCEEDED: "HeapExceeded",
}


class AskStatus(IntEnum):
    """`hew_reply_status`: 0 is a value, the rest are variants of `AskError`."""

    VALUE = 0
    TIMEOUT = 5
    ACTOR_STOPPED = 9
    MAILBOX_FULL = 10
    ORPHANED_ASK = 11
    CANCELLED = 16
    LOCAL_SHUTDOWN = 17


class SendStatus(IntEnum):
    """`hew_actor_send`: 0 is accepted, the rest are variants of `SendError` plus one."""

    ACCEPTED = 0
    FULL = 1
    CLOSED = 2


class Figure(IntEnum):
    """`hew_figure`."""

    LIVE_BYTES = 0
    LIVE_BLOCKS = 1
    WORKERS = 2
    QUEUE_DEPTH = 3
    ACTORS = 4
    CRASHES = 5
    RESTARTS = 6
    TURNS = 7
    STEALS = 8
    PARKS = 9
    UNPARKS = 10
    RUNNABLE = 11
    SUSPENDED = 12
    BLOCKING = 13
    REGISTRATIONS = 14
    READY_EVENTS = 15
    ALLOCATIONS = 16
    FREES = 17
    SUSPENDS = 18
    RESUMES = 19


class ChannelState(IntEnum):
    """`hew_channel_poll`."""

    PENDING = 0
    ITEM = 1
    CLOSED = 2
    FAULT = 3


class FrameState(IntEnum):
    """What a frame's resume function returns."""

    WAITING = 0
    DONE = 1
    YIELDED = 2


class MailboxPolicy(IntEnum):
    """What happens to a message that finds the mailbox full."""

    BLOCK = 0
    DROP_NEW = 1
    DROP_OLD = 2
    FAIL = 3
    COALESCE = 4


class Strategy(IntEnum):
    """Which children of a supervisor restart together."""

    ONE_FOR_ONE = 0
    ONE_FOR_ALL = 1
    REST_FOR_ONE = 2
    SIMPLE_ONE_FOR_ONE = 3


class Restart(IntEnum):
    """When one child restarts."""

    PERMANENT = 0
    TRANSIENT = 1
    TEMPORARY = 2


class ActorFlag(IntEnum):
    """Bits of `hew_actor_type.flags`. IS_NATIVE: a supervisor, implemented in C. MUST_FINISH: a task that consumes
    something linear before it waits: until then nothing cancels it."""

    IS_NATIVE = 1
    MUST_FINISH = 2


class DownReason(IntEnum):
    """Why a monitored or linked actor ended; the variants of `DownReason`."""

    EXITED = 0
    CRASHED = 1
    MONITOR_LOST = 2
    LOCAL_SHUTDOWN = 3


class IoStatus(IntEnum):
    """`hew_status` after a call that can fail."""

    OK = 0
    NOT_FOUND = 1
    PERMISSION = 2
    EXISTS = 3
    INVALID = 4
    REFUSED = 5
    CLOSED = 6
    TIMED_OUT = 7
    CANCELLED = 8
    OTHER = 9
    AGAIN = 10


OFFSETS: tuple[tuple[str, str, int], ...] = (
    ("hew_block", "count", BLOCK_COUNT),
    ("hew_block", "type_flags", BLOCK_TYPE),
    ("hew_string", "length", STRING_LENGTH),
    ("hew_string", "capacity", STRING_CAPACITY),
    ("hew_string", "bytes", STRING_BYTES),
    ("hew_vec", "length", VEC_LENGTH),
    ("hew_vec", "capacity", VEC_CAPACITY),
    ("hew_vec", "elements", VEC_ELEMENTS),
    ("hew_object", "table", OBJECT_TABLE),
    ("hew_object", "captures", OBJECT_CAPTURES),
    ("hew_frame", "resume", FRAME_RESUME),
    ("hew_frame", "drop", FRAME_DROP),
    ("hew_frame", "data", FRAME_DATA),
    ("hew_rc", "weak", RC_WEAK),
    ("hew_rc", "element", RC_ELEMENT),
    ("hew_message", "blocks", MESSAGE_BLOCKS),
)

SIZES: tuple[tuple[str, int], ...] = (
    ("hew_block", BLOCK_PAYLOAD),
    ("hew_message", MESSAGE_SIZE),
    ("hew_guard", 16),
    ("hew_slot", 24),
    ("hew_type", 48),
)
