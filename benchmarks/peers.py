"""Who can be measured: for each peer, the file a benchmark must have, how it is built, how it is run.

In: a benchmark's folder and a folder for what is built.  Out: commands.
Assumed: every program prints `check WHAT` and then `OPERATIONS NANOSECONDS`.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

HEW = [sys.executable, "-c", "from pyhew.cli.main import entry; raise SystemExit(entry())"]
"""Runs the compiler of this tree; `run.py` puts `src` on the path."""

Command = list[str]


@dataclass(frozen=True)
class Peer:
    """`tools` must all be on the path; `build` is None for a language that needs none."""

    name: str
    source: str
    tools: tuple[str, ...]
    build: Callable[[Path, Path], Command] | None
    run: Callable[[Path, Path], Command]
    optional: bool = True

    def is_installed(self) -> bool:
        """Whether everything it needs is here."""
        return all(shutil.which(tool) for tool in self.tools)


def _hew(*flags: str) -> Callable[[Path, Path], Command]:
    return lambda folder, out: [*HEW, "build", *flags, str(folder / "main.hew"), "-o", str(out)]


def _executable(_folder: Path, out: Path) -> Command:
    return [str(out)]


def _cargo(folder: Path, out: Path) -> Command:
    """One package for all, so that the library is compiled once."""
    manifest, target = ROOT / "benchmarks" / "tokio" / "Cargo.toml", out.parents[3] / "cargo"
    return ["cargo", "build", "-q", "--release", "--manifest-path", str(manifest), "--target-dir", str(target), "--bin", folder.name]


def _cargo_program(folder: Path, out: Path) -> Command:
    return [str(out.parents[3] / "cargo" / "release" / folder.name)]


PEERS: tuple[Peer, ...] = (
    Peer("hew", "main.hew", (), _hew("--release"), _executable),
    Peer("hew-default", "main.hew", (), _hew(), _executable),
    Peer(
        "c", "main.c", ("gcc",),
        lambda folder, out: ["gcc", "-O2", "-pthread", "-o", str(out), str(folder / "main.c"), "-lm"], _executable,
    ),
    Peer("go", "main.go", ("go",), lambda folder, out: ["go", "build", "-o", str(out), str(folder / "main.go")],
         _executable),
    Peer(
        "rust", "main.rs", ("rustc",),
        lambda folder, out: ["rustc", "-O", "-o", str(out), str(folder / "main.rs")], _executable,
    ),
    Peer("tokio", "tokio.rs", ("cargo",), _cargo, _cargo_program),
    Peer(
        "pony", "main.pony", ("ponyc",),
        lambda folder, out: ["ponyc", "-o", str(out.parent), "-b", out.name, str(folder)],
        lambda folder, out: [str(out), "--ponymaxthreads=2"],
    ),
    Peer(
        "erlang", "main.erl", ("erl", "erlc"),
        lambda folder, out: ["erlc", "-o", str(out.parent), str(folder / "main.erl")],
        lambda folder, out: ["erl", "+S", "2:2", "+P", "4000000", "-noshell", "-pa", str(out.parent), "-s", "main", "main"],
    ),
    Peer("asyncio", "main.py", (), None, lambda folder, out: [sys.executable, str(folder / "main.py")]),
)  # fmt: skip
