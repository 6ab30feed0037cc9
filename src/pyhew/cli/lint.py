"""`hew lint`: what is allowed and looks wrong, matters of style included.

In: a file or folder.  Out: diagnostics; exit code 1 if there is any at all.
Assumed: with `--format json` stdout holds one array and nothing else.
"""

from __future__ import annotations

import json

from pyhew.cli.arguments import Syntax, parse_arguments
from pyhew.cli.building import BUILD_FLAGS, BUILD_VALUES, FAILED, OK, build_options, show_diagnostics, wants_color

SYNTAX = Syntax(
    "hew lint [FILE|FOLDER] [--format text|json] [-A NAME]", (*BUILD_FLAGS, "--list"), (*BUILD_VALUES, "--format")
)


def run(words: list[str]) -> int:
    """Lints one program."""
    arguments = parse_arguments(words, SYNTAX)
    form = arguments.choice("--format", ("text", "json"))
    if "--list" in arguments.flags:
        return _list()
    arguments.values.setdefault("-W", []).append("all")
    from pyhew.driver.session import Session

    session = Session(arguments.files[0] if arguments.files else None, build_options(arguments))
    is_clean = session.check() and not session.sink.diagnostics
    if form == "json":
        from pyhew.source.render import render_json

        print(json.dumps(render_json(session.sink.diagnostics, session.sources), indent=1))
    else:
        show_diagnostics(session, wants_color(arguments))
    return OK if is_clean else FAILED


def _list() -> int:
    from inspect import cleandoc

    from pyhew.check.errors.lints import LINTS, name_of

    for lint in LINTS:
        print(f"{name_of(lint):28} {cleandoc(lint.__doc__ or '').splitlines()[0]}")
    return OK
