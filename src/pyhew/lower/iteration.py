"""`for` over ranges, collections, generators and iterators.

In: `For` with the way the checker recorded.  Out: a loop.
Assumed: the walked value is the loop's own; changing the source in the body has no effect.
"""

from __future__ import annotations

from pyhew.check.model import UseSpecial, UseTrait
from pyhew.ir import ops
from pyhew.ir.ops import Value
from pyhew.ir.types import BOOL, I32, I64, U32, EnumT, FrameT, VecT
from pyhew.lower import patterns
from pyhew.lower.builder import Variable
from pyhew.lower.channels import receive
from pyhew.lower.context import LoopTarget, Lower
from pyhew.lower.instances import instance, resolve_trait
from pyhew.lower.waiting import after_wait
from pyhew.syntax import nodes
from pyhew.types import facts
from pyhew.types.model import Nominal, Type


def lower_for(cx: Lower, stmt: nodes.For) -> None:
    """`for p in e { .. }`."""
    way = cx.model.iterations[stmt]
    if isinstance(way, UseTrait):
        _iterator(cx, stmt, way)
        return
    assert isinstance(way, UseSpecial)
    match way.name:
        case "range":
            _range(cx, stmt)
        case "vec":
            _vec(cx, stmt, cx.expr(stmt.iterable))
        case "map":
            _vec(cx, stmt, _by_method(cx, stmt, way.type, "entries"))
        case "set":
            _vec(cx, stmt, _by_method(cx, stmt, way.type, "to_vec"))
        case "string":
            _string(cx, stmt)
        case "generator":
            _generator(cx, stmt)
        case _:
            lower_for_stream(cx, stmt)


class Round:
    """One loop: head, body, step, exit.

    What is walked belongs to a scope around the loop when its end can be observed: leaving from inside the body ends
    the body's own values first.
    """

    def __init__(self, cx: Lower, stmt: nodes.For, walked: Variable | None = None) -> None:
        self.cx = cx
        self.stmt = stmt
        self.is_kept = walked is not None and facts.is_kept(cx.type_of(stmt.iterable))
        if walked is not None and self.is_kept:
            cx.open_scope().keeps.append(walked)
        self.head = cx.b.new_block("for")
        self.step = cx.b.new_block("step")
        self.done = cx.b.new_block("done")
        cx.b.branch(self.head)
        cx.b.start(self.head)

    def body(self, item: Value) -> None:
        """The user's body with its variable bound; ends at the step."""
        cx, stmt = self.cx, self.stmt
        label = stmt.label.text if stmt.label is not None else None
        cx.loops.append(LoopTarget(label, self.done, self.step, len(cx.scopes)))
        cx.open_scope()
        patterns.bind(cx, stmt.pattern, item)
        cx.expr(stmt.body)
        cx.close_scope()
        cx.loops.pop()
        cx.b.branch(self.step)
        cx.b.start_sealed(self.step)

    def end(self) -> None:
        """Back to the head; goes on after the loop."""
        self.cx.b.branch(self.head)
        self.cx.b.seal(self.head)
        self.cx.b.start_sealed(self.done)
        if self.is_kept:
            self.cx.close_scope()


def _range(cx: Lower, stmt: nodes.For) -> None:
    if isinstance(stmt.iterable, nodes.Range) and stmt.iterable.low is not None and stmt.iterable.high is not None:
        low, high = cx.expr(stmt.iterable.low), cx.expr(stmt.iterable.high)
        if not stmt.iterable.inclusive:
            _simple_range(cx, stmt, low, high)
            return
        last, step, live = high, cx.b.int(1, low.type), cx.b.compare("le", low, high)
    else:
        value = cx.expr(stmt.iterable)
        ty = cx.type_of(stmt.iterable)
        assert isinstance(ty, Nominal)
        element = cx.ir(ty.args[0])
        low, last, step, live = cx.b.unpack(value, (element, element, element, BOOL))
    at = cx.temp("at", low)
    going = cx.temp("going", live)
    loop = Round(cx, stmt)
    body = cx.b.new_block("body")
    cx.b.cond(cx.b.read(going), body, loop.done)
    cx.b.start_sealed(body)
    loop.body(cx.b.read(at))
    cx.b.write(going, cx.b.compare("ne", cx.b.read(at), last))
    cx.b.write(at, cx.b.arith("add", cx.b.read(at), step, "wrap"))
    loop.end()


def _simple_range(cx: Lower, stmt: nodes.For, low: Value, high: Value) -> None:
    """`a..b`: the index itself is compared, as a C programmer would write it."""
    at = cx.temp("at", low)
    loop = Round(cx, stmt)
    body = cx.b.new_block("body")
    cx.b.cond(cx.b.compare("lt", cx.b.read(at), high), body, loop.done)
    cx.b.start_sealed(body)
    loop.body(cx.b.read(at))
    cx.b.write(at, cx.b.arith("add", cx.b.read(at), cx.b.int(1, low.type), "wrap"))
    loop.end()


def _by_method(cx: Lower, stmt: nodes.For, ty: Type, name: str) -> Value:
    value = cx.expr(stmt.iterable)
    (method,) = cx.low.world.methods(cx.close(ty), name)
    return cx.call(instance(cx.low, method.fn, tuple(cx.close(a) for a in method.outer)), [value])[0]


def _vec(cx: Lower, stmt: nodes.For, vec: Value) -> None:
    assert isinstance(vec.type, VecT)
    source = cx.temp("source", vec)
    index = cx.temp("index", cx.b.int(0))
    count = cx.b.one(ops.VEC_LEN, [vec], I64)
    loop = Round(cx, stmt, source)
    body = cx.b.new_block("body")
    cx.b.cond(cx.b.compare("lt", cx.b.read(index), count), body, loop.done)
    cx.b.start_sealed(body)
    item = cx.b.project(cx.b.read(source), (("elem",),), [cx.b.read(index)], vec.type.element)
    loop.body(item)
    cx.b.write(index, cx.b.arith("add", cx.b.read(index), cx.b.int(1), "wrap"))
    loop.end()


def _string(cx: Lower, stmt: nodes.For) -> None:
    text = cx.temp("text", cx.expr(stmt.iterable))
    at = cx.temp("at", cx.b.int(0))
    count = cx.runtime("hew_string_length", [cx.b.read(text)], I64)
    loop = Round(cx, stmt)
    body = cx.b.new_block("body")
    cx.b.cond(cx.b.compare("lt", cx.b.read(at), count), body, loop.done)
    cx.b.start_sealed(body)
    code = cx.runtime("hew_codepoint_at", [cx.b.read(text), cx.b.read(at)], U32)
    loop.body(code)
    width = cx.b.convert(cx.runtime("hew_codepoint_size", [cx.b.read(text), cx.b.read(at)], I32), I64)
    cx.b.write(at, cx.b.arith("add", cx.b.read(at), width, "wrap"))
    loop.end()


def _generator(cx: Lower, stmt: nodes.For) -> None:
    made = cx.expr(stmt.iterable)
    assert isinstance(made.type, FrameT)
    source = cx.temp("generator", made)
    loop = Round(cx, stmt, source)
    body = cx.b.new_block("body")
    has, item = cx.b.op(ops.GEN_NEXT, [cx.b.read(source)], [BOOL, made.type.yields])
    after_wait(cx)
    cx.b.cond(has, body, loop.done)
    cx.b.start_sealed(body)
    loop.body(item)
    loop.end()


def _iterator(cx: Lower, stmt: nodes.For, way: UseTrait) -> None:
    value = cx.expr(stmt.iterable)
    if stmt in cx.model.written:
        into = cx.low.world.trait("IntoIterator")
        fn, args = resolve_trait(cx.low.world, into, "into_iter", cx.close(cx.model.written[stmt]), (), ())
        value = cx.call(instance(cx.low, fn, args), [value])[0]
    source = cx.temp("iterator", value)
    fn, args = resolve_trait(cx.low.world, way.trait, "next", cx.close(way.self_type), (), ())
    callee = instance(cx.low, fn, args)
    loop = Round(cx, stmt, source)
    got, after = cx.call(callee, [cx.b.read(source)])
    if after:
        cx.b.write(source, after[0])
    assert isinstance(got.type, EnumT)
    some = cx.b.new_block("some")
    cx.b.cond(cx.b.compare("eq", cx.b.tag(got), cx.b.int(0, I32)), some, loop.done)
    cx.b.start_sealed(some)
    (item,) = cx.b.op(ops.UNVARIANT, [got], list(got.type.variants[0]), {"index": 0})
    loop.body(item)
    loop.end()


def lower_for_stream(cx: Lower, stmt: nodes.For) -> None:
    """`for x in rx`, `for await x in stream`."""
    ty = cx.type_of(stmt.iterable)
    assert isinstance(ty, Nominal)
    option = cx.ir(cx.low.world.builtin("Option", ty.args[0]))
    assert isinstance(option, EnumT)
    source = cx.temp("stream", cx.expr(stmt.iterable))
    loop = Round(cx, stmt, source)
    got = receive(cx, cx.b.read(source), option)
    some = cx.b.new_block("some")
    cx.b.cond(cx.b.compare("eq", cx.b.tag(got), cx.b.int(0, I32)), some, loop.done)
    cx.b.start_sealed(some)
    (item,) = cx.b.op(ops.UNVARIANT, [got], list(option.variants[0]), {"index": 0})
    loop.body(item)
    loop.end()
