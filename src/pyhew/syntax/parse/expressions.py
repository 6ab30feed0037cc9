"""Expressions: operators by precedence, suffixes, and the dispatch to the noun files.

In: a parser before an expression.  Out: `Expr` nodes.
Assumed: operators of one level associate to the left and are folded by a loop;
`|` before the name `after` is a time limit, not an operator.
"""

from __future__ import annotations

from typing import NoReturn

from pyhew.syntax import errors, nodes
from pyhew.syntax.parse import calls, closures, concurrency, control, literals, records
from pyhew.syntax.parse.context import NOT_A_VALUE, Parser
from pyhew.syntax.parse.types import parse_projection_head, parse_type, parse_type_args
from pyhew.syntax.tokens import FLOAT, FSTRING_BEGIN, IDENT, INT, RESERVED

PRECEDENCE = {
    "||": 1, "&&": 2, "==": 3, "!=": 3, "<": 4, "<=": 4, ">": 4, ">=": 4, "|": 5, "^": 6, "&": 7, "<<": 8, ">>": 8,
    "+": 9, "-": 9, "&+": 9, "&-": 9, "*": 10, "/": 10, "%": 10, "&*": 10,
}  # fmt: skip
_EQUALITY = 3

_NEVER_FIRST = frozenset(("?", "as", "==", "!=", "<=", ">=", ">", "+", "*", "/", "%", "&&", "^", "<<", "&+", "&*"))
"""What begins neither a statement nor a pattern."""

_PREFIXES = frozenset(("-", "!", "~", "await", "await_restart"))
_AFTER_CLONE = frozenset((IDENT, "this", FSTRING_BEGIN)) | literals.LITERAL_KINDS


def parse_expr(p: Parser) -> nodes.Expr:
    """Any expression."""
    p.enter()
    start = p.start
    value = _range(p, start, None)
    if p.kind == "|" and at_time_limit(p):
        value = _time_limit(p, start, value)
    p.depth -= 1
    return value


def continue_expr(p: Parser, value: nodes.Expr, all_operators: bool) -> nodes.Expr:
    """The rest of a statement that began with `value`.

    Behind a block only what cannot begin the next statement or arm goes on with
    it: `?`, `as`, most operators, and a dot before a small letter.
    """
    start = value.span.start
    if not all_operators:
        if p.kind == ".":
            if p.peek() != IDENT or not p.texts[p.pos + 1][:1].islower():
                return value
        elif p.kind not in _NEVER_FIRST:
            return value
    p.enter()
    value = _range(p, start, _suffixes(p, start, value))
    if p.kind == "|" and at_time_limit(p):
        value = _time_limit(p, start, value)
    p.depth -= 1
    return value


def at_time_limit(p: Parser) -> bool:
    """Whether `| after d` stands here."""
    at = p.pos
    if p.kinds[at + 1] != IDENT or p.texts[at + 1] != "after":
        return False
    behind = p.kinds[at + 2]
    return behind not in NOT_A_VALUE and behind not in (".", "+", "*", "/", "==", "<", "?", "[")


def _time_limit(p: Parser, start: int, value: nodes.Expr) -> nodes.Expr:
    p.advance()
    p.advance()
    delay = _binary(p, 1, None)
    return nodes.Timeout(p.new_id(), p.since(start), value, delay)


def _range(p: Parser, start: int, first: nodes.Expr | None) -> nodes.Expr:
    low = None if first is None and p.kind in ("..", "..=") else _binary(p, 1, first)
    if p.kind not in ("..", "..="):
        if low is None:
            p.fail(errors.ExpectedExpression(p.here(), p.found()))
        return low
    inclusive = p.kinds[p.advance()] == "..="
    high: nodes.Expr | None = None
    if p.kind not in NOT_A_VALUE and not (p.kind == "{" and p.no_record):
        high = _binary(p, 1, None)
    return nodes.Range(p.new_id(), p.since(start), low, high, inclusive)


def _binary(p: Parser, floor: int, left: nodes.Expr | None) -> nodes.Expr:
    """Operators of level `floor` and above."""
    start = p.start if left is None else left.span.start
    value = parse_unary(p) if left is None else left
    links = 0
    while True:
        op = p.kind
        level = PRECEDENCE.get(op)
        if level is None:
            if op != IDENT or floor > _EQUALITY or p.texts[p.pos] != "is":
                return value
            op, level = "is", _EQUALITY
        elif op == ">":
            behind = p.peek()
            if behind in (">", ">=") and p.touches_next():
                if behind == ">=":
                    return value
                op, level = ">>", PRECEDENCE[">>"]
        elif op == "|" and at_time_limit(p):
            return value
        if level < floor:
            return value
        links += 1
        p.check_chain(links)
        p.advance()
        if op == ">>":
            p.advance()
        right = _binary(p, level + 1, None)
        value = nodes.Binary(p.new_id(), p.since(start), op, value, right)


def parse_unary(p: Parser) -> nodes.Expr:
    """Prefix operators and what they stand before."""
    kind = p.kind
    if kind not in _PREFIXES and kind != IDENT:
        return _suffixes(p, p.start, parse_operand(p))
    prefixes: list[tuple[str, int]] = []
    while p.kind in _PREFIXES or (p.kind == IDENT and p.texts[p.pos] == "clone" and p.peek() in _AFTER_CLONE):
        prefixes.append((p.texts[p.pos], p.start))
        p.advance()
        p.enter()
    value = _suffixes(p, p.start, parse_operand(p))
    for op, start in reversed(prefixes):
        p.depth -= 1
        if op == "await":
            value = nodes.Await(p.new_id(), p.since(start), value)
        elif op == "await_restart":
            value = nodes.AwaitRestart(p.new_id(), p.since(start), value)
        else:
            value = nodes.Unary(p.new_id(), p.since(start), op, value)
    return value


# --------------------------------------------------------------------------- suffixes


def _suffixes(p: Parser, start: int, value: nodes.Expr) -> nodes.Expr:
    """Calls, members, indices, `?`, `as`, type arguments and record literals behind `value`."""
    links = 0
    while True:
        kind = p.kind
        if kind == ".":
            value = _member(p, start, value)
        elif kind == "(":
            args = calls.parse_args(p)
            value = nodes.Call(p.new_id(), p.since(start), value, args)
        elif kind == "[":
            opener = p.advance()
            index = p.inner_expr()
            p.expect_close("]", opener)
            value = nodes.Index(p.new_id(), p.since(start), value, index)
        elif kind == "?":
            p.advance()
            value = nodes.Try(p.new_id(), p.since(start), value)
        elif kind == "{":
            if not records.starts_literal(p, value):
                return value
            value = records.parse_record_literal(p, start, value)
        elif kind == "<":
            if not calls.starts_type_args(p, value):
                return value
            value = _type_args(p, start, value)
        elif kind == "as":
            p.advance()
            target = _cast_type(p)
            value = nodes.Cast(p.new_id(), p.since(start), value, target)
        elif kind == "::":
            p.fail_expected("`.`")
        else:
            return value
        links += 1
        p.check_chain(links)


def _cast_type(p: Parser) -> nodes.TypeExpr:
    """The type behind `as`, where `<` is a comparison unless it is closed like type arguments."""
    if p.kind != IDENT or p.texts[p.pos] == "_":
        return parse_type(p)
    start = p.start
    path = [p.ident()]
    while p.kind == "." and p.peek() == IDENT and p.texts[p.pos + 1][:1].isupper():
        p.advance()
        path.append(p.ident())
    if p.kind == "<" and not path[-1].text[:1].islower() and calls.close_of_type_args(p) > 0:
        args, bindings = parse_type_args(p)
        return nodes.NamedTypeExpr(p.new_id(), p.since(start), tuple(path), args, bindings)
    return nodes.NamedTypeExpr(p.new_id(), p.since(start), tuple(path), ())


def _member(p: Parser, start: int, value: nodes.Expr) -> nodes.Expr:
    p.advance()
    kind = p.kind
    if kind == INT:
        at = p.advance()
        name = nodes.Ident(p.new_id(), p.token_span(at), p.texts[at])
    elif kind == FLOAT and p.texts[p.pos].replace(".", "").isdigit():
        return _member_pair(p, start, value)
    elif kind == IDENT or kind in RESERVED:
        name = p.any_word()
    else:
        p.fail_expected("the name of a member")
    return nodes.Member(p.new_id(), p.since(start), value, name, ())


def _member_pair(p: Parser, start: int, value: nodes.Expr) -> nodes.Expr:
    """`t.0.1`, whose end was read as one float."""
    at = p.advance()
    span = p.token_span(at)
    first, second = p.texts[at].split(".")
    middle = span.start + len(first)
    outer = nodes.Ident(p.new_id(), span._replace(end=middle), first)
    value = nodes.Member(p.new_id(), span._replace(start=start, end=middle), value, outer, ())
    inner = nodes.Ident(p.new_id(), span._replace(start=middle + 1), second)
    return nodes.Member(p.new_id(), p.since(start), value, inner, ())


def _type_args(p: Parser, start: int, value: nodes.Expr) -> nodes.Expr:
    """`<T>` behind a name or member; before a dot the whole is a type."""
    args, _ = parse_type_args(p)
    path = calls.as_path(value)
    if p.kind == "." and path is not None:
        named = nodes.NamedTypeExpr(p.new_id(), p.since(start), path, args)
        return nodes.TypeValue(p.new_id(), p.since(start), named)
    if isinstance(value, nodes.Member):
        return nodes.Member(p.new_id(), p.since(start), value.base, value.name, args)
    if isinstance(value, nodes.NameExpr):
        return nodes.NameExpr(p.new_id(), p.since(start), value.name, args)
    p.fail(errors.ExpectedExpression(p.here(), p.found()))


# --------------------------------------------------------------------------- operands


def parse_operand(p: Parser) -> nodes.Expr:
    """An expression without operators and suffixes."""
    kind = p.kind
    if kind == IDENT:
        word = p.texts[p.pos]
        if word in _SPECIAL_NAMES:
            special = _special_name(p, word)
            if special is not None:
                return special
        name = p.ident()
        return nodes.NameExpr(p.new_id(), name.span, name, ())
    if kind in literals.LITERAL_KINDS:
        return literals.parse_literal(p)
    if kind == "(":
        return calls.parse_parenthesised(p)
    if kind == FSTRING_BEGIN:
        return literals.parse_format_string(p)
    return _other_operand(p, kind)


_SPECIAL_NAMES = frozenset(("bytes", "gen", "join", "race", "select", "scope", "emit"))


def _special_name(p: Parser, word: str) -> nodes.Expr | None:
    """A name that begins a construct because of what stands behind it."""
    behind = p.peek()
    if word == "bytes":
        return records.parse_bytes_array(p) if behind == "[" else None
    if word == "emit":
        return control.parse_emit(p) if behind == IDENT else None
    if behind == "(":
        return concurrency.parse_join(p) if word == "join" and not p.brings(word) else None
    if behind != "{":
        return None
    match word:
        case "gen":
            return closures.parse_gen_block(p)
        case "scope":
            return concurrency.parse_scope(p)
        case "select":
            return concurrency.parse_select(p)
        case "join":
            return concurrency.parse_join(p)
        case _:
            return concurrency.parse_race(p)


def _other_operand(p: Parser, kind: str) -> nodes.Expr:
    match kind:
        case "{":
            return records.parse_braces(p)
        case "[":
            return records.parse_array(p)
        case ".":
            return _context_variant(p)
        case "if":
            return control.parse_if(p)
        case "match":
            return control.parse_match(p)
        case "|" | "||" | "move":
            return closures.parse_lambda(p)
        case "actor":
            return closures.parse_lambda_actor(p)
        case "spawn":
            return concurrency.parse_spawn(p)
        case "fork":
            return concurrency.parse_fork(p)
        case "this":
            at = p.advance()
            return nodes.This(p.new_id(), p.token_span(at))
        case "return" | "break" | "continue" | "yield":
            return control.parse_jump(p)
        case "unsafe":
            return control.parse_unsafe(p)
        case "while" | "loop" | "for" | "@":
            return control.parse_loop_value(p)
        case "<":
            return _qualified(p)
        case _:
            _fail_operand(p, kind)


def _context_variant(p: Parser) -> nodes.Expr:
    start = p.start
    p.advance()
    name = p.ident()
    return nodes.ContextVariant(p.new_id(), p.since(start), name)


def _qualified(p: Parser) -> nodes.Expr:
    start = p.start
    if p.kinds[p.pos + 1] == IDENT and p.kinds[p.pos + 2] in (">", ":", ","):
        p.fail(errors.ArrowLambda(p.here()))
    base, trait = parse_projection_head(p)
    p.expect(".")
    name = p.ident()
    return nodes.QualifiedPath(p.new_id(), p.since(start), base, trait, name)


def _fail_operand(p: Parser, kind: str) -> NoReturn:
    match kind:
        case "&" | "&&":
            p.fail(errors.BorrowExpression(p.here()))
        case "fn":
            p.fail(errors.FnLambda(p.here()))
        case "::" | "=>":
            p.fail_expected("an expression")
        case "mut":
            p.fail(errors.MutKeyword(p.here()))
        case "let":
            hint = "`let` is a statement; conditions take one `if let`"
            p.fail(errors.ExpectedExpression(p.here(), p.found(), hint))
        case "+" | ";" if p.texts[p.pos - 1] in ("+", "-") and p.texts[p.pos - (1 if kind == "+" else 2)] == p.texts[p.pos - 1]:
            sign = p.texts[p.pos - 1]
            p.fail(errors.ExpectedExpression(p.here(), p.found(), f"one more or less is `x {sign}= 1`"))
        case "try" | "catch" | "foreign" | "cooperate" | "super":
            p.fail(errors.ReservedWord(p.here(), kind))
        case _:
            p.fail(errors.ExpectedExpression(p.here(), p.found()))
