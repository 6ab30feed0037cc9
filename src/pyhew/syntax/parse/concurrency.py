"""`spawn`, `select`, `join`, `race`, `scope` and `fork`.

In: a parser at the word that begins one.  Out: `Expr` nodes.
Assumed: that `fork` stands inside a scope is the checker's question.
"""

from __future__ import annotations

from pyhew.syntax import errors, nodes
from pyhew.syntax.parse.calls import parse_args
from pyhew.syntax.parse.context import Parser
from pyhew.syntax.parse.control import end_arm, parse_arm_body
from pyhew.syntax.parse.types import parse_named_type
from pyhew.syntax.tokens import IDENT


def parse_spawn(p: Parser) -> nodes.Expr:
    """`spawn mod.Worker<T>(x: 1)`."""
    start = p.start
    p.advance()
    if p.kind in ("(", "|", "||", "move", "fn", "actor"):
        p.fail(errors.SpawnLambda(p.here()))
    actor = parse_named_type(p)
    args = parse_args(p) if p.kind == "(" else ()
    return nodes.Spawn(p.new_id(), p.since(start), actor, args)


def parse_select(p: Parser) -> nodes.Expr:
    """`select { p from e => body, after d => body }`."""
    start = p.start
    p.advance()
    opener = p.expect("{")
    outside, p.no_record = p.no_record, False
    arms: list[nodes.SelectArm] = []
    delay: nodes.Expr | None = None
    on_delay: nodes.Expr | None = None
    while p.kind != "}":
        if p.at_end():
            p.fail_unclosed(opener)
        first = p.start
        if p.at_word("after") and not (p.peek() == IDENT and p.texts[p.pos + 1] == "from"):
            at = p.advance()
            if delay is not None:
                p.fail(errors.DuplicateMember(p.token_span(at), "`after`"))
            delay = p.expr()
            p.expect("=>")
            on_delay, is_block = parse_arm_body(p)
        else:
            pattern = p.pattern()
            p.expect_word("from")
            source = p.expr()
            p.expect("=>")
            body, is_block = parse_arm_body(p)
            arms.append(nodes.SelectArm(p.new_id(), p.since(first), pattern, source, body))
        end_arm(p, is_block)
    p.advance()
    p.no_record = outside
    return nodes.Select(p.new_id(), p.since(start), tuple(arms), delay, on_delay)


def parse_join(p: Parser) -> nodes.Expr:
    """`join { a.x(), b.y() }`, `join(a.x(), b.y())`."""
    start = p.start
    p.advance()
    branches = _branches(p)
    return nodes.Join(p.new_id(), p.since(start), branches)


def parse_race(p: Parser) -> nodes.Expr:
    """`race { a.x(), b.y() }`."""
    start = p.start
    p.advance()
    branches = _branches(p)
    return nodes.Race(p.new_id(), p.since(start), branches)


def _branches(p: Parser) -> tuple[nodes.Expr, ...]:
    closer = "}" if p.kind == "{" else ")"
    outside, p.no_record = p.no_record, False
    opener = p.advance()
    branches: list[nodes.Expr] = []
    while p.kind != closer:
        branches.append(p.expr())
        if not p.eat(","):
            break
    p.expect_close(closer, opener)
    p.no_record = outside
    return tuple(branches)


def parse_scope(p: Parser) -> nodes.Expr:
    """`scope { .. }`."""
    start = p.start
    p.advance()
    body = p.block()
    return nodes.Scope(p.new_id(), p.since(start), body)


def parse_fork(p: Parser) -> nodes.Expr:
    """`fork name = e`, `fork e`, `fork { .. }`."""
    start = p.start
    p.advance()
    name: nodes.Ident | None = None
    if p.kind == IDENT and p.peek() == "=":
        name = p.ident()
        p.advance()
    value: nodes.Expr = p.block() if p.kind == "{" else p.expr()
    before: list[nodes.Let] = []
    if isinstance(value, nodes.Call):
        args = tuple(_read_before(p, arg, before) for arg in value.args)
        value = nodes.Call(value.id, value.span, value.callee, args)
    return nodes.Fork(p.new_id(), p.since(start), name, tuple(before), value)


def _read_before(p: Parser, arg: nodes.Arg, before: list[nodes.Let]) -> nodes.Arg:
    """A part or a copy of a variable is read by who forks, so that the task need not take the whole."""
    expr = arg.value
    if not (isinstance(expr, nodes.Member | nodes.Index) and _is_plain(expr) or _is_copy(expr)):
        return arg
    name = nodes.Ident(p.new_id(), expr.span, f"argument {len(before)} of {expr.id}")
    pattern = nodes.BindPattern(p.new_id(), expr.span, name)
    before.append(nodes.Let(p.new_id(), expr.span, pattern, None, expr, False, False, None))
    return nodes.Arg(arg.id, arg.span, arg.name, nodes.NameExpr(p.new_id(), expr.span, name, ()))


def _is_plain(expr: nodes.Expr) -> bool:
    """A place whose indices do nothing but count."""
    match expr:
        case nodes.NameExpr() | nodes.IntLiteral():
            return True
        case nodes.Member():
            return not expr.args and _is_plain(expr.base)
        case nodes.Index():
            return _is_plain(expr.base) and _is_plain(expr.index)
        case nodes.Binary():
            return _is_plain(expr.left) and _is_plain(expr.right)
        case _:
            return False


def _is_copy(expr: nodes.Expr) -> bool:
    """`clone x`, `x.clone()`."""
    if isinstance(expr, nodes.Unary):
        return expr.op == "clone" and _is_plain(expr.operand)
    if not isinstance(expr, nodes.Call) or expr.args or not isinstance(expr.callee, nodes.Member):
        return False
    return expr.callee.name.text == "clone" and _is_plain(expr.callee.base)
