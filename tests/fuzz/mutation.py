"""Broken programs from good ones, the same for the same seed.

In: the text of a program and a random generator.  Out: text.
Assumed: the mistakes are those of people and editors: words lost, doubled or swapped, a file that ends too early,
a character out of place, and those of a tree: what stands between two brackets is lost, doubled or changed for what
stands between two others of the same kind.
"""

from __future__ import annotations

import random
import re

_WORDS = re.compile(r'\w+|\s+|"[^"\n]*"|.', re.DOTALL)
_PAIRS = {"(": ")", "[": "]", "{": "}", "<": ">"}
_ODD = "(){}[]<>\"'`;:,.|&!?=+-*/%#@$\\~^\0\t\n\u00e4\u202e\ufeff"


def broken(text: str, rng: random.Random) -> str:
    """One way of breaking a program."""
    if rng.random() < 0.2:
        return cut(text, rng)
    words = _WORDS.findall(text)
    for _ in range(rng.choice((1, 1, 2, 4))):
        if rng.random() < 0.3:
            words = _regrouped(words, rng)
        else:
            _break_once(words, rng)
    return "".join(words)


def cut(text: str, rng: random.Random) -> str:
    """The program ends too early."""
    return text[: rng.randrange(len(text) + 1)]


def lost_or_swapped(text: str, rng: random.Random) -> str:
    """One word is missing, or two have changed places."""
    words = _WORDS.findall(text)
    solid = [at for at, word in enumerate(words) if not word.isspace()]
    if not solid:
        return text
    at, other = rng.choice(solid), rng.choice(solid)
    if rng.random() < 0.5:
        del words[at]
    else:
        words[at], words[other] = words[other], words[at]
    return "".join(words)


def piece_of(text: str, rng: random.Random, lines: int) -> str:
    """At most so many lines that follow each other."""
    all_lines = text.splitlines(keepends=True)
    at = rng.randrange(max(1, len(all_lines) - lines))
    return "".join(all_lines[at : at + lines])


def groups_of(words: list[str]) -> dict[str, list[tuple[int, int]]]:
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
    groups = groups_of(words)
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
