"""The heap while a program runs: how much lived when, and which lines made it.

In: an executable built in check mode.  Out: a `Profile`.
Assumed: the runtime writes to the file named by `HEW_HEAP_PROFILE` one JSON object per line: how many bytes lived after
so many allocations and releases, and what lived at the highest point and when the program came to rest.
"""

from __future__ import annotations

import json
import os
import tempfile
from typing import IO

from pyhew.leaks.launch import Program, launch
from pyhew.leaks.lines import LineTable
from pyhew.leaks.model import Finding, Leak, Place
from pyhew.source.records import record


@record(frozen=True, slots=True)
class Profile:
    """`samples`: events so far and live bytes; `peak` and `rest`: what lived, by the place that made it; actors at rest by type."""

    samples: tuple[tuple[int, int], ...]
    peak: tuple[Leak, ...]
    rest: tuple[Leak, ...]
    code: int
    actors: tuple[tuple[str, int], ...] = ()

    @property
    def events(self) -> int:
        """Allocations and releases, all of them."""
        return self.samples[-1][0] if self.samples else 0


def run_profiled(program: Program, stdin: IO[bytes] | int) -> Profile:
    """Runs the program; its output is thrown away."""
    with tempfile.NamedTemporaryFile(prefix="hew-profile-", suffix=".json") as report:
        environment = {**os.environ, "HEW_HEAP_PROFILE": report.name}
        code = launch(program, environment, stdin).code
        rows = [json.loads(line) for line in report.read().decode("utf-8", "replace").splitlines() if line.strip()]
    table = LineTable.of(program.executable)
    sites = [(str(row["when"]), _site(row, table)) for row in rows if "when" in row]
    return Profile(
        tuple((int(row["at"]), int(row["live"])) for row in rows if "at" in row),
        _sorted([site for when, site in sites if when == "peak"]),
        _sorted([site for when, site in sites if when == "rest"]),
        code,
        tuple((str(row["type"]), int(row["actors"])) for row in rows if "actors" in row),
    )


def slope_of(once: Profile, twice: Profile, sizes: tuple[int, int]) -> Finding:
    """What grows, and what makes that less than an answer: a run that failed, or two runs that did the same."""
    code, leaks, note = once.code or twice.code, growth(once, twice), ""
    if code:
        failed = sizes[0] if once.code else sizes[1]
        note = f"with {failed} as its first argument the program fails (`hew run` shows how), so this says nothing of a run that does not"
    elif once.events == twice.events:
        note = "twice the work allocated not once more: does the program read its first argument, the size of the work?"
    return Finding("slope", leaks if once.code == twice.code else (), code, note=note)


def growth(once: Profile, twice: Profile) -> tuple[Leak, ...]:
    """What lived at rest after twice the work beyond what lived after it once, by place; then actors, by type."""
    before = {(site.stack, site.actor, site.handler): site for site in once.rest}
    grown = []
    for site in twice.rest:
        earlier = before.get((site.stack, site.actor, site.handler))
        size = site.size - (earlier.size if earlier else 0)
        blocks = site.blocks - (earlier.blocks if earlier else 0)
        if size > 0 or blocks > 0:
            grown.append(Leak("growth", "", max(blocks, 0), max(size, 0), site.stack, site.actor, site.handler))
    return _sorted(grown) + _more_actors(dict(once.actors), twice)


def _more_actors(before: dict[str, int], twice: Profile) -> tuple[Leak, ...]:
    more = ((name, count - before.get(name, 0)) for name, count in twice.actors)
    return tuple(
        Leak("growth", "", 0, 0, (), name, "", f"{count:,} more actor{'s' if count != 1 else ''} `{name}`: nobody stopped them")
        for name, count in more
        if count > 0
    )


def _site(row: dict[str, object], table: LineTable) -> Leak:
    addresses = row["stack"]
    places: list[Place] = []
    for address in addresses if isinstance(addresses, list) else []:
        place = table.place(int(address, 16) - 1)
        if place is not None:
            places.append(place)
    count, size = int(str(row["blocks"])), int(str(row["bytes"]))
    return Leak("live", "", count, size, tuple(places), str(row.get("actor") or ""), str(row.get("handler") or ""))


def _sorted(sites: list[Leak]) -> tuple[Leak, ...]:
    merged: dict[tuple[tuple[Place, ...], str, str], Leak] = {}
    for site in sites:
        key = (site.stack, site.actor, site.handler)
        known = merged.get(key)
        blocks = site.blocks + (known.blocks if known else 0)
        size = site.size + (known.size if known else 0)
        merged[key] = Leak(site.kind, "", blocks, size, site.stack, site.actor, site.handler)
    return tuple(sorted(merged.values(), key=lambda site: (-site.size, -site.blocks)))
