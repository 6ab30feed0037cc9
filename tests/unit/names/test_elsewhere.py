"""What a message promises is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pyhew.driver.loader import STD_FOLDER
from pyhew.names.elsewhere import LIBRARY, held_by


@pytest.mark.parametrize("function", sorted(set(LIBRARY.values())))
def test_functions_of_the_library_that_messages_name_exist(function: str) -> None:
    module, name = function.split(".")
    text = (Path(STD_FOLDER) / f"{module}.hew").read_text(encoding="utf-8")
    assert re.search(rf"^pub fn {name}\b", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("shown", "held"),
    [
        ("Option<i64>", ("Option", "i64")),
        ("Result<(i64, Vec<i64>), string>", ("Result", "(i64, Vec<i64>)")),
        ("Vec<i64>", ("", "")),
        ("i64", ("", "")),
    ],
)
def test_what_a_holder_holds(shown: str, held: tuple[str, str]) -> None:
    assert held_by(shown) == held
