"""`heap.live_bytes` is what lives: what is kept for later use does not count.

glibc counts what stands in its threads' caches as given out, so those are off.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from programs import Wishes, build, run

PROGRAM = """
import std.observe;

actor Idle { receive fn hello() -> i64 { 1 } }

fn with_blocks() -> i64 {
    var texts: Vec<string> = Vec.with_capacity(1000);
    for i in 0..1000 { texts.push("text".repeat(25 + i % 2)); }
    let bytes = observe.read("heap.live_bytes");
    if texts.len() == 1000 { bytes } else { 0 }
}

fn with_actors() -> i64 {
    var all: Vec<LocalPid<Idle>> = Vec.new();
    for _ in 0..1000 { all.push(spawn Idle); }
    let bytes = observe.read("heap.live_bytes");
    for one in all { let _ = await stop(one); }
    bytes
}

fn main() {
    let _ = with_blocks() + with_actors();
    sleep(50ms);
    let before = observe.read("heap.live_bytes");
    println(with_blocks() - before);
    println(observe.read("heap.live_bytes") - before);
    println(with_actors() - before);
    sleep(50ms);
    println(observe.read("heap.live_bytes") - before);
}
"""


def test_what_is_given_back_does_not_live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLIBC_TUNABLES", "glibc.malloc.tcache_count=0")
    file = tmp_path / "live.hew"
    file.write_text(PROGRAM, encoding="utf-8")
    outcome = run(build(file), Wishes(), workers=1)
    assert outcome.code == 0, outcome.stderr
    blocks, after_blocks, actors, after_actors = map(int, outcome.stdout.split())
    assert 100_000 <= blocks <= 300_000
    assert after_blocks == 0
    assert 192_000 <= actors <= 400_000
    assert after_actors == 0
