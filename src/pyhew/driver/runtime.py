"""The C runtime: one build per mode, made once and kept.

In: a mode.  Out: the object files to link with.
Assumed: the sources in `pyhew/runtime` do not change while we compile them.  A wheel
may carry the release build; it is used when it was made from exactly these sources.
"""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

from pyhew.driver import cache
from pyhew.driver.errors import NO_FILE, CannotWrite, NoLinker
from pyhew.driver.link import CCompiler, find_c_compiler, run_tool
from pyhew.source.diagnostics import Diagnostic

RUNTIME = os.path.join(cache.PACKAGE, "runtime")
PREBUILT = os.path.join(RUNTIME, "prebuilt")

MAX_JOBS = 2
"""More compilers at once gain little for about forty small files."""

BASE_FLAGS = (
    "-std=c11", "-D_GNU_SOURCE", "-fPIC", "-fno-omit-frame-pointer", "-gdwarf-4", "-fno-strict-aliasing",
    "-Werror=implicit-function-declaration",
)  # fmt: skip

MODE_FLAGS = {
    "release": ("-O2", "-fno-semantic-interposition"),
    "check": ("-O1", "-DHEW_MODE_CHECK=1"),
    "asan": ("-O1", "-DHEW_MODE_CHECK=1", "-DHEW_MODE_ASAN=1", "-fsanitize=address,undefined"),
    "tsan": ("-O1", "-DHEW_MODE_TSAN=1", "-fsanitize=thread"),
}


def runtime_sources() -> list[str]:
    """The C files, in order."""
    found = []
    for folder, folders, files in os.walk(os.path.join(RUNTIME, "src")):
        folders.sort()
        found += [os.path.join(folder, name) for name in sorted(files) if name.endswith(".c")]
    return found


def source_hash() -> str:
    """A hash of every C file and header."""
    state = sha256()
    for top in ("include", "src"):
        for folder, folders, files in os.walk(os.path.join(RUNTIME, top)):
            folders.sort()
            for name in sorted(files):
                if name.endswith((".c", ".h")):
                    path = os.path.join(folder, name)
                    state.update(os.path.relpath(path, RUNTIME).encode() + b"\0")
                    with open(path, "rb") as file:
                        state.update(file.read())
    return state.hexdigest()


def runtime_objects(runtime: str, canary: int = 0) -> list[str] | Diagnostic:
    """Object files of the runtime build `runtime`, compiled now if they are not kept already."""
    sources = source_hash()
    if runtime == "release" and not canary:
        prebuilt = _prebuilt_objects(sources)
        if prebuilt:
            return prebuilt
    compiler = find_c_compiler()
    if compiler is None:
        return NoLinker(NO_FILE)
    flags = [*BASE_FLAGS, *MODE_FLAGS[runtime], *([f"-DHEW_CANARY={canary}"] if canary else [])]
    parts = (sources, compiler.identity, *flags)
    key = f"{runtime}-{sha256('|'.join(parts).encode()).hexdigest()[:24]}"
    folder = os.path.join(cache.cache_folder(), "runtime", key)
    if os.path.exists(os.path.join(folder, "complete")):
        return _objects_in(folder)
    return _build(compiler, flags, key)


def prebuilt_folder() -> str:
    """Where a wheel for this platform carries the release build."""
    return os.path.join(PREBUILT, sys.platform + "-" + os.uname().machine)


def prebuild(folder: str) -> Diagnostic | None:
    """Compiles the release build into `folder`, for the wheel."""
    compiler = find_c_compiler()
    if compiler is None:
        return NoLinker(NO_FILE)
    failed = compile_runtime(compiler, [*BASE_FLAGS, *MODE_FLAGS["release"]], folder)
    if failed is None:
        with open(os.path.join(folder, "complete"), "w", encoding="ascii") as file:
            file.write(source_hash())
    return failed


def find_prebuilt() -> list[str]:
    """The release build that came with the package, if it fits its sources."""
    return _prebuilt_objects(source_hash())


def _prebuilt_objects(sources: str) -> list[str]:
    folder = prebuilt_folder()
    try:
        with open(os.path.join(folder, "complete"), encoding="ascii") as file:
            is_same = file.read().strip() == sources
    except OSError:
        return []
    return _objects_in(folder) if is_same else []


def _objects_in(folder: str) -> list[str]:
    return [os.path.join(folder, name) for name in sorted(os.listdir(folder)) if name.endswith(".o")]


def _build(compiler: CCompiler, flags: list[str], key: str) -> list[str] | Diagnostic:
    try:
        own = cache.new_entry("runtime", key)
        failed = compile_runtime(compiler, flags, own)
        if failed is not None:
            return failed
        with open(os.path.join(own, "complete"), "w", encoding="ascii") as file:
            file.write("yes")
        return _objects_in(cache.publish(own, "runtime", key))
    except OSError as bad:
        return CannotWrite(NO_FILE, cache.cache_folder(), bad.strerror or "unwritable")


def compile_runtime(compiler: CCompiler, flags: list[str], folder: str) -> Diagnostic | None:
    """Compiles every C file into `folder`."""

    def compile_one(source: str) -> Diagnostic | None:
        name = os.path.relpath(source, os.path.join(RUNTIME, "src")).replace(os.sep, "-")[:-2] + ".o"
        include = "-I" + os.path.join(RUNTIME, "include")
        inner = "-I" + os.path.join(RUNTIME, "src")
        # Zig adds traps of its own to code that is not fully optimised.
        extra = ["-fno-sanitize=undefined"] if compiler.is_zig else []
        command = [*compiler.command, *flags, *extra, include, inner, "-c", source, "-o", os.path.join(folder, name)]
        return run_tool(compiler.name, command)

    with ThreadPoolExecutor(MAX_JOBS) as jobs:
        for failed in jobs.map(compile_one, runtime_sources()):
            if failed is not None:
                return failed
    return None
