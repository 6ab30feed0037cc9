"""Wire types: the methods that turn them into JSON and back.

In: calls of `to_json`, `from_json` and their relatives.  Out: types and meanings.
Assumed: lowering derives the code from the type's fields.
"""

from __future__ import annotations

from pyhew.check.context import Check
from pyhew.check.model import UseSpecial
from pyhew.syntax import nodes
from pyhew.types.model import BYTES, STRING, Type


def check_wire_method(cx: Check, node: nodes.Call, base: Type, name: str) -> Type:
    """`value.to_json()`, `value.encode()`."""
    cx.use(node, UseSpecial(name, base))
    return BYTES if name in ("encode", "to_msgpack") else STRING


def check_wire_static(cx: Check, node: nodes.Call, ty: Type, name: str) -> Type:
    """`Type.from_json(text)`."""
    source = BYTES if name in ("decode", "from_msgpack") else STRING
    for arg in node.args:
        cx.expect(arg.value, source)
    cx.use(node, UseSpecial(name, ty))
    return cx.world.builtin("Result", ty, STRING)
