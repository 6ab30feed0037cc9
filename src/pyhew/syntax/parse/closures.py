"""Closures, lambda actors and generator blocks.

In: a parser at `|`, `||`, `move`, `actor` or `gen`.  Out: `Expr` nodes.
Assumed: the type of a parameter never contains `|`.
"""

from __future__ import annotations

from pyhew.syntax import nodes
from pyhew.syntax.parse.context import Parser


def parse_lambda(p: Parser) -> nodes.Expr:
    """`|x| e`, `|| e`, `move |x: T| -> R { .. }`."""
    start = p.start
    is_move = p.eat("move")
    params = _params(p)
    result = p.type() if p.eat("->") else None
    body: nodes.Expr = p.block() if result is not None else p.expr()
    return nodes.Lambda(p.new_id(), p.since(start), params, result, body, is_move)


def parse_lambda_actor(p: Parser) -> nodes.Expr:
    """`actor |x: T| -> R { .. }`."""
    start = p.start
    p.advance()
    is_move = p.eat("move")
    params = _params(p)
    result = p.type() if p.eat("->") else None
    body = p.block()
    return nodes.LambdaActor(p.new_id(), p.since(start), params, result, body, is_move)


def _params(p: Parser) -> tuple[nodes.LambdaParam, ...]:
    if p.eat("||"):
        return ()
    p.expect("|")
    params: list[nodes.LambdaParam] = []
    while p.kind != "|":
        start = p.start
        name = p.ident()
        declared = p.type() if p.eat(":") else None
        params.append(nodes.LambdaParam(p.new_id(), p.since(start), name, declared))
        if not p.eat(","):
            break
    p.expect("|")
    return tuple(params)


def parse_gen_block(p: Parser) -> nodes.Expr:
    """`gen { yield 1; }`."""
    start = p.start
    p.advance()
    body = p.block()
    return nodes.GenBlock(p.new_id(), p.since(start), body)
