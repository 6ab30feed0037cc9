"""The whole compiler on one screen.

In: the root module, a loader for the others, a sink for what is wrong.
Out: a checked `World`, or LLVM text.
Assumed: nothing here reads a file; a program with errors gives `None`, and the sink
says why.
"""

from __future__ import annotations

from pyhew.check.bodies import check_types
from pyhew.check.world import World
from pyhew.ir.ops import Module
from pyhew.names.modules import LoadedModule, Loader, collect_program
from pyhew.passes.manager import Observer, run_passes
from pyhew.source.diagnostics import DiagnosticSink
from pyhew.source.files import Sources


def check_program(
    prelude: LoadedModule | None, root: LoadedModule, loader: Loader, sink: DiagnosticSink
) -> World | None:
    """Names and types of the whole program."""
    world = check_types(collect_program(prelude, root, loader, sink), sink)
    return None if sink.has_errors else world


def build_ir(world: World, tests: bool, observe: Observer | None = None) -> Module:
    """The program's IR after all passes; `tests` replaces `main` by one that runs a single test."""
    from pyhew.lower.program import lower_program

    return run_passes(lower_program(world, tests), observe)


def compile_program(
    world: World, sources: Sources, options: object, tests: bool = False, observe: Observer | None = None
) -> str:
    """The program as LLVM text."""
    from pyhew.emit.module import emit_llvm

    return emit_llvm(build_ir(world, tests, observe), sources, options)
