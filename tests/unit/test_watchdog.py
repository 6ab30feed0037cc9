"""The tests' own watchdog: a program without an end is stopped, and where it was is told."""

from __future__ import annotations

import shutil
import sys
import time

import pytest
from watchdog import Hung, finished


def test_what_a_program_prints_comes_back() -> None:
    done = finished([sys.executable, "-c", "print(input() * 2)"], 60, b"ab")
    assert (done.returncode, done.stdout) == (0, b"abab\n")


def test_a_program_without_end_is_killed_and_its_stacks_are_shown() -> None:
    start = time.monotonic()
    with pytest.raises(Hung) as caught:
        finished(["sleep", "1000"], 0.5)
    assert time.monotonic() - start < 100
    assert caught.value.stacks != ""
    assert shutil.which("gdb") is None or "#0" in str(caught.value)


def test_what_it_started_ends_too() -> None:
    with pytest.raises(Hung):
        finished(["sh", "-c", "sleep 1000 & sleep 1000"], 0.5)
