"""Mistakes about waiting where nothing may wait.

In: names and places.  Out: diagnostics.  Assumed: nothing.
"""

from __future__ import annotations

from pyhew.source.diagnostics import Diagnostic, Label
from pyhew.source.records import record
from pyhew.source.spans import Span


@record(frozen=True)
class SuspendsHere(Diagnostic):
    """The runtime calls `close`, hooks like `#[on(stop)]` and mailbox keys while it cannot wait for anything.

    Such a function must not `await`, `sleep`, receive from a channel or call a function that does.
    """

    id = "suspends-here"
    name: str
    where: str
    chain: tuple[tuple[Span, str], ...]

    def title(self) -> str:
        return f"`{self.name}` waits, and {self.where} must not"

    def labels(self) -> tuple[Label, ...]:
        return tuple(Label(span, text) for span, text in self.chain) or (Label(self.span, ""),)

    def help(self) -> str:
        return "do the waiting in a handler, or send a message that starts it"
