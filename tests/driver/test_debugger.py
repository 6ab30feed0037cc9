"""A debugger sees Hew: lines, variables, values; also behind a suspension and inside an actor."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from elftools.dwarf.die import DIE
from elftools.elf.elffile import ELFFile

PROGRAM = """
type Point { x: i64; y: f64; name: string; }
enum Shape { Empty; Circle(f64); Named(string, i64); }

actor Adder {
    var total: i64 = 7;

    receive fn add(n: i64) -> i64 {
        let before = total;
        total = total + n;
        sleep(1ms);
        let after = total;
        before + after
    }
}

fn area(p: Point, scale: i64) -> f64 {
    var sum = 0.5;
    for i in 0..scale {
        sum = sum + p.y;
    }
    let label = f"area {sum}";
    println(label);
    sum
}

fn main() {
    let who = "wor" + "ld";
    let items = [1, 2, 3];
    let flag = true;
    let shape = Shape.Named(who, 42);
    let p = Point { x: 3, y: 2.5, name: who };
    println(area(p, 2));
    let a = spawn Adder;
    let sum = (await a.add(5)).unwrap_or(0);
    println(sum);
    match shape {
        .Named(text, n) => println(f"{text} {n}"),
        _ => println("other"),
    }
    println(f"{items.len()} {flag}");
}
"""


def name_of(die: DIE) -> str:
    return str(die.attributes["DW_AT_name"].value.decode()) if "DW_AT_name" in die.attributes else ""


def line_of(text: str) -> int:
    return next(at for at, line in enumerate(PROGRAM.splitlines(), start=1) if text in line)


@pytest.mark.skipif(shutil.which("gdb") is None, reason="gdb is not installed")
def test_gdb_breaks_on_lines_and_shows_values(tmp_path: Path) -> None:
    source, script = tmp_path / "shapes.hew", tmp_path / "script"
    source.write_text(PROGRAM)
    stops = ("println(label);", "before + after", "println(sum);")
    script.write_text(
        "".join(f"break shapes.hew:{line_of(stop)}\n" for stop in stops)
        + "run\ninfo args\ninfo locals\ncontinue\ninfo locals\ncontinue\ninfo locals\nhew-actors\n"
        + "print *(hew_actor *)hew__slot_of(a)\n"
    )
    command = [sys.executable, "-m", "pyhew", "debug", str(source), "--batch", "-x", str(script)]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120, check=False)
    first, second, third = done.stdout.split("\nThread ")[-3:]
    assert 'p = {x = 3, y = 2.5, name = "world"}' in first
    assert "scale = 2" in first
    assert 'label = "area 5.5"' in first
    assert "sum = 5.5" in first
    assert "before = 7" in second
    assert "after = 12" in second
    assert "total = 12" in second
    assert 'who = "world"' in third
    assert "items = Vec<i64> of 3 = {1, 2, 3}" in third
    assert "flag = true" in third
    assert 'shape = Named = {_0 = "world", _1 = 42}' in third
    assert "sum = 19" in third
    adder = re.search(r"a = (\d+) \(Adder, (\w+), 0 waiting\)", third)
    assert adder is not None, third
    assert re.search(rf"^{adder[1]}  Adder, \w+, 0 waiting$", third, re.MULTILINE), third
    assert re.search(r"^\d+  main, running, 0 waiting$", third, re.MULTILINE), third
    assert re.search(r"\$1 = Adder, \w+, 0 waiting", third), third


KINDS = """
type Dog { name: string; }
trait Speak { fn speak(self) -> string; }
impl Speak for Dog { fn speak(self) -> string { self.name } }
gen fn count(n: i64) -> i64 { for i in 0..n { yield i; } }

fn main() {
    let small: i8 = -5;
    var ages: HashMap<string, i64> = HashMap.new();
    for name in ["ann", "gone", "bob"] { ages.insert(name, name.len()); }
    ages.remove("gone");
    var seen: HashSet<i64> = HashSet.new();
    seen.insert(7);
    let cell = Rc.new(Dog { name: "cell".to_upper() });
    let weak = cell.downgrade();
    let add = |k: i64| k + ages.len();
    let dog: dyn Speak = Dog { name: "rex".to_upper() };
    let counter = count(3);
    println(f"{small} {seen.len()}");
    println(f"{weak.upgrade().is_some()} {add(1)} {dog.speak()} {cell.get().name}");
    for c in counter { println(c); }
}
"""


@pytest.mark.skipif(shutil.which("gdb") is None, reason="gdb is not installed")
def test_gdb_shows_maps_closures_generators_and_handles(tmp_path: Path) -> None:
    source, script = tmp_path / "kinds.hew", tmp_path / "script"
    source.write_text(KINDS)
    lines = KINDS.splitlines()
    stop, closure, body = (next(at for at, line in enumerate(lines, 1) if mark in line) for mark in ("{seen.len()}", "let add", "gen fn"))
    script.write_text(f"set width 0\nbreak kinds.hew:{stop}\nrun\ninfo locals\n")
    command = [sys.executable, "-m", "pyhew", "debug", str(source), "--batch", "-x", str(script)]
    shown = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120, check=False).stdout
    assert "small = -5\n" in shown
    assert 'ages = HashMap<string, i64> of 2 = {["ann"] = 3, ["bob"] = 3}' in shown
    assert "seen = HashSet<i64> of 1 = {7}" in shown
    assert "weak = Weak of Rc<Dog>\n" in shown
    assert re.search(rf"add = fn\(i64\) -> i64 at \S*kinds.hew:{closure}\n", shown), shown
    assert "dog = dyn Speak of Dog\n" in shown
    assert re.search(rf"counter = generator at \S*kinds.hew:{body}\n", shown), shown


CELLS = """
type Team { name: string; members: Vec<Rc<Member>>; }
type Member { name: string; team: Option<Rc<Team>>; }

fn joined(team: Rc<Team>, is_first: bool) -> i64 {
    let all: Vec<Rc<Member>> = Vec.new();
    for name in ["ann", "bob"] {
        all.push(Rc.new(Member { name: name, team: .Some(team.clone()) }));
    }
    team.set(Team { name: team.get().name, members: all });
    team.get().members.len()
}

actor Clerk {
    receive fn count() -> i64 {
        joined(Rc.new(Team { name: "a".repeat(3), members: Vec.new() }), true)
    }
}

fn main() {
    let clerk = spawn Clerk;
    println((await clerk.count()).unwrap_or(0));
}
"""


@pytest.mark.skipif(shutil.which("gdb") is None, reason="gdb is not installed")
def test_gdb_stops_at_names_with_the_arguments_and_ends_at_rings(tmp_path: Path) -> None:
    source, script = tmp_path / "cells.hew", tmp_path / "script"
    source.write_text(CELLS)
    line = next(at for at, text in enumerate(CELLS.splitlines(), 1) if "members.len()" in text)
    script.write_text(f"set width 0\nbreak joined\nrun\nbacktrace 2\nbreak cells.hew:{line}\ncontinue\nprint team\n")
    command = [sys.executable, "-m", "pyhew", "debug", str(source), "--batch", "-x", str(script)]
    shown = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120, check=False).stdout
    assert re.search(r"hit Breakpoint 1, joined \(team=Rc<Team> = \{.*\}, is_first=true\) at \S*cells.hew:5\n", shown), shown
    assert re.search(r"^#1 .* in Clerk.count \(\) at ", shown, re.MULTILINE), shown
    ring = shown.rsplit("$1 = ", 1)[-1]
    assert 'name = "aaa"' in ring and 'name = "ann", team = Some = {_0 = Rc<Team> (see above)}' in ring and 'name = "bob"' in ring, shown


def test_the_debug_information_is_version_4_and_names_variables(tmp_path: Path) -> None:
    source, out = tmp_path / "shapes.hew", tmp_path / "shapes"
    source.write_text(PROGRAM)
    subprocess.run([sys.executable, "-m", "pyhew", "build", "--debug", str(source), "-o", str(out)], check=True)
    found: dict[str, set[str]] = {}
    with out.open("rb") as file:
        for unit in ELFFile(file).get_dwarf_info().iter_CUs():
            top = unit.get_top_DIE()
            if top.attributes["DW_AT_producer"].value != b"hew":
                continue
            assert unit["version"] == 4
            for function in top.iter_children():
                if function.tag == "DW_TAG_subprogram":
                    name = name_of(function)
                    for child in function.iter_children():
                        if child.tag in ("DW_TAG_variable", "DW_TAG_formal_parameter"):
                            if "DW_AT_location" in child.attributes:
                                found.setdefault(name, set()).add(name_of(child))
    assert found["area"] >= {"p", "scale", "sum", "i", "label"}
    assert found["main"] >= {"who", "items", "flag", "shape", "p", "a", "sum"}


def test_every_function_of_an_actor_has_a_symbol_that_reads_like_it(tmp_path: Path) -> None:
    source, out = tmp_path / "shapes.hew", tmp_path / "shapes"
    source.write_text(PROGRAM)
    subprocess.run([sys.executable, "-m", "pyhew", "build", str(source), "-o", str(out)], check=True)
    with out.open("rb") as file:
        table = ELFFile(file).get_section_by_name(".symtab")
        names = [symbol.name for symbol in table.iter_symbols() if symbol["st_info"]["type"] == "STT_FUNC" and "Adder" in symbol.name]
    assert any(name.endswith(".dispatch") for name in names)
    assert [name for name in names if not name.startswith("hew.main.Adder.")] == []


BURNING = """
fn burn(n: i64) -> i64 {
    var sum = 0;
    for i in 0..n {
        sum = sum.wrapping_add(i * i ^ sum);
    }
    sum
}

actor Worker {
    receive fn work(n: i64) -> i64 { burn(n) }
}

fn main() {
    let worker = spawn Worker;
    println((await worker.work(10000000)).unwrap_or(0));
}
"""
HOT = [at for at, line in enumerate(BURNING.splitlines(), start=1) if "in 0..n" in line or "sum.wrapping_add" in line]
LEVELS = ((), ("--release",), ("--debug",))


def burning(folder: Path, level: tuple[str, ...]) -> Path:
    source, out = folder / "burning.hew", folder / "burning"
    source.write_text(BURNING)
    subprocess.run([sys.executable, "-m", "pyhew", "build", *level, str(source), "-o", str(out)], check=True)
    return out


@pytest.mark.skipif(shutil.which("valgrind") is None, reason="valgrind is not installed")
@pytest.mark.parametrize("level", LEVELS, ids=lambda level: "".join(level) or "default")
def test_valgrind_names_functions_and_lines(tmp_path: Path, level: tuple[str, ...]) -> None:
    program, log = burning(tmp_path, level), tmp_path / "calls"
    command = ["valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={log}", "--compress-strings=no", "--compress-pos=no"]
    subprocess.run([*command, str(program)], check=True, capture_output=True, timeout=120)
    inside = total = 0
    file, is_sum = "", False
    for line in log.read_text(errors="replace").splitlines():
        name, _, rest = line.partition("=")
        if name in ("fl", "fi", "fe"):
            file = rest.rsplit("/", 1)[-1]
        elif line[:1].isdigit() and not is_sum:
            place, count = line.split()
            total += int(count)
            is_hot = file == "burning.hew" and int(place) in HOT or file == "numbers.hew"  # with `wrapping_add`, where it is called
            inside += int(count) if is_hot else 0
        is_sum = name == "calls"  # the line behind it sums up what was called
    assert inside > total / 2 > 5_000_000
    assert any(line.startswith("fn=hew.main.") for line in log.read_text(errors="replace").splitlines())


def can_sample(folder: Path) -> bool:
    """Whether perf is there and allowed to look."""
    if shutil.which("perf") is None:
        return False
    command = ["perf", "record", "-q", "-e", "cpu-clock", "-o", str(folder / "try"), "true"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: "".join(level) or "default")
def test_perf_names_lines(tmp_path: Path, level: tuple[str, ...]) -> None:
    if not can_sample(tmp_path):
        pytest.skip("perf is not installed, or not allowed to look")
    program, data = burning(tmp_path, level), tmp_path / "data"
    program.with_suffix(".hew").write_text(BURNING)
    subprocess.run(["perf", "record", "-q", "-F", "20000", "-e", "cpu-clock", "-o", str(data), str(program)], check=True, capture_output=True)
    command = ["perf", "report", "-i", str(data), "--stdio", "--sort", "srcline"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
    assert any(f"burning.hew:{line}" in shown for line in HOT)
