"""A heap that counts owners and notices every mistake.

In: contents of blocks.  Out: blocks; `Misbehaviour` for a use after the end, an owner
too few or too many, and, at the end, for what nobody released.
A value is a number, a tuple of values (structs, tuples, enums with their tag first), a
`Block` or None (the null handle).
Assumed: only the holder of an owned value gives it to `release`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Value = Any


class Misbehaviour(Exception):
    """What correct IR never does: leaks, double frees, uses after the end."""


class OutOfFuel(Exception):
    """The program ran longer, or made more, than it was allowed to."""


class WrongVariant(Misbehaviour):
    """A payload was asked for that is not there: control went wrong, not owners."""


class Block:
    """One counted block; `content` is a list of values, a text, or what its kind needs."""

    __slots__ = ("content", "count", "extra", "is_alive", "is_static", "kind", "owner")

    def __init__(self, kind: str, content: Any, owner: int, is_static: bool = False) -> None:
        self.kind = kind
        self.content = content
        self.count = 1
        self.owner = owner
        self.is_alive = True
        self.is_static = is_static
        self.extra: Any = None


SHARED = ("cell", "timer", "frame", "sender", "receiver", "lambda", "scope")
"""Kinds of blocks that are never copied."""


def handles(value: Value) -> Iterator[Block]:
    """The blocks a value holds directly."""
    if isinstance(value, Block):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from handles(part)


class Heap:
    """All blocks of one run."""

    __slots__ = ("close", "end_frame", "ended", "live", "owner", "room")

    def __init__(self, room: int) -> None:
        self.room = room
        self.live: dict[Block, None] = {}
        self.owner = 0
        self.close: Callable[[Block], None] = lambda block: None
        self.end_frame: Callable[[Block], list[Value]] = lambda block: []
        self.ended: Callable[[Block], None] = lambda block: None

    def new(self, kind: str, content: Any) -> Block:
        """A block with one owner; texts that double forever end here, not the machine's memory."""
        if isinstance(content, str | list):
            self.room -= len(content)
            if self.room < 0:
                raise OutOfFuel
        block = Block(kind, content, self.owner)
        self.live[block] = None
        return block

    def check(self, block: Block | None) -> Block:
        """The block, which must be alive."""
        if block is None:
            raise Misbehaviour("a null handle is read")
        if not block.is_alive:
            raise Misbehaviour(f"a {block.kind} is used after its end")
        return block

    def retain(self, value: Value) -> None:
        """One more owner of every handle in the value."""
        for block in handles(value):
            self.check(block)
            if not block.is_static:
                block.count += 1

    def release(self, value: Value) -> None:
        """One owner less; what has none ends, iteratively."""
        todo = list(handles(value))
        while todo:
            block = todo.pop()
            if block.is_static:
                continue
            self.check(block)
            block.count -= 1
            if block.count:
                continue
            if block.kind == "resource" and not block.extra["closed"]:
                block.count = 1
                block.extra["closed"] = True
                self.close(block)
                block.count -= 1
            todo.extend(self.end(block))

    def end(self, block: Block) -> list[Block]:
        """Frees a block; the handles it held."""
        block.is_alive = False
        del self.live[block]
        self.ended(block)
        inside = self.end_frame(block) if block.kind == "frame" else self.inside(block)
        return [handle for value in inside for handle in handles(value)]

    def inside(self, block: Block) -> list[Value]:
        """The values a block owns."""
        if isinstance(block.content, list):
            return list(block.content)
        return []

    def unique(self, block: Block | None) -> Block | None:
        """The block itself when unshared, else a copy that took its place."""
        if block is None:
            return None
        self.check(block)
        if block.count == 1 and not block.is_static:
            return block
        copy = self.new(block.kind, list(block.content))
        copy.extra = block.extra
        for value in copy.content:
            self.retain(value)
        self.release(block)
        return copy

    def detach(self, value: Value, owner: int) -> Value:
        """The value as another owner holds it: moved when unshared, else copied."""
        if isinstance(value, tuple):
            return tuple(self.detach(part, owner) for part in value)
        if not isinstance(value, Block) or value.is_static:
            return value
        self.check(value)
        if value.count == 1 or value.kind in SHARED:
            value.owner = owner
            if isinstance(value.content, list):
                value.content[:] = [self.detach(part, owner) for part in value.content]
            return value
        copy = self.new(value.kind, value.content)
        copy.owner, copy.extra = owner, value.extra
        if isinstance(value.content, list):
            for part in value.content:
                self.retain(part)
            copy.content = [self.detach(part, owner) for part in value.content]
        self.release(value)
        return copy

    def sweep(self, owner: int) -> None:
        """A crash: resources close, newest first, then everything of the owner ends."""
        mine = [block for block in self.live if block.owner == owner]
        for block in reversed(mine):
            if block.kind == "resource" and not block.extra["closed"]:
                block.extra["closed"] = True
                self.close(block)
        for block in [block for block in self.live if block.owner == owner]:
            block.is_alive = False
            del self.live[block]
            self.ended(block)

    def finish(self) -> None:
        """Nothing may be left."""
        if self.live:
            kinds = sorted(block.kind for block in self.live)
            raise Misbehaviour(f"{len(kinds)} blocks are lost: {', '.join(kinds[:5])}")
