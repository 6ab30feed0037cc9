"""Every C function that generated code may call, with the ownership of each argument.

In: nothing.  Out: one constant per function, `FUNCTIONS`, `BY_NAME`.
`header.py` writes these rows as C prototypes, `llvm.py` as declarations; the
ownership verifier of the IR reads `uses` and `result`.
Assumed: positions in strings are bytes unless the name says codepoint; durations
and instants are nanoseconds; a pid is (index, generation), 0 for nobody; a
function that can fail leaves an `IoStatus` behind for `hew_status`.
"""

from __future__ import annotations

from pyhew.abi.rows import (
    ACTOR,
    ACTOR_DESCRIPTOR,
    BLOCK_LIST,
    C_TEXT,
    F64,
    HANDLE,
    I32,
    I64,
    MESSAGE,
    PID,
    PTR,
    SELF,
    SUPERVISOR_SPEC,
    U32,
    U64,
    RuntimeFn,
    borrow,
    consume,
    inout,
    owned,
    plain,
    runtime_exit,
    runtime_fn,
    runtime_pause,
    value,
)

# Blocks.
BLOCK_NEW = runtime_fn("hew_block_new", [SELF, plain("type_id", U32), plain("payload_size", U64)], result=owned(),
                       doc="a block of this actor, count 1, payload zeroed")
RETAIN = runtime_fn("hew_retain", [borrow("block")], result=None, doc="count + 1; null and static blocks pass")
RELEASE = runtime_fn("hew_release", [SELF, consume("block")], result=None, doc="count - 1; at zero closes and frees")
UNIQUE = runtime_fn("hew_unique", [SELF, inout("block")],
                    result=None, doc="the block itself when unshared, else a copy")
DETACH = runtime_fn("hew_detach", [SELF, plain("into", BLOCK_LIST), consume("block")], result=owned(),
                    doc="moves a value out of this actor into a list, copying what is shared")
DEEP_COPY = runtime_fn("hew_deep_copy", [SELF, borrow("block")], result=owned(),
                       doc="an independent copy; only reads, so the block may belong to another actor at rest")
RESOURCE_CLOSE = runtime_fn("hew_resource_close", [SELF, consume("resource")], result=None,
                            doc="closes now unless closed; resources inside count as closed by it")
RESOURCE_FORGET = runtime_fn("hew_resource_forget", [SELF, consume("resource")], result=None,
                             doc="the reference is gone and `close` never runs: a method of the type took care of it")
WEAK_NEW = runtime_fn("hew_weak_new", [SELF, borrow("rc")], result=owned(), doc="the weak handle of an Rc")
WEAK_UPGRADE = runtime_fn("hew_weak_upgrade", [SELF, borrow("weak")],
                          result=owned(), doc="the Rc, null when it is gone")
RC_STRONG_COUNT = runtime_fn("hew_rc_strong_count", [borrow("rc")], result=value(I64), doc="owners")
RC_WEAK_COUNT = runtime_fn("hew_rc_weak_count", [borrow("rc")], result=value(I64), doc="weak handles")
RC_SAME = runtime_fn("hew_rc_same", [borrow("left"), borrow("right")], result=value(I32), doc="1 when both own one cell")
FRAME_NEW = runtime_fn(
    "hew_frame_new", [SELF, plain("resume", PTR), plain("drop", PTR), plain("data_size", U64)], result=owned(),
    doc="a frame block; data starts at HEW_FRAME_DATA, zeroed")  # fmt: skip
VEC_RESERVE = runtime_fn(
    "hew_vec_reserve", [SELF, inout("vec"), plain("additional", I64), plain("type_id", U32)], result=None,
    doc="unique, with room for so many more; makes one from null")  # fmt: skip
VEC_WITH_CAPACITY = runtime_fn("hew_vec_with_capacity", [SELF, plain("type_id", U32), plain("capacity", I64)],
                               result=owned(), doc="an empty Vec; null when the capacity is 0")

RUNNING = runtime_fn("hew_running_actor", [], result=value(ACTOR),
                     doc="whose code runs on this thread: for functions that C calls; ends the process when no actor runs")

# Leaving.
SAFEPOINT = runtime_pause("hew_safepoint", [SELF], doc="the stack pointer is below the guard: why?")
TRAP = runtime_exit(
    "hew_trap", [SELF, plain("code", I32), plain("file", C_TEXT), plain("line", I32), plain("column", I32)],
    doc="a compiled check failed")  # fmt: skip
TRAP_MESSAGE = runtime_exit(
    "hew_trap_message", [SELF, plain("code", I32), consume("message")],
    doc="INDEX_OUT_OF_BOUNDS prints `PANIC: message` and exits 134, ASSERTION_FAILED ends the process with 134")
PANIC = runtime_exit("hew_panic", [SELF, consume("message")], doc="`panic(message)`")
EXIT = runtime_exit("hew_exit", [SELF, plain("code", I64)],
                    doc="ends the process with this code after a clean shutdown")
SET_EXIT_CODE = runtime_fn("hew_set_exit_code", [SELF, plain("code", I64)], result=None, doc="what `main` returned")
STATUS = runtime_fn("hew_status", [SELF], result=value(I32), doc="the IoStatus of this actor's last fallible call")

ERROR_NUMBER = runtime_fn("hew_error_number", [SELF],
                          result=value(I64), doc="the system's errno behind the status, or 0")
BLOCKING_BEGIN = runtime_fn("hew_blocking_begin", [SELF], result=None,
                            doc="foreign code that may block comes: after 2 ms others get the worker")
BLOCKING_END = runtime_fn("hew_blocking_end", [SELF], result=None, doc="it is over; waits for a worker if need be")

# Messages and actors.
MESSAGE_NEW = runtime_fn("hew_message_new", [SELF, plain("handler", U32), plain("payload_size", U64)],
                         result=owned(MESSAGE), doc="payload at HEW_MESSAGE_SIZE, zeroed")
MESSAGE_FREE = runtime_fn("hew_message_free", [SELF, consume("message", MESSAGE)], result=None,
                          doc="drops an undelivered message: its asker is told, its values are released")
MESSAGE_OPEN = runtime_fn("hew_message_open", [SELF, borrow("message", MESSAGE)], result=value(PTR),
                          doc="moves the values into this actor; the payload to read them from")
MESSAGE_FREE_SHELL = runtime_fn("hew_message_free_shell", [SELF, consume("message", MESSAGE)], result=None,
                                doc="frees a message whose values were taken")
ACTOR_SPAWN = runtime_fn("hew_actor_spawn", [SELF, plain("type", ACTOR_DESCRIPTOR), consume("init", MESSAGE)],
                         result=value(PID), doc="a new actor whose first message is `init`")
ACTOR_SEND = runtime_fn("hew_actor_send", [SELF, plain("target", PID), consume("message", MESSAGE)], result=value(I32),
                        doc="never waits: overshoots a `block` mailbox; SendStatus")
ACTOR_TELL = runtime_fn(
    "hew_actor_tell", [SELF, plain("target", PID), consume("message", MESSAGE)], result=value(I32),
    doc="traps when a `fail` mailbox is full; 1 when the sender must wait: it runs again when there is room")
MESSAGE_IS_HELD = runtime_fn("hew_message_is_held", [borrow("message", MESSAGE)], result=value(I32),
                             doc="1 when a try_send gave the message back")
ACTOR_ASK = runtime_fn(
    "hew_actor_ask", [SELF, plain("target", PID), consume("message", MESSAGE), plain("reply_size", U64)],
    result=owned(), doc="a reply cell")  # fmt: skip
ACTOR_SELF = runtime_fn("hew_actor_self", [SELF], result=value(PID), doc="this actor's pid")
ACTOR_IS_ALIVE = runtime_fn("hew_actor_is_alive", [plain("target", PID)], result=value(I32), doc="not yet terminal")
ACTOR_STOP = runtime_fn("hew_actor_stop", [SELF, plain("target", PID)],
                        result=None, doc="stops it behind what is queued")
ACTOR_STOP_ASK = runtime_fn("hew_actor_stop_ask", [SELF, plain("target", PID)], result=owned(),
                            doc="stops it behind what is queued; the cell is decided when it is gone")
ACTOR_KILL = runtime_fn("hew_actor_kill", [SELF, plain("target", PID)], result=None, doc="at its next safepoint")
LAMBDA_NEW = runtime_fn("hew_lambda_new", [SELF, plain("target", PID)], result=owned(),
                        doc="a strong handle; with the last one the actor drains and stops")
LAMBDA_PID = runtime_fn("hew_lambda_pid", [borrow("lambda")], result=value(PID), doc="whom a strong handle names")
REPLY_POLL = runtime_fn("hew_reply_poll", [SELF, borrow("cell")],
                        result=value(I32), doc="1 decided; 0 will wake this actor")
REPLY_STATUS = runtime_fn("hew_reply_status", [borrow("cell")], result=value(I32), doc="AskStatus of a decided cell")
REPLY_VALUE = runtime_fn("hew_reply_value", [SELF, borrow("cell")], result=value(PTR),
                         doc="moves the value into this actor, once; its bytes")
REPLY_DEADLINE = runtime_fn("hew_reply_deadline", [SELF, borrow("cell"), plain("nanoseconds", I64)], result=None,
                            doc="decides the cell as TIMEOUT then")
REPLY_BEGIN = runtime_fn("hew_reply_begin", [SELF, plain("size", U64)], result=value(PTR),
                         doc="where the reply goes; null when nobody asks")
REPLY_BLOCKS = runtime_fn("hew_reply_blocks", [SELF], result=value(BLOCK_LIST), doc="the list for the reply's blocks")
REPLY_SEND = runtime_fn("hew_reply_send", [SELF], result=None, doc="decides the asker's cell")

# Waiting.
TIMER_START = runtime_fn("hew_timer_start", [SELF, plain("nanoseconds", I64)], result=owned(), doc="from now")
TIMER_UNTIL = runtime_fn("hew_timer_until", [SELF, plain("instant", I64)], result=owned(), doc="at a monotonic instant")
TIMER_POLL = runtime_fn("hew_timer_poll", [SELF, borrow("timer")],
                        result=value(I32), doc="1 passed; 0 will wake this actor")
CHANNEL_NEW = runtime_fn("hew_channel_new", [SELF, plain("capacity", I64)], result=owned(), doc="the first sender")
CHANNEL_RECEIVER = runtime_fn("hew_channel_receiver", [SELF, borrow("sender")],
                              result=owned(), doc="the receiver, once")
CHANNEL_GUARD = runtime_fn("hew_channel_guard", [SELF, borrow("sender")], result=None,
                           doc="a crash of this actor shows as FAULT at the receiver, not as CLOSED")
CHANNEL_CLONE = runtime_fn("hew_channel_clone", [SELF, borrow("sender")], result=owned(), doc="one more sender")
CHANNEL_TRY_SEND = runtime_fn(
    "hew_channel_try_send", [SELF, borrow("sender"), inout("message", MESSAGE)], result=None,
    doc="as hew_actor_try_send; status CLOSED when the receiver is gone")
CHANNEL_POLL = runtime_fn("hew_channel_poll", [SELF, borrow("receiver")], result=value(I32),
                          doc="ChannelState; PENDING will wake this actor")
SELECT_CLOSED = runtime_fn("hew_select_closed", [SELF, plain("arms", U64)], result=value(I32),
                           doc="of the arms in the set, which is not empty, the one whose turn it is; then it is another's")
CHANNEL_TAKE = runtime_fn("hew_channel_take", [SELF, borrow("receiver")], result=owned(MESSAGE), doc="after ITEM")
CHANNEL_CLOSE = runtime_fn("hew_channel_close", [SELF, borrow("end")], result=None, doc="this end, before its release")
CHANNEL_LENGTH = runtime_fn("hew_channel_length", [borrow("end")], result=value(I64), doc="items waiting")
STREAM_FAULT = runtime_exit("hew_stream_fault", [SELF, borrow("receiver")], doc="after FAULT: names the producer")

# Tasks.
SCOPE_OPEN = runtime_fn("hew_scope_open", [SELF], result=owned(), doc="joins and cancels the tasks forked in it")
SCOPE_FORK = runtime_fn(
    "hew_scope_fork",
    [SELF, borrow("scope"), plain("type", ACTOR_DESCRIPTOR), consume("init", MESSAGE), plain("reply_size", U64)],
    result=owned(), doc="starts a task; its handler 0 replies into the cell")  # fmt: skip
SCOPE_DEADLINE = runtime_fn("hew_scope_deadline", [SELF, borrow("scope"), plain("nanoseconds", I64)], result=None,
                            doc="cancels the tasks then")
SCOPE_POLL = runtime_fn("hew_scope_poll", [SELF, borrow("scope")], result=value(I32),
                        doc="1 every task has ended; 0 will wake this actor")
SCOPE_WATCH = runtime_fn("hew_scope_watch", [SELF, borrow("scope")], result=None,
    doc="before a wait for one task: a trap of another wakes the owner and cancels all")
TASK_FAIL = runtime_fn("hew_task_fail", [SELF], result=None, doc="this task answers `Err`: its scope need not wait for the others")
SCOPE_STATUS = runtime_fn("hew_scope_status", [borrow("scope")], result=value(I32),
                          doc="0 all returned, 1 the deadline won, 2 a task trapped, 3 cancelled")
SCOPE_RETHROW = runtime_fn("hew_scope_rethrow", [SELF, borrow("scope")], result=None,
                           doc="traps as the task did; returns when none did")
IS_CANCELLED = runtime_fn("hew_is_cancelled", [SELF], result=value(I32), doc="whether this task should end")
DEFER_OPEN = runtime_fn("hew_defer_open", [SELF], result=None,
                        doc="something is deferred: no safepoint ends a cancelled task before it has run")
DEFER_CLOSE = runtime_fn("hew_defer_close", [SELF], result=None, doc="one of the deferred has run")
TASK_IS_DONE = runtime_fn("hew_task_is_done", [borrow("task")], result=value(I32), doc="1 it has a value, has trapped or was cancelled")

# Supervisors, links, monitors.
SUPERVISOR_START = runtime_fn("hew_supervisor_start", [SELF, plain("spec", SUPERVISOR_SPEC), consume("args", MESSAGE)],
                              result=value(PID), doc="args may be null")
SUPERVISOR_CHILD = runtime_fn("hew_supervisor_child", [SELF, plain("supervisor", PID), plain("index", U32)],
                              result=value(PID), doc="the child now; 0 when there is none")
SUPERVISOR_CHILD_OR_TRAP = runtime_fn(
    "hew_supervisor_child_or_trap", [SELF, plain("supervisor", PID), plain("index", U32)], result=value(PID),
    doc="the child now; traps CHILD_NOT_LIVE when it will not come back")  # fmt: skip
SUPERVISOR_POOL_CHILD = runtime_fn(
    "hew_supervisor_pool_child", [SELF, plain("supervisor", PID), plain("index", U32), plain("slot", I64)],
    result=value(PID), doc="a pool's child now; traps INDEX_OUT_OF_BOUNDS")  # fmt: skip
SUPERVISOR_POOL_LENGTH = runtime_fn("hew_supervisor_pool_length", [SELF, plain("supervisor", PID), plain("index", U32)],
                                    result=value(I64), doc="children of a pool")
SUPERVISOR_AWAIT_RESTART = runtime_fn(
    "hew_supervisor_await_restart", [SELF, plain("supervisor", PID), plain("index", U32)], result=owned(),
    doc="a cell behind what was sent to the child; its value is the living child's pid")  # fmt: skip
SUPERVISOR_STOP = runtime_fn("hew_supervisor_stop", [SELF, plain("supervisor", PID)], result=owned(),
                             doc="a cell decided when the whole tree is gone")
LINK = runtime_fn("hew_link", [SELF, plain("target", PID)], result=value(I32), doc="0, or LinkError variant + 1")
UNLINK = runtime_fn("hew_unlink", [SELF, plain("target", PID)], result=None, doc="idempotent")
PARTITION_POLICY = runtime_fn("hew_partition_policy", [SELF, plain("policy", U32)], result=value(I32),
                              doc="1 when this actor has one now; `main` has none")
EMIT = runtime_fn("hew_emit", [SELF, plain("event", U64)], result=None, doc="one more event of this kind to take")
TAKE_EMITS = runtime_fn("hew_take_emits", [SELF, plain("event", U64)],
                        result=value(I64), doc="how many there were; none are left")
MONITOR = runtime_fn("hew_monitor", [SELF, plain("target", PID)],
                     result=owned(), doc="exactly one notification, at once when dead")
MONITOR_ID = runtime_fn("hew_monitor_id", [borrow("monitor")], result=value(U64), doc="as the notification names it")
DEMONITOR = runtime_fn("hew_demonitor", [SELF, consume("monitor")], result=None, doc="no notification after this")

# Strings.
STRING_FROM_BYTES = runtime_fn("hew_string_from_bytes", [SELF, plain("bytes", C_TEXT), plain("length", I64)],
                               result=owned(), doc="copies")
STRING_TO_C = runtime_fn("hew_string_to_c", [borrow("string")], result=value(C_TEXT),
                         doc="its bytes and a NUL, for as long as the string lives")
STRING_FROM_C = runtime_fn("hew_string_from_c", [SELF, plain("text", C_TEXT)], result=owned(),
                           doc="copies up to the NUL; null is empty, a byte that is no UTF-8 is U+FFFD")
STRING_LEFT_TO_C = runtime_fn("hew_string_left_to_c", [SELF, borrow("string")], result=value(C_TEXT),
                              doc="a copy in memory of C's `malloc`, for C to free")
STRING_FROM_VEC = runtime_fn("hew_string_from_vec", [SELF, borrow("bytes")], result=owned(),
                             doc="status INVALID and null when it is not UTF-8")
STRING_TO_VEC = runtime_fn("hew_string_to_vec", [SELF, borrow("string")], result=owned(), doc="a Vec<u8>")
STRING_LENGTH = runtime_fn("hew_string_length", [borrow("string")], result=value(I64), doc="bytes")
STRING_CONCAT = runtime_fn("hew_string_concat", [SELF, borrow("left"), borrow("right")],
                           result=owned(), doc="a new one")
STRING_APPEND = runtime_fn("hew_string_append", [SELF, inout("left"), borrow("right")], result=None,
                           doc="in place when unshared, with room to grow")
STRING_APPEND_I64 = runtime_fn("hew_string_append_i64", [SELF, inout("left"), plain("number", I64)], result=None,
                               doc="decimal, without a string of its own")
STRING_APPEND_U64 = runtime_fn("hew_string_append_u64", [SELF, inout("left"), plain("number", U64)], result=None, doc="decimal")
STRING_EQUAL = runtime_fn("hew_string_equal", [borrow("left"), borrow("right")], result=value(I32), doc="1 or 0")
STRING_COMPARE = runtime_fn("hew_string_compare", [borrow("left"), borrow("right")],
                            result=value(I32), doc="-1, 0, 1 by bytes")
STRING_HASH = runtime_fn("hew_string_hash", [borrow("string")], result=value(U64), doc="keyed")
HASH_I64 = runtime_fn("hew_hash_i64", [plain("number", I64)], result=value(U64), doc="keyed")
HASH_COMBINE = runtime_fn("hew_hash_combine", [plain("hash", U64), plain("next", U64)],
                          result=value(U64), doc="in order")
STRING_SLICE = runtime_fn("hew_string_slice", [SELF, borrow("string"), plain("start", I64), plain("end", I64)],
                          result=owned(), doc="bytes; the caller checked the range")
STRING_FIND = runtime_fn("hew_string_find", [borrow("string"), borrow("needle"), plain("start", I64)],
                         result=value(I64),
                         doc="first byte position, or -1")
STRING_RFIND = runtime_fn("hew_string_rfind", [borrow("string"), borrow("needle")],
                          result=value(I64), doc="last, or -1")
STRING_STARTS_WITH = runtime_fn("hew_string_starts_with", [borrow("string"), borrow("prefix")],
                                result=value(I32), doc="1 or 0")
STRING_ENDS_WITH = runtime_fn("hew_string_ends_with", [borrow("string"), borrow("suffix")],
                              result=value(I32), doc="1 or 0")
STRING_BYTE = runtime_fn("hew_string_byte", [borrow("string"), plain("index", I64)],
                         result=value(I32), doc="-1 outside")
STRING_REPEAT = runtime_fn("hew_string_repeat", [SELF, borrow("string"), plain("times", I64)], result=owned(), doc="")
STRING_TRIM = runtime_fn("hew_string_trim", [SELF, borrow("string"), plain("sides", I32)], result=owned(),
                         doc="white space; 1 start, 2 end, 3 both")
STRING_TO_UPPER = runtime_fn("hew_string_to_upper", [SELF, borrow("string")], result=owned(), doc="simple mapping")
STRING_TO_LOWER = runtime_fn("hew_string_to_lower", [SELF, borrow("string")], result=owned(), doc="simple mapping")
CODEPOINT_COUNT = runtime_fn("hew_codepoint_count", [borrow("string")], result=value(I64), doc="")
CODEPOINT_OFFSET = runtime_fn("hew_codepoint_offset", [borrow("string"), plain("index", I64)], result=value(I64),
                              doc="byte offset; the length for index == count, else -1")
CODEPOINT_AT = runtime_fn("hew_codepoint_at", [borrow("string"), plain("offset", I64)], result=value(U32),
                          doc="the codepoint at a boundary; U+FFFD for a byte that is none")
CODEPOINT_SIZE = runtime_fn("hew_codepoint_size", [borrow("string"), plain("offset", I64)], result=value(I32),
                            doc="its bytes in UTF-8")
UTF8_IS_VALID = runtime_fn("hew_utf8_is_valid", [borrow("bytes")], result=value(I32), doc="of a Vec<u8>; 1 or 0")
CHAR_CLASS = runtime_fn("hew_char_class", [plain("codepoint", U32)], result=value(I32),
                        doc="bits: 1 letter, 2 digit of ASCII, 4 white space, 8 upper, 16 lower, 32 punctuation, 64 decimal")
CHAR_TO_UPPER = runtime_fn("hew_char_to_upper", [plain("codepoint", U32)], result=value(U32), doc="simple mapping")
CHAR_TO_LOWER = runtime_fn("hew_char_to_lower", [plain("codepoint", U32)], result=value(U32), doc="simple mapping")
STRING_FROM_I64 = runtime_fn("hew_string_from_i64", [SELF, plain("number", I64)], result=owned(), doc="decimal")
STRING_FROM_U64 = runtime_fn("hew_string_from_u64", [SELF, plain("number", U64)], result=owned(), doc="decimal")
STRING_FROM_F64 = runtime_fn("hew_string_from_f64", [SELF, plain("number", F64)], result=owned(), doc="C %g")
STRING_FROM_F64_EXACT = runtime_fn("hew_string_from_f64_exact", [SELF, plain("number", F64)], result=owned(),
                                   doc="the shortest C %g that reads back as the same number")
STRING_FROM_F64_FIXED = runtime_fn("hew_string_from_f64_fixed", [SELF, plain("number", F64), plain("digits", I32)],
                                   result=owned(), doc="C %.*f")
STRING_FROM_BOOL = runtime_fn("hew_string_from_bool", [SELF, plain("truth", I32)], result=owned(), doc="true, false")
STRING_FROM_CHAR = runtime_fn("hew_string_from_char", [SELF, plain("codepoint", U32)], result=owned(), doc="UTF-8")
STRING_FROM_DURATION = runtime_fn("hew_string_from_duration", [SELF, plain("nanoseconds", I64)],
                                  result=owned(), doc="`5000ns`")
PARSE_I64 = runtime_fn("hew_parse_i64", [SELF, borrow("string"), plain("radix", I32)], result=value(I64),
                       doc="status INVALID unless all of it is a number")
PARSE_U64 = runtime_fn("hew_parse_u64", [SELF, borrow("string"), plain("radix", I32)], result=value(U64),
                       doc="status INVALID unless all of it is a number")
PARSE_F64 = runtime_fn("hew_parse_f64", [SELF, borrow("string")], result=value(F64),
                       doc="status INVALID unless all of it is a number")

# The world.
PRINT = runtime_fn("hew_print", [SELF, borrow("string"), plain("newline", I32), plain("to_stderr", I32)], result=None,
                   doc="one piece of output, never mixed with another actor's")
READ_LINE = runtime_fn("hew_read_line", [SELF],
                       result=owned(), doc="without its newline; status CLOSED at the end of input")
READ_STDIN = runtime_fn("hew_read_stdin", [SELF], result=owned(), doc="all of it, as Vec<u8>")
ARGS_COUNT = runtime_fn("hew_args_count", [], result=value(I64), doc="with the program's name")
ARG = runtime_fn("hew_arg", [SELF, plain("index", I64)], result=owned(), doc="null outside")
ENV_GET = runtime_fn("hew_env_get", [SELF, borrow("name")], result=owned(), doc="status NOT_FOUND and null when unset")
ENV_SET = runtime_fn("hew_env_set", [SELF, borrow("name"), borrow("text")], result=None, doc="for this process")
ENV_REMOVE = runtime_fn("hew_env_remove", [SELF, borrow("name")], result=None, doc="for this process")
PROCESS_ID = runtime_fn("hew_process_id", [], result=value(I64), doc="of this process")
HOST_NAME = runtime_fn("hew_host_name", [SELF], result=owned(), doc="of this machine")
COMMAND_RUN = runtime_fn("hew_command_run", [SELF, borrow("words")], result=owned(),
                         doc="Vec<u8>: exit code and length of the output as i64, the output, the errors; null and status")
COMMAND_START = runtime_fn("hew_command_start", [SELF, borrow("words")], result=value(I64),
                           doc="the process; 0 and status")
COMMAND_WAIT = runtime_fn("hew_command_wait", [SELF, plain("process", I64)], result=value(I64),
                          doc="the exit code, 128 + n for a signal, -1 when there is no such child")
COMMAND_KILL = runtime_fn("hew_command_kill", [plain("process", I64)], result=value(I64), doc="0, or -1")
TALLY_ADD = runtime_fn("hew_tally_add", [SELF, borrow("name"), plain("amount", I64)], result=value(I64),
                       doc="adds to a number every actor shares, from 0; the new one")
TALLY_ADD_FLOAT = runtime_fn("hew_tally_add_float", [SELF, borrow("name"), plain("amount", F64)], result=value(F64),
                             doc="as hew_tally_add, of a float's bits")
TALLY_SET = runtime_fn("hew_tally_set", [SELF, borrow("name"), plain("number", I64)], result=None, doc="makes it")
TALLY_GET = runtime_fn("hew_tally_get", [SELF, borrow("name")], result=value(I64),
                       doc="0 and status NOT_FOUND when it was never made")
TALLY_NAMES = runtime_fn("hew_tally_names", [SELF, borrow("prefix")], result=owned(),
                         doc="Vec<string> of the names that begin so, oldest first")
DIGEST = runtime_fn("hew_digest", [SELF, borrow("bytes"), plain("bits", I64)], result=owned(),
                    doc="SHA-2 of a Vec<u8>; bits is 256, 384 or 512, or 160 for SHA-1")
ENTROPY = runtime_fn("hew_entropy", [SELF, plain("count", I64)], result=owned(),
                     doc="Vec<u8> from the system's generator; null and status")
CLOCK_MONOTONIC = runtime_fn("hew_clock_monotonic", [], result=value(I64), doc="an instant")
CLOCK_REAL = runtime_fn("hew_clock_real", [], result=value(I64), doc="since 1970")
RANDOM_SEED = runtime_fn("hew_random_seed", [SELF, plain("seed", I64)], result=None, doc="of hew_random_word; 32 bits of it")
RANDOM_WORD = runtime_fn("hew_random_word", [SELF], result=value(I64), doc="32 bits, for all actors from one sequence")
RANDOM_U64 = runtime_fn("hew_random_u64", [SELF], result=value(U64), doc="repeatable under HEW_SEED")
FILE_READ = runtime_fn("hew_file_read", [SELF, borrow("path")], result=owned(), doc="Vec<u8>; status")
FILE_WRITE = runtime_fn("hew_file_write", [SELF, borrow("path"), borrow("bytes"), plain("append", I32)], result=None,
                        doc="a Vec<u8>; status")
FILE_WRITE_TEXT = runtime_fn("hew_file_write_text", [SELF, borrow("path"), borrow("text"), plain("append", I32)],
                             result=None, doc="a string; status")
FILE_SINK = runtime_fn("hew_file_sink", [SELF, borrow("path")], result=owned(),
                       doc="a sender whose strings are in the file, made anew, when the send returns; status")
FILE_EXISTS = runtime_fn("hew_file_exists", [SELF, borrow("path")], result=value(I32), doc="0 no, 1 file, 2 directory")
FILE_SIZE = runtime_fn("hew_file_size", [SELF, borrow("path")], result=value(I64), doc="status")
FILE_MODIFIED = runtime_fn("hew_file_modified", [SELF, borrow("path")], result=value(I64), doc="since 1970; status")
FILE_REMOVE = runtime_fn("hew_file_remove", [SELF, borrow("path")], result=None, doc="file or empty directory; status")
FILE_RENAME = runtime_fn("hew_file_rename", [SELF, borrow("source"), borrow("target")], result=None, doc="status")
DIR_CREATE = runtime_fn("hew_dir_create", [SELF, borrow("path"), plain("parents", I32)], result=None, doc="status")
DIR_LIST = runtime_fn("hew_dir_list", [SELF, borrow("path")],
                      result=owned(), doc="Vec<string> of names, sorted; status")
WORKING_DIR = runtime_fn("hew_working_dir", [SELF], result=owned(), doc="absolute path")

# Sockets. A listener accepts, a socket transfers; all calls return at once, `hew_socket_poll` waits.
TCP_LISTEN = runtime_fn("hew_tcp_listen", [SELF, borrow("host"), plain("port", I64)], result=owned(),
                        doc="a listener; null and status")
TCP_CONNECT = runtime_fn("hew_tcp_connect", [SELF, borrow("host"), plain("port", I64)], result=owned(),
                         doc="a socket that is connecting: poll it for writing, then hew_tcp_connected; null and status")
TCP_CONNECTED = runtime_fn("hew_tcp_connected", [SELF, borrow("socket")],
                           result=value(I32), doc="IoStatus, also as status")
TCP_ACCEPT = runtime_fn("hew_tcp_accept", [SELF, borrow("listener")],
                        result=owned(), doc="null and status AGAIN when nobody is there")
SOCKET_POLL = runtime_fn("hew_socket_poll", [SELF, borrow("socket"), plain("for_writing", I32)], result=value(I32),
                         doc="1 ready; 0 will wake this actor; of a listener: somebody is there")
SOCKET_READ = runtime_fn("hew_socket_read", [SELF, borrow("socket"), plain("most", I64)], result=owned(),
                         doc="Vec<u8>; null and status AGAIN, CLOSED at the end")
SOCKET_WRITE = runtime_fn("hew_socket_write", [SELF, borrow("socket"), borrow("bytes"), plain("start", I64)],
                          result=value(I64), doc="bytes written from `start` on; status AGAIN when 0")
SOCKET_SHUTDOWN = runtime_fn("hew_socket_shutdown", [SELF, borrow("socket")],
                             result=None, doc="no more writing; status")
SOCKET_CLOSE = runtime_fn("hew_socket_close", [SELF, borrow("socket")],
                          result=None, doc="the descriptor; the handle remains")
SOCKET_LIMIT = runtime_fn("hew_socket_limit", [borrow("socket"), plain("for_writing", I32)], result=value(I64),
                          doc="how long a transfer may wait, in nanoseconds; -1 for ever")
SOCKET_SET_LIMIT = runtime_fn("hew_socket_set_limit",
                              [borrow("socket"), plain("for_writing", I32), plain("nanoseconds", I64)],
                              result=None, doc="kept with the socket; see hew_socket_limit")
SOCKET_LET_GO = runtime_fn("hew_socket_let_go", [borrow("socket")], result=None,
                           doc="the end of the program does not wait for what may still come")
SOCKET_DUPLICATE = runtime_fn("hew_socket_duplicate", [SELF, borrow("socket")], result=owned(),
                              doc="another handle of the same connection; a closed one and status")
SOCKET_GUEST = runtime_fn("hew_socket_guest", [borrow("socket")], result=value(I64),
                          doc="which connection of all that were accepted, from 1; 0 for one that was not")
SOCKET_NEXT_GUEST = runtime_fn("hew_socket_next_guest", [SELF, plain("after", I64)], result=owned(),
                               doc="another handle of the next open connection that was accepted, a closed one with "
                                   "guest 0 when there is none")
SOCKET_PORT = runtime_fn("hew_socket_port", [borrow("socket")], result=value(I64), doc="the local one")
LISTENER_PORT = runtime_fn("hew_tcp_listener_local_port", [borrow("listener")],
                           result=value(I32), doc="for foreign declarations of programs")
RESOLVE = runtime_fn("hew_resolve", [SELF, borrow("host")], result=owned(),
                     doc="Vec<string> of a host's addresses; null and status")
SOCKET_PEER = runtime_fn("hew_socket_peer", [SELF, borrow("socket")], result=owned(), doc="`address:port`; status")

# Tools and tests.
LIVE_BLOCKS = runtime_fn("hew_live_blocks", [], result=value(I64), doc="of the whole process")
FIGURE = runtime_fn("hew_figure", [plain("figure", I32)], result=value(I64),
                    doc="one number about the process, a `Figure`; -1 for another")
ACTOR_ROWS = runtime_fn("hew_actor_rows", [SELF], result=owned(), doc="a line for each actor, newest slot first, tabs between: pid, type, state,"
    " messages waiting, heap bytes, blocks, restarts, supervisor")
BLOCK_COPIES = runtime_fn("hew_block_copies", [SELF],
                          result=value(I64), doc="copies made by hew_unique; check mode only")

FUNCTIONS: tuple[RuntimeFn, ...] = tuple(row for row in list(globals().values()) if isinstance(row, RuntimeFn))
BY_NAME: dict[str, RuntimeFn] = {row.name: row for row in FUNCTIONS}

__all__ = ["BY_NAME", "FUNCTIONS", "HANDLE", "RuntimeFn"]
