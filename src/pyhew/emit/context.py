"""What the emission of one function needs at hand.

In: a program and a function.  Out: `Emit`: leaves of values, runtime calls, traps,
loads and stores of whole values.
Assumed: every value is defined in `env` before it is asked for.
"""

from __future__ import annotations

from pyhew.abi import functions as abi
from pyhew.abi.rows import SELF, RuntimeFn
from pyhew.emit.aliasing import tag
from pyhew.emit.debug import Named
from pyhew.emit.known import Known
from pyhew.emit.layout import MEMORY_TYPES, Guard, Layout, Owned, Shape
from pyhew.emit.program import Program
from pyhew.emit.writer import Writer
from pyhew.ir.ops import Function, Value
from pyhew.ir.types import IrType
from pyhew.source.diagnostics import CompilerBug
from pyhew.source.spans import Span

Leaves = tuple[str, ...]

ZEROS = {"ptr": "null", "float": "0.0", "double": "0.0", "i1": "false"}


def zero_of(leaf: str) -> str:
    """The zero constant of an LLVM scalar."""
    return ZEROS.get(leaf, "0")


def is_uncounted(handle: str) -> bool:
    """Whether a handle is null or a static block, whose owners nobody counts."""
    return handle == "null" or handle.startswith("@")


class Emit:
    """State of one LLVM function under construction."""

    __slots__ = (
        "env", "fn", "frame", "frame_homes", "homes", "known", "layout", "program", "results", "scope", "site", "traps",
        "w",
    )  # fmt: skip

    def __init__(self, program: Program, fn: Function, scope: int) -> None:
        self.program = program
        self.layout: Layout = program.layout
        self.fn = fn
        self.w = Writer()
        self.env: dict[Value, Leaves] = {}
        self.known = Known()
        self.scope = scope
        self.site: Span | None = None
        self.frame = ""
        self.results = "null"
        """Where calls that never wait leave their results."""
        self.traps: dict[str, str] = {}
        self.homes: dict[Named, str] = {}
        self.frame_homes: dict[Named, int] = {}

    # ----------------------------------------------------------------- values

    def at(self, site: Span | None) -> None:
        """The source position of what comes next."""
        if site is None:
            site = self.fn.site
        if site is not self.site or not self.w.dbg:
            self.site = site
            self.w.dbg = self.program.debug.suffix(self.scope, site)

    def leaves(self, value: Value) -> Leaves:
        """The scalars of a value."""
        found = self.env.get(value)
        if found is None:
            raise CompilerBug(f"value {value.name} of {self.fn.symbol} has no code", self.site)
        return found

    def one(self, value: Value) -> str:
        """The only scalar of a value."""
        return self.leaves(value)[0]

    def zeros(self, ty: IrType) -> Leaves:
        """The zero value."""
        return tuple(zero_of(leaf) for leaf in self.layout.leaves(ty))

    # ----------------------------------------------------------------- calls and traps

    def runtime(self, row: RuntimeFn, *args: str) -> str:
        """Calls a C function; its result, or nothing when it has none."""
        name = self.program.runtime(row)
        texts = ["ptr %self"] if row.takes_self else []
        params = row.params[1:] if row.params[:1] == (SELF,) else row.params
        texts.extend(f"{param.type.llvm} {arg}" for param, arg in zip(params, args, strict=True))
        if row.c_result is None:
            self.w.do(f"call void {name}({', '.join(texts)})")
            return ""
        return self.w.value(f"call {row.c_result.llvm} {name}({', '.join(texts)})")

    def trap_if(self, condition: str, code: str) -> None:
        """Leaves the actor when `condition` holds; all checks of one place that say the same leave together."""
        w = self.w
        good, call = w.fresh_label("ok"), self.trap_call(code)
        bad = self.traps.get(call)
        if bad is None:
            bad = self.traps[call] = w.fresh_label("trap")
            w.cold_block(bad, call, "unreachable")
        w.do(f"br i1 {condition}, label %{bad}, label %{good}")
        w.start(good)

    def trap_call(self, code: str) -> str:
        """The call that leaves the actor here."""
        path, line, column = self.program.debug.position(self.site)
        number = self.program.trap_code(code, self.site)
        name = self.program.runtime(abi.TRAP)
        return f"call void {name}(ptr %self, i32 {number}, ptr {self.program.c_text(path)}, i32 {line}, i32 {column})"

    # ----------------------------------------------------------------- memory

    def address(self, base: str, offset: int | str) -> str:
        """A pointer so many bytes further."""
        if offset == 0:
            return base
        return self.w.value(f"getelementptr i8, ptr {base}, i64 {offset}")

    def load_leaf(self, base: str, offset: int, leaf: str, in_block: bool = False) -> str:
        """One scalar from memory; `in_block`: from a place that never holds a scalar of another kind."""
        at = self.address(base, offset)
        stored = MEMORY_TYPES.get(leaf)
        known = tag(stored or leaf) if in_block else ""
        if stored is None:
            return self.w.value(f"load {leaf}, ptr {at}{known}")
        return self.w.value(f"trunc {stored} {self.w.value(f'load {stored}, ptr {at}{known}')} to {leaf}")

    def store_leaf(self, base: str, offset: int, leaf: str, value: str, in_block: bool = False) -> None:
        """One scalar to memory."""
        at = self.address(base, offset)
        stored = MEMORY_TYPES.get(leaf)
        if stored is not None:
            value = self.w.value(f"zext {leaf} {value} to {stored}")
        self.w.do(f"store {stored or leaf} {value}, ptr {at}{tag(stored or leaf) if in_block else ''}")

    def load(self, base: str, ty: IrType, in_block: bool = False) -> Leaves:
        """A whole value from memory."""
        shape = self.layout.shape(ty)
        places = zip(shape.leaves, shape.offsets, strict=True)
        return tuple(self.load_leaf(base, offset, leaf, in_block) for leaf, offset in places)

    def store(self, base: str, ty: IrType, value: Leaves, in_block: bool = False) -> None:
        """A whole value to memory."""
        shape = self.layout.shape(ty)
        for leaf, offset, scalar in zip(shape.leaves, shape.offsets, value, strict=True):
            self.store_leaf(base, offset, leaf, scalar, in_block)

    def load_volatile(self, base: str, shape: Shape) -> Leaves:
        """A whole value that `store_volatile` put there."""
        found = []
        for leaf, offset in zip(shape.leaves, shape.offsets, strict=True):
            stored = MEMORY_TYPES.get(leaf, leaf)
            held = self.w.value(f"load volatile {stored}, ptr {self.address(base, offset)}")
            found.append(held if stored == leaf else self.w.value(f"trunc {stored} {held} to {leaf}"))
        return tuple(found)

    def store_volatile(self, base: str, shape: Shape, value: Leaves) -> None:
        """A whole value to memory that LLVM leaves alone."""
        for leaf, offset, scalar in zip(shape.leaves, shape.offsets, value, strict=True):
            stored = MEMORY_TYPES.get(leaf, leaf)
            held = scalar if stored == leaf else self.w.value(f"zext {leaf} {scalar} to {stored}")
            self.w.do(f"store volatile {stored} {held}, ptr {self.address(base, offset)}")

    # ----------------------------------------------------------------- carriers

    def recast(self, value: str, held: str, wanted: str) -> str:
        """A leaf in another carrier, bits kept: `held` and `wanted` are its LLVM types."""
        if held == wanted:
            return value
        w = self.w
        if held == "ptr":
            return self.recast(w.value(f"ptrtoint ptr {value} to i64"), "i64", wanted)
        if wanted == "ptr":
            return w.value(f"inttoptr i64 {self.recast(value, held, 'i64')} to ptr")
        if held in ("float", "double"):
            bits = "i32" if held == "float" else "i64"
            return self.recast(w.value(f"bitcast {held} {value} to {bits}"), bits, wanted)
        if wanted in ("float", "double"):
            bits = "i32" if wanted == "float" else "i64"
            return w.value(f"bitcast {bits} {self.recast(value, held, bits)} to {wanted}")
        verb = "zext" if int(held[1:]) < int(wanted[1:]) else "trunc"
        return w.value(f"{verb} {held} {value} to {wanted}")

    # ----------------------------------------------------------------- ownership

    def retain(self, ty: IrType, value: Leaves) -> None:
        """One more owner of everything the value holds."""
        shape = self.layout.shape(ty)
        for owned in shape.owned:
            handle = self.handle(shape, value, owned)
            if is_uncounted(handle):
                continue
            self.known.alone.discard(handle)
            if self.program.options.is_check:
                self.runtime(abi.RETAIN, handle)
            else:
                self.w.do(f"call void @hew.retain(ptr {handle})")

    def release(self, ty: IrType, value: Leaves) -> None:
        """One owner less; the field that is declared last ends first."""
        shape = self.layout.shape(ty)
        for owned in reversed(shape.owned):
            self.release_handle(self.handle(shape, value, owned))

    def release_handle(self, handle: str) -> None:
        """One owner of a handle less."""
        if is_uncounted(handle):
            return
        if self.program.options.is_check:
            self.runtime(abi.RELEASE, handle)
        else:
            self.w.do(f"call void @hew.release(ptr %self, ptr {handle})")

    def handle(self, shape: Shape, value: Leaves, owned: Owned) -> str:
        """The handle in an owned leaf, null unless its guards hold."""
        pointer = self.recast(value[owned.leaf], shape.leaves[owned.leaf], "ptr")
        if not owned.guards:
            return pointer
        holds = self.guards_hold(shape, value, owned.guards)
        return self.w.value(f"select i1 {holds}, ptr {pointer}, ptr null")

    def guards_hold(self, shape: Shape, value: Leaves, guards: tuple[Guard, ...]) -> str:
        """Whether every guard holds, as an `i1`."""
        w = self.w
        every = ""
        for guard in guards:
            tag = self.recast(value[guard.tag], shape.leaves[guard.tag], "i32")
            some = ""
            for number in guard.values:
                this = w.value(f"icmp eq i32 {tag}, {number}")
                some = this if not some else w.value(f"or i1 {some}, {this}")
            every = some if not every else w.value(f"and i1 {every}, {some}")
        return every

    def unique(self, handle: str) -> str:
        """The block itself when unshared, else a copy that replaces it."""
        if self.program.options.is_check:
            return self.runtime(abi.UNIQUE, handle)
        if handle in self.known.alone:
            return handle
        made = self.w.value(f"call ptr @hew.unique(ptr %self, ptr {handle})")
        self.known.becomes_alone(handle, made)
        return made

    def detach(self, ty: IrType, value: Leaves, into: str) -> Leaves:
        """The value as another owner holds it: its blocks moved or copied into the list `into`."""
        shape = self.layout.shape(ty)
        out = list(value)
        for owned in shape.owned:
            carrier = shape.leaves[owned.leaf]
            moved = self.runtime(abi.DETACH, into, self.handle(shape, tuple(out), owned))
            held = self.recast(moved, "ptr", carrier)
            if owned.guards:
                holds = self.guards_hold(shape, value, owned.guards)
                held = self.w.value(f"select i1 {holds}, {carrier} {held}, {carrier} {out[owned.leaf]}")
            out[owned.leaf] = held
        return tuple(out)

    def deep_copy(self, ty: IrType, value: Leaves) -> Leaves:
        """An independent value that shares no block."""
        shape = self.layout.shape(ty)
        out = list(value)
        for owned in shape.owned:
            carrier = shape.leaves[owned.leaf]
            held = self.recast(self.runtime(abi.DEEP_COPY, self.handle(shape, value, owned)), "ptr", carrier)
            if owned.guards:
                holds = self.guards_hold(shape, value, owned.guards)
                held = self.w.value(f"select i1 {holds}, {carrier} {held}, {carrier} {out[owned.leaf]}")
            out[owned.leaf] = held
        return tuple(out)


