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

from pyhew.abi.rows import RuntimeFn
from pyhew.ir.facts import owns_heap
from pyhew.ir.interpret.heap import Block, Heap, Misbehaviour, OutOfFuel, handles
from pyhew.ir.interpret.host import Activation, Actor, Thread
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


class Unsupported(Exception):
    """A runtime function that the interpreter does not know."""


class Machine:
    """One run."""

    def __init__(self, module: Module, fuel: int = 1_000_000, room: int = 20_000_000) -> None:
        self.module = module
        self.heap = Heap(room)
        self.heap.close = self.close
        self.heap.end_frame = self.frame_values
        self.fuel = fuel
        self.output: list[str] = []
        self.exit_code = 0
        self.current: Actor | None = None
        self.actors: dict[int, Actor] = {}
        self.now = 0
        self.timers: list[Block] = []

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
        found = RUNTIME.get(row.name)
        if found is None:
            raise Unsupported(row.name)
        result = found(self, *args)
        return [result] if op.results else []

    def spawn(self, name: str, init: Block) -> int:
        """A new actor whose first message is `init`."""
        definition = self.module.actors[name]
        actor = Actor(len(self.actors) + 1, definition)
        self.actors[actor.pid] = actor
        actor.queue.append(init)
        return actor.pid

    def send(self, pid: int, message: Block) -> int:
        """Queues a message; 0 accepted, 2 nobody there."""
        actor = self.actors.get(pid)
        if actor is None or actor.is_gone:
            self.refuse(message)
            return 2
        message.owner = -1
        actor.queue.append(message)
        return 0

    def refuse(self, message: Block) -> None:
        """The drop step of a message: its asker is told."""
        if message.extra["cell"] is not None:
            message.extra["cell"].extra["status"] = 9
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
            if not waiting or not any(actor.thread for actor in self.actors.values()):
                break
            self.now = min(waiting)
        for actor in self.actors.values():
            self.stop(actor)
        self.heap.finish()
        return self.exit_code

    def turns(self) -> bool:
        """Every actor that can run does one piece of work; whether any could."""
        moved = False
        for actor in list(self.actors.values()):
            if not actor.is_gone and (actor.thread is not None or actor.queue):
                before = _position(actor)
                self.turn(actor)
                moved = moved or _position(actor) != before
        return moved

    def turn(self, actor: Actor) -> None:
        """Goes on with a handler, or begins the next."""
        self.current, self.heap.owner = actor, actor.pid
        try:
            if actor.thread is None:
                self.begin(actor, actor.queue.popleft())
            if actor.thread is not None and self.run(actor.thread) == ENDED:
                self.settle(actor)
        except Trapped as trap:
            self.crash(actor, trap)

    def begin(self, actor: Actor, message: Block) -> None:
        """Starts the handler of a message."""
        handler = actor.definition.handlers[message.extra["handler"]]
        payload = [self.heap.detach(value, actor.pid) for value in message.content]
        message.content = []
        actor.cell = message.extra["cell"]
        self.heap.release(message)
        actor.thread = Thread(self.module.functions[handler.wrapper], [payload])

    def settle(self, actor: Actor) -> None:
        """The handler ended; an asker without an answer is told."""
        actor.thread = None
        if actor.cell is not None and actor.cell.is_alive and actor.cell.extra["status"] is None:
            actor.cell.extra["status"] = 11
        actor.cell = None

    def crash(self, actor: Actor, trap: Trapped) -> None:
        """Leaves the actor: everything of it ends."""
        self.settle(actor)
        if trap.code != "Exited":
            self.output.append(f"trap {trap}")
        if actor.definition is self.module.actors[self.module.main]:
            self.exit_code = 101 if trap.code == "Panic" else 132
        self.heap.sweep(actor.pid)
        actor.state = None
        actor.is_gone = True
        while actor.queue:
            self.refuse(actor.queue.popleft())

    def stop(self, actor: Actor) -> None:
        """A normal end: the state is released."""
        if actor.is_gone:
            return
        self.current, self.heap.owner = actor, actor.pid
        if actor.thread is not None:
            for depth, activation in enumerate(reversed(actor.thread.stack)):
                for value in _live(activation, in_progress=depth > 0):
                    self.heap.release(activation.env[value])
            self.settle(actor)
        if actor.definition.on_stop is not None:
            self.call(self.module.functions[actor.definition.on_stop], [])
        self.call(self.module.functions[actor.definition.drop_state], [])
        actor.is_gone = True
        while actor.queue:
            self.refuse(actor.queue.popleft())


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
            kept.update(dict.fromkeys(value for value in op.results if owns_heap(value.type)))
    return list(kept)
