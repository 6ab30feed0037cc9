"""`hew build`: a program to an executable, or to any stage before it.

In: a file or folder, `-o`, `--emit=STAGE`, `--dump=PASS`.  Out: the file asked for.
Assumed: `--emit` without `-o` writes to stdout.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from pyhew.cli.arguments import Arguments, Syntax, UsageError, parse_arguments
from pyhew.cli.building import BUILD_FLAGS, BUILD_VALUES, FAILED, OK, build_options, show_diagnostics, wants_color

if TYPE_CHECKING:
    from pyhew.driver.session import Session

STAGES = ("exe", "llvm", "llvm-opt", "asm", "obj")
SYNTAX = Syntax(
    "hew build [FILE|FOLDER] [-o OUT] [--release] [--emit=STAGE]",
    BUILD_FLAGS,
    (*BUILD_VALUES, "-o", "--emit"),
    aliases={"--output": "-o"},
)


def run(words: list[str]) -> int:
    """Builds one program."""
    arguments = parse_arguments(words, SYNTAX)
    stage = arguments.choice("--emit", STAGES)
    from pyhew.driver.session import Session

    session = Session(arguments.files[0] if arguments.files else None, build_options(arguments))
    if stage == "exe":
        is_done = session.project is not None and session.build(_output(arguments, session))
    else:
        text = session.llvm_text() if session.check() else None
        is_done = text is not None
        if text is not None:
            _emit(session, text, stage, arguments.last("-o"))
    show_diagnostics(session, wants_color(arguments))
    return OK if is_done else FAILED


def _output(arguments: Arguments, session: Session) -> str:
    out = arguments.last("-o")
    if out is not None:
        if os.path.isdir(out):
            raise UsageError(f"-o names a folder: `{out}`")
        return out
    project = session.project
    assert project is not None
    folder = project.root if project.has_manifest and not arguments.files else os.curdir
    name = project.program_name
    return os.path.join(folder, name if name != os.path.basename(project.entry) else name + ".out")


def _emit(session: Session, text: str, stage: str, out: str | None) -> None:
    from pyhew.driver.native import NativeModule

    result: str | bytes = text
    if stage != "llvm":
        native = NativeModule(text, session.options.mode)
        match stage:
            case "obj":
                result = native.object_file()
            case "asm":
                result = native.assembly()
            case _:
                result = native.llvm_text()
    data = result if isinstance(result, bytes) else result.encode()
    if out is None:
        sys.stdout.buffer.write(data)
        return
    with open(out, "wb") as file:
        file.write(data)
