"""Decoding, positions, the sink and rendering."""

from __future__ import annotations

from pyhew.source.decode import decode
from pyhew.source.diagnostics import MAX_ERRORS, Diagnostic, DiagnosticSink, Fix, Label, Severity
from pyhew.source.files import Sources
from pyhew.source.records import record
from pyhew.source.render import render_json, render_text
from pyhew.source.spans import Span


@record(frozen=True)
class Sample(Diagnostic):
    """For these tests."""

    id = "sample"
    other: Span | None = None

    def title(self) -> str:
        return "something is wrong"

    def labels(self) -> tuple[Label, ...]:
        first = (Label(self.other, "declared here"),) if self.other else ()
        return (*first, Label(self.span, "used here"))

    def help(self) -> str | None:
        return "write it right"

    def fixes(self) -> tuple[Fix, ...]:
        return (Fix(self.span, "z"),)


class Mild(Sample):
    """A warning."""

    id = "mild"
    severity = Severity.WARNING


TEXT = "fn f() {\n\tlet é = 1;\n    g(é, y);\n}\n"


def sources() -> Sources:
    loaded = Sources()
    loaded.add("a.hew", TEXT)
    return loaded


def test_positions_count_code_points_from_one() -> None:
    file = sources()[0]
    assert file.position(0) == (1, 1)
    assert file.position(TEXT.index("y)")) == (3, 10)
    assert file.position(len(TEXT)) == (5, 1)
    assert file.line_text(3) == "    g(é, y);"
    assert file.byte_offset(TEXT.index("y)")) == TEXT.index("y)") + 2


def test_first_line_has_the_form_editors_read() -> None:
    at = TEXT.index("y)")
    assert render_text(Sample(Span(0, at, at + 1)), sources()).splitlines() == [
        "a.hew:3:10: error: something is wrong [sample]",
        "  |",
        "3 |     g(é, y);",
        "  |          ^ used here",
        "  = help: write it right",
    ]
    assert render_text(Mild(Span(0, at, at + 1)), sources()).startswith("a.hew:3:10: warning: ")


def test_several_labels_are_shown_in_line_order() -> None:
    at, declared = TEXT.index("y)"), TEXT.index("let")
    lines = render_text(Sample(Span(0, at, at + 1), Span(0, declared, declared + 5)), sources()).splitlines()
    assert lines[2] == "2 |     let é = 1;"
    assert lines[3] == "  |     ----- declared here"
    assert lines[5] == "  |          ^ used here"


def test_spans_over_lines_and_beyond_the_text_are_harmless() -> None:
    for start, end in ((0, len(TEXT)), (len(TEXT), len(TEXT)), (10_000, 10_001), (5, 2)):
        assert render_text(Sample(Span(0, start, end)), sources(), color=True)
    assert render_text(Sample(Span(9, 0, 0)), sources()).startswith("error: ")


def test_terminal_control_characters_are_not_repeated() -> None:
    loaded = Sources()
    loaded.add("a.hew", "let x = '\x1b[31m';")
    assert "\x1b" not in render_text(Sample(Span(0, 0, 3)), loaded)


def test_json_has_lines_columns_and_byte_offsets() -> None:
    at = TEXT.index("y)")
    (row,) = render_json([Sample(Span(0, at, at + 1))], sources())
    assert row["code"] == "sample" and row["severity"] == "error" and row["file"] == "a.hew"
    assert row["span"] == {
        "start": {"line": 3, "column": 10, "offset": at + 2},
        "end": {"line": 3, "column": 11, "offset": at + 3},
    }
    assert row["fixes"] == [{"file": "a.hew", "span": row["span"], "replacement": "z"}]


def test_sink_keeps_each_once_and_stops_at_the_limit() -> None:
    sink = DiagnosticSink()
    sink.report(Mild(Span(0, 0, 1)))
    assert not sink.has_errors
    for at in range(MAX_ERRORS + 5):
        sink.report(Sample(Span(0, at, at + 1)))
        sink.report(Sample(Span(0, at, at + 1)))
    assert sink.has_errors
    assert len(sink.diagnostics) == MAX_ERRORS + 1
    assert sink.dropped >= 5


def test_decode_refuses_what_is_no_text() -> None:
    assert decode(b"\xef\xbb\xbffn") == "fn"
    bad = decode("é".encode() + b"\xff")
    assert isinstance(bad, Diagnostic) and bad.id == "not-utf8"
    assert bad.span == Span(0, 1, 2) and "byte 2" in bad.title()
    for data, name in ((b"a\0", "nul-in-source"), ("// \u202e".encode(), "hidden-direction")):
        found = decode(data)
        assert isinstance(found, Diagnostic) and found.id == name
    large = decode(b" " * (16 * 1024 * 1024 + 1))
    assert isinstance(large, Diagnostic) and large.id == "source-too-large"
