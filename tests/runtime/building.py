"""Builds the C runtime once per variant and links its test programs against it."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from watchdog import finished

RUNTIME = Path(str(files("pyhew.runtime")))
FLAGS = ("-std=c11", "-D_GNU_SOURCE", "-g", "-fno-omit-frame-pointer", "-fno-strict-aliasing")
WARNINGS = ("-Wall", "-Wextra", "-Werror")
VARIANTS = {
    "release": ("-O2",),
    "check": ("-O1", "-DHEW_MODE_CHECK"),
    "asan": ("-O1", "-DHEW_MODE_CHECK", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"),
    "tsan": ("-O1", "-fsanitize=thread"),
}


@dataclass
class Build:
    """The runtime in several variants, each compiled at most once."""

    folder: Path
    archives: dict[tuple[str, ...], Path] = field(default_factory=dict)

    def archive(self, flags: tuple[str, ...]) -> Path:
        """The runtime compiled with these flags."""
        if flags not in self.archives:
            folder = self.folder / f"variant{len(self.archives)}"
            folder.mkdir()
            sources = sorted(str(path) for path in (RUNTIME / "src").rglob("*.c"))
            self._cc(flags, "-c", *sources, cwd=folder)
            objects = sorted(str(path) for path in folder.glob("*.o"))
            subprocess.run(["ar", "rcs", "libhew.a", *objects], check=True, cwd=folder)
            self.archives[flags] = folder / "libhew.a"
        return self.archives[flags]

    def program(self, name: str, *flags: str) -> Path:
        """One test program, linked."""
        return self.linked(RUNTIME / "test" / f"{name}.c", *flags)

    def linked(self, source: Path, *flags: str) -> Path:
        """A program in one C file; its name is the file's."""
        archive = self.archive(flags)
        program = archive.parent / source.stem
        if not program.exists():
            self._cc(flags, str(source), str(archive), "-lpthread", "-lm", "-o", str(program), cwd=archive.parent)
        return program

    def _cc(self, flags: tuple[str, ...], *arguments: str, cwd: Path) -> None:
        command = ["cc", *FLAGS, *WARNINGS, *flags, f"-I{RUNTIME / 'include'}", f"-I{RUNTIME / 'test'}", *arguments]
        subprocess.run(command, check=True, cwd=cwd)


@dataclass(frozen=True)
class Outcome:
    """What a finished program left behind."""

    code: int
    out: str
    err: str


def run(*command: str | Path, stdin: str = "", **environment: str) -> Outcome:
    """Runs a program to its end, which must come within a minute."""
    done = finished([str(part) for part in command], 60, stdin.encode(), {**os.environ, **environment})
    return Outcome(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))
