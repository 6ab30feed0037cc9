"""The runtime's tables of letters against those of Python, whose Unicode is at least as new."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import pyhew

SOURCE = Path(pyhew.__file__).parent / "runtime" / "src" / "data" / "unicode.c"
SETTLED = 0x590
"""Up to the end of the Armenian block nothing has been added since Unicode 14."""

CLASSES: dict[str, Callable[[str], bool]] = {
    "letters": lambda kind: kind[0] == "L" or kind == "Nl",
    "decimals": lambda kind: kind == "Nd",
    "capitals": lambda kind: kind == "Lu",
    "smalls": lambda kind: kind == "Ll",
    "punctuation": lambda kind: kind[0] == "P",
}


def rows(table: str) -> Iterator[list[int]]:
    body = re.search(rf"{table}\[\] = {{\n(.*?)\n}};", SOURCE.read_text(encoding="utf-8"), re.S)
    assert body is not None
    for row in re.findall(r"\{([^{}]*)\}", body.group(1)):
        yield [int(part, 0) for part in row.split(",")]


def codepoints(table: str) -> set[int]:
    return {c for first, last, step, *_ in rows(table) for c in range(first, last + 1, step)}


@pytest.mark.parametrize("table", CLASSES)
def test_classes(table: str) -> None:
    found = codepoints(table)
    fits = CLASSES[table]
    assert [hex(c) for c in found if not fits(unicodedata.category(chr(c)))] == []
    assert [hex(c) for c in range(SETTLED) if fits(unicodedata.category(chr(c))) and c not in found] == []


@pytest.mark.parametrize("table", ["to_upper", "to_lower"])
def test_simple_cases(table: str) -> None:
    mapped = {c: c + delta for first, last, step, delta in rows(table) for c in range(first, last + 1, step)}
    for codepoint, other in mapped.items():
        letter = chr(codepoint)
        forms = [letter.upper(), letter.title()] if table == "to_upper" else [letter.lower()]
        assert chr(other) in forms or forms[0].startswith(chr(other)), hex(codepoint)
    for codepoint in range(SETTLED):
        form = chr(codepoint).upper() if table == "to_upper" else chr(codepoint).lower()
        assert len(form) > 1 or mapped.get(codepoint, codepoint) == ord(form), hex(codepoint)


def test_capitals_of_several_letters() -> None:
    source = SOURCE.read_text(encoding="utf-8")
    found = {
        int(start, 16): "".join(chr(int(part, 16)) for part in rest.split(","))
        for start, rest in re.findall(r"\{(0x[0-9A-F]+), \{([^{}]*)\}\}", source)
    }
    longer = {c for c in range(0x110000) if len(chr(c).upper()) > 1}
    assert found == {c: chr(c).upper() for c in longer}
