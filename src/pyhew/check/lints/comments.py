"""Lints about comments: characters in them that nobody sees.

In: the text of a file.  Out: lints.
Assumed: in strings such characters are what the program says; marks that turn the direction of text are errors already.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pyhew.check.errors.lints import InvisibleCodepointInComment
from pyhew.source.diagnostics import DiagnosticSink
from pyhew.source.files import SourceFile
from pyhew.source.spans import Span
from pyhew.syntax.lexer import tokenize

# Format characters, variation selectors, tags, and controls but for those that end or indent a line.
_INVISIBLE = re.compile(
    "[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028\u2029\u2060-\u2064\u206a-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\U000e0000-\U000e0fff]"
)


def comment_lints(file: SourceFile) -> Iterator[InvisibleCodepointInComment]:
    """What hides in the comments of a file."""
    if _INVISIBLE.search(file.text) is None:
        return
    for start, end in tokenize(file.text, file.index, DiagnosticSink()).comments:
        for found in _INVISIBLE.finditer(file.text, start, end):
            span = Span(file.index, found.start(), found.end())
            yield InvisibleCodepointInComment(span, ord(found.group()))
