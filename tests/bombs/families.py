"""Families of programs that can be made as long as one likes.

In: about how many lines.  Out: a program that compiles.
Assumed: each family is long in one way, so that a slow growth can be laid at one door.
"""

from __future__ import annotations

from collections.abc import Callable


def straight(n: int) -> str:
    """One long block of arithmetic."""
    lines = [f"    let a{i} = x + {i};\n    x = a{i} % 1000;" for i in range(n // 2)]
    return "\n".join(["fn main() {", "    var x: i64 = 1;", *lines, "    println(x);", "}"])


def functions(n: int) -> str:
    """Many small functions, some called."""
    parts = [f"fn f{i}(x: i64) -> i64 {{\n    let y = x + {i};\n    if y > 10 {{ y - 1 }} else {{ y }}\n}}" for i in range(n // 4)]
    calls = [f"    x = f{i}(x);" for i in range(0, n // 4, 4)]
    return "\n".join([*parts, "fn main() {", "    var x = 0;", *calls, "    println(x);", "}"])


def live(n: int) -> str:
    """One function with many strings that live across many branches."""
    made = [f'    let s{i} = f"s{{n}}";' for i in range(n // 4)]
    used = [f"    if n > {i} {{\n        println(s{i});\n    }}" for i in range(n // 4)]
    return "\n".join(["fn main() {", "    var n = 0;", *made, *used, "}"])


def joins(n: int) -> str:
    """Many places where two ways meet again."""
    lines = [f"    if x > {i} {{ x = x + 1; }} else {{ x = x - 1; }}" for i in range(n)]
    return "\n".join(["fn main() {", "    var x: i64 = 1;", *lines, "    println(x);", "}"])


def generics(n: int) -> str:
    """Many instances of two generic functions."""
    types = [f"type T{i} {{ a: i64; }}" for i in range(n // 4)]
    uses = [f"    println(wrap(T{i} {{ a: {i} }}).v.a);\n    println(id(T{i} {{ a: {i} }}).a);" for i in range(n // 4)]
    head = "type Box<T> { v: T; }\nfn wrap<T>(v: T) -> Box<T> { Box { v: v } }\nfn id<T>(v: T) -> T { v }"
    return "\n".join([head, *types, "fn main() {", *uses, "}"])


def matches(n: int) -> str:
    """One match with many arms."""
    arms = [f"        {i} => {i * 3}," for i in range(n)]
    return "\n".join(
        ["fn pick(x: i64) -> i64 {", "    match x {", *arms, "        _ => 0,", "    }", "}", "fn main() { println(pick(3)); }"]
    )


def literals(n: int) -> str:
    """Many strings."""
    return "\n".join(["fn main() {", *(f'    println("text number {i}");' for i in range(n)), "}"])


def nesting(n: int) -> str:
    """Deeply nested blocks, again and again."""
    deep = 60
    parts = []
    for k in range(max(1, n // (2 * deep + 6))):
        opened = [f"    if y > {i} {{\n    y = y + 1;" for i in range(deep)]
        parts.append("\n".join([f"fn f{k}(x: i64) -> i64 {{", "    var y = x;", *opened, "    }\n" * deep, "    y", "}"]))
    calls = [f"    println(f{k}({k}));" for k in range(len(parts))]
    return "\n".join([*parts, "fn main() {", *calls, "}"])


def records(n: int) -> str:
    """Records that hold records, built, read and compared."""
    head = ["type R0 { a: string; b: i64; }"]
    head += [f"type R{i} {{ inner: R{i - 1}; c: string; }}" for i in range(1, 8)]
    value = 'R0 { a: f"{n}", b: n }'
    for i in range(1, 8):
        value = f'R{i} {{ inner: {value}, c: "c" }}'
    lines = [f"    let v{k} = {value};\n    println(v{k} == v{k});" for k in range(n // 16)]
    return "\n".join([*head, "fn main() {", "    let n = 3;", *lines, "}"])


def actors(n: int) -> str:
    """Many actors with a few handlers each."""
    parts = [
        f"actor A{i} {{\n    var s: string = \"\";\n    receive fn put(t: string) {{ s = t; }}\n"
        f"    receive fn get() -> string {{ s }}\n}}"
        for i in range(n // 5)
    ]
    uses = [f'    let a{i} = spawn A{i};\n    a{i}.put("x");\n    let _ = await a{i}.get();' for i in range(n // 5)]
    return "\n".join([*parts, "fn main() {", *uses, "}"])


def lendings(n: int) -> str:
    """A value that many functions hand on, until the last one changes it."""
    head = "type R { a: Vec<i64>; n: i64; }\nimpl R { fn grow(var self) { self.n += 1; } }"
    parts = [f"fn f{i}(var r: R) {{\n    f{i + 1}(r);\n}}" for i in range(n // 3)]
    last = f"fn f{n // 3}(var r: R) {{ r.grow(); }}"
    return "\n".join([head, *parts, last, "fn main() {", "    var r = R { a: [], n: 0 };", "    f0(r);", "    println(r.n);", "}"])


FAMILIES: tuple[Callable[[int], str], ...] = (
    straight, functions, live, joins, generics, matches, literals, nesting, records, actors, lendings,
)  # fmt: skip
