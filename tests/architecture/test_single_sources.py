"""Facts that live in one place."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from sources import PACKAGE, PYTHON, layer_of, shown

from pyhew.abi.functions import BY_NAME


def test_runtime_names_are_rows_of_the_abi_table() -> None:
    """Only lowering may name a row by its C name, and the row must exist; printers for gdb name the runtime's structures."""
    wrong = []
    for path in PYTHON:
        if layer_of(path) in ("abi", "debugger"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
                continue
            if node.value.startswith("hew_") and (layer_of(path) != "lower" or node.value not in BY_NAME):
                wrong.append(f"{shown(path)}:{node.lineno} {node.value!r}")
    assert wrong == []


def test_questions_about_types_are_answered_once() -> None:
    facts = _functions(PACKAGE / "types" / "facts.py")
    assert facts
    again = [
        f"{shown(path)} defines {name}"
        for path in PYTHON
        if layer_of(path) in ("check", "lower", "passes", "emit", "names")
        for name in _functions(path)
        if name in facts
    ]
    assert again == []


def test_only_the_driver_and_what_is_above_touches_the_system() -> None:
    outside = re.compile(r"^(import|from) (os|subprocess|pathlib|shutil|tempfile|socket)\b", re.MULTILINE)
    allowed = ("driver", "cli", "leaks", "testing", "docgen", "lsp")
    wrong = [
        shown(path)
        for path in PYTHON
        if layer_of(path) not in allowed and outside.search(path.read_text(encoding="utf-8"))
    ]
    assert wrong == []


def test_the_c_header_is_what_the_table_generates() -> None:
    from pyhew.abi.header import header_text

    assert (PACKAGE / "runtime" / "include" / "hew" / "abi.h").read_text() == header_text()


def test_passes_stand_in_the_order_their_facts_need() -> None:
    from pyhew.passes.manager import IR_PASSES

    names = [ir_pass.name for ir_pass in IR_PASSES]
    needed = [name for name in ("infer_modes", "borrow_projections", "insert_drops", "split_suspends") if name in names]
    assert "insert_drops" in names
    assert [name for name in names if name in needed] == needed
    assert len(set(names)) == len(names)


def _functions(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {n.name for n in tree.body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")}


def test_classes_of_fields_are_records() -> None:
    """One made by `dataclasses` costs every start half a millisecond, and below a record it loses the record's fields."""
    wrong = [shown(path) for path in PYTHON if re.search(r"^from dataclasses|^import dataclasses", path.read_text(), re.M)]
    assert wrong == []
