"""Whole files: the loop over items, imports and constants.

In: the text of one file.  Out: `Parsed`; mistakes go to the sink.
Assumed: whatever the text, the answer is a module that holds what could be
understood; nothing is raised.
"""

from __future__ import annotations

import sys
from typing import NamedTuple

from pyhew.source.diagnostics import DiagnosticSink
from pyhew.source.spans import Span
from pyhew.syntax import errors, nodes
from pyhew.syntax.lexer import tokenize
from pyhew.syntax.parse import expressions, patterns, statements, types
from pyhew.syntax.parse.actors import parse_actor
from pyhew.syntax.parse.context import MAX_NESTING, Entries, Parser, Recover
from pyhew.syntax.parse.declarations import parse_enum_decl, parse_record_decl, parse_type_decl
from pyhew.syntax.parse.functions import at_function, parse_attributes, parse_function
from pyhew.syntax.parse.literals import string_value
from pyhew.syntax.parse.machines import parse_machine
from pyhew.syntax.parse.recovery import is_item_start, skip_member, starts_line
from pyhew.syntax.parse.supervisors import parse_supervisor
from pyhew.syntax.parse.traits import parse_extern, parse_impl, parse_trait
from pyhew.syntax.tokens import EOF, IDENT, RAW_STRING, REGEX, RESERVED, STRING

_FRAMES_PER_LEVEL = 60
"""Python calls between one nesting level and the next, with room to spare."""
_FRAMES_PER_TOKEN = 16
"""Python calls from link to link of a chain, of operators or of declarations that need one another: by what a link is written in."""

ENTRIES = Entries(
    expr=expressions.parse_expr,
    operand=expressions.parse_operand,
    continue_expr=expressions.continue_expr,
    block=statements.parse_block,
    loop=statements.parse_loop,
    type=types.parse_type,
    pattern=patterns.parse_pattern,
    function=parse_function,
)


class Parsed(NamedTuple):
    """One file: its tree, how many node ids it uses, and where its comments stand."""

    module: nodes.Module
    node_count: int
    comments: list[tuple[int, int]]


def parse_module(text: str, file: int, sink: DiagnosticSink) -> Parsed:
    """Parses file number `file`."""
    tokens = tokenize(text, file, sink)
    p = Parser(text, file, tokens, sink, ENTRIES)
    needed = 1000 + MAX_NESTING * _FRAMES_PER_LEVEL + len(tokens.kinds) * _FRAMES_PER_TOKEN
    if sys.getrecursionlimit() < needed:
        sys.setrecursionlimit(needed)
    items: list[nodes.Item] = []
    while p.kind != EOF:
        at = p.pos
        try:
            item = _item(p)
            if item is not None:
                items.append(item)
        except Recover:
            p.depth, p.no_record = 0, False
            _skip_item(p, at)
    module = nodes.Module(p.new_id(), Span(file, 0, len(text)), tuple(items), REGEX in tokens.kinds)
    return Parsed(module, p.new_id(), tokens.comments)


def _skip_item(p: Parser, start: int) -> None:
    """To the next line that begins a declaration; whatever stands between is the same mistake."""
    skip_member(p, start)
    if p.pos == start:
        p.advance()
    behind = p.pos
    while p.kind != EOF and not (starts_line(p, p.pos) and (is_item_start(p, p.pos) or p.at_word("struct"))):
        p.advance()
    p.give_up(behind, p.pos)


def _item(p: Parser) -> nodes.Item | None:
    if p.eat(";"):
        return None
    start = p.start
    attributes = parse_attributes(p)
    visibility = _visibility(p)
    if at_function(p):
        return p.function(attributes, visibility, start)
    match p.kind:
        case "import":
            return _import(p, attributes, visibility, start)
        case "const":
            return _const(p, attributes, visibility, start)
        case "type":
            return parse_type_decl(p, attributes, visibility, start)
        case "enum":
            return parse_enum_decl(p, attributes, visibility, start)
        case "trait":
            return parse_trait(p, attributes, visibility, start)
        case "impl":
            return parse_impl(p, attributes, visibility, start)
        case "extern":
            return parse_extern(p, attributes, visibility, start)
        case "actor":
            return parse_actor(p, attributes, visibility, start)
        case "supervisor":
            return parse_supervisor(p, attributes, visibility, start)
        case _:
            return _worded_item(p, attributes, visibility, start)


def _worded_item(p: Parser, attributes: tuple[nodes.Attribute, ...], visibility: str, start: int) -> nodes.Item:
    """Items whose first word is an ordinary name elsewhere."""
    word = p.texts[p.pos] if p.kind == IDENT else ""
    behind = p.peek()
    if word == "record" and behind == IDENT:
        return parse_record_decl(p, attributes, visibility, start)
    if word == "machine" and behind == IDENT:
        return parse_machine(p, attributes, visibility, start)
    if word == "indirect" and behind == "enum":
        return parse_enum_decl(p, attributes, visibility, start)
    if word == "struct" and behind == IDENT:
        p.report(errors.StructKeyword(p.here(), p.texts[p.pos + 1]))
        return parse_type_decl(p, attributes, visibility, start)
    p.fail(errors.ExpectedItem(p.here(), p.found()))


def _visibility(p: Parser) -> str:
    """`pub`, `package`, or nothing."""
    if p.kind not in ("pub", "package"):
        return ""
    word = p.texts[p.advance()]
    if word == "pub" and p.kind == "(" and p.peek() == "package" and p.peek(2) == ")":
        p.jump(p.pos + 3)
        return "package"
    return word


def _const(p: Parser, attributes: tuple[nodes.Attribute, ...], visibility: str, start: int) -> nodes.Item:
    p.advance()
    name = p.ident()
    declared = p.type() if p.eat(":") else None
    p.expect("=")
    value = p.expr()
    p.expect_end()
    return nodes.ConstDecl(p.new_id(), p.since(start), attributes, visibility, name, declared, value)


def _import(p: Parser, attributes: tuple[nodes.Attribute, ...], visibility: str, start: int) -> nodes.Item:
    p.advance()
    path: list[nodes.Ident] = []
    file: str | None = None
    names: tuple[nodes.ImportName, ...] | None = None
    if p.kind in (STRING, RAW_STRING):
        file = string_value(p, p.advance())
    else:
        path.append(p.any_word())
        while p.kind == "." and (p.peek() == IDENT or p.peek() in RESERVED):
            p.advance()
            path.append(p.any_word())
        if p.kind == "." and p.peek() == "*":
            p.advance()
            p.fail(errors.WildcardImport(p.here()))
        if p.kind == "::":
            p.fail_expected("`.`")
        if p.eat("."):
            names = _import_names(p)
    alias = p.ident() if p.eat("as") else None
    p.expect_end()
    return nodes.Import(p.new_id(), p.since(start), attributes, visibility, tuple(path), file, alias, names)


def _import_names(p: Parser) -> tuple[nodes.ImportName, ...]:
    opener = p.expect("{")
    names: list[nodes.ImportName] = []
    while p.kind != "}":
        if p.kind == "*":
            p.fail(errors.WildcardImport(p.here()))
        start = p.start
        name = p.ident()
        alias = p.ident() if p.eat("as") else None
        names.append(nodes.ImportName(p.new_id(), p.since(start), name, alias))
        if not p.eat(","):
            break
    p.expect_close("}", opener)
    return tuple(names)
