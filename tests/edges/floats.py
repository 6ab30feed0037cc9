"""Floats at their edges: shown, converted, computed with, compared, as keys.

In: a seed, a count.  Out: a program.
Assumed: six digits are shown, which every library of C agrees on.
"""

from __future__ import annotations

import math
import random
import struct
from collections.abc import Callable

from tests.edges.integers import TYPES, limits
from tests.edges.program import Program, option, shown

SPECIAL = (
    0.0, -0.0, 1.0, -1.0, 0.5, 1.5, 2.5, -2.5, 0.49999999999999994, 4503599627370497.5, math.inf, -math.inf, math.nan, 5e-324,
    2.2250738585072014e-308, 1.7976931348623157e308, 127.0, 128.0, 127.9, -128.9, -129.0, 255.9, 256.0, -0.9, 32767.5, 65536.0,
    2147483648.0, -2147483649.0, 4294967296.0, 2.0**63, -(2.0**63), 2.0**63 - 1024, 2.0**64, 2.0**64 - 2048, 1e300, 16777217.0,
    0.1, 1 / 3, 1e6, 999999.5, 999999.4999, 123456.5, 1e-4, 9.99999e-5, 1e21, 3.4028235677973366e38, 7e-46,
)  # fmt: skip
HEAD = """import std.math;
fn inf() -> f64 { let z = 0.0; 1.0 / z }
fn nan() -> f64 { inf() - inf() }
fn g(x: f64) -> string { if x != x { "nan" } else { f"{x}" } }
fn two(a: f64, b: f64) {
    println(f"{g(a + b)} {g(a - b)} {g(a * b)} {g(a / b)} {g(a % b)} {g(math.pow(a, b))} {g(math.hypot(a, b))}");
    println(f"{a < b} {a <= b} {a > b} {a >= b} {a == b} {a != b}");
    let keys: HashMap<f64, i64> = HashMap.new();
    keys.insert(a, 1);
    keys.insert(b, 2);
    println(f"{[a].contains(b)} {keys.len()} {keys.get(a):?} {(a, 1) == (b, 1)}");
}"""


def bits(x: float) -> bytes:
    return struct.pack("d", x)


def narrow(x: float) -> float:
    try:
        return float(struct.unpack("f", struct.pack("f", x))[0])
    except OverflowError:
        return math.copysign(math.inf, x)


def g(x: float) -> str:
    return "nan" if math.isnan(x) else f"{x:g}"


def cast(x: float, ty: str) -> int:
    low, high = limits(ty)
    if math.isnan(x):
        return 0
    return (high if x > 0 else low) if math.isinf(x) else max(low, min(high, int(x)))


def tried(x: float, ty: str) -> str:
    low, high = limits(ty)
    return option(int(x) if math.isfinite(x) and x == int(x) and low <= int(x) <= high else None)


def rounded(x: float) -> float:
    """Halves go away from zero."""
    if not math.isfinite(x):
        return x
    whole = math.trunc(x)
    return math.copysign(float(abs(whole)) + (abs(x - whole) >= 0.5), x)


def _whole(f: Callable[[float], int]) -> Callable[[float], float]:
    return lambda x: math.copysign(float(f(x)), x) if math.isfinite(x) else x


def _or_nan(f: Callable[[float], float]) -> Callable[[float], float]:
    def call(x: float) -> float:
        try:
            return f(x)
        except ValueError:
            return -math.inf if x == 0 else math.nan
        except OverflowError:
            return math.inf

    return call


FUNCTIONS = {
    "sqrt": _or_nan(math.sqrt), "floor": _whole(math.floor), "ceil": _whole(math.ceil), "trunc": _whole(math.trunc),
    "round": rounded, "exp": _or_nan(math.exp), "log": _or_nan(math.log), "log2": _or_nan(math.log2),
    "log10": _or_nan(math.log10),
}  # fmt: skip


def _quotient(a: float, b: float) -> float:
    if b != 0:
        return a / b
    return math.nan if a == 0 or math.isnan(a) else math.copysign(math.inf, a) * math.copysign(1, b)


def _rest(a: float, b: float) -> float:
    return math.nan if math.isinf(a) or b == 0 else math.fmod(a, b)


def _power(a: float, b: float) -> float:
    is_odd = math.isfinite(b) and b == int(b) and int(b) % 2 == 1
    try:
        return math.pow(a, b)
    except OverflowError:
        return -math.inf if a < 0 and is_odd else math.inf
    except ValueError:
        return math.nan if a != 0 else math.copysign(math.inf, a) if is_odd else math.inf


def _some(rng: random.Random) -> float:
    chance = rng.random()
    if chance < 0.5:
        return rng.choice(SPECIAL)
    if chance < 0.7:
        found = float(struct.unpack("d", rng.randbytes(8))[0])
        return math.nan if math.isnan(found) else found
    return rng.uniform(-1000, 1000) if chance < 0.85 else rng.randrange(-4000, 4000) / 4


def _literal(x: float) -> str:
    if math.isnan(x):
        return "nan()"
    return repr(x) if math.isfinite(x) else "inf()" if x > 0 else "-inf()"


def program(seed: int, count: int) -> Program:
    """So many floats alone, and so many pairs."""
    rng = random.Random(seed)
    made = Program([HEAD])
    casts = " ".join(f"{{x as {ty}}} {{x.try_to_{ty}():?}}" for ty in TYPES)
    calls = " ".join(f"{{g(math.{name}(x))}}" for name in FUNCTIONS)
    made.head.append(
        f'fn one(x: f64) {{\n    println(f"{{g(x)}} {{g(-x)}} {{g(x as f32 as f64)}}");\n    println(f"{casts}");\n    println(f"{calls}");\n}}'
    )
    for at in range(count):
        x = SPECIAL[at] if at < len(SPECIAL) else _some(rng)
        made.call(
            f"one({_literal(x)});",
            f"{g(x)} {g(-x)} {g(narrow(x))}",
            " ".join(f"{cast(x, ty)} {tried(x, ty)}" for ty in TYPES),
            " ".join(g(f(x)) for f in FUNCTIONS.values()),
        )
    for _ in range(count):
        a = _some(rng)
        b = a if rng.random() < 0.2 else _some(rng)
        is_same = bits(a) == bits(b)
        made.call(
            f"two({_literal(a)}, {_literal(b)});",
            " ".join(map(g, (a + b, a - b, a * b, _quotient(a, b), _rest(a, b), _power(a, b), math.hypot(a, b)))),
            " ".join(map(shown, (a < b, a <= b, a > b, a >= b, a == b, a != b))),
            f"{shown(a == b)} {1 if is_same else 2} {option(2 if is_same else 1)} {shown(is_same)}",
        )
    return made
