"""G4, second half: what the system gives is refused to programs that use it, one call after the other.

In: a size.  Out: a row for each program.
Assumed: a program may end with an error, or with 101 because its `main` could not do its work; it leaves nothing.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.campaigns.gate import Bar, Row
from tests.campaigns.runtime_bench import SOME_WITH_REFUSALS, Bench, watches

SIZES = {"small": ("streams_of_files",), "nightly": SOME_WITH_REFUSALS, "release": SOME_WITH_REFUSALS}


def refusals(size: str, bar: Bar) -> list[Row]:
    """Memory, threads, pages, descriptors, sockets and files."""
    rows = {}
    with tempfile.TemporaryDirectory(prefix="hew-refusals-") as folder:
        bench = Bench(Path(folder))
        bench.prepare(bar, SIZES[size])
        chosen = [watch for watch in watches(bench) if "REFUSE=" in watch.name and not watch.is_valgrind]
        chosen = chosen if size != "small" else chosen[::9]
        for watch in bar.over(chosen, len(chosen)):
            row = rows.setdefault(watch.name.split(",")[0], Row(f"{watch.name.split(',')[0]}, calls refused", 0))
            row.cases += 1
            complaint = watch.complaint(bench.clean, 30)
            row.bad += [f"{watch.name}: {complaint}"] if complaint else []
    return list(rows.values())
