"""Random programs in every build and in the interpreter of the IR against their Python half, and a difference made as small as it gets.

In: cases.  Out: what each way to run them did otherwise, or left behind.
Assumed: closes come in any order, everything else in the order of the program; a case may crash actors, which ends
the process with 1.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from programs import VALGRIND, Wishes, run
from tests.typed.generator import Case, expected, program
from tests.typed.model import Node

from pyhew.driver.options import BuildOptions, Mode
from pyhew.driver.session import Session
from pyhew.ir.interpret.heap import Misbehaviour, OutOfFuel
from pyhew.ir.interpret.machine import Machine, Unsupported
from pyhew.ir.ops import Module
from pyhew.passes.manager import IR_PASSES
from pyhew.source.diagnostics import CompilerBug

NAMES = [ir_pass.name for ir_pass in IR_PASSES]
INTERPRETED = NAMES[NAMES.index("split_suspends") - 1]
"""The pass after which the interpreter runs a module: blocks are closed, waits are not yet split."""
FUEL = 500_000_000


class Way(Enum):
    """How a program is run."""

    FAST = "fast"
    CHECK = "check"
    RELEASE = "release"
    INTERPRETER = "interpreter"
    VALGRIND = "valgrind"
    ASAN = "asan"
    TSAN = "tsan"

    @property
    def mode(self) -> Mode:
        """The build; the interpreter runs what becomes the default one."""
        match self:
            case Way.INTERPRETER:
                return Mode.FAST
            case Way.VALGRIND:
                return Mode.CHECK
            case _:
                return Mode(self.value)


QUICK = (Way.FAST, Way.CHECK, Way.RELEASE)


@dataclass(frozen=True)
class Difference:
    """What one way to run one case did otherwise."""

    seed: int
    way: Way
    what: str

    def __str__(self) -> str:
        return f"case {self.seed}, {self.way.value}: {self.what}"


def _split(text: str) -> tuple[list[str], Counter[str]]:
    lines = text.splitlines()
    closed = Counter(line for line in lines if line.startswith("close "))
    return [line for line in lines if not line.startswith("close ")], closed


Outcome = tuple[list[str], Counter[str], str]
"""Lines, closes, and what else is wrong."""


def _outcome(executable: str, way: Way, workers: int) -> Outcome:
    os.environ["HEW_MEMCHECK"] = "1"
    try:
        done = run(executable, Wishes(), workers, VALGRIND if way is Way.VALGRIND else (), limit=60 if way in QUICK else 600)
    finally:
        del os.environ["HEW_MEMCHECK"]
    lines, closed = _split(done.stdout)
    wrong = f"left {done.left}" if done.left or not done.counters else ""
    wrong = next((line for line in done.stderr.splitlines() if "Sanitizer" in line or "runtime error" in line), wrong)
    if done.code not in (0, 1) and not done.left:
        wrong = f"exit {done.code}, {done.stderr[-300:]}"
    return lines, closed, wrong


def first_difference(got: list[str], wanted: list[str]) -> str:
    """The first line that is not as it should be."""
    for one, other in zip([*got, "the end"], [*wanted, "the end"], strict=False):
        if one != other:
            return f"{one!r} instead of {other!r}"
    return ""


def difference(cases: list[Case], way: Way, workers: int = 2, canary: int = 0) -> list[Difference]:
    """What one way does otherwise."""
    return differences(cases, (way,), workers, canary)


def differences(cases: list[Case], ways: tuple[Way, ...], workers: int = 2, canary: int = 0) -> list[Difference]:
    """All cases in one program, which is checked once for all ways; when something differs, each by itself."""
    with tempfile.TemporaryDirectory(prefix="hew-typed-") as folder:
        file = Path(folder) / "cases.hew"
        file.write_text(program(cases), encoding="utf-8")
        found = []
        for way, outcome in _outcomes(str(file), ways, workers, canary):
            what = outcome if isinstance(outcome, str) else _otherwise(cases, outcome)
            if what and len(cases) > 1:
                together = Difference(cases[0].seed, way, f"only together: {what}")
                found += [one for case in cases for one in difference([case], way, workers, canary)] or [together]
            elif what:
                found.append(Difference(cases[0].seed, way, what))
    return found


def _outcomes(file: str, ways: tuple[Way, ...], workers: int, canary: int) -> Iterator[tuple[Way, Outcome | str]]:
    """What each way does, or why it does nothing. Builds with the same text of LLVM share it, and the interpreter its IR."""
    texts: dict[bool, str | None] = {}
    interpreted: list[Outcome] = []

    def observe(name: str, module: Module) -> None:
        if name == INTERPRETED and Way.INTERPRETER in ways:
            interpreted.append(interpret(module))

    session = Session(file, BuildOptions(ways[0].mode, canary=canary))
    is_right = session.check()
    for way in ways:
        session.options = BuildOptions(way.mode, canary=canary)
        is_check = way in (Way.CHECK, Way.VALGRIND, Way.ASAN)
        try:
            if is_right and is_check not in texts:
                texts[is_check] = session.llvm_text(None if is_check else observe)
            text = texts.get(is_check)
            is_made = text is not None and (way is Way.INTERPRETER or session.link(text, f"{file}.{way.value}"))
        except CompilerBug as bad:
            yield way, f"compiler bug: {bad}"
            continue
        if not is_made:
            yield way, "refused: " + ("\n".join(session.rendered(False))[:600] or "not linked")
        else:
            yield way, interpreted[0] if way is Way.INTERPRETER else _outcome(f"{file}.{way.value}", way, workers)


def interpret(module: Module) -> Outcome:
    """A run of the IR, whose heap notices every owner too few or too many."""
    machine = Machine(module, FUEL)
    wrong = ""
    try:
        machine.run_program()
    except (Misbehaviour, OutOfFuel, Unsupported) as bad:
        wrong = f"{type(bad).__name__} {bad}"
    return *_split("".join(machine.output)), wrong


def _otherwise(cases: list[Case], outcome: Outcome) -> str:
    """What a run does otherwise than the Python half."""
    wanted: list[str] = []
    closes: Counter[str] = Counter()
    for case in cases:
        lines, closed = expected(case)
        wanted += lines
        closes += closed
    lines, closed, wrong = outcome
    found = wrong or first_difference(lines, wanted)
    if not found and closed != closes:
        found = f"closed {dict(closed - closes)} too often, {dict(closes - closed)} never"
    return found


def reduced(case: Case, still: Callable[[Case], bool]) -> Case:
    """The case with every statement taken out that is not needed for what `still` sees."""
    is_smaller = True
    while is_smaller:
        is_smaller = False
        for smaller in _smaller(case):
            if _runs(smaller) and still(smaller):
                case, is_smaller = smaller, True
                break
    return case


def _runs(case: Case) -> bool:
    try:
        expected(case)
    except Exception:  # a name that is gone, whatever follows from that
        return False
    return True


def _smaller(case: Case) -> Iterator[Case]:
    """The case without one function, one statement, or one block's head."""
    for at in range(len(case.functions) - 1):
        yield replace(case, functions=case.functions[:at] + case.functions[at + 1 :])
    for at, node in enumerate(case.functions):
        for lesser in _without_one(node):
            yield replace(case, functions=(*case.functions[:at], lesser, *case.functions[at + 1 :]))


def _without_one(node: Node) -> Iterator[Node]:
    body = node.body or []
    for at in range(len(body)):
        if body[at].hew.startswith("let last:"):
            continue  # the function's value
        yield Node(node.hew, node.py, body[:at] + body[at + 1 :])
    for at, inner in enumerate(body):
        for lesser in _without_one(inner):
            yield Node(node.hew, node.py, [*body[:at], lesser, *body[at + 1 :]])
