"""Supervisors: strategy, intensity, children and pools.

In: a parser at `supervisor`, and what stood before it.  Out: a `SupervisorDecl`.
Assumed: `;` and `,` between members and clauses may be left out.
"""

from __future__ import annotations

from pyhew.syntax import errors, nodes
from pyhew.syntax.parse.bodies import parse_members
from pyhew.syntax.parse.calls import parse_args
from pyhew.syntax.parse.context import Parser
from pyhew.syntax.parse.functions import parse_params
from pyhew.syntax.parse.literals import int_value, parse_literal
from pyhew.syntax.parse.types import parse_named_type
from pyhew.syntax.tokens import DURATION, IDENT, INT

STRATEGIES = ("one_for_one", "one_for_all", "rest_for_one", "simple_one_for_one")
RESTARTS = ("permanent", "transient", "temporary")
_CLAUSES = frozenset(("restart", "shutdown", "wired_to"))


class _Members:
    """What stands inside the braces of one supervisor."""

    def __init__(self, p: Parser) -> None:
        self.p = p
        self.strategy: str | None = None
        self.intensity: int | None = None
        self.window: nodes.Expr | None = None
        self.children: list[nodes.ChildSpec] = []

    def member(self) -> None:
        p = self.p
        if p.kind == IDENT and p.texts[p.pos] in ("child", "pool") and p.peek() == IDENT:
            self.children.append(_child(p))
        elif p.at_word("strategy"):
            self._once(self.strategy is None)
            p.expect(":")
            self.strategy = p.choice("a restart strategy", STRATEGIES)
        elif p.at_word("intensity"):
            self._once(self.intensity is None)
            p.expect(":")
            self.intensity = int_value(p, p.expect(INT))
            p.expect_word("within")
            if p.kind != DURATION:
                p.fail_expected("a duration")
            self.window = parse_literal(p)
        elif p.kind not in (";", ","):
            hint = "write `strategy: ..`, `intensity: n within d`, `child name: Actor(..)` or `pool name: Actor(..)`"
            p.fail(errors.ExpectedMember(p.here(), "a supervisor", p.found(), hint))
        if not p.eat(";"):
            p.eat(",")

    def _once(self, is_first: bool) -> None:
        p = self.p
        if not is_first:
            p.report(errors.DuplicateMember(p.here(), f"`{p.texts[p.pos]}`"))
        p.advance()


def parse_supervisor(p: Parser, attributes: tuple[nodes.Attribute, ...], visibility: str, start: int) -> nodes.Item:
    """`supervisor App(n: i64) { .. }`."""
    p.advance()
    name = p.ident()
    params = parse_params(p)[0] if p.kind == "(" else ()
    body = _Members(p)
    parse_members(p, body.member)
    return nodes.SupervisorDecl(
        p.new_id(), p.since(start), attributes, visibility, name, params, body.strategy, body.intensity, body.window,
        tuple(body.children),
    )  # fmt: skip


def _child(p: Parser) -> nodes.ChildSpec:
    start = p.start
    is_pool = p.texts[p.advance()] == "pool"
    name = p.ident()
    p.expect(":")
    actor = parse_named_type(p)
    args = parse_args(p) if p.kind == "(" else ()
    restart: str | None = None
    shutdown: nodes.Expr | str | None = None
    wired: tuple[nodes.WiredTo, ...] = ()
    seen: set[str] = set()
    while True:
        comma = p.kind == "," and p.peek() == IDENT and p.texts[p.pos + 1] in _CLAUSES and p.peek(2) == ":"
        if comma:
            p.advance()
        if p.kind != IDENT or p.texts[p.pos] not in _CLAUSES or p.peek() != ":":
            break
        clause = p.texts[p.pos]
        if clause in seen:
            p.report(errors.DuplicateMember(p.here(), f"`{clause}`"))
        seen.add(clause)
        p.advance()
        p.advance()
        if clause == "restart":
            restart = p.choice("a restart policy", RESTARTS)
        elif clause == "wired_to":
            wired = _wiring(p)
        elif p.at_word("brutal_kill") or p.at_word("infinity"):
            shutdown = p.texts[p.advance()]
        else:
            shutdown = p.expr()
    return nodes.ChildSpec(p.new_id(), p.since(start), name, actor, args, is_pool, restart, shutdown, wired)


def _wiring(p: Parser) -> tuple[nodes.WiredTo, ...]:
    opener = p.expect("{")
    wires: list[nodes.WiredTo] = []
    while p.kind != "}":
        if p.at_end():
            p.fail_unclosed(opener)
        start = p.start
        name = p.ident()
        sibling = p.ident() if p.eat(":") else None
        wires.append(nodes.WiredTo(p.new_id(), p.since(start), name, sibling))
        p.eat(",")
    p.advance()
    return tuple(wires)
