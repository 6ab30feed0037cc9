"""Strings: lengths, case, white space, searching, splitting, slices, numbers in them.

In: a seed, a count.  Out: a program.
Assumed: positions of `find` and `char_at` count bytes, those of slices characters; what is printed of a text is its bytes.
"""

from __future__ import annotations

import random
import re

from tests.edges.program import Program, option, quoted, shown

PIECES = (
    "a", "b", "A", "Z", "0", "9", " ", "\t", "\n", "\r\n", "é", "ß", "€", "𝄞", "ab", "aa", "İ", "ﬁ", "e\u0301", "_", "-", "\u00a0",
    "\u2003", "日", "{", "}", ",", '"', "\\",
)  # fmt: skip
NUMBERS = (
    "123", "+5", "-0", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "0x10",
    "1_000", " 1", "1 ", "+", "-", "--1", "007", "00000000000000000000000000012", "١", "1.0", "",
)  # fmt: skip
HEAD = """import std.encoding.hex;
import std.fmt;
import std.string;
fn h(s: string) -> string { hex.encode(s.to_bytes()) }
fn all(v: Vec<string>) -> string { var t = f"{v.len()}"; for s in v { t = t + ":" + h(s); } t }
fn one(s: string) {
    println(f"{s.len()} {s.is_empty()} {s.char_count()} {s.chars().len()} {s.is_digit()} {s.is_alpha()} {string.is_ascii(s)}");
    println(f"{h(s.to_upper())} {h(s.to_lower())} {h(s.trim())} {h(s.trim_start())} {h(s.trim_end())}");
    println(f"{all(s.lines())} {h(s.repeat(2))} {s.to_bytes().to_string() == s} {string.to_int(s):?}");
}
fn two(s: string, p: string, r: string) {
    println(f"{s.contains(p)} {s.starts_with(p)} {s.ends_with(p)} {s.find(p):?} {string.count(s, p)} {s == p} {s < p} {s <= p}");
    println(f"{h(s.replace(p, r))} {all(s.split(p))} {h(f"{s}{p}")} {h([s, p, r].join(p))}");
}
fn at(s: string, a: i64, b: i64) {
    println(f"{s.get(a):?} {s.char_at(a):?} {if 0 <= a && a <= b && b <= s.char_count() { h(s[a..b]) + h(s[a..]) + h(s[..b]) } else { "-" }}");
}
fn wide(s: string, w: i64, p: string, n: i64) {
    println(f"{h(string.pad_left(s, w, p))} {h(fmt.pad_right(s, w, p))} {fmt.to_hex(n)} {fmt.to_binary(n)} {fmt.to_octal(n)}");
}"""


def h(text: str) -> str:
    return text.encode().hex()


def _all(parts: list[str]) -> str:
    return ":".join([str(len(parts)), *map(h, parts)])


def _lines(text: str) -> list[str]:
    return [line.removesuffix("\r") for line in text.split("\n")]


def _number(text: str) -> int | None:
    value = int(text) if re.fullmatch(r"[+-]?[0-9]+", text, re.ASCII) else 1 << 63
    return value if -(1 << 63) <= value < 1 << 63 else None


def _found(text: str, part: str) -> int | None:
    at = text.encode().find(part.encode())
    return None if at < 0 else at


def _padding(text: str, width: int, pad: str) -> str:
    return pad * -(-(width - len(text)) // len(pad)) if pad and width > len(text) else ""


def _one(made: Program, text: str) -> None:
    plain = text.isascii() and text != ""
    classes = (plain and text.isdigit(), plain and text.isalpha(), text.isascii())
    made.call(
        f"one({quoted(text)});",
        f"{len(text.encode())} {shown(text == '')} {len(text)} {len(text)} {' '.join(map(shown, classes))}",
        " ".join(map(h, (text.upper(), text.lower(), text.strip(), text.lstrip(), text.rstrip()))),
        f"{_all(_lines(text))} {h(text * 2)} true {option(_number(text))}",
    )


def _two(made: Program, text: str, part: str, new: str) -> None:
    truths = (part in text, text.startswith(part), text.endswith(part))
    orders = (text == part, text.encode() < part.encode(), text.encode() <= part.encode())
    split = text.split(part) if part else list(text)
    made.call(
        f"two({quoted(text)}, {quoted(part)}, {quoted(new)});",
        f"{' '.join(map(shown, truths))} {option(_found(text, part))} {text.count(part) if part else 0} {' '.join(map(shown, orders))}",
        f"{h(text.replace(part, new) if part else text)} {_all(split)} {h(text + part)} {h(part.join([text, part, new]))}",
    )


def program(seed: int, count: int) -> Program:
    """So many texts alone, in pairs, at positions, and padded."""
    rng = random.Random(seed)

    def some(most: int = 9) -> str:
        return "".join(rng.choice(PIECES) for _ in range(rng.randrange(most)))

    made = Program([HEAD])
    for text in NUMBERS:
        _one(made, text)
    for _ in range(count):
        text = some()
        _one(made, text)
        _two(made, text, rng.choice(["", some(3), some(3), text, text[:2], text[-2:], text[1:3]]), some(4))
        a, b = rng.randrange(-2, len(text) + 3), rng.randrange(-2, len(text) + 3)
        raw = text.encode()
        char = option(text[a] if 0 <= a < len(text) else None)
        byte = option(chr(raw[a]) if 0 <= a < len(raw) else None)
        cut = h(text[a:b]) + h(text[a:]) + h(text[:b]) if 0 <= a <= b <= len(text) else "-"
        if "\n" not in char + byte and "\r" not in char + byte and "\x85" not in byte:
            made.call(f"at({quoted(text)}, {a}, {b});", f"{char} {byte} {cut}")
        width, pad = rng.randrange(-3, 12), rng.choice([" ", "é", "ab", ""])
        n = rng.choice([0, 1, -1, 255, 2**63 - 1, -(2**63), rng.randrange(-(2**63), 2**63)])
        made.call(
            f"wide({quoted(text)}, {width}, {quoted(pad)}, {n});",
            f"{h(_padding(text, width, pad) + text)} {h(text + _padding(text, width, pad))} {n:x} {n:b} {n:o}",
        )
    return made
