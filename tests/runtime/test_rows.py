"""Every runtime function does with its arguments and its result what its row of the ABI table says.

Each function is called with fresh arguments, once as their only owner and once as one of two. A table with a
wrong word must be noticed; a function that nobody calls fails here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from pyhew.abi.functions import BY_NAME, FUNCTIONS
from pyhew.abi.rows import Mode, RuntimeFn
from pyhew.source.records import replace
from runtime.building import VARIANTS, Build, Outcome, run
from runtime.row_cases import CASES
from runtime.row_program import Seen, complaints, program

RETURNING = tuple(row for row in FUNCTIONS if not row.is_noreturn)
LEAVING = tuple(row.name for row in FUNCTIONS if row.is_noreturn)
SETTINGS = {"HEW_WORKERS": "1", "HEW_COUNTERS": "1", "HEW_MEMCHECK": "1"}
INPUT = "first\nsecond\nthe rest\n"


@dataclass(frozen=True)
class Run:
    """All calls that return, in one process."""

    outcome: Outcome
    seen: list[Seen]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rows") / "rows.c"
    path.write_text(program({row.name: CASES.get(row.name, ()) for row in FUNCTIONS}))
    return path


@pytest.fixture(scope="module", params=("check", "asan"))
def rows_program(request: pytest.FixtureRequest, build: Build, source: Path) -> Path:
    return build.linked(source, *VARIANTS[request.param])


def call_all(program: Path, folder: Path) -> Run:
    """Every call that returns."""
    outcome = run(program, folder, folder / "seen.jsonl", stdin=INPUT, **SETTINGS)
    return Run(outcome, [Seen(**json.loads(line)) for line in (folder / "seen.jsonl").read_text().splitlines()])


@pytest.fixture(scope="module")
def calls(rows_program: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return call_all(rows_program, tmp_path_factory.mktemp("calls"))


def test_every_row_is_called() -> None:
    assert {name for name, cases in CASES.items() if cases} == set(BY_NAME)


def test_rows_say_what_the_functions_do(calls: Run) -> None:
    assert complaints(RETURNING, calls.seen) == [], calls.outcome
    assert calls.outcome.code == 0, (calls.outcome, calls.seen[-1:])


@pytest.mark.parametrize("name", LEAVING)
def test_what_never_returns_leaves_nothing(rows_program: Path, tmp_path: Path, name: str) -> None:
    (case,) = CASES[name]
    report = tmp_path / "report.json"
    outcome = run(rows_program, tmp_path, tmp_path / "seen", name, HEW_LEAK_REPORT=str(report), **SETTINGS)
    assert outcome.code == case.exit_code, outcome
    counters = json.loads(outcome.err.splitlines()[-1])
    assert not {key: number for key, number in counters.items() if key.startswith("live_") and number}
    assert not [row for row in report.read_text().splitlines() if '"kind"' in row]


def with_mode(name: str, argument: int, mode: Mode) -> RuntimeFn:
    """The row with one word changed."""
    row = BY_NAME[name]
    index = argument + int(row.takes_self)
    params = tuple(replace(param, mode=mode) if i == index else param for i, param in enumerate(row.params))
    return replace(row, params=params)


def as_plain(name: str) -> RuntimeFn:
    """The row with a result that nobody owns."""
    row = BY_NAME[name]
    assert row.result is not None and row.result.is_owned
    return replace(row, result=replace(row.result, is_owned=False))


def as_owned(name: str) -> RuntimeFn:
    """The row with a result that the caller owns."""
    row = BY_NAME[name]
    assert row.result is not None and not row.result.is_owned
    return replace(row, result=replace(row.result, is_owned=True))


WRONG = (
    with_mode("hew_string_concat", 1, Mode.CONSUME),
    with_mode("hew_channel_poll", 0, Mode.CONSUME),
    with_mode("hew_weak_upgrade", 0, Mode.CONSUME),
    with_mode("hew_message_open", 0, Mode.CONSUME),
    with_mode("hew_socket_write", 1, Mode.CONSUME),
    with_mode("hew_release", 0, Mode.BORROW),
    with_mode("hew_resource_close", 0, Mode.BORROW),
    with_mode("hew_demonitor", 0, Mode.BORROW),
    with_mode("hew_detach", 1, Mode.BORROW),
    with_mode("hew_actor_send", 1, Mode.BORROW),
    with_mode("hew_scope_fork", 2, Mode.BORROW),
    with_mode("hew_unique", 0, Mode.BORROW),
    with_mode("hew_string_append", 0, Mode.CONSUME),
    as_plain("hew_string_concat"),
    as_plain("hew_message_new"),
    as_plain("hew_timer_start"),
    as_plain("hew_supervisor_stop"),
    as_owned("hew_reply_value"),
)


@pytest.mark.parametrize("row", WRONG, ids=lambda row: row.name)
def test_wrong_row_is_noticed(calls: Run, row: RuntimeFn) -> None:
    table = tuple(row if right.name == row.name else right for right in RETURNING)
    found = [line for line in complaints(table, calls.seen) if line not in complaints(RETURNING, calls.seen)]
    assert found and all(line.startswith(row.name) for line in found), found


def test_uncalled_row_is_noticed() -> None:
    assert complaints(RETURNING, []) == [f"{row.name}: never called" for row in RETURNING]


def test_wrong_function_is_noticed(build: Build, source: Path, tmp_path: Path) -> None:
    faulty = build.linked(source, "-O0", "-DHEW_MODE_CHECK", "-DHEW_CANARY=1")
    found = complaints(RETURNING, call_all(faulty, tmp_path).seen)
    assert found and all(line.startswith("hew_reply_value") and line.endswith("+1 runtime left") for line in found), (
        found
    )
