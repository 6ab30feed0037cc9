"""What a leak finder has to say.

In: nothing.  Out: `Place`, `Leak`, `Finding`.
Assumed: places are those of the user's source; frames of the library and the runtime
are left out unless there is nothing else.
"""

from __future__ import annotations

from pyhew.source.records import record

HINTS = {
    "lost": "a block that nothing will ever free",
    "rc-cycle": "these `Rc` values keep each other alive; make one of the links a `Weak`",
    "owned-at-exit": "still owned when the program ended",
    "undelivered-message": "a message that no actor took and nobody dropped",
    "actor-not-stopped": "an actor that was still in this handler when the program had to end without it",
    "live-handle": "a timer, channel or descriptor that was never closed",
    "foreign": "memory that foreign code was asked for; whoever asked has to give it back there",
    "double-free": "freed twice",
    "over-release": "released more often than it was owned",
    "use-after-free": "used after it was freed",
    "memory-error": "an invalid access to memory",
    "growth": "lives when the program rests, and twice the work leaves more of it",
    "no-report": "the program ended without saying what it left behind",
}
"""Every kind, with what it means; each has a page `leak-KIND`."""


MISUSES = ("double-free", "over-release", "use-after-free", "memory-error", "no-report")
"""Kinds that are no blocks which were left."""


@record(frozen=True, slots=True)
class Place:
    """A line of source and the function it is in."""

    file: str
    line: int
    column: int
    function: str


@record(frozen=True, slots=True)
class Leak:
    """Equal blocks: same kind, same type, same place; `keeper` is the field of an actor, or the actor, that has them at rest."""

    kind: str
    type: str
    blocks: int
    size: int
    stack: tuple[Place, ...]
    actor: str = ""
    handler: str = ""
    detail: str = ""
    keeper: str = ""


@record(frozen=True, slots=True)
class Finding:
    """One tool's result; `code` is how the program itself ended under it, `is_stopped` that the user ended
    it, `note` what to know before believing it, `is_open` that nothing was found out."""

    tool: str
    leaks: tuple[Leak, ...]
    code: int
    allocated: int | None = None
    is_stopped: bool = False
    note: str = ""
    is_open: bool = False

    @property
    def size(self) -> int:
        """Bytes left, over all leaks."""
        return sum(leak.size for leak in self.leaks)

    @property
    def blocks(self) -> int:
        """Blocks left, over all leaks."""
        return sum(leak.blocks for leak in self.leaks)


def reported(findings: list[Finding]) -> tuple[Leak, ...]:
    """The leaks of the first tool that found any, and memory that is not Hew's, which one tool alone looks at."""
    main = next((finding for finding in findings if finding.leaks), None)
    if main is None:
        return ()
    return main.leaks + tuple(leak for other in findings if other is not main for leak in other.leaks if leak.kind == "foreign")


def user_place(leak: Leak) -> Place | None:
    """The innermost line that the user wrote."""
    for place in leak.stack:
        if is_user_file(place.file):
            return place
    return None


def user_frames(leak: Leak) -> tuple[Place, ...]:
    """The lines that the user wrote, innermost first; without any, the whole stack."""
    return tuple(place for place in leak.stack if is_user_file(place.file)) or leak.stack


def is_user_file(file: str) -> bool:
    """Whether a file is the user's: Hew, and not of the library."""
    return file.endswith(".hew") and not file.removeprefix("./").startswith("std/")
