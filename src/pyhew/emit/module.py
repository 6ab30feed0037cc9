"""A whole program as LLVM IR text.

In: a module after the passes, its sources, options.  Out: one text.
Assumed: every reference inside the module was verified.
"""

from __future__ import annotations

from pyhew.abi import functions as abi
from pyhew.emit import aliasing, loops
from pyhew.emit.descriptors import emit_descriptors, emit_main
from pyhew.emit.foreign import entry_for_c
from pyhew.emit.functions import emit_function
from pyhew.emit.prelude import PRELUDE
from pyhew.emit.program import EmitOptions, Program
from pyhew.emit.writer import escaped
from pyhew.ir.ops import CALL, Function, Module, callee_of
from pyhew.source.files import Sources


def emit_llvm(module: Module, sources: Sources, options: EmitOptions | None = None) -> str:
    """LLVM IR of a program; a module without a main actor is emitted as a library."""
    options = options if options is not None else EmitOptions()
    program = Program(module, sources, options)
    for row in (abi.RELEASE, abi.UNIQUE, abi.VEC_RESERVE):
        program.runtime(row)
    functions = [emit_function(program, fn) for fn in _innermost_first(module)]
    functions += [entry_for_c(program, fn) for fn in module.functions.values() if fn.c_name]
    descriptors = emit_descriptors(program)
    tail = emit_main(program) if module.main else []
    head: list[str] = []
    if options.data_layout:
        head.append(f'target datalayout = "{escaped(options.data_layout.encode())}"')
    if options.triple:
        head.append(f'target triple = "{escaped(options.triple.encode())}"')
    return "\n".join([
        *head,
        *program.types.lines(),
        *descriptors,
        *program.constants,
        *program.declares.values(),
        PRELUDE,
        *functions,
        *tail,
        *program.debug.lines(),
        *loops.lines(),
        *aliasing.lines(),
        "",
    ])  # fmt: skip


def _innermost_first(module: Module) -> list[Function]:
    """The functions in the order of their making, but those that are always inlined before all, callees before callers.

    LLVM inlines them in the order of the text. A small function that calls another has it in its body by the time
    it is copied to its own callers, so each of their calls costs one copy instead of one for each function inside.
    """
    order: dict[str, Function] = {}
    waiting = [fn for fn in reversed(module.functions.values()) if fn.always_inline]
    opened: set[str] = set()
    while waiting:
        fn = waiting[-1]
        if fn.symbol not in opened:
            opened.add(fn.symbol)
            waiting += [callee for callee in _inlined_into(fn) if callee.symbol not in opened]
        else:
            order.setdefault(fn.symbol, waiting.pop())
    return [*order.values(), *(fn for fn in module.functions.values() if fn.symbol not in order)]


def _inlined_into(fn: Function) -> list[Function]:
    callees = [callee_of(op) for block in fn.blocks for op in block.ops if op.kind is CALL]
    return [callee for callee in callees if callee.always_inline]
