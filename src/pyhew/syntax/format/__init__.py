"""The layout of a program: `format_text`.

In: the text of one file.  Out: the same words with other white space.
Assumed: nobody sees a program that has mistakes changed.
"""

from __future__ import annotations

from pyhew.source.diagnostics import CompilerBug, DiagnosticSink
from pyhew.syntax.format.lines import lay_out
from pyhew.syntax.format.pieces import Piece, pieces_of
from pyhew.syntax.format.roles import roles_of
from pyhew.syntax.lexer import tokenize
from pyhew.syntax.parse import parse_module


def format_text(text: str, file: int, sink: DiagnosticSink) -> str | None:
    """The text of file number `file`, laid out; None after a report of mistakes.

    Each word stays as it is and where it stands among the others; a second time changes nothing.
    """
    module = parse_module(text, file, sink).module
    if sink.has_errors:
        return None
    pieces = pieces_of(text, tokenize(text, file, sink))
    made = lay_out(pieces, roles_of(module, pieces))
    if _words(pieces_of(made, tokenize(made, file, sink))) != _words(pieces):
        raise CompilerBug("formatting changed the program")
    return made


def _words(pieces: list[Piece]) -> list[str]:
    return [piece.text.rstrip() for piece in pieces]


__all__ = ["format_text"]
