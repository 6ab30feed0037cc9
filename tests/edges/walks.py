"""Random walks through Vec, HashMap, HashSet, Deque, Arena, sorting and iterators; `walks.hew` walks the same ways.

In: a seed, how many steps.  Out: a program.
Assumed: both draw from one linear congruence, so that the program holds no list of steps.
"""

from __future__ import annotations

import functools
import math
from collections import deque
from pathlib import Path

from tests.edges.program import Program, shown

WORDS = 1 << 64
Some = tuple[object]
"""What an option has, as the only item of a tuple."""


class Draws:
    """The numbers that both sides draw."""

    def __init__(self, seed: int) -> None:
        self.state = seed

    def next(self, n: int) -> int:
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % WORDS
        return (self.state >> 33) % n


def debug(value: object) -> str:
    """As `{value:?}` shows it."""
    match value:
        case bool():
            return shown(value)
        case float():
            return "nan" if math.isnan(value) else f"{value:g}"
        case list():
            return f"[{', '.join(map(debug, value))}]"
        case (one,):
            return f"Some({debug(one)})"
        case tuple():
            return f"({', '.join(map(debug, value))})"
        case dict():
            return "{" + ", ".join(f"{debug(key)}: {debug(item)}" for key, item in value.items()) + "}"
        case _:
            return str(value)


def at(items: list, index: int) -> Some | None:
    return (items[index],) if 0 <= index < len(items) else None


def taken(table: dict, key: object) -> Some | None:
    return (table.pop(key),) if key in table else None


def held(table: dict, key: object) -> Some | None:
    return (table[key],) if key in table else None


def vec_step(v: list[str], k: int, a: int, b: int, s: str) -> str:
    """One step on a Vec; what it prints."""
    match k:
        case 7:
            return shown(s in v)
        case 8:
            return " ".join(map(debug, (at(v, a - 1), at(v, a), at(v, 0), at(v, len(v) - 1))))
        case 9:
            return f"{debug(v[a:b])} {b - a} {len(v) - a} {b}" if a <= b else ""
        case 12:
            return debug([t + "!" for t in v])
        case 13:
            return debug([t for t in v if t in ("s1", "s2")])
        case 14:
            return "".join(v)
        case 15:
            return f"{shown('s3' in v)} {shown(all(t == 's3' for t in v))}"
        case 16:
            return "-".join(v)
        case 18:
            return f"{debug((v.index(s),) if s in v else None)} {debug(sorted(v))} {debug(v[::-1])}"
        case _:
            return vec_change(v, k, a, s)


def vec_change(v: list[str], k: int, a: int, s: str) -> str:
    match k:
        case 0 | 1 | 2:
            v.append(s)
        case 3 if v:
            return v.pop()
        case 4 if a < len(v):
            v[a] = s
        case 5:
            v.insert(a, s)
        case 6 if a < len(v):
            return v.pop(a)
        case 10:
            v.reverse()
        case 11:
            v += [*v, s]
        case 17 if len(v) > 12:
            v.clear()
        case 19:
            del v[10 if len(v) > 40 else len(v) :]
            if a < len(v):
                v[a] += "x"
    return ""


def vec_run(made: list[str], seed: int, rounds: int) -> None:
    r, v = Draws(seed), list[str]()
    for i in range(rounds):
        k, a, b, s = r.next(20), r.next(len(v) + 1), r.next(len(v) + 1), f"s{r.next(9)}"
        out = vec_step(v, k, a, b, s)
        made.append(f"{i} {k} {len(v)} {out}")
    made.append(debug(v))


class Tables:
    """What a walk through maps and sets holds."""

    def __init__(self) -> None:
        self.m: dict[str, int] = {}
        self.p: dict[tuple[int, str], list[int]] = {}
        self.q: dict[int, str] = {}
        self.t: dict[int, None] = {}

    def step(self, r: Draws, i: int, k: int, n: int) -> str:
        m, p, q, t, key = self.m, self.p, self.q, self.t, f"k{n}"
        match k:
            case 0 | 1 | 2:
                is_new = n not in t
                m[key], t[n], p[(n, key)], q[n] = i, None, [i, n], f"v{i}"
                return shown(is_new)
            case 3 | 4:
                gone = taken(m, key)
                was = n in t
                t.pop(n, None)
                return f"{debug(gone)} {shown(was)} {debug(taken(p, (n, key)))} {debug(taken(q, n))}"
            case 5:
                return f"{debug(held(m, key))} {shown(key in m)} {shown(n in t)} {debug(held(p, (n, key)))} {debug(held(q, n))}"
            case 8:
                return f"{debug(list(m))} {debug(list(m.values()))}"
            case 10:
                total = functools.reduce(lambda sum, x: (sum * 3 + x) % WORDS, t, 0)
                return f"{total - WORDS if total >= WORDS // 2 else total} {debug(list(t))}"
            case 11:
                return f"{len(m) + 1} {len(m)} {debug(list(m.items()))}"
            case 13:
                return f"{shown(not m)} {shown(not t)} {len(p)} {len(q)}"
            case _:
                return self.change(r, i, k, n)

    def change(self, r: Draws, i: int, k: int, n: int) -> str:
        m, key = self.m, f"k{n}"
        match k:
            case 6:
                m[key] = 7
                if (n, key) in self.p:
                    self.p[(n, key)].append(i)
            case 7:
                before = m.get(key, -1)
                if key in m:
                    m[key] += 1
                return str(before)
            case 9:
                pairs = list(m.items())
                for name, number in pairs:
                    if number % 3 == 0:
                        del m[name]
                return str(sum(number + len(name) for name, number in pairs))
            case 12 if r.next(20) == 0:
                for table in (m, self.p, self.q, self.t):
                    table.clear()
        return ""


def map_run(made: list[str], seed: int, rounds: int, keys: int) -> None:
    r, tables = Draws(seed), Tables()
    for i in range(rounds):
        k, n = r.next(14), r.next(keys)
        out = tables.step(r, i, k, n)
        made.append(f"{i} {k} {len(tables.m)} {len(tables.t)} {out}")
    made.append(f"{debug(tables.m)} {{{', '.join(map(str, tables.t))}}}")


def deque_run(made: list[str], seed: int, rounds: int) -> None:
    r, d, kept, keys = Draws(seed), deque[int](), dict[int, str](), 0
    for i in range(rounds):
        k, out = r.next(9), ""
        if k < 2:
            d.append(i)
        elif k < 4:
            d.appendleft(i)
        elif k < 6:
            out = str(d.popleft() if k == 4 else d.pop()) if d else ""
        elif k == 6:
            kept[keys] = f"a{i}"
            keys += 1
        elif keys:
            key = r.next(keys)
            out = f"{debug(held(kept, key))} {shown(key in kept)}" if k == 7 else debug(taken(kept, key))
        made.append(f"{i} {k} {len(d)} {len(kept)} {out}")


def _order(x: float) -> tuple[bool, float, float]:
    return (True, 0.0, 0.0) if math.isnan(x) else (False, x, math.copysign(1, x))


def sort_run(made: list[str], seed: int, rounds: int) -> None:
    r = Draws(seed)
    for _ in range(rounds):
        n = r.next(40)
        v, f = [], []
        for _ in range(n):
            v.append(r.next(30) - 15)
            f.append((r.next(40) - 20) / 4)
        if n % 3 == 0:
            f += [math.nan, math.inf, -math.inf, -0.0, 0.0]
        made.append(f"{debug(sorted(v))} {debug(v[::-1])} {debug(sorted(v))}")
        made.append(f"{debug(sorted(f, key=_order))} {len(f)}")
        ends = ((min(v),) if v else None, (max(v),) if v else None, (v.index(3),) if 3 in v else None, at(v, 0), at(v, n - 1))
        made.append(" ".join(map(debug, ends)))
        made.append(f"{debug([x * x for x in v if x % 2 == 0])} {debug(v[: n // 2])} {debug(v[n // 2 :])} 0 {n} 0")
        first = at([x for x in v if x > 5], 0)
        tests = f"{shown(any(x > 10 for x in v))} {shown(all(x > -20 for x in v))}"
        made.append(f"{sum(v)} {n} {tests} {debug(first)} {debug(list(enumerate(v[2:5])))}")
        made.append(f"{debug(at(v, 1))} {n} {functools.reduce(lambda t, x: t * 2 + x, v, 0)} None")


def program(seed: int, count: int) -> Program:
    """A walk of so many steps through each kind."""
    made = Program([Path(__file__).with_suffix(".hew").read_text(encoding="utf-8")])
    lines: list[str] = []
    vec_run(lines, seed, count)
    made.call(f"vec_run({seed}, {count});", *lines)
    for keys in (12, 200):
        lines = []
        map_run(lines, seed + keys, count, keys)
        made.call(f"map_run({seed + keys}, {count}, {keys});", *lines)
    lines = []
    deque_run(lines, seed, count)
    made.call(f"deque_run({seed}, {count});", *lines)
    lines = []
    sort_run(lines, seed, count // 20)
    made.call(f"sort_run({seed}, {count // 20});", *lines)
    return made
