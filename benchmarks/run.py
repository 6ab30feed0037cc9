"""Builds what is installed, runs ours and the peers in turn, compares results, prints ratios.

In: names of benchmarks (all of them when none is given).  Out: a progress line, a table of
ratios, and JSON with every single time.
Assumed: the machine may be shared, so the rounds are the outer loop and ratios come from times
of one round; a figure of one run is never compared with one of another.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.peers import PEERS, ROOT, Peer  # noqa: E402

HERE = Path(__file__).resolve().parent
KINDS = {"straight": "c", "actors": ""}
"""Each kind of benchmark, a folder, and the peer its ratios are against; none means the best of the others."""

ENVIRONMENT = dict(
    os.environ, PYTHONPATH=str(ROOT / "src"), HEW_WORKERS="2", GOMAXPROCS="2", GO111MODULE="off", GOFLAGS=""
)


@dataclass
class Benchmark:
    """One folder; `seconds` are per operation and peer, in order of rounds."""

    kind: str
    name: str
    folder: Path
    seconds: dict[str, list[float]] = field(default_factory=dict)
    checks: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)


def find(wanted: list[str]) -> list[Benchmark]:
    """The benchmarks named by kind or name, or all."""
    found = [
        Benchmark(kind, folder.name, folder)
        for kind in KINDS
        for folder in sorted((HERE / kind).glob("*"))
        if (folder / "main.hew").exists()
    ]
    return [b for b in found if not wanted or b.name in wanted or b.kind in wanted]


def build(benchmark: Benchmark, peer: Peer, out: Path) -> bool:
    """Whether the peer has this benchmark and it could be built."""
    if not (benchmark.folder / peer.source).exists():
        return False
    if peer.build is None:
        return True
    out.parent.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(peer.build(benchmark.folder, out), env=ENVIRONMENT, capture_output=True, text=True)
    if done.returncode != 0:
        benchmark.failed[peer.name] = (done.stdout + done.stderr).strip()[-2000:]
    return done.returncode == 0


def run(benchmark: Benchmark, peer: Peer, out: Path, options: argparse.Namespace) -> None:
    """One round of one program."""
    command = [*options.under.split(), *peer.run(benchmark.folder, out)]
    try:
        done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=options.limit)
        lines = done.stdout.split("\n")
        check = next(line for line in lines if line.startswith("check"))
        operations, nanoseconds = lines[lines.index(check) + 1].split()
        per_operation = float(nanoseconds) / float(operations) / 1e9
    except (subprocess.TimeoutExpired, StopIteration, ValueError, IndexError) as bad:
        benchmark.failed[peer.name] = f"{type(bad).__name__}: no result"
        return
    benchmark.seconds.setdefault(peer.name, []).append(per_operation)
    if benchmark.checks.setdefault(peer.name, check) != check:
        benchmark.failed[peer.name] = "another result each time"


def compare(benchmark: Benchmark) -> None:
    """Every peer must have computed the same."""
    answers = set(benchmark.checks.values())
    if len(answers) > 1:
        for name, check in benchmark.checks.items():
            benchmark.failed[name] = f"results differ: {check}"


def ratio(benchmark: Benchmark, name: str) -> float | None:
    """Time of a peer over time of the one it is measured against, the median over rounds."""
    base = KINDS[benchmark.kind]
    if not base:
        others = {peer: statistics.median(times) for peer, times in benchmark.seconds.items() if peer[:3] != "hew"}
        base = min(others, key=lambda peer: others[peer], default="")
    if base not in benchmark.seconds or name not in benchmark.seconds:
        return None
    pairs = zip(benchmark.seconds[name], benchmark.seconds[base])
    return statistics.median(own / other for own, other in pairs)


def table(benchmarks: list[Benchmark], names: list[str]) -> list[str]:
    """Ratios, and their geometric mean per kind."""
    lines = []
    for kind, base in KINDS.items():
        rows = [b for b in benchmarks if b.kind == kind]
        used = [name for name in names if any(name in b.seconds for b in rows)]
        if not used:
            continue
        lines += ["", f"{kind}: time relative to {base or 'the best peer'}; less is better", ""]
        lines.append("| benchmark | " + " | ".join(used) + " |")
        lines.append("|---|" + "---|" * len(used))
        means: dict[str, list[float]] = {name: [] for name in used}
        for b in rows:
            cells = []
            for name in used:
                found = ratio(b, name)
                cells.append("failed" if name in b.failed else "" if found is None else f"{found:.2f}")
                if found is not None:
                    means[name].append(found)
            lines.append(f"| {b.name} | " + " | ".join(cells) + " |")
        mean = [f"{math.exp(statistics.mean(map(math.log, m))):.2f}" if m else "" for m in means.values()]
        lines.append("| geometric mean | " + " | ".join(mean) + " |")
    return lines


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("names", nargs="*", help="kinds or benchmarks; all when none is given")
    parser.add_argument("--peers", help="only these, with commas between: " + ",".join(peer.name for peer in PEERS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--limit", type=float, default=120, help="seconds for one run of one program")
    parser.add_argument("--under", default="", help="a command that starts each program: `chrt -r 1` on a busy machine")
    parser.add_argument("--json", type=Path, help="where every single time is written")
    options = parser.parse_args()
    wanted = options.peers.split(",") if options.peers else [peer.name for peer in PEERS]
    benchmarks = find(options.names)
    chosen = [peer for peer in PEERS if peer.name in wanted]
    missing = [peer.name for peer in chosen if not peer.is_installed()]
    if missing:
        print("not installed, left out: " + ", ".join(missing), file=sys.stderr)
    chosen = [peer for peer in chosen if peer.name not in missing]
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as built:
        measure(benchmarks, chosen, Path(built), options)
    for benchmark in benchmarks:
        compare(benchmark)
    print("\n".join(table(benchmarks, [peer.name for peer in chosen])))
    for benchmark in benchmarks:
        for name, text in benchmark.failed.items():
            print(f"\n{benchmark.name}, {name}: {text}")
    if options.json:
        options.json.write_text(json.dumps([vars(b) for b in benchmarks], default=str, indent=1))
    return 1 if any(benchmark.failed for benchmark in benchmarks) else 0


def measure(benchmarks: list[Benchmark], peers: list[Peer], built: Path, options: argparse.Namespace) -> None:
    """Builds everything, then runs it in rounds."""
    pairs: list[tuple[Benchmark, Peer, Path]] = []
    for benchmark in benchmarks:
        for peer in peers:
            progress(f"building {benchmark.name} for {peer.name}")
            out = built / benchmark.kind / benchmark.name / peer.name / "program"
            if build(benchmark, peer, out):
                pairs.append((benchmark, peer, out))
    for number in range(options.rounds):
        for benchmark, peer, out in pairs:
            progress(f"round {number + 1} of {options.rounds}: {benchmark.name}, {peer.name}")
            run(benchmark, peer, out, options)
    progress("")


def progress(text: str) -> None:
    """One line that is written over."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="" if text else "\r", file=sys.stderr, flush=True)
    elif text:
        print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
