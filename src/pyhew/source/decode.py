"""Bytes of a source file to text, or the reason why not.

In: the bytes as read.  Out: text without byte order mark, or a diagnostic.
Assumed: the caller shows the diagnostic against `lossy_text(data)`, in which the
offsets of the valid part are the same.
"""

from __future__ import annotations

import re

from pyhew.source.diagnostics import Diagnostic
from pyhew.source.records import record
from pyhew.source.spans import Span

MAX_BYTES = 16 * 1024 * 1024
"""Larger files are generated data; the tree of one would take gigabytes."""

_BOM = b"\xef\xbb\xbf"

# A reader sees text after these in another order than the compiler does.
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")


@record(frozen=True)
class NotUtf8(Diagnostic):
    """Source files are UTF-8."""

    id = "not-utf8"
    byte_offset: int

    def title(self) -> str:
        return f"this file is not valid UTF-8 at byte {self.byte_offset}"

    def help(self) -> str | None:
        return "save the file as UTF-8"


@record(frozen=True)
class NulInSource(Diagnostic):
    """A NUL character has no meaning in a source file."""

    id = "nul-in-source"
    byte_offset: int

    def title(self) -> str:
        return f"NUL character at byte {self.byte_offset}"


@record(frozen=True)
class HiddenDirection(Diagnostic):
    """Characters that reorder the text on screen can hide what a program does."""

    id = "hidden-direction"
    byte_offset: int
    code_point: int

    def title(self) -> str:
        return f"invisible text direction character U+{self.code_point:04X} at byte {self.byte_offset}"

    def help(self) -> str | None:
        return f"write it as \\u{{{self.code_point:x}}} inside a string"


@record(frozen=True)
class SourceTooLarge(Diagnostic):
    """A source file holds at most 16 MiB."""

    id = "source-too-large"
    size: int

    def title(self) -> str:
        return f"this file has {self.size} bytes; at most {MAX_BYTES} are accepted"


def decode(data: bytes, file: int = 0) -> str | Diagnostic:
    """The text of `data`, or why it is no source text."""
    if len(data) > MAX_BYTES:
        return SourceTooLarge(Span(file, 0, 0), len(data))
    skipped = len(_BOM) if data.startswith(_BOM) else 0
    try:
        text = data[skipped:].decode("utf-8")
    except UnicodeDecodeError as bad:
        at = len(data[skipped : skipped + bad.start].decode("utf-8"))
        return NotUtf8(Span(file, at, at + 1), skipped + bad.start)
    nul = text.find("\0")
    if nul >= 0:
        return NulInSource(Span(file, nul, nul + 1), skipped + len(text[:nul].encode()))
    hidden = None if text.isascii() else _BIDI.search(text)
    if hidden:
        at = hidden.start()
        return HiddenDirection(Span(file, at, at + 1), skipped + len(text[:at].encode()), ord(text[at]))
    return text


def lossy_text(data: bytes) -> str:
    """Text to show a decoding diagnostic against."""
    return data[:MAX_BYTES].removeprefix(_BOM).decode("utf-8", "replace")
