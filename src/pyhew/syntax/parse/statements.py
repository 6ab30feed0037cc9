"""Statements and blocks.

In: a parser before a statement or `{`.  Out: `Block` and `Stmt` nodes.
Assumed: an expression that ends in a block (`if`, `match`, `scope`, ..) needs no
`;`; standing last without one it is the value of its block.
"""

from __future__ import annotations

from pyhew.syntax import errors, nodes
from pyhew.syntax.parse.context import CLOSERS, OPENERS, Parser, Recover
from pyhew.syntax.parse.expressions import continue_expr
from pyhew.syntax.parse.recovery import is_item_start, skip_statement
from pyhew.syntax.tokens import EOF, IDENT

ASSIGN_SIGNS = frozenset(("=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<="))

BLOCK_LIKE = (
    nodes.If, nodes.IfLet, nodes.Match, nodes.Block, nodes.Scope, nodes.Select, nodes.Join, nodes.Race, nodes.Unsafe,
    nodes.GenBlock, nodes.Fork, nodes.LambdaActor,
)  # fmt: skip

_BLOCK_WORDS = frozenset(("if", "match", "{", "unsafe", "fork"))
_BLOCK_NAMES = frozenset(("scope", "select", "join", "race"))
_LOOPS = frozenset(("while", "loop", "for"))
_NESTED_ITEMS = frozenset(("import", "trait", "impl", "extern", "supervisor", "enum", "pub", "package", "receive", "type",
                           "#["))  # fmt: skip


def parse_block(p: Parser) -> nodes.Block:
    """`{ stmts; tail }`."""
    start = p.start
    opener = p.expect("{")
    stmts: list[nodes.Stmt] = []
    outside, p.no_record = p.no_record, False
    p.enter()
    depth = p.depth
    tail: nodes.Expr | None = None
    is_damaged = False
    while p.kind != "}":
        if p.kind is EOF or _leaves_block(p):
            p.fail_unclosed(opener)
        at = p.pos
        try:
            stmt = parse_statement(p)
            if isinstance(stmt, nodes.ExprStmt) and p.kind == "}" and p.kinds[p.pos - 1] != ";":
                tail = stmt.value
            elif stmt is not None:
                stmts.append(stmt)
        except Recover:
            p.depth, p.no_record = depth, False
            is_damaged = True
            skip_statement(p, at)
            if p.pos == at and p.kind not in ("}", EOF) and not _leaves_block(p):
                p.advance()
    p.advance()
    p.depth -= 1
    p.no_record = outside
    return nodes.Block(p.new_id(), p.since(start), tuple(stmts), tail, is_damaged)


def _leaves_block(p: Parser) -> bool:
    """Whether a declaration or the comma of an arm stands here, which only a lost `}` explains."""
    kind = p.kind
    if kind == "," or kind in _NESTED_ITEMS:
        return True
    if kind in ("fn", "actor", "async"):
        return p.peek() in (IDENT, "fn", "gen")
    return kind == IDENT and p.texts[p.pos] in ("record", "machine", "gen") and is_item_start(p, p.pos)


def parse_statement(p: Parser) -> nodes.Stmt | None:
    """One statement; None for a lone `;`."""
    kind = p.kind
    if kind == "let" or kind == "var":
        return _let(p)
    if kind == IDENT or kind not in _STARTS:
        if kind == IDENT and p.texts[p.pos] == "after" and p.peek() == "(" and _is_deadline(p):
            return _deadline(p)
        return _expression(p)
    if kind == "defer":
        return _defer(p)
    if kind == ";":
        p.advance()
        return None
    loop = parse_loop(p)
    p.eat(";")
    return loop


_STARTS = frozenset(("defer", ";", "@", "while", "loop", "for"))


def _expression(p: Parser) -> nodes.Stmt:
    start = p.start
    kind = p.kind
    if kind in _BLOCK_WORDS or kind == IDENT and p.texts[p.pos] in _BLOCK_NAMES:
        value = p.entries.operand(p)
        if isinstance(value, BLOCK_LIKE) and p.kinds[p.pos - 1] == "}":
            value = continue_expr(p, value, False)
            if isinstance(value, BLOCK_LIKE) and p.kind not in ASSIGN_SIGNS:
                p.eat(";")
                return nodes.ExprStmt(p.new_id(), p.since(start), value)
        else:
            value = continue_expr(p, value, True)
    else:
        value = p.expr()
    if p.kind in ASSIGN_SIGNS:
        op = p.texts[p.advance()]
        return _assign(p, start, value, None if op == "=" else op[:-1])
    if p.kind == ">" and p.peek() == ">=" and p.touches_next():
        p.advance()
        p.advance()
        return _assign(p, start, value, ">>")
    if p.kind != "}":
        p.expect_end()
    return nodes.ExprStmt(p.new_id(), p.since(start), value)


def _assign(p: Parser, start: int, target: nodes.Expr, op: str | None) -> nodes.Stmt:
    value = p.expr()
    if p.kind != "}":
        p.expect_end()
    return nodes.Assign(p.new_id(), p.since(start), target, op, value)


def _let(p: Parser) -> nodes.Stmt:
    start = p.start
    is_var = p.kinds[p.advance()] == "var"
    pattern = p.pattern()
    if p.kind == "?" and not isinstance(pattern, nodes.BindPattern):
        p.fail(errors.ExpectedToken(pattern.span, "one name before `?`", "a pattern"))
    is_try = p.eat("?")
    declared = p.type() if p.eat(":") else None
    value = p.expr() if p.eat("=") else None
    otherwise = parse_block(p) if value is not None and p.eat("else") else None
    p.expect_end()
    return nodes.Let(p.new_id(), p.since(start), pattern, declared, value, is_var, is_try, otherwise)


def _defer(p: Parser) -> nodes.Stmt:
    start = p.start
    p.advance()
    body: nodes.Expr
    if p.kind == "{":
        body = parse_block(p)
        p.eat(";")
    else:
        body = p.expr()
        p.expect_end()
    return nodes.Defer(p.new_id(), p.since(start), body)


def _is_deadline(p: Parser) -> bool:
    """Whether `after (..)` is followed by a body: else it is a call."""
    depth = 0
    at = p.pos + 1
    while p.kinds[at] is not EOF:
        if p.kinds[at] in OPENERS:
            depth += 1
        elif p.kinds[at] in CLOSERS:
            depth -= 1
            if depth == 0:
                return p.kinds[at + 1] == "{"
        at += 1
    return False


def _deadline(p: Parser) -> nodes.Stmt:
    start = p.start
    p.advance()
    opener = p.expect("(")
    delay = p.inner_expr()
    p.expect_close(")", opener)
    body = parse_block(p)
    p.eat(";")
    return nodes.ScopeDeadline(p.new_id(), p.since(start), delay, body)


def parse_loop(p: Parser) -> nodes.Stmt:
    """`while`, `while let`, `loop` and `for`, with their labels."""
    start = p.start
    label = p.label()
    if label is not None:
        p.expect(":")
    kind = p.kind
    if kind not in _LOOPS:
        p.fail_expected("`loop`, `while` or `for`")
    p.advance()
    result: nodes.Stmt
    if kind == "loop":
        body = parse_block(p)
        result = nodes.Loop(p.new_id(), p.since(start), label, body)
    elif kind == "for":
        is_await = p.eat("await")
        pattern = p.pattern()
        p.expect("in")
        iterable = p.head_expr()
        body = parse_block(p)
        result = nodes.For(p.new_id(), p.since(start), label, pattern, iterable, body, is_await)
    elif p.eat("let"):
        pattern = p.pattern()
        p.expect("=")
        value = p.head_expr()
        body = parse_block(p)
        result = nodes.WhileLet(p.new_id(), p.since(start), label, pattern, value, body)
    else:
        condition = p.head_expr()
        body = parse_block(p)
        result = nodes.While(p.new_id(), p.since(start), label, condition, body)
    return result
