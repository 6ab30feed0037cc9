"""The text form reads back what it prints, and names what it cannot read."""

from __future__ import annotations

import pytest

from pyhew.ir.parse import IrSyntaxError, parse_module
from pyhew.ir.text import print_module

EVERYTHING = """\
struct "Point" (i64, f32) ["x", "y"]

enum "Shape" [(), (!"Point", string), (bool)] ["None", "Some", "Flag"]

struct "env" (Rc<i64>, Weak<i64>) ["a", "b"]

struct "chain" (Dyn<"dyn State", fn(i64) -> Dyn<"dyn State">>) ["next"]

fn @"code"(%e: Env<!"env">, %v: inout Vec<u8>) -> ptr {is_std = true} {
^entry:
  %p = zero : ptr
  return %p, %v
}

fn @"hew.main"(%s: consume string, %0: Box<!"Shape">) -> () {shown = "main", yields = type(i64), exported = true} {
^entry:
  %f = const {value = float("1.5")} : f64
  %b = bytes {data = bytes("00ff")} : Vec<u8>
  %chain = zero : !"chain"
  %n = runtime %s {fn = runtime("hew_string_length")} : i64
  %one, %over = overflowing %n, %n {op = "add"} : i64, bool
  %t = tag %0 {path = [["deref"]]} : i32
  switch %t, 0: ^a(%n), 1: ^b, default: ^c
^a(%m: i64):
  yield %m
  trap "Panic", %s
^b:
  cond_br %over, ^c, ^d
^c:
  unreachable
^d:
  return
}

actor "Main" {symbol = "a", name = "Main", state = type(!"Point"), handlers = [["init", "w", [type(i64)], none, 5]], \
drop_state = "d", on_stop = none, on_crash = none, on_down = none, on_exit = none, mailbox = [8, "block", [none], none]}

supervisor "Sup" {symbol = "s", name = "Sup", strategy = "one_for_one", intensity = 3, window = 1000, \
children = [["c", "Main", false, "start", "permanent", -1, [[0, 1]], false, none]], params = [type(i64)]}

main "Main"
"""


def test_text_is_a_fixed_point() -> None:
    once = print_module(parse_module(EVERYTHING))
    assert print_module(parse_module(once)) == once
    assert set(once.splitlines()) == set(EVERYTHING.splitlines())


def test_names_that_clash_are_told_apart() -> None:
    module = parse_module("""
        fn @"f"() -> i64 {
        ^b:
          %x = const {value = 1} : i64
          br ^b.2
        ^b.2:
          %x.2 = const {value = 2} : i64
          return %x.2
        }""")
    for block in module.functions["f"].blocks:
        block.name = "b"
        for op in block.ops:
            op.results[0].name = "x"
    text = print_module(module)
    assert "%x.2 = const {value = 2}" in text
    assert "^b.2:" in text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('fn @"f"() -> i64 {\n^entry:\n  %a = nonsense : i64\n  return %a\n}', "line 3: an operation is wanted"),
        ('fn @"f"() -> nothing {\n^entry:\n  return\n}', "line 1"),
        ('fn @"f"() -> i64 {\n^entry:\n  %a = call {callee = @"g"} : i64\n  return %a\n}', "no function is called g"),
        ("nonsense", "a definition is wanted"),
    ],
)
def test_mistakes_are_named(text: str, words: str) -> None:
    with pytest.raises(IrSyntaxError, match=words):
        parse_module(text)
