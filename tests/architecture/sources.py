"""The project's own files, for the tests that look at code rather than run it."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "pyhew"
PYTHON = sorted(PACKAGE.rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
C_FILES = sorted([*(PACKAGE / "runtime").rglob("*.c"), *(PACKAGE / "runtime").rglob("*.h")])


def module_of(path: Path) -> str:
    """The name a file is imported by."""
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_of(path): path for path in PYTHON}


def shown(path: Path) -> str:
    """The path as a reader would write it."""
    return str(path.relative_to(ROOT))


def layer_of(path: Path) -> str:
    """The phase a file belongs to: its folder, or its own name at the top."""
    parts = path.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else path.stem


def imports_of(path: Path) -> list[tuple[str, int]]:
    """Every module of ours that a file imports, anywhere in it, with the line."""
    found: list[tuple[str, int]] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                found.append((whole if node.module == "pyhew" or whole in MODULES else node.module, node.lineno))
    return [(name, line) for name, line in found if name.split(".")[0] == "pyhew"]
