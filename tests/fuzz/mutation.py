"""Broken programs from good ones, the same for the same seed.

In: the text of a program and a random generator.  Out: text.
Assumed: the mistakes are those of people and editors: words lost, doubled or swapped, a file that ends too early,
a character out of place; and those of people who mean something else: one name for another, one type for another,
lines in another order. The latter still parse and reach the checker and what comes behind it.
"""

from __future__ import annotations

import random
import re

_WORDS = re.compile(r'\w+|\s+|"[^"\n]*"|.', re.DOTALL)
_PAIRS = {"(": ")", "[": "]", "{": "}", "<": ">"}
_ODD = "(){}[]<>\"'`;:,.|&!?=+-*/%#@$\\~^\0\t\n\u00e4\u202e\ufeff"
_NAME = re.compile(r"[a-z_]\w*$")
_TYPE = re.compile(r"[A-Z]\w*$|[iu](8|16|32|64)$|f(32|64)$|(string|bool|char|bytes|duration)$")
_LITERAL = re.compile(r'\d+$|"[^"\n]*"$|(true|false)$')
_KEYWORDS = frozenset(
    "fn let var if else match for in while loop return type enum trait impl actor receive spawn await import pub gen yield "
    "break continue scope fork select after machine state events on supervisor child defer unsafe extern as self".split()
)
_TYPES = ("i64", "u8", "f64", "string", "bool", "char", "bytes", "duration", "Vec<i64>", "Vec<string>", "Option<string>",
          "Result<i64, string>", "HashMap<string, i64>", "HashSet<i64>", "(i64, string)", "fn(i64) -> i64", "Rc<string>",
          "Self", "Generator<i64, ()>", "[i64; 3]", "()")  # fmt: skip
_LITERALS = ("0", "-1", "3.5", "true", "'c'", '"s"', 'b"b"', "5ms", "None", "Some(1)", "[1, 2]", "(1, \"t\")", "|x| x", "{}",
             "9223372036854775807", "re\"a\"", "panic(\"p\")", "Vec.new()", "self", "return", "gen { yield 1; }")  # fmt: skip


def broken(text: str, rng: random.Random) -> str:
    """One way of breaking a program."""
    if rng.random() < 0.6:
        return confused(text, rng)
    if rng.random() < 0.2:
        return text[: rng.randrange(len(text) + 1)]
    words = _WORDS.findall(text)
    for _ in range(rng.choice((1, 1, 2, 4))):
        if rng.random() < 0.3:
            words = _regrouped(words, rng)
        else:
            _break_once(words, rng)
    return "".join(words)


def piece_of(text: str, rng: random.Random, lines: int) -> str:
    """At most so many lines that follow each other."""
    all_lines = text.splitlines(keepends=True)
    at = rng.randrange(max(1, len(all_lines) - lines))
    return "".join(all_lines[at : at + lines])


def _groups(words: list[str]) -> dict[str, list[tuple[int, int]]]:
    """Where each pair of brackets opens and closes, by kind."""
    found: dict[str, list[tuple[int, int]]] = {}
    opened: list[int] = []
    for at, word in enumerate(words):
        if word in _PAIRS:
            opened.append(at)
        elif opened and word == _PAIRS[words[opened[-1]]]:
            start = opened.pop()
            found.setdefault(words[start], []).append((start, at))
    return found


def _regrouped(words: list[str], rng: random.Random) -> list[str]:
    """One bracketed group emptied, doubled, or put into the place of another."""
    groups = _groups(words)
    if not groups:
        return words
    of_kind = groups[rng.choice(sorted(groups))]
    (start, end), (other, last) = rng.choice(of_kind), rng.choice(of_kind)
    if last - other > 400:  # nested over and over, a group grows without end
        other, last = start, start
    inside = rng.choice(([], words[other + 1 : last], [*words[start + 1 : end], *words[start + 1 : end]]))
    return [*words[: start + 1], *inside, *words[end:]]


def _break_once(words: list[str], rng: random.Random) -> None:
    if not words:
        return
    at, other = rng.randrange(len(words)), rng.randrange(len(words))
    match rng.randrange(5):
        case 0:
            del words[at]
        case 1:
            words[at] = words[other]
        case 2:
            words[at], words[other] = words[other], words[at]
        case 3:
            words.insert(at, words[other])
        case _:
            words.insert(at, rng.choice(_ODD))


def confused(text: str, rng: random.Random) -> str:
    """A program in which some words are others of their kind, or some lines stand elsewhere."""
    if rng.random() < 0.3:
        lines = text.splitlines(keepends=True)
        for _ in range(rng.choice((1, 1, 2))):
            _move_line(lines, rng)
        return "".join(lines)
    words = _WORDS.findall(text)
    kinds = [[i for i, word in enumerate(words) if _is(kind, word)] for kind in (_NAME, _TYPE, _LITERAL)]
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        which = rng.choice((0, 0, 1, 1, 2))
        if kinds[which]:
            at = rng.choice(kinds[which])
            pool = ("", _TYPES, _LITERALS)[which]
            words[at] = rng.choice(pool) if pool and rng.random() < 0.6 else words[rng.choice(kinds[which])]
    return "".join(words)


def _is(kind: re.Pattern[str], word: str) -> bool:
    return kind.match(word) is not None and word not in _KEYWORDS and (kind is not _NAME or _TYPE.match(word) is None)


def _move_line(lines: list[str], rng: random.Random) -> None:
    if not lines:
        return
    at, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    match rng.randrange(3):
        case 0:
            del lines[at]
        case 1:
            lines.insert(at, lines[other])
        case _:
            lines[at], lines[other] = lines[other], lines[at]
