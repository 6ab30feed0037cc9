"""Text that LLVM accepts, the same for the same module."""

from __future__ import annotations

import llvmlite.binding as llvm
import pytest

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
