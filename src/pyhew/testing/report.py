"""Test results as text, JSON or JUnit.

In: results by file.  Out: text.
Assumed: the text form is read by scripts, so its lines keep their shape.
"""

from __future__ import annotations

import json
from xml.sax.saxutils import escape, quoteattr

from pyhew.leaks.render import leak_data
from pyhew.testing.runner import Result

Report = list[tuple[str, list[Result]]]


def line(result: Result) -> str:
    """One result, one line."""
    return f"test {result.case.name} ... {result.outcome}"


def details(results: list[Result]) -> str:
    """What the failing cases printed."""
    parts = []
    for result in results:
        if result.outcome == "FAILED":
            parts.append(f"---- {result.case.name}: {result.why} ----\n{result.output.rstrip()}\n")
    return "\n".join(parts)


def counts(report: Report) -> tuple[int, int, int]:
    """Passed, failed, ignored."""
    outcomes = [result.outcome for _, results in report for result in results]
    return outcomes.count("ok"), outcomes.count("FAILED"), outcomes.count("ignored")


def summary(report: Report) -> str:
    """The last line."""
    passed, failed, ignored = counts(report)
    verdict = "FAILED" if failed else "ok"
    return f"test result: {verdict}. {passed} passed; {failed} failed; {ignored} ignored"


def as_json(report: Report) -> str:
    """One object per case."""
    rows = [
        {
            "file": file,
            "name": result.case.name,
            "outcome": result.outcome.lower(),
            "seconds": round(result.seconds, 3),
            "reason": result.why,
            "output": result.output,
            "leaks": [leak_data(leak) for leak in result.leaks],
        }
        for file, results in report
        for result in results
    ]
    return json.dumps(rows, indent=1)


def as_junit(report: Report) -> str:
    """The form that build servers read."""
    passed, failed, ignored = counts(report)
    total = sum(result.seconds for _, results in report for result in results)
    out = ['<?xml version="1.0" encoding="UTF-8"?>']
    out.append(
        f'<testsuites name="hew test" tests="{passed + failed + ignored}" failures="{failed}"'
        f' skipped="{ignored}" time="{total:.2f}">'
    )
    for file, results in report:
        ran, bad, skipped = counts([(file, results)])
        seconds = sum(result.seconds for result in results)
        out.append(
            f'  <testsuite name={quoteattr(file)} tests="{ran + bad + skipped}" failures="{bad}"'
            f' skipped="{skipped}" time="{seconds:.2f}">'
        )
        out += [f"    {_junit_case(file, result)}" for result in results]
        out.append("  </testsuite>")
    out.append("</testsuites>")
    return "\n".join(out)


def _junit_case(file: str, result: Result) -> str:
    inner = ""
    if result.outcome == "ignored":
        inner = "<skipped/>"
    elif result.outcome == "FAILED":
        printable = "".join(c if c.isprintable() or c in "\n\t" else "?" for c in result.output)
        inner = f"<failure message={quoteattr(result.why)}>{escape(printable)}</failure>"
    return (
        f"<testcase name={quoteattr(result.case.name)} classname={quoteattr(file)}"
        f' time="{result.seconds:.2f}">{inner}</testcase>'
    )
