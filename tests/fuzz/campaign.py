"""Broken programs through the whole front and middle of the compiler: `python -m tests.fuzz.campaign [cases] [seed] [whole-every]`.

Out: how many were refused and how many compiled; every exception with the program that caused it, none of which
there may be.
Assumed: the lexer and the parser see every case; the checker and what follows, which take fifty times as long, see a share.
"""

from __future__ import annotations

import random
import signal
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzz.confusion import confused
from tests.fuzz.mutation import broken, piece_of

from pyhew.driver.options import BuildOptions, Mode
from pyhew.driver.session import Session
from pyhew.source.diagnostics import DiagnosticSink
from pyhew.source.files import Sources
from pyhew.source.render import render_text
from pyhew.syntax.parse import parse_module

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 20
PIECE = 24


@dataclass
class Figures:
    """What came of all cases; `failures` by where the compiler broke, each with one program."""

    outcomes: Counter[str] = field(default_factory=Counter)
    failures: dict[str, str] = field(default_factory=dict)


def sources() -> list[Path]:
    """The programs that are broken: the examples and those that the tests run."""
    return sorted([*ROOT.glob("examples/**/*.hew"), *ROOT.glob("tests/run/**/*.hew")])


def compile_once(file: Path, mode: Mode) -> str:
    """`refused` or `compiled`."""
    session = Session(str(file), BuildOptions(mode))
    outcome = "compiled" if session.check() and session.llvm_text() is not None else "refused"
    session.rendered(False)
    return outcome


def parse_once(text: str) -> str:
    """`refused` or `parsed`."""
    sources, sink = Sources(), DiagnosticSink()
    sources.add("case.hew", text)
    parse_module(text, 0, sink)
    for diagnostic in sink.diagnostics:
        render_text(diagnostic, sources)
    return "refused" if sink.has_errors else "parsed"


class TooLong(BaseException):
    """A case took longer than `SECONDS`."""


@contextmanager
def limit() -> Iterator[None]:
    """Ends what takes too long."""

    def ring(*_: object) -> None:
        raise TooLong

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def fuzz(
    cases: int, seed: int, compiler: Callable[[Path, Mode], str] = compile_once, whole_every: int = 1
) -> Figures:
    """Runs `cases` broken programs; the same seed gives the same programs. Each `whole_every`th goes through the whole
    compiler, the others, which are pieces of programs, through lexer and parser."""
    rng = random.Random(seed)
    programs = [path.read_text() for path in sources()]
    figures = Figures()
    with tempfile.TemporaryDirectory(prefix="hew-fuzz-") as folder:
        file = Path(folder) / "case.hew"
        for number in range(cases):
            is_whole = number % whole_every == 0
            text = rng.choice(programs)
            if is_whole and rng.random() < 0.5:
                text = confused(text, rng)
            else:
                text = broken(text if is_whole else piece_of(text, rng, PIECE), rng)
            mode = rng.choice((Mode.FAST, Mode.CHECK))
            try:
                with limit():
                    if is_whole:
                        file.write_text(text, encoding="utf-8", errors="surrogatepass")
                        outcome = compiler(file, mode)
                    else:
                        outcome = parse_once(text)
            except (Exception, TooLong) as bad:
                place = traceback.extract_tb(bad.__traceback__)[-1]
                outcome = "failed"
                key = f"{type(bad).__name__} {str(bad)[:80]} at {Path(place.filename).name}:{place.lineno}"
                figures.failures.setdefault(key, text)
            figures.outcomes[outcome] += 1
            if sys.stderr.isatty() and number % 100 == 0:
                print(f"\r{number + 1}/{cases} {dict(figures.outcomes)}", end="", file=sys.stderr)
    return figures


def main() -> int:
    """Prints the table; 1 when the compiler broke."""
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 20000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    every = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    figures = fuzz(cases, seed, whole_every=every)
    print(f"\n{cases} broken programs, seed {seed}: {dict(figures.outcomes)}")
    for key, text in figures.failures.items():
        print(f"\n{key}\n{text}")
    return 1 if figures.failures else 0


if __name__ == "__main__":
    sys.exit(main())
