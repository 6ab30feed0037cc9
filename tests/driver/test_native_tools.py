"""Tools that know nothing of Hew show its names and lines, at every level of optimisation."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from programs import build

from pyhew.driver.options import Mode

SOURCE = """fn heavy(n: i64) -> i64 {
    var total = 0;
    var words: Vec<string> = Vec.new();
    for i in 0..n {
        words.push(f"word {i}");
        total = total + words[i].len() + steps(i + 1);
    }
    total
}

fn steps(from: i64) -> i64 {
    var at = from;
    var count = 0;
    while at > 1 {
        at = if at % 2 == 0 { at / 2 } else { 3 * at + 1 };
        count = count + 1;
    }
    count
}

fn main() {
    println(heavy(50000));
    println(heavy(3));
}
"""
modes = pytest.mark.parametrize("mode", [Mode.FAST, Mode.RELEASE, Mode.CHECK], ids=lambda mode: mode.value)


def needs(tool: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(tool) is None, reason=f"{tool} is not installed")


def program(folder: Path, mode: Mode) -> str:
    file = folder / "names.hew"
    file.write_text(SOURCE)
    return build(file, mode)


@modes
@needs("valgrind")
def test_valgrind(mode: Mode, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", program(tmp_path, mode)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    table = subprocess.run(["callgrind_annotate", str(out)], capture_output=True, text=True, check=True).stdout
    assert re.search(r"names\.hew:hew\.main\.heavy", table), table


@modes
@needs("gdb")
def test_gdb(mode: Mode, tmp_path: Path) -> None:
    executable = program(tmp_path, mode)
    command = ["gdb", "-batch", "-nx", "-ex", "break names.hew:6", "-ex", "run", "-ex", "bt 1", executable]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert re.search(r"#0 .*heavy.* at .*names\.hew:[3-7]", done.stdout), done.stdout + done.stderr


@modes
@needs("perf")
def test_perf(mode: Mode, tmp_path: Path) -> None:
    data = tmp_path / "data"
    record = ["perf", "record", "-F", "5000", "-o", str(data), program(tmp_path, mode)]
    if subprocess.run(record, capture_output=True, timeout=60, check=False).returncode:
        pytest.skip("perf may not record here")
    shown = subprocess.run(["perf", "report", "-i", str(data), "--stdio"], capture_output=True, text=True, check=True).stdout
    assert "hew.main." in shown, shown
