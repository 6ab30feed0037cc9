"""`hew memcheck`: runs a program and reports every block it does not free.

In: a file or folder, the program's words behind `--`.  Out: a report; exit code 0
clean, 1 the program failed, 3 leaks.
Assumed: the check runtime's finder is always asked; valgrind too when it is there, and
then both must say the same.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from typing import IO

from pyhew.cli.arguments import Arguments, Syntax, UsageError, parse_arguments
from pyhew.cli.building import FAILED, LEAK, LINT_OPTIONS, OK, libraries, lint_levels, show_diagnostics, wants_color
from pyhew.cli.durations import seconds_of
from pyhew.driver.cache import find_program, program_key
from pyhew.driver.options import BuildOptions, Mode
from pyhew.leaks.builtin import run_builtin
from pyhew.leaks.html import as_html
from pyhew.leaks.launch import Program
from pyhew.leaks.model import HINTS, Finding, reported
from pyhew.leaks.profile import Profile, run_profiled, slope_of
from pyhew.leaks.render import agree, as_data, as_text
from pyhew.leaks.sarif import as_sarif
from pyhew.leaks.valgrind import run_valgrind
from pyhew.source.records import replace
from pyhew.version import VERSION

SYNTAX = Syntax(
    "hew memcheck [FILE|FOLDER] [--tool auto|builtin|valgrind|both] [--format text|json|sarif|html] [--slope N] "
    "[--stop-after DURATION] [--by line|type|actor|message] [--fail-on KIND,..] [-- ARGUMENTS]",
    ("--no-color",),
    ("--pkg-path", "--link-lib", "--tool", "--format", "--slope", "--stop-after", "--by", "--fail-on", "--color", "--canary", *LINT_OPTIONS),
    takes_rest=True,
)


def run(words: list[str]) -> int:
    """Builds in check mode, runs, reports."""
    arguments = parse_arguments(words, SYNTAX)
    tool = arguments.choice("--tool", ("auto", "builtin", "valgrind", "both"))
    form = arguments.choice("--format", ("text", "json", "sarif", "html"))
    by = arguments.choice("--by", ("", "line", "type", "actor", "message"))
    kinds = _kinds(arguments)
    if tool in ("valgrind", "both") and shutil.which("valgrind") is None:
        raise UsageError("valgrind is not installed; `--tool builtin` needs nothing")
    slope = _slope(arguments)
    given = arguments.last("--stop-after")
    limit = None if given is None else seconds_of(given)
    executable = _build(arguments)
    if executable is None:
        return FAILED
    name = arguments.files[0] if arguments.files else "."
    with tempfile.TemporaryFile() as stdin:
        # Every run must read the same.
        if not sys.stdin.isatty():
            shutil.copyfileobj(sys.stdin.buffer, stdin)
        program = Program(executable, arguments.rest, limit)
        if slope:
            finding, profile = _run_slope(program, slope, stdin)
            findings = [finding]
            _show(name, findings, form, by, lambda: profile)
        else:
            findings = _run_tools(program, tool, stdin, is_quiet=form != "text")
            _show(name, findings, form, by, lambda: run_profiled(program, _from_start(stdin)))
    # What the second finder calls lost is what the first has named, where they agree.
    leaks = reported(findings) if agree(findings) else tuple(leak for finding in findings for leak in finding.leaks)
    if any(leak.kind in kinds for leak in leaks):
        return LEAK
    code = findings[0].code
    if code:
        print(f"memcheck: the program itself ended with {code}", file=sys.stderr)
    return FAILED if code or findings[0].is_open else OK


def _show(name: str, findings: list[Finding], form: str, by: str, profile: Callable[[], Profile]) -> None:
    match form:
        case "json":
            print(json.dumps(as_data(name, findings), indent=1))
        case "sarif":
            print(json.dumps(as_sarif(findings, VERSION), indent=1))
        case "html":
            print(as_html(name, findings, profile()))
        case _:
            print(as_text(name, findings, by), flush=True)


def _kinds(arguments: Arguments) -> frozenset[str]:
    """The kinds of leak that end with exit code 3."""
    given = arguments.last("--fail-on")
    if given is None:
        return frozenset(HINTS)
    kinds = frozenset(given.split(","))
    unknown = sorted(kinds - set(HINTS))
    if unknown:
        raise UsageError(f"--fail-on: there is no kind `{unknown[0]}`; the kinds are {', '.join(HINTS)}")
    return kinds


def _slope(arguments: Arguments) -> int:
    given = arguments.last("--slope")
    if given is None:
        return 0
    if not given.isdigit() or int(given) == 0:
        raise UsageError("--slope takes the size of the work, a number above 0")
    return int(given)


def _run_slope(program: Program, size: int, stdin: IO[bytes]) -> tuple[Finding, Profile]:
    """The program with the size of its work as first argument: nothing may grow."""
    return slope_of(lambda n: run_profiled(replace(program, words=[str(n), *program.words]), _from_start(stdin)), size)


def _build(arguments: Arguments) -> str | None:
    named = arguments.files[0] if arguments.files else None
    canary = arguments.last("--canary") or "0"
    if not canary.isdigit():
        raise UsageError("--canary takes a number")
    dirs = tuple(arguments.values.get("--pkg-path", []))
    options = BuildOptions(Mode.CHECK, dirs, False, lint_levels(arguments), libraries(arguments), int(canary))
    key = program_key(named, repr(options))
    cached = find_program(key)
    if cached is not None:
        return cached.executable
    from pyhew.driver.session import Session

    session = Session(named, options)
    executable = session.build_cached(key)
    show_diagnostics(session, wants_color(arguments))
    return executable


def _from_start(stdin: IO[bytes]) -> IO[bytes]:
    stdin.seek(0)
    return stdin


def _run_tools(program: Program, tool: str, stdin: IO[bytes], is_quiet: bool) -> list[Finding]:
    findings: list[Finding] = []
    if tool != "valgrind":
        shown = sys.stderr.buffer if is_quiet else None
        findings.append(run_builtin(program, _from_start(stdin), shown))
    if tool == "auto" and findings[0].is_stopped:
        print("memcheck: you ended the program, so valgrind was not asked; `--stop-after 10s` asks both", file=sys.stderr)
    elif tool != "builtin":
        second = run_valgrind(program, _from_start(stdin))
        if second is not None and not findings and second.leaks:
            second = replace(second, note="valgrind knows no types, actors or rings of Hew; `--tool both` tells what these blocks are")
        findings += [second] if second is not None else []
    return findings
