"""`mlir-opt` reads what we print, with our dialect loaded, and refuses what is broken."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from pyhew.ir.mlir import irdl_text, mlir_text
from pyhew.ir.ops import OPS
from pyhew.ir.parse import parse_module
from pyhew.passes.manager import run_passes

NAMES = ("mlir-opt", *(f"mlir-opt-{version}" for version in range(25, 18, -1)))
TOOL = next((path for path in map(shutil.which, NAMES) if path), None)
needs_tool = pytest.mark.skipif(TOOL is None, reason="mlir-opt is not installed (Debian: mlir-22-tools)")

PROGRAM = """
struct "pair" (string, i64) ["a", "b"]
enum "option" [(), (string)] ["None", "Some"]

fn @"slow"(%s: string) -> i64 {
^entry:
  suspend
  %n = runtime %s {fn = runtime("hew_string_length")} : i64
  return %n
}

fn @"f \\"é\\""(%s: consume string, %v: inout Vec<string>, %x: f64) -> i64 {
^entry:
  %n = call %s {callee = @"slow"} : i64
  %one = const {value = 1} : i64
  %m = arith %n, %one {op = "add", policy = "trap"} : i64
  %p = pack %s, %m : !"pair"
  %a, %b = unpack %p : string, i64
  %w = vec_push %v, %a : Vec<string>
  %old, %u = replace %w, %s, %one {path = [["elem"]]} : string, Vec<string>
  %o = variant %old {index = 1} : !"option"
  %t = tag %o {path = []} : i32
  %less = compare %m, %b {predicate = "lt"} : bool
  switch %t, 0: ^end, 1: ^more
^more:
  cond_br %less, ^end, ^bad
^bad:
  trap "Unreachable"
^end:
  return %m, %u
}
"""

FUNCTION = """module {{
"func.func"() <{{sym_name = "f", function_type = (i64, f64, !hew.value<"string">) -> ()}}> ({{
^bb0(%0: i64, %1: f64, %2: !hew.value<"string">):
  {0}
  "func.return"() : () -> ()
}}) : () -> ()
}}
"""

BROKEN = (
    '"hew.const"() : () -> (i64)',
    '"hew.const"(%0) {value = 1 : i64} : (i64) -> (i64)',
    '"hew.const"() {value = 1 : i64} : () -> ()',
    '"hew.zero"() : () -> (i64, i64)',
    '"hew.arith"(%0, %0) {op = "add"} : (i64, i64) -> (i64)',
    '"hew.arith"(%0) {op = "add", policy = "trap"} : (i64) -> (i64)',
    '"hew.arith"(%0, %0) {op = "add", policy = "trap"} : (i64, i64) -> (f64)',
    '"hew.compare"(%0, %0) : (i64, i64) -> (i1)',
    '"hew.compare"(%0, %0, %0) {predicate = "lt"} : (i64, i64, i64) -> (i1)',
    '"hew.copy"(%2) : (!hew.value<"string">) -> (i64)',
    '"hew.copy"(%2) : (!hew.value<"string">) -> ()',
    '"hew.drop"() : () -> ()',
    '"hew.drop"(%2) : (!hew.value<"string">) -> (i64)',
    '"hew.vec_push"(%2, %0) : (!hew.value<"string">, i64) -> (i64)',
    '"hew.vec_push"(%2) : (!hew.value<"string">) -> (!hew.value<"string">)',
    '"hew.call"(%0) {callee = "g", uses = []} : (i64) -> (!hew.list<"">)',
    '"hew.call"() : () -> ()',
    '"hew.pack"(%0, %1) : (i64, f64) -> (i64)',
    '"hew.string"() {text = "a"} : () -> (i64, i64)',
    '"hew.nonsense"() : () -> ()',
    '"hew.drop"(%2) : (!hew.value<3, 4>) -> ()',
    '"hew.drop"(%9) : (i64) -> ()',
    '"hew.suspend"(%0) : (i64) -> ()',
    '"hew.replace"(%2, %0) {path = "[]"} : (!hew.value<"string">, i64) -> (i64, i64)',
)


def accepts(text: str, folder: Path) -> bool:
    dialect, program = folder / "hew.irdl.mlir", folder / "program.mlir"
    dialect.write_text(irdl_text())
    program.write_text(text)
    command = [str(TOOL), f"--irdl-file={dialect}", "--allow-unregistered-dialect", str(program)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_every_operation_has_its_definition() -> None:
    text = irdl_text()
    assert [kind.name for kind in OPS if f"irdl.operation @{kind.name} " not in text] == []


@needs_tool
def test_a_module_is_read(tmp_path: Path) -> None:
    assert accepts(mlir_text(parse_module(PROGRAM)), tmp_path)
    assert accepts(mlir_text(run_passes(parse_module(PROGRAM))), tmp_path)


@needs_tool
def test_the_frame_around_broken_operations_is_sound(tmp_path: Path) -> None:
    assert accepts(FUNCTION.format('"hew.drop"(%2) : (!hew.value<"string">) -> ()'), tmp_path)


@needs_tool
@pytest.mark.parametrize("operation", BROKEN)
def test_a_broken_operation_is_refused(operation: str, tmp_path: Path) -> None:
    assert not accepts(FUNCTION.format(operation), tmp_path)
