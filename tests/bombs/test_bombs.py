"""Large programs cost what they are long; endless ones are refused at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.bombs.families import FAMILIES
from tests.bombs.growth import compiled, of_lines
from tests.fuzz.campaign import compile_once, limit

from pyhew.driver.options import Mode


def many(word: str, count: int, between: str = "") -> str:
    return between.join([word] * count)


BODIES = {
    "brackets": "let x = " + "(" * 10_000 + "1" + ")" * 10_000 + ";",
    "arrays": "let x = " + "[" * 10_000 + "]" * 10_000 + ";",
    "unary": "let x = " + "-" * 20_000 + "1;",
    "nots": "let x = " + "!" * 20_000 + "true;",
    "sum": "let x = " + many("1", 20_000, " + ") + ";",
    "concatenation": "let x = " + many('"a"', 20_000, " + ") + ";",
    "calls": "let x = 1" + ".abs()" * 20_000 + ";",
    "members": "let x = a" + ".b" * 20_000 + ";",
    "indices": "let x = a" + "[0]" * 20_000 + ";",
    "digits": "let x = " + "9" * 100_000 + ";",
    "hex": "let x = 0x" + "f" * 100_000 + ";",
    "exponent": "let x = 1e" + "9" * 10_000 + ";",
    "blocks": "{" * 10_000 + "}" * 10_000,
    "ifs": "if true {" * 5_000 + "}" * 5_000,
    "else ifs": "if false {} " + "else if false {} " * 12_000,
    "loops": "loop {" * 3_000 + "}" * 3_000,
    "matches": "match 1 { _ => " * 3_000 + "1" + "}" * 3_000,
    "closures": "let f = " + "|x| " * 3_000 + "x;",
    "strings in strings": 'let x = f"' + '{f"' * 2_000 + '"}' * 2_000 + '";',
    "holes": 'let x = f"' + "{1}" * 5_000 + '";',
    "tuple": "let x = (" + "1, " * 60_000 + ");",
    "nested tuples": "let x = " + "(1, " * 3_000 + "2" + ")" * 3_000 + ";",
    "array": "let x = [" + "1, " * 20_000 + "];",
    "huge array": "let x = [0; 1000000000000];",
    "name": "let " + "a" * 200_000 + " = 1;",
    "quotes": '"' * 50_001,
    "comment": "/*" * 30_000,
    "awaits": "await " * 20_000 + "x;",
    "casts": "let x = 1" + " as i64" * 20_000 + ";",
    "tries": "let x = a" + "?" * 20_000 + ";",
    "ranges": "let x = " + many("1", 20_000, "..") + ";",
    "types": "let x: " + "Vec<" * 5_000 + "i64" + ">" * 5_000 + " = 1;",
    "function types": "let x: " + "fn(" * 3_000 + ")" * 3_000 + " = 1;",
    "tuple types": "let x: " + "(" * 3_000 + "i64" + ",)" * 3_000 + " = 1;",
}
PROGRAMS = {
    "polymorphic recursion": "fn f<T>(x: T, n: i64) { if n > 0 { f((x, x), n - 1); } }\nfn main() { f(1, 3); }",
    "doubling type": "\n".join(
        ["type T0 { a: i64; b: i64; }", *(f"type T{i} {{ a: T{i - 1}; b: T{i - 1}; }}" for i in range(1, 40))]
    ) + "\nfn main() { let v: Vec<T39> = Vec.new(); println(v.len()); }",
    "alias tower": "\n".join(
        ["type A0 = (i64, i64);", *(f"type A{i} = (A{i - 1}, A{i - 1});" for i in range(1, 40))]
    ) + "\nfn main() { let v: Vec<A39> = Vec.new(); println(v.len()); }",
    "alias ring": "type A = B;\ntype B = A;\nfn main() { let x: A = 1; }",
    "constant ring": "const A: i64 = B;\nconst B: i64 = A;\nfn main() { println(A); }",
    "trait ring": "trait A: B {}\ntrait B: A {}\nfn main() {}",
    "exponential match": "enum E { A; B; C; }\nfn f(" + ", ".join(f"a{i}: E" for i in range(14)) + ") -> i64 {\n    match ("
    + ", ".join(f"a{i}" for i in range(14)) + ") {\n"
    + "".join(f"        ({', '.join('.A' if j == i else '_' for j in range(14))}) => {i},\n" for i in range(14))
    + "        _ => 99,\n    }\n}\nfn main() {}",
    "pair inference": "fn main() {\n    let a0 = |x| x;\n" + "".join(f"    let a{i} = (a{i - 1}, a{i - 1});\n" for i in range(1, 30)) + "}",
    "many errors": "fn main() {\n" + "    let x: i64 = \"a\";\n" * 5_000 + "}",
    "many functions": "".join(f"fn f{i}() {{ f{i + 1}(); }}\n" for i in range(3_000)) + "fn f3000() {}\nfn main() { f0(); }",
}  # fmt: skip
LONG_BODIES = {
    "sum": "let x = " + many("1", 9_900, " + ") + ";",
    "concatenation": "let x = " + many('"a"', 1_500, " + ") + ";",
    "calls": "let x = 1" + ".abs()" * 3_000 + ";",
    "else ifs": "let x = 1;\n" + many("if x == 1 { println(x) }", 1_500, "\nelse "),
    "line": "let x = [" + "10000, " * 20_000 + "];",
}
LONG = {
    "constants": "".join(f"const C{i}: i64 = C{i + 1} + 1;\n" for i in range(3_000)) + "const C3000: i64 = 1;\nfn main() { println(C0); }",
    "aliases": "".join(f"type A{i} = A{i + 1};\n" for i in range(3_000)) + "type A3000 = i64;\nfn main() { let a: A0 = 1; println(a); }",
    "types": "".join(f"type R{i} {{ r: Vec<R{i + 1}>; }}\n" for i in range(400)) + "type R400 { n: i64; }\nfn main() { let r = R0 { r: [] }; println(r.r.len()); }",
}  # fmt: skip


def in_main(bodies: dict[str, str]) -> dict[str, str]:
    return {name: f"fn main() {{\n    {body}\n}}" for name, body in bodies.items()}


SOURCES = {**in_main(BODIES), **PROGRAMS}


@pytest.mark.parametrize("name", SOURCES)
def test_a_bomb_does_not_go_off(name: str, tmp_path: Path) -> None:
    file = tmp_path / "bomb.hew"
    file.write_text(SOURCES[name])
    with limit():
        assert compile_once(file, Mode.FAST) in ("refused", "compiled")


def test_there_are_many_bombs() -> None:
    assert len(SOURCES) >= 40


@pytest.mark.parametrize(("name", "text"), {**in_main(LONG_BODIES), **LONG}.items())
def test_what_is_long_and_right_is_compiled(name: str, text: str, tmp_path: Path) -> None:
    file = tmp_path / f"{name}.hew"
    file.write_text(text)
    with limit():
        assert compile_once(file, Mode.FAST) == "compiled"


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.__name__)
def test_what_llvm_gets_grows_with_the_program(family: Callable[[int], str]) -> None:
    small, large = (compiled(family(size), with_native=False).text for size in (252, 504))
    assert large <= 2.3 * small


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.__name__)
def test_a_family_fills_the_lines_it_is_given(family: Callable[[int], str]) -> None:
    program = of_lines(family, 300)
    assert program.count("\n") == 300
    assert program.rstrip("\n").count("\n") > 150, "most of them are not empty"
