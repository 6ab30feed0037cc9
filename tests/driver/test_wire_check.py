"""`hew wire check`: which changes to wire types are found."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyhew.cli.main import main

OLD = """
#[wire]
type Point { reserved @9; x: i64 @1, y: i64 @2, }
#[wire]
enum Move { Stop; Go(i64); }
fn main() {}
"""


def check(folder: Path, new: str) -> int:
    (folder / "old.hew").write_text(OLD)
    (folder / "new.hew").write_text(new)
    return main(["wire", "check", str(folder / "new.hew"), "--against", str(folder / "old.hew")])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("y: i64 @2,", "y: i64 @2, z: Option<i64> @3, w: i64 @4 default(1), v: string @5 optional,"),
        ("reserved @9; x: i64 @1, y: i64 @2,", "reserved @9, @2; x: i64 @1,"),
        ("x: i64 @1, y: i64 @2,", "y: i64 @2, x: i64 @1,"),
        ("Go(i64);", "Go(i64); Turn;"),
        ("Stop; Go(i64);", "Go(i64) @1; Stop @0;"),
        ("fn main() {}", "type Other { a: i64; } fn main() {}"),
    ],
)
def test_harmless_changes(tmp_path: Path, before: str, after: str) -> None:
    assert check(tmp_path, OLD.replace(before, after)) == 0


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("y: i64 @2,", "y: i64 @2, z: i64 @3,", "`z` is new, and old values do not have it"),
        ("y: i64 @2,", "", "field `y` is gone, and `@2` is not reserved"),
        ("y: i64 @2,", "y: i32 @2,", "`y` was of type `i64`"),
        ("y: i64 @2,", "z: i64 @2,", "`@2` was the number of `y`"),
        ("y: i64 @2,", "y: i64 @3,", "`@2` is not reserved"),
        ("reserved @9; ", "", "`@9` is no longer reserved"),
        ("reserved @9; x: i64 @1,", "x: i64 @1, z: Option<i64> @9,", "`@9` was reserved"),
        ("Stop; Go(i64);", "Go(i64); Stop;", "`Stop` no longer has the number 0"),
        ("Go(i64);", "Go(i64, i64);", "`Go` held other values"),
        ("type Point", "type Spot", "`Point` is gone"),
        ("enum Move { Stop; Go(i64); }", "type Move { a: i64 }", "another kind of type"),
    ],
)
def test_breaking_changes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], before: str, after: str, shown: str
) -> None:
    assert check(tmp_path, OLD.replace(before, after)) == 1
    shown_text = capsys.readouterr()
    assert shown in shown_text.out + shown_text.err
    assert "[wire-incompatible]" in shown_text.out + shown_text.err


def test_usage(tmp_path: Path) -> None:
    assert main(["wire", "check", "a.hew"]) == 2
    assert main(["wire", "a.hew", "--against", "b.hew"]) == 2
