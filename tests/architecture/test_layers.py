"""Imports go downward only."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter

from sources import MODULES, PYTHON, imports_of, layer_of, shown

LAYERS = (
    ("version", "__init__"),
    ("source",),
    ("syntax", "abi", "runtime"),
    ("types",),
    ("ir",),
    ("names",),
    ("check",),
    ("lower", "passes"),
    ("emit",),
    ("pipeline",),
    ("driver",),
    ("leaks",),
    ("testing", "docgen", "debugger"),
    ("cli", "lsp"),
    ("__main__",),
)
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}


def test_every_folder_has_its_place() -> None:
    assert len(PYTHON) > 100
    assert [shown(path) for path in PYTHON if layer_of(path) not in RANK] == []


def test_imports_go_downward() -> None:
    wrong = []
    for path in PYTHON:
        own = layer_of(path)
        for module, line in imports_of(path):
            other = module.split(".")[1] if "." in module else "__init__"
            if other != own and RANK[other] >= RANK[own]:
                wrong.append(f"{shown(path)}:{line} imports {module}")
    assert wrong == []


def test_no_import_only_for_types_hides_a_cycle() -> None:
    """The command line postpones imports to start fast; nobody else has a reason to."""
    wrong = [
        shown(path)
        for path in PYTHON
        if layer_of(path) not in ("cli", "driver", "pipeline") and "TYPE_CHECKING" in path.read_text(encoding="utf-8")
    ]
    assert wrong == []


def test_no_files_import_one_another_in_a_ring() -> None:
    """Inside a folder, too. A package's face collects its files, which may ask it for one another."""
    wanted = {
        module: {other for other, _ in imports_of(path) if other in MODULES and other != module.rpartition(".")[0]}
        for module, path in MODULES.items()
    }
    order = list(TopologicalSorter(wanted).static_order())
    assert len(order) == len(MODULES)


def test_imports_stand_at_the_head() -> None:
    """Where they are seen; the command line and what it starts postpone some, to start fast."""
    wrong = [
        f"{shown(path)}:{node.lineno}"
        for path in PYTHON
        if layer_of(path) not in ("cli", "driver", "pipeline")
        for top in ast.parse(path.read_text(encoding="utf-8")).body
        for node in ast.walk(top)
        if isinstance(node, ast.Import | ast.ImportFrom) and node is not top
    ]
    assert wrong == []
