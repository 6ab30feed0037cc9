"""Running test cases: each in its own process, some at the same time.

In: an executable and its cases.  Out: one `Result` per case, in the order of the cases.
Assumed: a case passes when its process ends with 0, and one that must panic when it
ends with a trap's code; being killed for lack of time is a failure of both.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock

from pyhew.testing.cases import TestCase

PANIC_CODES = (101, 132, 133, 134)


@dataclass(frozen=True, slots=True)
class Result:
    """What one case did; `outcome` is ok, FAILED or ignored."""

    case: TestCase
    outcome: str
    seconds: float
    reason: str
    output: str


@dataclass(frozen=True, slots=True)
class RunLimits:
    """How many cases at once, how long each may take, whether ignored ones run too."""

    jobs: int
    seconds: float
    include_ignored: bool


def run_cases(
    executable: str, cases: list[TestCase], limits: RunLimits, show: Callable[[Result], None]
) -> list[Result]:
    """Runs every case; `show` sees each result in order, as soon as those before it are known."""
    serial = Lock()

    def run_one(case: TestCase) -> Result:
        if case.is_ignored and not limits.include_ignored:
            return Result(case, "ignored", 0.0, "", "")
        if case.is_serial:
            with serial:
                return run_case(executable, case, limits.seconds)
        return run_case(executable, case, limits.seconds)

    results = []
    with ThreadPoolExecutor(max(1, limits.jobs)) as pool:
        for result in pool.map(run_one, cases):
            show(result)
            results.append(result)
    return results


def run_case(executable: str, case: TestCase, limit: float) -> Result:
    """Runs one case in a folder of its own."""
    began = time.monotonic()
    environment = {**os.environ, "HEW_CASE": str(case.number)}
    with tempfile.TemporaryFile() as output:
        with subprocess.Popen(
            [executable], stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=environment
        ) as process:
            try:
                code: int | None = process.wait(limit)
            except subprocess.TimeoutExpired:
                process.kill()
                code = None
        output.seek(0)
        text = output.read(1 << 20).decode("utf-8", "replace")
    reason = _failure(code, case.must_panic, limit)
    return Result(case, "FAILED" if reason else "ok", time.monotonic() - began, reason, text)


def _failure(code: int | None, must_panic: bool, limit: float) -> str:
    if code is None:
        return f"no end after {limit:g} s"
    if code < 0:
        return f"killed by signal {-code}"
    if must_panic:
        return "" if code in PANIC_CODES else f"expected a panic, but the exit code is {code}"
    return "" if code == 0 else f"exit code {code}"
