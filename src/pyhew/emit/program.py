"""What the functions of one program share in LLVM: constants, declarations, type ids, debug positions.

In: requests while functions are emitted.  Out: names now, definitions at the end.
Assumed: everything is numbered in the order of the first request, so equal modules
give equal text.
"""

from __future__ import annotations

from pyhew.abi import constants
from pyhew.abi.llvm import declaration
from pyhew.abi.rows import RuntimeFn
from pyhew.emit.debug import DebugInfo
from pyhew.emit.layout import Layout
from pyhew.emit.type_ids import TypeIds
from pyhew.emit.writer import escaped
from pyhew.ir.ops import Function, Module
from pyhew.source.diagnostics import CompilerBug
from pyhew.source.files import Sources
from pyhew.source.records import record
from pyhew.source.spans import Span

TRAP_CODES = {name: int(code) for code, name in constants.TRAP_NAMES.items()}


@record(frozen=True, slots=True)
class EmitOptions:
    """`is_check`: every count goes through the runtime and user functions are not inlined."""

    is_check: bool = False
    has_debug_info: bool = True
    triple: str = ""
    data_layout: str = ""


class Program:
    """The shared part of one LLVM module."""

    __slots__ = (
        "_externs", "_tables", "_texts", "constants", "debug", "declares", "layout", "literals", "module", "options",
        "sources", "types",
    )  # fmt: skip

    def __init__(self, module: Module, sources: Sources, options: EmitOptions) -> None:
        self.module = module
        self.sources = sources
        self.options = options
        self.layout = Layout()
        self.types = TypeIds(self.layout)
        self.debug = DebugInfo(sources, self.layout, options.has_debug_info)
        self.declares: dict[str, str] = {}
        self.constants: list[str] = []
        self.literals: dict[str, bytes] = {}
        self._texts: dict[tuple[str, bytes], str] = {}
        self._tables: dict[tuple[str, ...], str] = {}

    def runtime(self, row: RuntimeFn) -> str:
        """The name of a runtime function, declared."""
        if row.name not in self.declares:
            self.declares[row.name] = declaration(row)
        return f"@{row.name}"

    def declare(self, name: str, text: str) -> str:
        """The name of an intrinsic or foreign function; `text` is its declaration."""
        self.declares.setdefault(name, text)
        return f"@{name}"

    def c_text(self, text: str) -> str:
        """A constant C string."""
        data = text.encode("utf-8", "replace") + b"\0"
        return self._text("text", data, f'[{len(data)} x i8] c"{escaped(data)}"', "constant", 1)

    def string_block(self, text: str) -> str:
        """A static string block; it is never changed, so it has no room."""
        data = text.encode("utf-8", "replace")
        known = self._texts.get(("string", data))
        if known is not None:
            return known
        name = f"@string.{len(self._texts)}"
        flags = constants.TypeId.STRING | constants.FLAG_STATIC
        size = len(data) + 1
        self.constants.append(
            f"{name} = private constant {{ ptr, ptr, i32, i32, i64, i64, [{size} x i8] }} {{ ptr null, ptr null, i32 0, "
            f'i32 {flags}, i64 {len(data)}, i64 0, [{size} x i8] c"{escaped(data)}\\00" }}, align 8'
        )
        self._texts["string", data] = name
        self.literals[name] = data
        return name

    def raw_bytes(self, data: bytes) -> str:
        """Constant bytes."""
        return self._text("bytes", data, f'[{len(data)} x i8] c"{escaped(data)}"', "constant", 1)

    def table(self, symbols: tuple[str, ...]) -> str:
        """A constant array of code pointers."""
        known = self._tables.get(symbols)
        if known is None:
            known = self._tables[symbols] = f"@table.{len(self._tables)}"
            items = ", ".join(f"ptr {symbol}" for symbol in symbols)
            self.constants.append(f"{known} = private constant [{len(symbols)} x ptr] [{items}], align 8")
        return known

    def object_block(self, table: str, type_id: int) -> str:
        """A static object without captures."""
        key = ("object", f"{table}/{type_id}".encode())
        known = self._texts.get(key)
        if known is None:
            known = self._texts[key] = f"@object.{len(self._texts)}"
            flags = type_id | constants.FLAG_STATIC
            self.constants.append(
                f"{known} = private constant {{ ptr, ptr, i32, i32, ptr }} "
                f"{{ ptr null, ptr null, i32 0, i32 {flags}, ptr {table} }}, align 8"
            )
        return known

    def empty_vec(self) -> str:
        """What a null Vec is read as."""
        return self._text("vec", b"", "[5 x i64] zeroinitializer", "constant", 8)

    def _text(self, kind: str, data: bytes, definition: str, linkage: str, align: int) -> str:
        key = (kind, data)
        known = self._texts.get(key)
        if known is None:
            known = self._texts[key] = f"@{kind}.{len(self._texts)}"
            self.constants.append(f"{known} = private unnamed_addr {linkage} {definition}, align {align}")
        return known

    def trap_code(self, name: str, site: Span | None) -> int:
        """The number of a trap."""
        code = TRAP_CODES.get(name)
        if code is None:
            raise CompilerBug(f"no trap is called {name}", site)
        return code

    def function(self, symbol: str) -> Function:
        """A function of the module."""
        fn = self.module.functions.get(symbol)
        if fn is None:
            raise CompilerBug(f"no function is called {symbol}")
        return fn
