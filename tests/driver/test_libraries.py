"""Programs that are linked with a library of C."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from tests.driver.foreign_calls import programs
from tests.driver.test_command import hew

from pyhew.driver.link import find_c_compiler

PROGRAM = """extern "C" {
    fn answer() -> i64;
}

fn main() {
    println(unsafe { answer() });
}
"""


FOREIGN = Path(__file__).parent / "foreign"


def library(folder: Path, name: str, source: str, *flags: str) -> Path:
    """`libNAME.a` of one C file."""
    compiler = find_c_compiler()
    assert compiler is not None
    written, made = folder / f"{name}.c", folder / f"lib{name}.a"
    written.write_text(source)
    subprocess.run([*compiler.command, *flags, "-c", str(written), "-o", str(folder / f"{name}.o")], check=True)
    made.unlink(missing_ok=True)
    subprocess.run(["ar", "rcs", str(made), str(folder / f"{name}.o")], check=True)
    return made


def archive(folder: Path, number: int) -> Path:
    """`libanswer.a`, whose `answer` gives this number."""
    return library(folder, "answer", f"long long answer(void) {{ return {number}; }}\n")


@pytest.mark.skipif(shutil.which("ar") is None, reason="ar is not installed")
def test_a_library_by_its_file_and_again_when_it_changes(tmp_path: Path) -> None:
    (tmp_path / "main.hew").write_text(PROGRAM)
    for number in (42, 7):
        made = archive(tmp_path, number)
        done = hew("run", "main.hew", "--link-lib", made.name, cwd=tmp_path)
        assert (done.stdout, done.stderr) == (f"{number}\n", "")
    built = hew("build", "main.hew", "-o", "out", f"--link-lib={made}", cwd=tmp_path)
    assert built.returncode == 0, built.stderr
    assert subprocess.run([tmp_path / "out"], capture_output=True, text=True, check=True).stdout == "7\n"
    checked = hew("memcheck", "main.hew", "--tool", "builtin", "--link-lib", made.name, cwd=tmp_path)
    assert checked.returncode == 0, checked.stderr


def test_what_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "main.hew").write_text(PROGRAM)
    done = hew("run", "main.hew", "--link-lib", "libnone.a", cwd=tmp_path)
    assert done.returncode == 2
    assert "--link-lib: there is no file `libnone.a`" in done.stderr
    named = hew("run", "main.hew", "--link-lib", "no_such_library", cwd=tmp_path)
    assert named.returncode == 1
    assert "no_such_library" in named.stderr


@pytest.mark.skipif(shutil.which("ar") is None, reason="ar is not installed")
@pytest.mark.parametrize("flags", [("-O0",), ("-O2",)], ids=["O0", "O2"])
@pytest.mark.parametrize("mode", ["--release", "--check"])
@pytest.mark.parametrize("name", ["callbacks", "exports"])
def test_c_and_hew_call_each_other(tmp_path: Path, name: str, mode: str, flags: tuple[str, ...]) -> None:
    made = library(tmp_path, name, (FOREIGN / f"{name}.c").read_text(), *flags)
    build = ("build", mode, "-o", str(tmp_path / "out")) if mode == "--release" else ("memcheck", "--tool", "builtin")
    done = hew(*build, str(FOREIGN / f"{name}.hew"), "--link-lib", str(made), cwd=tmp_path)
    if mode == "--release":
        assert done.returncode == 0, done.stderr
        done = subprocess.run([tmp_path / "out"], capture_output=True, text=True, check=False)
    else:
        assert "builtin   0 bytes in 0 blocks left" in done.stdout, done.stdout
    assert done.stdout.startswith((FOREIGN / f"{name}.stdout").read_text()), done.stdout + done.stderr


@pytest.mark.skipif(shutil.which("ar") is None, reason="ar is not installed")
def test_c_calls_on_a_thread_of_its_own(tmp_path: Path) -> None:
    source = """#include <pthread.h>
#include <stddef.h>
static void *body(void *f) { ((void (*)(void))f)(); return NULL; }
void on_thread(void (*f)(void)) { pthread_t id; pthread_create(&id, NULL, body, (void *)f); pthread_join(id, NULL); }
"""
    made = library(tmp_path, "threads", source)
    program = 'extern "C" {\n    fn on_thread(f: fn());\n}\n\nfn main() {\n    unsafe {\n        on_thread(|| println("called"));\n    }\n}\n'
    (tmp_path / "main.hew").write_text(program)
    done = hew("run", "main.hew", "--link-lib", made.name, cwd=tmp_path)
    assert done.returncode != 0
    assert "C called a Hew function on a thread that runs no actor" in done.stderr
    assert done.stdout == ""


@pytest.mark.skipif(shutil.which("ar") is None, reason="ar is not installed")
@pytest.mark.parametrize("seed", range(4))
def test_random_values_arrive_as_they_were_sent(tmp_path: Path, seed: int) -> None:
    c, program, expected = programs(seed, 30)
    made = library(tmp_path, "calls", c, f"-O{seed % 3}")
    (tmp_path / "main.hew").write_text(program)
    done = hew("run", "main.hew", *(("--release",) if seed % 2 else ()), "--link-lib", made.name, cwd=tmp_path)
    assert done.stdout == expected, done.stderr
