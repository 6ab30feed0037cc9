"""The campaigns at a small size, and that they find what they look for."""

from __future__ import annotations

import pytest
from tests.campaigns.gate import Bar, Row
from tests.campaigns.gates import GATES, NAMES, is_possible
from tests.campaigns.operations import COUNT, SOURCE, build, once, points, slope
from tests.campaigns.runtime_mutants import EQUIVALENT
from tests.campaigns.runtime_sites import pairs, sites
from tests.campaigns.schedules import LIFE_COUNT, lives, noise, schedules
from tests.campaigns.storm import storm

from pyhew.driver.options import Mode


def test_a_storm_leaves_nothing() -> None:
    rows = storm("small", 1)
    assert len(rows) == 4
    assert [row for row in rows if not row.is_good] == []


def test_a_storm_finds_a_leak_per_ask() -> None:
    assert all(not row.is_good for row in storm("small", 1, canary=1))


def test_schedules_are_clean() -> None:
    rows = schedules("small", 10)
    assert len(rows) >= 20
    assert [(row.name, row.bad) for row in rows if not row.is_good] == []


def test_lives_end_clean_under_all_schedules() -> None:
    rows = lives("small", 10)
    assert len(rows) == LIFE_COUNT
    assert [(row.name, row.bad) for row in rows if not row.is_good] == []


def test_lives_end_clean_in_noise() -> None:
    assert bad(noise("small", 10)) == []


def test_lives_find_a_leak_per_ask() -> None:
    assert not lives("small", 10, canary=1, some=range(3))[0].is_good


def test_the_last_life_is_the_last() -> None:
    assert "Ending(code=64" in lives("small", 10, some=range(LIFE_COUNT, LIFE_COUNT + 1))[0].bad[0]


def test_schedules_find_a_leak_per_ask() -> None:
    rows = schedules("small", 10, canary=1, folders=("concurrency",))
    assert any(not row.is_good for row in rows)


def bad(rows: list[Row]) -> list[tuple[str, list[str]]]:
    return [(row.name, row.bad) for row in rows if not row.is_good]


def test_nothing_grows_with_the_work() -> None:
    rows = slope("small")
    assert len(rows) == COUNT
    assert bad(rows) == []


def test_a_slope_finds_a_leak_per_ask() -> None:
    assert len(bad(slope("small", canary=1, operations=range(24, 28)))) == 4


def test_a_failure_that_leaves_something_is_found() -> None:
    assert bad(points("HEW_TRAP_AT", "small", 1, canary=1, operations=range(24, 28)))


def test_the_last_operation_is_the_last() -> None:
    executable = build(SOURCE, Mode.CHECK)
    assert once(executable, COUNT, 1)[0] == 64
    assert once(executable, COUNT - 1, 1)[0] == 0


@pytest.mark.parametrize("number", ["G1", "G2", "G4", "G8", "G9", "G10", "G14", "G15"])
def test_a_gate_at_its_small_size(number: str) -> None:
    gate = NAMES[number]
    if not is_possible(gate):
        pytest.skip("something that the gate needs is not installed")
    assert gate.complaints("small", gate.run("small", 3, Bar(""))) == []


@pytest.mark.parametrize("number", [gate.number for gate in GATES if gate.number not in ("G4", "G5", "G6", "G7", "G8", "G16")])
def test_a_gate_finds_its_canary(number: str) -> None:
    if not is_possible(NAMES[number]):
        pytest.skip("something that the gate needs is not installed")
    assert NAMES[number].canary_complaints() == []


def test_what_changes_nothing_is_still_there() -> None:
    known = {key for site in (*sites(), *pairs()) for key in (site.key, site.place)}
    assert [key for key in EQUIVALENT if key not in known] == []


def test_a_gate_with_too_few_cases_is_red() -> None:
    gate = NAMES["G7"]
    assert gate.complaints("small", [Row("operation 0", 2)]) == ["only 2 cases, not 78"]


def test_a_gate_whose_canary_is_not_caught_is_red() -> None:
    assert NAMES["G16"].canary_complaints() == []
