"""Which functions of a default build get the optimising instruction selection."""

from __future__ import annotations

import re

import pytest

from pyhew.driver.native import NativeModule
from pyhew.driver.options import Mode

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
