"""The leak finder's own gate: one drop deleted from a compiled program, whose line the finder must name.

In: a size and a seed.  Out: a row for each program; bad when it names a wrong line.
Assumed: the verifiers, which reject each of these programs, look away here; a deleted drop that the program does not
reach, or of a value that owns nothing, loses nothing, and is no case.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
from pathlib import Path
from unittest import mock

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from programs import wishes_of  # noqa: E402
from tests.campaigns.gate import Bar, Row  # noqa: E402

from pyhew.driver.options import BuildOptions, Mode  # noqa: E402
from pyhew.driver.session import Session  # noqa: E402
from pyhew.ir.ops import BOX, CALL, DROP, OBJECT, RC_NEW, RUNTIME, Block, Function, Module, Op  # noqa: E402
from pyhew.ir.types import NEVER, UNIT, Use  # noqa: E402
from pyhew.leaks.builtin import run_builtin  # noqa: E402
from pyhew.leaks.launch import Program  # noqa: E402
from pyhew.leaks.model import Leak, is_user_file  # noqa: E402
from pyhew.passes import manager  # noqa: E402
from pyhew.passes.manager import IrPass  # noqa: E402

ROOT = HERE.parents[1]
FOLDERS = ("values", "collections", "closures", "generators", "text", "control", "traits", "errors")
SIZES = {"small": 6, "nightly": 110, "release": 1000}
# Of so many cases one may be named by a line beside the right one.
RIGHT = 0.99


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
        if drops:
            block, drop, self.made = drops[self.number % len(drops)]
            block.ops = [op for op in block.ops if op is not drop]
        return []


def _maker(block: Block, drop: Op) -> Op | None:
    """The operation that made the value, if it stands in the same block; what only hands on an older value made none,
    and what takes one may: a text that is appended to in place keeps its block and the line that made it."""
    op = next((op for op in block.ops if drop.operands[0] in op.results), None)
    if op is None or op.site is None:
        return None
    # The first result of a call is its value; the others are arguments that were changed in place.
    is_value = op.results[0] is drop.operands[0] and op.kind is CALL and op.attrs["callee"].result not in (UNIT, NEVER)  # type: ignore[attr-defined]
    is_own_call = is_value and op.attrs["callee"].symbol.startswith("hew.main.")  # type: ignore[attr-defined]
    is_fresh = op.kind is RUNTIME and not any(use in (Use.CONSUME, Use.INOUT) for use in op.modes)
    return op if is_own_call or is_fresh or op.kind in (OBJECT, BOX, RC_NEW) else None


def plant(source: Path, number: int, folder: Path) -> tuple[int, tuple[Leak, ...]]:
    """The line that made what is lost, and what the finder found."""
    planter = Planter(number)
    passes = (*manager.IR_PASSES, IrPass("plant", planter))
    with mock.patch.object(manager, "IR_PASSES", passes), mock.patch.object(manager, "verify_ownership", lambda *_: None):
        session = Session(str(source), BuildOptions(Mode.CHECK))
        assert session.check(), source
        text = session.llvm_text()
    if text is None or planter.made is None or planter.made.site is None:
        return 0, ()
    program = folder / f"{source.stem}{number}"
    assert session.link(text, str(program))
    line, _ = session.sources[planter.made.site.file].position(planter.made.site.start)
    wishes = wishes_of(source)
    with tempfile.TemporaryFile() as given, open(os.devnull, "wb") as away:
        given.write(wishes.stdin.encode())
        given.seek(0)
        found = run_builtin(Program(str(program), wishes.args or ["12"]), given, away)
    program.unlink()
    return line, found.leaks


def names_line(leaks: tuple[Leak, ...], line: int) -> bool:
    """Whether the line is among those of some leak."""
    return any(place.line == line for leak in leaks for place in leak.stack if is_user_file(place.file))


def sources() -> list[Path]:
    """Programs that own much and end by themselves."""
    twelve = [ROOT / "examples" / "twelve" / f"{name}.hew" for name in ("values", "collections", "errors", "closures")]
    run = [path for folder in FOLDERS for path in sorted((ROOT / "tests" / "run" / folder).glob("*.hew"))]
    return [*twelve, *(path for path in run if path.with_suffix(".stdout").exists() and wishes_of(path).exit == 0)]


def planted(size: str, seed: int, bar: Bar, is_blind: bool = False) -> list[Row]:
    """Plants until enough programs lost something."""
    rng = random.Random(seed)
    rows: dict[str, Row] = {}
    wrong: list[str] = []
    shown = 0
    everything = sources()
    with tempfile.TemporaryDirectory(prefix="hew-planted-") as folder:
        while shown < SIZES[size]:
            bar.show(shown, SIZES[size], "planted leaks")
            source, number = rng.choice(everything), rng.randrange(1000)
            line, leaks = plant(source, number, Path(folder))
            if not leaks:
                continue
            shown += 1
            name = str(source.relative_to(ROOT))
            rows.setdefault(name, Row(name, 0)).cases += 1
            if is_blind or not names_line(leaks, line):
                wrong.append(f"{name}:{line}, drop {number}: not named")
    bar.clear()
    total = Row("planted leaks whose line is named", 0, note=f"{shown - len(wrong)} of {shown} in {len(rows)} programs")
    total.bad = wrong if len(wrong) > (1 - RIGHT) * shown else []
    return [*rows.values(), total]
