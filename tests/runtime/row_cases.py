"""One call, or several, of every runtime function; `rows.h` defines the builders they use.

In: nothing.  Out: `CASES`: per function what is passed, and the C around the call.
Assumed: a case makes whatever it needs and, in `after`, gives up what it made; handles and
messages that are passed, and a handle that comes back, are given up by the probe.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Case:
    """One call in C: `arguments` are passed as they stand, `a0`, `a1` and `result` name them in `after`."""

    arguments: tuple[str, ...]
    before: str = ""
    undo: str = ""
    """Between the call and the look at its arguments: gives back the reference that the call exists to make."""
    after: str = ""
    exit_code: int | None = None
    """Of a function that never returns: how its process ends."""


def call(*arguments: str, before: str = "", undo: str = "", after: str = "") -> Case:
    """A call that returns."""
    return Case(arguments, before, undo, after)


def leave(exit_code: int, *arguments: str, before: str = "") -> Case:
    """A call that ends the process."""
    return Case(arguments, before, exit_code=exit_code)


TEXT = 'text(self, "some text")'
NAME = 'text(self, "name")'
SHORT = 'text(self, "text")'
BYTES = 'bytes(self, "bytes")'
HOST = 'text(self, "127.0.0.1")'
BOX = "around_text(self, BOX_TYPE)"
CLOSURE = "around_text(self, OBJECT_TYPE)"
RC = "around_text(self, RC_TYPE)"
DOOR = "around_text(self, RESOURCE_TYPE)"
MESSAGE = "message_of(self, TAKE)"
START = "message_of(self, 0)"
LONG = "3600000000000"
TARGET = "uint64_t pid = target(self);"
STOP = "hew_actor_stop(self, pid);"
TREE = "uint64_t pid = tree(self);"
FELL = "fell(self, pid);"
UNDECIDED = f"{TARGET} hew_block *cell = hew_actor_ask(self, pid, message_of(self, ECHO), 8);"
QUESTION = "hew_reply *question; hew_block *cell = ask_oneself(self, &question);"
ANSWER = "answer_others(self, question, cell);"
CHANNEL = "hew_block *sender = hew_channel_new(self, 2);"
SCOPE = "hew_scope_open(self)"
TASK_SCOPE = f"hew_block *scope = {SCOPE}; hew_release(self, hew_scope_fork(self, scope, &target_type, {START}, 8));"
SERVER = "hew_block *server = listener(self);"
CLOSE_SERVER = "hew_release(self, server);"
WRITTEN = f"""{{
    hew_block *name = path(self, "/text");
    hew_block *content = {TEXT};
    hew_file_write_text(self, name, content, 0);
    hew_release(self, name);
    hew_release(self, content);
}}"""
CHILD = """hew_block *child = words(self, "true");
    int64_t process = hew_command_start(self, child);
    hew_release(self, child);"""
FILE = 'path(self, "/text")'

_TEXT_TO_VALUE = ("hew_string_length", "hew_string_hash", "hew_codepoint_count", "hew_parse_f64")
_TEXT_TO_HANDLE = ("hew_string_to_upper", "hew_string_to_lower", "hew_string_to_vec")
_TWO_TEXTS = (
    "hew_string_concat",
    "hew_string_append",
    "hew_string_equal",
    "hew_string_compare",
    "hew_string_rfind",
    "hew_string_starts_with",
    "hew_string_ends_with",
    "hew_env_set",
)
_ONE_NUMBER = (
    "hew_hash_i64",
    "hew_char_class",
    "hew_char_to_upper",
    "hew_char_to_lower",
    "hew_string_from_i64",
    "hew_string_from_u64",
    "hew_string_from_f64",
    "hew_string_from_f64_exact",
    "hew_string_from_bool",
    "hew_string_from_char",
    "hew_string_from_duration",
)
_NOTHING = (
    "hew_safepoint",
    "hew_status",
    "hew_error_number",
    "hew_actor_self",
    "hew_scope_open",
    "hew_is_cancelled",
    "hew_defer_open",
    "hew_defer_close",
    "hew_read_line",
    "hew_args_count",
    "hew_process_id",
    "hew_host_name",
    "hew_clock_monotonic",
    "hew_clock_real",
    "hew_random_u64",
    "hew_random_word",
    "hew_working_dir",
    "hew_live_blocks",
    "hew_actor_rows",
    "hew_block_copies",
)

_MEMORY: dict[str, tuple[Case, ...]] = {
    "hew_block_new": (call("BOX_TYPE", "8"),),
    "hew_retain": (call(TEXT, undo="hew_release(self, a0);"),),
    "hew_release": (call(TEXT), call(BOX), call(CLOSURE), call(RC), call(DOOR), call("hew_timer_start(self, 1000)")),
    "hew_unique": (call(TEXT), call(BYTES), call(BOX), call(CLOSURE), call(RC)),
    "hew_detach": tuple(
        call("&list", value, before="hew_block_list list; hew__list_init(&list);")
        for value in (TEXT, BYTES, BOX, CLOSURE)
    ),
    "hew_deep_copy": (call(TEXT), call(BOX), call(CLOSURE), call("hew_channel_new(self, 1)")),
    "hew_resource_close": (call(DOOR),),
    "hew_resource_forget": (call(DOOR),),
    "hew_weak_new": (
        call(RC),
        call(
            "rc",
            before=f"hew_block *rc = {RC}; hew_block *weak = hew_weak_new(self, rc);",
            after="hew_release(self, weak);",
        ),
    ),
    "hew_weak_upgrade": (
        call("hew_weak_new(self, rc)", before=f"hew_block *rc = {RC};", after="hew_release(self, rc);"),
    ),
    "hew_rc_strong_count": (call(RC),),
    "hew_rc_same": (call(RC, RC),),
    "hew_rc_weak_count": (call(RC),),
    "hew_frame_new": (call("(void *)resume_nothing", "(void *)nothing", "8"),),
    "hew_vec_reserve": (call(BYTES, "1", "HEW_TYPE_BYTES"), call(BYTES, "1000", "HEW_TYPE_BYTES")),
    "hew_vec_with_capacity": (call("HEW_TYPE_BYTES", "4"),),
    "hew_trap": (leave(132, "HEW_TRAP_DIVIDE_BY_ZERO", '"row.hew"', "1", "1", before=f"{TEXT};"),),
    "hew_trap_message": (leave(134, "HEW_TRAP_INDEX_OUT_OF_BOUNDS", TEXT),),
    "hew_panic": (leave(101, TEXT),),
    "hew_exit": (leave(5, "5", before=f"{TEXT};"),),
    "hew_set_exit_code": (call("0"),),
    "hew_blocking_begin": (call(after="hew_blocking_end(self);"),),
    "hew_blocking_end": (call(before="hew_blocking_begin(self);"),),
}

_ACTORS: dict[str, tuple[Case, ...]] = {
    "hew_message_new": (call("1", "8"),),
    "hew_message_free": (call(MESSAGE), call("hew_message_new(self, TAKE, 0)")),
    "hew_message_open": (call(MESSAGE, after="hew_release(self, *(hew_block **)result);"),),
    "hew_message_free_shell": (call("emptied(self)"),),
    "hew_message_is_held": (call(MESSAGE),),
    "hew_actor_spawn": (call("&target_type", START, after="hew_actor_stop(self, result);"),),
    "hew_actor_send": (call("pid", MESSAGE, before=TARGET, after=STOP), call("0", MESSAGE)),
    "hew_actor_tell": (call("pid", MESSAGE, before=TARGET, after=STOP), call("0", MESSAGE)),
    "hew_actor_ask": (call("pid", "message_of(self, ECHO)", "8", before=TARGET, after=STOP), call("0", MESSAGE, "8")),
    "hew_actor_is_alive": (call("pid", before=TARGET, after=STOP),),
    "hew_actor_stop": (call("target(self)"), call("0")),
    "hew_actor_stop_ask": (
        call("0"),
        call("target(self)", after="await(self, result);"),
    ),
    "hew_actor_kill": (call("target(self)"), call("0")),
    "hew_lambda_new": (call("target(self)"), call("0")),
    "hew_lambda_pid": (call("hew_lambda_new(self, target(self))"),),
    "hew_reply_poll": (call("cell", before=UNDECIDED, after=STOP), call("answered(self)")),
    "hew_reply_status": (call("answered(self)"),),
    "hew_task_is_done": (call("answered(self)"), call("cell", before=UNDECIDED, after=STOP)),
    "hew_reply_value": (call("answered(self)", after="hew_release(self, *(hew_block **)result);"),),
    "hew_reply_deadline": (call("cell", LONG, before=UNDECIDED, after=STOP),),
    "hew_reply_begin": (call("8", before=QUESTION, after=ANSWER),),
    "hew_reply_blocks": (call(before=QUESTION, after=ANSWER),),
    "hew_reply_send": (
        call(
            before=f"{QUESTION} *(hew_block **)hew_reply_begin(self, 8) = hew_detach(self, hew_reply_blocks(self), {TEXT});",
            after=ANSWER,
        ),
    ),
}

_WAITING: dict[str, tuple[Case, ...]] = {
    "hew_timer_start": (call(LONG), call("0")),
    "hew_timer_until": (call("INT64_MAX"), call("0")),
    "hew_timer_poll": (call(f"hew_timer_start(self, {LONG})"),),
    "hew_channel_new": (call("2"),),
    "hew_channel_receiver": (call("hew_channel_new(self, 2)"), call("closed_sender(self)")),
    "hew_channel_guard": (call("hew_channel_new(self, 2)"),),
    "hew_channel_clone": (call("hew_channel_new(self, 2)"), call("closed_sender(self)")),
    "hew_channel_try_send": (
        call("hew_channel_new(self, 1)", START),
        call(
            "sender",
            START,
            before=f"{CHANNEL} hew_release(self, hew_channel_receiver(self, sender));",
            after="TEST(!result && hew_status(self) == HEW_IO_CLOSED);",
        ),
        call("full_channel(self)", START, after="TEST(result == a1 && hew_message_is_held(result));"),
    ),
    "hew_channel_poll": (call("receiver_of(self)"),),
    "hew_select_closed": (call("5"), call("UINT64_MAX")),
    "hew_channel_take": (call("receiver_of(self)"),),
    "hew_channel_close": (call("hew_channel_new(self, 2)"), call("receiver_of(self)")),
    "hew_channel_length": (call("receiver_of(self)"),),
    "hew_stream_fault": (leave(134, "receiver_of(self)"),),
    "hew_scope_fork": (call(SCOPE, "&target_type", START, "8", after="await(self, result);"),),
    "hew_scope_deadline": (call(SCOPE, LONG),),
    "hew_scope_poll": (call("scope", before=TASK_SCOPE), call(SCOPE)),
    "hew_task_fail": (call(),),
    "hew_emit": (call("7", after="hew_take_emits(self, 7);"),),
    "hew_take_emits": (call("7"), call("7", before="hew_emit(self, 7);")),
    "hew_partition_policy": (call("1"),),
    "hew_scope_watch": (call("scope", before=TASK_SCOPE), call(SCOPE)),
    "hew_scope_status": (call(SCOPE), call("scope", before=TASK_SCOPE)),
    "hew_scope_rethrow": (call(SCOPE), call("scope", before=TASK_SCOPE)),
    "hew_supervisor_start": (call("&tree_spec", START, after="fell(self, result);"),),
    "hew_supervisor_child": (call("pid", "0", before=TREE, after=f"TEST(result != 0); {FELL}"),),
    "hew_supervisor_child_or_trap": (call("pid", "0", before=TREE, after=f"TEST(result != 0); {FELL}"),),
    "hew_supervisor_pool_child": (call("pid", "1", "1", before=TREE, after=f"TEST(result != 0); {FELL}"),),
    "hew_supervisor_pool_length": (call("pid", "1", before=TREE, after=f"TEST(result == 2); {FELL}"),),
    "hew_supervisor_await_restart": (
        call("pid", "0", before=TREE, after=f"await(self, result); {FELL}"),
        call("0", "0"),
    ),
    "hew_supervisor_stop": (call("tree(self)", after="await(self, result);"), call("0")),
    "hew_link": (
        call("0"),
        call("pid", before=TARGET, after=f"TEST(result == 0); hew_unlink(self, pid); {STOP}"),
    ),
    "hew_unlink": (
        call("0"),
        call("pid", before=f"{TARGET} hew_link(self, pid);", after=STOP),
    ),
    "hew_monitor": (call("pid", before=TARGET, after=STOP), call("0")),
    "hew_monitor_id": (call("hew_monitor(self, pid)", before=TARGET, after=STOP),),
    "hew_demonitor": (call("hew_monitor(self, pid)", before=TARGET, after=STOP), call("hew_monitor(self, 0)")),
}

_STRINGS: dict[str, tuple[Case, ...]] = {
    "hew_string_from_bytes": (call('"abc"', "3"),),
    "hew_string_to_c": (call(TEXT),),
    "hew_string_left_to_c": (call(TEXT, after="free((void *)result);"),),
    "hew_running_actor": (call(after="if (result != self) abort();"),),
    "hew_string_from_c": (call('"abc"'), call('"a\\xFFz"'), call("NULL")),
    "hew_string_from_vec": (call(BYTES), call('bytes(self, "\\xFF")')),
    "hew_hash_combine": (call("1", "2"),),
    "hew_string_slice": (call(TEXT, "1", "4"),),
    "hew_string_find": (call(TEXT, SHORT, "0"),),
    "hew_string_byte": (call(TEXT, "0"),),
    "hew_string_repeat": (call(TEXT, "3"),),
    "hew_string_append_i64": (call(TEXT, "-70"),),
    "hew_string_append_u64": (call(TEXT, "123456"),),
    "hew_string_trim": (call('text(self, " x ")', "3"), call(SHORT, "3")),
    "hew_codepoint_offset": (call(TEXT, "1"),),
    "hew_codepoint_at": (call(TEXT, "1"),),
    "hew_codepoint_size": (call(TEXT, "1"),),
    "hew_utf8_is_valid": (call(BYTES),),
    "hew_string_from_f64_fixed": (call("1.5", "2"),),
    "hew_parse_i64": (call('text(self, "42")', "10"), call(TEXT, "10")),
    "hew_parse_u64": (call('text(self, "42")', "10"), call(TEXT, "10")),
}

_WORLD: dict[str, tuple[Case, ...]] = {
    "hew_print": (call(TEXT, "1", "0"), call(TEXT, "0", "1")),
    "hew_read_stdin": (call(after='TEST(memcmp(((hew_vec *)(void *)result)->elements, "second\\n", 7) == 0);'),),
    "hew_arg": (call("0"), call("99")),
    "hew_env_get": (call('text(self, "PATH")'), call('text(self, "HEW_NO_SUCH_NAME")')),
    "hew_env_remove": (call('text(self, "HEW_NO_SUCH_NAME")'),),
    "hew_digest": (call(BYTES, "256"), call(BYTES, "512")),
    "hew_entropy": (call("8"), call("0")),
    "hew_command_run": (call('words(self, "true")'), call('words(self, "/no/such/program")')),
    "hew_command_start": (
        call('words(self, "true")', after="TEST(hew_command_wait(self, result) == 0);"),
        call('words(self, "/no/such/program")'),
    ),
    "hew_command_wait": (call("process", before=CHILD), call("0")),
    "hew_command_kill": (call("process", before=CHILD, after="hew_command_wait(self, process);"), call("0")),
    "hew_tally_add": (call(TEXT, "1"),),
    "hew_tally_add_float": (call(SHORT, "1.5"),),
    "hew_random_seed": (call("7", after="TEST(hew_random_word(self) == 0x52e6b438);"),),
    "hew_tally_set": (call(TEXT, "1"),),
    "hew_tally_get": (call(TEXT), call('text(self, "no such tally")')),
    "hew_figure": (call("HEW_FIGURE_WORKERS"), call("-1")),
    "hew_tally_names": (
        call(NAME, before=f"hew_block *name = {NAME}; hew_tally_set(self, name, 1); hew_release(self, name);"),
        call('text(self, "no such tally")'),
    ),
    "hew_file_read": (call(FILE, before=WRITTEN), call('path(self, "/none")')),
    "hew_file_write": (call(FILE, BYTES, "0"),),
    "hew_file_write_text": (call(FILE, TEXT, "1"),),
    "hew_file_sink": (call(FILE), call('path(self, "/none/there")')),
    "hew_file_exists": (call(FILE),),
    "hew_file_size": (call(FILE),),
    "hew_file_modified": (call(FILE),),
    "hew_file_remove": (call(FILE, before=WRITTEN), call('path(self, "/none")')),
    "hew_file_rename": (call(FILE, 'path(self, "/other")', before=WRITTEN),),
    "hew_dir_create": (call('path(self, "/deep/er")', "1"),),
    "hew_dir_list": (call('path(self, "")'), call('path(self, "/none")')),
    "hew_resolve": (call(HOST), call('text(self, "no.such.host.invalid")')),
    "hew_tcp_listen": (call(HOST, "0"),),
    "hew_tcp_connect": (call(HOST, "hew_socket_port(server)", before=SERVER, after=CLOSE_SERVER), call(HOST, "99999")),
    "hew_tcp_connected": (call("client_of(self, server)", before=SERVER, after=CLOSE_SERVER),),
    "hew_tcp_accept": (
        call("listener(self)"),
        call(
            "server",
            before=f"{SERVER} hew_block *client = client_of(self, server);",
            after="hew_release(self, client);",
        ),
    ),
    "hew_socket_poll": (call("listener(self)", "0"), call("spoken_to(self)", "0")),
    "hew_socket_read": (call("spoken_to(self)", "10"), call("shut(self)", "10")),
    "hew_socket_write": (call("spoken_to(self)", BYTES, "0"), call("shut(self)", BYTES, "0")),
    "hew_socket_shutdown": (call("spoken_to(self)"),),
    "hew_socket_close": (call("spoken_to(self)"), call("listener(self)")),
    "hew_socket_limit": (call("spoken_to(self)", "0"),),
    "hew_socket_set_limit": (call("spoken_to(self)", "1", "1000"),),
    "hew_socket_let_go": (call("spoken_to(self)"),),
    "hew_socket_duplicate": (call("spoken_to(self)"), call("shut(self)")),
    "hew_socket_guest": (call("spoken_to(self)"),),
    "hew_socket_next_guest": (
        call(
            "0",
            before=f"{SERVER} hew_block *client = client_of(self, server); hew_block *guest = hew_tcp_accept(self, server);",
            after=f"hew_release(self, guest); hew_release(self, client); {CLOSE_SERVER}",
        ),
        call("1000000"),
    ),
    "hew_tcp_listener_local_port": (call("listener(self)", after="TEST(result != 0);"),),
    "hew_socket_port": (call("listener(self)"),),
    "hew_socket_peer": (call("spoken_to(self)"), call("listener(self)")),
}

CASES: dict[str, tuple[Case, ...]] = {
    **_MEMORY,
    **_ACTORS,
    **_WAITING,
    **_STRINGS,
    **_WORLD,
    **{name: (call(TEXT),) for name in (*_TEXT_TO_VALUE, *_TEXT_TO_HANDLE)},
    **{name: (call(TEXT, SHORT),) for name in _TWO_TEXTS},
    **{name: (call("65"),) for name in _ONE_NUMBER},
    **{name: (call(),) for name in _NOTHING},
}
