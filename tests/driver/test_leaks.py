"""The parts of `hew memcheck` that need no program."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from pyhew.cli.explain import all_diagnostics, page_of
from pyhew.leaks.builtin import merged
from pyhew.leaks.lines import LineTable, readable_symbol
from pyhew.leaks.model import HINTS, Finding, Leak, Place
from pyhew.leaks.render import as_data, as_text

PLACE = Place("program.hew", 3, 5, "main")


def test_symbols_read_like_the_source() -> None:
    assert readable_symbol("hew.main.Counter.add.1f00ba77") == "Counter.add"
    assert readable_symbol("hew.main.main.1f00ba77.resume") == "main"
    assert readable_symbol("hew.shapes.area.00000000") == "shapes.area"
    assert readable_symbol("malloc") == "malloc"


@pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler")
def test_lines_of_an_executable(tmp_path: Path) -> None:
    source = tmp_path / "two.c"
    source.write_text("int twice(int n) {\n    return n * 2;\n}\nint main(void) {\n    return twice(0);\n}\n")
    program = tmp_path / "two"
    subprocess.run(["cc", "-gdwarf-4", "-no-pie", "-o", str(program), str(source)], check=True)
    symbols = subprocess.run(["nm", str(program)], capture_output=True, text=True, check=True).stdout
    start = next(int(line.split()[0], 16) for line in symbols.splitlines() if line.endswith(" T twice"))
    place = LineTable(program.read_bytes()).place(start + 8)
    assert place is not None
    assert (Path(place.file).name, place.line, place.function) == ("two.c", 2, "twice")


def test_equal_leaks_are_one() -> None:
    leak = Leak("lost", "string", 1, 40, (PLACE,))
    assert merged([leak, leak, Leak("lost", "string", 1, 40, ())])[0].blocks == 2


def test_the_report_names_type_and_line() -> None:
    text = as_text("program.hew", [Finding("builtin", (Leak("lost", "Vec<i64>", 2, 96, (PLACE,), "A", "m"),), 0)])
    assert "96 bytes in 2 blocks of `Vec<i64>`" in text
    assert "program.hew:3:5 in main" in text
    assert "actor `A`, message `m`" in text


def test_finders_that_differ_are_noticed() -> None:
    findings = [Finding("builtin", (), 0), Finding("valgrind", (Leak("lost", "", 1, 8, (PLACE,)),), 0)]
    assert "builtin found nothing" in as_text("program.hew", findings)
    assert as_data("program.hew", findings)["clean"] is False


def test_every_kind_of_leak_has_a_page() -> None:
    assert [kind for kind in HINTS if page_of(f"leak-{kind}", {}) is None] == []


def test_every_page_explains_something_that_is_reported() -> None:
    known = {*all_diagnostics(), *(f"leak-{kind}" for kind in HINTS)}
    pages = Path(__file__).resolve().parents[2] / "docs" / "errors"
    assert [page.stem for page in pages.glob("*.md") if page.stem not in known] == []
