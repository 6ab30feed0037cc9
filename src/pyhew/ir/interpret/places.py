"""Paths on interpreted values.

In: a root value, a path, index numbers.  Out: what stands there, or the root with
something else there; blocks on the way are made unique, outermost first.
Assumed: Rc, Env and resources are shared on purpose and written in place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pyhew.ir.facts import Path, step_type
from pyhew.ir.interpret.heap import Block, Heap, Misbehaviour, WrongVariant
from pyhew.ir.interpret.scalars import Trapped
from pyhew.ir.types import BoxT, IrType


def read(heap: Heap, value: Any, path: Path, indices: list[int]) -> Any:
    """What stands at the path; its owners are unchanged."""
    at = 0
    for step in path:
        match step[0]:
            case "field":
                value = value[step[1]]
            case "payload":
                value = _payload(value, step)
            case "elem":
                value = _element(heap, value, indices[at])
                at += 1
            case _:
                value = heap.check(value).content[0]
    return value


def is_inside(heap: Heap, value: Any, path: Path, indices: list[int], is_alone: bool) -> Block | None:
    """The Vec at the path, when every element on the way is there and, with `is_alone`, no block is shared."""
    at = 0
    for step in path:
        if step[0] == "field":
            value = value[step[1]]
        else:
            if not 0 <= indices[at] < (0 if value is None else len(heap.check(value).content)) or _is_shared(value, is_alone):
                return None
            value = value.content[indices[at]]
            at += 1
    found: Block | None = value
    return None if found is None or _is_shared(heap.check(found), is_alone) else found


def _is_shared(block: Block, is_asked: bool) -> bool:
    return is_asked and (block.is_static or block.count != 1)


def check_proof(heap: Heap, value: Any, path: Path, indices: list[int], steps: int, is_changed: bool) -> None:
    """Raises `Misbehaviour` unless the first `steps` elements of a walk are there and, where it changes, unshared."""
    passed = 0
    for number, step in enumerate(path):
        if step[0] == "elem" and passed < steps:
            block = is_inside(heap, value, path[:number], indices[:passed], is_changed)
            if block is None or not 0 <= indices[passed] < len(block.content):
                raise Misbehaviour("an element that was proved to be there is not, or is shared")
            passed += 1


def _payload(value: Any, step: tuple[object, ...]) -> Any:
    if value[0] != step[1]:
        raise WrongVariant(f"payload of variant {step[1]} while {value[0]} is there")
    return value[1 + int(str(step[2]))]


def _element(heap: Heap, block: Block | None, index: int) -> Any:
    length = 0 if block is None else len(heap.check(block).content)
    if not 0 <= index < length or block is None:
        raise Trapped("IndexOutOfBounds")
    return block.content[index]


def write(
    heap: Heap, value: Any, ty: IrType, path: Path, indices: list[int], change: Callable[[Any], Any]
) -> Any:
    """The root with `change(old)` at the path."""
    if not path:
        return change(value)
    step, rest = path[0], path[1:]
    inner = step_type(ty, step)
    match step[0]:
        case "field":
            at = int(str(step[1]))
            return (*value[:at], write(heap, value[at], inner, rest, indices, change), *value[at + 1 :])
        case "payload":
            old, at = _payload(value, step), 1 + int(str(step[2]))
            return (*value[:at], write(heap, old, inner, rest, indices, change), *value[at + 1 :])
        case "elem":
            _element(heap, value, indices[0])
            block = heap.unique(value)
            assert block is not None
            old = block.content[indices[0]]
            block.content[indices[0]] = write(heap, old, inner, rest, indices[1:], change)
            return block
        case _:
            block = heap.unique(value) if isinstance(ty, BoxT) else heap.check(value)
            assert block is not None
            block.content[0] = write(heap, block.content[0], inner, rest, indices, change)
            return block
