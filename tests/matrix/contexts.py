"""Where a cell stands: the same statements in a handler, a task, a generator, a method, a closure, a hook.

In: a cell.  Out: a cell that says the same lines.
Assumed: a body that returns early is called there; any other stands there itself.
"""

from __future__ import annotations

from collections.abc import Callable

from .kinds import Kind
from .operations import Cell

Context = Callable[[str, Cell], Cell]
PASSES_ON = 'match await {0} {{ Ok(_) => (), Err(_) => println("err"), }}'


def _inline(name: str, cell: Cell) -> tuple[str, str]:
    """The declarations and the statements of a cell, for a body of any result."""
    if "return" in cell.body:
        return f"{cell.items}\nfn body_{name}() {{ {cell.body} }}", f"body_{name}();"
    return cell.items, cell.body


def in_function(name: str, cell: Cell) -> Cell:
    return cell


def twice_in_a_loop(name: str, cell: Cell) -> Cell:
    items, body = _inline(name, cell)
    return Cell(f"for _ in 0..2 {{ {body} }}", cell.lines * 2, items)


def in_a_handler(name: str, cell: Cell) -> Cell:
    items, body = _inline(name, cell)
    return Cell(
        f"let host = spawn Host_{name}(); {PASSES_ON.format('host.go()')}",
        cell.lines,
        f"{items}\nactor Host_{name} {{ receive fn go() -> i64 {{ {body} 1 }} }}",
    )


def in_a_task(name: str, cell: Cell) -> Cell:
    items, body = _inline(name, cell)
    return Cell(
        f"scope {{ fork work = work_{name}(); await work; }}", cell.lines, f"{items}\nfn work_{name}() -> i64 {{ {body} 1 }}"
    )


def in_a_generator(name: str, cell: Cell) -> Cell:
    items, body = _inline(name, cell)
    return Cell(
        f"for _ in steps_{name}() {{ }}", cell.lines, f"{items}\ngen fn steps_{name}() -> i64 {{ yield 1; {body} yield 2; }}"
    )


def in_a_block_that_yields(name: str, cell: Cell) -> Cell:
    items, body = _inline(name, cell)
    return Cell(f"let steps = gen {{ yield 1; {body} yield 2; }}; for _ in steps {{ }}", cell.lines, items)


def in_a_closure(name: str, cell: Cell) -> Cell:
    items, body = _inline(name, cell)
    return Cell(f"let doing = || {{ {body} }}; doing(); doing();", cell.lines * 2, items)


def in_a_generic_method(name: str, cell: Cell) -> Cell:
    items, body = _inline(name, cell)
    return Cell(
        f"let host = Host_{name} {{ a: 1 }}; host.go();",
        cell.lines,
        f"{items}\ntype Host_{name}<A> {{ a: A; }}\nimpl<A> Host_{name}<A> {{ fn go(self) {{ {body} }} }}",
    )


def in_a_trait_default(name: str, cell: Cell) -> Cell:
    items, body = _inline(name, cell)
    return Cell(
        f"let host: dyn Does_{name} = Host_{name} {{ a: 1 }}; host.go();",
        cell.lines,
        f"{items}\ntrait Does_{name} {{ fn go(self) {{ {body} }} }}\ntype Host_{name} {{ a: i64; }}\nimpl Does_{name} for Host_{name} {{ }}",
    )


def deferred(name: str, cell: Cell) -> Cell:
    items = f"{cell.items}\nfn body_{name}() {{ {cell.body} }}"
    return Cell(f"defer {{ body_{name}(); }} let _before = 1;", cell.lines, items)


def in_a_lambda_actor(name: str, cell: Cell) -> Cell:
    items, body = _inline(name, cell)
    return Cell(f"let host = actor |n: i64| -> i64 {{ {body} n }}; {PASSES_ON.format('host(1)')}", cell.lines, items)


def at_the_start(name: str, cell: Cell) -> Cell:
    items, body = _inline(name, cell)
    return Cell(
        f"let host = spawn Host_{name}(); {PASSES_ON.format('host.go()')}",
        cell.lines,
        f"{items}\nactor Host_{name} {{ receive fn go() -> i64 {{ 1 }} #[on(start)] fn begun() {{ {body} }} }}",
    )


def at_the_end(name: str, cell: Cell) -> Cell:
    items, body = _inline(name, cell)
    return Cell(
        f"let host = spawn Host_{name}(); stop(host); while (await host.go()).is_ok() {{ sleep(1ms); }}",
        cell.lines,
        f"{items}\nactor Host_{name} {{ receive fn go() -> i64 {{ 1 }} #[on(stop)] fn ended() {{ {body} }} }}",
    )


CONTEXTS: tuple[Context, ...] = (
    in_function,
    twice_in_a_loop,
    in_a_handler,
    in_a_task,
    in_a_generator,
    in_a_block_that_yields,
    in_a_closure,
    in_a_generic_method,
    in_a_trait_default,
    deferred,
    in_a_lambda_actor,
    at_the_start,
    at_the_end,
)
WAITS = ("await", "sleep", "scope", "select", "join", ".send(", ".recv(", "spawn", "actor ", "gen ", "|", "dyn ", "fn(")


def may_stand(context: Context, kind: Kind, cell: Cell) -> bool:
    """Whether the statements may be there: a hook for the end does not wait, and calls nothing that may do so elsewhere."""
    if context is at_the_end:
        return not kind.waits and not any(word in cell.body + cell.items + kind.type for word in WAITS)
    return True
