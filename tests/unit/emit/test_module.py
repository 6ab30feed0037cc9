"""Text that LLVM accepts, the same for the same module."""

from __future__ import annotations

import llvmlite.binding as llvm
import pytest

from pyhew.driver.native import NativeModule
from pyhew.driver.options import Mode
from pyhew.emit.module import emit_llvm
from pyhew.emit.program import EmitOptions
from pyhew.ir.parse import parse_module
from pyhew.passes.manager import run_passes
from pyhew.source.files import Sources

PROGRAM = """
struct "S" (string, i64, Vec<string>) ["a", "b", "c"]
enum "Mixed" [(i64, string), (Vec<string>), (f64)] ["A", "B", "C"]

fn @"hew.odd name \\"é\\""(%m: consume !"Mixed", %v: inout Vec<!"Mixed">, %i: i64, %x: f64) -> !"S" {
^entry:
  %w = vec_push %v, %m : Vec<!"Mixed">
  %t = tag %w, %i {path = [["elem"]]} : i32
  %n = convert %x : i64
  %q = arith %n, %i {op = "div", policy = "trap"} : i64
  %y = math %x {name = "tan"} : f64
  %s = zero : !"S"
  %text = string {text = "a\\u0000\\"\\\\é"} : string
  %old, %u = replace %s, %text {path = [["field", 0]]} : string, !"S"
  switch %t, 0: ^end(%u), 1: ^end(%u), default: ^bad
^end(%r: !"S"):
  return %r, %w
^bad:
  trap "Unreachable"
}
"""


def emitted(options: EmitOptions) -> str:
    return emit_llvm(run_passes(parse_module(PROGRAM)), Sources(), options)


@pytest.mark.parametrize("is_check", [False, True])
@pytest.mark.parametrize("has_debug_info", [False, True])
def test_llvm_accepts_the_text(is_check: bool, has_debug_info: bool) -> None:
    module = llvm.parse_assembly(emitted(EmitOptions(is_check, has_debug_info)))
    module.verify()


def test_equal_modules_give_equal_text() -> None:
    assert emitted(EmitOptions()) == emitted(EmitOptions())


def test_check_mode_counts_in_the_runtime_only() -> None:
    text = """
        fn @"keep"(%s: string, %d: consume string) -> string {
        ^entry:
          return %s
        }"""
    fast, check = (
        emit_llvm(run_passes(parse_module(text)), Sources(), EmitOptions(is_check)).partition("@keep(ptr %self")[2]
        for is_check in (False, True)
    )
    assert "@hew.retain(" in fast
    assert "@hew.release(" in fast
    assert "@hew_retain(" in check
    assert "@hew_release(" in check


def test_nobody_counts_a_literal() -> None:
    text = """
        fn @"twice"(%s: string) -> (string, string) {always_inline = true} {
        ^entry:
          %pair = pack %s, %s : (string, string)
          return %pair
        }
        fn @"both"() -> (string, string) {exported = true} {
        ^entry:
          %s = string {text = "a literal"} : string
          %pair = call %s {callee = @"twice"} : (string, string)
          return %pair
        }"""
    before = emit_llvm(run_passes(parse_module(text)), Sources())
    assert before.count("call void @hew.retain(") == 2
    after = NativeModule(before, Mode.FAST).llvm_text()
    assert "@both(" in after
    assert not [line for line in after.split("\n") if "load i32" in line or "store i32" in line]


def test_what_is_always_inlined_comes_first_callees_before_callers() -> None:
    calls = {"user": "outer", "outer": "middle", "middle": "inner", "inner": None}
    parts = []
    for name, callee in calls.items():
        flags = "" if name == "user" else " {always_inline = true}"
        body = f'%t = call %s {{callee = @"{callee}"}} : i64' if callee else "%t = arith %s, %s {op = \"and\", policy = \"trap\"} : i64"
        parts.append(f'fn @"{name}"(%s: i64) -> i64{flags} {{\n^entry:\n  {body}\n  return %t\n}}')
    text = emit_llvm(run_passes(parse_module("\n".join(parts))), Sources())
    order = [name for line in text.split("\n") for name in calls if line.startswith("define") and f"@{name}(" in line]
    assert order == ["inner", "middle", "outer", "user"]
