"""Mistakes in machines.

In: names and places.  Out: diagnostics.  Assumed: nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from pyhew.source.diagnostics import Diagnostic


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class UnknownState(Diagnostic):
    """A rule names a state or event that the machine does not have."""

    id = "unknown-state"
    name: str
    what: str
    machine: str

    def title(self) -> str:
        return f"machine `{self.machine}` has no {self.what} `{self.name}`"
