"""Runs functions and actors of a module, one at a time, in a fixed order.

In: a module after `insert_drops` and before `split_suspends`.  Out: results, printed
text, an exit code; `Misbehaviour` when owners are wrong.
A thread is a stack of activations, so a suspended call is plain data and can be
abandoned.  Actors take turns in the order in which they became able to run; time
passes only when all wait.
Assumed: nothing; every read of a block is checked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from pyhew.abi import functions as abi
from pyhew.abi.constants import AskStatus, SendStatus
from pyhew.abi.rows import RuntimeFn
from pyhew.ir.facts import owns_heap
from pyhew.ir.interpret.concurrency import CONCURRENCY, after_crash, ended, fork, stop_supervisor
from pyhew.ir.interpret.heap import Block, Heap, Misbehaviour, OutOfFuel, handles
from pyhew.ir.interpret.host import Activation, Actor, Supervisor, Thread, Wish
from pyhew.ir.interpret.operations import OPERATIONS, zero
from pyhew.ir.interpret.runtime import RUNTIME
from pyhew.ir.interpret.scalars import Trapped
from pyhew.ir.ops import (
    Branch,
    CondBranch,
    Edge,
    Function,
    Module,
    Op,
    Return,
    Switch,
    Trap,
    Value,
    callee_of,
    carried_values,
)
from pyhew.ir.types import Use

WAITS, ENDED, YIELDED = 0, 1, 2
POLLS = {
    row.name
    for row in (
        abi.REPLY_POLL, abi.REPLY_STATUS, abi.TIMER_POLL, abi.CHANNEL_POLL, abi.CHANNEL_TRY_SEND, abi.MESSAGE_IS_HELD, abi.STATUS,
        abi.SCOPE_POLL, abi.SCOPE_WATCH, abi.CLOCK_MONOTONIC, abi.ACTOR_SELF,
    )
}  # fmt: skip
"""What an actor calls again and again while it waits."""


class Unsupported(Exception):
    """A runtime function that the interpreter does not know."""


class Machine:
    """One run."""

    def __init__(self, module: Module, fuel: int = 1_000_000, room: int = 20_000_000) -> None:
        self.module = module
        self.heap = Heap(room)
        self.heap.close = self.close
        self.heap.end_frame = self.frame_values
        self.heap.ended = lambda block: ended(self, block)
        self.fuel = fuel
        self.output: list[str] = []
        self.faults: list[str] = []
        self.words = ["program"]
        self.exit_code = 0
        self.current: Actor | None = None
        self.actors: dict[int, Actor] = {}
        self.supervisors: dict[int, Supervisor] = {}
        self.now = 0
        self.deeds = 0
        self.timers: list[Block] = []
        self.deadlines: list[tuple[int, Block]] = []

    def handles(self, value: Any) -> Iterator[Block]:
        """The blocks a value holds directly."""
        return handles(value)

    def retained(self, value: Any) -> Any:
        """The value with one more owner."""
        self.heap.retain(value)
        return value

    # ----------------------------------------------------------------- calls

    def call(self, fn: Function, args: list[Any]) -> list[Any]:
        """Runs a function that does not wait to its end."""
        thread = Thread(fn, args)
        if self.run(thread) != ENDED:
            raise Misbehaviour(f"{fn.symbol} waits where nothing may wait")
        return thread.results

    def close(self, block: Block) -> None:
        """Runs the user's `close` of a resource."""
        fn = self.module.functions.get(block.extra["close"])
        if fn is None:
            return
        try:
            self.call(fn, [block])
        except Trapped:
            pass

    def run(self, thread: Thread) -> int:
        """Runs a thread until it waits, yields or ends."""
        while thread.stack:
            activation = thread.stack[-1]
            ops = activation.block.ops
            if activation.at >= len(ops):
                self.leave(thread, activation)
                continue
            self.fuel -= 1
            if self.fuel < 0:
                raise OutOfFuel
            op = ops[activation.at]
            args = [self.value(activation, value) for value in op.operands]
            status = self.step(thread, activation, op, args)
            if status is not None:
                return status
        return ENDED

    def value(self, activation: Activation, value: Value) -> Any:
        """An operand's value."""
        if value not in activation.env:
            raise Misbehaviour(f"{value.name} has no value")
        return activation.env[value]

    def step(self, thread: Thread, activation: Activation, op: Op, args: list[Any]) -> int | None:
        """One operation; a status when the thread stops here."""
        results: list[Any]
        match op.kind.name:
            case "call":
                self.enter(thread, callee_of(op), args)
                return None
            case "call_object":
                table = self.heap.check(args[0]).extra
                self.enter(thread, table[cast(int, op.attrs["method"])], args)
                return None
            case "suspend":
                activation.at += 1
                return WAITS
            case "yield":
                thread.value = args[0]
                activation.at += 1
                return YIELDED
            case "gen_new":
                results = [self.heap.new("frame", None)]
                results[0].extra = Thread(callee_of(op), args)
            case "gen_next":
                inner = cast(Thread, self.heap.check(args[0]).extra)
                status = self.run(inner)
                if status == WAITS:
                    return WAITS
                has = status == YIELDED
                results = [has, inner.value if has else zero(op.results[1].type)]
            case "runtime":
                results = self.runtime(cast(RuntimeFn, op.attrs["fn"]), args, op)
            case "fork":
                results = [fork(self, args[0], args[1], cast(str, op.attrs["actor"]))]
            case name:
                operation = OPERATIONS.get(name)
                if operation is None:
                    raise Unsupported(name)
                results = operation(self, op, args)
        self.advance(activation, op, results)
        return None

    def advance(self, activation: Activation, op: Op, results: list[Any]) -> None:
        """Gives the results their names and goes on."""
        if len(results) != len(op.results):
            raise Misbehaviour(f"{op.kind.name} gave {len(results)} results for {len(op.results)}")
        for value, result in zip(op.results, results, strict=True):
            activation.env[value] = result
        activation.at += 1

    def enter(self, thread: Thread, fn: Function, args: list[Any]) -> None:
        """A call; the caller's operation stays current until it returns."""
        if len(thread.stack) > 2000:
            raise Trapped("StackOverflow")
        thread.stack.append(Activation(fn, args))

    def leave(self, thread: Thread, activation: Activation) -> None:
        """The end of a block."""
        terminator = activation.block.terminator
        match terminator:
            case Branch():
                self.follow(activation, terminator.edge)
            case CondBranch():
                taken = self.value(activation, terminator.condition)
                self.follow(activation, terminator.then if taken else terminator.otherwise)
            case Switch():
                number = self.value(activation, terminator.value)
                way = next((edge for case, edge in terminator.cases if case == number), terminator.default)
                if way is None:
                    raise Misbehaviour("a switch without this case")
                self.follow(activation, way)
            case Return():
                values = [self.value(activation, value) for value in terminator.values]
                thread.stack.pop()
                if thread.stack:
                    caller = thread.stack[-1]
                    self.advance(caller, caller.block.ops[caller.at], values)
                else:
                    thread.results = values
            case Trap():
                text = self.value(activation, terminator.message).content if terminator.message is not None else ""
                raise Trapped(terminator.code, text)
            case _:
                raise Misbehaviour(f"control ran into {type(terminator).__name__}")
        self.fuel -= 1
        if self.fuel < 0:
            raise OutOfFuel

    def follow(self, activation: Activation, edge: Edge) -> None:
        """Along an edge."""
        values = [self.value(activation, value) for value in edge.args]
        activation.env.update(zip(edge.block.params, values, strict=True))
        activation.block = edge.block
        activation.at = 0

    def frame_values(self, block: Block) -> list[Any]:
        """What an abandoned frame owns: the live values of its calls, innermost first."""
        thread = cast(Thread, block.extra)
        out: list[Any] = []
        for depth, activation in enumerate(reversed(thread.stack)):
            out.extend(activation.env[value] for value in _live(activation, in_progress=depth > 0))
        return out

    # ----------------------------------------------------------------- runtime and actors

    def runtime(self, row: RuntimeFn, args: list[Any], op: Op) -> list[Any]:
        """A runtime function; its consumed arguments end here unless it keeps them."""
        found = RUNTIME.get(row.name) or CONCURRENCY.get(row.name)
        if found is None:
            raise Unsupported(row.name)
        self.deeds += row.name not in POLLS
        result = found(self, *args)
        return [result] if op.results else []

    def spawn(self, name: str, init: Block) -> int:
        """A new actor whose first message is `init`."""
        actor = self._new_actor(name)
        actor.queue.append(init)
        return actor.pid

    def begin_child(self, name: str, start: Function, args: list[Any]) -> int:
        """A new actor whose state `start` makes."""
        actor = self._new_actor(name)
        actor.thread = Thread(start, args)
        return actor.pid

    def supervise(self, supervisor: Supervisor) -> int:
        """A pid for a supervisor."""
        pid = self._new_pid()
        self.supervisors[pid] = supervisor
        return pid

    def _new_actor(self, name: str) -> Actor:
        actor = Actor(self._new_pid(), self.module.actors[name])
        self.actors[actor.pid] = actor
        return actor

    def _new_pid(self) -> int:
        return len(self.actors) + len(self.supervisors) + 1

    def send(self, pid: int, message: Block) -> int:
        """Queues a message; 0 accepted, 2 nobody there."""
        actor = self.actors.get(pid)
        if actor is None or actor.is_gone:
            self.refuse(message)
            return SendStatus.CLOSED
        message.owner = -1
        actor.queue.append(message)
        return 0

    def refuse(self, message: Block) -> None:
        """The drop step of a message: its asker is told."""
        if message.extra["cell"] is not None:
            message.extra["cell"].extra["status"] = AskStatus.ACTOR_STOPPED
        self.heap.release(message)

    def ask(self, pid: int, message: Block) -> Block:
        """Sends and gives the cell the answer will be in."""
        cell = self.heap.new("cell", [])
        cell.extra = {"status": None}
        message.extra["cell"] = cell
        self.send(pid, message)
        return cell

    def reply(self, value: Any) -> None:
        """Answers the message being handled."""
        cell = self.current.cell if self.current is not None else None
        if cell is None or not cell.is_alive or cell.extra["status"] is not None:
            self.heap.release(value)
            return
        cell.content.append(self.heap.detach(value, -1))
        cell.extra["status"] = 0

    def run_program(self) -> int:
        """Runs the main actor and everything it starts; the exit code."""
        init = self.heap.new("message", [])
        init.extra = {"handler": 0, "cell": None}
        self.spawn(self.module.main, init)
        while True:
            if self.turns():
                continue
            waiting = [timer.extra["at"] for timer in self.timers if timer.is_alive and timer.extra["at"] > self.now]
            waiting += [at for at, cell in self.deadlines if cell.is_alive and at > self.now]
            if not waiting or not any(actor.thread for actor in self.actors.values()):
                break
            self.now = min(waiting)
            self.expire()
        for actor in self.actors.values():
            self.stop(actor)
        for supervisor in self.supervisors.values():
            stop_supervisor(self, supervisor)
        self.heap.finish()
        return self.exit_code

    def expire(self) -> None:
        """Decides the cells whose time is over."""
        for at, cell in self.deadlines:
            if at <= self.now and cell.is_alive and cell.extra["status"] is None:
                cell.extra["status"] = AskStatus.TIMEOUT
                task = cell.extra.get("task")
                if task is not None:
                    self.stop(task)
        self.deadlines = [(at, cell) for at, cell in self.deadlines if at > self.now]

    def turns(self) -> bool:
        """Every actor that can run does one piece of work; whether any did more than look whether it can."""
        moved = False
        deeds = self.deeds
        for actor in list(self.actors.values()):
            if not actor.is_gone and (actor.thread is not None or actor.queue):
                before = _position(actor)
                self.turn(actor)
                moved = moved or _position(actor) != before
        return moved or self.deeds != deeds

    def turn(self, actor: Actor) -> None:
        """Goes on with a handler, or begins the next."""
        self.current, self.heap.owner = actor, actor.pid
        try:
            if actor.thread is None:
                message = actor.queue.popleft()
                if isinstance(message, Wish):
                    self.grant(actor, message)
                    return
                self.begin(actor, message)
            if actor.thread is not None and self.run(actor.thread) == ENDED:
                self.settle(actor)
        except Trapped as trap:
            self.crash(actor, trap)

    def grant(self, actor: Actor, wish: Wish) -> None:
        """What stands in the queue and is no message."""
        if wish.is_end:
            self.stop(actor)
            wish.answer()
        else:
            wish.answer(actor.pid)

    def begin(self, actor: Actor, message: Block) -> None:
        """Starts the handler of a message."""
        handler = actor.definition.handlers[message.extra["handler"]]
        payload = [self.heap.detach(value, actor.pid) for value in message.content]
        message.content = []
        actor.cell = message.extra["cell"]
        self.heap.release(message)
        actor.thread = Thread(self.module.functions[handler.wrapper], [payload])

    def settle(self, actor: Actor, status: AskStatus = AskStatus.ORPHANED_ASK) -> None:
        """The handler ended; an asker without an answer is told."""
        actor.thread = None
        if actor.cell is not None and actor.cell.is_alive and actor.cell.extra["status"] is None:
            actor.cell.extra["status"] = status
        actor.cell = None
        if actor.scope is not None:
            self.stop(actor)

    def crash(self, actor: Actor, trap: Trapped) -> None:
        """Leaves the actor: everything of it ends."""
        actor.is_gone = True
        self.settle(actor, AskStatus.ACTOR_STOPPED)
        if trap.code != "Exited":
            self.faults.append(str(trap))
        if actor.scope is not None and actor.scope.trap is None:
            actor.scope.trap = trap
        if actor.definition is self.module.actors[self.module.main]:
            self.exit_code = 101 if trap.code == "Panic" else 132
        for block in self.heap.live:
            if block.kind == "sender" and block.extra is not None and block.extra.producer is actor:
                block.extra.has_fault = True
        self.heap.sweep(actor.pid)
        actor.state = None
        after_crash(self, actor, self.leave_queue(actor))

    def stop(self, actor: Actor) -> None:
        """A normal end: the state is released."""
        if actor.is_gone:
            return
        actor.is_gone = True
        before = self.current, self.heap.owner
        self.current, self.heap.owner = actor, actor.pid
        if actor.thread is not None:
            for depth, activation in enumerate(reversed(actor.thread.stack)):
                for value in _live(activation, in_progress=depth > 0):
                    self.heap.release(activation.env[value])
            self.settle(actor, AskStatus.ACTOR_STOPPED)
        if actor.definition.on_stop is not None:
            self.call(self.module.functions[actor.definition.on_stop], [])
        self.call(self.module.functions[actor.definition.drop_state], [])
        self.leave_queue(actor)
        self.current, self.heap.owner = before

    def leave_queue(self, actor: Actor) -> list[Wish]:
        """Drops what an actor that is gone will not read; who asks where it lives is given back."""
        actor.is_gone = True
        asked = []
        while actor.queue:
            message = actor.queue.popleft()
            if isinstance(message, Block):
                self.refuse(message)
            elif message.is_end:
                message.answer()
            else:
                asked.append(message)
        return asked


def _position(actor: Actor) -> tuple[object, ...]:
    """Where an actor stands; one that only polled again stands where it stood."""
    thread = actor.thread
    if thread is None or not thread.stack:
        return (thread, len(actor.queue), actor.is_gone)
    top = thread.stack[-1]
    return (thread, len(actor.queue), len(thread.stack), top.fn, top.block, top.at)


def _live(activation: Activation, in_progress: bool) -> list[Value]:
    """The owned values that an activation holds where it stands."""
    fn, block = activation.fn, activation.block
    live = [value for value in block.params if owns_heap(value.type)] + carried_values(fn, block)
    if block is fn.blocks[0]:
        live.extend(value for value in fn.params if owns_heap(value.type) and not value.is_borrowed)
    kept = dict.fromkeys(live)
    for at, op in enumerate(block.ops[: activation.at + in_progress]):
        for value, use in zip(op.operands, op.modes, strict=True):
            if use is not Use.BORROW:
                kept.pop(value, None)
        if at < activation.at:
            kept.update(dict.fromkeys(value for value in op.results if owns_heap(value.type) and not value.is_borrowed))
    return list(kept)
