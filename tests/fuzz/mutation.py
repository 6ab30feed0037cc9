"""Broken programs from good ones, the same for the same seed.

In: the text of a program and a random generator.  Out: text.
Assumed: the mistakes are those of people and editors: words lost, doubled or swapped, a file that ends too early,
a character out of place.
"""

from __future__ import annotations

import random
import re

_WORDS = re.compile(r'\w+|\s+|"[^"\n]*"|.', re.DOTALL)
_ODD = "(){}[]<>\"'`;:,.|&!?=+-*/%#@$\\~^\0\t\n\u00e4\u202e\ufeff"


def broken(text: str, rng: random.Random) -> str:
    """One way of breaking a program."""
    if rng.random() < 0.2:
        return text[: rng.randrange(len(text) + 1)]
    words = _WORDS.findall(text)
    for _ in range(rng.choice((1, 1, 2, 4))):
        _break_once(words, rng)
    return "".join(words)


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
