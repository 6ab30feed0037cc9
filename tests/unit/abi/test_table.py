"""The ABI table, its C header and its LLVM declarations agree."""

from __future__ import annotations

import subprocess
from importlib.resources import files
from pathlib import Path

import pytest

from pyhew.abi.constants import TRAP_NAMES, TrapCode
from pyhew.abi.functions import BY_NAME, FUNCTIONS
from pyhew.abi.header import header_text
from pyhew.abi.llvm import declaration
from pyhew.abi.ownership import Use
from pyhew.abi.rows import Mode, RuntimeFn

INCLUDE = Path(str(files("pyhew.runtime"))) / "include"


def test_committed_header_is_fresh() -> None:
    assert (INCLUDE / "hew" / "abi.h").read_text() == header_text()


def test_names_are_unique() -> None:
    assert len(BY_NAME) == len(FUNCTIONS) >= 130


def test_every_trap_has_a_name() -> None:
    assert set(TRAP_NAMES) == set(TrapCode)


@pytest.mark.parametrize("row", FUNCTIONS, ids=lambda row: row.name)
def test_row_is_consistent(row: RuntimeFn) -> None:
    inouts = [param for param in row.params if param.mode is Mode.INOUT]
    assert len(inouts) <= 1
    assert not inouts or row.result is None
    assert not row.is_noreturn or row.result is None
    assert len(row.uses) == len(row.arguments)
    for use, param in zip(row.uses, row.arguments, strict=True):
        assert (use is Use.INOUT) == (param.mode is Mode.INOUT)
        assert use is not Use.CONSUME or param.type.llvm == "ptr"
    assert declaration(row).startswith("declare ")


def test_header_compiles(tmp_path: Path) -> None:
    source = tmp_path / "includes.c"
    source.write_text('#include "hew/abi.h"\n')
    command = ["cc", "-std=c11", "-Wall", "-Wextra", "-Werror", f"-I{INCLUDE}", "-fsyntax-only", str(source)]
    subprocess.run(command, check=True)
