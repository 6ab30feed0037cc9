"""Every program of a folder, broken: `python -m tests.fuzz.folder FOLDER [cuts] [files] [each] [seed]`.

Each is cut off at `cuts` places (20); of `files` of them (100), `each` copies (200) lose a word or have two exchanged.
Out: the table of `tests.fuzz.campaign`.
Assumed: a program's neighbours are what it imports, so it is broken in a folder that has them.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.fuzz.campaign import Figures, compile_text
from tests.fuzz.mutation import cut, lost_or_swapped

from pyhew.driver.options import Mode


def break_file(path: Path, cases: int, way: Callable[[str, random.Random], str], rng: random.Random, figures: Figures) -> None:
    """Compiles `cases` broken copies of one program."""
    text = path.read_text(encoding="utf-8", errors="surrogateescape")
    with tempfile.TemporaryDirectory(prefix="hew-fuzz-") as name:
        folder = Path(name)
        for neighbour in path.parent.iterdir():
            if neighbour != path:
                (folder / neighbour.name).symlink_to(neighbour.resolve())
        for _ in range(cases):
            broken = way(text, rng).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
            mode = rng.choice((Mode.FAST, Mode.CHECK))
            figures.add(broken, partial(compile_text, folder / path.name, broken, mode))


def break_folder(root: Path, cuts: int, files: int, each: int, seed: int) -> Figures:
    """Breaks all programs below `root`."""
    rng = random.Random(seed)
    figures = Figures()
    programs = sorted(root.rglob("*.hew"))
    for path in programs:
        break_file(path, cuts, cut, rng, figures)
    for path in rng.sample(programs, min(files, len(programs))):
        break_file(path, each, lost_or_swapped, rng, figures)
    return figures


def main() -> int:
    """Prints the table."""
    cuts, files, each, seed = [*map(int, sys.argv[2:]), *(20, 100, 200, 1)[len(sys.argv) - 2 :]]
    figures = break_folder(Path(sys.argv[1]), cuts, files, each, seed)
    return figures.report(f"{sys.argv[1]}: {cuts} cuts each, {files} files with {each} words lost or swapped, seed {seed}")


if __name__ == "__main__":
    sys.exit(main())
