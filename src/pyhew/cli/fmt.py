"""`hew fmt`: programs laid out.

In: files and folders, the current folder if none is given, or a program on standard input.  Out: the same files, laid
out; with `--check` the names of those that are not, with `--diff` what would change.
Assumed: a file that has mistakes stays as it is, and the exit code is 1.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

from pyhew.cli.arguments import Syntax, UsageError, parse_arguments
from pyhew.cli.building import FAILED, OK, show_diagnostics, wants_color

SYNTAX = Syntax(
    "hew fmt [FILE|FOLDER ..] [--check] [--diff] [--stdin]", ("--check", "--diff", "--stdin", "--no-color"), ("--color",), max_files=1000
)


def run(words: list[str]) -> int:
    """Lays out what is named."""
    arguments = parse_arguments(words, SYNTAX)
    from pyhew.driver.formatting import Formatter, source_files, write_back

    formatter = Formatter()
    if "--stdin" in arguments.flags:
        if arguments.files:
            raise UsageError("--stdin takes no files")
        given = formatter.data("<stdin>", sys.stdin.buffer.read())
        found = [given] if given is not None else []
    else:
        for path in arguments.files:
            if not os.path.exists(path):
                raise UsageError(f"there is no file or folder `{path}`")
        found = [one for one in map(formatter.file, source_files(arguments.files or [os.curdir])) if one is not None]
    changed = [one for one in found if one.made != one.text]
    only_looks = not arguments.flags.isdisjoint(("--check", "--diff"))
    if "--diff" in arguments.flags:
        for one in changed:
            sys.stdout.writelines(_difference(one.path, one.text, one.made))
    elif "--check" in arguments.flags:
        sys.stdout.writelines(one.path + "\n" for one in changed)
    elif "--stdin" in arguments.flags:
        sys.stdout.writelines(one.made for one in found)
    else:
        for one in changed:
            write_back(one)
    show_diagnostics(formatter, wants_color(arguments))
    return FAILED if formatter.sink.has_errors or only_looks and changed else OK


def _difference(path: str, text: str, made: str) -> Iterator[str]:
    from difflib import unified_diff

    for line in unified_diff(text.splitlines(keepends=True), made.splitlines(keepends=True), path, f"{path}, laid out"):
        yield line if line.endswith("\n") else line + "\n"
