"""Ranges between any ends of any integer type, forward, backward and in steps.

In: a seed, how many ranges of each type.  Out: a program.
Assumed: of a range the first seven items tell enough; Python's ranges have no limits.
"""

from __future__ import annotations

import random

from tests.edges.integers import limits
from tests.edges.program import Program, shown

TYPES = ("i8", "u8", "i16", "i32", "u32", "i64", "u64", "usize")
SEEN = 7
WALKS = ("(a..b)", "(a..=b)", "(a..b).rev()", "(a..=b).rev()", "(a..b).step_by(s)", "(a..=b).step_by(s)",
         "(a..b).rev().step_by(s)", "(a..=b).rev().step_by(s)")  # fmt: skip
LOOPS = ("a..b", "a..=b", "(a..=b).rev()", "(a..=b).step_by(s)")


def _define(made: Program, ty: str) -> None:
    walks = " ".join(f"few_{ty}({walk});" for walk in WALKS)
    loops = " ".join(
        f'n = 0; for _ in {walk} {{ n += 1; if n > 5 {{ break; }} }} text = text + f" {{n}}";' for walk in LOOPS
    )
    made.head.append(
        f"fn few_{ty}(it: Range<{ty}>) {{\n"
        f'    var text = "of"; var n = 0;\n'
        f'    for x in it {{ text = text + f" {{x}}"; n += 1; if n == {SEEN} {{ break; }} }}\n    println(text);\n}}\n'
        f"fn ranges_{ty}(a: {ty}, b: {ty}, s: {ty}, v: {ty}) {{\n    {walks}\n"
        f'    println(f"has {{(a..b).contains(v)}} {{(a..=b).contains(v)}} {{(a..=b).rev().step_by(s).contains(v)}}");\n'
        f'    var n = 0; var text = "loops"; {loops}\n    println(text);\n}}'
    )


def program(seed: int, count: int) -> Program:
    """So many ranges of each type."""
    rng = random.Random(seed)
    made = Program()
    for ty in TYPES:
        _define(made, ty)
        low, high = limits(ty)
        ends = [n for n in (low, low + 1, low // 2, -3, -1, 0, 1, 5, high // 2 + 1, high - 2, high - 1, high) if low <= n <= high]
        for _ in range(count):
            a = rng.choice(ends)
            b = rng.choice(ends) if rng.random() < 0.5 else max(low, min(high, a + rng.randrange(-3, 9)))
            step = max(1, min(high, rng.choice([1, 2, 3, high, high - 1, high // 2 + 1, b - a])))
            value = rng.choice([*ends, a, b])
            open_end, closed = range(a, b), range(a, b + 1)
            walks = [open_end, closed, open_end[::-1], closed[::-1]]
            walks += [walk[::step] for walk in walks]
            lines = ["".join(["of", *(f" {n}" for n in walk[:SEEN])]) for walk in walks]
            has = " ".join(shown(value in walk) for walk in (open_end, closed, closed[::-1][::step]))
            rounds = " ".join(str(len(walk[:6])) for walk in (open_end, closed, closed, closed[::step]))
            made.call(f"ranges_{ty}({a}, {b}, {step}, {value});", *lines, f"has {has}", f"loops {rounds}")
    return made
