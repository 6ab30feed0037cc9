"""Every C test program, in every variant and with several numbers of workers, ends clean.

The programs play the part of generated code; they abort when something is not as it should be.
Clean means: the expected code, all counters at zero, nothing to say for valgrind or a sanitizer.
"""

from __future__ import annotations

import json
import shutil
import signal
from pathlib import Path

import pytest

from runtime.building import VARIANTS, Build, run

# Program, arguments, expected exit code.
CASES = (
    ("ask", (), 7),
    ("flow", (), 0),
    ("supervise", (), 0),
    ("watch", (), 1),
    ("crowd", (), 5),
    ("echo", (), 0),
    ("foreign", (), 0),
    ("tasks", ("0",), 0),
    ("tasks", ("1",), 132),
    ("tasks", ("2",), 0),
    ("tasks", ("3",), 0),
    ("closure", (), 0),
    ("closure", ("trap",), 132),
    ("edges", ("former",), 0),
    ("edges", ("keeping",), 0),
    ("edges", ("arguments",), 1),
    ("edges", ("closes",), 132),
    ("edges", ("computing",), 0),
    ("edges", ("lives",), 0),
)
VALGRIND = (
    "valgrind",
    "-q",
    "--leak-check=full",
    "--show-leak-kinds=all",
    "--errors-for-leak-kinds=all",
    "--fair-sched=yes",
    "--error-exitcode=99",
)

cases = pytest.mark.parametrize(("name", "arguments", "code"), CASES, ids=lambda part: str(part))


@cases
@pytest.mark.parametrize("variant", VARIANTS)
def test_ends_clean(build: Build, variant: str, name: str, arguments: tuple[str, ...], code: int) -> None:
    program = build.program(name, *VARIANTS[variant])
    for workers in ("1", "2", "4"):
        outcome = run(program, *arguments, HEW_WORKERS=workers, HEW_COUNTERS="1")
        assert outcome.code == code, outcome
        counters = json.loads(outcome.err.splitlines()[-1])
        live = {key: number for key, number in counters.items() if key.startswith("live_") and number}
        assert not live, outcome


@pytest.mark.parametrize("variant", VARIANTS)
def test_text_numbers_and_files(build: Build, tmp_path: Path, variant: str) -> None:
    program = build.program("world", *VARIANTS[variant])
    outcome = run(program, tmp_path, stdin="first line\n\nlast", HEW_MEMCHECK="1")
    assert outcome.code == 0, outcome


@cases
@pytest.mark.parametrize("variant", ("release", "check"))
def test_valgrind_is_silent(build: Build, variant: str, name: str, arguments: tuple[str, ...], code: int) -> None:
    if shutil.which("valgrind") is None:
        pytest.skip("valgrind is not installed")
    outcome = run(*VALGRIND, build.program(name, *VARIANTS[variant]), *arguments, HEW_WORKERS="2")
    assert outcome.code == code, outcome


@pytest.mark.parametrize("what", ["released", "freed"])
def test_what_is_given_back_twice_ends_the_process(build: Build, what: str) -> None:
    outcome = run(build.program("edges", *VARIANTS["check"]), what)
    assert outcome.code == -signal.SIGABRT, outcome
    assert "is released twice" in outcome.err


def test_what_was_printed_is_there_when_an_actor_does_not_end(build: Build) -> None:
    outcome = run(build.program("edges", *VARIANTS["release"]), "lost", HEW_KILL_MS="50")
    assert (outcome.code, outcome.out) == (1, "last words"), outcome
    assert "does not end" in outcome.err
