"""What operations and runtime functions may ask of the machine that runs them.

In: nothing.  Out: `Actor`, its `Thread` of `Activation`s, and the `Host` protocol.
Assumed: one actor runs at a time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any, Protocol

from pyhew.ir.interpret.heap import Block, Heap
from pyhew.ir.ops import ActorDef, Function, Value
from pyhew.ir.ops import Block as IrBlock


class Activation:
    """One call: where it stands and what its values are."""

    __slots__ = ("at", "block", "env", "fn")

    def __init__(self, fn: Function, args: list[Any]) -> None:
        self.fn = fn
        self.block: IrBlock = fn.blocks[0]
        self.at = 0
        self.env: dict[Value, Any] = dict(zip(fn.params, args, strict=True))


class Thread:
    """A stack of calls; `value` is what it yielded, `results` what it returned."""

    __slots__ = ("results", "stack", "value")

    def __init__(self, fn: Function, args: list[Any]) -> None:
        self.stack = [Activation(fn, args)]
        self.results: list[Any] = []
        self.value: Any = None


class Actor:
    """One actor: its state, what waits for it, what it is doing."""

    __slots__ = ("cell", "definition", "is_gone", "pid", "queue", "state", "thread")

    def __init__(self, pid: int, definition: ActorDef) -> None:
        self.pid = pid
        self.definition = definition
        self.state: Any = None
        self.queue: deque[Block] = deque()
        self.thread: Thread | None = None
        self.cell: Block | None = None
        self.is_gone = False


class Host(Protocol):
    """The machine, as far as one operation sees it."""

    heap: Heap
    output: list[str]
    exit_code: int
    current: Actor | None
    actors: dict[int, Actor]
    now: int
    timers: list[Block]

    def handles(self, value: Any) -> Iterator[Block]:
        """The blocks a value holds directly."""

    def retained(self, value: Any) -> Any:
        """The value with one more owner."""

    def spawn(self, name: str, init: Block) -> int:
        """A new actor."""

    def send(self, pid: int, message: Block) -> int:
        """Queues a message."""

    def ask(self, pid: int, message: Block) -> Block:
        """Sends and gives the cell for the answer."""

    def reply(self, value: Any) -> None:
        """Answers the message being handled."""
