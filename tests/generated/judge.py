"""What happens to a module: rejected by a verifier, well behaved when run, or not.

In: a module with closed blocks.  Out: a verdict.
Assumed: function `main` takes nothing; waits are resumed at once.
"""

from __future__ import annotations

from pyhew.ir.interpret.heap import Misbehaviour, OutOfFuel, WrongVariant
from pyhew.ir.interpret.host import Thread
from pyhew.ir.interpret.machine import ENDED, Machine
from pyhew.ir.interpret.scalars import Trapped
from pyhew.ir.ops import Module
from pyhew.ir.ownership import verify_ownership
from pyhew.ir.verify import verify_structure
from pyhew.source.diagnostics import CompilerBug


def rejection(module: Module) -> str | None:
    """What a verifier says against the module, if anything."""
    try:
        verify_structure(module)
        verify_ownership(module)
    except CompilerBug as bug:
        return str(bug)
    return None


def run(module: Module, fuel: int = 30_000) -> tuple[str, list[str]]:
    """`fine`, `trap`, `long`, `wrong way` or what went wrong with owners, and what was printed.

    A changed edge can lead to a payload that is not there; that is no matter of owners.
    """
    machine = Machine(module, fuel, room=1_000_000)
    try:
        thread = Thread(module.functions["main"], [])
        for _ in range(1000):
            if machine.run(thread) == ENDED:
                break
        else:
            return "long", machine.output
        machine.heap.finish()
    except Trapped:
        return "trap", machine.output
    except OutOfFuel:
        return "long", machine.output
    except WrongVariant:
        return "wrong way", machine.output
    except Misbehaviour as bad:
        return str(bad), machine.output
    except (TypeError, AttributeError, IndexError, KeyError, ValueError) as bad:
        return f"ill-typed: {bad}", machine.output
    return "fine", machine.output
