"""Good programs that mean something else, the same for the same seed.

In: the text of a program and a random generator.  Out: text.
Assumed: the mistakes are those of people who err about what they use: one name for another, one type for another, a
value of another kind, one item too many or too few, lines in another order. Most of it still parses and reaches the checker
and what comes behind it.
"""

from __future__ import annotations

import random
import re

from tests.fuzz.mutation import groups_of

_WORDS = re.compile(r'\w+|\s+|"[^"\n]*"|.', re.DOTALL)
_NAME = re.compile(r"[a-z_]\w*$")
_TYPE = re.compile(r"[A-Z]\w*$|[iu](8|16|32|64)$|f(32|64)$|(string|bool|char|bytes|duration)$")
_LITERAL = re.compile(r'\d+$|"[^"\n]*"$|(true|false)$')
OPENING, CLOSING = frozenset("([{"), frozenset(")]}")
_KEYWORDS = frozenset(
    "fn let var if else match for in while loop return type enum trait impl actor receive spawn await import pub gen yield "
    "break continue scope fork select after machine state events on supervisor child defer unsafe extern as self".split()
)
_TYPES = ("i64", "u8", "f64", "string", "bool", "char", "bytes", "duration", "Vec<i64>", "Vec<string>", "Option<string>",
          "Result<i64, string>", "HashMap<string, i64>", "HashSet<i64>", "(i64, string)", "fn(i64) -> i64", "Rc<string>",
          "Self", "Generator<i64, ()>", "[i64; 3]", "()")  # fmt: skip
_LITERALS = ("0", "-1", "3.5", "true", "'c'", '"s"', 'b"b"', "5ms", "None", "Some(1)", "[1, 2]", "(1, \"t\")", "|x| x", "{}",
             "9223372036854775807", "re\"a\"", "panic(\"p\")", "Vec.new()", "self", "return", "gen { yield 1; }")  # fmt: skip


def confused(text: str, rng: random.Random) -> str:
    """A program in which some words are others of their kind, or some lines stand elsewhere."""
    if rng.random() < 0.3:
        lines = text.splitlines(keepends=True)
        for _ in range(rng.choice((1, 1, 2))):
            _move_line(lines, rng)
        return "".join(lines)
    words = _WORDS.findall(text)
    if rng.random() < 0.3:
        return "".join(_counted_wrongly(words, rng))
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


def _counted_wrongly(words: list[str], rng: random.Random) -> list[str]:
    """A list in brackets with one item more, or one less."""
    groups = [group for kind, found in groups_of(words).items() if kind != "{" or rng.random() < 0.3 for group in found]
    if not groups:
        return words
    start, end = rng.choice(groups)
    between = "," if words[start] != "{" or "," in words[start:end] else ";"
    items = [item for item in _items(words[start + 1 : end], between) if item]
    at = rng.randrange(len(items) + 1)
    if items and rng.random() < 0.5:
        del items[min(at, len(items) - 1)]
    else:
        items.insert(at, rng.choice(items) if items else [rng.choice(_LITERALS)])
    inside = [word for number, item in enumerate(items) for word in ([between, " "] if number else []) + item]
    return [*words[: start + 1], *inside, *words[end:]]


def _items(words: list[str], between: str) -> list[list[str]]:
    """What stands between separators that are in no brackets of their own."""
    items: list[list[str]] = [[]]
    depth = 0
    for word in words:
        depth += (word in OPENING) - (word in CLOSING)
        if word == between and depth == 0:
            items.append([])
        else:
            items[-1].append(word)
    return items


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
