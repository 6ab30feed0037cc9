"""The command `hew` as users meet it: exit codes, streams, odd input."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HELLO = 'fn main() {\n    println("hello");\n}\n'


def hew(*words: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs the command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "pyhew", *words],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        check=False,
        timeout=120,
    )


@pytest.fixture
def hello(tmp_path: Path) -> Path:
    path = tmp_path / "hello.hew"
    path.write_text(HELLO)
    return path


def test_version() -> None:
    done = hew("--version")
    assert done.returncode == 0
    assert done.stdout.startswith("hew ")
    assert "0.6.0-rc2" in done.stdout


def test_version_starts_fast() -> None:
    """CPU time, of three tries: the machine may be busy, the command may not be slow."""
    best = 9.0
    for _ in range(3):
        began = os.times()
        subprocess.run([sys.executable, "-c", "from pyhew.cli.main import main; main(['version'])"], check=True)
        ended = os.times()
        spent = ended.children_user - began.children_user + ended.children_system - began.children_system
        best = min(best, spent)
    assert best < 0.15


def test_no_command_is_a_usage_error() -> None:
    done = hew()
    assert done.returncode == 2
    assert "hew COMMAND" in done.stdout


@pytest.mark.parametrize("words", [["frobnicate"], ["run", "--nonsense"], ["build", "a.hew", "b.hew"], ["test", "-j"]])
def test_usage_errors(words: list[str]) -> None:
    done = hew(*words)
    assert done.returncode == 2
    assert done.stderr.startswith("hew")
    assert "Traceback" not in done.stderr


def test_run_gives_output_and_passes_words(tmp_path: Path) -> None:
    path = tmp_path / "words.hew"
    path.write_text("import std.os;\nfn main() -> i64 {\n    println(os.args(1));\n    os.args_count()\n}\n")
    done = hew("run", str(path), "--", "--first", "two")
    assert done.stdout == "--first\n"
    assert done.returncode == 3


def test_the_second_run_starts_without_the_compiler(hello: Path) -> None:
    assert hew("run", str(hello)).stdout == "hello\n"
    code = (
        "import sys, os\n"
        "from pyhew.cli import main\n"
        "def instead(path, words):\n"
        "    print('starts', os.path.basename(path), 'pyhew.syntax.parse' in sys.modules, 'llvmlite' in sys.modules)\n"
        "    os._exit(0) if sys.stdout.flush() is None else None\n"
        "os.execv = instead\n"
        f"main.main(['run', {str(hello)!r}])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "starts hello False False\n", done.stderr


def test_a_changed_file_is_compiled_again(hello: Path) -> None:
    assert hew("run", str(hello)).stdout == "hello\n"
    hello.write_text(HELLO.replace("hello", "other"))
    assert hew("run", str(hello)).stdout == "other\n"


def test_a_module_that_appears_is_seen(tmp_path: Path) -> None:
    main = tmp_path / "main.hew"
    main.write_text("import shapes;\nfn main() {\n    println(shapes.name());\n}\n")
    first = hew("run", str(main))
    assert first.returncode == 1
    assert "module-not-found" in first.stderr
    (tmp_path / "shapes.hew").write_text('pub fn name() -> string {\n    "round"\n}\n')
    assert hew("run", str(main)).stdout == "round\n"


def test_build_writes_what_was_asked(hello: Path, tmp_path: Path) -> None:
    out = tmp_path / "program"
    done = hew("build", str(hello), "-o", str(out))
    assert done.returncode == 0, done.stderr
    assert subprocess.run([str(out)], capture_output=True, text=True, check=True).stdout == "hello\n"
    assert [p.name for p in tmp_path.iterdir()] == ["hello.hew", "program"] or len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("stage", ["tokens", "ast", "ir", "mlir", "llvm", "llvm-opt", "asm"])
def test_build_shows_the_stages(hello: Path, stage: str) -> None:
    done = hew("build", str(hello), f"--emit={stage}")
    assert done.returncode == 0
    assert "main" in done.stdout


def test_build_of_a_package(tmp_path: Path) -> None:
    (tmp_path / "hew.toml").write_text('[package]\nname = "acme::greet"\nmain = "src/start.hew"\n')
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "words.hew").write_text('pub fn word() -> string {\n    "packed"\n}\n')
    (tmp_path / "src" / "start.hew").write_text("import words;\nfn main() {\n    println(words.word());\n}\n")
    assert hew("run", cwd=tmp_path).stdout == "packed\n"
    assert hew("build", str(tmp_path), "-o", str(tmp_path / "out")).returncode == 0


def test_check_is_silent_when_all_is_well(hello: Path) -> None:
    done = hew("check", str(hello))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_check_as_json(tmp_path: Path) -> None:
    path = tmp_path / "wrong.hew"
    path.write_text("fn main() {\n    println(nobody);\n}\n")
    done = hew("check", str(path), "--format", "json")
    assert done.returncode == 1
    rows = json.loads(done.stdout)
    assert [row["code"] for row in rows] == ["unknown-name"]
    assert rows[0]["span"]["start"]["line"] == 2


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("empty.hew", b"", "no-main"),
        ("latin.hew", b"fn main() { \xff }", "not-utf8"),
        ("nul.hew", b"fn main() { \0 }", "nul-in-source"),
        ("binary.hew", bytes(range(256)) * 20, "error"),
        ("crlf.hew", b"fn main() {\r\n    let x: i64 = \"a\";\r\n}\r\n", "type-mismatch"),
        ("deep.hew", b"fn main() { " + b"(" * 5000 + b")" * 5000 + b" }", "error"),
        ("braces.hew", b"{" * 3000, "error"),
        ("quote.hew", b'fn main() { println("', "error"),
    ],
)
def test_bad_files_are_diagnosed(tmp_path: Path, name: str, data: bytes, words: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    done = hew("build", str(path), "-o", str(tmp_path / "out"))
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert "internal compiler error" not in done.stderr


def test_missing_files_and_folders(tmp_path: Path) -> None:
    assert "cannot-read" in hew("check", str(tmp_path / "none.hew")).stderr
    (tmp_path / "folder.hew").mkdir()
    assert "no-entry-point" in hew("check", str(tmp_path / "folder.hew")).stderr


def test_a_folder_is_no_output(hello: Path, tmp_path: Path) -> None:
    assert hew("build", str(hello), "-o", str(tmp_path)).returncode == 2
    done = hew("build", str(hello), "-o", str(tmp_path / "none" / "out"))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_run_stops_when_time_is_up(tmp_path: Path) -> None:
    path = tmp_path / "long.hew"
    path.write_text("fn main() {\n    sleep(60s);\n}\n")
    assert hew("run", str(path), "--timeout", "300ms").returncode == 124


def test_explain() -> None:
    done = hew("explain", "use-after-move")
    assert done.returncode == 0
    assert "clone" in done.stdout
    missing = hew("explain", "use-after-mov")
    assert missing.returncode == 1
    assert "did you mean `use-after-move`" in missing.stderr


def test_explain_lists_every_id_once() -> None:
    lines = hew("explain", "--list").stdout.splitlines()
    ids = [line.split()[0] for line in lines]
    assert len(ids) > 80
    assert len(set(ids)) == len(ids)


def test_doctor() -> None:
    done = hew("doctor")
    assert "llvmlite" in done.stdout


def test_same_text_under_every_hash_seed(tmp_path: Path) -> None:
    example = Path(__file__).resolve().parents[2] / "examples" / "twelve" / "collections.hew"
    texts = {hew("build", str(example), "--emit=llvm", PYTHONHASHSEED=seed).stdout for seed in ("1", "2", "3")}
    assert len(texts) == 1


def test_two_runs_at_once_do_not_disturb_each_other(hello: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pyhew", "run", str(hello)]
    environment = {**os.environ, "HEW_CACHE": str(tmp_path / "cache")}
    several = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) for _ in range(4)]
    assert [process.communicate(timeout=120)[0] for process in several] == ["hello\n"] * 4


def test_another_machine_is_refused(hello: Path) -> None:
    done = hew("build", "--target", "wasm32-unknown-unknown", str(hello), cwd=hello.parent)
    assert done.returncode == 2
    assert "wasm32-unknown-unknown" in done.stderr
    own = f"{os.uname().machine}-unknown-linux-gnu"
    assert hew("check", "--target", own, str(hello), cwd=hello.parent).returncode == 0
