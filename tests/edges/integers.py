"""Every operation of every integer type on limits, their neighbours and random numbers, traps included.

In: a seed, how many calls of each operation.  Out: a program.
Assumed: what traps does so in an actor of its own, whose asker hears of it.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.edges.program import Program, option, shown

TYPES = {
    "i8": (8, True), "i16": (16, True), "i32": (32, True), "i64": (64, True), "isize": (64, True),
    "u8": (8, False), "u16": (16, False), "u32": (32, False), "u64": (64, False), "usize": (64, False),
}  # fmt: skip

Rule = Callable[[int, int, str], object]


class Trap(Exception):
    """What the operation ends with."""


def limits(ty: str) -> tuple[int, int]:
    bits, signed = TYPES[ty]
    return (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)


def fits(value: int, ty: str) -> bool:
    low, high = limits(ty)
    return low <= value <= high


def wrapped(value: int, ty: str) -> int:
    bits = TYPES[ty][0]
    value &= (1 << bits) - 1
    return value if fits(value, ty) else value - (1 << bits)


def clamped(value: int, ty: str) -> int:
    low, high = limits(ty)
    return min(max(value, low), high)


def checked(value: int, ty: str) -> int:
    if not fits(value, ty):
        raise Trap
    return value


def tried(value: int, ty: str) -> str:
    return option(value if fits(value, ty) else None)


def divided(a: int, b: int, ty: str) -> int:
    if b == 0:
        raise Trap
    size = abs(a) // abs(b)
    return checked(-size if (a < 0) != (b < 0) else size, ty)


def rest(a: int, b: int, ty: str) -> int:
    divided(a, b, ty)
    size = abs(a) % abs(b)
    return -size if a < 0 else size


def shifted(a: int, b: int, ty: str, is_left: bool) -> int:
    if not 0 <= b < TYPES[ty][0]:
        raise Trap
    return wrapped(a << b, ty) if is_left else a >> b


def _compared(a: int, b: int, ty: str) -> str:
    return " ".join(map(shown, (a < b, a <= b, a > b, a >= b, a == b, a != b)))


def _both(a: int, b: int, ty: str) -> int:
    return checked(a + b, ty) - b


NUMBERS: dict[str, tuple[str, Rule]] = {
    "add": ("a + b", lambda a, b, ty: checked(a + b, ty)),
    "sub": ("a - b", lambda a, b, ty: checked(a - b, ty)),
    "mul": ("a * b", lambda a, b, ty: checked(a * b, ty)),
    "div": ("a / b", divided),
    "rem": ("a % b", rest),
    "shl": ("a << b", lambda a, b, ty: shifted(a, b, ty, True)),
    "shr": ("a >> b", lambda a, b, ty: shifted(a, b, ty, False)),
    "and": ("a & b", lambda a, b, ty: a & b),
    "or": ("a | b", lambda a, b, ty: a | b),
    "xor": ("a ^ b", lambda a, b, ty: a ^ b),
    "inverted": ("~a", lambda a, b, ty: wrapped(~a, ty)),
    "wrap_add": ("a &+ b", lambda a, b, ty: wrapped(a + b, ty)),
    "wrap_sub": ("a &- b", lambda a, b, ty: wrapped(a - b, ty)),
    "wrap_mul": ("a &* b", lambda a, b, ty: wrapped(a * b, ty)),
    "wrapping": ("a.wrapping_add(b).wrapping_mul(b).wrapping_sub(a)", lambda a, b, ty: wrapped((a + b) * b - a, ty)),
    "clamp_add": ("a.saturating_add(b)", lambda a, b, ty: clamped(a + b, ty)),
    "clamp_sub": ("a.saturating_sub(b)", lambda a, b, ty: clamped(a - b, ty)),
    "clamp_mul": ("a.saturating_mul(b)", lambda a, b, ty: clamped(a * b, ty)),
    "smaller": ("min(a, b)", lambda a, b, ty: min(a, b)),
    "larger": ("max(a, b)", lambda a, b, ty: max(a, b)),
    "assign": ("{ var x = a; x += b; x -= b; x }", _both),
}
SIGNED: dict[str, tuple[str, Rule]] = {
    "negated": ("-a", lambda a, b, ty: checked(-a, ty)),
    "size": ("a.abs()", lambda a, b, ty: checked(abs(a), ty)),
}
TEXTS: dict[str, tuple[str, Rule]] = {
    "try_add": ('f"{a.checked_add(b):?}"', lambda a, b, ty: tried(a + b, ty)),
    "try_sub": ('f"{a.checked_sub(b):?}"', lambda a, b, ty: tried(a - b, ty)),
    "try_mul": ('f"{a.checked_mul(b):?}"', lambda a, b, ty: tried(a * b, ty)),
    "compare": ('f"{a < b} {a <= b} {a > b} {a >= b} {a == b} {a != b}"', _compared),
    "show": ('f"{a} {a:?} {a.to_string()}"', lambda a, b, ty: f"{a} {a} {a}"),
}


def _conversion(to: str) -> tuple[str, Rule]:
    calls = f"{{a as {to}}} {{a.try_to_{to}():?}} {{a.wrapping_as_{to}()}} {{a.saturating_as_{to}()}}"
    return f'f"{calls}"', lambda a, b, ty: f"{wrapped(a, to)} {tried(a, to)} {wrapped(a, to)} {clamped(a, to)}"


def _operations(ty: str) -> list[tuple[str, str, Rule, str]]:
    """Name, expression, rule and result type of each."""
    numbers = {**NUMBERS, **(SIGNED if TYPES[ty][1] else {})}
    texts = {**TEXTS, **{f"to_{to}": _conversion(to) for to in TYPES}}
    made = [(name, text, rule, ty) for name, (text, rule) in numbers.items()]
    return made + [(name, text, rule, "string") for name, (text, rule) in texts.items()]


def _define(made: Program, ty: str) -> None:
    """The operations as functions, and an actor that calls the one that is asked for."""
    arms = []
    for at, (name, text, _, result) in enumerate(_operations(ty)):
        made.head.append(f"fn {name}_{ty}(a: {ty}, b: {ty}) -> {result} {{ {text} }}")
        arms.append(f"            {at} => {name}_{ty}(a, b){'' if result == 'string' else '.to_string()'},")
    body = "\n".join([*arms, '            _ => "?",'])
    made.head.append(
        f"actor Worker_{ty} {{\n    receive fn run(k: i64, a: {ty}, b: {ty}) -> string {{\n        match k {{\n{body}\n        }}\n    }}\n}}\n"
        f"fn tell_{ty}(k: i64, a: {ty}, b: {ty}) {{\n    let worker = spawn Worker_{ty}();\n"
        f'    match await worker.run(k, a, b) {{ Ok(text) => println(f"{ty} {{k}} {{a}} {{b}}: {{text}}"), '
        f'Err(_) => println(f"{ty} {{k}} {{a}} {{b}}: trap") }}\n}}'
    )


def _some(rng: random.Random, ty: str) -> int:
    low, high = limits(ty)
    bits = TYPES[ty][0]
    special = (low, low + 1, high, high - 1, 0, 1, 2, 7, bits - 1, bits, bits + 1, -1, -2, low // 2, high // 2, high // 2 + 1, (1 << 53) + 1)
    chance = rng.random()
    if chance < 0.6:
        return clamped(rng.choice(special), ty)
    return clamped(rng.randrange(-300, 300), ty) if chance < 0.8 else rng.randrange(low, high + 1)


def program(seed: int, count: int, types: tuple[str, ...] = tuple(TYPES)) -> Program:
    """So many calls of each operation of each type."""
    rng = random.Random(seed)
    made = Program(crashes=True)
    for ty in types:
        _define(made, ty)
        for at, (name, _, rule, _) in enumerate(_operations(ty)):
            for _ in range(count):
                a, b = _some(rng, ty), _some(rng, ty)
                if name in ("shl", "shr") and rng.random() < 0.7:
                    b = clamped(rng.randrange(-2, TYPES[ty][0] + 2), ty)
                try:
                    answer = str(rule(a, b, ty))
                except Trap:
                    answer = "trap"
                made.call(f"tell_{ty}({at}, {a}, {b});", f"{ty} {at} {a} {b}: {answer}")
    return made
