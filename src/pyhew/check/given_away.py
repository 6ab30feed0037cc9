"""What has been given away at a point of a body, and how that is joined where paths meet.

In: places and reasons.  Out: `State`.
Assumed: a place is a variable and a path of field names.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from pyhew.check.model import Local
from pyhew.source.spans import Span

Place = tuple[Local, tuple[str, ...]]
UNSET = "declared without a value"


class Giving(Enum):
    """What happens to a value where it stands: the strictest kinds of values it takes away."""

    READ = "read"
    SEND = "send"
    COPY_IN = "copy in"
    BIND = "bind"
    INSERT = "insert"
    CONSUME = "consume"


@dataclass(slots=True)
class State:
    """What has been given away: on some path (with place and reason), and on every path."""

    gone: dict[Place, tuple[Span, str]] = field(default_factory=dict)
    surely: set[Local] = field(default_factory=set)

    def copy(self) -> State:
        """An independent state."""
        return State(dict(self.gone), set(self.surely))


def join(states: list[State | None]) -> State | None:
    """What holds where paths meet; None when no path arrives."""
    arriving = [s for s in states if s is not None]
    if not arriving:
        return None
    made = State(dict(arriving[0].gone), set(arriving[0].surely))
    for other in arriving[1:]:
        for place, why in other.gone.items():
            made.gone.setdefault(place, why)
        made.surely &= other.surely
    return made


@dataclass(slots=True)
class Exits:
    """States that leave an open loop."""

    label: str | None
    breaks: list[State | None] = field(default_factory=list)
    again: list[State | None] = field(default_factory=list)
