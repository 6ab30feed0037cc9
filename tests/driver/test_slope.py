"""`hew memcheck --slope`: what grows with the work, and what only looks like it."""

from __future__ import annotations

import json
import re
import textwrap
from pathlib import Path

import pytest
from memchecked import GROWING, PLACE, memcheck, written

from pyhew.leaks.html import as_html
from pyhew.leaks.model import Finding, Leak, Place
from pyhew.leaks.profile import Profile
from pyhew.leaks.render import as_text


def test_the_frames_of_a_handler_that_may_wait_are_told_once(tmp_path: Path) -> None:
    file = tmp_path / "waits.hew"
    file.write_text(WAITS)
    leaks = json.loads(memcheck(file, "--slope", "20", "--format", "json")[1])["tools"][0]["leaks"]
    stack = next(leak["stack"] for leak in leaks if leak["type"] == "string")
    assert [place["function"] for place in stack if place["file"].endswith("waits.hew")] == ["text", "Keeper.label", "Keeper.keep"]


WAITS = """
import std.os;
import std.string;
fn text(n: i64) -> string { f"entry {n}" }

actor Other { receive fn hi() -> i64 { 1 } }

actor Keeper {
    let other: LocalPid<Other>;
    var seen: HashMap<i64, string> = HashMap.new();
    fn label(n: i64) -> string {
        text(n)
    }
    receive fn keep(n: i64) -> i64 {
        let label = label(n);
        let one = (await other.hi()).unwrap_or(0);
        seen.insert(n, label);
        one
    }
}

fn main() {
    let keeper = spawn Keeper(other: spawn Other);
    for n in 0..string.to_int(os.args(1)).unwrap_or(1) {
        let _ = await keeper.keep(n);
    }
}
"""


def test_slope_finds_what_grows_while_the_program_runs(tmp_path: Path) -> None:
    file = written(tmp_path, "true")
    assert memcheck(file, "--tool", "builtin", "--", "40")[0] == 0
    code, text = memcheck(file, "--slope", "40")
    assert code == 3
    line = next(at for at, source in enumerate(GROWING.splitlines(), start=1) if "entry" in source)
    assert re.search(rf"in 40 blocks of `string`  \S*cache.hew:{line}:", text)
    grows = next(at for at, source in enumerate(GROWING.splitlines(), start=1) if "push" in source)
    assert re.search(rf"in 40 blocks, kept by `Cache.seen`\n  --> \S*cache.hew:{grows}:", text)


SPAWNING = """
import std.os;
import std.string;

actor Session {
    receive fn hello() -> i64 { 1 }
}

fn main() {
    for _ in 0..string.to_int(os.args(1)).unwrap_or(10) {
        let session = spawn Session;
        let _ = await session.hello();
        ENDS
    }
}
"""


def test_the_report_of_the_tutorial_is_what_is_printed(tmp_path: Path) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "tutorial.md").read_text()
    file = tmp_path / "cache.hew"
    file.write_text(next(text for text in re.findall(r"```hew\n(.*?)```", page, re.DOTALL) if "actor Cache" in text))
    report = re.search(r"^    growth:.*?\n\n", page, re.MULTILINE | re.DOTALL)
    assert report is not None
    printed = memcheck(file, "--slope", "1000")[1].replace(f"{tmp_path}/", "")
    assert textwrap.dedent(report[0]).rstrip() in printed


def test_slope_names_actors_that_nobody_stops(tmp_path: Path) -> None:
    file = tmp_path / "sessions.hew"
    file.write_text(SPAWNING.replace("ENDS", ""))
    code, text = memcheck(file, "--slope", "20")
    assert code == 3
    line = next(at for at, source in enumerate(SPAWNING.splitlines(), start=1) if "spawn Session" in source)
    assert re.search(rf"growth: 20 more actors `Session`: nobody stopped them\n  --> \S*sessions.hew:{line}:", text)
    file.write_text(SPAWNING.replace("ENDS", "stop(session);"))
    assert memcheck(file, "--slope", "20")[0] == 0


def test_slope_counts_actors_of_any_number_of_types(tmp_path: Path) -> None:
    file = tmp_path / "types.hew"
    types = "".join(f"actor A{n} {{ receive fn hi() -> i64 {{ {n} }} }}\n" for n in range(300))
    spawns = "".join(f"        let a{n} = spawn A{n}; stop(a{n});\n" for n in range(299))
    loop = f"    for _ in 0..string.to_int(os.args(1)).unwrap_or(1) {{\n{spawns}        let _last = spawn A299;\n    }}\n"
    file.write_text(f"import std.os;\nimport std.string;\n{types}fn main() {{\n{loop}}}\n")
    assert "growth: 2 more actors `A299`: nobody stopped them" in memcheck(file, "--slope", "2")[1]


BOUNDED = """
import std.os;
import std.string;

actor Keeper {
    var names: Vec<string> = Vec.new();
    receive fn keep(n: i64) {
        if names.len() == 3 { names.clear(); }
        names.push(f"name {n % 3}");
    }
}

fn main() {
    let keeper = spawn Keeper;
    for n in 0..string.to_int(os.args(1)).unwrap_or(1) {
        keeper.keep(n);
    }
}
"""


def test_slope_passes_over_a_list_that_is_emptied_now_and_then(tmp_path: Path) -> None:
    file = tmp_path / "bounded.hew"
    file.write_text(BOUNDED)
    code, text = memcheck(file, "--slope", "10")
    assert code == 0
    assert re.search(r"clean: nothing grows\nnote: [\d,]+ bytes more that were not more again after four times the work", text)


BUSY = """
actor Busy {
    receive fn work(text: string) { this.work(text + "."); }
}

fn main() {
    let busy = spawn Busy;
    busy.work("a".repeat(3));
    exit(0);
}
"""


def test_slope_of_a_program_that_never_rests_is_no_answer(tmp_path: Path) -> None:
    file = tmp_path / "busy.hew"
    file.write_text(BUSY)
    code, text = memcheck(file, "--slope", "10")
    assert code == 1
    assert "note: actors were at work to the end" in text and "clean" not in text and "growth" not in text


def test_slope_passes_over_texts_with_longer_numbers_and_says_so(tmp_path: Path) -> None:
    code, text = memcheck(written(tmp_path, "false"), "--slope", "60")
    assert code == 0
    assert "clean: nothing grows\nnote: 1 byte more in texts that hold longer numbers" in text


def test_slope_names_what_waits_in_a_channel(tmp_path: Path) -> None:
    file = tmp_path / "letters.hew"
    file.write_text(LETTERS)
    code, text = memcheck(file, "--slope", "20")
    assert code == 3
    line = next(at for at, source in enumerate(LETTERS.splitlines(), start=1) if "send(" in source)
    assert re.search(rf"in 20 blocks of `message`\n  --> \S*letters.hew:{line}:", text)
    assert "sent and not received yet: a channel or a mailbox has it" in text


LETTERS = """
import std.os;
import std.string;
import std.channel.channel;

actor Sorter {
    let dead: channel.Sender<i64>;
    let unread: channel.Receiver<i64>;
    receive fn sort(n: i64) {
        dead.send(n);
    }
}

fn main() {
    let (dead, unread): (channel.Sender<i64>, channel.Receiver<i64>) = channel.new(1000);
    let sorter = spawn Sorter(dead: dead, unread: unread);
    for n in 0..string.to_int(os.args(1)).unwrap_or(1) {
        sorter.sort(n);
    }
}
"""


def test_slope_is_silent_when_nothing_grows(tmp_path: Path) -> None:
    code, text = memcheck(written(tmp_path, "false"), "--slope", "40")
    assert (code, text.splitlines()[-1]) == (0, "clean: nothing grows")


SAME = 'fn main() { let text = "a".repeat(3); println(text); }\n'
FAILS = 'import std.os;\nfn main() { if os.args(1) == "40" { panic("forty"); } }\n'


@pytest.mark.parametrize(
    ("source", "wanted", "note"),
    [
        (SAME, 0, "twice the work allocated not once more: does the program read its first argument"),
        (FAILS, 1, "with 40 as its first argument the program fails"),
    ],
    ids=("same", "fails"),
)
def test_slope_that_tells_nothing_says_so(tmp_path: Path, source: str, wanted: int, note: str) -> None:
    file = tmp_path / "program.hew"
    file.write_text(source)
    code, text = memcheck(file, "--slope", "20")
    assert code == wanted
    assert f"note: {note}" in text
    assert ("clean" in text) is (wanted == 0)
    assert "note" not in memcheck(written(tmp_path, "false"), "--slope", "20")[1]


def test_fail_on_chooses_the_kinds_that_count(tmp_path: Path) -> None:
    file = written(tmp_path, "true")
    assert memcheck(file, "--slope", "20", "--fail-on", "lost,rc-cycle")[0] == 0
    assert memcheck(file, "--slope", "20", "--fail-on", "lost,growth")[0] == 3
    assert memcheck(file, "--fail-on", "lots")[0] == 2


def test_sums_by_actor(tmp_path: Path) -> None:
    _, text = memcheck(written(tmp_path, "true"), "--slope", "20", "--by", "message")
    assert any(line.split()[-1:] == ["Cache.remember"] for line in text.splitlines())


def test_a_block_that_grew_is_no_block_more() -> None:
    shown = as_text("program.hew", [Finding("slope", (Leak("growth", "", 0, 512, (PLACE,)),), 0)])
    assert "growth: 512 bytes, no block more: what was made here got bigger" in shown


def test_html_of_a_slope_says_what_grew_and_shows_its_notes() -> None:
    profile = Profile(((1, 10), (2, 20)), (Leak("live", "", 1, 40, (Place("src/mem/notes.c", 1, 1, "note_alloc"),) * 16),), (), 0)
    grown = as_html("a.hew", [Finding("slope", (Leak("growth", "string", 1, 40, (PLACE,), keeper="Cache.seen"),), 0)], profile)
    assert "What grew" in grown and "kept by <code>Cache.seen</code>" in grown and "bytes more after twice the work" in grown
    assert "note_alloc" not in grown
    unknown = as_html("a.hew", [Finding("slope", (), 0, note="actors were at work", is_open=True)], profile)
    assert "note: actors were at work" in unknown and "clean:" not in unknown
