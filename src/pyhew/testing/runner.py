"""Running test cases: each in its own process, some at the same time.

In: an executable and its cases.  Out: one `Result` per case, in the order of the cases.
Assumed: a case passes when its process ends with 0, and one that must panic when it
ends with a trap's code; being killed for lack of time is a failure of both, and so is a block that is not freed, when
leaks are looked for: then the executable is one of check mode.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import IO

from pyhew.leaks.builtin import finding_of
from pyhew.leaks.lines import LineTable
from pyhew.leaks.model import Leak
from pyhew.leaks.render import leaks_as_text
from pyhew.source.records import record
from pyhew.testing.cases import TestCase
from pyhew.testing.stacks import stacks

PANIC_CODES = (101, 132, 133, 134)
_SECONDS_TO_END = 2.0


@record(frozen=True, slots=True)
class Result:
    """What one case did; `outcome` is ok, FAILED or ignored."""

    case: TestCase
    outcome: str
    seconds: float
    reason: str
    output: str
    leaks: tuple[Leak, ...] = ()

    @property
    def why(self) -> str:
        """Why it failed: what it did, what it left."""
        return ", ".join(part for part in (self.reason, left_of(self.leaks)) if part)


@record(frozen=True, slots=True)
class RunLimits:
    """How many cases at once, how long each may take, whether ignored ones run too, and whether leaks fail a case."""

    jobs: int
    seconds: float
    include_ignored: bool
    finds_leaks: bool = False


def run_cases(
    executable: str, cases: list[TestCase], limits: RunLimits, show: Callable[[Result], None]
) -> list[Result]:
    """Runs every case; `show` sees each result in order, as soon as those before it are known."""
    serial = Lock()
    table = LineTable.of(executable) if limits.finds_leaks else None

    def run_one(case: TestCase) -> Result:
        if case.is_ignored and not limits.include_ignored:
            return Result(case, "ignored", 0.0, "", "")
        if case.is_serial:
            with serial:
                return run_case(executable, case, limits.seconds, table)
        return run_case(executable, case, limits.seconds, table)

    results = []
    with ThreadPoolExecutor(max(1, limits.jobs)) as pool:
        for result in pool.map(run_one, cases):
            show(result)
            results.append(result)
    return results


def run_case(executable: str, case: TestCase, limit: float, table: LineTable | None = None) -> Result:
    """Runs one case in a process of its own; with the executable's lines, leaks are looked for."""
    began = time.monotonic()
    environment = {**os.environ, "HEW_CASE": str(case.number)}
    with tempfile.TemporaryFile() as output, tempfile.NamedTemporaryFile(prefix="hew-leaks-") as report:
        if table is not None:
            environment |= {"HEW_LEAK_REPORT": report.name, "HEW_MEMCHECK": "1"}
        code = _ending(executable, environment, output, limit)
        output.seek(0)
        text = output.read(1 << 20).decode("utf-8", "replace")
        report_text = report.read().decode("utf-8", "replace")
        leaks: tuple[Leak, ...] = ()
    reason = _failure(code, case.must_panic, limit)
    if table is not None and code is not None and code >= 0:
        finding = finding_of(report_text, table, code)
        reason, leaks = _failure(finding.code, case.must_panic, limit), finding.leaks
    if leaks:
        text = f"{text.rstrip()}\n\n{leaks_as_text(leaks)}".lstrip("\n")
    return Result(case, "FAILED" if reason or leaks else "ok", time.monotonic() - began, reason, text, leaks)


def _ending(executable: str, environment: dict[str, str], output: IO[bytes], limit: float) -> int | None:
    """The exit code, negative for a signal; nothing when time was up, and its stacks stand behind its output."""
    with subprocess.Popen(
        [executable], stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=environment
    ) as process:
        try:
            return process.wait(limit)
        except subprocess.TimeoutExpired:
            found = stacks(process.pid)
            _end(process)
            output.seek(0, os.SEEK_END)
            output.write(f"\nwhere it stood when time was up:\n{found}\n".encode())
            return None


def _end(process: subprocess.Popen[bytes]) -> None:
    """Asks it to end, which brings what it has printed into the file, and kills it when it does not."""
    process.terminate()
    try:
        process.wait(_SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def left_of(leaks: tuple[Leak, ...]) -> str:
    """How much was left; nothing when nothing was."""
    if not leaks:
        return ""
    size, blocks = sum(leak.size for leak in leaks), sum(leak.blocks for leak in leaks)
    return f"{size:,} bytes in {blocks:,} block{'s' if blocks != 1 else ''} left"


def _failure(code: int | None, must_panic: bool, limit: float) -> str:
    if code is None:
        return f"no end after {limit:g} s"
    if code < 0:
        return f"killed by signal {-code}"
    if must_panic:
        return "" if code in PANIC_CODES else f"expected a panic, but the exit code is {code}"
    return "" if code == 0 else f"exit code {code}"
