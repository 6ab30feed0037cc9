"""What the interpreter knows of the runtime's functions.

In: the machine and argument values.  Out: the C result.  Consumed arguments are released here.
Assumed: texts are Python strings inside blocks; a null handle is the empty text; positions
are bytes of UTF-8 unless the name says codepoint.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pyhew.abi import functions as abi
from pyhew.abi.constants import TRAP_NAMES, IoStatus, TrapCode
from pyhew.ir.interpret.heap import Block
from pyhew.ir.interpret.host import Host
from pyhew.ir.interpret.scalars import Trapped


def _text(machine: Host, block: Block | None) -> str:
    return "" if block is None else str(machine.heap.check(block).content)


def _made(machine: Host, text: str) -> Block | None:
    return machine.heap.new("string", text) if text else None


def _data(machine: Host, block: Block | None) -> bytes:
    return _text(machine, block).encode("utf-8", "surrogatepass")


def _slice(machine: Host, string: Block | None, start: int, end: int) -> Block | None:
    return _made(machine, _data(machine, string)[start:end].decode("utf-8", "replace"))


def _append(machine: Host, left: Block | None, right: Block | None) -> Block | None:
    made = _made(machine, _text(machine, left) + _text(machine, right))
    machine.heap.release(left)
    return made


def _append_number(machine: Host, left: Block | None, number: int) -> Block | None:
    made = _made(machine, _text(machine, left) + str(number))
    machine.heap.release(left)
    return made


def _compare(machine: Host, left: Block | None, right: Block | None) -> int:
    one, two = _data(machine, left), _data(machine, right)
    return (one > two) - (one < two)


def _hash(number: int) -> int:
    return (number * 0x9E3779B97F4A7C15 ^ number >> 31) & 0xFFFFFFFFFFFFFFFF


def _string_hash(machine: Host, string: Block | None) -> int:
    out = 7
    for byte in _data(machine, string):
        out = _hash(out ^ byte)
    return out


def _codepoint_offset(machine: Host, string: Block | None, index: int) -> int:
    text = _text(machine, string)
    return len(text[:index].encode()) if 0 <= index <= len(text) else -1


def _trim(machine: Host, string: Block | None, sides: int) -> Block | None:
    text = _text(machine, string)
    text = text.lstrip() if sides & 1 else text
    return _made(machine, text.rstrip() if sides & 2 else text)


def _print(machine: Host, string: Block | None, newline: int, to_stderr: int) -> None:
    text = _text(machine, string) + ("\n" if newline else "")
    if not to_stderr:
        machine.output.append(text)


def _set_exit_code(machine: Host, code: int) -> None:
    machine.exit_code = code & 0xFF


def _exit(machine: Host, code: int) -> None:
    machine.exit_code = code & 0xFF
    raise Trapped("Exited")


def _panic(machine: Host, message: Block | None) -> None:
    raise Trapped("Panic", _text(machine, message))


def _reply_poll(machine: Host, cell: Block) -> int:
    return int(machine.heap.check(cell).extra["status"] is not None)


def _timer_start(machine: Host, nanoseconds: int) -> Block:
    return _timer_until(machine, machine.now + max(0, nanoseconds))


def _timer_until(machine: Host, instant: int) -> Block:
    block = machine.heap.new("timer", [])
    block.extra = {"at": instant}
    machine.timers.append(block)
    return block


def _timer_poll(machine: Host, timer: Block) -> int:
    return int(machine.heap.check(timer).extra["at"] <= machine.now)


def _self(machine: Host) -> int:
    return machine.current.pid if machine.current is not None else 0


def _is_alive(machine: Host, pid: int) -> int:
    actor = machine.actors.get(pid)
    return int(actor is not None and not actor.is_gone)


def _tell(machine: Host, pid: int, message: Block) -> int:
    machine.send(pid, message)
    return 0


def _repeat(machine: Host, string: Block | None, times: int) -> Block | None:
    return _made(machine, _text(machine, string) * max(0, times))


def _trap_message(machine: Host, code: int, message: Block | None) -> None:
    text = _text(machine, message)
    machine.heap.release(message)
    raise Trapped(TRAP_NAMES[TrapCode(code)], text)


def _parse(machine: Host, string: Block | None, radix: int) -> int:
    assert machine.current is not None
    machine.current.status = IoStatus.OK
    try:
        return int(_text(machine, string), radix)
    except ValueError:
        machine.current.status = IoStatus.INVALID
        return 0


def _word(machine: Host, index: int) -> Block | None:
    return _made(machine, machine.words[index]) if 0 <= index < len(machine.words) else None


RUNTIME: dict[str, Callable[..., Any]] = {
    abi.STRING_LENGTH.name: lambda m, s: len(_data(m, s)),
    abi.STRING_CONCAT.name: lambda m, a, b: _made(m, _text(m, a) + _text(m, b)),
    abi.STRING_APPEND.name: _append,
    abi.STRING_APPEND_I64.name: _append_number,
    abi.STRING_APPEND_U64.name: _append_number,
    abi.STRING_EQUAL.name: lambda m, a, b: int(_text(m, a) == _text(m, b)),
    abi.STRING_COMPARE.name: _compare,
    abi.STRING_HASH.name: _string_hash,
    abi.HASH_I64.name: lambda m, number: _hash(number),
    abi.HASH_COMBINE.name: lambda m, one, two: _hash(one ^ _hash(two)),
    abi.STRING_SLICE.name: _slice,
    abi.STRING_FIND.name: lambda m, s, needle, start: _data(m, s).find(_data(m, needle), start),
    abi.STRING_RFIND.name: lambda m, s, needle: _data(m, s).rfind(_data(m, needle)),
    abi.STRING_STARTS_WITH.name: lambda m, s, p: int(_text(m, s).startswith(_text(m, p))),
    abi.STRING_ENDS_WITH.name: lambda m, s, p: int(_text(m, s).endswith(_text(m, p))),
    abi.STRING_REPEAT.name: _repeat,
    abi.STRING_TRIM.name: _trim,
    abi.STRING_TO_UPPER.name: lambda m, s: _made(m, _text(m, s).upper()),
    abi.STRING_TO_LOWER.name: lambda m, s: _made(m, _text(m, s).lower()),
    abi.CODEPOINT_COUNT.name: lambda m, s: len(_text(m, s)),
    abi.CODEPOINT_OFFSET.name: _codepoint_offset,
    abi.STRING_FROM_I64.name: lambda m, number: _made(m, str(number)),
    abi.STRING_FROM_U64.name: lambda m, number: _made(m, str(number)),
    abi.STRING_FROM_F64.name: lambda m, number: _made(m, f"{number:g}"),
    abi.STRING_FROM_F64_FIXED.name: lambda m, number, digits: _made(m, f"{number:.{digits}f}"),
    abi.STRING_FROM_BOOL.name: lambda m, truth: _made(m, "true" if truth else "false"),
    abi.STRING_FROM_CHAR.name: lambda m, codepoint: _made(m, chr(codepoint)),
    abi.STRING_FROM_DURATION.name: lambda m, number: _made(m, f"{number}ns"),
    abi.PRINT.name: _print,
    abi.SET_EXIT_CODE.name: _set_exit_code,
    abi.EXIT.name: _exit,
    abi.PANIC.name: _panic,
    abi.ACTOR_SPAWN.name: lambda m, name, init: m.spawn(name, init),
    abi.ACTOR_SEND.name: lambda m, pid, message: m.send(pid, message),
    abi.ACTOR_TELL.name: _tell,
    abi.MESSAGE_IS_HELD.name: lambda m, message: int(message is not None),
    abi.TRAP_MESSAGE.name: _trap_message,
    abi.STATUS.name: lambda m: m.current.status,
    abi.PARSE_I64.name: _parse,
    abi.ARGS_COUNT.name: lambda m: len(m.words),
    abi.ARG.name: _word,
    abi.ACTOR_SELF.name: _self,
    abi.ACTOR_IS_ALIVE.name: _is_alive,
    abi.REPLY_POLL.name: _reply_poll,
    abi.REPLY_STATUS.name: lambda m, cell: m.heap.check(cell).extra["status"],
    abi.TIMER_START.name: _timer_start,
    abi.TIMER_UNTIL.name: _timer_until,
    abi.TIMER_POLL.name: _timer_poll,
    abi.CLOCK_MONOTONIC.name: lambda m: m.now,
    abi.LIVE_BLOCKS.name: lambda m: len(m.heap.live),
}
