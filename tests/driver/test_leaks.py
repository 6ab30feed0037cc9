"""`hew memcheck`: its parts, and its whole run on small programs."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from memchecked import PLACE, memcheck, written

from pyhew.cli.explain import all_diagnostics, page_of
from pyhew.leaks.builtin import merged
from pyhew.leaks.cycles import edit_of, from_one_cell
from pyhew.leaks.launch import Program, launch
from pyhew.leaks.lines import LineTable, is_entrance, readable_symbol
from pyhew.leaks.model import HINTS, Finding, Leak, Place
from pyhew.leaks.render import as_data, as_text
from pyhew.leaks.sarif import as_sarif


def test_what_only_enters_a_function_that_may_wait_is_no_caller() -> None:
    assert is_entrance("hew.main.Front.serve.78dca243.start") and is_entrance("hew.main.Front.514640e1.on serve.start")
    assert not is_entrance("hew.main.Front.start.78dca243") and not is_entrance("hew.main.serve.78dca243.resume")


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
    assert "please report" in as_text("program.hew", findings)
    assert as_data("program.hew", findings)["clean"] is False


def test_every_kind_of_leak_has_a_page() -> None:
    assert [kind for kind in HINTS if page_of(f"leak-{kind}", {}) is None] == []


def test_every_page_explains_something_that_is_reported() -> None:
    known = {*all_diagnostics(), *(f"leak-{kind}" for kind in HINTS)}
    pages = Path(__file__).resolve().parents[2] / "docs" / "errors"
    assert [page.stem for page in pages.glob("*.md") if page.stem not in known] == []


SERVER = """
type Node { name: string; next: Option<Rc<Node>>; }

actor Server {
    receive fn serve(n: i64) -> i64 {
        let node = Rc.new(Node { name: f"node {n}", next: .None });
        node.set(Node { name: f"node {n}", next: .Some(node.clone()) });
        n
    }
}

fn main() {
    let server = spawn Server;
    println((await server.serve(7)).unwrap_or(0));
    sleep(1h);
}
"""


def test_a_program_whose_time_is_up_is_asked_to_end() -> None:
    ending = launch(Program("/bin/sleep", ["3600"], 0.1), {}, subprocess.DEVNULL)
    assert (ending.code, ending.is_stopped) == (0, False)
    words = ["-c", "kill -TERM $$"]
    assert launch(Program("/bin/sh", words), {}, subprocess.DEVNULL).code == 128 + signal.SIGTERM


def test_a_program_that_the_user_ends_is_reported(tmp_path: Path) -> None:
    file = tmp_path / "server.hew"
    file.write_text(SERVER)
    command = [sys.executable, "-m", "pyhew", "memcheck", str(file)]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None and run.stdout.readline() == "7\n"
        run.send_signal(signal.SIGINT)
        shown, told = run.communicate(timeout=120)
    assert run.returncode == 3
    assert "ring: Rc<Node>.next -> Rc<Node>" in shown
    assert "`--stop-after 10s` asks both" in told


RING = """
type Node { name: string; prev: Option<Rc<Node>>; next: Vec<Rc<Node>>; }

fn main() {
    let first = Rc.new(Node { name: "a".repeat(3), prev: .None, next: Vec.new() });
    let second = Rc.new(Node { name: "b".repeat(3), prev: .Some(first.clone()), next: Vec.new() });
    first.set(Node { name: "c".repeat(3), prev: .None, next: [second] });
}
"""


def test_a_ring_is_shown_with_its_path_and_the_edit_that_breaks_it(tmp_path: Path) -> None:
    file = tmp_path / "ring.hew"
    file.write_text(RING)
    code, text = memcheck(file)
    assert code == 3
    assert re.search(r"ring: Rc<Node>.(next -> Vec<Rc<Node>> -> Rc<Node>.prev|prev -> Rc<Node>.next -> Vec<Rc<Node>>) -> Rc<Node>", text)
    assert "let `Node.prev` hold `Weak<Node>`" in text
    assert "ring.hew:2" in text
    assert "+ type Node { name: string; prev: Option<Weak<Node>>; next: Vec<Rc<Node>>; }" in text
    assert "please report" not in text


RINGS = """
type Team { name: string; lead: Option<Rc<Team>>; }
type Hook { run: fn() -> string; }
type Button { label: string; hooks: Vec<Rc<Hook>>; }

actor Rings {
    receive fn make(n: i64) -> i64 {
        let team = Rc.new(Team { name: f"team {n}", lead: .None });
        let lead = Rc.new(Team { name: f"lead {n}", lead: .Some(team.clone()) });
        team.set(Team { name: f"team {n}", lead: .Some(lead) });
        let button = Rc.new(Button { label: f"button {n}", hooks: Vec.new() });
        let me = button.clone();
        let hook = Rc.new(Hook { run: move || -> string { me.get().label } });
        button.set(Button { label: f"button {n}", hooks: [hook] });
        n
    }
}

fn main() {
    let rings = spawn Rings;
    for n in 0..1500 {
        let _ = await rings.make(n);
    }
    stop(rings);
}
"""


def test_each_of_many_rings_is_told_by_its_own_path(tmp_path: Path) -> None:
    file = tmp_path / "rings.hew"
    file.write_text(RINGS)
    code, text = memcheck(file, "--tool", "builtin")
    assert code == 3
    teams, buttons = sorted(text.split("\n\n")[1:], key=lambda part: "Button" in part)
    assert "kept by rings of `Rc<Team>`" in teams and "in 6,000 blocks" in teams
    assert "  ring: Rc<Team>.lead -> Rc<Team>.lead -> Rc<Team>\n" in teams
    assert "let `Team.lead` hold `Weak<Team>`" in teams and "Hook" not in teams
    assert "  ring: Rc<Button>.hooks -> Vec<Rc<Hook>> -> Rc<Hook>.run -> (fn() -> string).me -> Rc<Button>\n" in buttons
    assert "let the closure keep `me` as a `Weak<Button>`" in buttons


def test_the_edit_of_a_ring_needs_no_source() -> None:
    edit = edit_of("Rc<Tree>.kids -> Vec<Rc<Tree>> -> Rc<Tree>", "")
    assert edit is not None and (edit.record, edit.field, edit.content, edit.line) == ("Tree", "kids", "Tree", 0)
    assert edit_of("Rc<Pair<string, i64>>.one.two -> Rc<Pair<string, i64>>", "") is not None
    assert edit_of("Rc<fn()> -> (fn()) -> Rc<fn()>", "") is None


def test_the_edit_of_a_ring_through_a_closure_is_in_the_closure() -> None:
    edit = edit_of("Rc<Button>.on_click -> (fn(i64) -> i64).again -> Rc<Button>", "")
    assert edit is not None and "let weak = again.downgrade();" in edit.shown("")[1]
    edit = edit_of("Rc<Button>.on_click -> (fn()).again -> Rc<Button>", "")
    assert edit is not None and "`Weak<Button>`" in edit.shown("")[0]
    edit = edit_of("Rc<Button>.hooks -> Vec<fn() -> string> -> (fn() -> string).me -> Rc<Button>", "")
    assert edit is not None and edit.field == "me"


def test_who_holds_many_cells_owns_them_and_the_link_to_one_is_to_be_weak() -> None:
    edit = edit_of("Rc<Job>.batch -> Rc<Batch>.jobs -> Vec<Rc<Job>> -> Rc<Job>", "")
    assert edit is not None and (edit.record, edit.field, edit.content) == ("Job", "batch", "Batch")


def test_a_ring_is_one_wherever_it_is_entered() -> None:
    one = "Rc<Job>.batch -> Rc<Batch>.jobs -> Vec<Rc<Job>> -> Rc<Job>"
    assert from_one_cell(one) == from_one_cell("Rc<Batch>.jobs -> Vec<Rc<Job>> -> Rc<Job>.batch -> Rc<Batch>")
    assert from_one_cell(from_one_cell(one)) == from_one_cell(one)
    assert from_one_cell("Rc<A>.b -> Rc<B>") == "Rc<A>.b -> Rc<B>"


def test_the_edit_of_a_ring_through_a_map_shows_the_line() -> None:
    source = "type Session { name: string; peers: HashMap<string, Rc<Session>>; last: i64; }"
    edit = edit_of("Rc<Session>.peers.entries -> Vec<MapEntry<string, Rc<Session>>> -> Rc<Session>", source)
    assert edit is not None and edit.after == source.replace("Rc<", "Weak<")


def test_what_one_ring_keeps_is_one_report() -> None:
    ring = "Rc<Node>.next -> Rc<Node>"
    cell = Leak("rc-cycle", "Rc<Node>", 2, 80, (PLACE,), detail=ring)
    text = Leak("rc-cycle", "string", 1, 40, (Place("a.hew", 9, 1, "main"),), detail=ring)
    shown = as_text("program.hew", [Finding("builtin", (text, text, cell), 0)])
    assert "rc-cycle: 160 bytes in 4 blocks, kept by rings of `Rc<Node>`" in shown
    assert "    80 bytes in 2 blocks of `string`  a.hew:9:1 in main" in shown
    assert shown.count("  ring: ") == 1


ENDLESS = """
extern "C" { fn usleep(us: u32) -> i32; }

actor Stuck {
    let text: string;
    receive fn work() {
        println("works");
        unsafe { usleep(4000000000); }
    }
}

fn main() {
    let stuck = spawn Stuck(text: "a".repeat(10));
    stuck.work();
    sleep(1h);
}
"""


def test_an_actor_that_does_not_end_is_named_by_its_handler(tmp_path: Path) -> None:
    file = tmp_path / "stuck.hew"
    file.write_text(ENDLESS)
    command = [sys.executable, "-m", "pyhew", "memcheck", str(file), "--tool", "builtin"]
    environment = {**os.environ, "HEW_KILL_MS": "50"}
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as run:
        assert run.stdout is not None and run.stdout.readline() == "works\n"
        run.send_signal(signal.SIGTERM)
        shown, _ = run.communicate(timeout=120)
    assert run.returncode == 3
    line = next(at for at, source in enumerate(ENDLESS.splitlines(), start=1) if "receive fn" in source)
    assert re.search(rf"^actor-not-stopped: `Stuck`\n  --> \S*stuck.hew:{line} in Stuck.work\n.*\n  in actor `Stuck`, message `work`\n", shown, re.MULTILINE), shown


FOREIGN = """
extern "C" {
    fn malloc(size: u64) -> u64;
    fn free(block: u64);
}

fn scratch(size: u64) -> u64 {
    let block = unsafe { malloc(size) };
    if size > 10 { return size; }
    unsafe { free(block); }
    0
}

fn main() {
    println(scratch(5) + scratch(100));
}
"""


@pytest.mark.skipif(shutil.which("valgrind") is None, reason="valgrind is not installed")
def test_memory_of_foreign_code_is_named_by_the_call(tmp_path: Path) -> None:
    file = tmp_path / "foreign.hew"
    file.write_text(FOREIGN)
    code, text = memcheck(file)
    assert code == 3
    assert "foreign: 100 bytes in 1 block\n" in text
    assert re.search(r"foreign.hew:8(:\d+)? in scratch", text)
    assert "please report" not in text


@pytest.mark.skipif(shutil.which("valgrind") is None, reason="valgrind is not installed")
def test_both_finders_see_the_same_blocks_and_bytes(tmp_path: Path) -> None:
    file = tmp_path / "ring.hew"
    file.write_text(RING)
    tools = json.loads(memcheck(file, "--tool", "both", "--format", "json")[1])["tools"]
    assert [tool["tool"] for tool in tools] == ["builtin", "valgrind"]
    assert tools[0]["blocks"] > 0
    assert memcheck(file, "--tool", "both", "--fail-on", "lost")[0] == 0
    assert memcheck(file, "--tool", "both", "--fail-on", "lost,rc-cycle")[0] == 3
    assert "note: valgrind knows no types" in memcheck(file, "--tool", "valgrind")[1]
    assert (tools[0]["bytes"], tools[0]["blocks"]) == (tools[1]["bytes"], tools[1]["blocks"])


def test_foreign_memory_is_told_beside_hew_s_own() -> None:
    own = Leak("lost", "string", 1, 40, (PLACE,))
    foreign = Leak("foreign", "", 1, 100, (PLACE,))
    findings = [Finding("builtin", (own,), 0), Finding("valgrind", (Leak("lost", "", 1, 40, (PLACE,)), foreign), 0)]
    text = as_text("program.hew", findings)
    assert "lost: 40 bytes" in text and "foreign: 100 bytes" in text and "please report" not in text
    assert len(as_sarif(findings, "1")["runs"][0]["results"]) == 2  # type: ignore[index]


def test_sarif_names_rule_and_line() -> None:
    leak = Leak("lost", "string", 2, 80, (Place("a.hew", 7, 3, "main"),))
    run = as_sarif([Finding("builtin", (leak,), 0)], "1")["runs"][0]  # type: ignore[index]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["leak-lost"]
    location = run["results"][0]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == "a.hew"
    assert location["region"] == {"startLine": 7, "startColumn": 3}


def test_html_is_one_file_with_both_graphs(tmp_path: Path) -> None:
    code, page = memcheck(written(tmp_path, "true"), "--format", "html", "--tool", "builtin", "--", "30")
    assert code == 0
    document = ElementTree.fromstring(page.replace("<!doctype html>", "").replace('<meta charset="utf-8">', ""))
    plot, flames = document.iter("svg")
    assert len(plot.find("polyline").get("points").split()) > 30  # type: ignore[union-attr]
    assert any("Cache.remember" in (title.text or "") for title in flames.iter("title"))
    assert "http" not in page


def test_variables_that_share_a_name_with_a_parameter_are_no_noise() -> None:
    program = Path(__file__).parent.parent / "run" / "machines" / "emitted_events.hew"
    command = [sys.executable, "-m", "pyhew", "memcheck", "--tool", "builtin", str(program)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
