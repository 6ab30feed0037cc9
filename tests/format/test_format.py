"""`hew fmt`: programs and what becomes of them, and programs that stay as they are."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from pyhew.source.diagnostics import DiagnosticSink
from pyhew.source.records import fields_of
from pyhew.syntax import nodes
from pyhew.syntax.format import format_text
from pyhew.syntax.format.pieces import COMMENT, Piece, pieces_of
from pyhew.syntax.lexer import tokenize
from pyhew.syntax.nodes.base import Node
from pyhew.syntax.parse import parse_module

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LAID_OUT = sorted(
    file for folder in ("src/pyhew/std", "examples", "benchmarks", "tests/run") for file in (ROOT / folder).rglob("*.hew")
)


def laid_out(text: str) -> str:
    """The text, which has no mistakes, laid out."""
    sink = DiagnosticSink()
    made = format_text(text, 0, sink)
    assert made is not None, [found.title() for found in sink.diagnostics]
    return made


def pieces(text: str) -> list[Piece]:
    return pieces_of(text, tokenize(text, 0, DiagnosticSink()))


def shape(value: object) -> object:
    """A tree without positions."""
    if isinstance(value, Node):
        return type(value).__name__, [shape(getattr(value, name)) for name in fields_of(value) or () if name not in ("id", "span")]
    return [shape(item) for item in value] if isinstance(value, tuple) else value


def tree(text: str) -> object:
    sink = DiagnosticSink()
    module: nodes.Module = parse_module(text, 0, sink).module
    assert not sink.has_errors
    return shape(module)


@pytest.mark.parametrize("name", sorted(file.stem for file in HERE.glob("*.hew")))
def test_becomes(name: str, update: bool) -> None:
    text, wanted = (HERE / f"{name}.hew").read_text(), HERE / f"{name}.out"
    made = laid_out(text)
    if update:
        wanted.write_text(made)
    assert made == wanted.read_text()
    assert laid_out(made) == made
    assert tree(made) == tree(text)


@pytest.mark.parametrize("file", LAID_OUT, ids=lambda file: str(file.relative_to(ROOT)))
def test_stays(file: Path) -> None:
    text = file.read_text()
    assert laid_out(text) == text


@pytest.mark.parametrize("file", LAID_OUT[::3], ids=lambda file: str(file.relative_to(ROOT)))
def test_any_indentation_and_any_width_of_spaces_give_the_same(file: Path) -> None:
    text = file.read_text()
    rng = random.Random(file.name)
    parts: list[str] = []
    for piece in pieces(text):
        space = piece.before
        if "\n" in space:
            space = rng.choice(("", " ", "\t")) + "\n" * (rng.randrange(2, 5) if piece.breaks > 1 else 1) + " " * rng.randrange(12)
        elif space and not piece.text.startswith("//"):
            space = rng.choice((" ", "  ", "\t"))
        parts += (space, piece.text, " " * rng.randrange(3) if piece.kind == COMMENT and piece.text.startswith("//") else "")
    messy = "".join(parts)
    assert messy != text
    assert laid_out(messy) == text


@pytest.mark.parametrize("file", LAID_OUT[1::3], ids=lambda file: str(file.relative_to(ROOT)))
def test_lines_that_end_anywhere_keep_their_words_and_settle_at_once(file: Path) -> None:
    text = file.read_text()
    rng = random.Random(file.name)
    spaces = [
        "\n" * rng.randrange(1, 3) + " " * rng.randrange(6) if at and rng.random() < 0.2 and not piece.breaks and piece.text[0] != ">"
        else piece.before
        for at, piece in enumerate(pieces(text))
    ]
    messy = "".join(space + piece.text for space, piece in zip(spaces, pieces(text), strict=True))
    made = laid_out(messy)
    assert laid_out(made) == made
    assert tree(made) == tree(messy)


@pytest.mark.parametrize("file", sorted((ROOT / "docs").rglob("*.md")), ids=lambda file: str(file.relative_to(ROOT)))
def test_documents_show_programs_laid_out(file: Path) -> None:
    for text in re.findall(r"^```hew[^\n]*\n(.*?)^```", file.read_text(), re.S | re.M):
        assert format_text(text, 0, DiagnosticSink()) in (text, None)


def test_what_has_mistakes_is_left_alone() -> None:
    for text in ("fn main( {", "fn main() { let x = ; }", 'fn main() { println("a }'):
        sink = DiagnosticSink()
        assert format_text(text, 0, sink) is None
        assert sink.has_errors


def test_an_empty_program_stays_empty() -> None:
    assert laid_out("") == laid_out("  \n\n ") == ""
