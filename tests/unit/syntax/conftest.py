"""Parsing for tests: text to tree, and trees as short s-expressions."""

from __future__ import annotations

from typing import Any

import pytest

from pyhew.source.diagnostics import Diagnostic, DiagnosticSink
from pyhew.source.records import fields_of
from pyhew.syntax import nodes
from pyhew.syntax.parse import parse_module


def dump(value: Any) -> str:
    """A node as `(Kind field field)`, without ids, spans and whatever is empty or false."""
    if isinstance(value, nodes.Ident):
        return value.text
    if isinstance(value, nodes.Node):
        parts = [dump(getattr(value, name)) for name in fields_of(value) or () if name not in ("id", "span")]
        return "(" + " ".join([type(value).__name__, *(part for part in parts if part)]) + ")"
    if isinstance(value, tuple):
        return "[" + " ".join(dump(item) for item in value) + "]" if value else ""
    if value is None or value is False or value == "":
        return ""
    return repr(value) if isinstance(value, (str, bytes)) else str(value)


class Parse:
    """Parses whole files, function bodies and expressions."""

    def file(self, text: str) -> tuple[nodes.Module, list[Diagnostic]]:
        sink = DiagnosticSink()
        return parse_module(text, 0, sink).module, sink.diagnostics

    def errors(self, text: str) -> list[str]:
        return [diagnostic.id for diagnostic in self.file(text)[1]]

    def item(self, text: str) -> str:
        module, found = self.file(text)
        assert not found, found
        assert len(module.items) == 1
        return dump(module.items[0])

    def body(self, text: str) -> nodes.Block:
        module, found = self.file("fn f() { " + text + " }")
        assert not found, found
        function = module.items[0]
        assert isinstance(function, nodes.FnDecl) and function.body is not None
        return function.body

    def stmts(self, text: str) -> list[str]:
        block = self.body(text)
        tail = [] if block.tail is None else ["tail " + dump(block.tail)]
        return [dump(stmt) for stmt in block.stmts] + tail

    def expr(self, text: str) -> str:
        block = self.body(text)
        assert not block.stmts and block.tail is not None
        return dump(block.tail)


@pytest.fixture
def parse() -> Parse:
    return Parse()
