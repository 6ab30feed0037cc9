"""Files and functions stay small enough to read."""

from __future__ import annotations

import ast
import re

from sources import C_FILES, PYTHON, TESTS, shown

PYTHON_FILE, PYTHON_FUNCTION = 600, 60
C_FILE, C_FUNCTION = 700, 80
PARAMETERS = 6

# Tables without logic: splitting them would only hide that they are complete.
TABLES = {"src/pyhew/ir/ops.py", "src/pyhew/ir/optypes.py"}

VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "misc"}


def test_python_files() -> None:
    long = {shown(p): n for p in (*PYTHON, *TESTS) if (n := len(p.read_text(encoding="utf-8").splitlines())) > PYTHON_FILE}
    assert {name: n for name, n in long.items() if name not in TABLES} == {}


def test_python_functions() -> None:
    wrong = []
    for path in PYTHON:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            arguments = node.args
            count = len(arguments.posonlyargs) + len(arguments.args) + len(arguments.kwonlyargs)
            if arguments.args and arguments.args[0].arg in ("self", "cls"):
                count -= 1
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > PYTHON_FUNCTION:
                wrong.append(f"{shown(path)}:{node.lineno} {node.name} has {lines} lines")
            if count > PARAMETERS:
                wrong.append(f"{shown(path)}:{node.lineno} {node.name} has {count} parameters")
    assert wrong == []


def test_c_files() -> None:
    assert C_FILES
    assert {shown(p): n for p in C_FILES if (n := len(p.read_text().splitlines())) > C_FILE} == {}


def test_c_functions() -> None:
    wrong = []
    for path in C_FILES:
        start = 0
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if re.match(r"[A-Za-z_].*\)\s*\{$", line) or (line == "{" and start == 0):
                start = number
            elif line == "}" and start:
                if number - start + 1 > C_FUNCTION:
                    wrong.append(f"{shown(path)}:{start} has {number - start + 1} lines")
                start = 0
    assert wrong == []


def test_names_say_something() -> None:
    assert [shown(p) for p in (*PYTHON, *C_FILES) if p.stem in VAGUE_NAMES] == []


def test_every_module_says_what_it_is() -> None:
    silent = []
    for path in PYTHON:
        text = path.read_text(encoding="utf-8")
        if text.strip() and ast.get_docstring(ast.parse(text)) is None:
            silent.append(shown(path))
    assert silent == []
