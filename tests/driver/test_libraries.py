"""Programs that are linked with a library of C."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from tests.driver.test_command import hew

from pyhew.driver.link import find_c_compiler

PROGRAM = """extern "C" {
    fn answer() -> i64;
}

fn main() {
    println(unsafe { answer() });
}
"""


def archive(folder: Path, number: int) -> Path:
    """`libanswer.a`, whose `answer` gives this number."""
    compiler = find_c_compiler()
    assert compiler is not None
    source, made = folder / "answer.c", folder / "libanswer.a"
    source.write_text(f"long long answer(void) {{ return {number}; }}\n")
    subprocess.run([*compiler.command, "-c", str(source), "-o", str(folder / "answer.o")], check=True)
    made.unlink(missing_ok=True)
    subprocess.run(["ar", "rcs", str(made), str(folder / "answer.o")], check=True)
    return made


@pytest.mark.skipif(shutil.which("ar") is None, reason="ar is not installed")
def test_a_library_by_its_file_and_again_when_it_changes(tmp_path: Path) -> None:
    (tmp_path / "main.hew").write_text(PROGRAM)
    for number in (42, 7):
        library = archive(tmp_path, number)
        done = hew("run", "main.hew", "--link-lib", library.name, cwd=tmp_path)
        assert (done.stdout, done.stderr) == (f"{number}\n", "")
    built = hew("build", "main.hew", "-o", "out", f"--link-lib={library}", cwd=tmp_path)
    assert built.returncode == 0, built.stderr
    assert subprocess.run([tmp_path / "out"], capture_output=True, text=True, check=True).stdout == "7\n"
    checked = hew("memcheck", "main.hew", "--tool", "builtin", "--link-lib", library.name, cwd=tmp_path)
    assert checked.returncode == 0, checked.stderr


def test_what_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "main.hew").write_text(PROGRAM)
    done = hew("run", "main.hew", "--link-lib", "libnone.a", cwd=tmp_path)
    assert done.returncode == 2
    assert "--link-lib: there is no file `libnone.a`" in done.stderr
    named = hew("run", "main.hew", "--link-lib", "no_such_library", cwd=tmp_path)
    assert named.returncode == 1
    assert "no_such_library" in named.stderr
