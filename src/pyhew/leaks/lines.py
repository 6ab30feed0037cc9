"""Addresses to source lines, from the executable's own DWARF 4 line table.

In: an ELF executable.  Out: `LineTable`, which answers for an address.
Assumed: 64-bit little-endian ELF, linked to a fixed address, so that addresses of the
running program are those of the file; line tables are DWARF 2 to 4.
"""

from __future__ import annotations

import struct
from bisect import bisect_right

from pyhew.leaks.model import Place
from pyhew.source.records import record


@record(slots=True)
class _Row:
    address: int
    file: str
    line: int
    column: int


class _Reader:
    """Numbers from bytes, one after the other."""

    __slots__ = ("at", "data")

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data = data
        self.at = at

    def number(self, form: str) -> int:
        value: int = struct.unpack_from("<" + form, self.data, self.at)[0]
        self.at += struct.calcsize("<" + form)
        return value

    def unsigned(self) -> int:
        value = shift = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def signed(self) -> int:
        start = self.at
        value = self.unsigned()
        bits = 7 * (self.at - start)
        return value - (1 << bits) if value >> (bits - 1) else value

    def text(self) -> str:
        end = self.data.index(b"\0", self.at)
        value = self.data[self.at : end].decode("utf-8", "replace")
        self.at = end + 1
        return value


class LineTable:
    """The lines and functions of one executable."""

    def __init__(self, data: bytes) -> None:
        sections = _sections(data)
        self._rows: list[_Row] = []
        lines = _Reader(sections.get(".debug_line", b""))
        while lines.at < len(lines.data):
            self._rows += _unit_rows(lines)
        self._rows.sort(key=lambda row: row.address)
        self._starts = [row.address for row in self._rows]
        self._functions = _functions(sections.get(".symtab", b""), sections.get(".strtab", b""))
        self._function_starts = [start for start, _, _ in self._functions]

    @staticmethod
    def of(executable: str) -> LineTable:
        """The lines of a file."""
        with open(executable, "rb") as file:
            return LineTable(file.read())

    def place(self, address: int) -> Place | None:
        """The line of an instruction that somebody wrote; for a return address ask for the byte before it."""
        index = bisect_right(self._starts, address) - 1
        if index < 0 or self._rows[index].line == 0:
            return None
        row, symbol = self._rows[index], self._symbol(address)
        if is_entrance(symbol):
            return None
        return Place(row.file.removeprefix("./"), row.line, row.column, readable_symbol(symbol))

    def beginning(self, function: str) -> Place | None:
        """Where a function begins that has this name in the source."""
        found = (start for start, _, name in self._functions if readable_symbol(name) == function and not is_entrance(name))
        return next((place for start in found if (place := self.place(start)) is not None), None)

    def _symbol(self, address: int) -> str:
        index = bisect_right(self._function_starts, address) - 1
        if index < 0:
            return ""
        start, size, name = self._functions[index]
        return name if address < start + max(size, 1) else ""


def is_entrance(symbol: str) -> bool:
    """Whether a function only enters one that may wait: it has the place of its head, and nothing that anybody wrote."""
    return symbol.startswith("hew.") and symbol.endswith(".start") and symbol.count(".") > 3


def readable_symbol(name: str) -> str:
    """The name in the source of a mangled symbol: `hew.main.Counter.add.1f00ba77.resume` is `Counter.add`."""
    parts = name.split(".")
    if len(parts) < 3 or parts[0] != "hew":
        return name
    if parts[-1] in ("new", "resume", "drop") or (parts[-1] == "start" and len(parts) > 4):
        parts.pop()
    if len(parts[-1]) == 8 and all(c in "0123456789abcdef" for c in parts[-1]):
        parts.pop()
    return ".".join(parts[2:] if parts[1] == "main" else parts[1:])


def _sections(data: bytes) -> dict[str, bytes]:
    if data[:6] != b"\x7fELF\x02\x01":
        return {}
    (table,) = struct.unpack_from("<Q", data, 0x28)
    size, count, names = struct.unpack_from("<HHH", data, 0x3A)
    headers = [struct.unpack_from("<IIQQQQ", data, table + index * size) for index in range(count)]
    name_start = headers[names][4]
    found = {}
    for name, kind, _, _, start, length in headers:
        end = data.index(b"\0", name_start + name)
        if kind != 8:
            found[data[name_start + name : end].decode()] = data[start : start + length]
    return found


def _functions(symbols: bytes, names: bytes) -> list[tuple[int, int, str]]:
    found = []
    for at in range(0, len(symbols) - 23, 24):
        name, info, _, _, start, size = struct.unpack_from("<IBBHQQ", symbols, at)
        if info & 15 == 2 and start:
            found.append((start, size, names[name : names.index(b"\0", name)].decode("utf-8", "replace")))
    return sorted(found)


def _unit_rows(lines: _Reader) -> list[_Row]:
    """One compilation unit's rows; the reader stands behind it afterwards."""
    end = lines.number("I") + lines.at
    version = lines.number("H")
    if not 2 <= version <= 4:
        lines.at = end
        return []
    program = lines.number("I") + lines.at
    minimum = lines.number("B")
    if version == 4:
        lines.number("B")
    lines.number("B")
    base, span, first = lines.number("b"), lines.number("B"), lines.number("B")
    operands = [0, *(lines.number("B") for _ in range(first - 1))]
    folders = [""]
    while folder := lines.text():
        folders.append(folder)
    files = [""]
    while name := lines.text():
        folder = folders[lines.unsigned()]
        lines.unsigned()
        lines.unsigned()
        files.append(f"{folder}/{name}" if folder and not name.startswith("/") else name)
    lines.at = program
    return _Machine(files, minimum, (base, span, first), operands).run(lines, end)


class _Machine:
    """The little machine that a line program is written for."""

    def __init__(self, files: list[str], minimum: int, special: tuple[int, int, int], operands: list[int]) -> None:
        self.files = files
        self.minimum = minimum
        self.base, self.span, self.first = special
        self.operands = operands
        self.rows: list[_Row] = []
        self._reset()

    def _reset(self) -> None:
        self.address, self.file, self.line, self.column = 0, 1, 1, 0

    def run(self, code: _Reader, end: int) -> list[_Row]:
        """Every row of the program."""
        while code.at < end:
            op = code.number("B")
            if op >= self.first:
                self.address += (op - self.first) // self.span * self.minimum
                self.line += self.base + (op - self.first) % self.span
                self._row()
            elif op == 0:
                self._extended(code)
            else:
                self._standard(op, code)
        code.at = end
        return self.rows

    def _row(self, line: int | None = None) -> None:
        name = self.files[self.file] if self.file < len(self.files) else ""
        self.rows.append(_Row(self.address, name, self.line if line is None else line, self.column))

    def _extended(self, code: _Reader) -> None:
        size = code.unsigned()
        next_op = code.at + size
        op = code.number("B")
        if op == 1:
            self._row(0)
            self._reset()
        elif op == 2:
            self.address = code.number("Q")
        code.at = next_op

    def _standard(self, op: int, code: _Reader) -> None:
        match op:
            case 1:
                self._row()
            case 2:
                self.address += code.unsigned() * self.minimum
            case 3:
                self.line += code.signed()
            case 4:
                self.file = code.unsigned()
            case 5:
                self.column = code.unsigned()
            case 8:
                self.address += (255 - self.first) // self.span * self.minimum
            case 9:
                self.address += code.number("H")
            case _:
                for _ in range(self.operands[op]):
                    code.unsigned()
