"""`hew fmt` on files."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyhew.cli.main import main

MESSY, TIDY = "fn main( ) {\nlet x=1 ;\n   println( x )\n}", "fn main() {\n    let x = 1;\n    println(x)\n}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two programs to lay out, one that is, one with a mistake, one that no folder shows."""
    (tmp_path / "inner").mkdir()
    (tmp_path / ".hidden").mkdir()
    for name in ("a.hew", "inner/b_test.hew", ".hidden/c.hew"):
        (tmp_path / name).write_text(MESSY)
    (tmp_path / "tidy.hew").write_text(TIDY)
    (tmp_path / "notes.txt").write_text(MESSY)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_folder_is_all_below_it(folder: Path) -> None:
    before = (folder / "tidy.hew").stat().st_mtime_ns
    assert main(["fmt"]) == 0
    assert (folder / "a.hew").read_text() == (folder / "inner/b_test.hew").read_text() == TIDY
    assert (folder / ".hidden/c.hew").read_text() == (folder / "notes.txt").read_text() == MESSY
    assert (folder / "tidy.hew").stat().st_mtime_ns == before
    assert main(["fmt", "--check"]) == 0


def test_check_names_files_and_changes_none(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["fmt", "--check", ".", "a.hew"]) == 1
    assert capfd.readouterr().out.splitlines() == ["a.hew", "inner/b_test.hew"]
    assert (folder / "a.hew").read_text() == MESSY


def test_diff_shows_lines(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["fmt", "--diff", "a.hew", "tidy.hew"]) == 1
    shown = capfd.readouterr().out
    assert shown.startswith("--- a.hew\n+++ a.hew, laid out\n")
    assert "-let x=1 ;\n" in shown
    assert "+    let x = 1;\n" in shown
    assert "tidy" not in shown
    assert (folder / "a.hew").read_text() == MESSY


def test_standard_input(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    import io
    import sys

    for text, wanted, code in ((MESSY, TIDY, 0), (TIDY.replace("\n", "\r\n"), TIDY, 0), ("fn main( {", "", 1)):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        assert main(["fmt", "--stdin"]) == code
        shown = capfd.readouterr()
        assert shown.out == wanted
        assert ("<stdin>:1:" in shown.err) == bool(code)


def test_a_mistake_stops_one_file_alone(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "bad.hew").write_text("fn main( {")
    (folder / "binary.hew").write_bytes(b"fn main() { \xff }")
    assert main(["fmt", "bad.hew", "binary.hew", "a.hew"]) == 1
    shown = capfd.readouterr().err
    assert "bad.hew:1:" in shown
    assert "binary.hew" in shown
    assert (folder / "bad.hew").read_text() == "fn main( {"
    assert (folder / "a.hew").read_text() == TIDY


def test_what_makes_no_sense_is_usage(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["fmt", "nowhere.hew"]) == 2
    assert "there is no file or folder `nowhere.hew`" in capfd.readouterr().err
    assert main(["fmt", "--stdin", "a.hew"]) == 2
