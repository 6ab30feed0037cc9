"""Bodies of the library are checked when a program needs them, and all of them are right."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyhew.driver.loader import STD_FOLDER
from pyhew.driver.options import BuildOptions
from pyhew.driver.session import Session
from pyhew.source.diagnostics import CompilerBug
from pyhew.types.model import STRING

STD = Path(STD_FOLDER)


def _module(path: Path) -> str:
    """A file is a module, or a part of the one its folder is: that has a file of its name, or is the prelude."""
    folder = path.parent
    is_part = folder.name == "prelude" or (folder / f"{folder.name}.hew").exists()
    return ".".join(("std", *(folder if is_part else path.with_suffix("")).relative_to(STD).parts))


MODULES = sorted({_module(path) for path in STD.rglob("*.hew")})


def _session(folder: Path, text: str) -> Session:
    (folder / "main.hew").write_text(text)
    return Session(str(folder / "main.hew"), BuildOptions())


def test_a_small_program_leaves_most_of_the_prelude_unchecked(tmp_path: Path) -> None:
    session = _session(tmp_path, 'fn main() { println("x"); }')
    assert session.check() and session.world is not None
    before = len(session.world.later)
    assert session.llvm_text() is not None
    assert before > len(session.world.later) > 200


def test_a_mistake_in_the_library_is_told_as_one(tmp_path: Path) -> None:
    session = _session(tmp_path, "fn main() { let b = bytes.new(); b.push(65); println(b.len()); }")
    assert session.check() and session.world is not None
    world = session.world
    push = next(fn for fn in world.later if fn.name == "push")
    check = world.later[push]

    def check_wrongly() -> None:
        push.result = STRING
        check()

    world.later[push] = check_wrongly
    with pytest.raises(CompilerBug, match=r"`push` of `std\.prelude`: .*string"):
        session.llvm_text()


@pytest.mark.parametrize("name", MODULES)
def test_every_body_of_a_module_is_right(name: str, tmp_path: Path) -> None:
    uses = "" if name == "std.prelude" else f"import {name};\n"
    session = _session(tmp_path, f"{uses}fn main() {{}}")
    assert session.check() and session.world is not None
    session.world.check_rest()
    assert not session.sink.has_errors, session.rendered(False)
    assert not session.world.later
