"""What each operation without control flow does to interpreted values.

In: the machine, the operation, its operands' values.  Out: its results' values.
Assumed: calls and suspension are the machine's own business.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from pyhew.ir.facts import Path
from pyhew.ir.interpret import places, scalars
from pyhew.ir.interpret.heap import Block, Misbehaviour, WrongVariant
from pyhew.ir.interpret.host import Host
from pyhew.ir.interpret.scalars import Trapped
from pyhew.ir.ops import Op
from pyhew.ir.types import BoolT, EnumT, FloatT, IntT, IrType, RcT, StructT, TupleT

Operation = Callable[[Host, Op, list[Any]], list[Any]]


def zero(ty: IrType) -> Any:
    """The zero value."""
    match ty:
        case IntT():
            return 0
        case FloatT():
            return 0.0
        case BoolT():
            return False
        case TupleT():
            return tuple(zero(item) for item in ty.items)
        case StructT():
            return tuple(zero(item) for item in ty.fields)
        case EnumT():
            return (0, *(zero(item) for item in (ty.variants[0] if ty.variants else ())))
        case _:
            return None


def static(kind: str, content: Any) -> Block:
    """A block whose owners nobody counts."""
    return Block(kind, content, -1, is_static=True)


def _path(op: Op) -> Path:
    return cast(Path, op.attrs["path"])


def _const(_: Host, op: Op, args: list[Any]) -> list[Any]:
    value = op.attrs["value"]
    return [scalars.to_float(value, op.results[0].type) if isinstance(value, float) else value]


def _string(_: Host, op: Op, args: list[Any]) -> list[Any]:
    return [static("string", op.attrs["text"]) if op.attrs["text"] else None]


def _bytes(machine: Host, op: Op, args: list[Any]) -> list[Any]:
    data = cast(bytes, op.attrs["data"])
    return [machine.heap.new("vec", list(data)) if data else None]


def _trap_if(_: Host, op: Op, args: list[Any]) -> list[Any]:
    if args[0]:
        raise Trapped(str(op.attrs["code"]))
    return []


def _unvariant(_: Host, op: Op, args: list[Any]) -> list[Any]:
    if args[0][0] != op.attrs["index"]:
        raise WrongVariant(f"unvariant {op.attrs['index']} of variant {args[0][0]}")
    return list(args[0][1:])


def _check_proof(machine: Host, op: Op, root: Any, indices: list[int], is_changed: bool) -> None:
    if "proved" in op.attrs:
        places.check_proof(machine.heap, root, _path(op), indices, cast(int, op.attrs["proved"]), is_changed)


def _inside(machine: Host, op: Op, args: list[Any]) -> list[Any]:
    found = places.is_inside(machine.heap, args[0], _path(op), args[1:-1], bool(op.attrs["alone"]))
    return [found is not None and 0 <= args[-1] <= len(found.content)]


def _project(machine: Host, op: Op, args: list[Any]) -> list[Any]:
    _check_proof(machine, op, args[0], args[1:], False)
    (value,) = _lend(machine, op, args)
    machine.heap.retain(value)
    return [value]


def _lend(machine: Host, op: Op, args: list[Any]) -> list[Any]:
    _check_proof(machine, op, args[0], args[1:], False)
    return [places.read(machine.heap, args[0], _path(op), args[1:])]


def _tag(machine: Host, op: Op, args: list[Any]) -> list[Any]:
    _check_proof(machine, op, args[0], args[1:], False)
    return [places.read(machine.heap, args[0], _path(op), args[1:])[0]]


def _changed(machine: Host, op: Op, args: list[Any], indices: list[int], new: Any) -> tuple[Any, Any]:
    """The old value at the path, and the root with `new` there."""
    old: list[Any] = []

    def change(value: Any) -> Any:
        old.append(value)
        return new

    root = places.write(machine.heap, args[0], op.operands[0].type, _path(op), indices, change)
    return old[0], root


def _replace(machine: Host, op: Op, args: list[Any]) -> list[Any]:
    _check_proof(machine, op, args[0], args[2:], True)
    return list(_changed(machine, op, args, args[2:], args[1]))


def _take(machine: Host, op: Op, args: list[Any]) -> list[Any]:
    return list(_changed(machine, op, args, args[1:], zero(op.results[0].type)))


def _put(machine: Host, op: Op, args: list[Any]) -> list[Any]:
    old, root = _changed(machine, op, args, args[2:], args[1])
    if any(True for _ in machine.handles(old)):
        raise Misbehaviour("put over a value that was not taken")
    return [root]


def _rc_replace(machine: Host, op: Op, args: list[Any]) -> list[Any]:
    return [_changed(machine, op, args, args[2:], args[1])[0]]


# --------------------------------------------------------------------------- heap


def _items(machine: Host, block: Block | None) -> list[Any]:
    return [] if block is None else cast(list[Any], machine.heap.check(block).content)


def _own_vec(machine: Host, block: Block | None) -> Block:
    made = machine.heap.unique(block)
    return made if made is not None else machine.heap.new("vec", [])


_ROOM = 20
"""How many elements an interpreted Vec takes at a time."""


def _vec_room(machine: Host, op: Op, args: list[Any]) -> list[Any]:
    block = args[0]
    return [_ROOM if block is not None and not block.is_static and machine.heap.check(block).count == 1 else 0]


def _vec_push(machine: Host, op: Op, args: list[Any]) -> list[Any]:
    if op.attrs.get("proved") and (args[0] is None or args[0].is_static or args[0].count != 1):
        raise Misbehaviour("a Vec that was proved to have room has none")
    block = _own_vec(machine, args[0])
    block.content.append(args[1])
    return [block]


def _vec_reserve(machine: Host, op: Op, args: list[Any]) -> list[Any]:
    return [_own_vec(machine, args[0])]


def _vec_pop(machine: Host, op: Op, args: list[Any]) -> list[Any]:
    if not _items(machine, args[0]):
        raise Trapped("IndexOutOfBounds")
    block = _own_vec(machine, args[0])
    return [block.content.pop(), block]


def _vec_insert(machine: Host, op: Op, args: list[Any]) -> list[Any]:
    if not 0 <= args[1] <= len(_items(machine, args[0])):
        raise Trapped("IndexOutOfBounds")
    block = _own_vec(machine, args[0])
    block.content.insert(args[1], args[2])
    return [block]


def _vec_remove(machine: Host, op: Op, args: list[Any]) -> list[Any]:
    if not 0 <= args[1] < len(_items(machine, args[0])):
        raise Trapped("IndexOutOfBounds")
    block = _own_vec(machine, args[0])
    return [block.content.pop(args[1]), block]


def _box(machine: Host, op: Op, args: list[Any]) -> list[Any]:
    return [machine.heap.new("rc" if isinstance(op.results[0].type, RcT) else "box", [args[0]])]


def _unbox(machine: Host, op: Op, args: list[Any]) -> list[Any]:
    value = machine.heap.check(args[0]).content[0]
    machine.heap.retain(value)
    machine.heap.release(args[0])
    return [value]


def _resource_new(machine: Host, op: Op, args: list[Any]) -> list[Any]:
    block = machine.heap.new("resource", [args[0]])
    block.extra = {"closed": False, "close": getattr(op.results[0].type, "close", "")}
    return [block]


def _resource_close(machine: Host, op: Op, args: list[Any]) -> list[Any]:
    block = machine.heap.check(args[0])
    if not block.extra["closed"]:
        block.extra["closed"] = True
        machine.heap.close(block)
    machine.heap.release(block)
    return []


def _weak_new(machine: Host, op: Op, args: list[Any]) -> list[Any]:
    block = machine.heap.new("weak", [])
    block.extra = machine.heap.check(args[0])
    return [block]


def _weak_upgrade(machine: Host, op: Op, args: list[Any]) -> list[Any]:
    target = None if args[0] is None else machine.heap.check(args[0]).extra
    if target is None or not target.is_alive:
        return [None, False]
    machine.heap.retain(target)
    return [target, True]


def _object(machine: Host, op: Op, args: list[Any]) -> list[Any]:
    block = machine.heap.new("object", [tuple(args)]) if args else static("object", [()])
    block.extra = op.attrs["table"]
    return [block]


def _copy(machine: Host, op: Op, args: list[Any]) -> list[Any]:
    machine.heap.retain(args[0])
    return [args[0]]


def _drop(machine: Host, op: Op, args: list[Any]) -> list[Any]:
    machine.heap.release(args[0])
    return []


def _keep(machine: Host, op: Op, args: list[Any]) -> list[Any]:
    for block in machine.handles(args[0]):
        machine.heap.check(block)
    return []


# --------------------------------------------------------------------------- actors


def _message(machine: Host, op: Op, args: list[Any]) -> list[Any]:
    block = machine.heap.new("message", [machine.heap.detach(value, -1) for value in args])
    block.extra = {"handler": op.attrs["handler"], "cell": None}
    return [block]


def _message_args(machine: Host, op: Op, args: list[Any]) -> list[Any]:
    values = list(args[0])
    if op.attrs.get("copies"):
        return [machine.heap.detach(value, machine.heap.owner) for value in map(machine.retained, values)]
    args[0].clear()
    return values


def _message_take(machine: Host, op: Op, args: list[Any]) -> list[Any]:
    block = machine.heap.check(args[0])
    values = [machine.heap.detach(value, machine.heap.owner) for value in block.content]
    block.content = []
    machine.heap.release(block)
    return values


def _ask(machine: Host, op: Op, args: list[Any]) -> list[Any]:
    return [machine.ask(args[0], args[1])]


def _reply_value(machine: Host, op: Op, args: list[Any]) -> list[Any]:
    cell = machine.heap.check(args[0])
    value = cell.content.pop()
    return [machine.heap.detach(value, machine.heap.owner)]


def _reply(machine: Host, op: Op, args: list[Any]) -> list[Any]:
    machine.reply(args[0])
    return []


def _state_load(machine: Host, op: Op, args: list[Any]) -> list[Any]:
    actor = machine.current
    if actor is None:
        raise Misbehaviour("state of no actor")
    state = actor.state if actor.state is not None else zero(op.results[0].type)
    actor.state = None
    return [state]


def _state_store(machine: Host, op: Op, args: list[Any]) -> list[Any]:
    actor = machine.current
    if actor is None or any(True for _ in machine.handles(actor.state)):
        raise Misbehaviour("state stored over a state")
    actor.state = args[0]
    return []


OPERATIONS: dict[str, Operation] = {
    "const": _const, "zero": lambda _, op, args: [zero(op.results[0].type)], "string": _string, "bytes": _bytes,
    "arith": lambda _, op, args: [scalars.arith(op, *args)],
    "overflowing": lambda _, op, args: list(scalars.overflowing(op, *args)),
    "compare": lambda _, op, args: [scalars.compare(op, *args)],
    "convert": lambda _, op, args: [scalars.convert(args[0], op.results[0].type)],
    "bitcast": lambda _, op, args: [scalars.bitcast(args[0], op.operands[0].type, op.results[0].type)],
    "negate": lambda _, op, args: [scalars.negate(op, args[0])],
    "not": lambda _, op, args: [scalars.invert(op, args[0])],
    "math": lambda _, op, args: [scalars.to_float(scalars.math_function(str(op.attrs["name"]), args),
                                                  op.results[0].type)],
    "trap_if": _trap_if, "pack": lambda _, op, args: [tuple(args)], "unpack": lambda _, op, args: list(args[0]),
    "variant": lambda _, op, args: [(op.attrs["index"], *args)], "unvariant": _unvariant,
    "from_tag": lambda _, op, args: [(args[0],)], "tag": _tag, "project": _project, "lend": _lend, "replace": _replace,
    "take": _take, "put": _put, "inside": _inside, "vec_room": _vec_room, "rc_replace": _rc_replace,
    "vec_len": lambda machine, op, args: [len(_items(machine, args[0]))], "vec_reserve": _vec_reserve,
    "vec_push": _vec_push, "vec_pop": _vec_pop, "vec_insert": _vec_insert, "vec_remove": _vec_remove,
    "box": _box, "unbox": _unbox, "resource_new": _resource_new, "resource_close": _resource_close, "rc_new": _box,
    "weak_new": _weak_new, "weak_upgrade": _weak_upgrade, "object": _object, "copy": _copy, "drop": _drop,
    "given_up": lambda _, op, args: [False], "keep": _keep, "own": lambda _, op, args: [args[0]], "name": _keep, "message": _message, "message_args": _message_args, "message_take": _message_take, "ask": _ask,
    "reply_value": _reply_value, "reply": _reply, "state_load": _state_load, "state_store": _state_store,
    "actor_type": lambda _, op, args: [op.attrs["actor"]],
}  # fmt: skip
