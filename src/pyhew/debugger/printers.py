"""Hew values as gdb shows them: strings as text, collections as their elements, enums as one variant.

In: values of a program built with `hew build --debug`.  Out: gdb pretty-printers.
Runs inside gdb (`hew debug` loads it); it knows types by the names that the compiler
writes into the debug information, and nothing else of the package.
Assumed: a handle that is null is the empty value; a handle whose block was freed after
its last use may show anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, ClassVar

import gdb

LIMIT = 200
HANDLE = gdb.TYPE_CODE_PTR
TYPE_ID_MASK = 0x00FFFFFF
"""Of a block's `type_flags`; the runtime has it as a macro, which gdb does not see."""


class StringPrinter:
    """`string`."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def to_string(self) -> Any:
        """The text, escaped as gdb does."""
        if int(self.value) == 0:
            return ""
        block = self.value.dereference()
        length = int(block["length"])
        return block["first"].address.lazy_string("utf-8", length)

    def display_hint(self) -> str:
        """Tells gdb to quote it."""
        return "string"


class VecPrinter:
    """`Vec<T>` and `bytes`."""

    def __init__(self, value: Any) -> None:
        self.value = value
        self.length = int(value.dereference()["length"]) if int(value) else 0

    def to_string(self) -> str:
        """Type and length."""
        return f"{self.value.type.name} of {self.length}"

    def children(self) -> Iterator[tuple[str, Any]]:
        """The elements, at most `LIMIT`."""
        if self.length <= 0:
            return
        elements = self.value.dereference()["elements"]
        first = elements.address.cast(elements.type.target().pointer())
        for at in range(min(self.length, LIMIT)):
            yield f"[{at}]", (first + at).dereference()

    def display_hint(self) -> str:
        """Tells gdb that names are positions."""
        return "array"


class EnumPrinter:
    """An enum: only the variant it is."""

    def __init__(self, value: Any) -> None:
        self.value = value
        tag = value["tag"]
        self.name = str(tag).rsplit("::", 1)[-1]
        names = {field.name for field in value.type.fields()}
        self.payload = value[self.name] if self.name in names else None

    def to_string(self) -> str:
        """The variant's name."""
        return self.name

    def children(self) -> Iterator[tuple[str, Any]]:
        """The payload's parts."""
        if self.payload is not None:
            for field in self.payload.type.fields():
                yield field.name, self.payload[field.name]


class BoxPrinter:
    """`Rc`, resources and the boxes of recursive enums: what they hold. gdb prints what `children` gives before it asks for more,
    so the boxes that are open now are those around this one; a ring ends where it comes back to one of them."""

    open: ClassVar[set[int]] = set()

    def __init__(self, value: Any) -> None:
        self.value = value
        self.address = int(value)

    def to_string(self) -> str:
        """The type, and whether it holds nothing, or what stands around it."""
        note = " (empty)" if not self.address else " (see above)" if self.address in self.open else ""
        return f"{self.value.type.name}{note}"

    def children(self) -> Iterator[tuple[str, Any]]:
        """The content."""
        if not self.address or self.address in self.open:
            return
        self.open.add(self.address)
        try:
            yield "content", self.value.dereference()["content"]
        finally:
            self.open.discard(self.address)


class MapPrinter:
    """`HashMap` and `HashSet`: what they hold, as it was put in; not the table that finds it."""

    def __init__(self, value: Any) -> None:
        self.value = value
        self.is_set = value.type.name.startswith("HashSet<")
        self.table = value["map"] if self.is_set else value

    def to_string(self) -> str:
        """Type and number."""
        return f"{self.value.type.name} of {int(self.table['count'])}"

    def children(self) -> Iterator[tuple[str, Any]]:
        """Keys and values by turns, or the members; a removed entry's hash is below zero."""
        held = (entry for _, entry in VecPrinter(self.table["entries"]).children() if int(entry["hash"]) >= 0)
        for at, entry in enumerate(held):
            yield f"key {at}", entry["key"]
            if not self.is_set:
                yield f"value {at}", entry["value"]

    def display_hint(self) -> str:
        """Tells gdb what the children are."""
        return "array" if self.is_set else "map"


class BytePrinter:
    """`i8` and `u8`: numbers, no characters."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def to_string(self) -> str:
        """The number."""
        return str(int(self.value))


class HandlePrinter:
    """Closures, `dyn` values, generators, `Weak`: what the block behind them says of itself."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def to_string(self) -> str:
        """The type; of code the line it begins at, of a `dyn` what it is, of a `Weak` whether its cell lives."""
        name = str(self.value.type.name)
        if int(self.value) == 0:
            return f"{name} (empty)"
        first = self._word(int(self.value) + gdb.lookup_type("hew_block").sizeof)
        if name == "weak":
            return f"Weak of {self._type(first)}" if first else "Weak (the cell is gone)"
        if name == "frame":
            return f"generator{_line_of(first)}"
        if name.startswith("fn("):
            return f"{name}{_line_of(self._word(first))}"
        return name + (_implementor(self._word(first)) if name.startswith("dyn ") else "")

    def _word(self, address: int) -> int:
        return int(gdb.Value(address).cast(gdb.lookup_type("unsigned long").pointer()).dereference())

    def _type(self, address: int) -> str:
        block = gdb.Value(address).cast(gdb.lookup_type("hew_block").pointer()).dereference()
        return str(gdb.parse_and_eval("hew__types")[int(block["type_flags"]) & TYPE_ID_MASK]["name"].string())


def _line_of(code: int) -> str:
    found = gdb.find_pc_line(code)
    return f" at {found.symtab.filename}:{found.line}" if found.symtab is not None else ""


def _implementor(method: int) -> str:
    """The type that a method in a `dyn` value's table was made for: the table begins with one, if the trait has any."""
    found = re.match(r"hew\.dyn\.(.+)\.\w+\.[0-9a-f]{8} ", gdb.execute(f"info symbol {method}", to_string=True))
    return f" of {found[1]}" if found else ""


def slots() -> Iterator[tuple[int, Any]]:
    """Every slot of the runtime's table with its index, the former tenants' too."""
    table = gdb.parse_and_eval("hew__slots")
    bits = int(gdb.parse_and_eval("(int)HEW_SLOT_BITS"))
    kind = gdb.lookup_type("hew_actor").pointer()
    for number in range(int(table["count"])):
        chunk = table["chunks"][number]
        for position in range(int(chunk["count"])):
            yield number << bits | position, (chunk["slots"] + position * int(chunk["slot_size"])).cast(kind).dereference()


def actors() -> Iterator[tuple[int, Any]]:
    """Every actor that lives with its handle."""
    for index, actor in slots():
        if int(actor["run_state"]):
            yield int(actor["generation"]) << 32 | index, actor


def described(actor: Any) -> str:
    """Name, state, how many messages wait."""
    name = actor["type"]["name"].string()
    state = gdb.parse_and_eval("state_names")[int(actor["run_state"])].string()
    waiting = int(actor["inbox_count"]) + (int(actor["head"]) >> int(gdb.parse_and_eval("(int)HEW_COUNT_SHIFT")))
    return f"{name}, {state}, {waiting} waiting"


class PidPrinter:
    """`LocalPid<A>`: the actor it names."""

    def __init__(self, value: Any) -> None:
        self.pid = int(value)

    def to_string(self) -> str:
        """What the runtime knows of it, without whose symbols the number."""
        try:
            actor = next((actor for pid, actor in actors() if pid == self.pid), None)
        except gdb.error:
            return str(self.pid)
        return f"{self.pid} ({described(actor) if actor is not None else 'ended'})"


class ActorPrinter:
    """`hew_actor`, the runtime's own structure."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def to_string(self) -> str:
        """The actor in a line."""
        return described(self.value)


class Actors(gdb.Command):  # type: ignore[misc]
    """hew-actors: every actor that lives, with its handle, its state and how many messages wait for it."""

    def __init__(self) -> None:
        super().__init__("hew-actors", gdb.COMMAND_DATA)

    def invoke(self, argument: str, from_terminal: bool) -> None:
        """Prints a line for each."""
        del argument, from_terminal
        for pid, actor in actors():
            print(f"{pid}  {described(actor)}")


def printer_of(value: Any) -> Any:
    """The printer for a value, or nothing when gdb's own way serves."""
    ty = value.type
    if ty.name is not None and ty.name.startswith(("LocalPid<", "RemotePid<")):
        return PidPrinter(value)
    if ty.code != HANDLE and ty.strip_typedefs().name == "hew_actor":
        return ActorPrinter(value)
    if ty.code == gdb.TYPE_CODE_TYPEDEF and ty.strip_typedefs().code == HANDLE:
        target = ty.strip_typedefs().target()
        names = [field.name for field in target.fields()] if target.code == gdb.TYPE_CODE_STRUCT else []
        if ty.name == "string":
            return StringPrinter(value)
        if names == ["length", "capacity", "elements"]:
            return VecPrinter(value)
        if names == ["content"]:
            return BoxPrinter(value)
        if target.code == gdb.TYPE_CODE_STRUCT and not names:
            return HandlePrinter(value)
    if ty.code == gdb.TYPE_CODE_INT and ty.name in ("i8", "u8"):
        return BytePrinter(value)
    if ty.code == gdb.TYPE_CODE_STRUCT:
        fields = ty.fields()
        if ty.name is not None and ty.name.startswith(("HashMap<", "HashSet<")):
            return MapPrinter(value)
        if fields and fields[0].name == "tag" and fields[0].type.code == gdb.TYPE_CODE_ENUM:
            return EnumPrinter(value)
    return None


gdb.pretty_printers.append(printer_of)
Actors()
