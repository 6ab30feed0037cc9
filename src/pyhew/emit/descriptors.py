"""The constant tables of a program: actor types, supervisors, the program itself, and `main`.

In: the module's actors and supervisors.  Out: global definitions and the dispatch functions.
Assumed: the structs have the layout of `hew/types.h`.
"""

from __future__ import annotations

from pyhew.abi import constants
from pyhew.emit.actors import descriptor_name
from pyhew.emit.heap import code_symbol
from pyhew.emit.program import Program
from pyhew.emit.writer import quoted
from pyhew.ir.ops import ActorDef, ChildDef, Function, SupervisorDef
from pyhew.ir.types import BoxT
from pyhew.source.diagnostics import CompilerBug

_STRATEGIES = {item.name.lower(): int(item) for item in constants.Strategy}
_RESTARTS = {item.name.lower(): int(item) for item in constants.Restart}
_POLICIES = {item.name.lower(): int(item) for item in constants.MailboxPolicy}

TYPES = """\
%hew_actor_type = type { ptr, i32, i32, ptr, ptr, ptr, ptr, ptr, ptr, ptr, ptr, i32, i32, ptr, i64, i32 }
%hew_mailbox_spec = type { i32, i32, ptr, i32 }
%hew_periodic = type { i32, i64 }
%hew_child_spec = type { ptr, ptr, ptr, ptr, ptr, ptr, i32, i32, i64, i32, i32, ptr }
%hew_supervisor_spec = type { ptr, i32, i32, i64, i32, i32, ptr }
%hew_program = type { ptr, i32, i32, ptr, ptr }"""


def emit_descriptors(program: Program) -> list[str]:
    """Everything but the table of block types."""
    out = [TYPES]
    for name, actor in program.module.actors.items():
        out.extend(_actor(program, name, actor))
    for name, supervisor in program.module.supervisors.items():
        out.extend(_supervisor(program, name, supervisor))
    return out


def emit_main(program: Program) -> list[str]:
    """The program's description and the C entry point."""
    main = program.module.main
    if main not in program.module.actors:
        raise CompilerBug(f"the main actor {main!r} is missing")
    count = program.types.count()
    fields = f"ptr @hew.types, i32 {count}, i32 0, ptr {descriptor_name(main)}, ptr null"
    return [
        f"@hew.program = private constant %hew_program {{ {fields} }}, align 8",
        "declare i32 @hew_main(ptr, i32, ptr)",
        'define i32 @main(i32 %argc, ptr %argv) nounwind "frame-pointer"="all" {',
        "  %code = call i32 @hew_main(ptr @hew.program, i32 %argc, ptr %argv)",
        "  ret i32 %code",
        "}",
    ]


def _hook(program: Program, symbol: str | None) -> str:
    """A function that the runtime calls as it is."""
    if symbol is None:
        return "null"
    fn = program.function(symbol)
    if fn.suspends:
        raise CompilerBug(f"the hook {symbol} suspends", fn.site)
    return quoted(symbol)


# --------------------------------------------------------------------------- actors


def _actor(program: Program, key: str, actor: ActorDef) -> list[str]:
    name = descriptor_name(key)
    dispatch = quoted(f"{key}.dispatch")
    out: list[str] = [_dispatch(program, dispatch, actor)]
    handlers = ", ".join(f"ptr {program.c_text(handler.name)}" for handler in actor.handlers)
    out.append(f"{name}.handlers = private constant [{len(actor.handlers)} x ptr] [{handlers}], align 8")
    periodics = [(at, handler.every) for at, handler in enumerate(actor.handlers) if handler.every is not None]
    if periodics:
        rows = ", ".join(f"%hew_periodic {{ i32 {at}, i64 {every} }}" for at, every in periodics)
        out.append(f"{name}.periodics = private constant [{len(periodics)} x %hew_periodic] [{rows}], align 8")
    mailbox = "null"
    if actor.mailbox is not None:
        spec = actor.mailbox
        mailbox = f"{name}.mailbox"
        keys = "null"
        if any(spec.keys):
            keys = f"{name}.keys"
            rows = ", ".join(f"ptr {_hook(program, key)}" for key in spec.keys)
            out.append(f"{keys} = private constant [{len(spec.keys)} x ptr] [{rows}], align 8")
        fallback = _POLICIES[spec.fallback] if spec.fallback is not None else _POLICIES["drop_new"]
        out.append(
            f"{mailbox} = private constant %hew_mailbox_spec {{ i32 {spec.capacity}, i32 {_POLICIES[spec.policy]}, "
            f"ptr {keys}, i32 {fallback} }}, align 8"
        )
    shape = program.layout.shape(actor.state)
    kind = program.types.of(BoxT(actor.state)) if shape.owned else 0
    flags = int(constants.ActorFlag.MUST_FINISH) if actor.must_finish else 0
    hooks = ", ".join(f"ptr {_hook(program, symbol)}" for symbol in (actor.on_stop, actor.on_crash, actor.on_down))
    out.append(
        f"{name} = private constant %hew_actor_type {{ ptr {program.c_text(actor.name)}, i32 {shape.size}, "
        f"i32 {len(actor.handlers)}, ptr {dispatch}, ptr {_hook(program, actor.drop_state)}, {hooks}, "
        f"ptr {f'{name}.periodics' if periodics else 'null'}, ptr {mailbox}, ptr {name}.handlers, "
        f"i32 {len(periodics)}, i32 {flags}, ptr {_hook(program, actor.on_exit)}, i64 {actor.max_heap}, i32 {kind} }}, align 8"
    )
    return out


def _dispatch(program: Program, name: str, actor: ActorDef) -> str:
    """One switch over the handlers; without a place of its own, what is inlined into it would lose its lines."""
    scope = program.debug.function(f"{actor.name} dispatch", None)
    place = program.debug.suffix(scope, None)
    lines = [
        f'define internal ptr {name}(ptr %self, i32 %index, ptr %message) nounwind "frame-pointer"="all"'
        f"{program.debug.mark(scope)} {{",
        f"  %payload = getelementptr i8, ptr %message, i64 {constants.MESSAGE_SIZE}",
    ]
    cases = " ".join(f"i32 {at}, label %h{at}" for at in range(len(actor.handlers)))
    lines.append(f"  switch i32 %index, label %none [ {cases} ]")
    for at, handler in enumerate(actor.handlers):
        lines.append(f"h{at}:")
        lines.extend(_enter(program, program.function(handler.wrapper), "ptr %payload", f"{at}", place))
    lines.extend(("none:", "  ret ptr null", "}"))
    return "\n".join(lines)


def _enter(program: Program, fn: Function, args: str, tag: str, place: str) -> list[str]:
    """Calls a function and gives its frame back if it still waits; `place` is where debuggers see the call."""
    arguments = f"ptr %self, {args}" if args else "ptr %self"
    if not fn.suspends:
        return [f"  call void {quoted(fn.symbol)}({arguments}){place}", "  ret ptr null"]
    return [f"  %f{tag} = call ptr {quoted(code_symbol(fn))}({arguments}, ptr null){place}", f"  ret ptr %f{tag}"]


# --------------------------------------------------------------------------- supervisors


def _supervisor(program: Program, key: str, supervisor: SupervisorDef) -> list[str]:
    name = descriptor_name(key)
    out: list[str] = []
    rows = [_child(program, f"{name}.{at}", child, out) for at, child in enumerate(supervisor.children)]
    body = "[" + ", ".join(rows) + "]" if rows else "zeroinitializer"
    out.append(f"{name}.children = private constant [{len(rows)} x %hew_child_spec] {body}, align 8")
    out.append(
        f"{name} = private constant %hew_supervisor_spec {{ ptr {program.c_text(supervisor.name)}, "
        f"i32 {_STRATEGIES[supervisor.strategy]}, i32 {supervisor.intensity}, i64 {supervisor.window}, "
        f"i32 {len(rows)}, i32 0, ptr {name}.children }}, align 8"
    )
    return out


def _child(program: Program, name: str, child: ChildDef, out: list[str]) -> str:
    """The row of one child; its thunk and its list of siblings go to `out`."""
    wired = "null"
    if child.wired_to:
        wired = f"{name}.wired"
        numbers = ", ".join(f"i32 {sibling}" for _, sibling in child.wired_to)
        out.append(f"{wired} = private constant [{len(child.wired_to)} x i32] [{numbers}], align 4")
    fn = program.function(child.start)
    args = ", ".join(("ptr %args", "ptr %siblings")[: len(fn.params)])
    thunk = f"{name}.start"
    params = "ptr %self, ptr %args, ptr %siblings"
    scope = program.debug.function(f"start {child.name}", None)
    place = program.debug.suffix(scope, None)
    lines = [f'define internal ptr {thunk}({params}) nounwind "frame-pointer"="all"{program.debug.mark(scope)} {{']
    if child.is_supervisor:
        tail = f", {args}" if args else ""
        lines.append(f"  %m = call ptr {_hook(program, child.start)}(ptr %self{tail}){place}")
        lines.append("  ret ptr %m")
    else:
        lines.extend(_enter(program, fn, args, "", place))
    out.append("\n".join([*lines, "}"]))
    target = f"ptr {descriptor_name(child.actor)}"
    kinds = f"ptr null, {target}, ptr null, ptr {thunk}" if child.is_supervisor else f"{target}, ptr null, " + (
        f"ptr {thunk}, ptr null"
    )
    return (
        f"%hew_child_spec {{ ptr {program.c_text(child.name)}, {kinds}, ptr {wired}, i32 {len(child.wired_to)}, "
        f"i32 {_RESTARTS[child.restart]}, i64 {child.shutdown}, i32 {int(child.is_pool)}, i32 1, "
        f"ptr {_hook(program, child.count)} }}"
    )
