"""Machines: their state and event enums.

In: `MachineInfo`.  Out: the variants of both enums.
Assumed: composite states are leaves of the state enum under their own names.
"""

from __future__ import annotations

from pyhew.check.context import Scope
from pyhew.check.types import resolve_type
from pyhew.syntax import nodes
from pyhew.types.symbols import FieldInfo, MachineInfo, VariantInfo


def leaf_states(states: tuple[nodes.StateDecl, ...]) -> list[nodes.StateDecl]:
    """States without children, composites replaced by theirs."""
    found: list[nodes.StateDecl] = []
    for state in states:
        found.extend(leaf_states(state.children) if state.children else [state])
    return found


def resolve_machine(scope: Scope, machine: MachineInfo) -> None:
    """Fills in the enums of a machine."""

    def fields(decls: tuple[nodes.FieldDecl, ...]) -> list[FieldInfo]:
        return [FieldInfo(d.name.text, resolve_type(scope, d.type), d) for d in decls]

    for state in leaf_states(machine.node.states):
        shape = "struct" if state.fields else "unit"
        machine.states.variants.append(VariantInfo(state.name.text, shape, fields(state.fields)))
    for event in machine.node.events:
        shape = "struct" if event.fields else "unit"
        machine.events.variants.append(VariantInfo(event.name.text, shape, fields(event.fields)))
