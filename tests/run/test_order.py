"""On one worker actors run in the order in which somebody had something for them."""

from __future__ import annotations

from pathlib import Path

from programs import Wishes, build, run

PROGRAM = """actor Talker {
    let name: string;

    #[on(start)]
    fn begin() {
        println(f"{name} starts");
    }

    receive fn talk(word: string) {
        println(f"{name} {word}");
    }
}

actor Teller {
    let talkers: Vec<LocalPid<Talker>>;

    receive fn tell(word: string) {
        for talker in talkers {
            talker.talk(word);
        }
        println("told");
    }
}

fn main() {
    let talkers = [spawn Talker(name: "a"), spawn Talker(name: "b"), spawn Talker(name: "c"), spawn Talker(name: "d")];
    for talker in talkers {
        talker.talk("first");
    }
    sleep(1ms);
    let teller = spawn Teller(talkers: talkers);
    teller.tell("second");
    sleep(1ms);
}
"""


def test_first_told_runs_first(tmp_path: Path) -> None:
    (tmp_path / "main.hew").write_text(PROGRAM)
    outcome = run(build(tmp_path / "main.hew"), Wishes(), workers=1)
    assert outcome.stdout.split("\n") == [
        "a starts", "a first", "b starts", "b first", "c starts", "c first", "d starts", "d first",
        "told", "a second", "b second", "c second", "d second", "",
    ]  # fmt: skip
