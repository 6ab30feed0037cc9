"""Refuses functions that wait where the runtime cannot.

In: a module fresh from lowering.  Out: `suspends-here` for every `close`, hook, mailbox key,
supervisor argument and function for C that suspends, with the calls that lead to the wait.
Assumed: the module was not cut at its suspensions yet.  It changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from pyhew.ir.ops import CALL, RESOURCE_NEW, Function, Module, callee_of
from pyhew.ir.types import ResourceT
from pyhew.passes.errors.suspension import SuspendsHere
from pyhew.passes.suspension import Suspension, find_suspension
from pyhew.source.diagnostics import DiagnosticSink
from pyhew.source.spans import NOWHERE, Span


def check_suspends(module: Module, sink: DiagnosticSink) -> None:
    """Reports every function that waits and must not."""
    found = find_suspension(module)
    for symbol, where in dict(must_be_plain(module)).items():
        fn = module.functions.get(symbol)
        if fn is not None and fn in found.reasons:
            chain = _chain(fn, found)
            span = chain[0][0] if chain else fn.site or NOWHERE
            sink.report(SuspendsHere(span, fn.shown or fn.symbol, where, chain))


def must_be_plain(module: Module) -> Iterator[tuple[str, str]]:
    """The symbols that must not suspend, and what they are."""
    for fn in module.functions.values():
        if fn.c_name:
            yield fn.symbol, "a function that C calls"
        for block in fn.blocks:
            for op in block.ops:
                if op.kind is RESOURCE_NEW:
                    ty = op.results[0].type
                    if isinstance(ty, ResourceT):
                        yield ty.close, "the `close` of a resource"
    for actor in module.actors.values():
        hooks = (
            (actor.drop_state, "the end of an actor"),
            (actor.on_stop, "a stop hook"),
            (actor.on_crash, "a crash hook"),
            (actor.on_down, "a hook for monitored actors"),
            (actor.on_exit, "a hook for linked actors"),
            *((key, "the key of a mailbox") for key in (actor.mailbox.keys if actor.mailbox is not None else ())),
        )
        yield from ((symbol, where) for symbol, where in hooks if symbol is not None)
    for supervisor in module.supervisors.values():
        for child in supervisor.children:
            if child.is_supervisor:
                yield child.start, "the arguments of a supervisor"
            if child.count is not None:
                yield child.count, "the size of a pool"


def _chain(fn: Function, found: Suspension) -> tuple[tuple[Span, str], ...]:
    """From the function to the wait, one place for each call."""
    out: list[tuple[Span, str]] = []
    seen: set[Function] = set()
    while fn not in seen:
        seen.add(fn)
        op = found.reasons.get(fn)
        if op is None:
            break
        if op.kind is not CALL:
            if op.site is not None:
                out.append((op.site, "waits here"))
            break
        fn = callee_of(op)
        if op.site is not None:
            out.append((op.site, f"calls `{fn.shown or fn.symbol}`, which waits"))
    return tuple(out)
