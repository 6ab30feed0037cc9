"""Programs under `hew memcheck`, as a user runs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from pyhew.leaks.model import Place

PLACE = Place("program.hew", 3, 5, "main")

GROWING = """
import std.os;
import std.string;

actor Cache {
    var seen: Vec<string> = Vec.new();
    var last: string = "";

    receive fn remember(n: i64, keep: bool) -> i64 {
        last = f"entry {n}";
        if keep {
            seen.push(last);
        }
        seen.len()
    }
}

fn main() {
    let n = string.to_int(os.args(1)).unwrap_or(10);
    let cache = spawn Cache;
    for i in 0..n {
        let _ = await cache.remember(i, KEEPS);
    }
}
"""


def memcheck(file: Path, *words: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "pyhew", "memcheck", str(file), *words]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120, check=False)
    return done.returncode, done.stdout


def written(folder: Path, keeps: str) -> Path:
    file = folder / "cache.hew"
    file.write_text(GROWING.replace("KEEPS", keeps))
    return file
