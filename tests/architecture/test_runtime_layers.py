"""The C runtime calls downward only: a file names what its own folder or one below it defines."""

from __future__ import annotations

import re
from pathlib import Path

from sources import PACKAGE, shown

LAYERS = (
    ("platform",),
    ("base",),
    ("mem",),
    ("data",),
    ("actor", "sched", "time"),
    ("sup",),
    ("io",),
    ("process",),
)
"""Those in one line need one another: an actor's turn, its timers and what runs it."""

RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}
SOURCES = sorted((PACKAGE / "runtime" / "src").rglob("*.c"))
# At the head of a line: a function with its body, or data.
DEFINED = re.compile(
    r"^(?!static\b|extern\b|typedef\b|return\b)[A-Za-z_][\w \t*]*\b(hew_\w+)(?:\([^;{]*\)\s*\{|(?:\[[^\]]*\])?\s*(?:=|;))", re.MULTILINE
)


def code_of(path: Path) -> str:
    """Without comments and texts."""
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\])*"', " ", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def definitions() -> dict[str, str]:
    """Which folder defines a function or a variable of the runtime."""
    return {name: path.parent.name for path in SOURCES for name in DEFINED.findall(code_of(path))}


def test_every_folder_has_its_place() -> None:
    assert len(SOURCES) > 50
    assert [shown(path) for path in SOURCES if path.parent.name not in RANK] == []


def test_what_stands_where_is_seen() -> None:
    found = definitions()
    assert len(found) > 300
    assert (found["hew__rt"], found["hew__leave"], found["hew_main"], found["hew__supervision"]) == ("base", "base", "process", "sup")


def test_calls_go_downward() -> None:
    found = definitions()
    wrong = []
    for path in SOURCES:
        own = path.parent.name
        for name in sorted(set(re.findall(r"\bhew_\w+", code_of(path)))):
            other = found.get(name, own)
            if RANK[other] > RANK[own]:
                wrong.append(f"{shown(path)} uses {name} of {other}")
    assert wrong == []
