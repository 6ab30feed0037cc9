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
from functools import partial
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
SECONDS = 10
PIECE = 24


@dataclass
class Figures:
    """What came of all cases; `failures` by where the compiler broke, each with one program."""

    outcomes: Counter[str] = field(default_factory=Counter)
    failures: dict[str, str] = field(default_factory=dict)

    def add(self, text: str, run: Callable[[], str]) -> None:
        """Runs one case, whose program is `text`, within `SECONDS` of CPU."""
        try:
            with limit():
                outcome = run()
        except (Exception, TooLong) as bad:
            place = traceback.extract_tb(bad.__traceback__)[-1]
            outcome = "failed"
            key = f"{type(bad).__name__} {str(bad)[:80]} at {Path(place.filename).name}:{place.lineno}"
            self.failures.setdefault(key, text)
        self.outcomes[outcome] += 1
        number = sum(self.outcomes.values())
        if sys.stderr.isatty() and number % 100 == 0:
            print(f"\r{number} {dict(self.outcomes)}", end="", file=sys.stderr)

    def report(self, title: str) -> int:
        """Prints the table; 1 when the compiler broke."""
        print(f"\n{title}: {dict(self.outcomes)}")
        for key, text in self.failures.items():
            print(f"\n{key}\n{text}")
        return 1 if self.failures else 0


def sources() -> list[Path]:
    """The programs that are broken: the examples and those that the tests run."""
    return sorted([*ROOT.glob("examples/**/*.hew"), *ROOT.glob("tests/run/**/*.hew")])


def compile_once(file: Path, mode: Mode) -> str:
    """`refused` or `compiled`."""
    session = Session(str(file), BuildOptions(mode))
    outcome = "compiled" if session.check() and session.llvm_text() is not None else "refused"
    session.rendered(False)
    return outcome


def compile_text(file: Path, text: str, mode: Mode, compiler: Callable[[Path, Mode], str] = compile_once) -> str:
    """The same for `text`, which is written to `file`."""
    file.write_text(text, encoding="utf-8", errors="surrogatepass")
    return compiler(file, mode)


def parse_once(text: str) -> str:
    """`refused` or `parsed`."""
    sources, sink = Sources(), DiagnosticSink()
    sources.add("case.hew", text)
    parse_module(text, 0, sink)
    for diagnostic in sink.diagnostics:
        render_text(diagnostic, sources)
    return "refused" if sink.has_errors else "parsed"


class TooLong(BaseException):
    """A case took more than `SECONDS` of CPU."""


@contextmanager
def limit() -> Iterator[None]:
    """Ends what takes too long."""

    def ring(*_: object) -> None:
        raise TooLong

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


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
            whole = partial(compile_text, file, text, mode, compiler)
            figures.add(text, whole if is_whole else partial(parse_once, text))
    return figures


def main() -> int:
    """Prints the table."""
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 20000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    every = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    figures = fuzz(cases, seed, whole_every=every)
    return figures.report(f"{cases} broken programs, seed {seed}")


if __name__ == "__main__":
    sys.exit(main())
