"""Memory that runs out, signals, broken processes: a defined end, and nothing left behind."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path

import pytest

from runtime.building import VARIANTS, Build, Outcome, run

ALLOCATIONS = 36
PROGRAMS = (("ask", ()), ("supervise", ()), ("watch", ()), ("tasks", ("2",)), ("closure", ("trap",)))


def assert_clean(outcome: Outcome, report: Path) -> None:
    """No leak was reported, and every counter is at zero."""
    assert outcome.code >= 0 and outcome.code not in (3, 139), outcome
    rows = report.read_text().splitlines() if report.exists() else []
    assert not [row for row in rows if '"kind"' in row], rows
    if "cannot start" in outcome.err:
        return
    counters = json.loads(outcome.err.splitlines()[-1])
    assert not [key for key, number in counters.items() if key.startswith("live_") and number], outcome


@pytest.mark.parametrize(("name", "arguments"), PROGRAMS, ids=[name for name, _ in PROGRAMS])
@pytest.mark.parametrize("goes_on", ("0", "1"), ids=["once", "from-then-on"])
def test_every_failed_allocation_ends_clean(
    build: Build, tmp_path: Path, name: str, arguments: tuple[str, ...], goes_on: str
) -> None:
    program = build.program(name, *VARIANTS["check"])
    for number in range(1, ALLOCATIONS + 1):
        report = tmp_path / f"report{number}.json"
        outcome = run(
            program,
            *arguments,
            HEW_FAIL_AT=str(number),
            HEW_FAIL_ON=goes_on,
            HEW_LEAK_REPORT=str(report),
            HEW_COUNTERS="1",
            HEW_MEMCHECK="1",
            HEW_WORKERS="2",
            HEW_DRAIN_MS="500",
        )
        assert_clean(outcome, report)


@pytest.mark.parametrize("number", (signal.SIGTERM, signal.SIGINT))
def test_signal_ends_the_program_in_order(build: Build, number: signal.Signals) -> None:
    program = build.program("idle", *VARIANTS["release"])
    with subprocess.Popen([str(program), "stop"], stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "ready\n"
        process.send_signal(number)
        assert process.wait(timeout=10) == 128 + number


def test_broken_process_says_so(build: Build) -> None:
    outcome = run(build.program("idle", *VARIANTS["release"]), "fault")
    assert outcome.code == 128 + signal.SIGSEGV
    assert "the process broke (signal 11)" in outcome.err


def test_endless_recursion_is_a_trap(build: Build) -> None:
    outcome = run(build.program("idle", *VARIANTS["check"]), "deep", HEW_COUNTERS="1")
    assert "StackOverflow" in outcome.err
    assert json.loads(outcome.err.splitlines()[-1])["live_actors"] == 0


def test_sleeping_actors_cost_little(build: Build) -> None:
    many = 100_000
    program = build.program("idle", *VARIANTS["release"])
    sizes = []
    for count in (1, many):
        code = f"import resource,subprocess;subprocess.run({[str(program), str(count)]!r},capture_output=True);"
        code += "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
        sizes.append(int(subprocess.check_output(["python3", "-c", code])))
    assert (sizes[1] - sizes[0]) * 1024 / many < 450
