"""Lints as the command shows them: levels, comments, exit codes, forms."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pyhew.cli.main import main

UNUSED = "fn main() {\n    let spare = 1;\n}\n"
ALLOWED = "fn main() {\n    let spare = 1; // hew:allow(unused_variable)\n}\n"
STYLE = 'fn main() {\n    let word = "w";\n    if word.len() == 0 {\n        println(word);\n    }\n}\n'
CLEAN = 'fn main() {\n    println("hello");\n}\n'


@pytest.fixture
def write(tmp_path: Path):  # type: ignore[no-untyped-def]
    def make(text: str) -> str:
        path = tmp_path / "program.hew"
        path.write_text(text)
        return str(path)

    return make


@pytest.mark.parametrize(
    ("text", "words", "code", "shown"),
    [
        (UNUSED, [], 0, "warning: `spare` is never used [unused-variable]"),
        (UNUSED, ["-A", "unused_variable"], 0, ""),
        (UNUSED, ["-A", "all"], 0, ""),
        (UNUSED, ["-D", "unused_variable"], 1, "error: `spare` is never used [unused-variable]"),
        (UNUSED, ["--deny=unused-variable"], 1, "error: `spare`"),
        (UNUSED, ["-D", "all", "-A", "unused_variable"], 0, ""),
        (UNUSED, ["-A", "all", "-D", "unused_variable"], 1, "error: `spare`"),
        (ALLOWED, ["-D", "all"], 0, ""),
        (ALLOWED, ["-F", "unused_variable"], 1, "error: `spare`"),
        (STYLE, [], 0, ""),
        (STYLE, ["-W", "len_zero_comparison"], 0, "[len-zero-comparison]"),
        (STYLE, ["-D", "all"], 1, "[len-zero-comparison]"),
    ],
)
def test_levels(write, capfd, text, words, code, shown) -> None:  # type: ignore[no-untyped-def]
    assert main(["check", *words, write(text)]) == code
    stderr = capfd.readouterr().err
    assert shown in stderr
    assert bool(shown) == bool(stderr)


def test_an_unknown_lint_is_a_usage_error(write, capfd) -> None:  # type: ignore[no-untyped-def]
    assert main(["check", "-D", "no_such_lint", write(CLEAN)]) == 2
    assert "dead_code" in capfd.readouterr().err


def test_lint_counts_every_finding(write, capfd) -> None:  # type: ignore[no-untyped-def]
    assert main(["lint", write(CLEAN)]) == 0
    assert main(["lint", write(STYLE)]) == 1
    assert "[len-zero-comparison]" in capfd.readouterr().err
    assert main(["lint", "-A", "len_zero_comparison", write(STYLE)]) == 0


def test_lint_as_json(write, capfd) -> None:  # type: ignore[no-untyped-def]
    assert main(["lint", "--format", "json", write(UNUSED)]) == 1
    found = json.loads(capfd.readouterr().out)
    assert [(one["code"], one["severity"]) for one in found] == [("unused-variable", "warning")]


def test_lint_lists_its_lints(capfd) -> None:  # type: ignore[no-untyped-def]
    assert main(["lint", "--list"]) == 0
    assert "must_use" in capfd.readouterr().out


def test_a_denied_lint_stops_the_build(write, tmp_path, capfd) -> None:  # type: ignore[no-untyped-def]
    out = tmp_path / "program"
    assert main(["build", "-D", "unused_variable", "-o", str(out), write(UNUSED)]) == 1
    assert not out.exists()
    assert main(["build", "-o", str(out), write(UNUSED)]) == 0
    assert "warning: `spare`" in capfd.readouterr().err


@pytest.mark.parametrize("path", sorted((Path(__file__).parents[2] / "examples").rglob("*.hew")), ids=lambda p: p.stem)
def test_the_examples_give_no_warning(path: Path, capfd) -> None:  # type: ignore[no-untyped-def]
    assert main(["check", str(path)]) == 0
    assert capfd.readouterr().err == ""
