"""`hew doctor`: what this machine has for Hew, and what is missing.

In: nothing.  Out: one line per tool; exit code 1 if programs cannot be linked here.
Assumed: looking is enough; nothing is installed or changed.
"""

from __future__ import annotations

import platform
import shutil
from importlib import metadata

from pyhew.cli.arguments import Syntax, parse_arguments
from pyhew.cli.building import FAILED, OK
from pyhew.driver.cache import cache_folder
from pyhew.driver.link import find_c_compiler
from pyhew.driver.runtime import find_prebuilt
from pyhew.version import LANGUAGE_LEVEL, VERSION

SYNTAX = Syntax("hew doctor")


def run(words: list[str]) -> int:
    """Prints what was found."""
    parse_arguments(words, SYNTAX)
    compiler = find_c_compiler()
    prebuilt = find_prebuilt()
    lines = [
        ("hew", f"{VERSION}, language level {LANGUAGE_LEVEL}"),
        ("python", platform.python_version()),
        ("llvmlite", _version("llvmlite") or "missing: `pip install llvmlite`"),
        ("linker", compiler.name if compiler else "missing: `pip install 'pyhew[link]'`"),
        ("runtime", "in the package" if prebuilt else "compiled on first use"),
        ("valgrind", shutil.which("valgrind") or "not found; `hew memcheck` uses its own finder alone"),
        ("gdb", shutil.which("gdb") or "not found"),
        ("cache", cache_folder()),
    ]
    for name, text in lines:
        print(f"{name:10} {text}")
    return OK if compiler else FAILED


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
