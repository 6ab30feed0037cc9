"""DWARF 4 as LLVM metadata: files, functions, variables, one position per operation.

In: spans, names.  Out: `!dbg` suffixes and variable records now, metadata lines at the end.
Assumed: version 4, because the memory checkers people have cannot read 5.
"""

from __future__ import annotations

import posixpath
from typing import cast

from pyhew.emit.debug_types import DebugTypes
from pyhew.emit.layout import Layout
from pyhew.emit.writer import escaped
from pyhew.ir.ops import Op
from pyhew.ir.types import IrType
from pyhew.source.files import Sources
from pyhew.source.records import record
from pyhew.source.spans import Span

MAX_COLUMN = 65_535
"""LLVM keeps columns in 16 bits."""


@record(frozen=True, slots=True)
class Named:
    """A variable as its user declared it."""

    name: str
    site: Span | None
    type: IrType
    shown: str
    """Its type's name, when that is another than the name of `type`."""


def named_by(op: Op) -> Named:
    """The variable of a `name` operation."""
    return Named(cast(str, op.attrs["name"]), op.site, op.operands[0].type, cast(str, op.attrs.get("shown", "")))


class DebugInfo:
    """Numbers metadata nodes in the order they are asked for."""

    __slots__ = ("_arguments", "_files", "_nodes", "_places", "_types", "_variables", "is_on", "sources")

    def __init__(self, sources: Sources, layout: Layout, is_on: bool) -> None:
        self.sources = sources
        self.is_on = is_on
        self._nodes: list[str] = []
        self._files: dict[int, int] = {}
        self._places: dict[tuple[int, Span | None], int] = {}
        self._variables: dict[tuple[int, Named], int] = {}
        self._arguments: dict[tuple[int, int], Named] = {}
        self._types = DebugTypes(layout, self._add, self._replace)
        if is_on:
            for text in ('!{i32 2, !"Debug Info Version", i32 3}', '!{i32 2, !"Dwarf Version", i32 4}'):
                self._add(text)
            self._add("")
            self._add("!DISubroutineType(types: !{})")

    def _add(self, text: str) -> int:
        self._nodes.append(text)
        return len(self._nodes) - 1

    def _replace(self, node: int, text: str) -> None:
        self._nodes[node] = text

    def position(self, span: Span | None) -> tuple[str, int, int]:
        """File, line and column of a span; the unknown place is line 0."""
        if span is None or span.file >= len(self.sources):
            return ("", 0, 0)
        file = self.sources[span.file]
        line, column = file.position(span.start)
        return (file.path, line, min(column, MAX_COLUMN))

    def _file(self, span: Span | None) -> int:
        index = span.file if span is not None and span.file < len(self.sources) else -1
        if index not in self._files:
            path = self.sources[index].path if index >= 0 else "<generated>"
            folder, name = posixpath.split(path)
            self._files[index] = self._add(
                f'!DIFile(filename: "{escaped(name.encode())}", directory: "{escaped((folder or ".").encode())}")'
            )
        return self._files[index]

    def function(self, shown: str, span: Span | None) -> int:
        """The node of a function, or -1 without debug info. Without the symbol, by which debuggers would name it."""
        if not self.is_on:
            return -1
        _, line, _ = self.position(span)
        file = self._file(span)
        return self._add(
            f'distinct !DISubprogram(name: "{escaped(shown.encode())}", '
            f"scope: !{file}, file: !{file}, line: {line}, type: !3, scopeLine: {line}, "
            "spFlags: DISPFlagDefinition, unit: !2)"
        )

    def mark(self, scope: int) -> str:
        """` !dbg !7` for the head of the function `scope`."""
        return f" !dbg !{scope}" if scope >= 0 else ""

    def suffix(self, scope: int, span: Span | None) -> str:
        """`, !dbg !7` for an instruction of the function `scope`."""
        return f", !dbg !{self.location(scope, span)}" if scope >= 0 else ""

    def location(self, scope: int, span: Span | None) -> int:
        """The node of a position in the function `scope`."""
        key = (scope, span)
        known = self._places.get(key)
        if known is None:
            _, line, column = self.position(span)
            known = self._places[key] = self._add(f"!DILocation(line: {line}, column: {column}, scope: !{scope})")
        return known

    def variable(self, scope: int, named: Named, parameter: int) -> int:
        """The node of a variable of the function `scope`; `parameter` counts from 1, 0 for a local."""
        key = (scope, named)
        known = self._variables.get(key)
        if known is None:
            _, line, _ = self.position(named.site)
            # A parameter that is bound again at another place is a local there: LLVM knows one variable per argument,
            # and throws all debug information away when there are two.
            is_first = self._arguments.setdefault((scope, parameter), named) == named
            place = f"arg: {parameter}, " if parameter and is_first else ""
            known = self._variables[key] = self._add(
                f'!DILocalVariable(name: "{escaped(named.name.encode())}", {place}scope: !{scope}, '
                f"file: !{self._file(named.site)}, line: {line}, type: !{self._types.node(named.type, named.shown)})"
            )
        return known

    def lines(self) -> list[str]:
        """All metadata of the module."""
        if not self.is_on:
            return []
        first = min(self._files, default=-1)
        file = self._files[first] if self._files else self._file(None)
        self._nodes[2] = (
            f'distinct !DICompileUnit(language: DW_LANG_C, file: !{file}, producer: "hew", isOptimized: false, '
            "runtimeVersion: 0, emissionKind: FullDebug)"
        )
        head = ["!llvm.module.flags = !{!0, !1}", "!llvm.dbg.cu = !{!2}"]
        return head + [f"!{at} = {text}" for at, text in enumerate(self._nodes)]
