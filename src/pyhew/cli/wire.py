"""`hew wire check FILE --against BASELINE`: may the new version of wire types meet the old one?

In: two versions of a file.  Out: what breaks, at places of the new one; exit code 1 if anything does.
Assumed: both are whole programs as far as names and types go.
"""

from __future__ import annotations

from pyhew.cli.arguments import Syntax, UsageError, parse_arguments
from pyhew.cli.building import BUILD_FLAGS, BUILD_VALUES, FAILED, OK, build_options, show_diagnostics, wants_color

SYNTAX = Syntax("hew wire check FILE --against BASELINE", BUILD_FLAGS, (*BUILD_VALUES, "--against"), max_files=2)


def run(words: list[str]) -> int:
    """Compares two versions."""
    arguments = parse_arguments(words, SYNTAX)
    baseline = arguments.last("--against")
    if arguments.files[:1] != ["check"] or len(arguments.files) != 2 or baseline is None:
        raise UsageError(f"usage: {SYNTAX.usage}")
    from pyhew.check.compatibility import compare_wire_types
    from pyhew.driver.session import Session

    options = build_options(arguments)
    old, new = Session(baseline, options), Session(arguments.files[1], options)
    for session in (old, new):
        if not session.check():
            show_diagnostics(session, wants_color(arguments))
            return FAILED
    assert old.world is not None and new.world is not None
    found = compare_wire_types(old.world, new.world)
    for diagnostic in found:
        new.sink.report(diagnostic)
    show_diagnostics(new, wants_color(arguments))
    return FAILED if found else OK
