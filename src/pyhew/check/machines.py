"""Machines: state and event enums, transition rules, their bodies.

In: `MachineInfo`.  Out: the variants of both enums; `Rule`s in the model.
Assumed: composite states are one deep; they disappear here: their members are states of their
own, a rule of a composite stands for one rule per member, entering a composite enters its initial member.
"""

from __future__ import annotations

from pyhew.check.context import Check, Frame, Scope
from pyhew.check.errors.machines import (
    DuplicateRule,
    EmitCycle,
    EmitNotListed,
    EmitOutside,
    EmitPayload,
    EmptyMachine,
    MachineIncomplete,
    UnknownState,
    WrongTarget,
)
from pyhew.check.errors.values import MissingField
from pyhew.check.model import Local, Rule, UseStep, UseVariant
from pyhew.check.subtrees import results_of
from pyhew.check.types import resolve_type
from pyhew.check.world import World
from pyhew.syntax import nodes
from pyhew.types.model import BOOL, ERROR, NEVER, UNIT, Nominal, Type, prune
from pyhew.types.symbols import FieldInfo, MachineInfo, ModuleInfo, RecordInfo, VariantInfo


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
        return [FieldInfo(d.name.text, resolve_type(scope, d.type), d) for d in decls]

    def record(name: str, items: list[FieldInfo]) -> RecordInfo:
        made = RecordInfo(f"{machine.name}.{name}", machine.module, None, params=machine.states.params)
        made.fields = items
        return made

    for state in leaf_states(machine.node.states):
        items = fields(state.fields)
        machine.states.variants.append(VariantInfo(state.name.text, "struct" if items else "unit", items))
        machine.state_records.append(record(state.name.text, items))
    for event in machine.node.events:
        items = fields(event.fields)
        machine.events.variants.append(VariantInfo(event.name.text, "struct" if items else "unit", items))
        machine.event_records.append(record(event.name.text, items))


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


def check_machine(world: World, module: ModuleInfo, machine: MachineInfo) -> None:
    """Checks every rule and hook of a machine."""
    rules: list[Rule] = []
    for rule in machine.node.transitions:
        _add_rule(world, module, machine, rule, None, rules)
    for state in machine.node.states:
        for rule in state.transitions:
            _add_rule(world, module, machine, rule, state, rules)
    _check_once(world, machine, rules)
    rules.sort(key=lambda r: r.width)
    world.model.machines[machine] = rules
    for index, state in enumerate(leaf_states(machine.node.states)):
        _check_hooks(world, module, machine, state, _state_type(machine, index))
    for state in machine.node.states:
        if state.children:
            _check_hooks(world, module, machine, state, Nominal(machine.states, tuple(machine.states.params)))
    _check_complete(world, machine, rules)


def _check_once(world: World, machine: MachineInfo, rules: list[Rule]) -> None:
    """No rule behind one without a guard for the same event and state; events and states at all, and what `emits` lists."""
    for what, found in (("events", machine.events.variants), ("states", machine.states.variants)):
        if not found:
            world.sink.report(EmptyMachine(machine.node.name.span, machine.name, what))
    if len(machine.states.variants) == 1:
        world.sink.report(EmptyMachine(machine.node.name.span, machine.name, "one state"))
    for entry in machine.node.emits:
        if machine.events.index_of(entry.name.text) is None:
            world.sink.report(UnknownState(entry.name.span, entry.name.text, "event", machine.name))
    taken: dict[tuple[int, int], Rule] = {}
    for rule in rules:
        if len(rule.sources) != 1 or rule.width:
            continue
        cell = (rule.event, rule.sources[0])
        earlier = taken.get(cell)
        if earlier is not None:
            state = machine.states.variants[cell[1]].name
            world.sink.report(DuplicateRule(rule.node.span, rule.node.event.text, state, earlier.node.span))
        if rule.node.guard is None:
            taken.setdefault(cell, rule)


def _check_hooks(
    world: World, module: ModuleInfo, machine: MachineInfo, state: nodes.StateDecl, own: Type
) -> None:
    """`entry` and `exit`; in those of a composite, `self` is the machine."""
    for hook in (state.entry, state.exit):
        if hook is not None:
            cx = _context(world, module, machine)
            world.model.hooks[hook] = cx.declare(_name(hook, "self"), own, is_param=True)
            cx.expr(hook)
            _finish(cx)


def _state_type(machine: MachineInfo, index: int) -> Type:
    return Nominal(machine.state_records[index], tuple(machine.states.params))


def _name(node: nodes.Node, text: str) -> nodes.Ident:
    return nodes.Ident(node.id, node.span, text)


def _context(world: World, module: ModuleInfo, machine: MachineInfo) -> Check:
    from pyhew.check.expressions import check_expr
    from pyhew.check.patterns import check_pattern

    scope = Scope(world, module, {p.name: p for p in machine.states.params})
    result = Nominal(machine.states, tuple(machine.states.params))
    made = Check(scope, check_expr, check_pattern, Frame(result))
    made.machine = machine
    return made


def _finish(cx: Check) -> None:
    from pyhew.check.bodies import finish

    finish(cx)


def _add_rule(
    world: World,
    module: ModuleInfo,
    machine: MachineInfo,
    node: nodes.TransitionDecl,
    group: nodes.StateDecl | None,
    rules: list[Rule],
) -> None:
    event = machine.events.index_of(node.event.text)
    source, target = node.source[-1].text, node.target[-1].text
    sources = sources_of(machine, source, group)
    entered = target_of(machine, target)
    if event is None:
        world.sink.report(UnknownState(node.event.span, node.event.text, "event", machine.name))
        return
    if not sources:
        world.sink.report(UnknownState(node.source[-1].span, source, "state", machine.name))
        return
    if entered is None and target != "_":
        world.sink.report(UnknownState(node.target[-1].span, target, "state", machine.name))
        return
    cx = _context(world, module, machine)
    cx.on_event = node.event.text
    states = Nominal(machine.states, tuple(machine.states.params))
    alone = len(sources) == 1
    me = cx.declare(_name(node, "self"), _state_type(machine, sources[0]) if alone else states, is_param=True)
    whole = cx.declare(_name(node, "state"), states, is_param=True)
    cx.source_state = (whole, me) if alone else None
    happened = Nominal(machine.event_records[event], tuple(machine.states.params))
    occasion = cx.declare(_name(node, "event"), happened, is_param=True)
    bound: list[tuple[int, Local]] = []
    names = [f.name for f in machine.events.variants[event].fields]
    for position, ident in enumerate(node.bindings):
        index = names.index(ident.text) if ident.text in names else position
        ty = machine.events.variants[event].fields[index].type if index < len(names) else ERROR
        bound.append((index, cx.declare(ident, ty, is_param=True)))
    rule = Rule(node, event, sources, entered, 0 if source != "_" else len(sources), me, whole, occasion, bound)
    _check_rule(cx, machine, node, entered, states)
    _finish(cx)
    rules.append(rule)


def _check_rule(
    cx: Check, machine: MachineInfo, node: nodes.TransitionDecl, entered: int | None, states: Type
) -> None:
    if node.guard is not None:
        cx.expect(node.guard, BOOL)
    if node.target_fields is not None and entered is not None:
        types = {f.name: f.type for f in machine.states.variants[entered].fields}
        for init in node.target_fields:
            cx.expect(init.value, types.get(init.name.text, ERROR))
    fields = machine.states.variants[entered].fields if entered is not None else []
    if node.body is None and fields:
        given = {init.name.text for init in node.target_fields or ()}
        stays = node.source[-1].text == node.target[-1].text and node.target_fields is None
        missing = tuple(f.name for f in fields if f.name not in given)
        if missing and not stays:
            cx.report(MissingField(node.span, missing, machine.states.variants[entered or 0].name))
    if node.body is not None:
        ty = cx.expr(node.body, states)
        if prune(ty) not in (UNIT, NEVER, ERROR) and node.body.tail is not None:
            cx.coerce(node.body.tail, ty, states)
        if entered is not None and not leads_anywhere(node) and node.target[-1].text == machine.states.variants[entered].name:
            _check_target(cx, machine, node.body, entered)


def _check_target(cx: Check, machine: MachineInfo, value: nodes.Expr, entered: int) -> None:
    """Every state that a body writes down as its value is the one the rule leads to."""
    for leaf in results_of(value):
        use = cx.world.model.uses.get(leaf)
        if isinstance(use, UseVariant) and use.enum is machine.states and use.index != entered:
            variants = machine.states.variants
            cx.report(WrongTarget(leaf.span, variants[use.index].name, variants[entered].name))


def _check_complete(world: World, machine: MachineInfo, rules: list[Rule]) -> None:
    if machine.node.has_default:
        return
    covered = {(r.event, s) for r in rules for s in r.sources}
    missing = [
        f"{state.name} on {event.name}"
        for s, state in enumerate(machine.states.variants)
        for e, event in enumerate(machine.events.variants)
        if (e, s) not in covered
    ]
    if missing:
        world.sink.report(MachineIncomplete(machine.node.name.span, machine.name, tuple(missing)))


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
