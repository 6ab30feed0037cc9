"""Random programs in every build against their Python half, and a difference made as small as it gets.

In: cases.  Out: what each build did otherwise, or left behind.
Assumed: closes come in any order, everything else in the order of the program; a case may crash actors, which ends
the process with 1.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from programs import Wishes, run
from tests.typed.generator import Case, expected, program
from tests.typed.model import Node

from pyhew.driver.options import BuildOptions, Mode
from pyhew.driver.session import Session
from pyhew.source.diagnostics import CompilerBug

MODES = (Mode.FAST, Mode.RELEASE, Mode.CHECK)


@dataclass(frozen=True)
class Difference:
    """What one build of one case did otherwise."""

    seed: int
    mode: str
    what: str

    def __str__(self) -> str:
        return f"case {self.seed}, {self.mode}: {self.what}"


def _split(text: str) -> tuple[list[str], Counter[str]]:
    lines = text.splitlines()
    closed = Counter(line for line in lines if line.startswith("close "))
    return [line for line in lines if not line.startswith("close ")], closed


def _outcome(executable: str, words: list[str], workers: int) -> tuple[list[str], Counter[str], str]:
    """Lines, closes, and what else is wrong."""
    os.environ["HEW_MEMCHECK"] = "1"
    try:
        done = run(executable, Wishes(args=words), workers, limit=60)
    finally:
        del os.environ["HEW_MEMCHECK"]
    lines, closed = _split(done.stdout)
    wrong = f"left {done.left}" if done.left or not done.counters else ""
    if done.code not in (0, 1) and not done.left:
        wrong = f"exit {done.code}, {done.stderr[-300:]}"
    return lines, closed, wrong


def first_difference(got: list[str], wanted: list[str]) -> str:
    """The first line that is not as it should be."""
    for one, other in zip([*got, "the end"], [*wanted, "the end"], strict=False):
        if one != other:
            return f"{one!r} instead of {other!r}"
    return ""


def difference(cases: list[Case], mode: Mode, workers: int = 2, canary: int = 0) -> list[Difference]:
    """What one build does otherwise."""
    return differences(cases, (mode,), workers, canary)


def differences(cases: list[Case], modes: tuple[Mode, ...], workers: int = 2, canary: int = 0) -> list[Difference]:
    """All cases in one program, which is checked once for all builds; when something differs, each by itself."""
    with tempfile.TemporaryDirectory(prefix="hew-typed-") as folder:
        file = Path(folder) / "cases.hew"
        file.write_text(program(cases), encoding="utf-8")
        found = []
        for mode, executable, refusal in _built(str(file), modes, canary):
            what = f"refused: {refusal[:600]}" if refusal else _otherwise(cases, executable, workers)
            if what and len(cases) > 1:
                together = Difference(cases[0].seed, mode.value, f"only together: {what}")
                found += [one for case in cases for one in difference([case], mode, workers, canary)] or [together]
            elif what:
                found.append(Difference(cases[0].seed, mode.value, what))
    return found


def _built(file: str, modes: tuple[Mode, ...], canary: int) -> Iterator[tuple[Mode, str, str]]:
    """Each build's executable, and why there is none. Builds with the same text of LLVM share it."""
    texts: dict[bool, str | None] = {}
    session = Session(file, BuildOptions(modes[0], canary=canary))
    is_right = session.check()
    for mode in modes:
        session.options = BuildOptions(mode, canary=canary)
        out = f"{file}.{mode.value}"
        try:
            if is_right and (mode is Mode.CHECK) not in texts:
                texts[mode is Mode.CHECK] = session.llvm_text()
            text = texts.get(mode is Mode.CHECK)
            is_made = text is not None and session.link(text, out)
        except CompilerBug as bad:
            yield mode, out, f"compiler bug: {bad}"
            continue
        yield mode, out, "" if is_made else "\n".join(session.rendered(False)) or "not linked"


def _otherwise(cases: list[Case], executable: str, workers: int) -> str:
    """What a run does otherwise than the Python half."""
    wanted: list[str] = []
    closes: Counter[str] = Counter()
    for case in cases:
        lines, closed = expected(case)
        wanted += lines
        closes += closed
    lines, closed, wrong = _outcome(executable, [], workers)
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
