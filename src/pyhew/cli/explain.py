"""`hew explain ID`: what a diagnostic means and how to settle it.

In: an id.  Out: its page.
Assumed: a page is the diagnostic's own docstring, followed by `docs/errors/ID.md` if
there is one; both work without a network.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
from collections.abc import Iterator
from difflib import get_close_matches
from inspect import cleandoc

import pyhew
from pyhew.cli.arguments import Syntax, UsageError, parse_arguments
from pyhew.cli.building import FAILED, OK
from pyhew.driver.cache import PACKAGE
from pyhew.source.diagnostics import Diagnostic

SYNTAX = Syntax("hew explain ID", ("--list",))

PAGE_FOLDERS = (
    os.path.join(PACKAGE, "pages"),
    os.path.join(os.path.dirname(os.path.dirname(PACKAGE)), "docs", "errors"),
)


def run(words: list[str]) -> int:
    """Prints one page, or the list of ids."""
    arguments = parse_arguments(words, SYNTAX)
    known = all_diagnostics()
    if "--list" in arguments.flags:
        for ident in sorted(known):
            print(f"{ident:28} {_first_line(known[ident])}")
        return OK
    if not arguments.files:
        raise UsageError("which id? `hew explain --list` shows them all")
    ident = arguments.files[0].strip("[]`")
    page = page_of(ident, known)
    if page is None:
        near = get_close_matches(ident, [*known, *_page_names()], 1)
        hint = f"; did you mean `{near[0]}`?" if near else ""
        print(f"hew explain: there is no id `{ident}`{hint}", file=sys.stderr)
        return FAILED
    print(page)
    return OK


def page_of(ident: str, known: dict[str, type[Diagnostic]]) -> str | None:
    """The whole page of an id."""
    text = _page_file(ident)
    if ident not in known:
        return text
    head = f"{ident}\n\n{cleandoc(known[ident].__doc__ or '')}"
    return head if text is None else f"{head}\n\n{text}"


def all_diagnostics() -> dict[str, type[Diagnostic]]:
    """Every diagnostic the compiler can give, by id."""
    for info in pkgutil.walk_packages(pyhew.__path__, "pyhew."):
        is_wanted = ".errors" in info.name or info.name == "pyhew.source.decode"
        if is_wanted and not info.name.startswith("pyhew.runtime"):
            importlib.import_module(info.name)
    return {kind.id: kind for kind in _subclasses(Diagnostic) if kind.id}


def _subclasses(kind: type[Diagnostic]) -> Iterator[type[Diagnostic]]:
    for inner in kind.__subclasses__():
        yield inner
        yield from _subclasses(inner)


def _first_line(kind: type[Diagnostic]) -> str:
    return cleandoc(kind.__doc__ or "").splitlines()[0]


def _page_file(ident: str) -> str | None:
    if not ident.replace("-", "").isalnum():
        return None
    for folder in PAGE_FOLDERS:
        path = os.path.join(folder, ident + ".md")
        if os.path.isfile(path):
            with open(path, encoding="utf-8") as file:
                return file.read().rstrip()
    return None


def _page_names() -> list[str]:
    for folder in PAGE_FOLDERS:
        if os.path.isdir(folder):
            return [name[:-3] for name in sorted(os.listdir(folder)) if name.endswith(".md")]
    return []
