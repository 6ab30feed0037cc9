"""How the cost of compiling grows with the program: `python -m tests.bombs.growth [sizes ...]`.

Out: for each family and size the CPU seconds of checking, of the passes, and of LLVM, and how much more the next
size costs; then what the commands `check` and `build` take for 5,000 lines of each, start and linking included.
"""

from __future__ import annotations

import gc
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.bombs.families import FAMILIES

from pyhew.driver.options import BuildOptions, Mode
from pyhew.driver.session import Session

LONG, CHECK_LIMIT, BUILD_LIMIT = 5000, 4.0, 15.0
"""Lines, and CPU seconds that they may take."""

STEEPEST = 2.3
"""Times that twice the lines may cost."""

HEW = [sys.executable, "-c", "from pyhew.cli.main import entry; raise SystemExit(entry())"]

Family = Callable[[int], str]


@dataclass(frozen=True)
class Cost:
    """CPU seconds of the three parts, and the size of what LLVM was given."""

    check: float
    passes: float
    native: float
    text: int

    @property
    def total(self) -> float:
        """All of it."""
        return self.check + self.passes + self.native


def compiled(source: str, with_native: bool) -> Cost:
    """Compiles one program in this process."""
    with tempfile.TemporaryDirectory(prefix="hew-growth-") as folder:
        file = Path(folder) / "main.hew"
        file.write_text(source)
        session = Session(str(file), BuildOptions(Mode.FAST))
        gc.collect()
        start = time.process_time()
        if not session.check():
            raise SystemExit("\n".join(session.rendered(False)[:3]))
        checked = time.process_time()
        text = session.llvm_text()
        assert text is not None
        written = time.process_time()
        if with_native:
            session.write_object(text, str(Path(folder) / "main.o"))
        done = time.process_time()
    return Cost(checked - start, written - checked, done - written, len(text))


def of_lines(family: Family, lines: int) -> str:
    """The longest program of a family that has no more lines than that, and empty ones for the rest."""
    low, high = 1, 2
    while family(high).count("\n") < lines:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if family(middle).count("\n") < lines else (low, middle)
    program = family(low) + "\n"
    return program + "\n" * (lines - program.count("\n"))


def growth(family: Family, sizes: tuple[int, ...]) -> list[Cost]:
    """The costs of one family at several sizes."""
    return [compiled(of_lines(family, size), with_native=True) for size in sizes]


def command_seconds(words: list[str]) -> float:
    """CPU seconds of a command of the compiler with all that it starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([*HEW, *words], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def long_program(family: Family) -> bool:
    """Prints what `check` and `build` take for a long program; whether that is within the limits."""
    with tempfile.TemporaryDirectory(prefix="hew-growth-") as folder:
        file = Path(folder) / "main.hew"
        file.write_text(of_lines(family, LONG))
        check = command_seconds(["check", str(file)])
        build = command_seconds(["build", str(file), "-o", str(Path(folder) / "main")])
    print(f"| {family.__name__} | {LONG} | {check:.2f} | {build:.2f} |", flush=True)
    return check < CHECK_LIMIT and build < BUILD_LIMIT


def main() -> int:
    """Prints the tables; 1 when a doubling or a long program costs too much."""
    sizes = tuple(int(word) for word in sys.argv[1:]) or (1000, 2000, 4000)
    gc.disable()  # as the command does; collected is between two programs
    compiled(FAMILIES[0](50), with_native=True)
    is_good = True
    print("| family | lines | check | passes | LLVM | total | times |\n|---|---|---|---|---|---|---|")
    for family in FAMILIES:
        before = None
        for size, cost in zip(sizes, growth(family, sizes), strict=True):
            times = cost.total / before if before else 1.0
            is_good = is_good and times <= STEEPEST
            parts = f"{cost.check:.2f} | {cost.passes:.2f} | {cost.native:.2f} | {cost.total:.2f}"
            print(f"| {family.__name__} | {size} | {parts} | {times:.2f} |", flush=True)
            before = cost.total
    print("\n| family | lines | `hew check` | `hew build` |\n|---|---|---|---|")
    for family in FAMILIES:
        is_good = long_program(family) and is_good
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
