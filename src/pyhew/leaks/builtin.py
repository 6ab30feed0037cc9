"""The finder that is always there: the check runtime's own report.

In: an executable built in check mode.  Out: a `Finding`.
Assumed: the runtime writes one JSON object per leaked block to `HEW_LEAK_REPORT` at
exit, with the addresses of the stack that allocated it, innermost first, and one
object with the number of allocations.
"""

from __future__ import annotations

import json
import os
import tempfile
from typing import IO

from pyhew.leaks.cycles import from_one_cell
from pyhew.leaks.launch import Program, launch
from pyhew.leaks.lines import LineTable
from pyhew.leaks.model import Finding, Leak, Place

LEAKED = 3
"""How the runtime ends a clean program that leaked, when `HEW_MEMCHECK` is set."""


def run_builtin(program: Program, stdin: IO[bytes] | int, stdout: IO[bytes] | None) -> Finding:
    """Runs the program and reads what it left behind; what it writes to stderr is shown."""
    with tempfile.NamedTemporaryFile(prefix="hew-leaks-", suffix=".json") as report:
        environment = {**os.environ, "HEW_LEAK_REPORT": report.name, "HEW_MEMCHECK": "1"}
        ending = launch(program, environment, stdin, (stdout, None))
        text = report.read().decode("utf-8", "replace")
    return finding_of(text, LineTable.of(program.executable), ending.code, ending.is_stopped)


def finding_of(report: str, table: LineTable, code: int, is_stopped: bool = False) -> Finding:
    """What the report of a program that ended with `code` says."""
    rows = [json.loads(line) for line in report.splitlines() if line.strip()]
    leaks = [_leak(row, table) for row in rows if "kind" in row]
    allocated = next((int(row["allocated"]) for row in rows if "allocated" in row), None)
    if code == LEAKED and leaks:
        code = 0
    if allocated is None and not leaks:
        leaks.append(Leak("no-report", "", 0, 0, ()))
    return Finding("builtin", merged(leaks), code, allocated, is_stopped)


def _leak(row: dict[str, object], table: LineTable) -> Leak:
    addresses = row.get("stack")
    places: list[Place] = []
    for address in addresses if isinstance(addresses, list) else []:
        number = int(address, 16) if isinstance(address, str) else int(address)
        place = table.place(number - 1)
        if place is not None:
            places.append(place)
    kind = str(row["kind"]).replace("_", "-")
    if kind == "actor-not-stopped":
        beginning = table.beginning(f"{row.get('actor')}.{row.get('handler')}")
        return Leak(kind, str(row["type"]), 0, 0, (beginning,) if beginning else (), str(row.get("actor")), str(row.get("handler") or ""))
    return Leak(
        kind,
        str(row.get("type", "")),
        int(str(row.get("blocks", 1))),
        int(str(row.get("bytes", 0))),
        tuple(places),
        str(row.get("actor") or ""),
        str(row.get("handler") or ""),
        from_one_cell(str(row.get("path") or "")),
    )


def merged(leaks: list[Leak]) -> tuple[Leak, ...]:
    """Equal leaks as one, the largest first."""
    groups: dict[tuple[str, str, tuple[Place, ...], str, str, str], list[Leak]] = {}
    for leak in leaks:
        key = (leak.kind, leak.type, leak.stack, leak.actor, leak.handler, leak.detail)
        groups.setdefault(key, []).append(leak)
    sums = [
        Leak(kind, ty, sum(m.blocks for m in members), sum(m.size for m in members), stack, actor, handler, detail)
        for (kind, ty, stack, actor, handler, detail), members in groups.items()
    ]
    return tuple(sorted(sums, key=lambda leak: -leak.size))
