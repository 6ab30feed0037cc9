"""Machines: the enums of states and events, what names of states stand for, `emit`.

In: `MachineInfo`.  Out: the variants of both enums.
Assumed: composite states are one deep; they disappear here: their members are states of their own, entering a composite
enters its initial member.
"""

from __future__ import annotations

from pyhew.check.context import Check, Scope
from pyhew.check.errors.machines import BadComposite, EmitCycle, EmitNotListed, EmitOutside, EmitPayload, UnknownState
from pyhew.check.model import UseStep
from pyhew.check.types import value_type
from pyhew.syntax import nodes
from pyhew.types.model import ERROR, UNIT, Type
from pyhew.types.symbols import FieldInfo, MachineInfo, RecordInfo, VariantInfo


def leaf_states(states: tuple[nodes.StateDecl, ...]) -> list[nodes.StateDecl]:
    """States without children, composites replaced by theirs."""
    found: list[nodes.StateDecl] = []
    for state in states:
        found.extend(leaf_states(state.children) if state.children else [state])
    return found


def leads_anywhere(rule: nodes.TransitionDecl) -> bool:
    """Whether the body may give any state: the head says `_`, or enters its state anew."""
    return rule.target[-1].text == "_" or rule.reenter and rule.body is not None


def has_hooks(machine: nodes.MachineDecl) -> bool:
    """Whether entering or leaving some state runs something."""
    return any(s.entry is not None or s.exit is not None for s in (*machine.states, *leaf_states(machine.states)))


def enclosing_state(machine: nodes.MachineDecl, index: int) -> nodes.StateDecl | None:
    """The composite that the state number `index` is a member of."""
    leaf = leaf_states(machine.states)[index]
    return next((state for state in machine.states if leaf in state.children), None)


def resolve_machine(scope: Scope, machine: MachineInfo) -> None:
    """Fills in the enums of a machine, and a record type for each state's and event's fields."""

    def fields(decls: tuple[nodes.FieldDecl, ...]) -> list[FieldInfo]:
        return [FieldInfo(d.name.text, value_type(scope, d.type), d) for d in decls]

    def record(name: str, items: list[FieldInfo]) -> RecordInfo:
        made = RecordInfo(f"{machine.name}.{name}", machine.module, None, params=machine.states.params)
        made.fields = items
        return made

    for state in machine.node.states:
        _check_composite(scope, state)
    for state in leaf_states(machine.node.states):
        items = fields(state.fields)
        machine.states.variants.append(VariantInfo(state.name.text, "struct" if items else "unit", items))
        machine.state_records.append(record(state.name.text, items))
    for event in machine.node.events:
        items = fields(event.fields)
        machine.events.variants.append(VariantInfo(event.name.text, "struct" if items else "unit", items))
        machine.event_records.append(record(event.name.text, items))


def _check_composite(scope: Scope, state: nodes.StateDecl) -> None:
    marked = [child for child in state.children if child.is_initial]
    for child in state.children:
        if child.children:
            scope.report(BadComposite(child.name.span, child.name.text, "deep"))
    if len(marked) > 1:
        scope.report(BadComposite(marked[1].name.span, state.name.text, "many"))
    elif state.children and not marked:
        scope.report(BadComposite(state.name.span, state.name.text, "none"))


def sources_of(machine: MachineInfo, name: str, group: nodes.StateDecl | None) -> list[int]:
    """The states a source name stands for; empty when there is none of that name."""
    states = machine.node.states
    if name == "_":
        inside = leaf_states(group.children) if group is not None else leaf_states(states)
        names = [s.name.text for s in inside]
    else:
        composite = next((s for s in states if s.name.text == name and s.children), None)
        names = [s.name.text for s in leaf_states(composite.children)] if composite is not None else [name]
    found = [machine.states.index_of(n) for n in names]
    return [i for i in found if i is not None]


def target_of(machine: MachineInfo, name: str) -> int | None:
    """The state a target name enters; None for `_` and unknown names."""
    composite = next((s for s in machine.node.states if s.name.text == name and s.children), None)
    if composite is not None:
        initial = next((s for s in composite.children if s.is_initial), composite.children[0])
        name = initial.name.text
    return machine.states.index_of(name)


def check_emit(cx: Check, node: nodes.Emit) -> Type:
    """`emit Ring;`: the event is one of this machine's, listed when it lists any, and not the one that is handled."""
    for init in node.fields:
        cx.expr(init.value)
    machine, name = cx.machine, node.name.text
    if machine is None:
        return cx.report(EmitOutside(node.span))
    index = machine.events.index_of(name)
    listed = {e.name.text for e in machine.node.emits}
    if index is None:
        return ERROR if name in listed else cx.report(UnknownState(node.name.span, name, "event", machine.name))
    if listed and name not in listed:
        cx.report(EmitNotListed(node.name.span, name, machine.name))
    elif name == cx.on_event:
        cx.report(EmitCycle(node.name.span, name))
    elif machine.events.variants[index].fields:
        cx.report(EmitPayload(node.name.span, name))
    cx.use(node, UseStep(machine.states, name))
    return UNIT
