"""Durations on the command line.

In: `500ms`, `30s`, `2m`, `1h`, or a plain number of seconds.  Out: seconds.
Assumed: nothing.
"""

from __future__ import annotations

from pyhew.cli.arguments import UsageError

_UNITS = (("ms", 0.001), ("s", 1.0), ("m", 60.0), ("h", 3600.0), ("", 1.0))


def seconds_of(text: str) -> float:
    """The duration in seconds."""
    for unit, factor in _UNITS:
        number = text.removesuffix(unit)
        if text.endswith(unit) and number.replace(".", "", 1).isdigit():
            return float(number) * factor
    raise UsageError(f"`{text}` is no duration; write `500ms`, `30s` or `2m`")
