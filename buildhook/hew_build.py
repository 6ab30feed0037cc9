"""The build backend: setuptools, plus a C compiler when the machine has none.

In: what pip asks.  Out: what setuptools answers; a wheel on a machine without a C
compiler also needs `ziglang`, which is one.
Assumed: `setup.py` compiles the runtime; this file only says what that takes.
"""

from __future__ import annotations

import os
import shutil

from setuptools import build_meta
from setuptools.build_meta import (
    build_editable,
    build_sdist,
    build_wheel,
    get_requires_for_build_editable,
    get_requires_for_build_sdist,
    prepare_metadata_for_build_editable,
    prepare_metadata_for_build_wheel,
)

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
]


def get_requires_for_build_wheel(config_settings: dict[str, object] | None = None) -> list[str]:
    """What building a wheel needs beyond setuptools."""
    needed: list[str] = build_meta.get_requires_for_build_wheel(config_settings)
    has_compiler = os.environ.get("CC") or any(shutil.which(name) for name in ("cc", "gcc", "clang"))
    return needed if has_compiler else [*needed, "ziglang"]
