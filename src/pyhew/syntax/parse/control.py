"""Control flow as values: `if`, `match`, jumps, `unsafe`, `emit`, loops.

In: a parser at the word that begins one.  Out: `Expr` nodes.
Assumed: a chain of `else if` is built from its end, so its length costs no
recursion here.
"""

from __future__ import annotations

from pyhew.syntax import nodes
from pyhew.syntax.parse.context import NOT_A_VALUE, Parser
from pyhew.syntax.parse.records import parse_field_inits

_BLOCK_STARTS = frozenset(("if", "match", "{", "unsafe"))
_BLOCK_LIKE = (nodes.If, nodes.IfLet, nodes.Match, nodes.Block, nodes.Unsafe, nodes.Scope, nodes.Select)
_BLOCK_NAMES = frozenset(("scope", "select"))


def parse_if(p: Parser) -> nodes.Expr:
    """`if c { .. } else if let p = e { .. } else { .. }`."""
    links: list[tuple[int, nodes.Pattern | None, nodes.Expr, nodes.Block]] = []
    otherwise: nodes.Expr | None = None
    while True:
        start = p.start
        p.expect("if")
        pattern: nodes.Pattern | None = None
        if p.eat("let"):
            pattern = p.pattern()
            p.expect("=")
        value = p.head_expr()
        links.append((start, pattern, value, p.block()))
        p.check_chain(len(links))
        if not p.eat("else"):
            break
        if p.kind != "if":
            otherwise = p.block()
            break
    for start, pattern, value, then in reversed(links):
        if pattern is None:
            otherwise = nodes.If(p.new_id(), p.since(start), value, then, otherwise)
        else:
            otherwise = nodes.IfLet(p.new_id(), p.since(start), pattern, value, then, otherwise)
    assert otherwise is not None
    return otherwise


def parse_match(p: Parser) -> nodes.Expr:
    """`match e { p if g => e, .. }`."""
    start = p.start
    p.advance()
    value = p.head_expr()
    opener = p.expect("{")
    outside, p.no_record = p.no_record, False
    arms: list[nodes.MatchArm] = []
    while p.kind != "}":
        arms.append(_arm(p, opener))
    p.advance()
    p.no_record = outside
    return nodes.Match(p.new_id(), p.since(start), value, tuple(arms))


def _arm(p: Parser, opener: int) -> nodes.MatchArm:
    start = p.start
    if p.at_end():
        p.fail_unclosed(opener)
    pattern = p.pattern()
    guard = p.expr() if p.eat("if") else None
    p.expect("=>")
    body, is_block = parse_arm_body(p)
    span = p.since(start)
    end_arm(p, is_block)
    return nodes.MatchArm(p.new_id(), span, pattern, guard, body)


def parse_arm_body(p: Parser) -> tuple[nodes.Expr, bool]:
    """The value behind `=>`, and whether it ended with its own block."""
    p.enter()
    found = _arm_value(p)
    p.depth -= 1
    return found


def _arm_value(p: Parser) -> tuple[nodes.Expr, bool]:
    if p.kind not in _BLOCK_STARTS and not any(p.at_word(name) for name in _BLOCK_NAMES):
        return p.expr(), False
    value = p.entries.operand(p)
    if not isinstance(value, _BLOCK_LIKE):
        return p.entries.continue_expr(p, value, True), False
    continued = p.entries.continue_expr(p, value, False)
    return continued, continued is value


def end_arm(p: Parser, is_block: bool) -> None:
    """The comma behind an arm, which a block and the last arm may leave out."""
    if p.eat(",") or is_block or p.kind == "}":
        return
    if p.kind == ";" or p.same_line():
        p.fail_expected("`,`")
    p.report_missing("`,`")


def parse_jump(p: Parser) -> nodes.Expr:
    """`return e`, `break @label e`, `continue @label`, `yield e`."""
    start = p.start
    word = p.kinds[p.advance()]
    if word == "continue":
        label = p.label()
        return nodes.Continue(p.new_id(), p.since(start), label)
    label = p.label() if word == "break" else None
    value: nodes.Expr | None = None
    if (p.kind not in NOT_A_VALUE or p.kind == "|") and not (p.kind == "{" and p.no_record):
        value = p.expr()
    if word == "break":
        return nodes.Break(p.new_id(), p.since(start), label, value)
    if word == "return":
        return nodes.Return(p.new_id(), p.since(start), value)
    return nodes.Yield(p.new_id(), p.since(start), value)


def parse_unsafe(p: Parser) -> nodes.Expr:
    """`unsafe { .. }`."""
    start = p.start
    p.advance()
    body = p.block()
    return nodes.Unsafe(p.new_id(), p.since(start), body)


def parse_emit(p: Parser) -> nodes.Expr:
    """`emit Name`, `emit Name { x: 1 }`."""
    start = p.start
    p.advance()
    name = p.ident()
    fields: tuple[nodes.FieldInit, ...] = ()
    if p.kind == "{":
        fields, _ = parse_field_inits(p, p.pos)
    return nodes.Emit(p.new_id(), p.since(start), name, fields)


def parse_loop_value(p: Parser) -> nodes.Expr:
    """A loop where a value is wanted: a block that holds nothing else."""
    start = p.start
    p.enter()
    loop = p.entries.loop(p)
    p.depth -= 1
    return nodes.Block(p.new_id(), p.since(start), (loop,), None)
