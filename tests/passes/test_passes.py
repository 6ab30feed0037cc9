"""Each `<pass>/<behaviour>.ir` holds IR before and after one pass, `---` between.

`--update` writes the second half, to be read in review.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pyhew.ir.ownership import verify_ownership
from pyhew.ir.parse import parse_module
from pyhew.ir.text import print_module
from pyhew.ir.verify import verify_structure
from pyhew.passes.manager import IR_PASSES

HERE = Path(__file__).parent
CASES = sorted(HERE.glob("*/*.ir"))
PASSES = {ir_pass.name: ir_pass for ir_pass in IR_PASSES}


def test_there_are_cases_for_every_pass() -> None:
    assert {path.parent.name for path in CASES} == set(PASSES)


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_pass(path: Path, update: bool) -> None:
    before, _, after = path.read_text().partition("\n---\n")
    ir_pass = PASSES[path.parent.name]
    module = parse_module(before)
    verify_structure(module)
    ir_pass.run(module)
    verify_structure(module)
    if ir_pass.is_closed:
        verify_ownership(module)
    found = print_module(module)
    if update:
        path.write_text(f"{before}\n---\n{found}")
        return
    assert found == after
