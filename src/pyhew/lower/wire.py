"""Wire types: JSON and binary forms made from their fields.

In: calls of `to_json` and its relatives.  Out: values.
Assumed: the checker knows the result types.
"""

from __future__ import annotations

from pyhew.check.model import UseSpecial
from pyhew.ir.ops import Value
from pyhew.lower.context import Lower
from pyhew.syntax import nodes


def lower_wire(cx: Lower, node: nodes.Call, use: UseSpecial) -> Value:
    """`value.to_json()`, `Type.from_json(text)`."""
    from pyhew.lower.expressions import unsupported

    return unsupported(cx, node, f"`{use.name}`")
