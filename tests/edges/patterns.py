"""Random regular expressions on random texts.

In: a seed, how many expressions.  Out: a program.
Assumed: of equal ways to match both take the first; a match of nothing right behind another one is none; what a group holds is
not compared, for rounds that match nothing set it differently.
"""

from __future__ import annotations

import random
import re
import warnings

from tests.edges.program import Program, quoted, shown

TEXTS = "abcABé1 _.\n-"
CLASSES = ("[a-c]", "[^ab]", "[é1-9_]", r"[\w.]", r"[a\-z]", "[-a]", r"[^\d]")
HEAD = """import std.encoding.hex;
import std.text.regex;
fn h(s: string) -> string { hex.encode(s.to_bytes()) }
fn show(p: string, s: string) {
    let found = regex.new(p);
    var text = "";
    for part in found.find_all(s) { text = text + h(part) + ","; }
    println(f"{found.is_match(s)} {text} {h(found.replace(s, "<$0>"))}");
}"""


class Writer:
    """One expression, in both spellings: Python's end of text is `\\Z`."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def either(self, depth: int) -> str:
        return "|".join(self.row(depth) for _ in range(self.rng.choice([1, 1, 1, 2])))

    def row(self, depth: int) -> str:
        return "".join(self.repeated(depth) for _ in range(self.rng.randrange(4)))

    def repeated(self, depth: int) -> str:
        part = self.part(depth)
        if self.rng.random() < 0.5 or part in ("^", "\\Z", r"\b"):
            return part
        return part + self.rng.choice(["*", "+", "?", "{2}", "{1,2}", "{0,2}", "{1,}"]) + self.rng.choice(["", "?"])

    def part(self, depth: int) -> str:
        kind = self.rng.randrange(12)
        if kind < 4:
            return self.rng.choice("abcé1 _")
        if kind < 7:
            return self.rng.choice([".", r"\d", r"\w", r"\s", r"\D", r"\W", r"\S", r"\.", r"\n", r"\x41", *CLASSES])
        if kind == 7:
            return self.rng.choice([r"\b", "^", "\\Z"])
        if depth > 3:
            return "a"
        return self.rng.choice(["(", "(", "(?:", "(?i:"]) + self.either(depth + 1) + ")"


def _matches(pattern: re.Pattern[str], text: str) -> list[re.Match[str]]:
    found, at, last = [], 0, -1
    while at <= len(text):
        match = pattern.search(text, at)
        if match is None:
            break
        if not match.start() == match.end() == last:
            found.append(match)
        last = match.end()
        at = last + (match.start() == last)
    return found


def program(seed: int, count: int) -> Program:
    """So many expressions, each on four texts."""
    rng = random.Random(seed)
    made = Program([HEAD])
    warnings.simplefilter("ignore", FutureWarning)
    for _ in range(count):
        written = Writer(rng).either(0)
        pattern = re.compile(written)
        for _ in range(4):
            text = "".join(rng.choice(TEXTS) for _ in range(rng.randrange(9)))
            found = _matches(pattern, text)
            made_text, done = "", 0
            for match in found:
                made_text += text[done : match.start()] + f"<{match.group()}>"
                done = match.end()
            parts = "".join(match.group().encode().hex() + "," for match in found)
            made.call(
                f"show({quoted(written.replace(chr(92) + 'Z', '$'))}, {quoted(text)});",
                f"{shown(bool(found))} {parts} {(made_text + text[done:]).encode().hex()}",
            )
    return made
