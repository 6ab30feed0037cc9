"""Debug information that LLVM keeps: it throws all of it away when one piece is wrong."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from pyhew.driver.options import BuildOptions, Mode
from pyhew.driver.session import Session

RUN = Path(__file__).resolve().parents[1] / "run"
VARIABLE = re.compile(r"!DILocalVariable\(name: \"[^\"]*\", (arg: \d+, scope: !\d+),")


@pytest.mark.parametrize("name", ["machines/light", "machines/session", "library/small_modules", "control/matching"])
def test_an_argument_is_one_variable(name: str) -> None:
    session = Session(str(RUN / f"{name}.hew"), BuildOptions(Mode.CHECK))
    assert session.check()
    text = session.llvm_text()
    assert text is not None
    arguments = Counter(VARIABLE.findall(text))
    assert arguments
    assert [place for place, count in arguments.items() if count > 1] == []
