"""Diagnostics, as users see them.

Each `NAME.hew` marks every diagnostic on its line with `//~ id "text"` (`//~^` points one
line up, one more per `^`); the text must occur in what is shown.  `NAME.stderr` is the
whole output, written by `--update` and read in review.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pyhew.driver.options import BuildOptions
from pyhew.driver.session import Session

HERE = Path(__file__).parent
CASES = sorted(path for path in HERE.rglob("*.hew") if "modules" not in path.relative_to(HERE).parts[1:-1])
STYLE_TOO = (("warn", "all"),)
MARK = re.compile(r"//~(\^*) ([a-z0-9-]+)(?: \"(.*?)\")?\s*$")


def test_there_are_cases() -> None:
    assert len(CASES) >= 40


@pytest.mark.parametrize("path", CASES, ids=lambda p: str(p.relative_to(HERE))[:-4])
def test_diagnostics(path: Path, update: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HERE)
    session = Session(str(path.relative_to(HERE)), BuildOptions(lints=STYLE_TOO if path.parent.name == "lints" else ()))
    if session.check():
        session.llvm_text()
    found = []
    for diagnostic in session.sink.diagnostics:
        line = session.sources[diagnostic.span.file].position(diagnostic.span.start)[0]
        found.append((line, diagnostic.id))
    text = "".join(shown + "\n" for shown in session.rendered(False))
    wanted = _marks(path)
    assert sorted(found) == sorted((line, ident) for line, ident, _ in wanted), text
    for _, ident, piece in wanted:
        assert piece in text, f"{ident}: nothing shown has {piece!r}\n{text}"
    expected = path.with_suffix(".stderr")
    if update:
        expected.write_text(text, encoding="utf-8")
    assert expected.exists(), "run with --update"
    assert text == expected.read_text(encoding="utf-8")


def _marks(path: Path) -> list[tuple[int, str, str]]:
    marks = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        found = MARK.search(line)
        if found:
            marks.append((number - len(found[1]), found[2], found[3] or ""))
    return marks
