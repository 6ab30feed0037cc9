"""What the verifiers refuse, one broken text per rule."""

from __future__ import annotations

import pytest

from pyhew.ir.ownership import verify_ownership
from pyhew.ir.parse import parse_module
from pyhew.ir.verify import verify_structure
from pyhew.source.diagnostics import CompilerBug

STRUCTURE = {
    "an operand of another type": """
        fn @"f"(%a: i64, %b: f64) -> i64 {
        ^entry:
          %c = arith %a, %b {op = "add", policy = "trap"} : i64
          return %c
        }""",
    "a use before the definition": """
        fn @"f"() -> i64 {
        ^entry:
          %b = not %a : i64
          %a = const {value = 1} : i64
          return %b
        }""",
    "a value that is not defined on every way": """
        fn @"f"(%c: bool) -> i64 {
        ^entry:
          cond_br %c, ^some, ^end
        ^some:
          %a = const {value = 1} : i64
          br ^end
        ^end:
          return %a
        }""",
    "too few arguments on an edge": """
        fn @"f"() -> i64 {
        ^entry:
          br ^end
        ^end(%a: i64):
          return %a
        }""",
    "an edge to the entry": """
        fn @"f"() -> () {
        ^entry:
          br ^entry
        }""",
    "a part lent through a cell": """
        fn @"f"(%r: Rc<Vec<i64>>) -> i64 {
        ^entry:
          %x = lend %r {path = [["deref"]]} : Vec<i64>
          %n = vec_len %x : i64
          return %n
        }""",
    "a missing successor at a return": """
        fn @"f"(%v: inout Vec<i64>) -> () {
        ^entry:
          return
        }""",
    "a call with the uses of another function": """
        fn @"g"(%v: inout Vec<i64>) -> () {
        ^entry:
          return %v
        }
        fn @"f"(%v: consume Vec<i64>) -> Vec<i64> {
        ^entry:
          call %v {callee = @"g"}
          return %v
        }""",
    "a constant outside its type": """
        fn @"f"() -> u8 {
        ^entry:
          %a = const {value = 256} : u8
          return %a
        }""",
    "a path through a field that is not there": """
        struct "s" (i64) ["a"]
        fn @"f"(%s: !"s") -> i64 {
        ^entry:
          %a = project %s {path = [["field", 1]]} : i64
          return %a
        }""",
    "an element without its index": """
        fn @"f"(%v: Vec<i64>) -> i64 {
        ^entry:
          %a = project %v {path = [["elem"]]} : i64
          return %a
        }""",
    "a switch with one case twice": """
        fn @"f"(%i: i64) -> () {
        ^entry:
          switch %i, 1: ^end, 1: ^end
        ^end:
          return
        }""",
}

OWNERSHIP = {
    "a value lost at a return": """
        fn @"f"(%s: consume string) -> () {
        ^entry:
          return
        }""",
    "a value lost on one edge": """
        fn @"f"(%s: consume string, %c: bool) -> () {
        ^entry:
          cond_br %c, ^a(%s), ^b
        ^a(%t: string):
          drop %t
          return
        ^b:
          return
        }""",
    "a value given twice": """
        fn @"f"(%s: consume string) -> (string, string) {
        ^entry:
          %p = pack %s, %s : (string, string)
          return %p
        }""",
    "a use after the end": """
        fn @"f"(%v: consume Vec<i64>) -> i64 {
        ^entry:
          drop %v
          %n = vec_len %v : i64
          return %n
        }""",
    "a lent part consumed": """
        fn @"f"(%v: Vec<Vec<i64>>, %i: i64) -> () {
        ^entry:
          %x = lend %v, %i {path = [["elem"]]} : Vec<i64>
          drop %x
          return
        }""",
    "a lent part returned": """
        fn @"f"(%v: Vec<Vec<i64>>, %i: i64) -> Vec<i64> {
        ^entry:
          %x = lend %v, %i {path = [["elem"]]} : Vec<i64>
          return %x
        }""",
    "a part used after what lent it was dropped": """
        fn @"f"(%v: consume Vec<Vec<i64>>, %i: i64) -> i64 {
        ^entry:
          %x = lend %v, %i {path = [["elem"]]} : Vec<i64>
          drop %v
          %n = vec_len %x : i64
          return %n
        }""",
    "a part used after what lent it was changed": """
        fn @"f"(%v: inout Vec<Vec<i64>>, %w: consume Vec<i64>, %i: i64) -> i64 {
        ^entry:
          %x = lend %v, %i {path = [["elem"]]} : Vec<i64>
          %after = vec_push %v, %w : Vec<Vec<i64>>
          %n = vec_len %x : i64
          return %n, %after
        }""",
    "a part used while what lent it is given away": """
        fn @"g"(%v: consume Vec<Vec<i64>>, %x: Vec<i64>) -> () {
        ^entry:
          drop %v
          return
        }
        fn @"f"(%v: consume Vec<Vec<i64>>, %i: i64) -> () {
        ^entry:
          %x = lend %v, %i {path = [["elem"]]} : Vec<i64>
          call consume %v, %x {callee = @"g"}
          return
        }""",
    "a part of a part used after the whole is gone, in another block": """
        fn @"f"(%v: consume Vec<Vec<string>>, %i: i64) -> i64 {
        ^entry:
          %x = lend %v, %i {path = [["elem"]]} : Vec<string>
          drop %v
          br ^next
        ^next:
          %y = lend %x, %i {path = [["elem"]]} : string
          %n = const {value = 1} : i64
          return %n
        }""",
    "a borrowed parameter consumed": """
        fn @"f"(%s: string) -> () {
        ^entry:
          drop %s
          return
        }""",
    "a borrowed parameter returned": """
        fn @"f"(%s: string) -> string {
        ^entry:
          return %s
        }""",
    "a value of another block": """
        fn @"f"(%s: consume string) -> string {
        ^entry:
          br ^end
        ^end:
          return %s
        }""",
    "a result nobody takes": """
        fn @"f"() -> () {
        ^entry:
          %s = string {text = "a"} : string
          return
        }""",
    "a value lost where a suspended function is abandoned": """
        fn @"f"(%s: consume string) -> string {
        ^entry:
          suspend_to 0, ^go(%s), ^abandon(%s)
        ^go(%t: string):
          return %t
        ^abandon(%u: string):
          done
        }""",
}


@pytest.mark.parametrize("name", STRUCTURE)
def test_structure_is_refused(name: str) -> None:
    with pytest.raises(CompilerBug):
        verify_structure(parse_module(STRUCTURE[name]))


@pytest.mark.parametrize("name", OWNERSHIP)
def test_ownership_is_refused(name: str) -> None:
    module = parse_module(OWNERSHIP[name])
    verify_structure(module)
    with pytest.raises(CompilerBug, match="ownership is wrong in f"):
        verify_ownership(module)


def test_a_part_may_be_lent_by_what_ends_later() -> None:
    module = parse_module("""
        fn @"f"(%v: inout Vec<Vec<i64>>, %i: i64, %c: bool) -> i64 {
        ^entry:
          %x = lend %v, %i {path = [["elem"]]} : Vec<i64>
          cond_br %c, ^some, ^some
        ^some carries [%v]:
          %n = vec_len %x : i64
          return %n, %v
        }""")
    verify_structure(module)
    verify_ownership(module)


def test_a_trap_may_leave_values_behind() -> None:
    module = parse_module("""
        fn @"f"(%s: consume string) -> () {
        ^entry:
          trap "Unreachable"
        }""")
    verify_structure(module)
    verify_ownership(module)
