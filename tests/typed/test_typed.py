"""Random programs at a small size; that a difference is found, and made small."""

from __future__ import annotations

from collections import Counter

import pytest
from tests.typed import generator, judge
from tests.typed.generator import PRODUCTIONS, Case, Production, case_of, expected, program
from tests.typed.judge import Outcome, Way, difference, interpret, reduced
from tests.typed.statements import Body
from tests.typed.writer import Writer

from pyhew.ir import ops
from pyhew.ir.ops import Module


def test_the_same_seed_gives_the_same_program() -> None:
    assert program([case_of(7)]) == program([case_of(7)])
    assert expected(case_of(7)) == expected(case_of(7))


def test_every_production_turns_up(monkeypatch: pytest.MonkeyPatch) -> None:
    used: Counter[str] = Counter()

    def counting(production: Production) -> Production:
        def write(w: Writer, body: Body) -> None:
            used[production.__name__] += 1
            production(w, body)

        return write

    monkeypatch.setattr(generator, "PRODUCTIONS", {counting(production): classes for production, classes in PRODUCTIONS.items()})
    for seed in range(1, 101):
        case_of(seed)
    assert [production.__name__ for production in PRODUCTIONS if used[production.__name__] < 10] == []


def test_a_leak_per_ask_is_found() -> None:
    cases = [case_of(seed) for seed in range(1, 4)]
    assert any("left" in found.what for found in difference(cases, Way.FAST, canary=1))


def test_the_interpreter_finds_a_lost_drop(monkeypatch: pytest.MonkeyPatch) -> None:
    def lossy(module: Module) -> Outcome:
        blocks = [block for fn in module.functions.values() if not fn.is_std for block in fn.blocks]
        whole = [block.ops for block in blocks]
        for block in blocks:
            block.ops = [op for op in block.ops if op.kind is not ops.DROP]
        outcome = interpret(module)
        for block, before in zip(blocks, whole, strict=True):
            block.ops = before  # the verifier, which comes next, would find it, too
        return outcome

    assert difference([case_of(3)], Way.INTERPRETER) == []
    monkeypatch.setattr(judge, "interpret", lossy)
    assert "blocks are lost" in difference([case_of(3)], Way.INTERPRETER)[0].what


def test_a_program_is_reduced_to_what_matters() -> None:
    """To one that closes something: what is not run could stay without its names, but what is not needed goes."""
    case = next(case for seed in range(1, 60) if expected(case := case_of(seed))[1])
    small = reduced(case, lambda smaller: bool(expected(smaller)[1]))
    assert expected(small)[1]
    assert len(_text(small).splitlines()) < len(_text(case).splitlines()) / 3
    assert difference([small], Way.CHECK) == []


def _text(case: Case) -> str:
    return program([case]).split("supervisor Outer")[1]
