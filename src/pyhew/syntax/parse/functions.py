"""Functions, parameters and attributes.

In: a parser before one.  Out: `FnDecl`, `Param` and `Attribute` nodes.
Assumed: where a body may be missing is the checker's question.
"""

from __future__ import annotations

from pyhew.syntax import nodes
from pyhew.syntax.parse.context import CLOSERS, OPENERS, Parser
from pyhew.syntax.parse.literals import string_value
from pyhew.syntax.parse.types import parse_generic_params, parse_where
from pyhew.syntax.tokens import EOF, IDENT, RAW_STRING, RESERVED, STRING

_MODIFIERS = ("async", "gen", "unsafe")


def at_function(p: Parser) -> bool:
    """Whether `fn`, or words before it, stand here."""
    distance = 0
    while True:
        kind = p.peek(distance)
        if kind == "fn":
            return True
        if kind not in ("async", "unsafe") and not (kind == IDENT and p.texts[p.pos + distance] == "gen"):
            return False
        distance += 1


def parse_function(
    p: Parser, attributes: tuple[nodes.Attribute, ...], visibility: str, start: int
) -> nodes.FnDecl:
    """`async gen fn name<T>(x: A) -> R where .. { .. }`; `;` instead of a body."""
    words: set[str] = set()
    while p.kind != "fn":
        words.add(p.texts[p.pos])
        if p.texts[p.pos] not in _MODIFIERS:
            p.fail_expected("`fn`")
        p.advance()
    p.advance()
    name = p.ident()
    first = p.start
    type_params = parse_generic_params(p)
    params, is_variadic = parse_params(p)
    result = p.type() if p.eat("->") else None
    is_variadic = p.eat("..") or is_variadic
    where = parse_where(p)
    generics = nodes.Generics(p.new_id(), p.since(first), type_params, where)
    body = p.block() if p.kind == "{" else None
    if body is None:
        if p.kind != ";":
            p.fail_expected("`{`")
        p.advance()
    return nodes.FnDecl(
        p.new_id(), p.since(start), attributes, visibility, name, generics, params, result, body,
        "gen" in words, "async" in words, "unsafe" in words, is_variadic,
    )  # fmt: skip


def parse_params(p: Parser) -> tuple[tuple[nodes.Param, ...], bool]:
    """`(x: A, var y: B, ..)`; the flag tells of the dots."""
    opener = p.expect("(")
    params: list[nodes.Param] = []
    is_variadic = False
    while p.kind != ")":
        if p.eat(".."):
            p.eat(".")
            is_variadic = True
        else:
            params.append(_param(p))
        if not p.eat(","):
            break
    p.expect_close(")", opener)
    return tuple(params), is_variadic


def _param(p: Parser) -> nodes.Param:
    start = p.start
    is_var = consuming = False
    while True:
        if p.kind == "var":
            is_var = True
        elif p.kind == IDENT and p.peek() == IDENT and p.texts[p.pos] in ("consume", "consuming"):
            consuming = True
        else:
            break
        p.advance()
    name = p.ident()
    declared: nodes.TypeExpr | None = None
    if p.kind == ":" or name.text != "self":
        p.expect(":")
        declared = p.type()
    return nodes.Param(p.new_id(), p.since(start), name, declared, is_var, consuming)


def parse_attributes(p: Parser) -> tuple[nodes.Attribute, ...]:
    """`#[a] #[b(c)]`; nothing when none stands here."""
    if p.kind != "#[":
        return ()
    attributes: list[nodes.Attribute] = []
    while p.kind == "#[":
        start = p.start
        opener = p.advance()
        name = p.any_word().text
        while p.kind in (".", ":") and (p.peek() == IDENT or p.peek() in RESERVED):
            name += p.kinds[p.advance()]
            name += p.any_word().text
        args: tuple[nodes.AttributeArg, ...] = ()
        if p.kind == "(":
            args = _attribute_args(p)
        elif p.kind == "=":
            p.advance()
            args = (_raw_arg(p, None),)
        p.expect_close("]", opener)
        attributes.append(nodes.Attribute(p.new_id(), p.since(start), name, args))
    return tuple(attributes)


def _attribute_args(p: Parser) -> tuple[nodes.AttributeArg, ...]:
    opener = p.advance()
    args: list[nodes.AttributeArg] = []
    while p.kind != ")":
        if p.kind == IDENT or p.kind in RESERVED:
            behind = p.peek()
            if behind in (",", ")"):
                at = p.advance()
                args.append(nodes.AttributeArg(p.new_id(), p.token_span(at), p.texts[at], None))
            elif behind == "=":
                name = p.texts[p.advance()]
                p.advance()
                args.append(_raw_arg(p, name))
            else:
                args.append(_raw_arg(p, None))
        else:
            args.append(_raw_arg(p, None))
        if not p.eat(","):
            break
    p.expect_close(")", opener)
    return tuple(args)


def _raw_arg(p: Parser, name: str | None) -> nodes.AttributeArg:
    """Anything up to the next comma or bracket: a string by its value, the rest as written."""
    first = p.pos
    depth = 0
    while p.kind != EOF:
        if p.kind in OPENERS:
            depth += 1
        elif p.kind in CLOSERS:
            if depth == 0:
                break
            depth -= 1
        elif p.kind == "," and depth == 0:
            break
        p.advance()
    if p.pos == first:
        p.fail_expected("a value")
    span = p.since(p.starts[first])
    if p.pos == first + 1 and p.kinds[first] in (STRING, RAW_STRING):
        return nodes.AttributeArg(p.new_id(), span, name, string_value(p, first))
    return nodes.AttributeArg(p.new_id(), span, name, p.text[span.start : span.end])
