"""The suite can fail: a compiler and runtimes with one planted fault each, and every one is caught.

1 keeps the memory of each ask's reply, 2 keeps what closures captured, 3 frees twice,
4 hangs at the end, 5 never gives a page of the release allocator back.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from programs import Wishes, build, run

from pyhew.driver.options import BuildOptions, Mode
from pyhew.driver.session import Session
from pyhew.ir.ops import DROP, Function, Module
from pyhew.ir.types import HandleT
from pyhew.passes import manager
from pyhew.passes.insert_drops import insert_drops
from pyhew.passes.manager import IrPass
from pyhew.source.diagnostics import CompilerBug

TWELVE = Path(__file__).resolve().parents[2] / "examples" / "twelve"
NEEDS_VALGRIND = pytest.mark.skipif(shutil.which("valgrind") is None, reason="valgrind is not installed")


class KeepsReplies:
    """`insert_drops` of a compiler that never frees what an ask was answered with."""

    def __init__(self) -> None:
        self.removed = 0

    def __call__(self, module: Module) -> list[Function]:
        touched = insert_drops(module)
        for fn in module.functions.values():
            for block in fn.blocks:
                kept = [op for op in block.ops if not (op.kind is DROP and op.operands[0].type == HandleT("reply"))]
                self.removed += len(block.ops) - len(kept)
                block.ops = kept
        return touched


def test_the_verifier_rejects_a_compiler_that_keeps_replies(monkeypatch: pytest.MonkeyPatch) -> None:
    faulty = KeepsReplies()
    passes = tuple(IrPass(p.name, faulty) if p.name == "insert_drops" else p for p in manager.IR_PASSES)
    session = Session(str(TWELVE / "counter.hew"), BuildOptions())
    assert session.check()
    assert session.ir_module() is not None
    monkeypatch.setattr(manager, "IR_PASSES", passes)
    with pytest.raises(CompilerBug, match="are lost"):
        session.ir_module()
    assert faulty.removed >= 4


def memcheck(name: str, canary: int, tool: str, size: int) -> tuple[int, list[dict[str, object]]]:
    """The exit code of `hew memcheck` and every leak it names."""
    command = [sys.executable, "-m", "pyhew", "memcheck", str(TWELVE / f"{name}.hew"), "--tool", tool]
    command += ["--format", "json", "--canary", str(canary), "--", str(size)]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120, check=False)
    report = json.loads(done.stdout)
    return done.returncode, [leak for found in report["tools"] for leak in found["leaks"]]


def test_the_same_call_without_a_fault_is_clean() -> None:
    assert memcheck("counter", 0, "builtin", 100) == (0, [])


def test_replies_that_are_kept_are_named_by_type_and_line() -> None:
    code, leaks = memcheck("counter", 1, "builtin", 100)
    assert code == 3
    assert sum(int(str(leak["blocks"])) for leak in leaks) >= 100
    lines = (TWELVE / "counter.hew").read_text().splitlines()
    for leak in leaks:
        assert "await" in lines[int(str(leak["line"])) - 1]


def test_captures_that_are_kept() -> None:
    code, leaks = memcheck("closures", 2, "builtin", 50)
    assert code == 3
    assert leaks


def test_a_double_free() -> None:
    code, leaks = memcheck("counter", 3, "builtin", 100)
    assert code == 3
    assert leaks[0]["kind"] == "over-release"


@NEEDS_VALGRIND
@pytest.mark.parametrize(("name", "canary"), [("counter", 1), ("closures", 2), ("counter", 3)])
def test_valgrind_says_the_same(name: str, canary: int) -> None:
    code, leaks = memcheck(name, canary, "valgrind", 50)
    assert code == 3
    assert leaks


def test_a_hang_at_the_end() -> None:
    executable = build(TWELVE / "values.hew", Mode.CHECK, canary=4)
    with pytest.raises(subprocess.TimeoutExpired):
        run(executable, Wishes(args=["10"]), limit=8)


def test_a_page_that_is_never_returned() -> None:
    executable = build(TWELVE / "values.hew", Mode.RELEASE, canary=5)
    outcome = run(executable, Wishes(args=["10"]))
    assert outcome.left or outcome.code
