"""The whole compiler on one screen.

In: the root module, a loader for the others, a sink for what is wrong.
Out: a checked `World`, or LLVM text.
Assumed: nothing here reads a file; a program with errors gives `None`, and the sink
says why.  The back half is imported only when a program got that far, so that checking
alone stays quick.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhew.check.bodies import check_types
from pyhew.check.world import World
from pyhew.ir.ops import Module
from pyhew.names.modules import LoadedModule, Loader, collect_program
from pyhew.source.diagnostics import DiagnosticSink
from pyhew.source.files import Sources

if TYPE_CHECKING:
    from pyhew.emit.program import EmitOptions
    from pyhew.passes.manager import Observer


def check_program(
    prelude: LoadedModule | None, root: LoadedModule, loader: Loader, sink: DiagnosticSink
) -> World | None:
    """Names and types of the whole program."""
    world = check_types(collect_program(prelude, root, loader, sink), sink)
    return None if sink.has_errors else world


def lint_program(world: World, sources: Sources, levels: tuple[tuple[str, str], ...]) -> bool:
    """Reports what is allowed and looks wrong; whether the user lets it pass."""
    from pyhew.check.lints.sweep import find_lints

    for lint in find_lints(world, sources, levels):
        world.sink.report(lint)
    return not world.sink.has_errors


def build_ir(world: World, tests: bool, names: bool = False, observe: Observer | None = None) -> Module | None:
    """The program's IR after all passes.

    `tests` makes `main` run the one test that `HEW_CASE` names; `names` keeps the user's variables for debuggers.
    """
    from pyhew.lower.program import lower_program
    from pyhew.passes.check_suspends import check_suspends
    from pyhew.passes.given_up import forget_given_up
    from pyhew.passes.manager import run_passes
    from pyhew.passes.polite_waits import drop_polite_waits

    module = lower_program(world, tests, names)
    if module is None:
        return None
    if observe is not None:
        observe("lower", module)
    drop_polite_waits(module)
    forget_given_up(module)
    check_suspends(module, world.sink)
    return None if world.sink.has_errors else run_passes(module, observe)


def compile_program(
    world: World, sources: Sources, options: EmitOptions, tests: bool = False, observe: Observer | None = None
) -> str | None:
    """The program as LLVM text."""
    from pyhew.emit.module import emit_llvm

    module = build_ir(world, tests, options.is_check, observe)
    return None if module is None else emit_llvm(module, sources, options)
