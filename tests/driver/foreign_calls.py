"""Random functions in C and in Hew that call each other with known values, to compare what arrives.

In: a seed and a count.  Out: a C file, a Hew program, and the lines that both print together.
Assumed: the C compiler is the judge of how values travel.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

SCALARS = {
    "i8": "int8_t", "u8": "uint8_t", "i16": "int16_t", "u16": "uint16_t", "i32": "int32_t", "u32": "uint32_t",
    "i64": "int64_t", "u64": "uint64_t", "f32": "float", "f64": "double", "bool": "bool", "string": "const char *",
}  # fmt: skip
RANGES = {"i8": 7, "u8": 8, "i16": 15, "u16": 16, "i32": 31, "u32": 32, "i64": 62, "u64": 62}


@dataclass(frozen=True)
class Record:
    """A record of scalars and records."""

    name: str
    fields: tuple[str | Record, ...]


Type = str | Record


def c_type(ty: Type) -> str:
    return SCALARS[ty] if isinstance(ty, str) else f"struct {ty.name}"


def hew_type(ty: Type) -> str:
    return ty if isinstance(ty, str) else ty.name


class Maker:
    """One pair of programs."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.records: list[Record] = []

    def record(self) -> Record:
        """A new record, sometimes with one inside."""
        fields = [self.type(may_be_record=len(self.records) > 2) for _ in range(self.rng.randrange(1, 6))]
        made = Record(f"R{len(self.records)}", tuple(fields))
        self.records.append(made)
        return made

    def type(self, may_be_record: bool = True) -> Type:
        if may_be_record and self.rng.random() < 0.4:
            return self.rng.choice(self.records)
        return self.rng.choice(list(SCALARS))

    def value(self, ty: Type) -> object:
        """Scalars as themselves, records as lists."""
        if isinstance(ty, Record):
            return [self.value(field) for field in ty.fields]
        if ty == "bool":
            return self.rng.random() < 0.5
        if ty == "string":
            return "".join(self.rng.choice("abcxyz") for _ in range(self.rng.randrange(5)))
        if ty in ("f32", "f64"):
            return self.rng.randrange(-1000, 1000) / 4 + 0.25 * (self.rng.randrange(2))
        number = self.rng.randrange(1 << RANGES[ty])
        return -number if ty[0] == "i" and self.rng.random() < 0.5 else number


def c_value(ty: Type, value: object) -> str:
    if isinstance(ty, Record):
        assert isinstance(value, list)
        return f"(struct {ty.name}){{{', '.join(c_value(f, v) for f, v in zip(ty.fields, value))}}}"
    if ty == "string":
        return f'"{value}"'
    if ty == "bool":
        return "true" if value else "false"
    return f"({SCALARS[ty]}){value}{'' if ty in ('f32', 'f64') else 'LL'}"


def hew_value(ty: Type, value: object) -> str:
    if isinstance(ty, Record):
        assert isinstance(value, list)
        inner = ", ".join(f"f{at}: {hew_value(f, v)}" for at, (f, v) in enumerate(zip(ty.fields, value)))
        return f"{ty.name} {{ {inner} }}"
    if ty == "string":
        return f'"{value}"'
    return str(value).lower() if ty == "bool" else str(value)


def leaves(ty: Type, path: str) -> list[tuple[str, str]]:
    """The scalars below a value, each with the way to it."""
    if isinstance(ty, str):
        return [(ty, path)]
    return [leaf for at, field in enumerate(ty.fields) for leaf in leaves(field, f"{path}.f{at}")]


def shown(ty: Type, value: object) -> list[str]:
    """What both languages print for a value."""
    if isinstance(ty, Record):
        assert isinstance(value, list)
        return [text for f, v in zip(ty.fields, value) for text in shown(f, v)]
    if ty in ("f32", "f64"):
        assert isinstance(value, float)
        return [str(int(value * 4))]
    return [str(int(value)) if isinstance(value, bool) else str(value)]


def c_shown(leaf: tuple[str, str]) -> str:
    """A statement that prints one scalar."""
    ty, path = leaf
    if ty == "string":
        return f'printf(" %s", {path});'
    if ty == "u64":
        return f'printf(" %llu", (unsigned long long){path});'
    return f'printf(" %lld", (long long)({path}{" * 4" if ty in ("f32", "f64") else ""}));'


def hew_shown(leaf: tuple[str, str]) -> str:
    """An expression that is the same text."""
    ty, path = leaf
    if ty == "string":
        return path
    if ty == "bool":
        return f"if {path} {{ 1 }} else {{ 0 }}"
    return f"({path} * 4.0) as i64" if ty in ("f32", "f64") else path


def programs(seed: int, count: int) -> tuple[str, str, str]:
    """The C file, the Hew program, what they print."""
    make = Maker(seed)
    for _ in range(8):
        make.record()
    c = ["#include <stdbool.h>", "#include <stdint.h>", "#include <stdio.h>", "#include <stdlib.h>", "#include <string.h>"]
    hew: list[str] = []
    for record in make.records:
        fields = "".join(f" {c_type(field)} f{at};" for at, field in enumerate(record.fields))
        c.append(f"struct {record.name} {{{fields} }};")
        inner = "".join(f" f{at}: {hew_type(field)};" for at, field in enumerate(record.fields))
        hew.append(f"#[repr(C)]\ntype {record.name} {{{inner} }}")
    c.append('void say(const char *text) { printf("%s\\n", text); fflush(stdout); }')
    foreign = ["    fn say(text: string);"]
    ours: list[str] = []
    main: list[str] = []
    drive: list[str] = []
    expected: list[str] = []
    for number in range(count):
        inputs = [make.type() for _ in range(make.rng.randrange(12))]
        values = [make.value(ty) for ty in inputs]
        result = make.type()
        while any(ty == "string" for ty, _ in leaves(result, "")):
            result = make.type()
        answer = make.value(result)
        c_inputs = ", ".join(f"{c_type(ty)} a{at}" for at, ty in enumerate(inputs)) or "void"
        hew_inputs = ", ".join(f"a{at}: {hew_type(ty)}" for at, ty in enumerate(inputs))
        below = [leaf for at, ty in enumerate(inputs) for leaf in leaves(ty, f"a{at}")]
        line = " ".join([f"f{number}", *(text for ty, value in zip(inputs, values) for text in shown(ty, value))])
        back = " ".join([f"r{number}", *shown(result, answer)])
        c.append(f"{c_type(result)} c{number}({c_inputs}) {{")
        c.append(f'    printf("f{number}"); {" ".join(map(c_shown, below))} printf("\\n"); fflush(stdout);')
        c.append(f"    return {c_value(result, answer)};\n}}")
        c.append(f"{c_type(result)} h{number}({c_inputs});")
        foreign.append(f"    fn c{number}({hew_inputs}) -> {hew_type(result)};")
        holes = "".join(f" {{{hew_shown(leaf)}}}" for leaf in below)
        ours.append(f"#[export]\nfn h{number}({hew_inputs}) -> {hew_type(result)} {{")
        ours.append(f'    unsafe {{ say(f"f{number}{holes}"); }}\n    {hew_value(result, answer)}\n}}')
        given = ", ".join(hew_value(ty, value) for ty, value in zip(inputs, values))
        main.append(f"        let r{number} = c{number}({given});")
        main.append(f'        say(f"r{number}{"".join(f" {{{hew_shown(leaf)}}}" for leaf in leaves(result, f"r{number}"))}");')
        c_given = ", ".join(c_value(ty, value) for ty, value in zip(inputs, values))
        drive.append(f"    {c_type(result)} r{number} = h{number}({c_given});")
        drive.append(f'    printf("r{number}"); {" ".join(c_shown(leaf) for leaf in leaves(result, f"r{number}"))} printf("\\n"); fflush(stdout);')
        expected += [line, back]
    c.append("void drive(void) {\n" + "\n".join(drive) + "\n}")
    hew.append('extern "C" {\n    fn drive();\n' + "\n".join(foreign) + "\n}")
    hew += ours
    hew.append("fn main() {\n    unsafe {\n" + "\n".join(main) + "\n        drive();\n    }\n}")
    return "\n".join(c) + "\n", "\n".join(hew) + "\n", "\n".join(expected * 2) + "\n"
