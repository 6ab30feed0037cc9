"""Machines: `step` and `state_name` as functions over the state enum.

In: a machine's checked rules.  Out: one step function per instance.
Assumed: rules are tried in order, explicit sources before wildcards; a guard that is false
goes on to the next rule; no rule means staying.
"""

from __future__ import annotations

import hashlib

from pyhew.check.machines import enclosing_state, has_hooks, leads_anywhere, leaf_states
from pyhew.check.model import Rule, UseStep
from pyhew.ir import ops
from pyhew.ir.ops import Function, Value
from pyhew.ir.types import I32, I64, STRING, U64, UNIT, EnumT, Use
from pyhew.lower import places
from pyhew.lower.context import Lower
from pyhew.lower.merge import Merge
from pyhew.syntax import nodes
from pyhew.types.model import NEVER, Nominal, prune, show
from pyhew.types.symbols import EnumInfo, MachineInfo


def lower_step(cx: Lower, node: nodes.Call, use: UseStep) -> Value:
    """`machine.step(e)`, `machine.state_name()`."""
    assert isinstance(node.callee, nodes.Member)
    ty = cx.type_of(node.callee.base)
    if use.name == "state_name":
        return _state_name(cx, cx.expr(node.callee.base), use.enum)
    event = cx.expr(node.args[0].value)
    if use.name == "take_emits":
        tag = cx.b.convert(cx.b.tag(event), U64)
        kind = cx.b.arith("add", cx.b.const(_emit_base(use.enum), U64), tag, "wrap")
        return cx.runtime("hew_take_emits", [kind], I64)
    place = places.place_of(cx, node.callee.base)
    assert place is not None and isinstance(ty, Nominal)
    step = step_function(cx, ty)
    places.change(cx, place, lambda state: cx.call(step, [state, event])[1][0])
    return cx.b.unit()


def lower_emit(cx: Lower, node: nodes.Emit) -> Value:
    """`emit E`."""
    use = cx.model.uses[node]
    assert isinstance(use, UseStep) and use.enum.machine is not None
    index = use.enum.machine.events.index_of(use.name)
    assert index is not None
    cx.runtime("hew_emit", [cx.b.const(_emit_base(use.enum) + index, U64)], None)
    return cx.b.unit()


def _emit_base(enum: EnumInfo) -> int:
    """The number of a machine's first event; the numbers of other machines are far away."""
    name = hashlib.sha256(f"{enum.module}.{enum.name}".encode()).digest()
    return int.from_bytes(name[:6], "little") << 16


def _state_name(cx: Lower, value: Value, enum: EnumInfo) -> Value:

    merge = Merge(cx, STRING)
    tag = cx.b.tag(value)
    for index, variant in enumerate(enum.variants):
        here, other = cx.b.new_block("state"), cx.b.new_block("next")
        cx.b.cond(cx.b.compare("eq", tag, cx.b.int(index, I32)), here, other)
        cx.b.start_sealed(here)
        merge.branch(lambda name=variant.name: cx.b.string(name))  # type: ignore[misc]
        cx.b.start_sealed(other)
    cx.b.unreachable()
    return merge.end()


def step_function(cx: Lower, ty: Nominal) -> Function:
    """`step(inout state, event)` of a machine's instance."""
    key = ("step", ty)
    found = cx.low.derived.get(key)
    if found is not None:
        return found
    assert isinstance(ty.info, EnumInfo) and ty.info.machine is not None
    machine = ty.info.machine
    made = cx.low.new_function(cx.low.symbol(machine.module, f"{machine.name}.step", show(ty)), "step", UNIT)
    cx.low.derived[key] = made
    states = cx.low.types.lower(ty)
    events = cx.low.types.lower(Nominal(machine.events, ty.args))
    made.params = [Value(states, "state"), Value(events, "event")]
    made.modes = [Use.INOUT, Use.CONSUME]
    made.site = machine.node.name.span

    def body() -> None:
        inner = Lower(cx.low, made, dict(zip(machine.states.params, ty.args)))
        _Step(inner, machine, ty).write()
        inner.b.finish()

    cx.low.todo.append(body)
    return made


class _Step:
    """Writes one step function."""
    def __init__(self, cx: Lower, machine: MachineInfo, ty: Nominal) -> None:
        self.cx = cx
        self.machine = machine
        self.type = ty
        self.rules = cx.model.machines[machine]
        self.state, self.event = cx.fn.params

    def write(self) -> None:
        """Every (event, state) cell, then staying."""
        cx = self.cx
        state_tag, event_tag = cx.b.tag(self.state), cx.b.tag(self.event)
        for event in range(len(self.machine.events.variants)):
            on_event, next_event = cx.b.new_block("event"), cx.b.new_block("next")
            cx.b.cond(cx.b.compare("eq", event_tag, cx.b.int(event, I32)), on_event, next_event)
            cx.b.start_sealed(on_event)
            for index in range(len(self.machine.states.variants)):
                rules = [r for r in self.rules if r.event == event and index in r.sources]
                if not rules:
                    continue
                in_state, next_state = cx.b.new_block("state"), cx.b.new_block("next")
                cx.b.cond(cx.b.compare("eq", state_tag, cx.b.int(index, I32)), in_state, next_state)
                cx.b.start_sealed(in_state)
                self._cell(rules, index)
                cx.b.start_sealed(next_state)
            cx.b.ret([self.state])
            cx.b.start_sealed(next_event)
        cx.b.ret([self.state])

    def _cell(self, rules: list[Rule], index: int) -> None:
        cx = self.cx
        for rule in rules:
            following = cx.b.new_block("rule")
            cx.open_scope()
            self._bind(rule, index)
            if rule.node.guard is not None:
                taken = cx.b.new_block("taken")
                cx.b.cond(cx.expr(rule.node.guard), taken, following)
                cx.b.start_sealed(taken)
            self._take(rule, index)
            cx.scopes.pop()
            cx.b.start_sealed(following)
            if rule.node.guard is None:
                return
        cx.b.ret([self.state])

    def _bind(self, rule: Rule, index: int) -> None:
        """`self`, `state`, `event` and the names of the rule's head."""
        cx = self.cx
        assert isinstance(self.event.type, EnumT)
        cx.declare(rule.whole, self.state)
        cx.declare(rule.me, self._fields_of(index) if len(rule.sources) == 1 else self.state)
        payload = cx.b.op(
            ops.UNVARIANT, [self.event], list(self.event.type.variants[rule.event]), {"index": rule.event}
        )
        cx.declare(rule.occasion, cx.b.pack(payload, cx.ir(rule.occasion.type)))
        for position, local in rule.bound:
            cx.declare(local, payload[position])

    def _fields_of(self, index: int) -> Value:
        """A state's fields as a record."""
        cx = self.cx
        assert isinstance(self.state.type, EnumT)
        parts = cx.b.op(ops.UNVARIANT, [self.state], list(self.state.type.variants[index]), {"index": index})
        record = Nominal(self.machine.state_records[index], self.type.args)
        return cx.b.pack(parts, cx.low.types.lower(record))

    def _take(self, rule: Rule, index: int) -> None:
        """Runs the exit hook, the body, the entry hook; returns the new state."""
        cx = self.cx
        made = self._new_state(rule, index)
        if cx.is_dead():
            return
        if rule.target is not None and not leads_anywhere(rule.node):
            cx.b.ret([self._pass(rule, index, rule.target, made)])
            return
        # Only the body knows which state it gives.
        if has_hooks(self.machine.node):
            tag = cx.b.tag(made)
            for target in range(len(self.machine.states.variants)):
                here, other = cx.b.new_block("entered"), cx.b.new_block("next")
                cx.b.cond(cx.b.compare("eq", tag, cx.b.int(target, I32)), here, other)
                cx.b.start_sealed(here)
                cx.b.ret([self._pass(rule, index, target, made)])
                cx.b.start_sealed(other)
        cx.b.ret([made])

    def _pass(self, rule: Rule, index: int, target: int, made: Value) -> Value:
        """The hooks between two states; within one they run when the rule says so. The state as its entry hook left it."""
        if target == index and not rule.node.reenter:
            return made
        self._leave(index, target)
        return self._enter(index, target, made)

    def _leave(self, index: int, target: int) -> None:
        """The exit hook of a state, then that of its composite when the target is outside."""
        node = self.machine.node
        own = leaf_states(node.states)[index].exit
        if own is not None:
            self._hook(own, self._fields_of(index))
        around = enclosing_state(node, index)
        if around is not None and around.exit is not None:
            if enclosing_state(node, target) is not around:
                self._hook(around.exit, self.state)

    def _enter(self, index: int, target: int, made: Value) -> Value:
        """The entry hook of a composite entered from outside, then that of the state."""
        node, cx = self.machine.node, self.cx
        around = enclosing_state(node, target)
        if around is not None and around.entry is not None and enclosing_state(node, index) is not around:
            self._hook(around.entry, made)
        own = leaf_states(node.states)[target].entry
        if own is None:
            return made
        assert isinstance(made.type, EnumT)
        kinds = made.type.variants[target]
        parts = [cx.b.project(made, (("payload", target, i),), [], ty) for i, ty in enumerate(kinds)]
        record = cx.low.types.lower(Nominal(self.machine.state_records[target], self.type.args))
        self._hook(own, cx.b.pack(parts, record))
        if cx.is_dead() or not kinds:
            return made
        entered = cx.b.read(cx.variable(cx.model.hooks[own]))
        return cx.b.variant(made.type, target, cx.b.unpack(entered, kinds))

    def _hook(self, body: nodes.Block, fields: Value) -> None:
        self.cx.declare(self.cx.model.hooks[body], fields)
        self.cx.expr(body)

    def _new_state(self, rule: Rule, index: int) -> Value:
        cx, node = self.cx, rule.node
        value: Value | None = None
        if node.target_fields is not None and rule.target is not None:
            given = {init.name.text: cx.expr(init.value) for init in node.target_fields}
            fields = self.machine.states.variants[rule.target].fields
            value = cx.b.variant(self.state.type, rule.target, [given[f.name] for f in fields])
        elif node.body is not None:
            value = cx.expr(node.body)
            if prune(cx.model.type_of(node.body)) == NEVER:
                return value
        if value is not None and value.type == self.state.type:
            return value
        if rule.target is None or rule.target == index:
            return self.state
        return cx.b.variant(self.state.type, rule.target, [])
