"""One random program by its seed: `python -m tests.typed.campaign SEED [--short] [--show]`; many: `python -m tests.campaigns G2`.

Out: what builds and interpreter do otherwise than the Python half, and the smallest program that still does.
"""

from __future__ import annotations

import sys

from tests.typed.generator import LONG, SHORT, Case, case_of, program
from tests.typed.judge import Way, difference, reduced


def main(arguments: list[str]) -> int:
    """Compares one case in every way; prints it reduced when they differ."""
    case = case_of(int(arguments[0]), SHORT if "--short" in arguments else LONG)
    if "--show" in arguments:
        print(program([case]))
    for way in Way:
        found = difference([case], way)
        if found:
            print(found[0])
            print(program([reduced(case, lambda smaller, way=way: _differs(smaller, way))]))  # type: ignore[misc]
            return 1
    print("all agree")
    return 0


def _differs(case: Case, way: Way) -> bool:
    found = difference([case], way)
    return bool(found) and not found[0].what.startswith("refused")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
