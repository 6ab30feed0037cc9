"""Machines: events, states, rules."""

from __future__ import annotations

from pyhew.syntax import nodes
from pyhew.syntax.nodes.base import Ident, Node, node


@node
class EventDecl(Node):
    """`Inc;` or `Add { n: i64; }` of a machine."""

    name: Ident
    fields: tuple[nodes.FieldDecl, ...]


@node
class StateDecl(Node):
    """`state Live { hits: i64; entry { .. } exit { .. } initial state A; on E: _ => B; }`."""

    name: Ident
    fields: tuple[nodes.FieldDecl, ...]
    entry: nodes.Block | None
    exit: nodes.Block | None
    is_initial: bool
    children: tuple[StateDecl, ...]
    transitions: tuple[TransitionDecl, ...] = ()


@node
class TransitionDecl(Node):
    """`on Add(n): Source => Target reenter when cond { body }`.

    `source` is a dotted path, or `_` as one Ident; `target` likewise (a leading
    `.` is dropped, `dotted_target` remembers it).  `target_fields` are the
    initialisers of `=> .Faulted { code: 1 }`; `body` is None for `;`.
    """

    event: Ident
    bindings: tuple[Ident, ...]
    source: tuple[Ident, ...]
    target: tuple[Ident, ...]
    dotted_target: bool
    target_fields: tuple[nodes.FieldInit, ...] | None
    reenter: bool
    guard: nodes.Expr | None
    body: nodes.Block | None


@node
class MachineDecl(Node):
    """`machine M<T> { events { .. } emits { .. } state ..; on ..; default { state } }`."""

    attributes: tuple[nodes.Attribute, ...]
    visibility: str
    name: Ident
    generics: nodes.Generics
    events: tuple[EventDecl, ...]
    emits: tuple[EventDecl, ...]
    states: tuple[StateDecl, ...]
    transitions: tuple[TransitionDecl, ...]
    has_default: bool


@node
class Emit(Node):
    """`emit Name;` in a machine body."""

    name: Ident
    fields: tuple[nodes.FieldInit, ...]
