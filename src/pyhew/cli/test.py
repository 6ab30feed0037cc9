"""`hew test`: runs the functions marked `#[test]`.

In: files or folders.  Out: a line per test, a summary; exit code 1 if any failed, 3 if all that failed are leaks.
Assumed: a path that yields no test at all is a mistake unless `--allow-empty`.
"""

from __future__ import annotations

import os
import sys
import tempfile
from zlib import crc32

from pyhew.cli.arguments import Arguments, Syntax, UsageError, parse_arguments
from pyhew.cli.building import BUILD_FLAGS, BUILD_VALUES, FAILED, LEAK, OK, build_options, show_diagnostics, wants_color
from pyhew.cli.durations import seconds_of
from pyhew.driver.options import BuildOptions, Mode
from pyhew.driver.session import Session
from pyhew.source.records import replace
from pyhew.testing.cases import TestCase, cases_of, find_test_files
from pyhew.testing.report import Report, as_json, as_junit, counts, details, line, summary
from pyhew.testing.runner import Result, RunLimits, run_cases

SYNTAX = Syntax(
    "hew test [PATHS] [--list] [--filter TEXT] [--format text|json|junit] [-j N] [--timeout DURATION] [--memcheck]",
    (*BUILD_FLAGS, "--list", "--include-ignored", "--allow-empty", "--memcheck"),
    (*BUILD_VALUES, "--filter", "--format", "-j", "--timeout", "--partition"),
    max_files=1000,
    aliases={"--jobs": "-j"},
)


def run(words: list[str]) -> int:
    """Runs the tests of all paths."""
    arguments = parse_arguments(words, SYNTAX)
    form = arguments.choice("--format", ("text", "json", "junit"))
    options = _options(arguments)
    limits = _limits(arguments)
    files = [file for path in arguments.files or [os.curdir] for file in find_test_files(path)]
    may_be_empty = "--allow-empty" in arguments.flags
    if not files:
        print("No test files found.", file=sys.stderr)
        return OK if may_be_empty else FAILED
    report: Report = []
    is_broken = False
    for file in files:
        results = _run_file(file, options, limits, arguments, form == "text")
        is_broken = is_broken or results is None
        report.append((file, results or []))
    if "--list" in arguments.flags:
        return FAILED if is_broken else OK
    _print_report(report, form)
    passed, failed, ignored = counts(report)
    if not passed + failed + ignored and not is_broken:
        print("No test functions found.", file=sys.stderr)
        return OK if may_be_empty else FAILED
    if failed and not is_broken and _are_leaks_only(report):
        return LEAK
    return FAILED if failed or is_broken else OK


def _options(arguments: Arguments) -> BuildOptions:
    options = build_options(arguments, tests=True)
    if "--memcheck" not in arguments.flags:
        return options
    if options.mode not in (Mode.FAST, Mode.CHECK):
        raise UsageError("--memcheck has a build of its own; leave out --release and --sanitize")
    return replace(options, mode=Mode.CHECK)


def _are_leaks_only(report: Report) -> bool:
    """Whether every case that failed did what it should, but for blocks that it left."""
    failed = [result for _, results in report for result in results if result.outcome == "FAILED"]
    return all(not result.reason for result in failed)


def _print_report(report: Report, form: str) -> None:
    match form:
        case "json":
            print(as_json(report))
        case "junit":
            print(as_junit(report))
        case _:
            for _, results in report:
                text = details(results)
                if text:
                    print(f"\n{text}")
            print(summary(report))


def _run_file(
    file: str, options: BuildOptions, limits: RunLimits, arguments: Arguments, is_text: bool
) -> list[Result] | None:
    """The results of one file; nothing if it does not compile."""
    session = Session(file, options)
    is_checked = session.check()
    cases = _selected(cases_of(session.world), file, arguments) if session.world is not None else []
    if "--list" in arguments.flags:
        for case in cases:
            print(f"{file}::{case.name}")
    if not is_checked or not cases or "--list" in arguments.flags:
        show_diagnostics(session, wants_color(arguments))
        return [] if is_checked else None
    with tempfile.TemporaryDirectory(prefix="hew-test-") as folder:
        executable = os.path.join(folder, session.project.program_name if session.project else "test")
        text = session.llvm_text()
        is_built = text is not None and session.link(text, executable)
        show_diagnostics(session, wants_color(arguments))
        if not is_built:
            return None
        if is_text:
            print(f"running {len(cases)} test{'s' if len(cases) != 1 else ''}")
        return run_cases(executable, cases, limits, _show if is_text else _keep_quiet)


def _show(result: Result) -> None:
    print(line(result), flush=True)


def _keep_quiet(result: Result) -> None:
    """Other forms print everything at the end."""


def _selected(cases: list[TestCase], file: str, arguments: Arguments) -> list[TestCase]:
    wanted = arguments.last("--filter")
    chosen = [case for case in cases if wanted is None or wanted in case.name]
    partition = arguments.last("--partition")
    if partition is None:
        return chosen
    shard, slash, total = partition.removeprefix("hash:").partition("/")
    if not slash or not shard.isdigit() or not total.isdigit() or not 1 <= int(shard) <= int(total):
        raise UsageError(f"--partition: `{partition}` is not of the form hash:1/2")
    name = os.path.basename(file)
    return [case for case in chosen if crc32(f"{name}::{case.name}".encode()) % int(total) == int(shard) - 1]


def _limits(arguments: Arguments) -> RunLimits:
    jobs = arguments.last("-j")
    if jobs is not None and (not jobs.isdigit() or jobs == "0"):
        raise UsageError(f"-j: `{jobs}` is not a positive number")
    limit = arguments.last("--timeout")
    seconds = seconds_of(limit) if limit is not None else 30.0
    return RunLimits(int(jobs or os.cpu_count() or 1), seconds, "--include-ignored" in arguments.flags, "--memcheck" in arguments.flags)
