"""The stages of the compiler, made visible: `hew build --emit=STAGE`.

In: a session, a module, LLVM text.  Out: text, or an object file.
Assumed: these forms are for people and tests; only `llvm`, `asm` and `obj` are formats
that other tools know.
"""

from __future__ import annotations

from pyhew.driver.errors import NO_FILE, CannotRead
from pyhew.driver.files import FileLog
from pyhew.driver.native import NativeModule
from pyhew.driver.options import Mode
from pyhew.driver.session import Session
from pyhew.ir.mlir import mlir_text
from pyhew.ir.ops import Module
from pyhew.ir.text import print_module
from pyhew.source.decode import decode
from pyhew.source.diagnostics import Diagnostic
from pyhew.source.records import fields_of
from pyhew.source.spans import Span
from pyhew.syntax.lexer import tokenize
from pyhew.syntax.parse import parse_module


def tokens_text(session: Session) -> str:
    """One token of the entry file per line: where, what, its text."""
    text = _entry_text(session)
    stream = tokenize(text, 0, session.sink)
    lines = []
    for start, kind, word in zip(stream.starts, stream.kinds, stream.texts, strict=True):
        line, column = session.sources[0].position(start)
        lines.append(f"{line}:{column}\t{kind}\t{word}" if word else f"{line}:{column}\t{kind}")
    return "\n".join(lines) + "\n"


def tree_text(session: Session) -> str:
    """The tree of the entry file, one node per line."""
    lines: list[str] = []
    _tree_lines("", parse_module(_entry_text(session), 0, session.sink).module, 0, lines)
    return "\n".join(lines) + "\n"


def _entry_text(session: Session) -> str:
    entry = session.project.entry if session.project else ""
    try:
        data = FileLog().read(entry)
    except OSError as bad:
        session.sources.add(entry, "")
        session.sink.report(CannotRead(NO_FILE, entry, (bad.strerror or "unreadable").lower()))
        return ""
    text = decode(data)
    shown = "" if isinstance(text, Diagnostic) else text
    session.sources.add(entry, shown)
    if isinstance(text, Diagnostic):
        session.sink.report(text)
    return shown


def _tree_lines(label: str, value: object, depth: int, lines: list[str]) -> None:
    lead = "  " * depth + (f"{label}: " if label else "")
    if isinstance(value, tuple) and not isinstance(value, Span):
        if value:
            lines.append(lead + "list")
        for item in value:
            _tree_lines("", item, depth + 1, lines)
    elif (fields := fields_of(value)) is not None:
        span = getattr(value, "span", None)
        place = f" {span.start}..{span.end}" if isinstance(span, Span) else ""
        lines.append(f"{lead}{type(value).__name__}{place}")
        for name in fields:
            if name not in ("id", "span"):
                _tree_lines(name, getattr(value, name), depth + 1, lines)
    elif value is not None and value != "":
        lines.append(f"{lead}{value!r}")


def module_text(module: Module, stage: str) -> str:
    """The IR in its own form, or as MLIR."""
    return print_module(module) if stage == "ir" else mlir_text(module)


def machine_text(text: str, stage: str, mode: Mode) -> bytes:
    """What LLVM makes of the program."""
    native = NativeModule(text, mode)
    match stage:
        case "obj":
            return native.object_file()
        case "asm":
            return native.assembly().encode()
        case _:
            return native.llvm_text().encode()
