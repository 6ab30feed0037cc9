"""Which diagnostic a mistake gives, that it gives one, and that parsing goes on behind it."""

from __future__ import annotations

import random

import pytest
from conftest import Parse

from pyhew.syntax import nodes

MISTAKES = {
    "fn f() { let mut x = 1; }": "mut-keyword",
    "struct P { x: i64; }": "struct-keyword",
    "fn f() { let x = a::b(); }": "path-separator",
    "fn f() { let x = Vec::<i64>::new(); }": "path-separator",
    "enum E { A, B, C }": "comma-between-variants",
    "fn f() { let p = P { x: 1; y: 2 }; }": "semicolon-in-literal",
    "fn f() { let g = (x) => x + 1; }": "arrow-lambda",
    "fn f() { let g = fn(x: i64) { x }; }": "fn-lambda",
    "fn f() { g(&x); }": "borrow-expression",
    "fn f() { let w = spawn (x: i64) => {}; }": "spawn-lambda",
    "import a.b.*;": "wildcard-import",
    "fn f() { g(x = 1); }": "assignment-as-value",
    "fn f() { let while = 1; }": "reserved-word",
    "fn f() { let x = ; }": "expected-expression",
    "fn f(x: ) {}": "expected-type",
    "fn f() { match x { => 1 } }": "expected-pattern",
    "let x = 1;": "expected-item",
    "actor A { receive fn f() {} ! }": "expected-member",
    "actor A { init() {} init() {} }": "duplicate-member",
    "fn f() { let x = 1 }": "expected-token",
    "fn f() {": "unclosed-delimiter",
    'fn f() { g("abc); }': "unclosed-string",
    'fn f() { g(f"a{x"); }': "unclosed-hole",
    "fn f() {} /* a /* b */": "unclosed-comment",
    "fn f() { g(''); }": "malformed-character",
    "fn f() { g('ab'); }": "malformed-character",
    'fn f() { g("\\q"); }': "unknown-escape",
    'fn f() { g("\\u{d800}"); }': "invalid-code-point",
    'fn f() { g("a\\0b"); }': "nul-in-string",
    "fn f() { g(12abc); }": "malformed-number",
    "fn f() { g(1.5s); }": "malformed-number",
    "fn f() { g(0x); }": "malformed-number",
    'fn f() { g(f"{x:>8}"); }': "unknown-format",
    "fn f() { g(1 § 2); }": "unknown-character",
}


@pytest.mark.parametrize("text", MISTAKES)
def test_one_mistake_gives_its_own_diagnostic_first(parse: Parse, text: str) -> None:
    found = parse.errors(text)
    assert found[0] == MISTAKES[text]
    assert len(found) <= (2 if "§" in text else 1)


@pytest.mark.parametrize(
    "body",
    [
        "let x = (1 + ;",
        "let x = 1 +;",
        "if x {",
        "f(1, 2;",
        'g("abc);',
        "match x { A => 1 B => 2 }",
        "let = 3;",
    ],
)
def test_later_mistakes_are_still_found(parse: Parse, body: str) -> None:
    text = f"fn f() {{\n    {body}\n}}\n\nfn g() {{\n    let y = ;\n}}\n\nfn h() -> i64 {{\n    1\n}}\n"
    module, found = parse.file(text)
    assert 1 <= len(found) <= 3
    assert found[-1].span.start > text.index("fn g") or body == "if x {"
    last = module.items[-1]
    assert isinstance(last, nodes.FnDecl) and last.name.text == "h"


def test_lost_brace_of_a_handler_gives_one_diagnostic(parse: Parse) -> None:
    text = "actor A {\n    receive fn a() {\n        f();\n\n    receive fn b() {\n    }\n}\n\nfn g() {}\n"
    assert parse.errors(text) == ["unclosed-delimiter"]


def test_missing_semicolon_is_shown_behind_the_statement(parse: Parse) -> None:
    text = "fn f() {\n    let x = 1\n    let y = 2;\n}\n"
    module, found = parse.file(text)
    assert [d.id for d in found] == ["expected-token"]
    assert found[0].span.start == text.index("\n    let y")
    assert len(module.items) == 1


def test_multi_line_strings_are_allowed(parse: Parse) -> None:
    assert parse.errors('fn f() { g("a\nb"); h(f"c\n{x}"); }') == []


DEEP = {
    "parentheses": "fn f() { x = " + "(" * 10_000,
    "brackets": "fn f() { x = " + "[" * 10_000,
    "blocks": "fn f() " + "{" * 10_000,
    "conditions": "fn f() {" + "if a {" * 10_000,
    "prefixes": "fn f() { x = " + "-" * 10_000 + "1; }",
    "closures": "fn f() {" + "|x| " * 10_000,
    "types": "fn f(x: " + "Vec<" * 10_000,
    "pointers": "fn f(x: " + "*const " * 10_000,
    "patterns": "fn f() { match x {" + "A(" * 10_000,
    "strings": "fn f() {" + 'f"{' * 10_000,
    "arguments": "fn f() {" + "f(" * 10_000,
    "angles": "fn f() { x = " + "a < " * 10_000,
}


@pytest.mark.parametrize("kind", DEEP)
def test_deep_nesting_is_a_diagnostic(parse: Parse, kind: str) -> None:
    found = parse.errors(DEEP[kind])
    assert 1 <= len(found) <= 2


def test_nesting_below_the_limit_is_accepted(parse: Parse) -> None:
    assert parse.errors("fn f() { x = " + "(" * 200 + "1" + ")" * 200 + "; }") == []


def test_long_chains_are_folded_up_to_the_limit(parse: Parse) -> None:
    assert parse.errors("fn f() { x = " + "1 + " * 9_000 + "1; }") == []
    assert parse.errors("fn f() { x = " + "1 + " * 11_000 + "1; }") == ["chain-too-long"]
    assert parse.errors("fn f() { x" + ".a()" * 11_000 + "; }") == ["chain-too-long"]
    assert parse.errors("fn f() { " + "if a {} else " * 11_000 + "{} }") == ["chain-too-long"]


def test_long_literals_and_names(parse: Parse) -> None:
    assert parse.errors("fn f() { g(" + "9" * 5_000 + "); }") == ["literal-too-long"]
    assert parse.errors("fn f() { g(" + "9" * 3_000 + "); }") == []
    assert parse.errors("fn " + "a" * 2_000 + "() {}") == ["name-too-long"]


SAMPLE = """
#[wire] type P { x: i64 @1, y: string @2 optional }
enum E<T> { A; B(T); C { x: T; } }
actor W { var n: i64 = 0; mailbox 4 overflow fail; init(a: i64) { n = a; } receive fn m(x: i64) -> i64 { n += x; n } }
supervisor S { strategy: one_for_one; intensity: 3 within 10s; child w: W(a: 1) restart: transient; }
machine M { events { Go; } state A; state B { n: i64; } on Go: A => B { B { n: 1 } } default { state } }
fn main() {
    let w = spawn W(a: 1);
    let r? = await w.m(3) | after 5s;
    @l: for i in 0..10 { if i > 3 && r < 2 { break @l; } else { continue; } }
    match r { .Some(P { x, .. }) if x > 1 => println(f"{x + 1} {r:?}"), 1 | -2 => {} _ => return }
    scope { fork t = f(|a: i64| a as u8); after(1ms) { g(); } }
    let m = {"a": [1, 2][0..], "b": Vec<i64>.new()};
}
"""


def test_damaged_programs_never_raise(parse: Parse) -> None:
    chance = random.Random(7)
    assert parse.errors(SAMPLE) == []
    for _ in range(300):
        first, second = sorted((chance.randrange(len(SAMPLE)), chance.randrange(len(SAMPLE))))
        parse.file(SAMPLE[:first])
        parse.file(SAMPLE[:first] + SAMPLE[min(second, first + 5) :])
        parse.file(SAMPLE[:first] + chance.choice("(){}[]<>\"';:,.|&#@\0\\f") + SAMPLE[first:])
