"""What a user sees when the compiler itself is wrong.

In: the exception and the words of the command.  Out: a block on stderr, exit code 70.
Assumed: nothing; this must work whatever happened.
"""

from __future__ import annotations

import sys
import traceback

from pyhew.cli.building import INTERNAL


def report_bug(bug: BaseException, words: list[str]) -> int:
    """Says what happened, where, and that it is our fault."""
    named = [word for word in words if word.endswith(".hew")]
    place = traceback.extract_tb(bug.__traceback__)
    lines = [
        "",
        f"internal compiler error: {type(bug).__name__}: {bug}",
        f"  file: {named[0] if named else 'none'}",
    ]
    lines += [f"  at {frame.filename}:{frame.lineno} in {frame.name}" for frame in place[-6:]]
    lines += [
        "This is a mistake of the compiler, not of your program. Please report it",
        "with this block and, if you can, the program.",
    ]
    print("\n".join(lines), file=sys.stderr)
    return INTERNAL
