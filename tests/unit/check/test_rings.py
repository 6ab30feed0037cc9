"""Functions that call one another in rings: which of them give a parameter away does not hang on who is asked first."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from pyhew.check.rings import rings
from pyhew.driver.options import BuildOptions
from pyhew.driver.session import Session

HEAD = """#[resource]
type Door { name: string; }
impl Door { fn close(self) { println(self.name); } }
"""
FUNCTIONS = 9


def _graph(rng: random.Random) -> list[tuple[bool, list[int]]]:
    """Of each function, whether it gives its door away itself, and to which functions it hands it on."""
    return [(rng.random() < 0.12, [rng.randrange(FUNCTIONS) for _ in range(rng.randrange(3))]) for _ in range(FUNCTIONS)]


def _givers(graph: list[tuple[bool, list[int]]]) -> set[int]:
    """The functions from which one that gives is reached."""
    found = {index for index, (gives, _) in enumerate(graph) if gives}
    while more := {i for i, (_, calls) in enumerate(graph) if found & set(calls)} - found:
        found |= more
    return found


def _function(index: int, gives: bool, calls: list[int]) -> str:
    steps = [f"if n == {at} {{ f{other}(d, n - 1, into); return; }}" for at, other in enumerate(calls, 1)]
    last = "into.push(d);" if gives else "println(d.name);"
    return f"fn f{index}(d: Door, n: i64, into: Vec<Door>) {{ {' '.join(steps)} {last} }}\n"


@pytest.mark.parametrize("seed", range(40))
def test_who_gives(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    graph = _graph(rng)
    asked = rng.sample(range(FUNCTIONS), FUNCTIONS)
    lines = [f'    let d{i} = Door {{ name: "d" }}; f{i}(d{i}, 2, into); println(d{i}.name);' for i in asked]
    functions = [_function(index, *graph[index]) for index in rng.sample(range(FUNCTIONS), FUNCTIONS)]
    main = "fn main() {\n    let into: Vec<Door> = [];\n" + "\n".join(lines) + "\n}\n"
    text = main + HEAD + "".join(functions)
    (tmp_path / "main.hew").write_text(text)
    session = Session(str(tmp_path / "main.hew"), BuildOptions())
    session.check()
    moved = [d.span for d in session.sink.diagnostics if d.id == "use-after-move"]
    found = {asked[text.count("\n", 0, span.start) - 2] for span in moved}
    assert found == _givers(graph)


def test_the_graphs_have_rings_that_give_and_rings_that_do_not() -> None:
    graphs = [_graph(random.Random(seed)) for seed in range(40)]
    assert len({len(_givers(graph)) for graph in graphs}) >= 6


def _errors(folder: Path, text: str) -> list[str]:
    (folder / "main.hew").write_text(text)
    session = Session(str(folder / "main.hew"), BuildOptions())
    session.check()
    return [diagnostic.id for diagnostic in session.sink.diagnostics]


def test_chains_of_calls_may_be_long(tmp_path: Path) -> None:
    chain = "".join(f"fn f{i}(d: Door) {{ f{i + 1}(d); }} fn w{i}() {{ w{i + 1}(); }}\n" for i in range(1500))
    ends = 'fn f1500(d: Door) { println(d.name); } fn w1500() { sleep(1ms); }\n'
    main = 'fn main() { w0(); let d = Door { name: "d" }; f0(d); println(d.name); }\n'
    assert _errors(tmp_path, HEAD + main + chain + ends) == []
    closing = HEAD.replace("println(self.name)", "w0()")
    assert _errors(tmp_path, closing + main + chain + ends) == ["suspends-here"]
    taking = ends.replace("println(d.name)", "let _ = Some(d)")
    assert _errors(tmp_path, HEAD + main + chain + taking) == ["use-after-move"]


def test_chains_of_generic_calls_may_be_long(tmp_path: Path) -> None:
    chain = "".join(f"fn f{i}<T>(d: T, into: Vec<T>) {{ f{i + 1}(d, into); }}\n" for i in range(60))
    last = "fn f60<T>(d: T, into: Vec<T>) { into.push(d); }\n"
    main = 'fn main() { let into: Vec<Door> = []; let d = Door { name: "d" }; f0(d, into); println(d.name); }\n'
    assert _errors(tmp_path, HEAD + main + chain + last) == ["use-after-move"]


@pytest.mark.parametrize("seed", range(30))
def test_rings_come_whole_and_behind_those_they_lead_to(seed: int) -> None:
    rng = random.Random(seed)
    graph = {node: [rng.randrange(12) for _ in range(rng.randrange(3))] for node in range(12)}
    reached = {node: {node} for node in graph}
    for _ in graph:
        for node, others in graph.items():
            reached[node].update(*(reached[other] for other in others))
    found = list(rings(0, lambda node: graph[node]))
    assert sorted(node for ring in found for node in ring) == sorted(reached[0])
    for at, ring in enumerate(found):
        assert all(set(ring) == {other for other in reached[node] if node in reached[other]} for node in ring)
        assert set().union(*(reached[node] for node in ring)) <= {node for one in found[: at + 1] for node in one}
