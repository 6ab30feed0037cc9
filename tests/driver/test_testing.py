"""`hew test`: what it finds, runs and reports."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

CASES = """\
fn half(n: i64) -> i64 {
    n / 2
}

#[test]
fn halves() {
    assert_eq(half(4), 2);
}

#[test]
fn wrong() {
    println("about to fail");
    assert_eq(half(5), 3);
}

#[test]
#[should_panic]
fn divides_by_zero() {
    let list: Vec<i64> = Vec.new();
    println(1 / list.len());
}

#[test]
#[should_panic]
fn does_not_panic() {
    half(1);
}

#[test]
#[ignore]
fn later() {
    panic("not yet");
}

#[test]
fn leaves_the_process() {
    exit(0);
}
"""


def hew(*words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pyhew", "test", *words],
        capture_output=True,
        text=True,
        cwd=cwd,
        env=dict(os.environ),
        stdin=subprocess.DEVNULL,
        check=False,
        timeout=120,
    )


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    path = tmp_path / "half_test.hew"
    path.write_text(CASES)
    return path


def test_every_case_has_a_line(cases: Path) -> None:
    done = hew(str(cases))
    assert done.returncode == 1
    assert "test halves ... ok" in done.stdout
    assert "test wrong ... FAILED" in done.stdout
    assert "test divides_by_zero ... ok" in done.stdout
    assert "test does_not_panic ... FAILED" in done.stdout
    assert "test later ... ignored" in done.stdout
    assert "about to fail" in done.stdout
    assert "assertion failed: assert_eq(2, 3)" in done.stdout
    assert done.stdout.rstrip().endswith("test result: FAILED. 3 passed; 2 failed; 1 ignored")


def test_filter_and_ignored(cases: Path) -> None:
    done = hew(str(cases), "--filter", "halves")
    assert (done.returncode, "1 passed; 0 failed" in done.stdout) == (0, True)
    done = hew(str(cases), "--filter", "later", "--include-ignored")
    assert (done.returncode, "0 passed; 1 failed" in done.stdout) == (1, True)


def test_list_runs_nothing(cases: Path) -> None:
    done = hew(str(cases), "--list")
    assert done.returncode == 0
    assert done.stdout.splitlines()[0] == f"{cases}::halves"
    assert len(done.stdout.splitlines()) == 6


def test_shards_cover_everything_once(cases: Path) -> None:
    shards = [set(hew(str(cases), "--list", "--partition", f"hash:{n}/2").stdout.splitlines()) for n in (1, 2)]
    assert not shards[0] & shards[1]
    assert len(shards[0] | shards[1]) == 6


def test_json(cases: Path) -> None:
    rows = json.loads(hew(str(cases), "--format", "json").stdout)
    assert [row["outcome"] for row in rows] == ["ok", "failed", "ok", "failed", "ignored", "ok"]


def test_junit(cases: Path) -> None:
    tree = ElementTree.fromstring(hew(str(cases), "--format", "junit").stdout)
    assert (tree.get("tests"), tree.get("failures"), tree.get("skipped")) == ("6", "2", "1")


def test_a_case_without_end_fails(tmp_path: Path) -> None:
    path = tmp_path / "long_test.hew"
    path.write_text("#[test]\nfn sleeps() {\n    sleep(60s);\n}\n")
    done = hew(str(path), "--timeout", "300ms")
    assert done.returncode == 1
    assert "no end after 0.3 s" in done.stdout
    told = done.stdout.split("where it stood when time was up:\n")[1]
    assert ("#0" if shutil.which("gdb") else "thread ") in told


def test_folders_are_searched_for_test_files(tmp_path: Path) -> None:
    test = "#[test]\nfn passes() {\n    assert(true);\n}\n"
    for name in ("a_test.hew", "plain.hew", "tests/inner.hew", "tests/deep/x_test.hew", ".hidden/y_test.hew"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(test)
    done = hew("--list", cwd=tmp_path)
    assert sorted(done.stdout.splitlines()) == [
        "a_test.hew::passes",
        "tests/deep/x_test.hew::passes",
        "tests/inner.hew::passes",
    ]


def test_nothing_found_is_a_failure(tmp_path: Path) -> None:
    assert "No test files found." in hew(str(tmp_path)).stderr
    assert hew(str(tmp_path)).returncode == 1
    assert hew(str(tmp_path), "--allow-empty").returncode == 0
    (tmp_path / "none_test.hew").write_text("fn main() {}\n")
    done = hew(str(tmp_path))
    assert (done.returncode, "No test functions found." in done.stderr) == (1, True)


def test_mistakes_are_shown(tmp_path: Path) -> None:
    path = tmp_path / "bad_test.hew"
    path.write_text("#[test]\nfn bad() {\n    assert_eq(nobody, 1);\n}\n")
    done = hew(str(path))
    assert done.returncode == 1
    assert "unknown-name" in done.stderr


LEAKING = """\
type Node { next: Option<Rc<Node>>; }

fn ring(n: i64) -> i64 {
    let first = Rc.new(Node { next: .None });
    let second = Rc.new(Node { next: .Some(first.clone()) });
    first.set(Node { next: .Some(second) });
    n
}

#[test]
fn keeps_a_ring() {
    assert_eq(ring(1), 1);
}

#[test]
fn keeps_nothing() {
    assert_eq("a".repeat(3), "aaa");
}
"""


@pytest.fixture
def leaking(tmp_path: Path) -> Path:
    path = tmp_path / "ring_test.hew"
    path.write_text(LEAKING)
    return path


def test_a_leak_fails_its_test_alone(leaking: Path) -> None:
    assert hew(str(leaking)).returncode == 0
    done = hew(str(leaking), "--memcheck")
    assert done.returncode == 3
    assert "test keeps_a_ring ... FAILED" in done.stdout
    assert "test keeps_nothing ... ok" in done.stdout
    line = next(at for at, text in enumerate(LEAKING.splitlines(), start=1) if "let first" in text)
    assert "rc-cycle" in done.stdout
    assert f"ring_test.hew:{line}" in done.stdout
    assert re.search(r"---- keeps_a_ring: [\d,]+ bytes in 2 blocks left ----", done.stdout)


def test_leaks_in_json(leaking: Path) -> None:
    rows = json.loads(hew(str(leaking), "--memcheck", "--format", "json").stdout)
    assert [[leak["kind"] for leak in row["leaks"]] for row in rows] == [["rc-cycle", "rc-cycle"], []]


def test_a_failure_outweighs_a_leak(cases: Path) -> None:
    done = hew(str(cases), "--memcheck")
    assert done.returncode == 1
    assert done.stdout.rstrip().endswith("test result: FAILED. 3 passed; 2 failed; 1 ignored")
    assert "left ----" not in done.stdout


def test_memcheck_has_its_own_build(cases: Path) -> None:
    assert hew(str(cases), "--memcheck", "--release").returncode == 2
