"""Random modules as executables: the emitter against the interpreter.

`python -m tests.generated.native [count] [seed]`.
In: a seed.  Out: what the program printed in each build, which must be what the interpreter printed; nothing may be
left behind.
Assumed: a C compiler; waits are woken by a timer, because nobody else would.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.generated.campaign import compiled
from tests.generated.generator import random_module
from tests.generated.judge import run

from pyhew.abi import functions as abi
from pyhew.driver.link import link_executable
from pyhew.driver.native import NativeModule
from pyhew.driver.options import Mode
from pyhew.driver.runtime import runtime_objects
from pyhew.emit.module import emit_llvm
from pyhew.emit.program import EmitOptions
from pyhew.ir import ops
from pyhew.ir.ops import ActorDef, Block, Branch, CondBranch, Edge, Function, Handler, Module, Op, Return, Value
from pyhew.ir.types import BOOL, I32, I64, PTR, UNIT, HandleT, StructT, Use
from pyhew.passes.manager import run_passes
from pyhew.source.diagnostics import Diagnostic
from pyhew.source.files import Sources

MODES = (Mode.FAST, Mode.CHECK, Mode.RELEASE)


def as_program(module: Module) -> Module:
    """Adds the actor whose `init` calls `main`, and makes each wait last until a timer is due."""
    _pause(module)
    state = StructT("State", (), ())
    module.types.structs["State"] = state
    payload, made, loaded = Value(PTR, "payload"), Value(state, "state"), Value(state, "state")
    init = Function("init", [payload], [Use.BORROW], UNIT, [Block("entry")])
    main = module.functions["main"]
    init.blocks[0].ops = [
        Op(ops.CALL, [], [], {"callee": main}, ()),
        Op(ops.PACK, [], [made]),
        Op(ops.STATE_STORE, [made], []),
    ]
    init.blocks[0].terminator = Return([])
    drop = Function("drop", [], [], UNIT, [Block("entry")])
    drop.blocks[0].ops = [Op(ops.STATE_LOAD, [], [loaded])]
    drop.blocks[0].terminator = Return([])
    main.symbol = "hew.main"
    module.functions = {fn.symbol: fn for fn in (*module.functions.values(), init, drop)}
    module.actors["Main"] = ActorDef("Main", "Main", state, [Handler("init", "init", (), None)], "drop")
    module.main = "Main"
    return module


def _pause(module: Module) -> None:
    """A function that waits for a timer, called in place of every bare `suspend`."""
    pause = Function("pause", [], [], UNIT)
    entry, poll, wait, end = (Block(name) for name in ("entry", "poll", "wait", "end"))
    timer, short = Value(HandleT("timer"), "timer"), Value(I64, "short")
    ready, zero, is_ready = Value(I32, "ready"), Value(I32, "zero"), Value(BOOL, "is_ready")
    entry.ops = [
        Op(ops.CONST, [], [short], {"value": 1000}),
        Op(ops.RUNTIME, [short], [timer], {"fn": abi.TIMER_START}, abi.TIMER_START.uses),
    ]
    entry.terminator = Branch(Edge(poll))
    poll.ops = [
        Op(ops.RUNTIME, [timer], [ready], {"fn": abi.TIMER_POLL}, abi.TIMER_POLL.uses),
        Op(ops.CONST, [], [zero], {"value": 0}),
        Op(ops.COMPARE, [ready, zero], [is_ready], {"predicate": "ne"}),
    ]
    poll.terminator = CondBranch(is_ready, Edge(end), Edge(wait))
    wait.ops = [Op(ops.SUSPEND, [], [])]
    wait.terminator = Branch(Edge(poll))
    end.terminator = Return([])
    pause.blocks = [entry, poll, wait, end]
    for fn in module.functions.values():
        for block in fn.blocks:
            block.ops = [Op(ops.CALL, [], [], {"callee": pause}, ()) if op.kind is ops.SUSPEND else op
                         for op in block.ops]  # fmt: skip
    module.functions["pause"] = pause


def execute(seed: int, mode: Mode, folder: Path) -> tuple[int, str]:
    """Exit code and output of the module of a seed; standard error is appended when it fails."""
    module = run_passes(as_program(random_module(seed)))
    text = emit_llvm(module, Sources(), EmitOptions(is_check=mode is Mode.CHECK))
    objects = runtime_objects(mode.runtime, 0)
    assert not isinstance(objects, Diagnostic), objects.title()
    own, out = folder / "case.o", folder / "case"
    own.write_bytes(NativeModule(text, mode).object_file())
    failed = link_executable([str(own), *objects], str(out))
    assert failed is None, failed.title()
    done = subprocess.run(
        [str(out)], capture_output=True, text=True, timeout=20, env={**os.environ, "HEW_MEMCHECK": "1"}, check=False
    )
    return done.returncode, done.stdout + (done.stderr if done.returncode else "")


def difference(seed: int, mode: Mode, folder: Path) -> str | None:
    """What the executable did otherwise than the interpreter, if anything."""
    verdict, printed = run(compiled(seed), fuel=300_000)
    if verdict != "fine":
        return None
    code, output = execute(seed, mode, folder)
    if code or output != "".join(printed):
        return f"seed {seed}, {mode.value}: exit {code}, {output[-300:]!r} instead of {''.join(printed)[-300:]!r}"
    return None


def main(arguments: list[str]) -> int:
    """Prints every difference; 1 when there is one."""
    count, seed = (int(text) for text in (*arguments, "200", "1")[:2])
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(seed, seed + count):
            for mode in MODES:
                found = difference(number, mode, Path(folder))
                if found is not None:
                    bad += 1
                    print(found)
    print(f"{count} programs, {bad} differences")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
