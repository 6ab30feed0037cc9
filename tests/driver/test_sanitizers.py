"""Builds with a sanitizer: generated code is watched where LLVM's `opt` is installed, and actor programs are clean."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from programs import build

from pyhew.driver.instrument import find_opt, instrumented
from pyhew.driver.options import Mode

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAMS = ("examples/counter.hew", "tests/run/concurrency/captured_ends_close.hew", "tests/run/concurrency/err_cancels_siblings.hew")

needs_opt = pytest.mark.skipif(find_opt() is None, reason="LLVM's opt is not installed; only the runtime is watched")

TEXT = """
define void @f(ptr %p) nounwind "frame-pointer"="all" {
  store i64 1, ptr %p
  ret void
}
define i64 @g(ptr %p) #0 {
  %v = load i64, ptr %p
  ret i64 %v
}
attributes #0 = { nounwind }
"""


@needs_opt
@pytest.mark.parametrize(("mode", "check"), [(Mode.ASAN, "@__asan_"), (Mode.TSAN, "@__tsan_")])
def test_every_function_is_watched(mode: Mode, check: str) -> None:
    text = instrumented(TEXT, mode)
    assert text is not None
    bodies = text.split("define ")[1:]
    watched = [body for body in bodies if body.startswith(("void @f", "i64 @g"))]
    assert len(watched) == 2 and all(check in body for body in watched)


@pytest.mark.parametrize("mode", [Mode.ASAN, Mode.TSAN])
@pytest.mark.parametrize("path", PROGRAMS)
def test_actor_programs_are_clean(path: str, mode: Mode) -> None:
    done = subprocess.run([build(ROOT / path, mode)], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "Sanitizer" not in done.stderr
