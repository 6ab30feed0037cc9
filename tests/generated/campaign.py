"""The verifier's figures: `python -m tests.generated.campaign [functions] [mutants] [seed]`.

Out: how many random functions were rejected or misbehaved (none may), how many mutants
misbehave and how many of those a verifier rejects (all), after how many programs each
injected bug is caught.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Callable

from tests.generated.bugs import BUGS, Bug
from tests.generated.generator import random_module
from tests.generated.judge import rejection, run
from tests.generated.mutants import mutate

from pyhew.ir.ops import Module
from pyhew.passes.elide_copies import elide_copies
from pyhew.passes.infer_modes import infer_modes
from pyhew.passes.insert_drops import insert_drops
from pyhew.passes.simplify import simplify

GOOD = ("fine", "trap", "long", "wrong way")


def compiled(seed: int) -> Module:
    """A random module after the passes that make ownership visible."""
    module = random_module(seed)
    infer_modes(module)
    simplify(module)
    insert_drops(module)
    elide_copies(module)
    return module


def check_functions(wanted: int, seed: int, report: Callable[[str], None]) -> Counter[str]:
    """Random functions through the passes: none rejected, none misbehaving."""
    counts: Counter[str] = Counter()
    while counts["functions"] < wanted:
        module = compiled(seed)
        counts["functions"] += len(module.functions)
        fault = rejection(module)
        verdict = fault if fault is not None else run(module)[0]
        counts["bad" if verdict not in GOOD else verdict] += 1
        if verdict not in GOOD:
            report(f"seed {seed}: {verdict}")
        seed += 1
    return counts


Verifier = Callable[[Module], str | None]


def check_mutants(
    wanted: int, seed: int, report: Callable[[str], None], rejects: Verifier = rejection
) -> Counter[str]:
    """Mutants: whatever misbehaves when run must be rejected."""
    counts: Counter[str] = Counter()
    while counts["mutants"] < wanted:
        module = compiled(seed)
        rng = random.Random(seed)
        for _ in range(25):
            mutation = mutate(module, rng)
            if mutation is None:
                continue
            what, undo = mutation
            counts["mutants"] += 1
            fault = rejects(module)
            verdict = run(module)[0]
            undo()
            is_bad = verdict not in GOOD
            counts["rejected"] += fault is not None
            counts["misbehaving"] += is_bad
            if is_bad and fault is None:
                counts["missed"] += 1
                report(f"seed {seed}, {what}: {verdict}")
        seed += 1
    return counts


def programs_until_caught(bug: Bug, limit: int, seed: int) -> int | None:
    """How many random programs an injected bug survives: rejected, misbehaving or printing something else."""
    for number in range(limit):
        module = random_module(seed + number)
        bug.run(module)
        if rejection(module) is not None or run(module) != run(compiled(seed + number)):
            return number + 1
    return None


def main(arguments: list[str]) -> int:
    """Prints the figures; 1 when one of them is not what it must be."""
    functions, mutants, seed = (int(text) for text in (*arguments, "20000", "20000", "1")[:3])
    good = check_functions(functions, seed, print)
    print(f"functions: {dict(good)}")
    bad = check_mutants(mutants, seed, print)
    print(f"mutants: {dict(bad)}")
    survivors = 0
    for bug in BUGS:
        caught = programs_until_caught(bug, 200, seed)
        survivors += caught is None
        print(f"bug {bug.name}: caught by program {caught}")
    return int(bool(good["bad"] or bad["missed"] or survivors))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
