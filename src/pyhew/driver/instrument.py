"""Generated code under a sanitizer, by LLVM's own `opt`.

In: optimised LLVM text and a sanitizer.  Out: the same text, instrumented; None when this machine has no `opt` of
llvmlite's LLVM: then only the runtime is watched.
Assumed: every function that the emitter defines says `nounwind` behind its parameters.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess

import llvmlite.binding as llvm

from pyhew.driver.options import Mode
from pyhew.source.diagnostics import CompilerBug

_SANITIZERS = {
    Mode.ASAN: ("sanitize_address", "asan"),
    Mode.TSAN: ("sanitize_thread", "tsan-module,function(tsan)"),
}

_DEFINITION = re.compile(r"^(define .*\)[^)]*?)( #\d+| nounwind)", re.MULTILINE)


def find_opt() -> str | None:
    """LLVM's `opt` of the version that llvmlite contains."""
    major = llvm.llvm_version_info[0]
    found = shutil.which(f"opt-{major}")
    if found is None and os.access(f"/usr/lib/llvm-{major}/bin/opt", os.X_OK):
        found = f"/usr/lib/llvm-{major}/bin/opt"
    return found


def instrumented(text: str, mode: Mode) -> str | None:
    """The text with checks around every access to memory."""
    opt = find_opt()
    if opt is None:
        return None
    attribute, passes = _SANITIZERS[mode]
    marked = _DEFINITION.sub(rf"\1 {attribute}\2", text)
    done = subprocess.run(
        [opt, "-S", f"-mtriple={llvm.get_default_triple()}", f"-passes={passes}", "-", "-o", "-"], input=marked, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise CompilerBug(f"opt refuses the optimised text: {done.stderr[:500]}")
    # Not every sanitizer's library has these; the C functions are watched by all of them.
    return re.sub(r"@__tsan_(memcpy|memmove|memset)\b", r"@\1", done.stdout)
