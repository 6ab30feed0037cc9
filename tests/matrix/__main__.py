"""The whole matrix and random triples: `python -m tests.matrix pairs|triples [--seed S] [--count N] [--kinds R] [--operations R]`.

`pairs` runs every cell; `triples` a random choice of kind, operation and the place where it stands. `--mode release` builds
with optimisations, `--valgrind` runs under valgrind. Prints every cell that is wrong by itself; 1 if there is one.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from programs import VALGRIND  # noqa: E402
from tests.matrix.contexts import CONTEXTS, may_stand  # noqa: E402
from tests.matrix.kinds import Kind  # noqa: E402
from tests.matrix.operations import Cell  # noqa: E402
from tests.matrix.product import ALL_KINDS, ALL_OPERATIONS, can_run, diagnosed, judge, refusal  # noqa: E402
from watchdog import Hung  # noqa: E402

from pyhew.driver.options import Mode  # noqa: E402

PER_PROGRAM = 40
Named = list[tuple[str, Cell]]


def pairs(kind: Kind, operations: str) -> Named:
    """Every cell of a kind."""
    chosen = [each for each in ALL_OPERATIONS if re.fullmatch(operations, each.name) and can_run(kind, each)]
    return [(each.name, each.cell(kind)) for each in chosen]


def triples(kind: Kind, operations: str, chance: random.Random) -> Named:
    """Some cells of a kind, each somewhere."""
    cells: dict[str, Cell] = {}
    possible = pairs(kind, operations)
    while possible and len(cells) < PER_PROGRAM:
        name, cell = possible.pop(chance.randrange(len(possible)))
        context = chance.choice([each for each in CONTEXTS if may_stand(each, kind, cell)])
        name = f"{name}__{context.__name__}"
        cells[name] = context(name, cell)
    return list(cells.items())


def wrong(folder: Path, kind: Kind, cells: Named, mode: Mode, under: tuple[str, ...]) -> Iterator[str]:
    """The cells that are wrong by themselves, or what is wrong only with all of them."""
    try:
        found = judge(folder, kind, cells, mode, under)
    except (AssertionError, Hung) as broken:
        found = str(broken)
        found = found[max(0, found.find(": error: ") - 100) :][:1000]
    except Exception as broken:  # the compiler broke
        found = repr(broken)
    if found is None:
        return
    if len(cells) == 1:
        yield f"{kind.name}.{cells[0][0]}: {found}"
        return
    half = len(cells) // 2
    smaller = [*wrong(folder, kind, cells[:half], mode, under), *wrong(folder, kind, cells[half:], mode, under)]
    yield from smaller or [f"{kind.name}, only together: {found}"]


def main() -> int:
    """Runs what was asked for."""
    parser = argparse.ArgumentParser(prog="tests.matrix", description="Kinds of values through operations.")
    parser.add_argument("what", choices=("pairs", "triples"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=2_000, help="how many triples")
    parser.add_argument("--kinds", default=".*")
    parser.add_argument("--operations", default=".*")
    parser.add_argument("--mode", choices=[mode.value for mode in Mode], default=Mode.CHECK.value)
    parser.add_argument("--valgrind", action="store_true")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    kinds = [kind for kind in ALL_KINDS if re.fullmatch(options.kinds, kind.name)]
    chance.shuffle(kinds)
    mode, under = Mode(options.mode), VALGRIND if options.valgrind else ()
    count = bad = 0
    with tempfile.TemporaryDirectory(prefix="hew-matrix-") as folder:
        while kinds:
            for kind in kinds:
                if options.what == "triples" and count >= options.count:
                    break
                cells = pairs(kind, options.operations) if options.what == "pairs" else triples(kind, options.operations, chance)
                count += len(cells)
                for each in wrong(Path(folder), kind, cells, mode, under):
                    bad += 1
                    print(each, flush=True)
                if options.what == "pairs":
                    bad += _not_refused(Path(folder), kind, options.operations)
            if options.what == "pairs" or count >= options.count:
                break
    print(f"{count:,} cells of {len(kinds)} kinds, {bad} wrong")
    return 1 if bad or not count else 0


def _not_refused(folder: Path, kind: Kind, operations: str) -> int:
    refused = tuple(each for each in ALL_OPERATIONS if re.fullmatch(operations, each.name) and refusal(kind, each))
    found = diagnosed(folder, kind, refused)
    passed = [each for each in refused if refusal(kind, each) not in found.get(each.name, set())]
    for each in passed:
        print(f"{kind.name}.{each.name}: not refused by {refusal(kind, each)}: {found.get(each.name)}", flush=True)
    return len(passed)


if __name__ == "__main__":
    sys.exit(main())
