"""What operations and runtime functions may ask of the machine that runs them.

In: nothing.  Out: `Actor`, its `Thread` of `Activation`s, and the `Host` protocol.
Assumed: one actor runs at a time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any, Protocol

from pyhew.abi.constants import AskStatus
from pyhew.ir.interpret.heap import Block, Heap
from pyhew.ir.interpret.scalars import Trapped
from pyhew.ir.ops import ActorDef, Function, Module, SupervisorDef, Value
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


class Wish:
    """What stands in a queue and is no message: that the actor ends there, or a question where it lives."""

    __slots__ = ("cell", "is_end")

    def __init__(self, is_end: bool, cell: Block | None) -> None:
        self.is_end = is_end
        self.cell = cell

    def answer(self, *values: Any) -> None:
        """Decides the cell of whoever waits."""
        if self.cell is not None and self.cell.is_alive:
            self.cell.content.extend(values)
            self.cell.extra["status"] = AskStatus.VALUE


class Actor:
    """One actor: its state, what waits for it, what it is doing."""

    __slots__ = ("cell", "definition", "is_gone", "pid", "queue", "scope", "state", "status", "supervisor", "thread", "turn")

    def __init__(self, pid: int, definition: ActorDef) -> None:
        self.pid = pid
        self.definition = definition
        self.state: Any = None
        self.queue: deque[Block | Wish] = deque()
        self.thread: Thread | None = None
        self.cell: Block | None = None
        self.is_gone = False
        self.status = 0
        self.scope: Scope | None = None
        self.supervisor: Supervisor | None = None
        self.turn = 0


class Channel:
    """What the ends of a channel share; `producer` is the actor whose crash the receiver sees as a fault."""

    __slots__ = ("capacity", "has_fault", "has_receiver", "items", "producer", "senders")

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.items: deque[Block] = deque()
        self.senders = 1
        self.has_receiver = True
        self.has_fault = False
        self.producer: Actor | None = None


class Scope:
    """The tasks of a scope, and how the first of them failed."""

    __slots__ = ("has_failed", "tasks", "trap")

    def __init__(self) -> None:
        self.tasks: list[Actor] = []
        self.has_failed = False
        self.trap: Trapped | None = None


class Supervisor:
    """A running supervisor: what it starts children from, and their pids."""

    __slots__ = ("args", "children", "definition", "is_stopped")

    def __init__(self, definition: SupervisorDef, args: list[Any]) -> None:
        self.definition = definition
        self.args = args
        self.children = [0] * len(definition.children)
        self.is_stopped = False


class Host(Protocol):
    """The machine, as far as one operation sees it."""

    heap: Heap
    output: list[str]
    exit_code: int
    current: Actor | None
    actors: dict[int, Actor]
    now: int
    timers: list[Block]
    deadlines: list[tuple[int, Block]]
    module: Module
    supervisors: dict[int, Supervisor]
    words: list[str]

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

    def call(self, fn: Function, args: list[Any]) -> list[Any]:
        """Runs a function that does not wait."""

    def refuse(self, message: Block) -> None:
        """Drops a message; its asker is told."""

    def stop(self, actor: Actor) -> None:
        """Ends an actor where it stands."""

    def supervise(self, supervisor: Supervisor) -> int:
        """A pid for a supervisor."""

    def begin_child(self, name: str, start: Function, args: list[Any]) -> int:
        """A new actor whose state `start` makes."""
