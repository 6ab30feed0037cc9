"""Mistakes in machines.

In: names and places.  Out: diagnostics.  Assumed: nothing.
"""

from __future__ import annotations

from pyhew.source.diagnostics import Diagnostic, Label
from pyhew.source.records import record
from pyhew.source.spans import Span


@record(frozen=True)
class MachineIncomplete(Diagnostic):
    """Every state must say what it does on every event, or the machine needs `default { state }`."""

    id = "machine-incomplete"
    name: str
    missing: tuple[str, ...]

    def title(self) -> str:
        shown = ", ".join(self.missing[:5]) + (", ..." if len(self.missing) > 5 else "")
        return f"machine `{self.name}` does not handle {shown}"

    def help(self) -> str:
        return "add the missing rules, or `default { state }` to stay"


@record(frozen=True)
class DuplicateRule(Diagnostic):
    """One event in one state has one rule, unless guards choose between several."""

    id = "duplicate-transition"
    event: str
    state: str
    earlier: Span

    def title(self) -> str:
        return f"`{self.event}` in state `{self.state}` has a rule already (duplicate transition)"

    def labels(self) -> tuple[Label, ...]:
        return (Label(self.earlier, "first here"), Label(self.span, "never reached"))


@record(frozen=True)
class EmptyMachine(Diagnostic):
    """A machine is made of states and of events that lead from one to another."""

    id = "empty-machine"
    name: str
    what: str

    def title(self) -> str:
        if self.what == "one state":
            return f"machine `{self.name}` has one state; it needs two to move between"
        return f"machine `{self.name}` declares no {self.what}"


@record(frozen=True)
class BadComposite(Diagnostic):
    """A state of states holds plain states, one of them `initial`: that is the one which entering it enters."""

    id = "bad-composite"
    name: str
    what: str

    def title(self) -> str:
        match self.what:
            case "deep":
                return f"state `{self.name}` is inside another and holds states itself: states are nested once"
            case "none":
                return f"none of the states in `{self.name}` is marked `initial`"
            case _:
                return f"more than one of the states in `{self.name}` is marked `initial`"

    def help(self) -> str | None:
        return None if self.what == "deep" else "write `initial state S;` for the one that is entered first"


@record(frozen=True)
class WrongTarget(Diagnostic):
    """The body of a transition gives the state that its head leads to."""

    id = "wrong-target"
    found: str
    wanted: str

    def title(self) -> str:
        return f"this transition leads to `{self.wanted}`, not to `{self.found}`"


@record(frozen=True)
class EmitOutside(Diagnostic):
    """`emit` belongs into the rules and hooks of a machine."""

    id = "emit-outside-machine"

    def title(self) -> str:
        return "`emit` may stand only inside a machine"


@record(frozen=True)
class EmitNotListed(Diagnostic):
    """A machine that lists what it emits may emit nothing else."""

    id = "emit-not-listed"
    name: str
    machine: str

    def title(self) -> str:
        return f"machine `{self.machine}` does not list `{self.name}` in `emits {{ .. }}`"


@record(frozen=True)
class EmitCycle(Diagnostic):
    """A rule for an event may not emit that event: it would call for itself."""

    id = "emit-cycle"
    name: str

    def title(self) -> str:
        return f"a rule on `{self.name}` cannot emit `{self.name}` (MachineEmitCycle)"


@record(frozen=True)
class EmitPayload(Diagnostic):
    """Emitted events are counted, not kept: one that carries values cannot be emitted yet."""

    id = "emit-payload"
    name: str

    def title(self) -> str:
        return f"`{self.name}` carries values, and only events without values can be emitted"


@record(frozen=True)
class UnknownState(Diagnostic):
    """A rule names a state or event that the machine does not have."""

    id = "unknown-state"
    name: str
    what: str
    machine: str

    def title(self) -> str:
        return f"machine `{self.machine}` has no {self.what} `{self.name}`"


@record(frozen=True)
class ImpureRule(Diagnostic):
    """A rule of a machine makes a new state out of the old one and the event; messages, actors and waits are the caller's."""

    id = "impure-rule"
    what: str

    def title(self) -> str:
        return f"a rule of a machine gives the next state and nothing else, and {self.what}"

    def help(self) -> str:
        return "do it where the machine is stepped; `emit` tells that place what happened"
