"""Running a program where nothing can link it: its object file and the wheel's runtime, loaded by LLVM.

In: `python -m pyhew.driver.jit OBJECT WORDS...`.  Out: the program's output and exit code.
Assumed: this is a process of its own; the program's `main` ends it.
"""

from __future__ import annotations

import ctypes
import os
import sys

import llvmlite.binding as llvm

from pyhew.driver.runtime import find_prebuilt


def run_object(path: str, words: list[str]) -> int:
    """Calls the `main` of an object file."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    target = llvm.Target.from_default_triple()
    machine = target.create_target_machine(opt=1, reloc="pic", codemodel="small", jit=True)
    compiler = llvm.create_lljit_compiler(machine, use_jit_link=True)
    library = llvm.JITLibraryBuilder().add_current_process()
    for object_file in (path, *find_prebuilt()):
        library.add_object_file(object_file)
    tracker = library.export_symbol("main").link(compiler, "program")
    kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.POINTER(ctypes.c_char_p))
    names = [os.fsencode(word) for word in (path.removesuffix(".o"), *words)]
    arguments = (ctypes.c_char_p * (len(names) + 1))(*names, None)
    return int(kind(tracker["main"])(len(names), arguments))


if __name__ == "__main__":
    # Not `sys.exit`: the program has flushed its own output, and its threads have ended.
    os._exit(run_object(sys.argv[1], sys.argv[2:]))
