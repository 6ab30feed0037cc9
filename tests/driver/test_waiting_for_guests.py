"""A program whose actors wait for what comes from outside is not taken for one that is stuck."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path

PROGRAM = """import std.channel;
import std.net;

actor Door {
    receive fn open(ln: net.Listener, tx: channel.Sender<string>) {
        let guest = ln.accept();
        tx.send(guest.read_string());
        guest.close();
    }
}

fn main() {
    let ln = net.listen("127.0.0.1:0");
    println(ln.local_port());
    let (tx, rx) = channel.new<string>(1);
    let door = spawn Door();
    door.open(ln, tx);
    println(rx.recv().unwrap_or("nobody came"));
}
"""


def test_main_may_wait_while_only_an_accept_is_open(tmp_path: Path) -> None:
    path = tmp_path / "door.hew"
    path.write_text(PROGRAM)
    with subprocess.Popen(
        [sys.executable, "-m", "pyhew", "run", str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        port = int(running.stdout.readline())
        # Long enough that a program which believes itself stuck has ended; a slow machine only makes the test weaker.
        time.sleep(0.3)
        with socket.create_connection(("127.0.0.1", port), timeout=60) as guest:
            guest.sendall(b"good evening")
        out, err = running.communicate(timeout=60)
    assert (out, err, running.returncode) == ("good evening\n", "", 0)
