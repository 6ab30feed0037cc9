"""State machines: events, emitted events, states, transitions.

In: a parser at `machine`, and what stood before it.  Out: a `MachineDecl` node.
Assumed: parts stand in any order; how deep states nest is the checker's question.
"""

from __future__ import annotations

from pyhew.syntax import errors, nodes
from pyhew.syntax.parse.bodies import parse_members
from pyhew.syntax.parse.context import Parser
from pyhew.syntax.parse.fields import parse_field, parse_field_list
from pyhew.syntax.parse.records import parse_field_inits
from pyhew.syntax.parse.types import parse_generics
from pyhew.syntax.tokens import IDENT


class _Members:
    """What stands inside the braces of one machine."""

    def __init__(self, p: Parser) -> None:
        self.p = p
        self.events: list[nodes.EventDecl] = []
        self.emits: list[nodes.EventDecl] = []
        self.states: list[nodes.StateDecl] = []
        self.transitions: list[nodes.TransitionDecl] = []
        self.has_default = False

    def member(self) -> None:
        p = self.p
        word = p.texts[p.pos] if p.kind == IDENT else ""
        if word == "events":
            p.advance()
            _events(p, self.events)
        elif word == "emits":
            p.advance()
            _events(p, self.emits)
        elif word in ("state", "initial"):
            self.states.append(_state(p))
        elif word == "on":
            self.transitions.append(_transition(p))
        elif word == "default":
            at = p.pos
            _default(p)
            if self.has_default:
                p.sink.report(errors.DuplicateMember(p.token_span(at), "`default`"))
            self.has_default = True
        elif not p.eat(";"):
            hint = "write `events { .. }`, `emits { .. }`, `state S`, `on Event: From => To` or `default { state }`"
            p.fail(errors.ExpectedMember(p.here(), "a machine", p.found(), hint))


def parse_machine(p: Parser, attributes: tuple[nodes.Attribute, ...], visibility: str, start: int) -> nodes.Item:
    """`machine M<T> { .. }`."""
    p.advance()
    name = p.ident()
    generics = parse_generics(p)
    body = _Members(p)
    parse_members(p, body.member)
    return nodes.MachineDecl(
        p.new_id(), p.since(start), attributes, visibility, name, generics, tuple(body.events), tuple(body.emits),
        tuple(body.states), tuple(body.transitions), body.has_default,
    )  # fmt: skip


def _events(p: Parser, into: list[nodes.EventDecl]) -> None:
    def member() -> None:
        start = p.start
        name = p.ident()
        fields = parse_field_list(p) if p.kind == "{" else ()
        span = p.since(start)
        if not p.eat(";") and not p.eat(",") and not fields and p.kind != "}":
            p.expect_end()
        into.append(nodes.EventDecl(p.new_id(), span, name, fields))

    parse_members(p, member)


def _default(p: Parser) -> None:
    p.advance()
    opener = p.expect("{")
    if not p.at_word("state") and not p.at_word("self"):
        p.fail_expected("`state`")
    p.advance()
    p.expect_close("}", opener)


class _StateMembers:
    """What stands inside the braces of one state."""

    def __init__(self, p: Parser) -> None:
        self.p = p
        self.fields: list[nodes.FieldDecl] = []
        self.entry: nodes.Block | None = None
        self.exit: nodes.Block | None = None
        self.children: list[nodes.StateDecl] = []
        self.transitions: list[nodes.TransitionDecl] = []

    def member(self) -> None:
        p = self.p
        word = p.texts[p.pos] if p.kind == IDENT else ""
        behind = p.peek()
        if word in ("entry", "exit") and behind == "{":
            at = p.advance()
            body = p.block()
            if (self.entry if word == "entry" else self.exit) is not None:
                p.sink.report(errors.DuplicateMember(p.token_span(at), f"`{word}`"))
            if word == "entry":
                self.entry = body
            else:
                self.exit = body
        elif word in ("state", "initial") and behind == IDENT:
            self.children.append(_state(p))
        elif word == "on" and behind == IDENT:
            self.transitions.append(_transition(p))
        elif not p.eat(";"):
            self.fields.append(parse_field(p))


def _state(p: Parser) -> nodes.StateDecl:
    start = p.start
    is_initial = p.eat_word("initial")
    p.expect_word("state")
    name = p.ident()
    body = _StateMembers(p)
    if p.kind == "{":
        parse_members(p, body.member)
        p.eat(";")
    else:
        p.expect_end()
    return nodes.StateDecl(
        p.new_id(), p.since(start), name, tuple(body.fields), body.entry, body.exit, is_initial,
        tuple(body.children), tuple(body.transitions),
    )  # fmt: skip


def _transition(p: Parser) -> nodes.TransitionDecl:
    start = p.start
    p.advance()
    event = p.ident()
    bindings: list[nodes.Ident] = []
    if p.kind == "(":
        opener = p.advance()
        while p.kind != ")":
            bindings.append(p.ident())
            if not p.eat(","):
                break
        p.expect_close(")", opener)
    p.expect(":")
    at = p.pos
    source, is_dotted = _state_path(p)
    if is_dotted:
        p.sink.report(errors.DottedSource(p.token_span(at), ".".join(part.text for part in source)))
    p.expect("=>")
    target, dotted = _state_path(p)
    fields: tuple[nodes.FieldInit, ...] | None = None
    if p.kind == "{" and p.peek() == IDENT and p.peek(2) == ":":
        fields, _ = parse_field_inits(p, p.pos)
    reenter = p.eat_word("reenter")
    guard = p.head_expr() if p.eat_word("when") else None
    body: nodes.Block | None = None
    if p.kind == "{" and fields is None and p.peek() == IDENT and p.peek(2) == ":":
        fields, _ = parse_field_inits(p, p.pos)
    elif p.kind == "{":
        body = p.block()
    if not p.eat(";") and body is None and fields is None:
        p.expect_end()
    return nodes.TransitionDecl(
        p.new_id(), p.since(start), event, tuple(bindings), source, target, dotted, fields, reenter, guard, body
    )


def _state_path(p: Parser) -> tuple[tuple[nodes.Ident, ...], bool]:
    dotted = p.eat(".")
    path = [p.ident()]
    while p.eat("."):
        path.append(p.ident())
    return tuple(path), dotted
