"""How statements, blocks and the concurrency statements are read."""

from __future__ import annotations

import pytest
from conftest import Parse

from pyhew.source.diagnostics import DiagnosticSink
from pyhew.source.records import fields_of
from pyhew.syntax.nodes import Node
from pyhew.syntax.parse import parse_module

STATEMENTS = {
    "let v? = f();": "(Let (BindPattern v) (Call (NameExpr f)) True)",
    "var x: i64 = 1;": "(Let (BindPattern x) (NamedTypeExpr [i64]) (IntLiteral 1) True)",
    "let .Ok(a) = b else { return; };": "(Let (VariantPattern [Ok] True [(BindPattern a)]) (NameExpr b) "
    "(Block [(ExprStmt (Return))]))",
    "let { x, y } = p;": "(Let (RecordPattern [(FieldPattern x) (FieldPattern y)]) (NameExpr p))",
    "x += 2;": "(Assign (NameExpr x) '+' (IntLiteral 2))",
    "x >>= 1;": "(Assign (NameExpr x) '>>' (IntLiteral 1))",
    "v[i].x = 3;": "(Assign (Member (Index (NameExpr v) (NameExpr i)) x) (IntLiteral 3))",
    "@o: for await x in s { break @o; }": "(For o (BindPattern x) (NameExpr s) (Block [(ExprStmt (Break o))]) True)",
    "while let .Some(x) = y { continue; }": "(WhileLet (VariantPattern [Some] True [(BindPattern x)]) (NameExpr y) "
    "(Block [(ExprStmt (Continue))]))",
    "loop {}": "(Loop (Block))",
    "defer { g(); }": "(Defer (Block [(ExprStmt (Call (NameExpr g)))]))",
    "fork t = f();": "(ExprStmt (Fork t (Call (NameExpr f))))",
    "after(5ms) { g(); }": "(ScopeDeadline (DurationLiteral 5000000) (Block [(ExprStmt (Call (NameExpr g)))]))",
    "after(5ms);": "(ExprStmt (Call (NameExpr after) [(Arg (DurationLiteral 5000000))]))",
    "emit Ready {};": "(ExprStmt (Emit Ready))",
}


@pytest.mark.parametrize("text", STATEMENTS)
def test_statement(parse: Parse, text: str) -> None:
    assert parse.stmts(text) == [STATEMENTS[text]]


def test_block_like_statement_ends_before_a_context_variant(parse: Parse) -> None:
    assert parse.stmts("if a {} .Some(x)") == [
        "(ExprStmt (If (NameExpr a) (Block)))",
        "tail (Call (ContextVariant Some) [(Arg (NameExpr x))])",
    ]


def test_block_like_statement_at_the_end_is_the_value(parse: Parse) -> None:
    assert parse.stmts("if a { 1 } else { 2 }")[-1].startswith("tail (If")


def test_semicolon_makes_the_last_expression_a_statement(parse: Parse) -> None:
    assert parse.stmts("x;") == ["(ExprStmt (NameExpr x))"]


def test_scope_holds_forks_and_a_deadline(parse: Parse) -> None:
    dumped = parse.stmts("scope { fork a(); fork { b(); } after(1s) { c(); } }")[0]
    assert dumped.count("(Fork ") == 2 and "ScopeDeadline" in dumped


def test_node_ids_are_unique_and_below_the_count() -> None:
    parsed = parse_module("fn f(x: i64) -> i64 { let y = x + 1; match y { 1 => 2, _ => 3 } }", 0, DiagnosticSink())
    seen: list[int] = []

    def walk(value: object) -> None:
        if isinstance(value, Node):
            seen.append(value.id)
            for name in fields_of(value) or ():
                walk(getattr(value, name))
        elif isinstance(value, tuple):
            for item in value:
                walk(item)

    walk(parsed.module)
    assert len(set(seen)) == len(seen)
    assert max(seen) < parsed.node_count <= len(seen) + 5
