"""The heap while a program runs: how much lived when, and which lines made it.

In: an executable built in check mode.  Out: a `Profile`.
Assumed: the runtime writes to the file named by `HEW_HEAP_PROFILE` one JSON object per line: how many bytes lived after
so many allocations and releases, and what lived at the highest point and when the program came to rest.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from typing import IO

from pyhew.leaks.launch import Program, launch
from pyhew.leaks.lines import LineTable
from pyhew.leaks.model import Finding, Leak, Place, user_frames
from pyhew.source.records import record, replace


@record(frozen=True, slots=True)
class Profile:
    """`samples`: events so far and live bytes; `peak` and `rest`: what lived, by the place that made it; `actors` at rest, as blocks
    of their type, by the place that spawned them; not `is_rest` when actors were at work to the end."""

    samples: tuple[tuple[int, int], ...]
    peak: tuple[Leak, ...]
    rest: tuple[Leak, ...]
    code: int
    actors: tuple[Leak, ...] = ()
    is_rest: bool = True

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
        _sorted([_site({**row, "blocks": row["actors"], "bytes": 0}, table) for row in rows if "actors" in row]),
        all(row["is_rest"] for row in rows if "is_rest" in row),
    )


def slope_of(run: Callable[[int], Profile], size: int) -> tuple[Finding, Profile]:
    """What `run` leaves more of with twice the work, and the second run. What grew must grow again with twice that: a list that is
    emptied now and then is longer at one end than at another."""
    once, twice = run(size), run(2 * size)
    code, leaks, note = once.code or twice.code, growth(once, twice), ""
    longer = [leak for leak in leaks if _is_longer_text(leak, twice, size)]
    leaks = tuple(leak for leak in leaks if leak not in longer)
    is_open = once.code != twice.code or not (once.is_rest and twice.is_rest)
    if code:
        failed = size if once.code else 2 * size
        note = f"with {failed} as its first argument the program fails (`hew run` shows how), so this says nothing of a run that does not"
    elif is_open:
        note = "actors were at work to the end, so there is nothing to compare: let them finish, or stop them, before the program ends"
    elif once.events == twice.events:
        note = "twice the work allocated not once more: does the program read its first argument, the size of the work?"
    elif leaks and (passing := _not_again(leaks, twice, run(4 * size))):
        leaks = tuple(leak for leak in leaks if leak not in passing)
        note = f"{sum(leak.size for leak in passing):,} bytes more that were not more again after four times the work are not counted"
    if longer and not note:
        amount = sum(leak.size for leak in longer)
        note = f"{amount} byte{'s' if amount != 1 else ''} more in texts that hold longer numbers after more work, which is not counted"
    return Finding("slope", () if is_open else leaks, code, note=note, is_open=is_open), twice


def _not_again(leaks: tuple[Leak, ...], twice: Profile, last: Profile) -> list[Leak]:
    """What does not grow on with yet more work, if that run tells."""
    if last.code or not last.is_rest:
        return []
    again = {_same(leak) for leak in growth(twice, last)}
    return [leak for leak in leaks if _same(leak) not in again]


def _is_longer_text(leak: Leak, twice: Profile, size: int) -> bool:
    """Whether as many texts as before are a few letters longer, as `entry 100` is than `entry 99`: not what work leaves behind."""
    texts = sum(site.blocks for site in twice.rest if _same(site) == _same(leak))
    return leak.type == "string" and leak.blocks == 0 and leak.size <= 8 * texts and leak.size < size


def growth(once: Profile, twice: Profile) -> tuple[Leak, ...]:
    """What lived at rest after twice the work beyond what lived after it once, by place; then actors, by the place of their spawn."""
    blocks = [replace(more, kind="growth") for more in _more(once.rest, twice.rest)]
    actors = [
        replace(
            more,
            kind="growth",
            blocks=0,
            detail=f"{more.blocks:,} more actor{'s' if more.blocks != 1 else ''} `{more.type}`: nobody stopped them",
        )
        for more in _more(once.actors, twice.actors)
        if more.type
    ]
    return tuple(blocks + actors)


def _more(once: tuple[Leak, ...], twice: tuple[Leak, ...]) -> list[Leak]:
    before = {_same(site): site for site in once}
    grown = []
    for site in twice:
        earlier = before.get(_same(site))
        size = site.size - (earlier.size if earlier else 0)
        blocks = site.blocks - (earlier.blocks if earlier else 0)
        if size > 0 or blocks > 0:
            grown.append(replace(site, size=max(size, 0), blocks=max(blocks, 0)))
    return sorted(grown, key=_largest)


def _same(site: Leak) -> tuple[object, ...]:
    """What is shown as one: the library's and the runtime's frames between two lines of the user tell nobody anything."""
    return user_frames(site), site.type, site.actor, site.handler, site.keeper


def _largest(site: Leak) -> tuple[int, int]:
    return -site.size, -site.blocks


def _site(row: dict[str, object], table: LineTable) -> Leak:
    addresses = row["stack"]
    places: list[Place] = []
    for address in addresses if isinstance(addresses, list) else []:
        place = table.place(int(address, 16) - 1)
        if place is not None:
            places.append(place)

    def text(name: str) -> str:
        return str(row.get(name) or "")

    # Behind the actor's field stand those of its record, or of the library's map.
    keeper = ".".join(part for part in (text("keeper"), text("field").split(".", 1)[0]) if part)
    count, size = int(str(row["blocks"])), int(str(row["bytes"]))
    return Leak("live", text("type"), count, size, tuple(places), text("actor"), text("handler"), "", keeper)


def _sorted(sites: list[Leak]) -> tuple[Leak, ...]:
    merged: dict[tuple[object, ...], Leak] = {}
    for site in sites:
        known = merged.setdefault(_same(site), replace(site, blocks=0, size=0))
        merged[_same(site)] = replace(known, blocks=known.blocks + site.blocks, size=known.size + site.size)
    return tuple(sorted(merged.values(), key=_largest))
