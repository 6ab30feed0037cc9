"""Random programs at a small size; that a difference is found, and made small."""

from __future__ import annotations

from tests.typed.generator import PRODUCTIONS, Case, case_of, expected, program
from tests.typed.judge import difference, reduced

from pyhew.driver.options import Mode


def test_the_same_seed_gives_the_same_program() -> None:
    assert program([case_of(7)]) == program([case_of(7)])
    assert expected(case_of(7)) == expected(case_of(7))


def test_every_class_that_a_program_can_show_has_a_production() -> None:
    classes = {name for names in PRODUCTIONS.values() for name in names}
    assert {f"L{n}" for n in (1, 2, 3, 4, 5, *range(8, 25), 26)} <= classes


def test_builds_and_python_agree() -> None:
    assert difference([case_of(seed) for seed in range(1, 7)], Mode.CHECK) == []
    assert difference([case_of(seed) for seed in range(7, 9)], Mode.RELEASE) == []


def test_a_leak_per_ask_is_found() -> None:
    cases = [case_of(seed) for seed in range(1, 4)]
    assert any("left" in found.what for found in difference(cases, Mode.FAST, canary=1))


def test_a_program_is_reduced_to_what_matters() -> None:
    case = next(case for seed in range(1, 60) if "swallow(" in _text(case := case_of(seed)))
    small = reduced(case, lambda smaller: "swallow(" in _text(smaller))
    assert "swallow(" in _text(small)
    assert len(_text(small).splitlines()) < len(_text(case).splitlines()) / 3
    assert difference([small], Mode.CHECK) == []


def _text(case: Case) -> str:
    return program([case]).split("supervisor Outer")[1]
