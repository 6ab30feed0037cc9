"""G1 and G14: our own programs under valgrind, and how long ends take.

In: a size.  Out: a row for each program, build and number of workers.
Assumed: all kinds of leak are errors and no suppression file is used; a program under valgrind is slower by 20 to 50
times, and its time limits are met all the same.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from programs import VALGRIND, Outcome, Wishes, build, run, wishes_of  # noqa: E402
from tests.campaigns.gate import Bar, Row  # noqa: E402
from watchdog import stacks  # noqa: E402

from pyhew.driver.options import Mode  # noqa: E402

ROOT = HERE.parents[1]
# What a child does between fork and exec is reported by no program of ours.
UNDER = (*VALGRIND, "--child-silent-after-fork=yes")
SIZES = {"small": 8, "nightly": 1000, "release": 1000}
CONFIGS = {
    "small": ((Mode.CHECK, 2),),
    "nightly": ((Mode.CHECK, 1), (Mode.RELEASE, 4)),
    "release": tuple((mode, workers) for mode in (Mode.CHECK, Mode.RELEASE) for workers in (1, 2, 4)),
}
# Valgrind's own threads make these slow out of proportion; tests/twelve runs them with a tenth of the work.
TOO_LONG = ("pipeline", "stress", "counter", "supervisor", "values", "closures", "collections", "errors", "generators")
# What they print depends on how fast the machine is, or they end at a limit of time.
BY_THE_CLOCK = ("three_talkers", "short_waits", "fuzz", "stack_overflow", "recursion_that_returns_at_once")

SHUTDOWN_SECONDS = {"busy_handler": 0.5, "sleeping": 0.5, "waiting": 0.5, "supervised": 2.0, "full_mailboxes": 0.5}
DRAIN_SECONDS = 1.0


def programs() -> list[Path]:
    """Examples and the programs of tests/run."""
    found = sorted([*ROOT.glob("examples/**/*.hew"), *ROOT.glob("tests/run/**/*.hew")])
    return [path for path in found if path.stem not in (*TOO_LONG, *BY_THE_CLOCK)]


def complaint(outcome: Outcome, wanted: Wishes) -> str:
    """What valgrind or the counters say."""
    if outcome.code != wanted.exit:
        return f"exit {outcome.code}: {outcome.stderr[-200:]}"
    if outcome.left or not outcome.counters:
        return f"left {outcome.left or 'no report'}"
    lines = [line for line in outcome.stderr.splitlines() if line.startswith("==")]
    return lines[0] if lines else ""


def corpus(size: str, seed: int, bar: Bar, canary: int = 0, some: tuple[str, ...] = ()) -> list[Row]:
    """Every program under valgrind."""
    assert shutil.which("valgrind"), "valgrind is not installed"
    everything = [path for path in programs() if not some or path.stem in some]
    step = max(1, len(everything) // SIZES[size])
    chosen = everything[seed % step :: step]
    rows = []
    for path in bar.over(chosen, len(chosen)):
        row = Row(str(path.relative_to(ROOT)), 0)
        wanted = wishes_of(path)
        for mode, workers in CONFIGS[size]:
            row.cases += 1
            try:
                found = complaint(run(build(path, mode, canary), wanted, workers, UNDER, 300), wanted)
            except subprocess.TimeoutExpired:
                found = "no end"
            row.bad += [f"{mode.value}, {workers} workers: {found}"] if found else []
        rows.append(row)
    return rows


HARD_TO_END = """
actor Busy {
    receive fn spin() { var n = 0; loop { n = (n + 1) % 7; } }
    receive fn doze() { sleep(3600s); }
    receive fn ask(other: LocalPid<Busy>) -> i64 { (await other.deep()).unwrap_or(0) }
    receive fn deep() -> i64 { sleep(3600s); 1 }
    receive fn text(s: string) { sleep(3600s); }
}

supervisor Guard {
    strategy: one_for_all;
    intensity: 3 within 1s;

    child one: Busy shutdown: 1s;
    child two: Busy shutdown: 1s;
}

fn main() {
    BODY
    sleep(20ms);
    println("main ends");
}
"""
BODIES = {
    "busy_handler": "let b = spawn Busy; b.spin();",
    "sleeping": "for i in 0..50 { let b = spawn Busy; b.doze(); }",
    "waiting": "let a = spawn Busy; let b = spawn Busy; let l = actor |n: i64| { let _ = await a.ask(b); }; l(1);",
    "supervised": "let g = spawn Guard; g.one.spin(); g.two.doze();",
    "full_mailboxes": 'let b = spawn Busy; let l = actor |n: i64| { for i in 0..n { b.text(f"{i}"); } }; l(5000);',
}


def deadlines(size: str, seed: int, bar: Bar, canary: int = 0, some: tuple[str, ...] = tuple(BODIES)) -> list[Row]:
    """From the last line of `main` to the end of the process: not longer than the limits that were declared, and one second."""
    del size, seed
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name in bar.over(some, len(some)):
            source = Path(folder) / f"{name}.hew"
            source.write_text(HARD_TO_END.replace("BODY", BODIES[name]), encoding="utf-8")
            for mode in (Mode.FAST, Mode.CHECK):
                rows.append(_deadline(name, build(source, mode, canary), mode))
    return rows


def _deadline(name: str, executable: str, mode: Mode) -> Row:
    most = SHUTDOWN_SECONDS[name] + DRAIN_SECONDS + 1
    row = Row(f"{name}, {mode.value}", 1)
    with subprocess.Popen(
        ["env", f"HEW_DRAIN_MS={int(DRAIN_SECONDS * 1000)}", "HEW_COUNTERS=1", executable],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None and process.stderr is not None
        watch = threading.Timer(60, process.kill)
        watch.start()
        process.stdout.readline()
        watch.cancel()
        start = time.monotonic()
        try:
            process.wait(most + 4)
        except subprocess.TimeoutExpired:
            row.bad.append(f"no end after {most + 4:.0f} s: {stacks(process.pid)}")
            process.kill()
        took = time.monotonic() - start
        text = process.stderr.read()
    row.note = f"{took:.1f} s"
    if not row.bad and took > most:
        row.bad.append(f"took {took:.1f} s, limit {most:.1f} s")
    if not row.bad and ('"live_blocks":0,"live_messages":0,"live_runtime":0,"live_actors":0,"live_timers":0' not in text):
        row.bad.append(f"left something: {text[-300:]}")
    return row
