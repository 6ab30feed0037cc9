"""The twelve programs: right, and clean, in every mode, with one, two and four workers."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from programs import VALGRIND, Wishes, build, run

from pyhew.driver.options import Mode

TWELVE = Path(__file__).resolve().parents[2] / "examples" / "twelve"

# A tenth of the work, for the runs under valgrind.
TENTH = {
    "values": 300,
    "collections": 200,
    "errors": 300,
    "closures": 300,
    "generators": 100,
    "counter": 10000,
    "pipeline": 500,
    "supervisor": 100,
    "nested": 1,
    "lambdas": 200,
    "scopes": 20,
    "stress": 100000,
}
# Crashes that no supervisor repaired make the process end with 1.
EXITS = {"stress": 1}
MODES = (Mode.FAST, Mode.CHECK, Mode.RELEASE)


def test_there_are_twelve() -> None:
    assert sorted(path.stem for path in TWELVE.glob("*.hew")) == sorted(TENTH)
    assert sorted(path.stem for path in TWELVE.glob("*.stdout")) == sorted(TENTH)


@pytest.mark.parametrize("workers", [1, 2, 4])
@pytest.mark.parametrize("mode", MODES, ids=lambda m: m.value)
@pytest.mark.parametrize("name", TENTH)
def test_output_and_counters(name: str, mode: Mode, workers: int) -> None:
    outcome = run(build(TWELVE / f"{name}.hew", mode), Wishes(), workers)
    assert outcome.stdout == (TWELVE / f"{name}.stdout").read_text(), outcome.stderr[-2000:]
    assert outcome.code == EXITS.get(name, 0), outcome.stderr[-2000:]
    assert outcome.counters
    assert outcome.left == {}


@pytest.mark.skipif(shutil.which("valgrind") is None, reason="valgrind is not installed")
@pytest.mark.parametrize("workers", [1, 2, 4])
@pytest.mark.parametrize("mode", [Mode.CHECK, Mode.RELEASE], ids=lambda m: m.value)
@pytest.mark.parametrize("name", TENTH)
def test_under_valgrind(name: str, mode: Mode, workers: int) -> None:
    executable = build(TWELVE / f"{name}.hew", mode)
    wishes = Wishes(args=[str(TENTH[name])])
    plain = run(executable, wishes, workers)
    outcome = run(executable, wishes, workers, VALGRIND, limit=300)
    assert outcome.code == EXITS.get(name, 0), outcome.stderr[-4000:]
    assert outcome.stdout == plain.stdout
    assert outcome.left == {}
    assert "==" not in outcome.stderr
