"""`hew check`: names and types, no code.

In: a file or folder.  Out: diagnostics; exit code 1 if any is an error.
Assumed: with `--format json` stdout holds one array and nothing else.
"""

from __future__ import annotations

import json

from pyhew.cli.arguments import Syntax, parse_arguments
from pyhew.cli.building import BUILD_FLAGS, BUILD_VALUES, FAILED, OK, build_options, show_diagnostics, wants_color

SYNTAX = Syntax("hew check [FILE|FOLDER] [--format text|json]", BUILD_FLAGS, (*BUILD_VALUES, "--format"))


def run(words: list[str]) -> int:
    """Checks one program."""
    arguments = parse_arguments(words, SYNTAX)
    form = arguments.choice("--format", ("text", "json"))
    from pyhew.driver.session import Session

    session = Session(arguments.files[0] if arguments.files else None, build_options(arguments))
    is_clean = session.check()
    if form == "json":
        from pyhew.source.render import render_json

        print(json.dumps(render_json(session.sink.diagnostics, session.sources), indent=1))
    else:
        show_diagnostics(session, wants_color(arguments))
    return OK if is_clean else FAILED
