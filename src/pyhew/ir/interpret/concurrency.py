"""What the interpreter knows of channels, tasks, lambda actors and supervisors.

In: the machine and argument values.  Out: the C result.  Consumed arguments are released here.
Assumed: one actor runs at a time, so nothing here can be seen half done.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pyhew.abi import functions as abi
from pyhew.abi.constants import AskStatus, ChannelState, IoStatus
from pyhew.ir.interpret.heap import Block
from pyhew.ir.interpret.host import Actor, Channel, Host, Scope, Supervisor, Wish
from pyhew.ir.interpret.scalars import Trapped

# --------------------------------------------------------------------------- channels


def _handle(machine: Host, kind: str, extra: Any) -> Block:
    block = machine.heap.new(kind, [])
    block.extra = extra
    return block


def _channel_new(machine: Host, capacity: int) -> Block:
    return _handle(machine, "sender", Channel(capacity))


def _channel_receiver(machine: Host, sender: Block) -> Block:
    channel = machine.heap.check(sender).extra
    channel.has_receiver = True
    return _handle(machine, "receiver", channel)


def _channel_clone(machine: Host, sender: Block) -> Block:
    channel = machine.heap.check(sender).extra
    channel.senders += 1
    return _handle(machine, "sender", channel)


def _channel_guard(machine: Host, sender: Block) -> None:
    machine.heap.check(sender).extra.producer = machine.current


def _channel_try_send(machine: Host, sender: Block, message: Block | None) -> Block | None:
    channel = machine.heap.check(sender).extra
    assert machine.current is not None and message is not None
    machine.current.status = IoStatus.OK
    if not channel.has_receiver:
        machine.current.status = IoStatus.CLOSED
        machine.refuse(message)
        return None
    if len(channel.items) >= max(1, channel.capacity):
        return message
    message.owner = -1
    channel.items.append(message)
    return None


def _channel_poll(machine: Host, receiver: Block) -> int:
    channel = machine.heap.check(receiver).extra
    if channel.items:
        return ChannelState.ITEM
    if channel.senders:
        return ChannelState.PENDING
    return ChannelState.FAULT if channel.has_fault else ChannelState.CLOSED


def _select_closed(machine: Host, arms: int) -> int:
    actor = machine.current
    assert actor is not None
    arm = next(at % 64 for at in range(actor.turn, actor.turn + 64) if arms >> at % 64 & 1)
    actor.turn = (arm + 1) % 64
    return arm


def _channel_take(machine: Host, receiver: Block) -> Any:
    return machine.heap.check(receiver).extra.items.popleft()


def _channel_close(machine: Host, end: Block) -> None:
    channel, end.extra = machine.heap.check(end).extra, None
    _close_end(machine, end.kind, channel)


def _close_end(machine: Host, kind: str, channel: Channel | None) -> None:
    if channel is None:
        return
    if kind == "sender":
        channel.senders -= 1
        return
    channel.has_receiver = False
    while channel.items:
        machine.refuse(channel.items.popleft())


def _stream_fault(machine: Host, receiver: Block) -> None:
    raise Trapped("StreamFault")


# --------------------------------------------------------------------------- tasks


def _scope_open(machine: Host) -> Block:
    return _handle(machine, "scope", Scope())


def fork(machine: Host, scope: Block, message: Block, actor: str) -> Block:
    """A task: an actor that answers once and ends."""
    cell = _handle(machine, "cell", {"status": None})
    message.extra["cell"] = cell
    shared: Scope = machine.heap.check(scope).extra
    task = machine.actors[machine.spawn(actor, message)]
    task.scope = shared
    cell.extra["task"] = task
    shared.tasks.append(task)
    return cell


def _cancel(machine: Host, scope: Scope) -> None:
    for task in scope.tasks:
        machine.stop(task)


def _scope_poll(machine: Host, block: Block) -> int:
    scope: Scope = machine.heap.check(block).extra
    if scope.has_failed or scope.trap is not None:
        _cancel(machine, scope)
    return int(all(task.is_gone for task in scope.tasks))


def _scope_watch(machine: Host, block: Block) -> None:
    scope: Scope = machine.heap.check(block).extra
    if scope.trap is not None:
        _cancel(machine, scope)


def _scope_rethrow(machine: Host, block: Block) -> None:
    scope: Scope = machine.heap.check(block).extra
    if scope.trap is not None:
        trap, scope.trap = scope.trap, None
        raise trap


def _task_fail(machine: Host) -> None:
    if machine.current is not None and machine.current.scope is not None:
        machine.current.scope.has_failed = True


# --------------------------------------------------------------------------- ends of actors


def _actor_stop(machine: Host, pid: int) -> None:
    _ask_to_stop(machine, pid, None)


def _actor_stop_ask(machine: Host, pid: int) -> Block:
    cell = _handle(machine, "cell", {"status": None})
    _ask_to_stop(machine, pid, cell)
    return cell


def _ask_to_stop(machine: Host, pid: int, cell: Block | None) -> None:
    """Behind what is queued."""
    actor, wish = machine.actors.get(pid), Wish(True, cell)
    if actor is not None and not actor.is_gone:
        actor.queue.append(wish)
    else:
        wish.answer()


def _reply_deadline(machine: Host, cell: Block, nanoseconds: int) -> None:
    machine.deadlines.append((machine.now + max(0, nanoseconds), cell))


# --------------------------------------------------------------------------- supervisors


def _supervisor_start(machine: Host, symbol: str, args: Block | None) -> int:
    values = args.content if args is not None else []
    supervisor = Supervisor(machine.module.supervisors[symbol], [machine.heap.detach(value, -1) for value in values])
    if args is not None:
        args.content = []
        machine.heap.release(args)
    pid = machine.supervise(supervisor)
    for index in range(len(supervisor.definition.children)):
        start_child(machine, supervisor, index)
    return pid


def start_child(machine: Host, supervisor: Supervisor, index: int) -> None:
    """A child's first or next life, from copies of the supervisor's arguments."""
    child = supervisor.definition.children[index]
    siblings = [supervisor.children[sibling] for _, sibling in child.wired_to]
    start = machine.module.functions[child.start]
    if child.is_supervisor:
        (message,) = machine.call(start, [supervisor.args, siblings])
        supervisor.children[index] = _supervisor_start(machine, child.actor, message)
    else:
        pid = supervisor.children[index] = machine.begin_child(child.actor, start, [supervisor.args, siblings])
        machine.actors[pid].supervisor = supervisor


def after_crash(machine: Host, actor: Actor, asked: list[Wish]) -> None:
    """What the supervisor of a crashed actor does: it starts children anew, by its strategy; the next life answers `asked`."""
    supervisor = actor.supervisor
    if supervisor is None or supervisor.is_stopped:
        return
    index = supervisor.children.index(actor.pid)
    strategy = supervisor.definition.strategy
    first = 0 if strategy == "one_for_all" else index
    last = index + 1 if strategy == "one_for_one" else len(supervisor.children)
    for at in reversed(range(first, last)):
        if at != index:
            _stop_child(machine, supervisor, at)
    for at in range(first, last):
        start_child(machine, supervisor, at)
    machine.actors[supervisor.children[index]].queue.extend(asked)


def _stop_child(machine: Host, supervisor: Supervisor, index: int) -> None:
    pid = supervisor.children[index]
    inner = machine.supervisors.get(pid)
    if inner is not None:
        stop_supervisor(machine, inner)
    else:
        machine.stop(machine.actors[pid])


def stop_supervisor(machine: Host, supervisor: Supervisor) -> None:
    """Stops the children, the last one first, and lets the arguments go."""
    if supervisor.is_stopped:
        return
    supervisor.is_stopped = True
    for index in reversed(range(len(supervisor.children))):
        _stop_child(machine, supervisor, index)
    for value in supervisor.args:
        machine.heap.release(value)


def _supervisor_child(machine: Host, pid: int, index: int) -> int:
    supervisor = machine.supervisors[pid]
    if supervisor.is_stopped:
        raise Trapped("ChildNotLive")
    return int(supervisor.children[index])


def _supervisor_await_restart(machine: Host, pid: int, index: int) -> Block:
    """Decided behind what was sent to the child; when it crashes on that, by its next life."""
    cell = _handle(machine, "cell", {"status": None})
    machine.actors[machine.supervisors[pid].children[index]].queue.append(Wish(False, cell))
    return cell


def _supervisor_stop(machine: Host, pid: int) -> Block:
    stop_supervisor(machine, machine.supervisors[pid])
    return _handle(machine, "cell", {"status": AskStatus.VALUE})


# --------------------------------------------------------------------------- handles that end


def ended(machine: Host, block: Block) -> None:
    """What the end of a handle means for what it names."""
    match block.kind:
        case "sender" | "receiver":
            _close_end(machine, block.kind, block.extra)
        case "scope":
            _cancel(machine, block.extra)
        case "lambda":
            _ask_to_stop(machine, block.extra, None)


CONCURRENCY: dict[str, Callable[..., Any]] = {
    abi.CHANNEL_NEW.name: _channel_new,
    abi.CHANNEL_RECEIVER.name: _channel_receiver,
    abi.CHANNEL_CLONE.name: _channel_clone,
    abi.CHANNEL_GUARD.name: _channel_guard,
    abi.CHANNEL_TRY_SEND.name: _channel_try_send,
    abi.CHANNEL_POLL.name: _channel_poll,
    abi.CHANNEL_TAKE.name: _channel_take,
    abi.SELECT_CLOSED.name: _select_closed,
    abi.CHANNEL_CLOSE.name: _channel_close,
    abi.STREAM_FAULT.name: _stream_fault,
    abi.SCOPE_OPEN.name: _scope_open,
    abi.SCOPE_POLL.name: _scope_poll,
    abi.SCOPE_WATCH.name: _scope_watch,
    abi.SCOPE_RETHROW.name: _scope_rethrow,
    abi.TASK_FAIL.name: _task_fail,
    abi.TASK_IS_DONE.name: lambda m, task: int(m.heap.check(task).extra["status"] is not None),
    abi.DEFER_OPEN.name: lambda m: None,  # a machine's task is never ended while it works
    abi.DEFER_CLOSE.name: lambda m: None,
    abi.ACTOR_STOP.name: _actor_stop,
    abi.ACTOR_STOP_ASK.name: _actor_stop_ask,
    abi.REPLY_DEADLINE.name: _reply_deadline,
    abi.LAMBDA_NEW.name: lambda m, pid: _handle(m, "lambda", pid),
    abi.LAMBDA_PID.name: lambda m, handle: m.heap.check(handle).extra,
    abi.SUPERVISOR_START.name: _supervisor_start,
    abi.SUPERVISOR_CHILD_OR_TRAP.name: _supervisor_child,
    abi.SUPERVISOR_AWAIT_RESTART.name: _supervisor_await_restart,
    abi.SUPERVISOR_STOP.name: _supervisor_stop,
}
