"""The campaigns at a small size, and that they find what they look for."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.campaigns.schedules import schedules
from tests.campaigns.storm import storm

needs_time = pytest.mark.skipif(not Path("/usr/bin/time").exists(), reason="GNU time is not installed")


@needs_time
def test_a_storm_leaves_nothing() -> None:
    rows = storm("small", 1)
    assert len(rows) == 3
    assert [row for row in rows if not row.is_good] == []


@needs_time
def test_a_storm_finds_a_leak_per_ask() -> None:
    assert all(not row.is_good for row in storm("small", 1, canary=1))


def test_schedules_are_clean() -> None:
    rows = schedules("small", 10)
    assert len(rows) >= 20
    assert [(row.name, row.bad) for row in rows if not row.is_good] == []


def test_schedules_find_a_leak_per_ask() -> None:
    rows = schedules("small", 10, canary=1, folders=("concurrency",))
    assert any(not row.is_good for row in rows)
