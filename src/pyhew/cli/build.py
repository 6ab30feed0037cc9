"""`hew build`: a program to an executable, or to any stage before it.

In: a file or folder, `-o`, `--emit=STAGE`, `--dump=PASS`.  Out: the file asked for.
Assumed: `--emit` without `-o` writes to stdout; `--dump` writes the IR after a pass (or
`lower`, or `all`) to stderr and compiles on.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from pyhew.cli.arguments import Arguments, Syntax, UsageError, parse_arguments
from pyhew.cli.building import BUILD_FLAGS, BUILD_VALUES, FAILED, OK, build_options, show_diagnostics, wants_color

if TYPE_CHECKING:
    from pyhew.driver.session import Session
    from pyhew.ir.ops import Module

STAGES = ("exe", "tokens", "ast", "ir", "mlir", "llvm", "llvm-opt", "asm", "obj")
SYNTAX = Syntax(
    "hew build [FILE|FOLDER] [-o OUT] [--release] [--emit=STAGE]",
    BUILD_FLAGS,
    (*BUILD_VALUES, "-o", "--emit", "--dump"),
    aliases={"--output": "-o"},
)


def run(words: list[str]) -> int:
    """Builds one program."""
    arguments = parse_arguments(words, SYNTAX)
    stage = arguments.choice("--emit", STAGES)
    from pyhew.driver.session import Session

    session = Session(arguments.files[0] if arguments.files else None, build_options(arguments))
    if session.project is None:
        is_done = False
    elif stage == "exe":
        text = session.llvm_text(_dumper(arguments)) if session.check() else None
        is_done = text is not None and session.link(text, _output(arguments, session))
    else:
        result = _stage(session, stage, arguments)
        is_done = result is not None and not session.sink.has_errors
        if result is not None:
            _write(result, arguments.last("-o"))
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


def _stage(session: Session, stage: str, arguments: Arguments) -> bytes | None:
    """The program as it is at a stage; nothing if it does not get there."""
    from pyhew.cli import stages

    match stage:
        case "tokens":
            return stages.tokens_text(session).encode()
        case "ast":
            return stages.tree_text(session).encode()
        case _:
            if not session.check():
                return None
    if stage in ("ir", "mlir"):
        module = session.ir_module(_dumper(arguments))
        return None if module is None else stages.module_text(module, stage).encode()
    text = session.llvm_text(_dumper(arguments))
    if text is None or stage == "llvm":
        return None if text is None else text.encode()
    return stages.machine_text(text, stage, session.options.mode)


def _dumper(arguments: Arguments) -> Callable[[str, Module], None] | None:
    wanted = arguments.values.get("--dump")
    if not wanted:
        return None
    from pyhew.ir.text import print_module

    def dump(name: str, module: Module) -> None:
        if name in wanted or "all" in wanted:
            sys.stderr.write(f"// after {name}\n{print_module(module)}\n")

    return dump


def _write(data: bytes, out: str | None) -> None:
    if out is None:
        sys.stdout.buffer.write(data)
        return
    with open(out, "wb") as file:
        file.write(data)
