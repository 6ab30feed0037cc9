"""The rules of machines, their guards and bodies, and what runs when a state is entered or left.

In: `MachineInfo` with its enums.  Out: `Rule`s and hooks in the model.
Assumed: a rule of a composite state stands for one rule per member.
"""

from __future__ import annotations

from pyhew.check.context import Check, Scope
from pyhew.check.errors.machines import DuplicateRule, EmptyMachine, MachineIncomplete, UnknownState, WrongTarget
from pyhew.check.errors.patterns import PatternArity
from pyhew.check.machines import leads_anywhere, leaf_states, sources_of, target_of
from pyhew.check.model import Local, Rule, UseVariant
from pyhew.check.one_body import finish, make_check
from pyhew.check.records import check_inits, refuse_missing_fields
from pyhew.check.subtrees import results_of
from pyhew.check.world import World
from pyhew.syntax import nodes
from pyhew.types.model import BOOL, ERROR, NEVER, UNIT, Nominal, Type, prune
from pyhew.types.symbols import MachineInfo, ModuleInfo


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
    taken: dict[tuple[int, bool, tuple[int, ...]], Rule] = {}
    for rule in rules:
        cell = (rule.event, rule.width > 0, tuple(rule.sources))
        earlier = taken.get(cell)
        if earlier is not None:
            state = rule.node.source[-1].text
            world.sink.report(DuplicateRule(rule.node.span, rule.node.event.text, state, earlier.node.span))
        if rule.node.guard is None:
            taken.setdefault(cell, rule)


def _check_hooks(
    world: World, module: ModuleInfo, machine: MachineInfo, state: nodes.StateDecl, own: Type
) -> None:
    """`entry` and `exit`; in those of a composite, `self` is the machine. An `entry` may change the fields of its state."""
    for hook in (state.entry, state.exit):
        if hook is not None:
            cx = _context(world, module, machine)
            is_var = hook is state.entry and not state.children
            world.model.hooks[hook] = cx.declare(_name(hook, "self"), own, is_var, is_param=True)
            cx.expr(hook)
            finish(cx)


def _state_type(machine: MachineInfo, index: int) -> Type:
    return Nominal(machine.state_records[index], tuple(machine.states.params))


def _name(node: nodes.Node, text: str) -> nodes.Ident:
    return nodes.Ident(node.id, node.span, text)


def _context(world: World, module: ModuleInfo, machine: MachineInfo) -> Check:
    scope = Scope(world, module, {p.name: p for p in machine.states.params})
    made = make_check(world, scope, Nominal(machine.states, tuple(machine.states.params)))
    made.machine = machine
    return made


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
    if len(node.bindings) > len(names):
        cx.report(PatternArity(node.event.span, node.event.text, len(names), len(node.bindings)))
    for extra in node.bindings[len(names) :]:
        cx.declare(extra, ERROR, is_param=True)
    for position, ident in enumerate(node.bindings[: len(names)]):
        index = names.index(ident.text) if ident.text in names else position
        bound.append((index, cx.declare(ident, machine.events.variants[event].fields[index].type, is_param=True)))
    rule = Rule(node, event, sources, entered, 0 if source != "_" else len(sources), me, whole, occasion, bound)
    _check_rule(cx, machine, node, entered, states)
    finish(cx)
    rules.append(rule)


def _check_rule(
    cx: Check, machine: MachineInfo, node: nodes.TransitionDecl, entered: int | None, states: Type
) -> None:
    if node.guard is not None:
        cx.expect(node.guard, BOOL)
    given: set[str] = set()
    variant = machine.states.variants[entered] if entered is not None else None
    if node.target_fields is not None and variant is not None:
        given = check_inits(cx, variant.name, variant.fields, node.target_fields, {})
    stays = node.source[-1].text == node.target[-1].text and node.target_fields is None
    if node.body is None and variant is not None and not stays:
        refuse_missing_fields(cx, node.span, variant.name, variant.fields, given)
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
