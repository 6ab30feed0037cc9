"""The runtime as a shared library, programs that load it, and the runs in which they are watched.

In: a folder.  Out: `Bench`, `Watch` (one run of one program and how it must end), `watches`.
Assumed: a library in another folder, linked with one changed object, is loaded by the same programs.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from programs import VALGRIND, wishes_of  # noqa: E402
from runtime.building import FLAGS, RUNTIME  # noqa: E402
from tests.campaigns.gate import Bar  # noqa: E402
from tests.campaigns.operations import COUNT, SOURCE  # noqa: E402
from tests.campaigns.runtime_sites import Site, files, marked  # noqa: E402
from tests.campaigns.schedules import FOLDERS  # noqa: E402

from pyhew.driver.options import BuildOptions, Mode  # noqa: E402
from pyhew.driver.session import Session  # noqa: E402

CHECK = ("-O1", "-DHEW_MODE_CHECK=1", "-include", str(HERE / "refuse.h"))
C_PROGRAMS = (
    ("ask", (), 7), ("flow", (), 0), ("supervise", (), 0), ("watch", (), 1), ("crowd", (), 5), ("echo", (), 0),
    ("foreign", (), 0), ("tasks", ("0",), 0), ("tasks", ("1",), 132), ("tasks", ("2",), 0), ("tasks", ("3",), 0),
    ("closure", (), 0), ("closure", ("trap",), 132),
    ("edges", ("former",), 0), ("edges", ("keeping",), 0), ("edges", ("arguments",), 1), ("edges", ("closes",), 132),
    ("edges", ("lives",), 0),
)  # fmt: skip
# They break off in check builds, because something is given back twice.
BROKEN = -6
C_BROKEN = (("edges", ("released",), BROKEN), ("edges", ("freed",), BROKEN))
HEW_FOLDERS = ("actors", "concurrency", "supervisors", "resources", "net", "library", "machines", "generators", "closures")
REFUSED = {"memory": 40, "thread": 4, "poller": 7}
MORE_REFUSED = {"memory": 90, "thread": 2, "poller": 20, "socket": 8, "open": 8}
SOME_WITH_REFUSALS = ("sockets", "streams_of_files", "file_sink", "observed_actors", "restart", "channels", "system", "periodic_child")
# 9: a claim of a C program does not hold; 101: `main` panics because something was refused to it.
DEFINED = (0, 1, 9, 101, 132, 133, 134)


@dataclass(frozen=True)
class Watch:
    """One run: what is started, and how it must end; `codes` empty means any defined end."""

    name: str
    command: tuple[str, ...]
    codes: tuple[int, ...]
    environment: tuple[tuple[str, str], ...] = ()
    stdin: str = ""
    stdout: str | None = None
    is_valgrind: bool = False

    def complaint(self, library: Path, limit: float, reached: Path | None = None) -> str:
        """What is wrong with the run; nothing when it ends as it should."""
        environment = {**os.environ, "HEW_COUNTERS": "1", "HEW_MEMCHECK": "1", "HEW_WORKERS": "2", "HEW_DRAIN_MS": "2000"}
        environment |= {"LD_LIBRARY_PATH": str(library), **dict(self.environment)}
        if reached is not None:
            environment["HEW_TEST_REACHED"] = str(reached)
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, tempfile.TemporaryFile() as given:
            given.write(self.stdin.encode())
            given.seek(0)
            with subprocess.Popen(
                self.command, stdin=given, stdout=out, stderr=err, env=environment, start_new_session=True
            ) as process:
                try:
                    code = process.wait(limit)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, 9)
                    return "no end"
            out.seek(0)
            err.seek(0)
            return self._judged(code, out.read().decode("utf-8", "replace"), err.read().decode("utf-8", "replace"))

    def _judged(self, code: int, stdout: str, stderr: str) -> str:
        if code not in self.codes and (self.codes or code not in DEFINED):
            return f"ends with {code}"
        if "lock of the runtime" in stderr:
            return "a lock is left"
        if "of the C heap are left" in stderr:
            return "a block of the C heap is left"
        if self.is_valgrind and any(line.startswith("==") for line in stderr.splitlines()):
            return "valgrind complains"
        if self.codes == (BROKEN,):
            return "" if "is released twice" in stderr else "breaks for another reason"
        ends_itself = code != BROKEN and "cannot start" not in stderr and "giving up" not in stderr
        if ends_itself and (rest := left(stderr)):
            return rest
        return "other output" if self.stdout is not None and stdout != self.stdout else ""


def left(stderr: str) -> str:
    """What the counters say."""
    found = [line for line in stderr.splitlines() if line.startswith('{"live_blocks"')]
    if not found:
        return "no counters"
    counters = json.loads(found[-1])
    return ", ".join(f"{name} {n}" for name, n in counters.items() if name.startswith("live_") and n)


@dataclass
class Bench:
    """What does not change, compiled once."""

    folder: Path
    objects: dict[str, Path] = field(default_factory=dict)
    programs: dict[str, Path] = field(default_factory=dict)

    @property
    def clean(self) -> Path:
        """Where the runtime as it is stands."""
        return self.folder / "clean"

    def prepare(self, bar: Bar, names: tuple[str, ...] | None = None) -> None:
        """Compiles the runtime and the programs, all of them or those of these names."""
        self.folder.mkdir(exist_ok=True)
        for name in bar.over(files(), len(files())):
            self.objects[name] = self.folder / (name.replace("/", "-") + ".o")
            assert self.compiled(RUNTIME / "src" / name, self.objects[name]), name
        self.objects["refuse"] = self.folder / "refuse.o"
        subprocess.run(["cc", *FLAGS, "-fPIC", "-c", str(HERE / "refuse.c"), "-o", str(self.objects["refuse"])], check=True)
        self.link(self.clean, {})
        c_names = [*dict.fromkeys(name for name, _, _ in C_PROGRAMS), "world"]
        sources = {f"c-{name}": RUNTIME / "test" / f"{name}.c" for name in c_names}
        sources |= {path.stem: path for path in hew_programs()} | {"operations": SOURCE, "ring": HERE / "ring.hew"}
        wanted = [name for name in sources if names is None or name in names]
        for name in bar.over(wanted, len(wanted)):
            own = self.folder / f"{name}.o"
            if sources[name].suffix == ".c":
                assert self.compiled(sources[name], own), name
            else:
                hew_object(sources[name], own)
            self.programs[name] = own.with_suffix("")
            command = ["cc", "-o", str(self.programs[name]), str(own), f"-L{self.clean}", "-lhew", "-lm"]
            subprocess.run(command, check=True, capture_output=True)

    def compiled(self, source: Path, out: Path) -> bool:
        """Whether it compiles."""
        include = [f"-I{RUNTIME / 'include'}", f"-I{RUNTIME / 'src'}", f"-I{RUNTIME / 'test'}"]
        command = ["cc", *FLAGS, *CHECK, "-fPIC", "-w", *include, "-c", str(source), "-o", str(out)]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    def link(self, folder: Path, changed: dict[str, Path]) -> None:
        """A library with some objects replaced."""
        folder.mkdir(exist_ok=True)
        objects = [str(changed.get(name, path)) for name, path in self.objects.items()]
        out = folder / "new.so"
        subprocess.run(["cc", "-shared", "-o", str(out), *objects, "-lpthread", "-lm"], check=True, capture_output=True)
        out.replace(folder / "libhew.so")

    def link_marked(self, folder: Path, numbers: dict[Site, int]) -> None:
        """A library whose sites say when they are reached."""
        folder.mkdir(exist_ok=True)
        changed = {}
        for file in files():
            source, changed[file] = folder / "marked.c", folder / (file.replace("/", "-") + ".o")
            source.write_text(marked(file, numbers), encoding="utf-8")
            assert self.compiled(source, changed[file]), file
        self.link(folder, changed)


def hew_programs() -> list[Path]:
    """Those of tests/run whose output is known and that need nothing from outside."""
    found = sorted(path for folder in HEW_FOLDERS for path in (HERE.parent / "run" / folder).glob("*.hew"))
    return [path for path in found if path.with_suffix(".stdout").exists()]


def hew_object(source: Path, out: Path) -> None:
    """The object of a Hew program in check mode."""
    session = Session(str(source), BuildOptions(Mode.CHECK))
    assert session.check(), source
    text = session.llvm_text()
    assert text is not None
    session.write_object(text, str(out))


def watches(bench: Bench) -> list[Watch]:
    """Every run, for the programs that were prepared."""
    found = []
    for name, words, code in C_PROGRAMS:
        if f"c-{name}" in bench.programs:
            command = (str(bench.programs[f"c-{name}"]), *words)
            shown = f"c-{name} {' '.join(words)}".strip()
            found.append(Watch(shown, command, (code,)))
            found += _under_faults(shown, command, code, REFUSED)
    for path in hew_programs():
        if path.stem in bench.programs:
            found += _of_program(path, bench.programs[path.stem])
    found += [*_of_edges(bench), *_of_reports(bench)]
    if "operations" in bench.programs:
        for operation in range(COUNT):
            found += _of_operation(operation, str(bench.programs["operations"]))
    return [*found, *(under_valgrind(watch) for watch in found)]


def _of_edges(bench: Bench) -> list[Watch]:
    """Processes that do not end by themselves, given back twice, or with an actor that never ends; one that must have one worker."""
    if "c-edges" not in bench.programs:
        return []
    program = str(bench.programs["c-edges"])
    found = [Watch(f"c-{name} {words[0]}", (program, *words), (code,)) for name, words, code in C_BROKEN]
    found.append(Watch("c-edges lost", (program, "lost"), (1,), (), "", "last words"))
    return [*found, Watch("c-edges computing", (program, "computing"), (0,), (("HEW_WORKERS", "1"),))]


def _of_reports(bench: Bench) -> list[Watch]:
    """What the runtime writes about itself, and the program that tries files, lines and the environment."""
    found = []
    if "ring" in bench.programs:
        report = (("HEW_LEAK_REPORT", "/dev/null"),)
        found.append(Watch("ring, report=1", (str(bench.programs["ring"]),), (3,), report))
    if "c-world" in bench.programs:
        command = ("sh", "-c", 'd=$(mktemp -d); "$0" "$d"; c=$?; rm -rf "$d"; exit $c', str(bench.programs["c-world"]))
        found.append(Watch("c-world", command, (0,), (), "first line\n\nlast"))
        for at in (1, 2, 3):
            refused = (("HEW_REFUSE", f"entropy:{at}"),)
            found.append(Watch(f"c-world, REFUSE=entropy:{at}", command, (0,), refused, "first line\n\nlast"))
    if "c-ask" in bench.programs:
        for kind in ("poller", "thread"):
            profiled = (("HEW_HEAP_PROFILE", "/dev/null"), ("HEW_REFUSE", f"{kind}:1"))
            found.append(Watch(f"c-ask, profile=1, REFUSE={kind}:1", (str(bench.programs["c-ask"]),), (), profiled))
    if "channels" in bench.programs:
        profile = (("HEW_HEAP_PROFILE", "/dev/null"),)
        found.append(Watch("channels, profile=1", (str(bench.programs["channels"]),), (0,), profile))
    return found


def _under_faults(name: str, command: tuple[str, ...], code: int, kinds: dict[str, int]) -> list[Watch]:
    """What the runtime asks for is refused, one call after the other (G4): an end as ever, or a defined one."""
    codes = (code, *DEFINED)
    refused = [(kind, at) for kind, most in kinds.items() for at in range(1, most + 1)]
    found = [Watch(f"{name}, REFUSE={kind}:{at}", command, codes, (("HEW_REFUSE", f"{kind}:{at}"),)) for kind, at in refused]
    return [*found, *(Watch(f"{name}, FAIL_AT={at}", command, codes, (("HEW_FAIL_AT", str(at)),)) for at in range(1, 41, 3))]


def _of_program(path: Path, program: Path) -> list[Watch]:
    """The program as it is, under seeds (G5), and some with refusals."""
    wishes = wishes_of(path)
    command = (str(program), *wishes.args)
    text = path.with_suffix(".stdout").read_text(encoding="utf-8")
    found = [Watch(path.stem, command, (wishes.exit,), (), wishes.stdin, text)]
    if path.parent.name in FOLDERS and not wishes.stdin:
        # What supervisors meet depends on the order of their children's ends.
        seeds = range(1, 9 if path.parent.name == "supervisors" else 3)
        found += [Watch(f"{path.stem}, seed {n}", command, (wishes.exit,), (("HEW_SEED", str(n)),)) for n in seeds]
    if path.stem in SOME_WITH_REFUSALS:
        found += [replace(watch, stdin=wishes.stdin) for watch in _under_faults(path.stem, command, wishes.exit, MORE_REFUSED)]
    return found


def _of_operation(operation: int, program: str) -> list[Watch]:
    """Work, a trap, a failed allocation (G7, G8, G4)."""
    command = (program, str(operation), "6")
    found = [Watch(f"operation {operation}", command, (0, 1))]
    for variable in ("TRAP_AT", "FAIL_AT"):
        for point in (3 + operation % 5, 40 + 3 * operation):
            found.append(Watch(f"operation {operation}, {variable}={point}", command, (), ((f"HEW_{variable}", str(point)),)))
    return found


def under_valgrind(watch: Watch) -> Watch:
    """The same run with every byte looked at (G1)."""
    command = (*VALGRIND, "--child-silent-after-fork=yes", *watch.command)
    if watch.command[0] == "sh":
        command = (*VALGRIND, "--trace-children=yes", "--trace-children-skip=*/sh,*/mktemp,*/rm", *watch.command)
    return Watch(f"{watch.name}, valgrind", command, watch.codes, watch.environment, watch.stdin, watch.stdout, True)


def has_valgrind() -> bool:
    """Whether there is one."""
    return shutil.which("valgrind") is not None


def timed(watch: Watch, library: Path, limit: float, reached: Path | None = None) -> tuple[str, float]:
    """The complaint, and how long it took."""
    start = time.monotonic()
    return watch.complaint(library, limit, reached), time.monotonic() - start
