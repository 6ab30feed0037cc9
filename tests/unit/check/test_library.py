"""Bodies of the library are checked when a program needs them, and all of them are right."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pyhew.check.model import Local, SemanticModel, UseFn, UseLocal
from pyhew.check.subtrees import raw_children
from pyhew.driver.loader import STD_FOLDER
from pyhew.driver.options import BuildOptions
from pyhew.driver.session import Session
from pyhew.source.diagnostics import CompilerBug
from pyhew.syntax import nodes
from pyhew.types import facts
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


def test_no_plain_parameter_of_the_library_is_changed(tmp_path: Path) -> None:
    """Its caller would not see the change: the library says `var`. What happens to a resource its owner sees anyway."""
    uses = "".join(f"import {name};\n" for name in MODULES if name != "std.prelude")
    session = _session(tmp_path, f"{uses}fn changes(v: Vec<i64>) {{ v.push(1); v[0] = 2; }}\nfn main() {{}}")
    assert session.check() and session.world is not None
    session.world.check_rest()
    model = session.world.model
    changed = []
    for fn, body in model.bodies.items():
        given = zip(body.params, fn.inputs, strict=False)
        plain = [local for local, param in given if param.mode == "borrow" and not facts.is_resource(local.type)]
        if fn.node is not None and fn.node.body is not None:
            places = [place for node in _nodes(fn.node.body) for place in _changed_places(model, node)]
            roots = [_root(model, place) for place in places]
            changed += [f"{fn.module}.{fn.name}" for root in roots if any(root is local for local in plain)]
    assert changed == ["main.changes"] * 2


def _nodes(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in raw_children(node):
        yield from _nodes(child)


def _changed_places(model: SemanticModel, node: nodes.Node) -> Iterator[nodes.Expr]:
    if isinstance(node, nodes.Assign) and not isinstance(node.target, nodes.NameExpr):
        yield node.target
    if isinstance(node, nodes.Call):
        use = model.uses.get(node, model.uses.get(node.callee))
        inputs = use.fn.inputs if isinstance(use, UseFn) else []
        receiver = [node.callee.base] if isinstance(node.callee, nodes.Member) and len(inputs) > len(node.args) else []
        given = [*receiver, *(arg.value for arg in node.args)]
        yield from (expr for expr, param in zip(given, inputs, strict=False) if param.mode == "var")


def _root(model: SemanticModel, place: nodes.Expr) -> Local | None:
    while isinstance(place, nodes.Member | nodes.Index):
        place = place.base
    use = model.uses.get(place)
    return use.local if isinstance(use, UseLocal) else None
