"""The product of kinds and operations: which cells run, what is refused, and how a program of cells is judged."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from programs import Outcome, Wishes, build, run

from pyhew.driver.options import BuildOptions, Mode
from pyhew.driver.session import Session

from .kinds import KINDS, Kind
from .operations import OPERATIONS, Cell, Operation, source
from .twice import MOVED, TWICE
from .unknown import UNKNOWN
from .waiting import WAITING
from .wrapped import MORE, WRAPPED

ALL_KINDS = (*KINDS, *MORE, *WRAPPED)
ALL_OPERATIONS = (*OPERATIONS, *TWICE, *WAITING, *UNKNOWN)


def refusal(kind: Kind, operation: Operation) -> str | None:
    """The id of the diagnostic of a cell that has no meaning."""
    if operation.name in kind.refuses:
        return kind.refuses[operation.name]
    return operation.refused if operation.refused and not kind.meets(operation.needs.split()[0]) else None


def can_run(kind: Kind, operation: Operation) -> bool:
    """Whether the cell has a meaning."""
    return refusal(kind, operation) is None and all(kind.meets(need) for need in operation.needs.split())


def cells_of(kind: Kind, operations: tuple[Operation, ...]) -> list[tuple[str, Cell]]:
    """The cells that must run."""
    return [(each.name, each.cell(kind)) for each in operations if can_run(kind, each)]


def complaint(outcome: Outcome, cells: list[tuple[str, Cell]]) -> str | None:
    """What is wrong with a run: another line than a cell says, a value not closed once, something left."""
    lines = outcome.stdout.splitlines()
    opened = Counter(line[5:] for line in lines if line.startswith("open "))
    closed = Counter(line[6:] for line in lines if line.startswith("close "))
    said = [line for line in lines if not line.startswith(("open ", "close "))]
    wanted = [line for name, cell in cells for line in (f"# {name}", *cell.lines)]
    if said != wanted:
        at = next((i for i, (a, b) in enumerate(zip(said, wanted)) if a != b), min(len(said), len(wanted)))
        head = [line for line in wanted[: at + 1] if line.startswith("# ")][-1]
        return f"{head}: {said[at : at + 3]} and not {wanted[at : at + 3]}; {outcome.stderr[-300:]}"
    if opened != closed:
        return f"closed {closed} of {opened}"
    if outcome.left or not outcome.counters:
        return f"left {outcome.left or 'no report'}: {outcome.stderr[-300:]}"
    return None if outcome.code in (0, 1) else f"exit {outcome.code}: {outcome.stderr[-300:]}"


def judge(
    folder: Path, kind: Kind, cells: list[tuple[str, Cell]], mode: Mode = Mode.CHECK, under: tuple[str, ...] = ()
) -> str | None:
    """Builds and runs the cells as one program; what is wrong with it."""
    program = folder / f"{kind.name}.hew"
    program.write_text(source(kind, cells), encoding="utf-8")
    return complaint(run(build(program, mode), Wishes(), under=under), cells)


def diagnosed(folder: Path, kind: Kind, operations: tuple[Operation, ...]) -> dict[str, set[str]]:
    """The diagnostics of these operations, by the cell they stand in. What moves is looked at only where all types fit."""
    late = tuple(each for each in operations if refusal(kind, each) == MOVED)
    found: dict[str, set[str]] = {}
    for some in (late, tuple(each for each in operations if each not in late)):
        if not some:
            continue
        text = source(kind, [(each.name, each.cell(kind)) for each in some])
        program = folder / f"{kind.name}.hew"
        program.write_text(text, encoding="utf-8")
        session = Session(str(program), BuildOptions())
        session.check()
        for diagnostic in session.sink.diagnostics:
            after = text[diagnostic.span.start :]
            name = after[after.index("// end ") + 7 :].split("\n", 1)[0]
            found.setdefault(name, set()).add(diagnostic.id)
    return found
