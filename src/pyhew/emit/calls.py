"""Calls: of functions, through objects, of the runtime, of foreign code; frames.

In: call operations.  Out: LLVM calls; several results come back as one literal struct.
Assumed: a plain `call` never reaches a function that suspends.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from pyhew.abi import constants
from pyhew.abi import functions as abi
from pyhew.abi.rows import RuntimeFn
from pyhew.emit.appends import append_literal
from pyhew.emit.context import Emit
from pyhew.emit.frames import RESULT_OFFSET, STATE_TAKEN, result_types
from pyhew.emit.heap import code_symbol
from pyhew.emit.writer import quoted
from pyhew.ir.ops import Function, Op, Value, callee_of
from pyhew.ir.types import BoolT, IrType, ObjectT
from pyhew.source.diagnostics import CompilerBug


def result_type(leaves: Sequence[str]) -> str:
    """The LLVM result type for these result leaves."""
    if not leaves:
        return "void"
    return leaves[0] if len(leaves) == 1 else "{ " + ", ".join(leaves) + " }"


def arguments(cx: Emit, operands: Sequence[Value]) -> str:
    """The argument list, the running actor first."""
    texts = ["ptr %self"]
    for value in operands:
        texts.extend(
            f"{leaf} {scalar}"
            for leaf, scalar in zip(cx.layout.leaves(value.type), cx.leaves(value), strict=True)
        )
    return ", ".join(texts)


def _call(cx: Emit, callee: str, operands: Sequence[Value], results: Sequence[Value], how: str = "") -> None:
    """A call whose results are spread over the leaves of `results`; `how` is an attribute of it."""
    kinds = [leaf for value in results for leaf in cx.layout.leaves(value.type)]
    text = f"call {result_type(kinds)} {callee}({arguments(cx, operands)}){how}"
    if not kinds:
        cx.w.do(text)
        leaves: list[str] = []
    elif len(kinds) == 1:
        leaves = [cx.w.value(text)]
    else:
        whole, kind = cx.w.value(text), result_type(kinds)
        leaves = [cx.w.value(f"extractvalue {kind} {whole}, {at}") for at in range(len(kinds))]
    at = 0
    for value in results:
        count = len(cx.layout.leaves(value.type))
        cx.env[value] = tuple(leaves[at : at + count])
        at += count


def emit_call(cx: Emit, op: Op) -> None:
    """A direct call."""
    fn = callee_of(op)
    if fn.suspends:
        raise CompilerBug(f"plain code calls {fn.symbol}, which suspends", op.site)
    is_inline = "inline" in op.attrs and not cx.program.options.is_check
    _call(cx, quoted(fn.symbol), op.operands, op.results, " alwaysinline" if is_inline else "")


def object_code(cx: Emit, op: Op, method: int) -> str:
    """The code pointer of an object's method."""
    ty = op.operands[0].type
    if not isinstance(ty, ObjectT):
        raise CompilerBug("method of what is no object", op.site)
    table = cx.load_leaf(cx.one(op.operands[0]), constants.OBJECT_TABLE, "ptr")
    return cx.load_leaf(table, 8 * method, "ptr")


def emit_call_object(cx: Emit, op: Op) -> None:
    """A call through an object; the code takes the object as its environment."""
    _call(cx, object_code(cx, op, cast(int, op.attrs["method"])), op.operands, op.results)


def emit_runtime(cx: Emit, op: Op) -> None:
    """A C function of the ABI table."""
    row = cast(RuntimeFn, op.attrs["fn"])
    args: list[str] = []
    for value, param in zip(op.operands, row.arguments, strict=True):
        leaves, kinds = cx.leaves(value), cx.layout.leaves(value.type)
        if len(leaves) != 1:
            raise CompilerBug(f"argument {param.name} of {row.name} is no scalar", op.site)
        args.append(cx.recast(leaves[0], kinds[0], param.type.llvm))
    appended = append_literal(cx, args[0], args[1]) if row is abi.STRING_APPEND else None
    result = appended or cx.runtime(row, *args)
    if op.results:
        if row.c_result is None:
            raise CompilerBug(f"{row.name} has no result", op.site)
        cx.env[op.results[0]] = (_narrow(cx, result, row.c_result.llvm, op.results[0].type),)


def _narrow(cx: Emit, value: str, held: str, ty: IrType) -> str:
    """A C result as the IR wants it; a bool is any number but 0."""
    wanted = cx.layout.leaves(ty)[0]
    if isinstance(ty, BoolT) and held != "i1":
        return cx.w.value(f"icmp ne {held} {value}, 0")
    return cx.recast(value, held, wanted)


# --------------------------------------------------------------------------- frames


def emit_gen_new(cx: Emit, op: Op) -> None:
    """Arguments into the frame of a generator that has not started."""
    target = quoted(f"{callee_of(op).symbol}.new")
    cx.env[op.results[0]] = (cx.w.value(f"call ptr {target}({arguments(cx, op.operands)})"),)


def emit_frame_start(cx: Emit, op: Op) -> None:
    """Runs a call to its end or its first wait; only one that waits has a frame."""
    callee = op.attrs["callee"]
    if isinstance(callee, Function):
        target = quoted(code_symbol(callee))
    else:
        target = object_code(cx, op, cast(int, callee))
    frame = cx.w.value(f"call ptr {target}({arguments(cx, op.operands)}, ptr {cx.results})")
    cx.env[op.results[0]] = (frame,)
    cx.env[op.results[1]] = (cx.w.value(f"icmp eq ptr {frame}, null"),)


def _resume(cx: Emit, op: Op, frame: str) -> str:
    """Runs a frame until it waits, yields or ends; its status."""
    callee = op.attrs.get("callee")
    if isinstance(callee, Function):
        code = quoted(f"{callee.symbol}.resume")
    else:
        code = cx.load_leaf(frame, constants.FRAME_RESUME, "ptr")
    return cx.w.value(f"call i32 {code}(ptr %self, ptr {frame})")


def emit_frame_poll(cx: Emit, op: Op) -> None:
    """Whether the frame has ended, after running it."""
    status = _resume(cx, op, cx.one(op.operands[0]))
    if len(op.results) == 1:
        done = int(constants.FrameState.DONE)
        cx.env[op.results[0]] = (cx.w.value(f"icmp eq i32 {status}, {done}"),)


def emit_frame_take(cx: Emit, op: Op) -> None:
    """The results of an ended call, from its frame, which goes, or from where one left them that never waited."""
    frame = cx.one(op.operands[0])
    shape = cx.layout.shape(result_types(value.type for value in op.results))
    base = cx.results
    if cx.frame:
        is_null = cx.w.value(f"icmp eq ptr {frame}, null")
        base = cx.w.value(f"select i1 {is_null}, ptr {cx.results}, ptr {cx.address(frame, RESULT_OFFSET)}")
        state = cx.address(frame, constants.FRAME_DATA)
        unused = cx.w.alloca(4)
    leaves = [cx.load_leaf(base, at, leaf) for leaf, at in zip(shape.leaves, shape.offsets, strict=True)]
    if cx.frame:
        cx.w.do(f"store i32 {STATE_TAKEN}, ptr {cx.w.value(f'select i1 {is_null}, ptr {unused}, ptr {state}')}")
        cx.release_handle(frame)
    at = 0
    for value in op.results:
        count = len(cx.layout.leaves(value.type))
        cx.env[value] = tuple(leaves[at : at + count])
        at += count


def emit_gen_resume(cx: Emit, op: Op) -> None:
    """Runs a generator to its next value, its end or a wait."""
    cx.env[op.results[0]] = (_resume(cx, op, cx.one(op.operands[0])),)


def emit_gen_take(cx: Emit, op: Op) -> None:
    """What a generator yielded, zero without a value."""
    _take_yielded(cx, op.results[0], cx.one(op.operands[0]), cx.one(op.operands[1]))


def emit_gen_next(cx: Emit, op: Op) -> None:
    """Runs a generator that never waits to its next value; zero when it has ended."""
    frame = cx.one(op.operands[0])
    has = cx.w.value(f"icmp eq i32 {_resume(cx, op, frame)}, {int(constants.FrameState.YIELDED)}")
    cx.env[op.results[0]] = (has,)
    _take_yielded(cx, op.results[1], frame, has)


def _take_yielded(cx: Emit, result: Value, frame: str, has: str) -> None:
    value = cx.load(cx.address(frame, RESULT_OFFSET), result.type)
    kinds, zeros = cx.layout.leaves(result.type), cx.zeros(result.type)
    cx.env[result] = tuple(
        cx.w.value(f"select i1 {has}, {kind} {scalar}, {kind} {zero}")
        for kind, scalar, zero in zip(kinds, value, zeros, strict=True)
    )
