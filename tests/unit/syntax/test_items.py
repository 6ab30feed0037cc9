"""How declarations are read."""

from __future__ import annotations

import pytest
from conftest import Parse

from pyhew.source.diagnostics import DiagnosticSink
from pyhew.syntax.parse import parse_module

ITEMS = {
    "import a.b.{X, Y as Z, self as m};": "(Import [a b] [(ImportName X) (ImportName Y Z) (ImportName self m)])",
    "import a.b as m;": "(Import [a b] m)",
    'import "file.hew";': "(Import 'file.hew')",
    "pub const N: i64 = 3;": "(ConstDecl 'pub' N (NamedTypeExpr [i64]) (IntLiteral 3))",
    "type A = Vec<(B, fn(C) -> [u8; 4])>;": "(AliasDecl A (Generics) (NamedTypeExpr [Vec] [(TupleTypeExpr "
    "[(NamedTypeExpr [B]) (FnTypeExpr [(NamedTypeExpr [C])] (ArrayTypeExpr (NamedTypeExpr [u8]) (IntLiteral 4)))])]))",
    "record P(i64, bool);": "(RecordDecl 'record' P (Generics) [(FieldDecl 0 (NamedTypeExpr [i64])) "
    "(FieldDecl 1 (NamedTypeExpr [bool]))] True)",
    "#[wire] type U { a: string @1 optional, reserved @4, @5; }": "(RecordDecl [(Attribute 'wire')] 'type' U (Generics) "
    "[(FieldDecl a (NamedTypeExpr [string]) 1 [(WireOption 'optional')])] [4 5])",
    "indirect enum E { A; B(T); C { x: T, y: T } }": "(EnumDecl E (Generics) [(VariantDecl A 'unit') "
    "(VariantDecl B 'tuple' [(FieldDecl 0 (NamedTypeExpr [T]))]) (VariantDecl C 'struct' "
    "[(FieldDecl x (NamedTypeExpr [T])) (FieldDecl y (NamedTypeExpr [T]))])] True)",
    "trait T: B { type Item: D; fn m(val: Self); }": "(TraitDecl T (Generics) [(NamedTypeExpr [B])] "
    "[(AssocTypeDecl Item [(NamedTypeExpr [D])])] [(FnDecl m (Generics) [(Param val (NamedTypeExpr [Self]))])])",
    "impl<T> Tr for P<T> where T: It<Item = A> { type Item = T; }": "(ImplDecl (Generics [(TypeParam T)] "
    "[(WherePredicate (NamedTypeExpr [T]) [(NamedTypeExpr [It] [(AssocBinding Item (NamedTypeExpr [A]))])])]) "
    "(NamedTypeExpr [Tr]) (NamedTypeExpr [P] [(NamedTypeExpr [T])]) [(AssocTypeDecl Item (NamedTypeExpr [T]))])",
    "impl P { fn f(var self, consume x: T) {} fn g(consuming self) {} }": "(ImplDecl (Generics) (NamedTypeExpr [P]) "
    "[(FnDecl f (Generics) [(Param self True) (Param x (NamedTypeExpr [T]) True)] (Block)) "
    "(FnDecl g (Generics) [(Param self True)] (Block))])",
    'extern "C" { fn f(x: *const u8, y: &T, ..) -> i32; }': "(ExternBlock 'C' [(FnDecl f (Generics) "
    "[(Param x (PointerTypeExpr 'const' (NamedTypeExpr [u8]))) (Param y (PointerTypeExpr 'ref' (NamedTypeExpr [T])))] "
    "(NamedTypeExpr [i32]) True)])",
    "async gen fn f(x: dyn (A + B)) -> _ {}": "(FnDecl f (Generics) [(Param x (DynTypeExpr [(NamedTypeExpr [A]) "
    "(NamedTypeExpr [B])]))] (InferTypeExpr) (Block) True True)",
    "#[on(start)] #[max(64 kb)] #[doc = \"x\"] fn f() {}": "(FnDecl [(Attribute 'on' [(AttributeArg 'start')]) "
    "(Attribute 'max' [(AttributeArg '64 kb')]) (Attribute 'doc' [(AttributeArg 'x')])] f (Generics) (Block))",
}


@pytest.mark.parametrize("text", ITEMS)
def test_item(parse: Parse, text: str) -> None:
    assert parse.item(text) == ITEMS[text]


def test_actor_members_in_any_order(parse: Parse) -> None:
    dumped = parse.item(
        """actor A: Tr {
            receive fn tick() {}
            let id: i64;
            init(a: i64) { n = a; }
            mailbox 4 overflow coalesce(k) fallback fail;
            #[on(stop)] fn bye() {}
            receive gen fn all() -> i64 { yield 1; }
            var n: i64 = 0;
        }"""
    )
    assert "(Mailbox 4 'coalesce' k 'fail')" in dumped
    assert "[(ActorField id (NamedTypeExpr [i64])) (ActorField n (NamedTypeExpr [i64]) True (IntLiteral 0))]" in dumped
    assert dumped.count("ReceiveFn") == 2 and "(ActorInit [(Param a" in dumped and "(Attribute 'on'" in dumped


def test_supervisor_clauses(parse: Parse) -> None:
    dumped = parse.item(
        """supervisor App(c: Cfg) {
            strategy: one_for_one; intensity: 3 within 10s;
            child w: m.W(id: 1) restart: transient shutdown: infinity wired_to: { a: b, c };
            pool p: W(count: 2)
        }"""
    )
    assert dumped == (
        "(SupervisorDecl App [(Param c (NamedTypeExpr [Cfg]))] 'one_for_one' 3 (DurationLiteral 10000000000) "
        "[(ChildSpec w (NamedTypeExpr [m W]) [(Arg id (IntLiteral 1))] 'transient' 'infinity' "
        "[(WiredTo a b) (WiredTo c)]) (ChildSpec p (NamedTypeExpr [W]) [(Arg count (IntLiteral 2))] True)])"
    )


def test_machine_parts(parse: Parse) -> None:
    dumped = parse.item(
        """machine M {
            events { Inc; Add { n: i64; } }
            emits { Ready; }
            state Zero;
            state Live { hits: i64; entry { f(); } initial state Fresh; on Inc: _ => .Zero; }
            on Add(n): Zero => Live reenter when n > 1 { Live { hits: n } }
            on Inc: Live => .Faulted { code: 1 }
            default { state }
        }"""
    )
    assert "(StateDecl Fresh True)" in dumped
    assert "[(TransitionDecl Inc [_] [Zero] True)]" in dumped
    assert "(TransitionDecl Add [n] [Zero] [Live] True (Binary '>' (NameExpr n) (IntLiteral 1)) (Block" in dumped
    assert "(TransitionDecl Inc [Live] [Faulted] True [(FieldInit code (IntLiteral 1))])" in dumped
    assert dumped.endswith("True)")


def test_nested_block_comments_are_trivia() -> None:
    text = "/* a /* b */ c */ // d\n/// e\nfn f() {}"
    parsed = parse_module(text, 0, DiagnosticSink())
    assert [text[start:end] for start, end in parsed.comments] == ["/* a /* b */ c */", "// d", "/// e"]
    assert len(parsed.module.items) == 1
