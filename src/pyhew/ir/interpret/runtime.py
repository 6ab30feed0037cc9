"""What the interpreter knows of the runtime's functions.

In: the machine and argument values.  Out: the C result.  Consumed arguments are released here.
Assumed: texts are Python strings inside blocks; a null handle is the empty text; positions
are bytes of UTF-8 unless the name says codepoint.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pyhew.ir.interpret.heap import Block
from pyhew.ir.interpret.machine import Machine
from pyhew.ir.interpret.scalars import Trapped


def _text(machine: Machine, block: Block | None) -> str:
    return "" if block is None else str(machine.heap.check(block).content)


def _made(machine: Machine, text: str) -> Block | None:
    return machine.heap.new("string", text) if text else None


def _data(machine: Machine, block: Block | None) -> bytes:
    return _text(machine, block).encode("utf-8", "surrogatepass")


def _slice(machine: Machine, string: Block | None, start: int, end: int) -> Block | None:
    return _made(machine, _data(machine, string)[start:end].decode("utf-8", "replace"))


def _append(machine: Machine, left: Block | None, right: Block | None) -> Block | None:
    made = _made(machine, _text(machine, left) + _text(machine, right))
    machine.heap.release(left)
    return made


def _compare(machine: Machine, left: Block | None, right: Block | None) -> int:
    one, two = _data(machine, left), _data(machine, right)
    return (one > two) - (one < two)


def _hash(number: int) -> int:
    return (number * 0x9E3779B97F4A7C15 ^ number >> 31) & 0xFFFFFFFFFFFFFFFF


def _string_hash(machine: Machine, string: Block | None) -> int:
    out = 7
    for byte in _data(machine, string):
        out = _hash(out ^ byte)
    return out


def _codepoint_offset(machine: Machine, string: Block | None, index: int) -> int:
    text = _text(machine, string)
    return len(text[:index].encode()) if 0 <= index <= len(text) else -1


def _trim(machine: Machine, string: Block | None, sides: int) -> Block | None:
    text = _text(machine, string)
    text = text.lstrip() if sides & 1 else text
    return _made(machine, text.rstrip() if sides & 2 else text)


def _print(machine: Machine, string: Block | None, newline: int, to_stderr: int) -> None:
    text = _text(machine, string) + ("\n" if newline else "")
    if not to_stderr:
        machine.output.append(text)


def _set_exit_code(machine: Machine, code: int) -> None:
    machine.exit_code = code & 0xFF


def _exit(machine: Machine, code: int) -> None:
    machine.exit_code = code & 0xFF
    raise Trapped("Exited")


def _panic(machine: Machine, message: Block | None) -> None:
    raise Trapped("Panic", _text(machine, message))


def _reply_poll(machine: Machine, cell: Block) -> int:
    return int(machine.heap.check(cell).extra["status"] is not None)


def _timer_start(machine: Machine, nanoseconds: int) -> Block:
    return _timer_until(machine, machine.now + max(0, nanoseconds))


def _timer_until(machine: Machine, instant: int) -> Block:
    block = machine.heap.new("timer", [])
    block.extra = {"at": instant}
    machine.timers.append(block)
    return block


def _timer_poll(machine: Machine, timer: Block) -> int:
    return int(machine.heap.check(timer).extra["at"] <= machine.now)


def _self(machine: Machine) -> int:
    return machine.current.pid if machine.current is not None else 0


def _is_alive(machine: Machine, pid: int) -> int:
    actor = machine.actors.get(pid)
    return int(actor is not None and not actor.is_gone)


def _try_send(machine: Machine, pid: int, message: Block) -> None:
    machine.send(pid, message)


def _repeat(machine: Machine, string: Block | None, times: int) -> Block | None:
    return _made(machine, _text(machine, string) * max(0, times))


RUNTIME: dict[str, Callable[..., Any]] = {
    "hew_string_length": lambda m, s: len(_data(m, s)),
    "hew_string_concat": lambda m, a, b: _made(m, _text(m, a) + _text(m, b)),
    "hew_string_append": _append,
    "hew_string_equal": lambda m, a, b: int(_text(m, a) == _text(m, b)),
    "hew_string_compare": _compare,
    "hew_string_hash": _string_hash,
    "hew_hash_i64": lambda m, number: _hash(number),
    "hew_hash_combine": lambda m, one, two: _hash(one ^ _hash(two)),
    "hew_string_slice": _slice,
    "hew_string_find": lambda m, s, needle, start: _data(m, s).find(_data(m, needle), start),
    "hew_string_rfind": lambda m, s, needle: _data(m, s).rfind(_data(m, needle)),
    "hew_string_starts_with": lambda m, s, p: int(_text(m, s).startswith(_text(m, p))),
    "hew_string_ends_with": lambda m, s, p: int(_text(m, s).endswith(_text(m, p))),
    "hew_string_repeat": _repeat,
    "hew_string_trim": _trim,
    "hew_string_to_upper": lambda m, s: _made(m, _text(m, s).upper()),
    "hew_string_to_lower": lambda m, s: _made(m, _text(m, s).lower()),
    "hew_codepoint_count": lambda m, s: len(_text(m, s)),
    "hew_codepoint_offset": _codepoint_offset,
    "hew_string_from_i64": lambda m, number: _made(m, str(number)),
    "hew_string_from_u64": lambda m, number: _made(m, str(number)),
    "hew_string_from_f64": lambda m, number: _made(m, f"{number:g}"),
    "hew_string_from_f64_fixed": lambda m, number, digits: _made(m, f"{number:.{digits}f}"),
    "hew_string_from_bool": lambda m, truth: _made(m, "true" if truth else "false"),
    "hew_string_from_char": lambda m, codepoint: _made(m, chr(codepoint)),
    "hew_string_from_duration": lambda m, number: _made(m, f"{number}ns"),
    "hew_print": _print,
    "hew_set_exit_code": _set_exit_code,
    "hew_exit": _exit,
    "hew_panic": _panic,
    "hew_actor_spawn": lambda m, name, init: m.spawn(name, init),
    "hew_actor_send": lambda m, pid, message: m.send(pid, message),
    "hew_actor_try_send": _try_send,
    "hew_message_is_held": lambda m, message: 0,
    "hew_actor_self": _self,
    "hew_actor_is_alive": _is_alive,
    "hew_reply_poll": _reply_poll,
    "hew_reply_status": lambda m, cell: m.heap.check(cell).extra["status"],
    "hew_timer_start": _timer_start,
    "hew_timer_until": _timer_until,
    "hew_timer_poll": _timer_poll,
    "hew_clock_monotonic": lambda m: m.now,
    "hew_live_blocks": lambda m: len(m.heap.live),
}
