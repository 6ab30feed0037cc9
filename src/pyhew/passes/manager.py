"""The passes over the IR, in order, and what holds after each.

In: a module fresh from lowering.  Out: the same module, ready for emission.
`observe` is called with the name of each pass and the module after it; it serves
dumping and timing.  The structural verifier runs before the first and after every
pass, the ownership verifier as soon as blocks are closed.
Assumed: nothing about the module that the verifier does not check.
"""

from __future__ import annotations

from collections.abc import Callable

from pyhew.ir.ops import Function, Module
from pyhew.ir.ownership import verify_ownership
from pyhew.ir.verify import verify_structure
from pyhew.passes.chunk_loops import chunk_loops
from pyhew.passes.elide_copies import elide_copies
from pyhew.passes.fuse_appends import fuse_appends
from pyhew.passes.infer_modes import infer_modes
from pyhew.passes.inline_leaves import inline_leaves
from pyhew.passes.insert_drops import insert_drops
from pyhew.passes.lend_parts import lend_parts
from pyhew.passes.peel_returns import peel_returns
from pyhew.passes.simplify import simplify
from pyhew.passes.split_suspends import split_suspends
from pyhew.source.records import record

Observer = Callable[[str, Module], None]


@record(frozen=True, slots=True)
class IrPass:
    """`run` changes the module and gives back the functions it touched."""

    name: str
    run: Callable[[Module], list[Function]]
    is_closed: bool = True
    """Whether blocks are closed afterwards."""


IR_PASSES: tuple[IrPass, ...] = (
    IrPass("infer_modes", infer_modes, is_closed=False),
    IrPass("simplify", simplify, is_closed=False),
    IrPass("peel_returns", peel_returns, is_closed=False),
    IrPass("chunk_loops", chunk_loops, is_closed=False),
    IrPass("insert_drops", insert_drops),
    IrPass("elide_copies", elide_copies),
    IrPass("fuse_appends", fuse_appends),
    IrPass("split_suspends", split_suspends),
    IrPass("inline_leaves", inline_leaves),
    IrPass("lend_parts", lend_parts),
)


def run_passes(module: Module, observe: Observer | None = None, stop_after: str | None = None) -> Module:
    """Runs `IR_PASSES`; `stop_after` names the last one wanted."""
    verify_structure(module)
    for ir_pass in IR_PASSES:
        touched = ir_pass.run(module)
        if observe is not None:
            observe(ir_pass.name, module)
        verify_structure(module, touched)
        if ir_pass.is_closed:
            verify_ownership(module, touched)
        if ir_pass.name == stop_after:
            break
    return module
