"""Whole random programs: types, functions that call earlier ones, and a case that uses them all.

In: seeds.  Out: `Case`s, and one Hew program for many of them; `expected(case)`, what each prints.
Assumed: the same seed gives the same case; which productions a case may use is drawn first (swarm testing, Groce et
al., 2012), so that rare ones meet.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from tests.typed import owners, statements
from tests.typed.model import (
    BOOL,
    INT,
    LIST,
    SET,
    STR,
    Node,
    Ty,
    as_hew,
    as_python,
    hash_map,
    option,
    pair,
    result,
    vec,
)
from tests.typed.prelude import HEW, World, environment
from tests.typed.values import expression, parameter
from tests.typed.writer import BUDGET, Fn, Writer

Production = Callable[[Writer, statements.Body], None]

# Each production with the leak classes it is there for; docs/internals/leak-classes.md.
PRODUCTIONS: dict[Production, tuple[str, ...]] = {
    statements.bind: ("L17", "L21", "L26"),
    statements.overwrite: ("L13",),
    statements.change_field: ("L13", "L15"),
    statements.change_vec: ("L19", "L13"),
    statements.change_map: ("L19", "L13"),
    statements.show: ("L17",),
    statements.compare: ("L17", "L21"),
    statements.branch: ("L12", "L14"),
    statements.loop: ("L18", "L12"),
    statements.early_return: ("L12",),
    statements.question: ("L12", "L16"),
    statements.match_enum: ("L16", "L14"),
    statements.if_let: ("L16",),
    statements.while_let: ("L16", "L18"),
    statements.call_something: ("L20", "L17"),
    statements.update: ("L15",),
    statements.take_apart: ("L15",),
    statements.nested_block: ("L12",),
    statements.deferred: ("L12",),
    statements.lend: ("L20",),
    owners.closure: ("L10",),
    owners.called: ("L10",),
    owners.wrapped: ("L10",),
    owners.generator: ("L11", "L18"),
    owners.cell: ("L23", "L13"),
    owners.opened: ("L22",),
    owners.used_door: ("L22", "L14"),
    owners.dynamic: ("L21",),
    owners.ask: ("L1",),
    owners.tell: ("L3",),
    owners.ended: ("L3", "L9", "L2", "L7"),
    owners.limited: ("L2", "L24"),
    owners.selected: ("L2",),
    owners.supervised: ("L4", "L5", "L8", "L9"),
    owners.channel: ("L3", "L11"),
    owners.lambda_actor: ("L10", "L3"),
    owners.tasks: ("L11",),
    owners.cancelled: ("L2", "L11"),
    owners.streamed: ("L11",),
    owners.pause: ("L24",),
    owners.numbers: ("L18",),
}
ALWAYS = (statements.bind, statements.show, statements.call_something, statements.branch, statements.match_enum)


@dataclass(frozen=True)
class Case:
    """One random program: its types, its functions, the name of the one that is run."""

    seed: int
    types: tuple[str, ...]
    functions: tuple[Node, ...]
    main: str


@dataclass(frozen=True)
class Extent:
    """How long a case is: how many functions, statements of a function, statements of the one that is run."""

    functions: range
    each: int
    last: int


LONG = Extent(range(2, 6), 5, 10)
SHORT = Extent(range(0, 2), 2, 3)


def case_of(seed: int, extent: Extent = LONG) -> Case:
    """The case of a seed."""
    rng = random.Random(seed)
    prefix = f"C{seed}"
    types, texts = _types(rng, prefix)
    kinds = [p for p in PRODUCTIONS if p in ALWAYS or rng.random() < 0.5]
    writer = Writer(rng, prefix, types, [])
    nodes = []
    for number in range(rng.choice(extent.functions)):
        nodes.append(_function(writer, f"{prefix.lower()}_f{number}", kinds, extent.each))
    main = Fn(f"{prefix.lower()}_main", (), INT, 0)
    nodes.append(_body_of(writer, main, kinds, extent.last))
    return Case(seed, tuple(texts), tuple(nodes), main.name)


def _types(rng: random.Random, prefix: str) -> tuple[list[Ty], list[str]]:
    """Types to depth three, the case's own records and enums among them."""
    types: list[Ty] = [INT, STR, BOOL, vec(STR), option(STR), LIST, SET]
    texts = []
    for number in range(rng.randrange(1, 4)):
        parts = tuple(rng.choice(types) for _ in range(rng.randrange(1, 4)))
        names = tuple(f"m{at}" for at in range(len(parts)))
        record = Ty(f"{prefix}R{number}", "rec", parts, names)
        fields = " ".join(f"{name}: {part.hew};" for name, part in zip(names, parts, strict=True))
        texts.append(f"type {record.hew} {{ {fields} }}")
        types += [record, rng.choice((vec, option, hash_map))(record)]
    for number in range(rng.randrange(1, 3)):
        payloads = tuple(tuple(rng.choice(types) for _ in range(rng.randrange(0, 3))) for _ in range(rng.randrange(2, 5)))
        names = tuple(f"V{at}" for at in range(len(payloads)))
        enum = Ty(f"{prefix}E{number}", "enum", (), names, payloads)
        texts.append(f"enum {enum.hew} {{ {' '.join(map(_variant, names, payloads))} }}")
        types += [enum, rng.choice((vec, option, hash_map))(enum)]
    types += [pair(STR, rng.choice(types)), result(rng.choice(types[3:])), vec(rng.choice(types)), hash_map(STR)]
    return types, texts


def _variant(name: str, payload: tuple[Ty, ...]) -> str:
    return name + (f"({', '.join(ty.hew for ty in payload)})" if payload else "") + ";"


def _function(writer: Writer, name: str, kinds: list[Production], size: int) -> Node:
    rng = writer.rng
    params = tuple(rng.choice(writer.types) for _ in range(rng.randrange(0, 4)))
    fn = Fn(name, params, rng.choice(writer.types), 0)
    return _body_of(writer, fn, kinds, size)


def _body_of(writer: Writer, fn: Fn, kinds: list[Production], size: int) -> Node:
    """Writes a function with `size` statements and makes it known to later ones."""
    own = Writer(writer.rng, writer.prefix, writer.types, writer.functions, fn.result, numbers=writer.numbers)
    names = [own.name("p") for _ in fn.params]
    own.scope = [parameter(name, ty) for name, ty in zip(names, fn.params, strict=True)]
    params = ", ".join(f"{name}: {ty.hew}" for name, ty in zip(names, fn.params, strict=True))
    node = Node(f"fn {fn.name}({params}) -> {fn.result.hew}", f"def {fn.name}({', '.join(names)}):", own.nodes)

    def body(w: Writer, count: int) -> None:
        for _ in range(1 + w.rng.randrange(count)):
            w.used = set()
            too_deep = w.nesting >= 4 or w.cost > BUDGET
            w.rng.choice((statements.bind, statements.show) if too_deep else kinds)(w, body)
            w.used = set()

    for _ in range(size):
        body(own, 1)
    own.used = set()
    for _ in range(2):
        statements.show(own, body)
    hew, py = expression(own, fn.result)
    own.nodes.append(Node(f"let last: {fn.result.hew} = {hew};\nlast", f"return {py}"))
    writer.functions.append(Fn(fn.name, fn.params, fn.result, own.cost + 1))
    return node


def program(cases: list[Case]) -> str:
    """One Hew program: without arguments it runs all cases, with one that case."""
    parts = [HEW]
    for case in cases:
        parts += [*case.types, *("\n".join(as_hew([node])) for node in case.functions)]
    calls = [f'    if only < 0 || only == {case.seed} {{ println("case {case.seed}"); println({case.main}()); }}' for case in cases]
    head = "    let only = if os.args_count() > 1 { string.to_int(os.args(1)).unwrap_or(-1) } else { -1 };"
    parts.append("\n".join(["fn main() {", head, *calls, "}"]))
    return "\n\n".join(parts) + "\n"


def expected(case: Case) -> tuple[list[str], Counter[str]]:
    """The lines a case prints, by its Python half, and what it closes."""
    world = World()
    names = environment(world)
    exec(compile("\n".join(as_python(list(case.functions))), f"case {case.seed}", "exec"), names)  # noqa: S102
    run: Callable[[], int] = names[case.main]  # type: ignore[assignment]
    world.say(f"case {case.seed}")
    world.say(str(run()))
    return world.lines, world.closed
