"""Places: walking a path through leaves and blocks to read, replace, take or put.

In: operations with a `path`.  Out: loads and stores with bounds checks; for changes
each block on the way is made unique first, outermost first.
Assumed: a payload step names the variant that is there.  Rc, Env and resources are
written in place, because their owners share them on purpose.
"""

from __future__ import annotations

from typing import cast

from pyhew.abi import constants
from pyhew.emit.aliasing import COUNT, length_loaded, tag
from pyhew.emit.context import Emit, Leaves
from pyhew.emit.known import Known
from pyhew.ir.facts import Path, Step, step_type
from pyhew.ir.ops import Op, Value
from pyhew.ir.types import BoxT, EnumT, IrType, RcT, VecT
from pyhew.source.diagnostics import CompilerBug
from pyhew.source.records import record


@record(slots=True)
class View:
    """Where a value stands: in `leaves` from `start`, or behind `base` at `offsets`.

    `carriers` are the LLVM types of the slots it stands in.
    """

    type: IrType
    carriers: tuple[str, ...]
    start: int = 0
    base: str = ""
    offsets: tuple[int, ...] = ()


class Walk:
    """One walk; `leaves` are the root's scalars, changed when a block on the way is replaced.

    The first `proved` elements are there and, for a change, unshared.
    """

    __slots__ = ("cx", "is_change", "leaves", "proved", "view")

    def __init__(self, cx: Emit, root: Value, is_change: bool, proved: object = 0) -> None:
        self.cx = cx
        self.proved = cast(int, proved)
        self.leaves = list(cx.leaves(root))
        self.is_change = is_change
        self.view = View(root.type, cx.layout.leaves(root.type))

    def go(self, path: Path, indices: list[Value]) -> View:
        """To the end of the path."""
        at = 0
        for step in path:
            match step[0]:
                case "elem":
                    self.into_element(indices[at])
                    at += 1
                case "deref":
                    self.into_pointee()
                case _:
                    self.into_part(step)
        return self.view

    def into_part(self, step: Step) -> None:
        """A field or payload: a part of the slots."""
        view, layout = self.view, self.cx.layout
        if step[0] == "field":
            start, end = layout.field(view.type, cast(int, step[1]))
        elif isinstance(view.type, EnumT):
            start, end = layout.payload(view.type, cast(int, step[1]), cast(int, step[2]))
        else:
            raise CompilerBug(f"payload of {view.type}", self.cx.site)
        inner = step_type(view.type, step)
        self.view = View(inner, view.carriers[start:end], view.start + start, view.base, view.offsets[start:end])

    def handle(self) -> str:
        """The handle that stands here."""
        return self.read_slot(0, "ptr")

    def read_slot(self, at: int, wanted: str) -> str:
        """One leaf of what stands here."""
        view, cx = self.view, self.cx
        if view.base:
            held = cx.load_leaf(view.base, view.offsets[at], view.carriers[at], in_block=True)
        else:
            held = self.leaves[view.start + at]
        return cx.recast(held, view.carriers[at], wanted)

    def write_slot(self, at: int, held: str, value: str) -> None:
        """Puts one leaf."""
        view, cx = self.view, self.cx
        value = cx.recast(value, held, view.carriers[at])
        if view.base:
            cx.store_leaf(view.base, view.offsets[at], view.carriers[at], value, in_block=True)
        else:
            self.leaves[view.start + at] = value

    def into_element(self, index: Value) -> None:
        """An element: bounds first, so that nothing is copied for a trap."""
        view, cx = self.view, self.cx
        if not isinstance(view.type, VecT):
            raise CompilerBug(f"element of {view.type}", cx.site)
        handle = self.handle()
        number = index_as_i64(cx, index)
        if self.proved:
            self.proved -= 1
        else:
            check_bounds(cx, handle, number)
            if self.is_change:
                handle = self.made_unique(handle)
        self.enter(view.type.element, element_address(cx, handle, view.type.element, number))

    def into_pointee(self) -> None:
        """What a Box, Resource, Rc or Env holds."""
        view, cx = self.view, self.cx
        handle = self.handle()
        if self.is_change and isinstance(view.type, BoxT):
            handle = self.made_unique(handle)
        self.enter(step_type(view.type, ("deref",)), cx.address(handle, payload_offset(view.type)))

    def made_unique(self, handle: str) -> str:
        """The handle that stands here, unshared."""
        alone = self.cx.unique(handle)
        if alone != handle:
            self.write_slot(0, "ptr", alone)
        return alone

    def enter(self, ty: IrType, base: str) -> None:
        shape = self.cx.layout.shape(ty)
        self.view = View(ty, shape.leaves, 0, base, shape.offsets)

    def read(self) -> Leaves:
        """The value here, its owners unchanged."""
        wanted = self.cx.layout.leaves(self.view.type)
        return tuple(self.read_slot(at, leaf) for at, leaf in enumerate(wanted))

    def write(self, value: Leaves) -> None:
        """Puts a value here."""
        held = self.cx.layout.leaves(self.view.type)
        for at, (leaf, scalar) in enumerate(zip(held, value, strict=True)):
            self.write_slot(at, leaf, scalar)


def payload_offset(ty: IrType) -> int:
    """Where the content of a handle's block begins."""
    if isinstance(ty, RcT):
        return constants.RC_ELEMENT
    if hasattr(ty, "captures"):
        return constants.OBJECT_CAPTURES
    return constants.BLOCK_PAYLOAD


def index_as_i64(cx: Emit, index: Value) -> str:
    """An index operand as the machine compares it."""
    held = cx.layout.leaves(index.type)[0]
    value = cx.one(index)
    if held == "i64":
        return value
    verb = "sext" if getattr(index.type, "signed", False) else "zext"
    return cx.w.value(f"{verb} {held} {value} to i64")


def vec_length(cx: Emit, handle: str) -> str:
    """How many elements; a null Vec has none."""
    w, known = cx.w, cx.known.lengths.get(handle)
    if known is not None:
        return known
    is_null = w.value(f"icmp eq ptr {handle}, null")
    readable = w.value(f"select i1 {is_null}, ptr {cx.program.empty_vec()}, ptr {handle}")
    length = w.value(f"load i64, ptr {cx.address(readable, constants.VEC_LENGTH)}{length_loaded()}")
    cx.known.lengths[handle] = length
    return length


def check_bounds(cx: Emit, handle: str, number: str) -> str:
    """Traps unless the index names an element; the length."""
    w, length = cx.w, vec_length(cx, handle)
    if (handle, number) not in cx.known.inside:
        cx.trap_if(w.value(f"icmp uge i64 {number}, {length}"), "IndexOutOfBounds")
        cx.known.inside.add((handle, number))
    return length


def element_address(cx: Emit, handle: str, element: IrType, number: str) -> str:
    """Where an element stands."""
    size = cx.layout.shape(element).size
    first = cx.address(handle, constants.VEC_ELEMENTS)
    if number == "0" or size == 0:
        return first
    scaled = number if size == 1 else cx.w.value(f"mul nuw nsw i64 {number}, {size}")
    return cx.w.value(f"getelementptr i8, ptr {first}, i64 {scaled}")


# --------------------------------------------------------------------------- operations


def emit_lend(cx: Emit, op: Op) -> None:
    """What stands there, as it is."""
    walk = Walk(cx, op.operands[0], is_change=False, proved=op.attrs.get("proved", 0))
    walk.go(cast(Path, op.attrs["path"]), op.operands[1:])
    cx.env[op.results[0]] = walk.read()


def emit_project(cx: Emit, op: Op) -> None:
    """An independent copy of what stands there."""
    emit_lend(cx, op)
    value = op.results[0]
    cx.retain(value.type, cx.env[value])


def emit_inside(cx: Emit, op: Op) -> None:
    """Whether a walk passes; what it finds out holds only where it goes on."""
    known, cx.known = cx.known, Known()
    w, no = cx.w, cx.w.fresh_label("outside")
    ways: list[str] = []
    indices = op.operands[1:-1]

    def need(truth: str) -> None:
        good = w.fresh_label("inside")
        ways.append(w.label)
        w.do(f"br i1 {truth}, label %{good}, label %{no}")
        w.start(good)

    def need_alone(handle: str) -> None:
        if op.attrs["alone"]:
            count = w.value(f"load i32, ptr {cx.address(handle, constants.BLOCK_COUNT)}{tag(COUNT)}")
            need(w.value(f"icmp eq i32 {count}, 1"))

    walk = Walk(cx, op.operands[0], is_change=False, proved=len(indices))
    for step in cast(Path, op.attrs["path"]):
        if step[0] == "field":
            walk.into_part(step)
            continue
        index, handle = indices.pop(0), walk.handle()
        need(w.value(f"icmp ult i64 {index_as_i64(cx, index)}, {vec_length(cx, handle)}"))
        need_alone(handle)
        walk.into_element(index)
    handle = walk.handle()
    need(w.value(f"icmp uge i64 {vec_length(cx, handle)}, {index_as_i64(cx, op.operands[-1])}"))
    need_alone(handle)
    ways.append(w.label)
    w.do(f"br label %{no}")
    w.start(no)
    truth = w.phi("i1")
    truth.incoming.extend((("true" if way is ways[-1] else "false"), way) for way in ways)
    cx.known = known
    cx.env[op.results[0]] = (truth.name,)


def emit_tag(cx: Emit, op: Op) -> None:
    """The variant's index."""
    walk = Walk(cx, op.operands[0], is_change=False, proved=op.attrs.get("proved", 0))
    walk.go(cast(Path, op.attrs["path"]), op.operands[1:])
    cx.env[op.results[0]] = (walk.read_slot(0, "i32"),)


def emit_replace(cx: Emit, op: Op) -> None:
    """A new value for the old one."""
    walk = Walk(cx, op.operands[0], is_change=True, proved=op.attrs.get("proved", 0))
    walk.go(cast(Path, op.attrs["path"]), op.operands[2:])
    old = walk.read()
    walk.write(cx.leaves(op.operands[1]))
    cx.env[op.results[0]] = old
    cx.env[op.results[1]] = tuple(walk.leaves)


def emit_take(cx: Emit, op: Op) -> None:
    """The value, zero left in its place."""
    walk = Walk(cx, op.operands[0], is_change=True)
    view = walk.go(cast(Path, op.attrs["path"]), op.operands[1:])
    cx.env[op.results[0]] = walk.read()
    walk.write(cx.zeros(view.type))
    cx.env[op.results[1]] = tuple(walk.leaves)


def emit_put(cx: Emit, op: Op) -> None:
    """A value where zero is."""
    walk = Walk(cx, op.operands[0], is_change=True)
    walk.go(cast(Path, op.attrs["path"]), op.operands[2:])
    walk.write(cx.leaves(op.operands[1]))
    cx.env[op.results[0]] = tuple(walk.leaves)


def emit_rc_replace(cx: Emit, op: Op) -> None:
    """Through a shared cell; every owner sees the new value."""
    walk = Walk(cx, op.operands[0], is_change=True)
    walk.go(cast(Path, op.attrs["path"]), op.operands[2:])
    old = walk.read()
    walk.write(cx.leaves(op.operands[1]))
    cx.env[op.results[0]] = old


