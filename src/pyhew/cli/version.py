"""`hew version`.

In: nothing.  Out: the compiler's version and the language level.
Assumed: nothing.
"""

from __future__ import annotations

from pyhew.cli.arguments import Syntax, parse_arguments
from pyhew.version import LANGUAGE_LEVEL, VERSION

SYNTAX = Syntax("hew version")


def run(words: list[str]) -> int:
    """Prints both."""
    parse_arguments(words, SYNTAX)
    print(f"hew {VERSION} (language level {LANGUAGE_LEVEL}, edition 2026)")
    return 0
