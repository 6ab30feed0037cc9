"""Regular expressions: `re".."` as a value and in patterns.

In: the literal.  Out: a call of `std.text.regex`.
Assumed: the checker accepted the pattern.
"""

from __future__ import annotations

from pyhew.ir.ops import Value
from pyhew.lower.context import Lower
from pyhew.lower.instances import instance
from pyhew.syntax import nodes
from pyhew.types.symbols import FnInfo


def lower_regex(cx: Lower, node: nodes.RegexLiteral) -> Value:
    """A new `Pattern`."""
    return _call(cx, "new", [cx.b.string(node.pattern)])


def matches(cx: Lower, node: nodes.RegexLiteral, value: Value) -> Value:
    """Whether the pattern is found in a string."""
    return _call(cx, "text_matches", [cx.b.string(node.pattern), value])


def _call(cx: Lower, name: str, args: list[Value]) -> Value:
    module = cx.low.world.program.regex
    assert module is not None
    fn = module.declared[name]
    assert isinstance(fn, FnInfo)
    return cx.call(instance(cx.low, fn, ()), args)[0]
