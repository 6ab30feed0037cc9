"""A program whose files and sockets run out ends, with what it was refused in its hands, and leaves nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from programs import Outcome, Wishes, build, run

SOCKETS = Path(__file__).parent / "net" / "sockets.hew"
# With fewer the runtime itself cannot start.
FEW = range(6, 14)
ENOUGH = 64


def with_descriptors(count: int) -> Outcome:
    return run(build(SOCKETS), Wishes(), under=("sh", "-c", f'ulimit -n {count}; exec "$0" "$@"'), limit=60)


@pytest.mark.parametrize("count", FEW)
def test_refused_descriptors_are_no_reason_to_wait(count: int) -> None:
    outcome = with_descriptors(count)
    assert outcome.code in (0, 101), outcome
    assert outcome.counters, outcome
    assert outcome.left == {}


def test_some_are_refused_and_some_are_not() -> None:
    assert with_descriptors(FEW[0]).code == 101
    assert with_descriptors(ENOUGH).code == 0
