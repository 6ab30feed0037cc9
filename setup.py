"""Building: the release runtime is compiled into the wheel, and the error pages are copied in.

In: a source tree.  Out: a wheel for this platform that serves every Python.
Assumed: the runtime is plain C11 without Python in it, so the tag names no ABI.
"""

from __future__ import annotations

import os
import shutil
import sys

from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py

HERE = os.path.dirname(os.path.abspath(__file__))


class BuildWithRuntime(build_py):
    """Copies the package, then compiles the C runtime beside its sources."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        pages = os.path.join(self.build_lib, "pyhew", "pages")
        shutil.copytree(os.path.join(HERE, "docs", "errors"), pages, dirs_exist_ok=True)
        sys.path.insert(0, os.path.join(HERE, "src"))
        from pyhew.driver import runtime

        folder = os.path.join(self.build_lib, os.path.relpath(runtime.prebuilt_folder(), os.path.join(HERE, "src")))
        os.makedirs(folder, exist_ok=True)
        problem = runtime.prebuild(folder)
        if problem is not None:
            raise SystemExit("\n".join((problem.title(), *problem.notes())))


class PlatformWheel(bdist_wheel):
    """Tagged for the platform, not for one Python."""

    def finalize_options(self) -> None:
        super().finalize_options()
        self.root_is_pure = False

    def get_tag(self) -> tuple[str, str, str]:
        return ("py3", "none", super().get_tag()[2])


class HasMachineCode(Distribution):
    """Says that the package is not only Python."""

    def has_ext_modules(self) -> bool:
        return True


setup(cmdclass={"build_py": BuildWithRuntime, "bdist_wheel": PlatformWheel}, distclass=HasMachineCode)
