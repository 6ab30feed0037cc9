"""`hew version`.

In: nothing.  Out: the compiler's version and the language level.
Assumed: nothing.
"""

from __future__ import annotations

from pyhew.version import LANGUAGE_LEVEL, VERSION


def run(words: list[str]) -> int:
    """Prints both."""
    print(f"hew {VERSION} (language level {LANGUAGE_LEVEL}, edition 2026)")
    return 0
