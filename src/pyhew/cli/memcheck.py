"""`hew memcheck`: runs a program and reports every block it does not free.

In: a file or folder, the program's words behind `--`.  Out: a report; exit code 0
clean, 1 the program failed, 3 leaks.
Assumed: the check runtime's finder is always asked; valgrind too when it is there, and
then both must say the same.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from typing import IO

from pyhew.cli.arguments import Arguments, Syntax, UsageError, parse_arguments
from pyhew.cli.building import FAILED, LEAK, OK, show_diagnostics, wants_color
from pyhew.driver.cache import find_program, program_key
from pyhew.driver.options import BuildOptions, Mode
from pyhew.leaks.builtin import run_builtin
from pyhew.leaks.model import Finding
from pyhew.leaks.render import as_data, as_text
from pyhew.leaks.valgrind import run_valgrind

SYNTAX = Syntax(
    "hew memcheck [FILE|FOLDER] [--tool auto|builtin|valgrind|both] [--format text|json] [-- ARGUMENTS]",
    ("--no-color",),
    ("--pkg-path", "--tool", "--format", "--color", "--canary", "-A", "-W", "-D", "-F"),
    takes_rest=True,
)


def run(words: list[str]) -> int:
    """Builds in check mode, runs, reports."""
    arguments = parse_arguments(words, SYNTAX)
    tool = arguments.choice("--tool", ("auto", "builtin", "valgrind", "both"))
    form = arguments.choice("--format", ("text", "json"))
    if tool in ("valgrind", "both") and shutil.which("valgrind") is None:
        raise UsageError("valgrind is not installed; `--tool builtin` needs nothing")
    executable = _build(arguments)
    if executable is None:
        return FAILED
    findings = _run_tools(executable, arguments.rest, tool, is_quiet=form == "json")
    name = arguments.files[0] if arguments.files else "."
    if form == "json":
        print(json.dumps(as_data(name, findings), indent=1))
    else:
        print(as_text(name, findings), flush=True)
    if any(finding.leaks for finding in findings):
        return LEAK
    code = findings[0].code
    if code:
        print(f"memcheck: the program itself ended with {code}", file=sys.stderr)
    return FAILED if code else OK


def _build(arguments: Arguments) -> str | None:
    named = arguments.files[0] if arguments.files else None
    canary = arguments.last("--canary") or "0"
    if not canary.isdigit():
        raise UsageError("--canary takes a number")
    dirs = tuple(arguments.values.get("--pkg-path", []))
    options = BuildOptions(Mode.CHECK, dirs, canary=int(canary))
    key = program_key(named, repr(options))
    cached = find_program(key)
    if cached is not None:
        return cached.executable
    from pyhew.driver.session import Session

    session = Session(named, options)
    executable = session.build_cached(key)
    show_diagnostics(session, wants_color(arguments))
    return executable


def _run_tools(executable: str, words: list[str], tool: str, is_quiet: bool) -> list[Finding]:
    with tempfile.TemporaryFile() as copy:
        stdin: IO[bytes] | int = subprocess.DEVNULL
        if not sys.stdin.isatty():
            # Both runs must read the same.
            shutil.copyfileobj(sys.stdin.buffer, copy)
            stdin = copy
        findings: list[Finding] = []
        if tool != "valgrind":
            copy.seek(0)
            shown = sys.stderr.buffer if is_quiet else None
            findings.append(run_builtin(executable, words, stdin, shown))
        if tool != "builtin":
            copy.seek(0)
            second = run_valgrind(executable, words, stdin)
            findings += [second] if second is not None else []
        return findings
