"""What a load or store touches, told to LLVM (type-based alias analysis).

In: a kind of memory.  Out: the suffix of a load or store; the metadata lines of a module.
A length, a capacity, a count and each scalar that elements and fields are made of never
stand in the same place, so a store to an element leaves the lengths that loops compare with.
Assumed: a block holds values of one type until it is freed, and blocks come and go through
calls that LLVM cannot see into.  A suspended call's frame is used again for other values, so its
loads and stores say nothing.
"""

from __future__ import annotations

from pyhew.abi.constants import LONGEST

LENGTH, CAPACITY, COUNT = "length", "capacity", "count"

_KINDS = (LENGTH, CAPACITY, COUNT, "i8", "i16", "i32", "i64", "i128", "float", "double", "ptr")

_FIRST = 1 << 28
"""Numbers of metadata nodes may have gaps; those of positions in the source start at 0."""

_RANGE = _FIRST - 1

_TAGS = {kind: f", !tbaa !{_FIRST + 2 + 2 * at}" for at, kind in enumerate(_KINDS)}


def tag(kind: str) -> str:
    """The suffix; `kind` is one of the names above or the LLVM type of a scalar in memory."""
    return _TAGS[kind]


def length_loaded() -> str:
    """The suffix of a load of a length: it also says how large one can be, so the next of an index that is inside is a number."""
    return f"{_TAGS[LENGTH]}, !range !{_RANGE}"


def lines() -> list[str]:
    """The range of lengths, the root, then a type and an access tag per kind."""
    made = [f"!{_RANGE} = !{{i64 0, i64 {LONGEST + 1}}}", f'!{_FIRST} = !{{!"hew"}}']
    for at, kind in enumerate(_KINDS):
        number = _FIRST + 1 + 2 * at
        made.append(f'!{number} = !{{!"{kind}", !{_FIRST}, i64 0}}')
        made.append(f"!{number + 1} = !{{!{number}, !{number}, i64 0}}")
    return made
