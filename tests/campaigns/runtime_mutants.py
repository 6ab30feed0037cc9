"""Calls that free, unlink, unlock, drop, join or drain, deleted from the runtime one at a time: each must be noticed.

In: a size and a seed.  Out: a row for each C file; `bad` are the sites whose deletion nobody noticed.
Assumed: a call that stands alone in its statement can be deleted; one that cannot be compiled without is no mutant.
`EQUIVALENT` has the sites whose deletion changes nothing that can be seen, each with its reason.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from programs import VALGRIND, Wishes, wishes_of  # noqa: E402
from runtime.building import FLAGS, RUNTIME  # noqa: E402
from tests.campaigns.gate import Bar, Row  # noqa: E402
from tests.campaigns.operations import COUNT, SOURCE  # noqa: E402
from tests.campaigns.schedules import FOLDERS  # noqa: E402

from pyhew.driver.options import BuildOptions, Mode  # noqa: E402
from pyhew.driver.session import Session  # noqa: E402

WORDS = "free|give|unlock|unlink|release|drop|deinit|finish|cancel|join|drain|close|sweep|take_out|wake|signal_set|poke_main"
CALL = re.compile(rf"^(\s*(?:if \(.*\) |else |default: |case [\w ,]+: )?)((?:\w*(?:{WORDS})\w*)\([^;{{}}]*\);)")
CHECK = ("-O1", "-DHEW_MODE_CHECK=1")
SIZES = {"small": 4, "nightly": 60, "release": 1000}
C_PROGRAMS = (
    ("ask", (), 7), ("flow", (), 0), ("supervise", (), 0), ("watch", (), 1), ("crowd", (), 5), ("echo", (), 0),
    ("foreign", (), 0), ("tasks", ("0",), 0), ("tasks", ("1",), 132), ("tasks", ("2",), 0), ("tasks", ("3",), 0),
    ("closure", (), 0), ("closure", ("trap",), 132),
)  # fmt: skip
HEW_FOLDERS = ("actors", "concurrency", "supervisors", "resources", "net", "library")

# `file.c: text of the call`, and why nothing can be seen without it.
EQUIVALENT: dict[str, str] = {}


@dataclass(frozen=True)
class Site:
    """One call in the runtime's source."""

    file: str
    line: int
    call: str

    @property
    def key(self) -> str:
        """What the table of equivalents calls it."""
        return f"{self.file}: {self.call}"

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.call}"


# Deletes nothing, so nobody can notice it: the gate must say so.
HARMLESS = [Site("sched/main.c", 0, "")]


def sites() -> list[Site]:
    """Every call that can be deleted, in order."""
    found = []
    for path in sorted((RUNTIME / "src").rglob("*.c")):
        name = str(path.relative_to(RUNTIME / "src"))
        if name == "mem/pool.c":  # no part of check builds
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            match = CALL.match(line)
            if match and " = " not in match[2].split("(")[0]:
                found.append(Site(name, number, match[2]))
    return found


def without(site: Site) -> str:
    """The source file without the call."""
    lines = (RUNTIME / "src" / site.file).read_text(encoding="utf-8").splitlines()
    if not site.call:
        return "\n".join(lines) + "\n"
    match = CALL.match(lines[site.line - 1])
    assert match is not None
    lines[site.line - 1] = match[1] + "(void)0;" + lines[site.line - 1][match.end() :]
    return "\n".join(lines) + "\n"


@dataclass
class Bench:
    """The runtime as a shared library that is linked anew for each mutant, and programs that load it."""

    folder: Path
    objects: dict[str, Path] = field(default_factory=dict)
    c_programs: dict[str, Path] = field(default_factory=dict)
    hew_programs: dict[str, tuple[Path, Wishes, str]] = field(default_factory=dict)
    seeded: set[str] = field(default_factory=set)
    operations: Path = Path()

    def prepare(self, bar: Bar) -> None:
        """Compiles everything that does not change."""
        self.folder.mkdir(exist_ok=True)
        for path in sorted((RUNTIME / "src").rglob("*.c")):
            name = str(path.relative_to(RUNTIME / "src"))
            self.objects[name] = self.folder / (name.replace("/", "-") + ".o")
            bar.show(len(self.objects), 60, name)
            compiled(path, self.objects[name])
        self.use({})
        for name in dict.fromkeys(name for name, _, _ in C_PROGRAMS):
            compiled(RUNTIME / "test" / f"{name}.c", self.folder / f"{name}.o")
            self.c_programs[name] = self._program(self.folder / f"{name}.o")
        self.operations = self._hew(SOURCE)
        run = HERE.parent / "run"
        for path in sorted(p for folder in HEW_FOLDERS for p in (run / folder).glob("*.hew")):
            stdout = path.with_suffix(".stdout")
            if stdout.exists() and path.stem != "system":  # starts a process that outlives a killed shell
                self.seeded |= {path.stem} if path.parent.name in FOLDERS else set()
                self.hew_programs[path.stem] = (self._hew(path), wishes_of(path), stdout.read_text(encoding="utf-8"))

    def _hew(self, source: Path) -> Path:
        out = self.folder / f"{source.stem}.hew.o"
        session = Session(str(source), BuildOptions(Mode.CHECK))
        assert session.check(), source
        text = session.llvm_text()
        assert text is not None
        session.write_object(text, str(out))
        return self._program(out)

    def _program(self, own: Path) -> Path:
        out = own.with_suffix("")
        command = ["cc", "-o", str(out), str(own), f"-L{self.folder}", f"-Wl,-rpath,{self.folder}", "-lhew", "-lm"]
        subprocess.run(command, check=True, capture_output=True)
        return out

    def use(self, mutant: dict[str, Path]) -> None:
        """The runtime with some of its objects replaced; all programs load it from now on."""
        objects = [str(mutant.get(name, path)) for name, path in self.objects.items()]
        out = self.folder / "new.so"
        subprocess.run(["cc", "-shared", "-o", str(out), *objects, "-lpthread", "-lm"], check=True, capture_output=True)
        out.replace(self.folder / "libhew.so")


def compiled(source: Path, out: Path) -> bool:
    """Whether it compiles."""
    include = [f"-I{RUNTIME / 'include'}", f"-I{RUNTIME / 'src'}", f"-I{RUNTIME / 'test'}"]
    done = subprocess.run(
        ["cc", *FLAGS, *CHECK, "-fPIC", "-w", *include, "-c", str(source), "-o", str(out)], capture_output=True, check=False
    )
    return done.returncode == 0


def run(command: list[str], limit: float = 15, stdin: str = "", **variables: str) -> tuple[int | str, str, str]:
    """How it ended, what it printed, what it said on stderr."""
    environment = {**os.environ, "HEW_COUNTERS": "1", "HEW_MEMCHECK": "1", "HEW_WORKERS": "2", **variables}
    try:
        done = subprocess.run(
            command, input=stdin.encode(), capture_output=True, timeout=limit, env=environment, check=False
        )
    except subprocess.TimeoutExpired:
        return "no end", "", ""
    return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")


def left(stderr: str) -> str:
    """What the counters say."""
    found = [line for line in stderr.splitlines() if line.startswith('{"live_blocks"')]
    if not found:
        return "no counters"
    counters = json.loads(found[-1])
    return ", ".join(f"{name} {n}" for name, n in counters.items() if name.startswith("live_") and n)


def noticed(bench: Bench, mutant: dict[str, Path]) -> str:
    """Who notices the mutant first; nothing when nobody does."""
    bench.use(mutant)
    for tester in (by_c_programs, by_operations, by_programs, by_valgrind):
        for complaint in tester(bench):
            return complaint
    return ""


def by_c_programs(bench: Bench) -> Iterator[str]:
    """The runtime's own tests."""
    for name, words, code in C_PROGRAMS:
        program = bench.c_programs[name]
        got, _, stderr = run([str(program), *words])
        if got != code or left(stderr):
            yield f"{name}: {got}, {left(stderr)}"


def by_operations(bench: Bench) -> Iterator[str]:
    """Work, a trap, a failed allocation (G7, G8, G4)."""
    program = bench.operations
    for operation in range(COUNT):
        got, _, stderr = run([str(program), str(operation), "6"])
        if got not in (0, 1) or left(stderr):
            yield f"operation {operation}: {got}, {left(stderr)}"
    for variable in ("HEW_TRAP_AT", "HEW_FAIL_AT"):
        for operation in range(COUNT):
            for point in (3 + operation % 5, 40 + 3 * operation):
                got, _, stderr = run(
                    [str(program), str(operation), "6"], HEW_DRAIN_MS="2000", **{variable: str(point)}
                )
                is_defined = got in (0, 1, 132, 133, 134) and ("cannot start" in stderr or not left(stderr))
                if not is_defined:
                    yield f"operation {operation}, {variable}={point}: {got}, {left(stderr)}"


def by_programs(bench: Bench) -> Iterator[str]:
    """Programs of tests/run, and the same under a few seeds (G5)."""
    for name, (program, wishes, wanted) in bench.hew_programs.items():
        got, stdout, stderr = run([str(program), *wishes.args], stdin=wishes.stdin)
        if got != wishes.exit or left(stderr) or stdout != wanted:
            yield f"{name}: {got}, {left(stderr) or 'other output'}"
        for seed in ("1", "2") if name in bench.seeded else ():
            got, _, stderr = run([str(program), *wishes.args], stdin=wishes.stdin, HEW_SEED=seed)
            if got != wishes.exit or left(stderr):
                yield f"{name}, seed {seed}: {got}, {left(stderr)}"


def by_valgrind(bench: Bench) -> Iterator[str]:
    """What no counter counts (G1)."""
    if shutil.which("valgrind") is None:
        return
    for name, words, code in C_PROGRAMS:
        program = bench.c_programs[name]
        got, _, stderr = run([*VALGRIND, str(program), *words], limit=90)
        if got != code:
            yield f"{name} under valgrind: {got}"
    for name in ("sockets", "streams_of_files", "channels", "restart"):
        if name in bench.hew_programs:
            program, wishes, _ = bench.hew_programs[name]
            got, _, _ = run([*VALGRIND, str(program), *wishes.args], limit=90, stdin=wishes.stdin)
            if got != wishes.exit:
                yield f"{name} under valgrind: {got}"


def mutants(size: str, seed: int, bar: Bar, chosen: list[Site] | None = None) -> list[Row]:
    """Deletes some calls or all, each by itself."""
    everything = sites()
    picked = chosen if chosen is not None else random.Random(seed).sample(everything, min(SIZES[size], len(everything)))
    rows: dict[str, Row] = {}
    with tempfile.TemporaryDirectory(prefix="hew-mutants-") as folder:
        bench = Bench(Path(folder))
        bench.prepare(bar)
        complaint = noticed(bench, {}) if size != "small" else ""
        assert not complaint, f"the runtime itself is not clean: {complaint}"
        for site in bar.over(picked, len(picked)):
            row = rows.setdefault(site.file, Row(site.file, 0))
            source, out = Path(folder) / "mutant.c", Path(folder) / "mutant.o"
            source.write_text(without(site), encoding="utf-8")
            if site.key in EQUIVALENT or not compiled(source, out):
                continue
            row.cases += 1
            by = noticed(bench, {site.file: out})
            if not by:
                row.bad.append(str(site))
            if os.environ.get("HEW_TELL"):
                print(f"{site}\t{by or 'NOT NOTICED'}", flush=True)
    return list(rows.values())
