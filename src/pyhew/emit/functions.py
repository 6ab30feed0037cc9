"""One IR function to LLVM functions: one when it is plain, three when it suspends.

In: a function after the passes.  Out: text.
A plain function `f(self, leaves...)` returns its result leaves and inout successors.
One that suspends becomes `f.start` (runs from its arguments; gives null when it ended, else the frame in which
it waits), `f.new` (arguments into a frame), `f.resume` (goes on until it waits, yields or ends) and `f.drop`
(releases what a frame that will not run again holds). A generator has no `f.start`: its frame waits from the outset.
Assumed: ownership verified; blocks of drop paths are reached by drop edges only.
"""

from __future__ import annotations

from pyhew.abi import constants
from pyhew.abi import functions as abi
from pyhew.emit.calls import result_type
from pyhew.emit.context import Emit, Leaves
from pyhew.emit.frames import RESULT_OFFSET, STATE_DONE, STATE_TAKEN, FrameShape, result_types
from pyhew.emit.loops import JUMP_BACK
from pyhew.emit.operations import emit_op
from pyhew.emit.program import Program
from pyhew.emit.variables import clear_frame_homes, open_frame_homes
from pyhew.emit.writer import HAS_LOOPS, Phi, quoted
from pyhew.ir.flow import last_before, loop_heads, ordered, reverse_postorder
from pyhew.ir.ops import (
    CALL,
    CALL_OBJECT,
    FRAME_POLL,
    FRAME_START,
    FRAME_TAKE,
    GEN_NEXT,
    GEN_RESUME,
    Block,
    Branch,
    CondBranch,
    Done,
    Edge,
    Function,
    Return,
    Suspend,
    Switch,
    Trap,
    Unreachable,
    Value,
    edges,
)
from pyhew.ir.optypes import function_params, returned_types
from pyhew.ir.types import IrType, TupleT, Use
from pyhew.source.diagnostics import CompilerBug

_CALLS = (CALL, CALL_OBJECT, FRAME_START, FRAME_POLL, GEN_NEXT, GEN_RESUME)


def emit_function(program: Program, fn: Function) -> str:
    """All LLVM functions of one IR function."""
    order = reverse_postorder(fn)
    if not fn.suspends:
        return _plain(program, fn, order)
    main, drops = _sides(order)
    shape = FrameShape(fn, program.layout, main)
    parts = [_constructor(program, fn, shape), _resume(program, fn, shape, main), _dropper(program, fn, shape, drops)]
    if fn.yields is None:
        parts.append(_entered(program, fn, shape) if starts_in_frame(fn, shape) else _start(program, fn, shape, main))
    return "\n\n".join(parts)


def starts_in_frame(fn: Function, shape: FrameShape) -> bool:
    """Whether its code begins in a frame: a generator's, and one whose variables a debugger looks for there."""
    return fn.yields is not None or bool(shape.homes)


def _sides(order: list[Block]) -> tuple[list[Block], list[Block]]:
    """The blocks that run, and those of drop paths."""
    dropping: set[Block] = set()
    for block in order:
        ways = edges(block.terminator)
        if isinstance(block.terminator, Suspend):
            dropping.add(block.terminator.drop.block)
        elif block in dropping:
            dropping.update(edge.block for edge in ways)
    return [b for b in order if b not in dropping], [b for b in order if b in dropping]


_WIDEST_PHI = 256
"""Where more ways meet, values pass through memory: LLVM's cost of a phi grows with the square of its ways."""


class _Body:
    """The blocks of one LLVM function."""

    __slots__ = ("begun", "check", "cx", "heads", "incoming", "labels", "latches", "phis", "places", "single", "turned")

    def __init__(self, cx: Emit, order: list[Block], extra: dict[Block, int]) -> None:
        self.cx = cx
        counts = dict(extra)
        for block in order:
            if isinstance(block.terminator, Suspend):
                continue
            for edge in edges(block.terminator):
                counts[edge.block] = counts.get(edge.block, 0) + 1
        self.single = {block for block, count in counts.items() if count == 1}
        self.labels = {block: f"b{at}" for at, block in enumerate(order)}
        self.incoming: dict[Block, list[tuple[str, list[str]]]] = {block: [] for block in order}
        self.phis: dict[Block, list[Phi]] = {}
        wide = [block for block, count in counts.items() if count > _WIDEST_PHI and block.params]
        self.places = {param: cx.w.alloca(cx.layout.shape(param.type).size) for block in wide for param in block.params}
        self.heads, latches = _safepoints(order, loop_heads(order) if not cx.fn.suspends else None)
        self.turned, self.latches = set(latches), set(latches.values())
        self.begun: set[Block] = set()
        self.check: Block | None = None

    def enter(self, edge: Edge, args: list[Leaves]) -> str:
        """Registers an edge from the current label; the label to branch to."""
        block = edge.block
        if block in self.single:
            for param, leaves in zip(block.params, args, strict=True):
                self.cx.env[param] = leaves
        elif block.params and block.params[0] in self.places:
            for param, leaves in zip(block.params, args, strict=True):
                self.cx.store_volatile(self.places[param], self.cx.layout.shape(param.type), leaves)
        else:
            self.incoming[block].append((self.cx.w.label, [leaf for leaves in args for leaf in leaves]))
        return self.labels[block]

    def edge(self, edge: Edge) -> str:
        """An edge whose arguments are defined here."""
        return self.enter(edge, [self.cx.leaves(value) for value in edge.args])

    def ways(self, ways: list[Edge]) -> tuple[list[str], list[tuple[str, Edge]]]:
        """Labels for the edges of one terminator; a phi wants two edges into one block to come from two blocks."""
        labels: list[str] = []
        bridges: list[tuple[str, Edge]] = []
        seen: set[Block] = set()
        for edge in ways:
            if edge.block in seen and edge.args:
                bridges.append((self.cx.w.fresh_label("bridge"), edge))
                labels.append(bridges[-1][0])
            else:
                labels.append(self.edge(edge))
                seen.add(edge.block)
        return labels, bridges

    def cross(self, bridges: list[tuple[str, Edge]]) -> None:
        """Writes the blocks that `ways` asked for."""
        for label, edge in bridges:
            self.cx.w.start(label)
            self.cx.w.do(f"br label %{self.edge(edge)}")

    def start(self, block: Block) -> None:
        """Begins a block: phis, then the safepoint of a loop with many ways back."""
        cx = self.cx
        self.begun.add(block)
        cx.w.start(self.labels[block])
        if block.params and block.params[0] in self.places:
            for param in block.params:
                cx.env[param] = cx.load_volatile(self.places[param], cx.layout.shape(param.type))
        elif block not in self.single and block.params:
            phis: list[Phi] = []
            for param in block.params:
                own = [cx.w.phi(leaf) for leaf in cx.layout.leaves(param.type)]
                cx.env[param] = tuple(phi.name for phi in own)
                phis.extend(own)
            self.phis[block] = phis
        if block is self.check and not (self.heads or self.latches):
            _open(cx)
        if block in self.heads or block is self.check:
            cx.at(block.ops[0].site if block.ops else block.terminator.site if block.terminator else None)
            safepoint(cx)

    def finish(self) -> None:
        """Fills the phis."""
        for block, phis in self.phis.items():
            for label, scalars in self.incoming[block]:
                for phi, scalar in zip(phis, scalars, strict=True):
                    phi.incoming.append((scalar, label))

    def block(self, block: Block) -> None:
        """One block without its terminator."""
        self.cx.known.forget()
        self.start(block)
        for op in block.ops:
            self.cx.at(op.site)
            emit_op(self.cx, op)
        self.cx.at(block.terminator.site if block.terminator else None)

    def jump(self, block: Block) -> bool:
        """The terminators that all bodies share; whether it was one of them."""
        cx, w, terminator = self.cx, self.cx.w, block.terminator
        match terminator:
            case Branch():
                if block in self.latches:
                    safepoint(cx)
                back = JUMP_BACK if terminator.edge.block in self.begun else ""
                w.do(f"br label %{self.edge(terminator.edge)}{back}")
            case CondBranch():
                condition = cx.one(terminator.condition)
                (then, otherwise), bridges = self.ways([terminator.then, terminator.otherwise])
                w.do(f"br i1 {condition}, label %{then}, label %{otherwise}")
                self.cross(bridges)
            case Switch():
                self.switch(terminator)
            case Trap():
                _trap(cx, terminator)
            case Unreachable():
                w.do("unreachable")
            case _:
                return False
        return True

    def switch(self, terminator: Switch) -> None:
        cx, w = self.cx, self.cx.w
        leaf = cx.layout.leaves(terminator.value.type)[0]
        value = cx.one(terminator.value)
        labels, bridges = self.ways(list(edges(terminator)))
        cases = [f"{leaf} {case[0]}, label %{label}" for case, label in zip(terminator.cases, labels, strict=False)]
        if terminator.default is not None:
            default = labels[-1]
        else:
            default = w.fresh_label("never")
            w.cold_block(default, "unreachable")
        w.do(f"switch {leaf} {value}, label %{default} [ {'  '.join(cases)} ]")
        self.cross(bridges)


def _safepoints(order: list[Block], loops: set[Block] | None) -> tuple[set[Block], dict[Block, Block]]:
    """Where loops ask whether anything is wanted: at heads, or before the only jump back.

    The jump back is better: a head that begins with its test lets LLVM turn the loop around, and
    then take out of it what does not change.  `loops` are the heads, by default all targets of edges that go
    back in the order, as a part of a function has them.
    """
    number = {block: at for at, block in enumerate(order)}
    tails: dict[Block, list[Block]] = {}
    for block in order:
        if not isinstance(block.terminator, Suspend):
            for edge in edges(block.terminator):
                is_back = number[edge.block] <= number[block] and not edge.block.is_brief
                if is_back and (loops is None or edge.block in loops):
                    tails.setdefault(edge.block, []).append(block)
    latches = {
        head: before[0] for head, before in tails.items() if len(before) == 1 and isinstance(before[0].terminator, Branch)
    }
    return {head for head in tails if head not in latches}, latches


def _trap(cx: Emit, terminator: Trap) -> None:
    if terminator.message is None:
        cx.w.do(cx.trap_call(terminator.code))
    elif terminator.code == "Panic":
        cx.runtime(abi.PANIC, cx.one(terminator.message))
    else:
        code = cx.program.trap_code(terminator.code, terminator.site)
        cx.runtime(abi.TRAP_MESSAGE, str(code), cx.one(terminator.message))
    cx.w.do("unreachable")


# --------------------------------------------------------------------------- safepoints


def safepoint(cx: Emit) -> None:
    """One compare of the stack position with the guard, which is raised to ask for anything."""
    w = cx.w
    low, good = w.fresh_label("low"), w.fresh_label("ok")
    guard = w.value(f"load atomic ptr, ptr {cx.address('%self', constants.ACTOR_STACK_GUARD)} monotonic, align 8")
    w.do(f"br i1 {w.value(f'icmp ult ptr %sp, {guard}')}, label %{low}, label %{good}")
    name = cx.program.runtime(abi.SAFEPOINT)
    w.cold_block(low, f"call void {name}(ptr %self)", f"br label %{good}")
    w.start(good)


def _open(cx: Emit) -> None:
    """Where the stack stands."""
    symbol = "llvm.frameaddress.p0"
    cx.program.declare(symbol, f"declare ptr @{symbol}(i32)")
    cx.w.do(f"%sp = call ptr @{symbol}(i32 0)")


def _first_check(order: list[Block], heads: set[Block]) -> Block | None:
    """Before which block the stack must be asked: outside of loops, on every way to a call; None without calls.

    A function that often returns without calling anything then does nothing else.
    """
    calling = [block for block in order if any(op.kind in _CALLS for op in block.ops)]
    return last_before(order, calling, heads) if calling else None


def _begin(program: Program, fn: Function, suffix: str = "", has_loops: bool = False) -> tuple[Emit, str]:
    """A context for `fn` and the text behind the parameter list."""
    # What somebody wrote has its name; what enters it, or drops it while it waits, says so.
    shown = fn.shown or fn.symbol
    scope = program.debug.function(shown if suffix in ("", ".resume") else f"{shown} {suffix[1:]}", fn.site)
    cx = Emit(program, fn, scope)
    cx.at(fn.site)
    inlining = " noinline" if program.options.is_check else " alwaysinline" if fn.always_inline and not suffix else ""
    attributes = f'nounwind{inlining} "frame-pointer"="all"'
    if has_loops:
        attributes += f' "{HAS_LOOPS}"'
    if scope >= 0:
        attributes += f" !dbg !{scope}"
    return cx, attributes


def _bind_params(cx: Emit, fn: Function) -> str:
    """Binds the parameters to their scalars; these as a list, which serves as parameters and as arguments."""
    texts = ["ptr %self"]
    for at, param in enumerate(fn.params):
        leaves = cx.layout.leaves(param.type)
        cx.env[param] = tuple(f"%p{at}.{k}" for k in range(len(leaves)))
        texts.extend(f"{leaf} {name}" for leaf, name in zip(leaves, cx.env[param], strict=True))
    return ", ".join(texts)


# --------------------------------------------------------------------------- plain functions


def _plain(program: Program, fn: Function, order: list[Block]) -> str:
    cx, attributes = _begin(program, fn, has_loops=bool(loop_heads(order)))
    params = _bind_params(cx, fn)
    kinds = _return_leaves(program, fn)
    body = _Body(cx, order, {order[0]: 1})
    cx.w.start("entry")
    body.check = None if fn.always_inline else _first_check(order, body.heads | body.turned)
    if body.heads or body.latches:
        _open(cx)
    cx.w.do(f"br label %{body.labels[order[0]]}")
    for block in order:
        body.block(block)
        if body.jump(block):
            continue
        if not isinstance(block.terminator, Return):
            raise CompilerBug(f"plain function {fn.symbol} has a suspension", fn.site)
        _return(cx, block.terminator, kinds)
    body.finish()
    linkage = "" if fn.exported and not fn.c_name else "internal "
    head = f"define {linkage}{result_type(kinds)} {quoted(fn.symbol)}({params}) {attributes} {{"
    return f"{head}\n{cx.w.text()}\n}}"


def _return_leaves(program: Program, fn: Function) -> list[str]:
    types = returned_types(fn.result, function_params(fn))
    return [leaf for ty in types for leaf in program.layout.leaves(ty)]


def _return(cx: Emit, terminator: Return, kinds: list[str]) -> None:
    scalars = [leaf for value in terminator.values for leaf in cx.leaves(value)]
    if not kinds:
        cx.w.do("ret void")
        return
    if len(kinds) == 1:
        cx.w.do(f"ret {kinds[0]} {scalars[0]}")
        return
    whole, kind = "poison", result_type(kinds)
    for at, (leaf, scalar) in enumerate(zip(kinds, scalars, strict=True)):
        whole = cx.w.value(f"insertvalue {kind} {whole}, {leaf} {scalar}, {at}")
    cx.w.do(f"ret {kind} {whole}")


# --------------------------------------------------------------------------- functions that suspend


def _constructor(program: Program, fn: Function, shape: FrameShape) -> str:
    cx, attributes = _begin(program, fn, ".new")
    params = ["ptr %self"]
    scalars: list[str] = []
    for leaf in program.layout.leaves(shape.args):
        scalars.append(f"%p{len(scalars)}")
        params.append(f"{leaf} {scalars[-1]}")
    cx.w.start("entry")
    resume, drop = quoted(f"{fn.symbol}.resume"), quoted(f"{fn.symbol}.drop")
    frame = cx.runtime(abi.FRAME_NEW, resume, drop, str(shape.data_size))
    cx.store(cx.address(frame, shape.args_at), shape.args, tuple(scalars))
    clear_frame_homes(cx, frame, shape.homes)
    cx.w.do(f"ret ptr {frame}")
    head = f"define internal ptr {quoted(f'{fn.symbol}.new')}({', '.join(params)}) {attributes} {{"
    return f"{head}\n{cx.w.text()}\n}}"


def _make_room(cx: Emit, order: list[Block]) -> None:
    """A place for the results of calls that never wait."""
    taken = [op.results for block in order for op in block.ops if op.kind is FRAME_TAKE]
    sizes = [cx.layout.shape(result_types(value.type for value in results)).size for results in taken]
    if any(sizes):
        cx.results = cx.w.alloca(max(sizes))


def _start(program: Program, fn: Function, shape: FrameShape, order: list[Block]) -> str:
    """From the arguments to the end or the first wait, where the frame is made."""
    cx, attributes = _begin(program, fn, ".start")
    arguments = _bind_params(cx, fn)
    first, order = order[0], ordered(order[:1], Suspend)
    body = _Body(cx, order, {first: 1})
    w = cx.w
    w.start("entry")
    _open(cx)
    safepoint(cx)
    _make_room(cx, order)
    w.do(f"br label %{body.labels[first]}")
    numbers = {terminator: at for at, (_, terminator) in enumerate(shape.suspends)}
    for block in order:
        body.block(block)
        if body.jump(block):
            continue
        if isinstance(block.terminator, Suspend):
            frame = w.value(f"call ptr {quoted(f'{fn.symbol}.new')}({arguments})")
            _save(cx, shape, numbers[block.terminator], frame)
            w.do(f"ret ptr {frame}")
        elif isinstance(block.terminator, Return):
            scalars = tuple(leaf for value in block.terminator.values for leaf in cx.leaves(value))
            cx.store("%results", shape.results, scalars)
            w.do("ret ptr null")
        else:
            raise CompilerBug(f"{fn.symbol} runs into a drop path", fn.site)
    body.finish()
    return f"define internal ptr {quoted(f'{fn.symbol}.start')}({arguments}, ptr %results) {attributes} {{\n{w.text()}\n}}"


def _entered(program: Program, fn: Function, shape: FrameShape) -> str:
    """The same for a function whose code begins in a frame."""
    cx, attributes = _begin(program, fn, ".start")
    arguments = _bind_params(cx, fn)
    w = cx.w
    w.start("entry")
    frame = w.value(f"call ptr {quoted(f'{fn.symbol}.new')}({arguments})")
    status = w.value(f"call i32 {quoted(f'{fn.symbol}.resume')}(ptr %self, ptr {frame})")
    w.do(f"br i1 {w.value(f'icmp eq i32 {status}, {int(constants.FrameState.DONE)}')}, label %ended, label %waits")
    w.start("waits")
    w.do(f"ret ptr {frame}")
    w.start("ended")
    cx.store("%results", shape.results, cx.load(cx.address(frame, RESULT_OFFSET), shape.results))
    w.do(f"store i32 {STATE_TAKEN}, ptr {cx.address(frame, constants.FRAME_DATA)}")
    cx.release_handle(frame)
    w.do("ret ptr null")
    return f"define internal ptr {quoted(f'{fn.symbol}.start')}({arguments}, ptr %results) {attributes} {{\n{w.text()}\n}}"


def _load_parts(cx: Emit, base: str, values: list[Value]) -> list[Leaves]:
    """Several values that stand one behind the other."""
    leaves = cx.load(base, TupleT(tuple(value.type for value in values)))
    out: list[Leaves] = []
    at = 0
    for value in values:
        count = len(cx.layout.leaves(value.type))
        out.append(leaves[at : at + count])
        at += count
    return out


def _load_params(cx: Emit, fn: Function, shape: FrameShape) -> None:
    """Every parameter from its place in the frame; unused loads vanish later."""
    for param, leaves in zip(fn.params, _load_parts(cx, cx.address("%frame", shape.args_at), fn.params), strict=True):
        cx.env[param] = leaves


def _resume(program: Program, fn: Function, shape: FrameShape, order: list[Block]) -> str:
    cx, attributes = _begin(program, fn, ".resume")
    cx.frame = "%frame"
    cx.frame_homes = shape.homes
    open_frame_homes(cx)
    has_start = not starts_in_frame(fn, shape)
    extra = {} if has_start else {order[0]: 1}
    for _, terminator in shape.suspends:
        extra[terminator.resume.block] = extra.get(terminator.resume.block, 0) + 1
    first, order = order[0], ordered(list(extra), Suspend)
    body = _Body(cx, order, extra)
    w = cx.w
    w.start("entry")
    _open(cx)
    safepoint(cx)
    state_at = cx.address("%frame", constants.FRAME_DATA)
    state = w.value(f"load i32, ptr {state_at}")
    _load_params(cx, fn, shape)
    w.cold_block("ended", f"ret i32 {int(constants.FrameState.DONE)}")
    switch_at = len(w.lines)
    w.do("")
    numbers = {terminator: at for at, (_, terminator) in enumerate(shape.suspends)}
    cases = []
    if not has_start:
        cases.append(f"i32 0, label %{body.labels[first]}")
        body.incoming[first].append(("entry", []))
    _make_room(cx, order)
    cases.extend(_go_on(cx, body, shape, number) for number in range(len(shape.suspends)))
    for block in order:
        body.block(block)
        if body.jump(block):
            continue
        if isinstance(block.terminator, Suspend):
            number = numbers[block.terminator]
            _save(cx, shape, number, "%frame")
            w.do(f"ret i32 {block.terminator.status}")
        elif isinstance(block.terminator, Return):
            scalars = tuple(leaf for value in block.terminator.values for leaf in cx.leaves(value))
            cx.store(cx.address("%frame", RESULT_OFFSET), shape.results, scalars)
            w.do(f"store i32 {STATE_DONE}, ptr {state_at}")
            w.do(f"ret i32 {int(constants.FrameState.DONE)}")
        else:
            raise CompilerBug(f"{fn.symbol} runs into a drop path", fn.site)
    body.finish()
    w.lines[switch_at] = f"  switch i32 {state}, label %ended [ {'  '.join(cases)} ]"
    head = f"define internal i32 {quoted(f'{fn.symbol}.resume')}(ptr %self, ptr %frame) {attributes} {{"
    return f"{head}\n{w.text()}\n}}"


def _save(cx: Emit, shape: FrameShape, number: int, frame: str) -> None:
    """What lives across a suspension, into the frame."""
    values = shape.live[number]
    product = TupleT(tuple(value.type for value in values))
    scalars = tuple(leaf for value in values for leaf in cx.leaves(value))
    cx.store(cx.address(frame, shape.live_at), product, scalars)
    cx.w.do(f"store i32 {number + 1}, ptr {cx.address(frame, constants.FRAME_DATA)}")


def _go_on(cx: Emit, body: _Body, shape: FrameShape, number: int) -> str:
    """Goes on from the frame; the case of the entry's switch."""
    w, values, terminator = cx.w, shape.live[number], shape.suspends[number][1]
    label = f"resume{number + 1}"
    w.start(label)
    loaded = dict(zip(values, _load_parts(cx, cx.address("%frame", shape.live_at), values), strict=True))
    target = body.enter(terminator.resume, [_param_or(cx, loaded, value) for value in terminator.resume.args])
    w.do(f"br label %{target}")
    return f"i32 {number + 1}, label %{label}"


def _param_or(cx: Emit, loaded: dict[Value, Leaves], value: Value) -> Leaves:
    return loaded[value] if value in loaded else cx.leaves(value)


def _dropper(program: Program, fn: Function, shape: FrameShape, order: list[Block]) -> str:
    cx, attributes = _begin(program, fn, ".drop")
    cx.frame = "%frame"
    extra: dict[Block, int] = {}
    for _, terminator in shape.suspends:
        extra[terminator.drop.block] = extra.get(terminator.drop.block, 0) + 1
    body = _Body(cx, order, extra)
    w = cx.w
    w.start("entry")
    if body.heads or body.latches:
        _open(cx)
    _make_room(cx, order)
    state = w.value(f"load i32, ptr {cx.address('%frame', constants.FRAME_DATA)}")
    _load_params(cx, fn, shape)
    w.cold_block("ended", "ret void")
    cases = ["i32 0, label %unstarted", f"i32 {STATE_DONE}, label %finished"]
    cases.extend(f"i32 {at + 1}, label %drop{at + 1}" for at in range(len(shape.suspends)))
    w.do(f"switch i32 {state}, label %ended [ {'  '.join(cases)} ]")
    w.start("unstarted")
    for param, use in zip(fn.params, fn.modes, strict=True):
        if use is not Use.BORROW:
            cx.release(param.type, cx.leaves(param))
    w.do("ret void")
    w.start("finished")
    _release_at(cx, RESULT_OFFSET, shape.results)
    w.do("ret void")
    for number, (_, terminator) in enumerate(shape.suspends):
        w.start(f"drop{number + 1}")
        loaded = dict(
            zip(shape.live[number], _load_parts(cx, cx.address("%frame", shape.live_at), shape.live[number]), strict=True)
        )
        args = [_param_or(cx, loaded, value) for value in terminator.drop.args]
        w.do(f"br label %{body.enter(terminator.drop, args)}")
    for block in order:
        body.block(block)
        if not body.jump(block):
            if not isinstance(block.terminator, Done):
                raise CompilerBug(f"a drop path of {fn.symbol} does not end", fn.site)
            w.do("ret void")
    body.finish()
    head = f"define internal void {quoted(f'{fn.symbol}.drop')}(ptr %self, ptr %frame) {attributes} {{"
    return f"{head}\n{w.text()}\n}}"


def _release_at(cx: Emit, offset: int, ty: IrType) -> None:
    if cx.layout.shape(ty).owned:
        cx.release(ty, cx.load(cx.address("%frame", offset), ty))
