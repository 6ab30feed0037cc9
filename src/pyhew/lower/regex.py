"""Regular expressions in patterns.

In: a pattern's text and a string.  Out: whether it matches.
Assumed: nothing.
"""

from __future__ import annotations

from pyhew.ir.ops import Value
from pyhew.ir.types import BOOL
from pyhew.lower.context import Lower


def matches(cx: Lower, pattern: str, value: Value) -> Value:
    """Whether the whole string matches."""
    from pyhew.lower.errors import NotSupported
    from pyhew.source.spans import NOWHERE

    cx.low.world.sink.report(NotSupported(cx.b.site or NOWHERE, "a regular expression pattern"))
    return cx.b.const(False, BOOL)
