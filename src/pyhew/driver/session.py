"""One compilation from files to an executable.

In: what the user named and the build options.  Out: `Session`, which holds the
sources, the diagnostics and, step by step, the results.
Assumed: each step is called once, and only after the one before it succeeded.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from pyhew.check.world import World
from pyhew.driver import cache
from pyhew.driver.errors import NO_FILE, CannotWrite
from pyhew.driver.files import FileLog
from pyhew.driver.loader import ModuleLoader
from pyhew.driver.options import BuildOptions, Mode
from pyhew.driver.project import Project, find_project
from pyhew.ir.ops import Module
from pyhew.source.diagnostics import Diagnostic, DiagnosticSink
from pyhew.source.files import Sources

# The leak finder reads addresses against the file, so check builds stay where they were linked.
_LINK_FLAGS = {
    Mode.CHECK: ("-no-pie",),
    Mode.ASAN: ("-no-pie", "-fsanitize=address,undefined"),
    Mode.TSAN: ("-fsanitize=thread",),
}


OBJECT_SUFFIX = ".o"
"""Ends the name of a cached program that still has to be loaded."""


class Session:
    """The state of one compilation."""

    def __init__(self, named: str | None, options: BuildOptions) -> None:
        self.options = options
        self.sources = Sources()
        self.sink = DiagnosticSink()
        self.log = FileLog()
        self.world: World | None = None
        project = find_project(named, self.log)
        self.project: Project | None = None
        if isinstance(project, Diagnostic):
            self.sink.report(project)
        else:
            self.project = project

    def check(self) -> bool:
        """Reads, parses, checks and lints the program; whether it has no errors."""
        from pyhew.pipeline import check_program, lint_program

        if self.project is None:
            return False
        loader = ModuleLoader(self.project, self.options.package_dirs, self.sources, self.sink, self.log)
        prelude = loader.prelude()
        self.world = check_program(prelude, loader.root(), loader, self.sink)
        return self.world is not None and lint_program(self.world, self.sources, self.options.lints)

    def llvm_text(self, observe: Callable[[str, Module], None] | None = None) -> str | None:
        """The checked program as LLVM text, or nothing if it cannot be compiled."""
        from pyhew.emit.program import EmitOptions
        from pyhew.pipeline import compile_program

        assert self.world is not None
        emit_options = EmitOptions(is_check=self.options.mode in (Mode.CHECK, Mode.ASAN))
        return compile_program(self.world, self.sources, emit_options, self.options.tests, observe)

    def ir_module(self, observe: Callable[[str, Module], None] | None = None) -> Module | None:
        """The checked program's IR after all passes, or nothing if it cannot be compiled."""
        from pyhew.pipeline import build_ir

        assert self.world is not None
        return build_ir(self.world, self.options.tests, self.options.mode is Mode.CHECK, observe)

    def link(self, text: str, out: str) -> bool:
        """Writes the executable `out`; whether that worked."""
        from pyhew.driver.link import link_executable
        from pyhew.driver.runtime import runtime_objects

        objects = runtime_objects(self.options.mode.runtime, self.options.canary)
        if isinstance(objects, Diagnostic):
            self.sink.report(objects)
            return False
        own = f"{out}.{os.getpid()}{OBJECT_SUFFIX}"
        try:
            self.write_object(text, own)
            for library in self.options.libraries:
                if not library.startswith("-l"):
                    self.log.read(library)
            flags = (*_LINK_FLAGS.get(self.options.mode, ()), *self.options.libraries)
            failed = link_executable([own, *objects], out, flags)
        except OSError as bad:
            failed = CannotWrite(NO_FILE, out, (bad.strerror or "unwritable").lower())
        finally:
            if os.path.exists(own):
                os.unlink(own)
        if failed is not None:
            self.sink.report(failed)
        return failed is None

    def build_cached(self, key: str) -> str | None:
        """All steps, to an executable in the cache under `key`."""
        text = self.llvm_text() if self.check() else None
        if text is None or self.project is None:
            return None
        name = self.project.program_name or "program"
        try:
            own = cache.new_entry("programs", key)
            if self._can_only_load():
                name += OBJECT_SUFFIX
                self.write_object(text, os.path.join(own, name))
            elif not self.link(text, os.path.join(own, name)):
                cache.discard(own)
                return None
            return cache.store_program(key, own, name, self.log)
        except OSError as bad:
            self.sink.report(CannotWrite(NO_FILE, cache.cache_folder(), (bad.strerror or "unwritable").lower()))
            return None

    def _can_only_load(self) -> bool:
        """Whether there is no linker, but a runtime that LLVM itself can load beside the program."""
        from pyhew.driver.link import find_c_compiler
        from pyhew.driver.runtime import find_prebuilt

        return find_c_compiler() is None and not self.options.libraries and self.options.mode.runtime == "release" and bool(find_prebuilt())

    def write_object(self, text: str, path: str) -> None:
        """The program as an object file at `path`."""
        from pyhew.driver.native import NativeModule

        with open(path, "wb") as file:
            file.write(NativeModule(text, self.options.mode).object_file())

    def rendered(self, color: bool) -> list[str]:
        """Every diagnostic as text."""
        from pyhew.source.render import render_text

        return [render_text(diagnostic, self.sources, color) for diagnostic in self.sink.diagnostics]
