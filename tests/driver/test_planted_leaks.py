"""One drop deleted from a compiled program: the finder names the line that made what is lost.

The verifiers, which reject each of these programs, look away here; that is what this test is about.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from pyhew.driver.options import BuildOptions, Mode
from pyhew.driver.session import Session
from pyhew.ir.ops import BOX, CALL, DROP, OBJECT, RC_NEW, RUNTIME, Block, Function, Module, Op
from pyhew.leaks.builtin import run_builtin
from pyhew.leaks.model import is_user_file
from pyhew.passes import manager
from pyhew.passes.manager import IrPass

TWELVE = Path(__file__).resolve().parents[2] / "examples" / "twelve"
PROGRAMS = ("values", "collections", "errors", "closures")
PLANTED = 6


class Planter:
    """A last pass that deletes the drop of a number from the user's functions."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.made: Op | None = None

    def __call__(self, module: Module) -> list[Function]:
        drops = [
            (block, op, made)
            for symbol, fn in module.functions.items()
            if symbol.startswith("hew.main.")
            for block in fn.blocks
            for op in block.ops
            if op.kind is DROP and (made := _maker(block, op)) is not None
        ]
        block, drop, self.made = drops[self.number % len(drops)]
        block.ops = [op for op in block.ops if op is not drop]
        return []


def _maker(block: Block, drop: Op) -> Op | None:
    """The operation that made the value, if it stands in the same block; what only hands on an older value made none."""
    op = next((op for op in block.ops if drop.operands[0] in op.results), None)
    if op is None or op.site is None:
        return None
    is_own_call = op.kind is CALL and op.attrs["callee"].symbol.startswith("hew.main.")  # type: ignore[attr-defined]
    return op if is_own_call or op.kind in (RUNTIME, OBJECT, BOX, RC_NEW) else None


def planted(name: str, number: int, folder: Path, patch: pytest.MonkeyPatch) -> tuple[int, list[list[int]]]:
    """The line that made what is lost, and the lines that the finder names for each leak."""
    planter = Planter(number)
    patch.setattr(manager, "IR_PASSES", (*manager.IR_PASSES, IrPass("plant", planter)))
    patch.setattr(manager, "verify_ownership", lambda *_: None)
    session = Session(str(TWELVE / f"{name}.hew"), BuildOptions(Mode.CHECK))
    assert session.check()
    text = session.llvm_text()
    patch.undo()
    assert text is not None and planter.made is not None and planter.made.site is not None
    program = folder / f"{name}{number}"
    assert session.link(text, str(program))
    line, _ = session.sources[planter.made.site.file].position(planter.made.site.start)
    with open(os.devnull, "rb") as nothing, open(os.devnull, "wb") as away:
        found = run_builtin(str(program), ["12"], nothing, away)
    return line, [[place.line for place in leak.stack if is_user_file(place.file)] for leak in found.leaks]


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_deleted_drop_is_named_by_its_line(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(name)
    shown, wrong = 0, []
    for number in rng.sample(range(1000), PLANTED):
        line, leaks = planted(name, number, tmp_path, monkeypatch)
        if not leaks:
            continue  # the way was not taken, or the value owned nothing
        shown += 1
        if not any(line in lines for lines in leaks):
            wrong.append((number, line, leaks[:3]))
    assert wrong == []
    assert shown >= PLANTED // 3


def test_a_clean_program_makes_no_noise(tmp_path: Path) -> None:
    for name in PROGRAMS:
        command = [sys.executable, "-m", "pyhew", "memcheck", str(TWELVE / f"{name}.hew"), "--tool", "builtin"]
        done = subprocess.run([*command, "--format", "json", "--", "12"], capture_output=True, text=True, check=False)
        assert (done.returncode, json.loads(done.stdout)["clean"]) == (0, True)
        assert "hew:" not in done.stderr
