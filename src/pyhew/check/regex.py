"""Regular expressions written as `re".."`.

In: the literal.  Out: its type, `std.text.regex.Pattern`; a report when the pattern is wrong.
Assumed: the library's syntax is a part of Python's, so Python's own reader judges it, except
for what the library leaves out: looking around and back references.
"""

from __future__ import annotations

import re
import warnings

from pyhew.check.context import Check
from pyhew.check.errors.patterns import BadRegex
from pyhew.source.spans import Span
from pyhew.syntax import nodes
from pyhew.types.model import Nominal, Type
from pyhew.types.symbols import RecordInfo

_OFFSET = len('re"')
_NOT_OFFERED = re.compile(r"(?:\\\\)*(?P<what>\(\?(?:<?[=!]|[>(#]|P=)|\\[1-9])")


def check_regex(cx: Check, node: nodes.RegexLiteral) -> Type:
    """The literal as a value."""
    pattern = node.pattern
    refused = _NOT_OFFERED.search(pattern)
    if refused is not None:
        _report(cx, node, "this form is not supported", refused.start("what"))
    else:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                re.compile(pattern.replace("\\z", "\\Z").replace("(?<", "(?P<"))
        except (re.error, OverflowError, RecursionError) as wrong:
            _report(cx, node, getattr(wrong, "msg", "too large"), getattr(wrong, "pos", None) or 0)
    module = cx.world.program.regex
    assert module is not None
    info = module.declared["Pattern"]
    assert isinstance(info, RecordInfo)
    return Nominal(info, ())


def _report(cx: Check, node: nodes.RegexLiteral, why: str, at: int) -> None:
    start = node.span.start + _OFFSET + at
    cx.report(BadRegex(Span(node.span.file, min(start, node.span.end - 1), node.span.end), why))
