"""What every gate is: rows of cases, a progress bar, a floor on the number of cases, a canary.

In: nothing.  Out: `Row`, `Bar`, `Gate`, `table`.
Assumed: a gate that ran too few cases, or whose canary was not caught, has failed, whatever its rows say.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")


@dataclass
class Row:
    """One subject of a gate: how many cases, which of them were bad."""

    name: str
    cases: int
    bad: list[str] = field(default_factory=list)
    note: str = ""

    @property
    def is_good(self) -> bool:
        """Nothing failed."""
        return not self.bad


@dataclass
class Bar:
    """Progress on stderr, on a terminal only."""

    title: str

    def over(self, items: Iterable[T], total: int) -> Iterator[T]:
        """The items, each shown when it begins."""
        for done, item in enumerate(items):
            self.show(done, total, str(item))
            yield item
        self.clear()

    def show(self, done: int, total: int, what: str) -> None:
        """One line that the next one replaces."""
        if sys.stderr.isatty():
            width = 30
            full = width * done // max(1, total)
            bar = "#" * full + "." * (width - full)
            print(f"\r\033[K{self.title} [{bar}] {done}/{total} {what[:40]}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Leaves an empty line."""
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr, flush=True)


Runner = Callable[[str, int, Bar], list[Row]]


@dataclass(frozen=True)
class Gate:
    """`run(size, seed, bar)` gives rows; `canary()` gives the rows of a broken subject, one of which must be bad."""

    number: str
    name: str
    what: str
    run: Runner
    canary: Callable[[], list[Row]]
    floors: dict[str, int]

    def complaints(self, size: str, rows: list[Row]) -> list[str]:
        """What makes the gate red."""
        found = [f"{row.name}: {bad}" for row in rows for bad in row.bad]
        cases = sum(row.cases for row in rows)
        if cases < self.floors[size]:
            found.append(f"only {cases} cases, not {self.floors[size]}")
        return found

    def canary_complaints(self) -> list[str]:
        """What is wrong with the gate itself."""
        return [] if any(row.bad for row in self.canary()) else ["the canary was not caught"]


def table(rows: list[Row]) -> str:
    """The rows for people, and for docs/internals/campaigns.md."""
    lines = ["| subject | cases | bad | |", "|---|---|---|---|"]
    for row in rows:
        bad = "none" if row.is_good else f"{len(row.bad)}: " + "; ".join(row.bad[:3])
        lines.append(f"| {row.name} | {row.cases:,} | {bad} | {row.note} |")
    return "\n".join(lines)
