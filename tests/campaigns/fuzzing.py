"""G10: broken programs through the compiler, lying frames through the wire decoders of a compiled program.

In: a size and a seed.  Out: a row for the programs and one for each form of frames.
Assumed: the decoding actor may hold 16 MB, so a decoder that believes in a length ends the run.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.campaigns.gate import Bar, Row
from tests.fuzz.campaign import compile_once, fuzz

from pyhew.driver.options import BuildOptions, Mode
from pyhew.driver.session import Session

PROGRAMS = {"small": 20_000, "nightly": 1_000_000, "release": 10_000_000}
# One of so many goes through the whole compiler, which takes two hundred times as long as lexer and parser.
WHOLE_EVERY = {"small": 250, "nightly": 250, "release": 250}
FRAMES = {"small": 1_000_000, "nightly": 10_000_000, "release": 50_000_000}
FORMS = ("CBOR", "MessagePack", "JSON", "YAML")
CHUNK = 250_000
MOST_BYTES = 512 << 20
SOURCE = Path(__file__).with_name("frames.hew")


@dataclass(frozen=True)
class Ended:
    """One run: exit code, what was left, peak resident bytes, output."""

    code: int
    left: dict[str, int]
    peak: int
    stdout: str


def cycle(executable: str, *words: int) -> Ended:
    """Runs to the end with these arguments.

    GNU time is in between because a process inherits the peak of the one that starts it, and Python's is larger.
    """
    with tempfile.TemporaryFile("w+") as errors:
        command = ["/usr/bin/time", "-q", "-f", "peak %M", executable, *map(str, words)]
        environment = {**os.environ, "HEW_COUNTERS": "1"}
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=errors, check=False)
        errors.seek(max(0, errors.seek(0, os.SEEK_END) - 2000))
        lines = errors.read().splitlines()
    found = [line for line in lines if line.startswith('{"live_blocks"')]
    counters: dict[str, int] = json.loads(found[-1]) if found else {"live_unknown": 1}
    left = {name: number for name, number in counters.items() if name.startswith("live_") and number}
    return Ended(done.returncode, left, int(lines[-1].removeprefix("peak ")) * 1024, done.stdout.decode("utf-8", "replace"))


def fuzzing(size: str, seed: int, bar: Bar) -> list[Row]:
    """Both halves."""
    mode = Mode.FAST if size == "small" else Mode.RELEASE
    return [broken_programs(size, seed, bar), *frames(FRAMES[size], seed, bar, mode)]


def broken_programs(size: str, seed: int, bar: Bar) -> Row:
    """Programs broken at random."""
    figures = fuzz(PROGRAMS[size], seed, whole_every=WHOLE_EVERY[size])
    bar.clear()
    note = ", ".join(f"{count:,} {name}" for name, count in sorted(figures.outcomes.items()))
    return Row("broken programs", sum(figures.outcomes.values()), list(figures.failures), note)


def frames(count: int, seed: int, bar: Bar, mode: Mode, canary: int = 0) -> list[Row]:
    """Damaged frames, the same number in each form."""
    with tempfile.TemporaryDirectory() as folder:
        executable = str(Path(folder) / "frames")
        session = Session(str(SOURCE), BuildOptions(mode, canary=canary))
        assert session.check(), session.rendered(False)
        text = session.llvm_text()
        assert text is not None and session.link(text, executable)
        rows = []
        for form, name in enumerate(FORMS):
            row = Row(f"frames of {name}", 0)
            read = peak = 0
            each = count // len(FORMS)
            for start in bar.over(range(0, each, CHUNK), -(-each // CHUNK)):
                share = min(CHUNK, each - start)
                ended = cycle(executable, form, share, seed + start)
                row.cases += share
                peak = max(peak, ended.peak)
                words = ended.stdout.split()
                read += int(words[0]) if len(words) == 2 else 0
                if ended.code != 0 or ended.left or len(words) != 2 or sum(map(int, words)) != share:
                    row.bad.append(f"seed {seed + start}: ended with {ended.code}, left {ended.left}")
            row.bad += [f"took {peak:,} bytes"] * (peak > MOST_BYTES) + ["nothing was read"] * (read == 0)
            row.note = f"{read:,} read, the others refused; {peak >> 20} MB at the peak"
            rows.append(row)
    return rows


def broken_subjects() -> list[Row]:
    """A compiler that breaks when it sees an actor, a runtime that keeps replies: bad when both are caught."""

    def fragile(file: Path, mode: Mode) -> str:
        if "actor" in file.read_text(encoding="utf-8", errors="replace"):
            raise IndexError("list index out of range")
        return compile_once(file, mode)

    figures = fuzz(20, 1, fragile)
    leaky = frames(400, 1, Bar(""), Mode.FAST, canary=1)
    is_caught = bool(figures.failures) and all(row.bad for row in leaky)
    return [Row("a fragile compiler and a runtime that leaks", 420, ["caught"] if is_caught else [])]
