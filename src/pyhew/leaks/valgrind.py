"""The second opinion: valgrind, when it is installed.

In: an executable built in check mode.  Out: a `Finding`, or nothing without valgrind.
Assumed: no suppression file is ever used; all four kinds of leak count. What the check runtime reports it does not
free in this run, so that valgrind sees it too.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from typing import IO
from xml.etree import ElementTree

from pyhew.leaks.builtin import merged
from pyhew.leaks.launch import Program, launch
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

_RUNTIME = "/runtime/src/"

_KINDS = {
    "Leak_DefinitelyLost": "lost",
    "Leak_IndirectlyLost": "lost",
    "Leak_PossiblyLost": "lost",
    "Leak_StillReachable": "owned-at-exit",
    "InvalidFree": "double-free",
    "InvalidRead": "use-after-free",
    "InvalidWrite": "use-after-free",
}


def run_valgrind(program: Program, stdin: IO[bytes] | int) -> Finding | None:
    """Runs the program under valgrind; its output is thrown away."""
    tool = shutil.which("valgrind")
    if tool is None:
        return None
    with tempfile.TemporaryDirectory(prefix="hew-valgrind-") as folder:
        log = os.path.join(folder, "log.xml")
        command = (tool, *FLAGS, "--xml=yes", f"--xml-file={log}")
        report = os.path.join(folder, "report.json")
        environment = {**os.environ, "HEW_LEAK_KEEP": "1", "HEW_LEAK_REPORT": report}
        ending = launch(program, environment, stdin, tool=command)
        with open(log, encoding="utf-8", errors="replace") as file:
            leaks = _leaks(file.read(), _header(report))
    return Finding("valgrind", merged(leaks), ending.code)


def _header(report: str) -> int:
    """Bytes in front of each block, where the check runtime keeps its notes."""
    if not os.path.exists(report):
        return 0
    with open(report, encoding="utf-8") as file:
        rows = [json.loads(line) for line in file if line.strip()]
    return next((int(row["header"]) for row in rows if "header" in row), 0)


def _leaks(text: str, header: int) -> list[Leak]:
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
        if kind.startswith("Leak_") and _is_foreign(places):
            named, places = "foreign", _from_the_call(places)
        detail = "" if kind.startswith("Leak_") else what
        # What hangs below a lost block is in its sum and in a record of its own.
        direct = re.search(r"\(([\d,]+) direct", what)
        count, total = int(blocks), int(direct[1].replace(",", "") if direct else size)
        if any(place.function == "note_alloc" for place in places):
            total -= header * count
        found.append(Leak(named, "", count, total, _known(places), "", "", detail))
    return found


def _is_foreign(places: tuple[Place, ...]) -> bool:
    """Whether Hew code asked for the block, and not through the runtime."""
    ours = next((at for at, place in enumerate(places) if place.file.endswith(".hew")), len(places))
    return ours < len(places) and not any(_RUNTIME in f"/{place.file}" for place in places[:ours])


def _from_the_call(places: tuple[Place, ...]) -> tuple[Place, ...]:
    """Without the frame that stands for the declaration of the foreign function."""
    foreign = {place.function for place in places if not place.file}
    return tuple(place for place in places if not place.file or place.function not in foreign)


def _known(places: tuple[Place, ...]) -> tuple[Place, ...]:
    return tuple(place for place in places if place.file)


def _place(frame: ElementTree.Element) -> Place:
    folder, file = frame.findtext("dir", ""), frame.findtext("file", "")
    path = re.sub(r"^\./", "", os.path.join(folder, file)) if file else ""
    return Place(path, int(frame.findtext("line", "0")), 0, readable_symbol(frame.findtext("fn", "")))
