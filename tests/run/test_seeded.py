"""With HEW_SEED a program runs the same way each time, and time passes only when nothing runs."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from programs import build, wishes_of

HERE = Path(__file__).parent
TALKERS = HERE / "concurrency" / "three_talkers.hew"
CASES = [
    path
    for folder in ("actors", "concurrency", "supervisors")
    for path in sorted((HERE / folder).glob("*.hew"))
    if not wishes_of(path).stdin
]


def schedule(path: Path, seed: int) -> tuple[int, str, str]:
    """Exit code, output and the last lines of a seeded run."""
    environment = {**os.environ, "HEW_SEED": str(seed), "HEW_FINGERPRINT": "1"}
    with TemporaryDirectory(prefix="hew-test") as folder:
        done = subprocess.run(
            [build(path)], env=environment, cwd=folder, capture_output=True, text=True, timeout=60, check=False
        )
    return done.returncode, done.stdout, done.stderr


def test_there_are_cases() -> None:
    assert len(CASES) >= 20


@pytest.mark.parametrize("path", CASES, ids=lambda p: str(p.relative_to(HERE))[:-4])
def test_same_seed_same_schedule(path: Path) -> None:
    for seed in (1, 2):
        first = schedule(path, seed)
        assert "hew: fingerprint " in first[2]
        assert schedule(path, seed) == first


def test_other_seeds_give_other_schedules_and_no_time_passes() -> None:
    start = time.monotonic()
    runs = [schedule(TALKERS, seed) for seed in range(20)]
    assert time.monotonic() - start < 60
    assert all(code == 0 for code, _, _ in runs)
    assert len({errors for _, _, errors in runs}) == 20
    assert len({output for _, output, _ in runs}) >= 4


def test_a_failure_names_its_seed() -> None:
    code, _, errors = schedule(HERE / "actors" / "crash_of_one.hew", 7)
    assert code == 1
    assert errors.endswith("hew: this schedule again: HEW_SEED=7\n")
