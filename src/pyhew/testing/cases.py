"""Test functions: which files hold them, which there are, what each expects.

In: paths the user named, a checked program.  Out: files and `TestCase` values.
Assumed: the number of a case is its place among all `#[test]` functions of
the program, imported modules included; the compiled program runs that one when `HEW_CASE` names it.
"""

from __future__ import annotations

import os

from pyhew.check.signatures import attribute
from pyhew.check.world import World
from pyhew.source.records import record

_SKIPPED_FOLDERS = ("target", "build", "dist", "node_modules", "__pycache__")


@record(frozen=True, slots=True)
class TestCase:
    """One `#[test]` function."""

    name: str
    number: int
    must_panic: bool
    is_ignored: bool
    is_serial: bool


def find_test_files(path: str) -> list[str]:
    """A file itself; of a folder the files named `*_test.hew` or standing below a folder `tests`."""
    if not os.path.isdir(path):
        return [path]
    found = []
    for folder, folders, files in os.walk(path):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in _SKIPPED_FOLDERS)
        is_tests = "tests" in os.path.relpath(folder, os.path.dirname(os.path.abspath(path))).split(os.sep)
        for name in sorted(files):
            if name.endswith("_test.hew") or (name.endswith(".hew") and is_tests):
                found.append(os.path.normpath(os.path.join(folder, name)))
    return found


def cases_of(world: World) -> list[TestCase]:
    """The tests of the root module, in source order."""
    root = world.program.root
    key = root.key if root is not None else ""
    cases: list[TestCase] = []
    for number, fn in enumerate(world.model.tests):
        if fn.module != key or fn.node is None:
            continue
        marks = fn.node.attributes
        cases.append(
            TestCase(
                fn.name,
                number,
                attribute(marks, "should_panic") is not None,
                attribute(marks, "ignore") is not None,
                attribute(marks, "serial") is not None,
            )
        )
    return cases
