"""A few calls of each kind, and that a wrong answer is found."""

from __future__ import annotations

from types import ModuleType

import pytest
from tests.edges import integers, ranges
from tests.edges.judge import PROGRAMS, differences

from pyhew.driver.options import Mode


@pytest.mark.parametrize("kind", PROGRAMS, ids=lambda kind: kind.__name__.rsplit(".", 1)[-1])
def test_calls_give_what_python_gives(kind: ModuleType) -> None:
    made = kind.program(1, PROGRAMS[kind])
    assert len(made.expected) > 150
    assert differences(made) == []


def test_optimised_calls_give_the_same() -> None:
    assert differences(integers.program(2, 1, ("i16",)), Mode.RELEASE) == []
    assert differences(ranges.program(2, 1), Mode.RELEASE) == []


def test_a_wrong_answer_is_found() -> None:
    made = integers.program(1, 1, ("i8",))
    at = len(made.expected) // 2
    made.expected[at] += "0"
    assert len(differences(made)) == 1
