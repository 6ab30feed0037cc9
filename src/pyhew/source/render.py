"""Diagnostics as text for people and as data for tools.

In: diagnostics and the sources their spans point into.  Out: text with the
marked lines, or JSON-ready dictionaries.
Assumed: the first line `PATH:LINE:COL: error: ` is read by editors and never
changes its form.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from pyhew.source.diagnostics import Diagnostic, Label, Severity
from pyhew.source.files import SourceFile, Sources
from pyhew.source.spans import Span

_TAB = 4
_MAX_WIDTH = 400
_RESET = "\x1b[0m"
_BOLD = "\x1b[1m"
_COLOURS = {Severity.ERROR: "\x1b[1;31m", Severity.WARNING: "\x1b[1;33m"}
_BLUE = "\x1b[1;34m"


class _Mark(NamedTuple):
    """One underlined range within one line."""

    line: int
    start: int
    end: int
    text: str
    is_main: bool


def render_text(diagnostic: Diagnostic, sources: Sources, color: bool = False) -> str:
    """The diagnostic with its source lines; ends without a line break."""
    severity = diagnostic.severity
    tint = _COLOURS[severity] if color else ""
    bold, reset = (_BOLD, _RESET) if color else ("", "")
    head = f"{tint}{severity.value}{reset}: {bold}{_clean(diagnostic.title())}{reset} [{diagnostic.id}]"
    if not 0 <= diagnostic.span.file < len(sources):
        lines = [f"{severity.value}: {_clean(diagnostic.title())} [{diagnostic.id}]"]
        gutter = 1
    else:
        file = sources[diagnostic.span.file]
        line, column = file.position(diagnostic.span.start)
        plain = f"{file.path}:{line}:{column}: "
        lines = [plain + (head if color else f"{severity.value}: {_clean(diagnostic.title())} [{diagnostic.id}]")]
        by_file = _group_labels(diagnostic, sources)
        gutter = max(len(str(mark.line)) for marks in by_file.values() for mark in marks)
        for index, marks in by_file.items():
            if index != file.index:
                lines.append(f"{' ' * gutter}--> {sources[index].path}:{marks[0].line}")
            lines += _render_marks(sources[index], marks, gutter, tint if color else None)
    for note in diagnostic.notes():
        lines.append(f"{' ' * gutter} = note: {_clean(note)}")
    help_text = diagnostic.help()
    if help_text:
        lines.append(f"{' ' * gutter} = help: {_clean(help_text)}")
    return "\n".join(lines)


def _group_labels(diagnostic: Diagnostic, sources: Sources) -> dict[int, list[_Mark]]:
    labels = list(diagnostic.labels())
    if all(label.span != diagnostic.span for label in labels):
        labels.insert(0, Label(diagnostic.span, ""))
    groups: dict[int, list[_Mark]] = {diagnostic.span.file: []}
    for label in labels:
        if 0 <= label.span.file < len(sources):
            is_main = label.span == diagnostic.span
            groups.setdefault(label.span.file, []).append(_mark(sources[label.span.file], label, is_main))
    return {index: sorted(marks, key=lambda m: (m.line, m.start)) for index, marks in groups.items() if marks}


def _mark(file: SourceFile, label: Label, is_main: bool) -> _Mark:
    line, column = file.position(label.span.start)
    last_line, last_column = file.position(max(label.span.end, label.span.start))
    end = last_column if last_line == line else len(file.line_text(line)) + 1
    return _Mark(line, column - 1, max(end - 1, column), label.text, is_main)


def _render_marks(file: SourceFile, marks: list[_Mark], gutter: int, tint: str | None) -> list[str]:
    blue, reset = (_BLUE, _RESET) if tint is not None else ("", "")
    bar = f"{blue}{' ' * gutter} |{reset}"
    out = [bar]
    shown = 0
    for mark in marks:
        raw = file.line_text(mark.line)
        if mark.line != shown:
            if shown and mark.line > shown + 1:
                out.append(f"{' ' * gutter} :")
            out.append(f"{blue}{mark.line:>{gutter}} |{reset} {_visible(raw)[:_MAX_WIDTH]}".rstrip())
            shown = mark.line
        indent = len(_visible(raw[: mark.start])) + _extra_width(raw[: mark.start])
        marked = raw[mark.start : mark.end]
        width = max(1, len(_visible(marked)) + _extra_width(marked))
        if indent > _MAX_WIDTH:
            indent, width = 0, 1
        sign = ("^" if mark.is_main else "-") * min(width, _MAX_WIDTH)
        colour = (tint or "") if mark.is_main else blue
        words = f" {_clean(mark.text)}" if mark.text else ""
        out.append(f"{bar} {' ' * indent}{colour}{sign}{words}{reset}")
    return out


def _visible(text: str) -> str:
    """`text` with tabs widened and nothing that a terminal would obey."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(" " * _TAB if c == "\t" else c if c.isprintable() else "\ufffd" for c in text)


def _clean(text: str) -> str:
    return "".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in text)


def _extra_width(text: str) -> int:
    """Columns beyond one per character: wide characters, less combining ones."""
    if text.isascii():
        return 0
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return wide - sum(unicodedata.combining(c) != 0 for c in text)


def render_json(diagnostics: Iterable[Diagnostic], sources: Sources) -> list[dict[str, object]]:
    """One dictionary per diagnostic, for `json.dumps`."""
    return [_as_data(diagnostic, sources) for diagnostic in diagnostics]


def _as_data(diagnostic: Diagnostic, sources: Sources) -> dict[str, object]:
    notes = list(diagnostic.notes())
    help_text = diagnostic.help()
    return {
        "code": diagnostic.id,
        "severity": diagnostic.severity.value,
        "message": diagnostic.title(),
        **_place(diagnostic.span, sources),
        "labels": [{**_place(label.span, sources), "message": label.text} for label in diagnostic.labels()],
        "notes": notes,
        "help": help_text,
        "fixes": [{**_place(fix.span, sources), "replacement": fix.text} for fix in diagnostic.fixes()],
    }


def _place(span: Span, sources: Sources) -> dict[str, object]:
    if not 0 <= span.file < len(sources):
        return {"file": None, "span": None}
    file = sources[span.file]
    return {"file": file.path, "span": {"start": _point(file, span.start), "end": _point(file, span.end)}}


def _point(file: SourceFile, offset: int) -> dict[str, int]:
    line, column = file.position(offset)
    return {"line": line, "column": column, "offset": file.byte_offset(offset)}
