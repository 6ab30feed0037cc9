"""How the cost of compiling grows with the program: `python -m tests.bombs.growth [sizes ...]`.

Out: for each family and size the CPU seconds of checking, of the passes, and of LLVM, and how much more the next
size costs.
"""

from __future__ import annotations

import gc
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.bombs.families import FAMILIES

from pyhew.driver.options import BuildOptions, Mode
from pyhew.driver.session import Session


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


def growth(family: Callable[[int], str], sizes: tuple[int, ...]) -> list[Cost]:
    """The costs of one family at several sizes."""
    return [compiled(family(size), with_native=True) for size in sizes]


def main() -> int:
    """Prints the table; 1 when a doubling costs more than 2.3 times."""
    sizes = tuple(int(word) for word in sys.argv[1:]) or (1000, 2000, 4000)
    compiled(FAMILIES[0](50), with_native=True)
    slow = False
    print("| family | lines | check | passes | LLVM | total | times |\n|---|---|---|---|---|---|---|")
    for family in FAMILIES:
        before = None
        for size, cost in zip(sizes, growth(family, sizes), strict=True):
            times = cost.total / before if before else 1.0
            slow = slow or times > 2.3
            parts = f"{cost.check:.2f} | {cost.passes:.2f} | {cost.native:.2f} | {cost.total:.2f}"
            print(f"| {family.__name__} | {size} | {parts} | {times:.2f} |", flush=True)
            before = cost.total
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
