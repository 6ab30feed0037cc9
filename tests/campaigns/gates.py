"""The gates by number: what each runs, how many cases it must at least have, and what must make it red.

In: nothing.  Out: `GATES`, `NAMES`.
Assumed: the numbers are those of docs/memory.md.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from programs import build, run, wishes_of  # noqa: E402
from tests.bombs.families import FAMILIES  # noqa: E402
from tests.bombs.growth import compiled  # noqa: E402
from tests.bombs.test_bombs import SOURCES  # noqa: E402
from tests.campaigns.corpus import corpus, deadlines  # noqa: E402
from tests.campaigns.fuzzing import broken_subjects, fuzzing  # noqa: E402
from tests.campaigns.gate import Bar, Gate, Row  # noqa: E402
from tests.campaigns.operations import points, slope  # noqa: E402
from tests.campaigns.planted import planted  # noqa: E402
from tests.campaigns.refusals import refusals  # noqa: E402
from tests.campaigns.runtime_mutants import HARMLESS, mutants  # noqa: E402
from tests.campaigns.schedules import FOLDERS, RUN, lives, noise, schedules  # noqa: E402
from tests.campaigns.soak import soak  # noqa: E402
from tests.campaigns.storm import storm  # noqa: E402
from tests.fuzz.campaign import compile_once, limit  # noqa: E402
from tests.generated.bugs import BUGS  # noqa: E402
from tests.generated.campaign import check_functions, check_mutants, programs_until_caught  # noqa: E402
from tests.generated.native import MODES, difference  # noqa: E402
from tests.typed.generator import LONG, SHORT, Extent, case_of  # noqa: E402
from tests.typed.judge import Way, differences  # noqa: E402
from watchdog import Hung  # noqa: E402

from pyhew.driver.instrument import find_opt  # noqa: E402
from pyhew.driver.options import Mode  # noqa: E402
from pyhew.ir.ops import Module  # noqa: E402

QUIET = Bar("canary")

# --- G2 ---

# How many programs of each extent, and how many make one executable.
TYPED = {
    LONG: {"small": 20, "nightly": 1_000, "release": 2_000},
    SHORT: {"small": 480, "nightly": 9_000, "release": 98_000},
}
BATCH = {LONG: 50, SHORT: 200}
MANY = 1_000_000
# The batches by number. Checked code takes half as long to make as the default, optimised code two to four times as long; valgrind
# three times, sanitizers six times as long, so a small size has none.
RUNS = {
    LONG: {
        Way.FAST: range(MANY), Way.INTERPRETER: range(MANY), Way.CHECK: range(0, MANY, 2), Way.RELEASE: range(0, MANY, 10),
    },
    SHORT: {
        Way.FAST: range(MANY), Way.INTERPRETER: range(MANY), Way.CHECK: range(0, MANY, 5), Way.RELEASE: range(0, MANY, 25),
        Way.VALGRIND: range(9, MANY, 9), Way.ASAN: range(24, MANY, 46), Way.TSAN: range(30, MANY, 90),
    },
}  # fmt: skip


def typed(size: str, seed: int, bar: Bar, canary: int = 0, count: int = 0) -> list[Row]:
    """Random programs against their Python half, in three builds and in the interpreter of the IR."""
    rows = []
    for extent, counts in TYPED.items():
        rows += _typed(extent, range(seed, seed + (count or counts[size])), bar, canary)
    return rows


def _typed(extent: Extent, seeds: range, bar: Bar, canary: int) -> list[Row]:
    name = "short" if extent is SHORT else "long"
    rows = {way: Row(f"{name} random programs, {way.value}", 0) for way in RUNS[extent]}
    for way in rows.keys() & {Way.ASAN, Way.TSAN}:
        rows[way].note = _watched()
    starts = range(seeds.start, seeds.stop, BATCH[extent])
    for number, start in enumerate(bar.over(starts, len(starts))):
        cases = [case_of(at, extent) for at in range(start, min(start + BATCH[extent], seeds.stop))]
        ways = tuple(way for way, batches in RUNS[extent].items() if number in batches and not (canary and way is Way.RELEASE))
        for way in ways:
            rows[way].cases += len(cases)
        for found in differences(cases, ways, workers=1 + cases[0].seed % 4, canary=canary):
            rows[found.way].bad.append(str(found))
    return list(rows.values())


# --- G3 ---

MUTANTS = {"small": 2_000, "nightly": 20_000, "release": 100_000}
EXECUTABLES = {"small": 4, "nightly": 200, "release": 1_000}


def verifier(size: str, seed: int, bar: Bar) -> list[Row]:
    """Random functions, their mutants, and bugs put into passes."""
    functions, changed = Row("random functions", 0), Row("mutants of them", 0)
    bar.show(0, 3, "functions")
    functions.cases = check_functions(MUTANTS[size] // 2, seed, functions.bad.append)["functions"]
    bar.show(1, 3, "mutants")
    counts = check_mutants(MUTANTS[size], seed, changed.bad.append)
    changed.cases = counts["mutants"]
    changed.note = f"{counts['misbehaving']:,} misbehave when run, {counts['misbehaving'] - counts['missed']:,} of these rejected"
    bugs = Row("bugs in passes", len(BUGS))
    late = 0
    for bug in bar.over(BUGS, len(BUGS)):
        caught = programs_until_caught(bug, 200, seed)
        late = max(late, caught or 0)
        bugs.bad += [] if caught else [f"{bug.name}: not caught"]
    bugs.note = f"each caught within {late} programs"
    return [functions, changed, bugs, *(_executables(mode, range(seed, seed + EXECUTABLES[size]), bar) for mode in MODES)]


def _executables(mode: Mode, seeds: range, bar: Bar) -> Row:
    row = Row(f"machine code of random IR against the interpreter, {mode.value}", len(seeds))
    with tempfile.TemporaryDirectory() as folder:
        for seed in bar.over(seeds, len(seeds)):
            found = difference(seed, mode, Path(folder))
            row.bad += [found] if found else []
    return row


def blind_verifier() -> list[Row]:
    """A verifier that accepts everything."""
    row = Row("mutants", 0)

    def accept(module: Module) -> None:
        del module

    row.cases = check_mutants(100, 1, row.bad.append, accept)["mutants"]
    return [row]


# --- G4 ---


def failures(size: str, seed: int, bar: Bar) -> list[Row]:
    """Allocations that fail, once and from then on, and calls of the system that are refused."""
    once, later = (points("HEW_FAIL_AT", size, seed, bar=bar, forever=forever) for forever in (False, True))
    return [*once, *later, *refusals(size, bar)]


# --- G9 ---

SANITIZED = {"small": 2, "nightly": 1000, "release": 1000}
REPEATS = {"small": 1, "nightly": 10, "release": 20}


def sanitizers(size: str, seed: int, bar: Bar, canary: int = 0, some: int = 0) -> list[Row]:
    """Programs with actors, again and again under AddressSanitizer and ThreadSanitizer."""
    paths = sorted(path for path in RUN.glob("*/*.hew") if path.with_suffix(".stdout").exists() and _has_actors(path))
    wanted = some or SANITIZED[size]
    step = max(1, len(paths) // wanted)
    rows = []
    for mode in (Mode.ASAN, Mode.TSAN):
        row = Row(f"programs with actors, {mode.value}", 0, note=f"{REPEATS[size]} times each, {_watched()}")
        for path in bar.over(paths[seed % step :: step][:wanted], min(wanted, len(paths))):
            for _ in range(REPEATS[size]):
                row.cases += 1
                row.bad += _sanitized(path, mode, canary)
        rows.append(row)
    return rows


def _watched() -> str:
    """What sanitizers watch on this machine."""
    return "with generated code" if find_opt() else "the runtime alone: no `opt` here"


def _has_actors(path: Path) -> bool:
    text = path.read_text(encoding="utf-8")
    return path.parent.name in FOLDERS or "actor " in text or "supervisor " in text


def _sanitized(path: Path, mode: Mode, canary: int) -> list[str]:
    wishes = wishes_of(path)
    try:
        outcome = run(build(path, mode, canary), wishes, 4)
    except Hung as hung:
        return [f"{path.stem}: {hung.stacks}"]
    said = [line for line in outcome.stderr.splitlines() if "Sanitizer" in line or "runtime error" in line]
    if said or outcome.code != wishes.exit or outcome.left:
        return [f"{path.stem}: {said[0] if said else f'exit {outcome.code}, left {outcome.left}'}"]
    return []


# --- G11 ---

BOMBS = {"small": 5, "nightly": 1000, "release": 1000}
# tests.bombs.growth, which has programs of exactly so many lines, allows 2.3.
STEEPEST = 2.5


def bombs(size: str, seed: int, bar: Bar, compiler: Callable[[Path, Mode], str] = compile_once) -> list[Row]:
    """Programs made to blow up end soon; the cost of long ones grows with their length."""
    names = list(SOURCES)
    step = max(1, len(names) // BOMBS[size])
    row = Row("programs made to blow up", 0)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bomb.hew"
        for name in bar.over(names[seed % step :: step], len(names) // step):
            file.write_text(SOURCES[name], encoding="utf-8")
            row.cases += 1
            try:
                with limit():
                    compiler(file, Mode.FAST)
            except BaseException as bad:  # TooLong is none of Exception's
                row.bad.append(f"{name}: {type(bad).__name__}")
    rows = [row]
    for family in FAMILIES if size != "small" else ():
        small, large = (compiled(family(lines), with_native=True).total for lines in (1000, 2000))
        found = Row(f"long in {family.__name__}", 2, note=f"twice the lines cost {large / small:.1f} times")
        if large / small > STEEPEST:
            found.bad.append(found.note)
        rows.append(found)
    return rows


def exploding_compiler() -> list[Row]:
    """A compiler that gives up on deep programs with an exception."""

    def explode(file: Path, mode: Mode) -> str:
        del file, mode
        raise RecursionError

    return bombs("small", 1, QUIET, explode)


def gates_under_canary() -> list[Row]:
    """Every other gate with its canary."""
    return [Row(gate.number, 1, gate.canary_complaints(), gate.name) for gate in GATES if gate.number != "G16"]


def canaries(size: str, seed: int, bar: Bar) -> list[Row]:
    """The tests of the tests."""
    del size, seed
    rows = []
    for gate in bar.over([gate for gate in GATES if gate.number != "G16"], len(GATES) - 1):
        rows.append(Row(gate.number, 1, gate.canary_complaints(), gate.name))
    return rows


def blind_gate() -> list[Row]:
    """A gate whose canary nobody sees."""
    blind = Gate("G0", "blind", "", lambda size, seed, bar: [], lambda: [Row("nothing", 1)], {})
    return [Row("blind", 1, blind.canary_complaints())]


ASKS = range(24, 28)


def _floors(small: int, nightly: int, release: int = 0) -> dict[str, int]:
    return {"small": small, "nightly": nightly, "release": release or nightly}


GATES: tuple[Gate, ...] = (
    Gate("G1", "corpus", "our programs under valgrind, every kind of leak an error, no suppressions",
         corpus, lambda: corpus("small", 0, QUIET, canary=1, some=("messages", "crash_of_one")), _floors(8, 150)),
    Gate("G2", "typed", "random programs: Python half = interpreter = fast = check = release; some under valgrind and sanitizers; nothing left",
         typed, lambda: typed("small", 1, QUIET, canary=1, count=3), _floors(1_400, 23_500, 235_000)),
    Gate("G3", "verifier", "random IR, mutants of it, bugs in passes: what misbehaves is rejected; interpreter = fast = check = release",
         verifier, blind_verifier, _floors(3_000, 30_000, 150_000)),
    Gate("G4", "failures", "the k-th allocation fails, the k-th thread, page, descriptor, socket or file is refused",
         failures, lambda: points("HEW_FAIL_AT", "small", 1, 1, ASKS), _floors(1_500, 112_000, 200_000)),
    Gate("G5", "schedules", "programs with actors, and ends of lives, under many seeds",
         lambda size, seed, bar: [
             *lives(size, seed, bar=bar), *noise(size, seed, bar=bar), *schedules(size, seed, bar=bar)],
         lambda: lives("small", 10, canary=1), _floors(600, 284_000, 1_000_000)),
    Gate("G6", "storm", "crashes and restarts below three supervisors",
         lambda size, seed, bar: storm(size, seed, bar=bar), lambda: storm("small", 1, canary=1), _floors(8_000, 4_000_000)),
    Gate("G7", "slope", "the same work once and twice leaves the same",
         lambda size, seed, bar: slope(size, bar=bar), lambda: slope("small", 1, ASKS), _floors(78, 78)),
    Gate("G8", "traps", "a trap at the k-th safepoint",
         lambda size, seed, bar: points("HEW_TRAP_AT", size, seed, bar=bar),
         lambda: points("HEW_TRAP_AT", "small", 1, 1, ASKS), _floors(750, 56_000, 100_000)),
    Gate("G9", "sanitizers", "programs with actors under AddressSanitizer and ThreadSanitizer",
         sanitizers, lambda: sanitizers("small", 0, QUIET, canary=3, some=1), _floors(4, 800)),
    Gate("G10", "fuzz", "broken programs are refused or compiled, lying frames are read or refused",
         fuzzing, broken_subjects, _floors(1_020_000, 11_000_000, 60_000_000)),
    Gate("G11", "bombs", "programs made to be hard on the compiler", bombs, exploding_compiler, _floors(5, 40)),
    Gate("G13", "mutants", "calls that free, unlink, unlock or wake, deleted from the runtime; teardown pairs swapped",
         mutants, lambda: mutants("small", 1, QUIET, HARMLESS), _floors(2, 40, 200)),
    Gate("G14", "deadlines", "how long ends take, at most",
         deadlines, lambda: deadlines("small", 1, QUIET, canary=4, some=("sleeping",)), _floors(10, 10)),
    Gate("G15", "soak", "mixed load with crashes for a long time: nothing grows",
         lambda size, seed, bar: soak(size, seed, bar=bar), lambda: soak("small", 1, canary=1, seconds=2), _floors(4, 500, 10_000)),
    Gate("M1", "planted", "one drop deleted from a program: memcheck names the line that made what is lost",
         planted, lambda: planted("small", 1, QUIET, is_blind=True), _floors(6, 110, 1000)),
    Gate("G16", "canaries", "every gate with a fault that it must find", canaries, blind_gate, _floors(15, 15)),
)  # fmt: skip
NAMES = {name: gate for gate in GATES for name in (gate.number, gate.name)}


def is_possible(gate: Gate) -> bool:
    """Whether this machine has what the gate needs."""
    needs = {"G1": shutil.which("valgrind"), "G10": shutil.which("time")}
    return bool(needs.get(gate.number, True))
