"""How expressions, literals and patterns are read."""

from __future__ import annotations

import pytest
from conftest import Parse

EXPRESSIONS = {
    "1 + 2 * 3 - 4": "(Binary '-' (Binary '+' (IntLiteral 1) (Binary '*' (IntLiteral 2) (IntLiteral 3))) (IntLiteral 4))",
    "a < b == c || d && e": "(Binary '||' (Binary '==' (Binary '<' (NameExpr a) (NameExpr b)) (NameExpr c)) "
    "(Binary '&&' (NameExpr d) (NameExpr e)))",
    "a | b ^ c & d": "(Binary '|' (NameExpr a) (Binary '^' (NameExpr b) (Binary '&' (NameExpr c) (NameExpr d))))",
    "a >> 1": "(Binary '>>' (NameExpr a) (IntLiteral 1))",
    "a &+ b": "(Binary '&+' (NameExpr a) (NameExpr b))",
    "x is y": "(Binary 'is' (NameExpr x) (NameExpr y))",
    "-x as u8": "(Unary '-' (Cast (NameExpr x) (NamedTypeExpr [u8])))",
    "x as i64 < y": "(Binary '<' (Cast (NameExpr x) (NamedTypeExpr [i64])) (NameExpr y))",
    "await x.recv() | after 5s": "(Timeout (Await (Call (Member (NameExpr x) recv))) (DurationLiteral 5000000000))",
    "clone a + b": "(Binary '+' (Unary 'clone' (NameExpr a)) (NameExpr b))",
    "clone(a)": "(Call (NameExpr clone) [(Arg (NameExpr a))])",
    "Vec<i64>.new()": "(Call (Member (TypeValue (NamedTypeExpr [Vec] [(NamedTypeExpr [i64])])) new))",
    "Vec<Vec<i64>>.new()": "(Call (Member (TypeValue (NamedTypeExpr [Vec] [(NamedTypeExpr [Vec] "
    "[(NamedTypeExpr [i64])])])) new))",
    "make<i64>(x)": "(Call (NameExpr make [(NamedTypeExpr [i64])]) [(Arg (NameExpr x))])",
    "v.get<i64>(x)": "(Call (Member (NameExpr v) get [(NamedTypeExpr [i64])]) [(Arg (NameExpr x))])",
    "P { x: 1, y, ..base }": "(RecordLiteral (NameExpr P) [(FieldInit x (IntLiteral 1)) (FieldInit y (NameExpr y))] "
    "(NameExpr base))",
    ".Rect { w: 1 }": "(RecordLiteral (ContextVariant Rect) [(FieldInit w (IntLiteral 1))])",
    '{"a": 1}': "(MapLiteral [(MapEntry (StringLiteral 'a') (IntLiteral 1))])",
    "t.0.1": "(Member (Member (NameExpr t) 0) 1)",
    "v[1..]": "(Index (NameExpr v) (Range (IntLiteral 1)))",
    "v[..]": "(Index (NameExpr v) (Range))",
    "0..=n": "(Range (IntLiteral 0) (NameExpr n) True)",
    "f(x)?": "(Try (Call (NameExpr f) [(Arg (NameExpr x))]))",
    "f(n: 1)": "(Call (NameExpr f) [(Arg n (IntLiteral 1))])",
    "|x, y: i64| x": "(Lambda [(LambdaParam x) (LambdaParam y (NamedTypeExpr [i64]))] (NameExpr x))",
    "move || f()": "(Lambda (Call (NameExpr f)) True)",
    "actor |x: i64| { x }": "(LambdaActor [(LambdaParam x (NamedTypeExpr [i64]))] (Block (NameExpr x)))",
    "gen { yield 1; }": "(GenBlock (Block [(ExprStmt (Yield (IntLiteral 1)))]))",
    "spawn m.W(a: 1)": "(Spawn (NamedTypeExpr [m W]) [(Arg a (IntLiteral 1))])",
    "join { a.x(), b.y() }": "(Join [(Call (Member (NameExpr a) x)) (Call (Member (NameExpr b) y))])",
    "select { x from a.next() => x, after 1s => 0 }": "(Select [(SelectArm (BindPattern x) "
    "(Call (Member (NameExpr a) next)) (NameExpr x))] (DurationLiteral 1000000000) (IntLiteral 0))",
    "<T as Tr>.make": "(QualifiedPath (NamedTypeExpr [T]) (NamedTypeExpr [Tr]) make)",
    "bytes[1, 2]": "(BytesArray [(IntLiteral 1) (IntLiteral 2)])",
    "[0; 4]": "(ArrayRepeat (IntLiteral 0) (IntLiteral 4))",
    "(1,)": "(TupleLiteral [(IntLiteral 1)])",
    "()": "(TupleLiteral)",
    "unsafe { f() } == 1": "(Binary '==' (Unsafe (Block (Call (NameExpr f)))) (IntLiteral 1))",
    "if a { 1 } else if let .Some(x) = b { 2 } else { 3 }": "(If (NameExpr a) (Block (IntLiteral 1)) "
    "(IfLet (VariantPattern [Some] True [(BindPattern x)]) (NameExpr b) (Block (IntLiteral 2)) (Block (IntLiteral 3))))",
}

LITERALS = {
    "1_000": "(IntLiteral 1000)",
    "0xff": "(IntLiteral 255)",
    "0b1_1": "(IntLiteral 3)",
    "1.5e3": "(FloatLiteral '1.5e3')",
    "50ms": "(DurationLiteral 50000000)",
    "2m": "(DurationLiteral 120000000000)",
    r"'\u{e9}'": "(CharLiteral 233)",
    r'"a\n\x41\u{42}"': "(StringLiteral 'a\\nAB')",
    r'r"\n"': "(StringLiteral '\\\\n')",
    r'b"\x41\0"': "(BytesLiteral b'A\\x00')",
    r're"[a-z]+\d"': "(RegexLiteral '[a-z]+\\\\d')",
    r'f"a{x + 1}b{y:?}\{"': "(FormatString ['a' (FormatHole (Binary '+' (NameExpr x) (IntLiteral 1))) 'b' "
    "(FormatHole (NameExpr y) True) '{'])",
    'f"{f"{x}"}{g("}")}"': "(FormatString [(FormatHole (FormatString [(FormatHole (NameExpr x))])) "
    "(FormatHole (Call (NameExpr g) [(Arg (StringLiteral '}'))]))])",
}

PATTERNS = {
    "_": "(WildcardPattern)",
    "x": "(BindPattern x)",
    "Some(x)": "(VariantPattern [Some] [(BindPattern x)])",
    ".None": "(VariantPattern [None] True)",
    "m.E.V": "(VariantPattern [m E V])",
    "P { x, y: 0, .. }": "(RecordPattern [P] [(FieldPattern x) (FieldPattern y (LiteralPattern (IntLiteral 0)))] True)",
    "(a, _)": "(TuplePattern [(BindPattern a) (WildcardPattern)])",
    "1 | -2": "(OrPattern [(LiteralPattern (IntLiteral 1)) (LiteralPattern (Unary '-' (IntLiteral 2)))])",
    "'a'..='z'": "(RangePattern (CharLiteral 97) (CharLiteral 122) True)",
}


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_expression(parse: Parse, text: str) -> None:
    assert parse.expr(text) == EXPRESSIONS[text]


@pytest.mark.parametrize("text", LITERALS)
def test_literal(parse: Parse, text: str) -> None:
    assert parse.expr(text) == LITERALS[text]


@pytest.mark.parametrize("text", PATTERNS)
def test_pattern(parse: Parse, text: str) -> None:
    assert parse.expr(f"match e {{ {text} => 1 }}") == (
        f"(Match (NameExpr e) [(MatchArm {PATTERNS[text]} (IntLiteral 1))])"
    )


def test_arm_with_block_needs_no_comma(parse: Parse) -> None:
    dumped = parse.expr("match e { .A => { 1 } .B if g => 2, _ => return }")
    assert dumped.count("MatchArm") == 3


def test_comparison_of_two_names_is_not_a_type(parse: Parse) -> None:
    assert parse.expr("a < b") == "(Binary '<' (NameExpr a) (NameExpr b))"


def test_record_literal_in_a_head_needs_a_named_field(parse: Parse) -> None:
    assert parse.stmts("while x == y {}")[0].endswith("(Block))")
    assert "RecordLiteral" in parse.stmts("for x in P { n: 3 } {}")[0]
    assert "RecordLiteral" in parse.stmts("for x in P<i64> { n } {}")[0]


def test_contextual_words_are_names_elsewhere(parse: Parse) -> None:
    for word in ["state", "event", "after", "init", "child", "on", "exit", "entry", "from", "join", "gen", "scope", "race", "select", "machine", "record", "emit"]:
        assert parse.stmts(f"let {word} = 1; f({word});") == [
            f"(Let (BindPattern {word}) (IntLiteral 1))",
            f"(ExprStmt (Call (NameExpr f) [(Arg (NameExpr {word}))]))",
        ]
