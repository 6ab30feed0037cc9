"""Which functions of a default build get the optimising instruction selection, and what LLVM makes of what it is told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pyhew.driver.native import NativeModule
from pyhew.driver.options import BuildOptions, Mode
from pyhew.driver.session import Session
from pyhew.emit.aliasing import LENGTH, length_loaded, tag

STRAIGHT = "define i64 @straight(i64 %n) nounwind {\n  %m = add i64 %n, 1\n  ret i64 %m\n}\n"
LOOP = """
define i64 @loop(i64 %n) nounwind "hew-loops" {
entry:
  br label %head
head:
  %at = phi i64 [ 0, %entry ], [ %next, %head ]
  %next = add i64 %at, 1
  %more = icmp slt i64 %next, %n
  br i1 %more, label %head, label %done
done:
  ret i64 %next
}
"""
LONG = (
    "\ndefine i64 @long(i64 %n) nounwind {\n"
    + "".join(f"  %v{at} = load volatile i64, ptr null\n" for at in range(2000))
    + "  ret i64 %n\n}\n"
)


def quick_ones(text: str, mode: Mode) -> set[str]:
    """The functions that LLVM was told not to spend time on."""
    shown = NativeModule(text, mode).llvm_text()
    groups = {number for number, words in re.findall(r"attributes (#\d+) = \{ (.*) \}", shown) if "optnone" in words}
    return {name for name, number in re.findall(r"define \S+ @(\w+)\(.*\).* (#\d+) \{", shown) if number in groups}


@pytest.mark.parametrize(
    ("text", "mode", "quick"),
    [
        (STRAIGHT + LOOP, Mode.FAST, {"straight"}),
        (STRAIGHT, Mode.FAST, set()),
        (STRAIGHT + LOOP + LONG, Mode.FAST, set()),
        (STRAIGHT + LOOP, Mode.RELEASE, set()),
        (STRAIGHT + LOOP, Mode.CHECK, set()),
    ],
    ids=["loops are optimised", "no loop", "a long function", "release", "check"],
)
def test_only_functions_with_loops_are_worth_the_time(text: str, mode: Mode, quick: set[str]) -> None:
    assert quick_ones(text, mode) == quick


SCAN = """
fn first_from(items: Vec<i64>, least: i64) -> i64 {
    var at = 0;
    while items[at] < least { at += 1; }
    at
}

fn main() {
    println(first_from([1, 5, 9], 6));
}
"""


def scan_code(tmp_path: Path, length_suffix: str | None = None) -> str:
    """The machine code of the program, with another suffix behind loads of lengths where one is given."""
    path = tmp_path / "scan.hew"
    path.write_text(SCAN, encoding="utf-8")
    session = Session(str(path), BuildOptions(Mode.RELEASE))
    assert session.check()
    text = session.llvm_text()
    if length_suffix is not None:
        assert length_loaded() in text
        text = text.replace(length_loaded(), length_suffix)
    return NativeModule(text, Mode.RELEASE).assembly()


def overflow_checks(assembly: str) -> int:
    return len(re.findall(r"^\s+jn?o\s", assembly, re.MULTILINE))


def test_what_counts_up_from_an_index_needs_no_overflow_check(tmp_path: Path) -> None:
    assert overflow_checks(scan_code(tmp_path)) < overflow_checks(scan_code(tmp_path, tag(LENGTH)))


def test_loops_begin_where_the_processor_reads_a_piece_of_code(tmp_path: Path) -> None:
    assert re.search(r"\.p2align\s+5", scan_code(tmp_path))


HALVES = """
fn half(x: i64) -> i64 { x / 2 + 1 }

fn main() {
    var sum = half(7);
    for i in 0..100 { sum += half(i); }
    println(sum);
}
"""


@pytest.mark.parametrize(("mode", "calls"), [(Mode.FAST, 1), (Mode.CHECK, 2)])
def test_small_functions_are_written_out_in_loops(tmp_path: Path, mode: Mode, calls: int) -> None:
    path = tmp_path / "halves.hew"
    path.write_text(HALVES, encoding="utf-8")
    session = Session(str(path), BuildOptions(mode))
    assert session.check()
    assert len(re.findall(r"call i64 @hew\.main\.half", NativeModule(session.llvm_text(), mode).llvm_text())) == calls
