"""G13: calls that free, unlink, unlock, drop, join or drain, deleted from the runtime one at a time, and teardown pairs
swapped: each must be noticed.

In: a size and a seed.  Out: a row for each C file; `bad` are the changes that nobody noticed.
Assumed: a run in which a site is not reached cannot notice its loss, so one library that tells what is reached says
which runs are worth their time. `EQUIVALENT` has the changes that nothing observable depends on, each with its reason.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from tests.campaigns.gate import Bar, Row
from tests.campaigns.runtime_bench import Bench, Watch, has_valgrind, timed, watches
from tests.campaigns.runtime_sites import Site, changed, pairs, sites

SIZES = {"small": 4, "nightly": 60, "release": 1000}
# Enough for what the small size changes; the others need every program.
SOME_PROGRAMS = ("c-ask", "c-supervise", "c-watch", "c-tasks", "c-closure", "channels", "restart", "ring")
# For one site: what runs at its own speed, and what valgrind slows down.
NATIVE_SECONDS, VALGRIND_SECONDS = 60.0, 90.0

HELD_LONGER = "the lock is held for one more step, which neither waits nor takes it"
INDEPENDENT = "neither touches anything of the other"
LATER = "another wake follows within two milliseconds: it is about speed, which no test may claim"
SPEED = "the worker that has the work does it all in the end: it is about speed, which no test may claim"

# `file.c: text of the call`, or `file.c: function: text of the call`, and why nothing can be seen without it.
EQUIVALENT: dict[str, str] = {
    "actor/life.c: hew__heap_sweep(actor, &actor->heap); <-> hew__mailbox_close(actor);": "what mail drops is swept with it",
    "actor/life.c: hew__links_free(worker, extra); <-> hew__emitted_free(worker, extra);": INDEPENDENT,
    "actor/message.c: hew__reply_finish(self, cell, false, ask_status); <-> "
    "hew__block_give(self->worker, HEW_FOR_MESSAGE, &message->block);": INDEPENDENT,
    "actor/slot.c: hew__unlock(hew__slot_lock(actor)); <-> put_free(worker, class, actor);": HELD_LONGER,
    "actor/task.c: cancel_all(self, shared); <-> hew_release(self, shared->timer);": INDEPENDENT,
    "actor/task.c: hew_release(self, shared->timer); <-> hew__free(self->worker, shared->tasks);": INDEPENDENT,
    "actor/watch.c: hew__unlock(&lock); <-> hew__block_free(self, block);": HELD_LONGER,
    "actor/watch.c: hew__unlock(&lock); <-> hew__free(worker, at);": HELD_LONGER,
    "base/output.c: hew__unlock(&out->lock); <-> free(text);": HELD_LONGER,
    "sched/reactor.c: hew__unlock(&only.lock); <-> hew__wake(actor->worker, actor);": HELD_LONGER,
    "sched/handover.c: give(other, worker); <-> hew__signal_set(&thread->wake);": "the two threads begin in any order",
    "sched/handover.c: share: hew__wake_worker();": SPEED,
    "sched/poller.c: hew__poke_main();": LATER,
    "process/main.c: hew__input_finish(); <-> hew__links_finish();": INDEPENDENT,
    "process/main.c: hew__links_finish(); <-> hew__tallies_finish();": INDEPENDENT,
    "process/main.c: hew__tallies_finish(); <-> hew__lock_deinit(&hew__rt.extra_lock);": INDEPENDENT,
    "process/main.c: hew__lock_deinit(&hew__rt.extra_lock); <-> hew__lock_deinit(&hew__rt.environment_lock);": INDEPENDENT,
    "process/main.c: hew__lock_deinit(&hew__rt.environment_lock); <-> hew__lock_deinit(&hew__rt.queue_lock);": INDEPENDENT,
    "process/main.c: hew__lock_deinit(&hew__rt.queue_lock); <-> hew__lock_deinit(&hew__rt.idle_lock);": INDEPENDENT,
    "process/main.c: hew__slots_finish(); <-> hew__timers_finish();": INDEPENDENT,
    "process/main.c: hew__timers_finish(); <-> hew__poller_finish();": INDEPENDENT,
    "process/main.c: hew__poller_finish(); <-> hew__mem_finish();": INDEPENDENT,
    "process/main.c: hew__mem_finish(); <-> hew__types_finish();": INDEPENDENT,
    "process/main.c: hew__types_finish(); <-> hew__faults_finish();": INDEPENDENT,
    "process/main.c: hew__faults_finish(); <-> hew__output_finish();": "only a signal between the two would tell",
    "process/main.c: hew__output_finish(); <-> free(hew__rt.workers);": INDEPENDENT,
    "process/main.c: free(hew__rt.workers); <-> rt_deinit();": INDEPENDENT,
    "process/main.c: hew__check_finish(sum.allocations); <-> hew__profile_finish();": INDEPENDENT,
    "process/main.c: hew__check_finish(0); <-> hew__profile_finish();": INDEPENDENT,
    "process/main.c: hew__profile_finish(); <-> hew__mem_sweep();": INDEPENDENT,
    "sched/queue.c: share_half: hew__wake_worker();": SPEED,
    "sched/queue.c: hew__enqueue_behind: hew__wake_worker();": SPEED,
    "sched/seeded.c: hew__poke_main();": "who waits at the gate is looked for every millisecond",
    "sched/worker.c: spin: hew__wake_worker();": SPEED,
    "sched/worker.c: hew__unlock(&hew__rt.idle_lock); <-> hew__poke_main();": HELD_LONGER,
    "sup/child.c: hew__unlock(hew__slot_lock(self)); <-> hew__free(self->worker, children);": HELD_LONGER,
    "sup/child.c: hew__free(self->worker, children); <-> hew__free(self->worker, state->restarts);": INDEPENDENT,
    "sup/child.c: hew__free(self->worker, state->restarts); <-> "
    "hew__message_drop(self, state->args, HEW_ASK_CANCELLED);": INDEPENDENT,
    "actor/probe.c: hew__reply_finish(self, cell, pid != 0, HEW_ASK_ACTOR_STOPPED); <-> "
    "hew__message_drop(self, message, HEW_ASK_CANCELLED);": INDEPENDENT,
    "time/timer.c: hew__unlock(&all.lock); <-> hew__poke_main();": HELD_LONGER,
    "time/timer.c: hew__poke_main();": LATER,
    "actor/life.c: hew_release(self, message);": "the sweep of the crashed actor, which follows, frees the block whatever its count",
    "process/main.c: hew__mem_sweep();": "does nothing in check builds, where every block is C's own",
    "io/command.c: close(out); <-> close(err);": "both pipes have been read to their ends, so their order is nobody's business",
}

# Deletes nothing, so nobody can notice it: the gate must say so.
HARMLESS = [Site("process/main.c", 0, "")]


@dataclass
class Reach:
    """Which runs reach which sites, and what each takes on the runtime as it is."""

    seconds: dict[str, float] = field(default_factory=dict)
    by_site: dict[Site, list[Watch]] = field(default_factory=dict)
    unsteady: list[str] = field(default_factory=list)


def reach_of(bench: Bench, numbers: dict[Site, int], bar: Bar, step: int = 1) -> Reach:
    """Runs everything once on a runtime that tells what is reached; a run that complains there is no witness.

    Of the runs with a fault put in, each `step`th.
    """
    found = Reach(by_site={site: [] for site in numbers})
    native = [watch for watch in watches(bench) if not watch.is_valgrind]
    faulty = [watch for watch in native if "=" in watch.name]
    every = [*(watch for watch in native if "=" not in watch.name), *faulty[::step]]
    bench.link_marked(bench.folder / "marked", numbers)
    slow = {watch.name.removesuffix(", valgrind"): watch for watch in watches(bench) if watch.is_valgrind and has_valgrind()}
    for watch in bar.over(every, len(every)):
        with tempfile.NamedTemporaryFile(prefix="hew-reached-") as file:
            complaint, found.seconds[watch.name] = timed(watch, bench.folder / "marked", 20, Path(file.name))
            reached = file.read()
        if complaint:
            found.unsteady.append(f"{watch.name}: {complaint}")
            continue
        for site, number in numbers.items():
            if number < len(reached) and reached[number]:
                found.by_site[site] += [watch, *([slow[watch.name]] if watch.name in slow else [])]
    return found


def noticed(bench: Bench, reach: Reach, site: Site, library: Path) -> str:
    """Who notices the change first; nothing when nobody does."""
    witnesses = reach.by_site.get(Site(site.file, site.line, site.call), [])
    spent = {False: 0.0, True: 0.0}
    # What runs as it should first: it takes longer than a run that fails early, and sees more. Then the same under seeds.
    def rank(watch: Watch) -> tuple[bool, bool, bool, float]:
        return watch.is_valgrind, "=" in watch.name, ", seed" in watch.name, reach.seconds.get(watch.name, 0.0)

    order = sorted(witnesses, key=rank)
    for watch in order:
        if spent[watch.is_valgrind] > (VALGRIND_SECONDS if watch.is_valgrind else NATIVE_SECONDS):
            continue
        limit = 90 if watch.is_valgrind else 4 + 10 * reach.seconds[watch.name]
        complaint, seconds = timed(watch, library, limit)
        spent[watch.is_valgrind] += seconds
        if complaint and _is_sure(bench, watch, library, limit):
            return f"{watch.name}: {complaint}"
    return ""


def _is_sure(bench: Bench, watch: Watch, library: Path, limit: float) -> bool:
    """Whether the run complains again, and not about the runtime as it is."""
    again = any(watch.complaint(library, limit) for _ in range(2))
    return again and not watch.complaint(bench.clean, limit)


def mutants(size: str, seed: int, bar: Bar, chosen: list[Site] | None = None) -> list[Row]:
    """Changes some places or all, each by itself."""
    everything = [*sites(), *pairs()]
    rng = random.Random(seed)
    picked = chosen if chosen is not None else rng.sample(everything, min(SIZES[size], len(everything)))
    numbers = {site: number for number, site in enumerate([*sites(), *HARMLESS])}
    rows: dict[str, Row] = {}
    with tempfile.TemporaryDirectory(prefix="hew-mutants-") as folder:
        bench = Bench(Path(folder))
        bench.prepare(bar, SOME_PROGRAMS if size == "small" else None)
        reach = reach_of(bench, numbers, bar, step=12 if size == "small" else 1)
        reach.by_site[HARMLESS[0]] = [watch for watch in watches(bench) if "," not in watch.name][:10]
        for site in bar.over(picked, len(picked)):
            row = rows.setdefault(site.file, Row(site.file, 0))
            if not _is_mutant(bench, site):
                continue
            row.cases += 1
            by = noticed(bench, reach, site, bench.folder / "mutant")
            if not by:
                row.bad.append(str(site))
            if os.environ.get("HEW_TELL"):
                print(f"{site}\t{by or 'NOT NOTICED'}", file=sys.stderr, flush=True)
    return list(rows.values())


def _is_mutant(bench: Bench, site: Site) -> bool:
    """Links the changed runtime; false when it does not compile or nothing observable depends on it."""
    source, out = bench.folder / "mutant.c", bench.folder / "mutant.o"
    source.write_text(changed(site), encoding="utf-8")
    if site.key in EQUIVALENT or (not site.then and site.place in EQUIVALENT) or not bench.compiled(source, out):
        return False
    bench.link(bench.folder / "mutant", {site.file: out})
    return True
