"""Writes the text of one LLVM function: instructions, labels, phis.

In: instruction texts without result names.  Out: lines.
Assumed: blocks are written in an order in which definitions come before uses except
at phis; a phi's incoming values are added when the branches are written.
"""

from __future__ import annotations

HAS_LOOPS = "hew-loops"
"""The attribute of functions in which a program may spend its time."""


class Phi:
    """One phi; `incoming` grows as predecessors are written."""

    __slots__ = ("at", "incoming", "name", "type")

    def __init__(self, name: str, type: str, at: int) -> None:
        self.name = name
        self.type = type
        self.at = at
        self.incoming: list[tuple[str, str]] = []


class Writer:
    """Lines of one function; `dbg` is appended to every instruction."""

    __slots__ = ("_allocas", "_count", "_phis", "cold", "dbg", "label", "lines")

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.cold: list[str] = []
        self.label = ""
        self.dbg = ""
        self._count = 0
        self._phis: list[Phi] = []
        self._allocas: list[str] = []

    def alloca(self, size: int) -> str:
        """Bytes on the stack, made once in the entry block."""
        name = self.fresh()
        self._allocas.append(f"  {name} = alloca [{size} x i8], align 8")
        return name

    def at_entry(self, line: str) -> None:
        """A line behind the stack places made so far."""
        self._allocas.append(line)

    def fresh(self) -> str:
        """A name no other value or block has."""
        self._count += 1
        return f"%t{self._count}"

    def fresh_label(self, hint: str) -> str:
        """A label no other block has."""
        self._count += 1
        return f"{hint}{self._count}"

    def value(self, text: str) -> str:
        """An instruction with a result."""
        self._count += 1
        name = f"%t{self._count}"
        self.lines.append(f"  {name} = {text}{self.dbg}")
        return name

    def do(self, text: str) -> None:
        """An instruction without a result."""
        self.lines.append(f"  {text}{self.dbg}")

    def start(self, label: str) -> None:
        """Begins a block."""
        self.lines.append(f"{label}:")
        self.label = label

    def phi(self, type: str) -> Phi:
        """A phi in the block just begun."""
        phi = Phi(self.fresh(), type, len(self.lines))
        self._phis.append(phi)
        self.lines.append("")
        return phi

    def cold_block(self, label: str, *texts: str) -> None:
        """A block that is written behind all others."""
        self.cold.append(f"{label}:")
        self.cold.extend(f"  {text}{self.dbg}" for text in texts)

    def text(self) -> str:
        """The body, phis filled in, stack places in its first block."""
        for phi in self._phis:
            ways = ", ".join(f"[ {value}, %{label} ]" for value, label in phi.incoming)
            self.lines[phi.at] = f"  {phi.name} = phi {phi.type} {ways}"
        return "\n".join(self.lines[:1] + self._allocas + self.lines[1:] + self.cold)


def quoted(symbol: str) -> str:
    """A symbol as LLVM writes it."""
    if all(char.isalnum() or char in "._$-" for char in symbol) and symbol.isascii() and not symbol[0].isdigit():
        return f"@{symbol}"
    return '@"' + escaped(symbol.encode("utf-8")) + '"'


def escaped(data: bytes) -> str:
    """Bytes inside LLVM quotes."""
    return "".join(chr(b) if 32 <= b < 127 and b not in (34, 92) else f"\\{b:02X}" for b in data)
