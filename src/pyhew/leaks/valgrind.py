"""The second opinion: valgrind, when it is installed.

In: an executable built in check mode.  Out: a `Finding`, or nothing without valgrind.
Assumed: no suppression file is ever used; all four kinds of leak count.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from typing import IO
from xml.etree import ElementTree

from pyhew.leaks.builtin import merged
from pyhew.leaks.lines import readable_symbol
from pyhew.leaks.model import Finding, Leak, Place

FLAGS = (
    "--leak-check=full",
    "--show-leak-kinds=all",
    "--errors-for-leak-kinds=all",
    "--track-fds=yes",
    "--fair-sched=yes",
    "--num-callers=20",
    "--child-silent-after-fork=yes",
)

_KINDS = {
    "Leak_DefinitelyLost": "lost",
    "Leak_IndirectlyLost": "lost",
    "Leak_PossiblyLost": "lost",
    "Leak_StillReachable": "owned-at-exit",
    "InvalidFree": "double-free",
    "InvalidRead": "use-after-free",
    "InvalidWrite": "use-after-free",
}


def run_valgrind(executable: str, words: list[str], stdin: IO[bytes] | int) -> Finding | None:
    """Runs the program under valgrind; its output is thrown away."""
    tool = shutil.which("valgrind")
    if tool is None:
        return None
    with tempfile.TemporaryDirectory(prefix="hew-valgrind-") as folder:
        log = os.path.join(folder, "log.xml")
        command = [tool, *FLAGS, "--xml=yes", f"--xml-file={log}", executable, *words]
        environment = {name: text for name, text in os.environ.items() if name not in ("HEW_LEAK_REPORT",)}
        done = subprocess.run(
            command,
            stdin=stdin,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
            check=False,
        )
        with open(log, encoding="utf-8", errors="replace") as file:
            leaks = _leaks(file.read())
    code = done.returncode if done.returncode >= 0 else 128 - done.returncode
    return Finding("valgrind", merged(leaks), code)


def _leaks(text: str) -> list[Leak]:
    # A program that is killed leaves the document open.
    if not text.rstrip().endswith("</valgrindoutput>"):
        text += "</valgrindoutput>"
    found = []
    for error in ElementTree.fromstring(text).iter("error"):
        kind = error.findtext("kind", "")
        size = error.findtext("xwhat/leakedbytes", "0")
        blocks = error.findtext("xwhat/leakedblocks", "0")
        what = error.findtext("what") or error.findtext("xwhat/text") or ""
        stack = error.find("stack")
        places = tuple(_place(frame) for frame in stack.iter("frame")) if stack is not None else ()
        named = _KINDS.get(kind, "memory-error")
        detail = "" if kind.startswith("Leak_") else what
        found.append(Leak(named, "", int(blocks), int(size), _known(places), "", "", detail))
    return found


def _known(places: tuple[Place, ...]) -> tuple[Place, ...]:
    return tuple(place for place in places if place.file)


def _place(frame: ElementTree.Element) -> Place:
    folder, file = frame.findtext("dir", ""), frame.findtext("file", "")
    path = re.sub(r"^\./", "", os.path.join(folder, file)) if file else ""
    return Place(path, int(frame.findtext("line", "0")), 0, readable_symbol(frame.findtext("fn", "")))
