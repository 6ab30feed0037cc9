"""Random expressions of a wanted type.

In: a writer and a type.  Out: the expression in both languages.
Assumed: strings are kept short by `clip`, numbers by `%`, so that nothing overflows or grows without end.
"""

from __future__ import annotations

from tests.typed.model import BOOL, INT, SET, STR, Ty, Var
from tests.typed.writer import BUDGET, Fn, Text, Writer

KEYS = ("k0", "k1", "k2", "k3")


def expression(w: Writer, ty: Ty, depth: int = 0) -> Text:
    """A value that the taker may keep."""
    match ty.kind:
        case "int":
            return number(w, depth)
        case "bool":
            return condition(w, depth)
        case "str":
            return text(w, depth)
        case _:
            return owned(w, ty, depth)


def number(w: Writer, depth: int = 0) -> Text:
    found = w.of_type(INT)
    roll = w.rng.randrange(8)
    if roll < 2 and found:
        name = w.rng.choice(found).name
        return name, name
    if roll == 2:
        holders = w.of("vec", "map", "set", "str")
        if holders:
            name = w.rng.choice(holders).name
            return f"{name}.len()", f"len({name})"
    if roll == 3 and depth < 2:
        (a, b), (c, d) = number(w, depth + 1), number(w, depth + 1)
        op = w.rng.choice("+*")
        return f"({a} {op} {c}) % 1000", f"({b} {op} {d}) % 1000"
    if roll == 4 and depth < 2:
        called = call(w, INT, depth)
        if called is not None:
            return called
    fresh = str(w.rng.randrange(10))
    return fresh, fresh


def condition(w: Writer, depth: int = 0) -> Text:
    found = w.of_type(BOOL)
    if found and w.has(20):
        name = w.rng.choice(found).name
        return name, name
    (a, b), (c, d) = number(w, depth + 1), number(w, depth + 1)
    op = w.rng.choice(("<", ">", "==", "!=", "<="))
    return f"{a} {op} {c}", f"{b} {op} {d}"


def simple(w: Writer) -> Text:
    """A name or a literal, for holes."""
    found = [v for v in w.scope if v.ty in (STR, INT)]
    if found and w.has(75):
        name = w.rng.choice(found).name
        return name, name
    fresh = str(w.rng.randrange(100))
    return fresh, fresh


def text(w: Writer, depth: int = 0) -> Text:
    found = w.of_type(STR)
    roll = w.rng.randrange(10)
    if roll < 3 and found:
        name = w.rng.choice(found).name
        return name, name
    if roll < 4:
        word = w.rng.choice(("lit", "literal", ""))
        return f'"{word}"', f'"{word}"'
    if roll < 6 and depth < 3:
        (a, b), (c, d) = text(w, depth + 1), text(w, depth + 1)
        return f"clip({a} + {c})", f"clip({b} + {d})"
    if roll == 6 and depth < 3:
        a, b = text(w, depth + 1)
        method = w.rng.choice(("to_upper", "trim", "to_lower"))
        python = {"to_upper": "upper", "trim": "strip", "to_lower": "lower"}[method]
        return f"({a}).{method}()", f"({b}).{python}()"
    if roll == 7 and depth < 2:
        called = call(w, STR, depth)
        if called is not None:
            return called
    if roll == 8:
        holders = [v for v in w.of("vec") if v.ty.parts[0] == STR]
        if holders:
            name, at = w.rng.choice(holders).name, w.rng.randrange(3)
            w.used.add(name)
            return f'{name}.get({at}).unwrap_or("none")', f'({name}[{at}] if {at} < len({name}) else "none")'
    holes = [simple(w) for _ in range(w.rng.randrange(1, 4))]
    joined = "-".join("{" + hew + "}" for hew, _ in holes), "-".join("{" + py + "}" for _, py in holes)
    return f'clip(f"s{joined[0]}")', f'clip(f"s{joined[1]}")'


def owned(w: Writer, ty: Ty, depth: int) -> Text:
    """A value that owns something: made, cloned, moved, returned, read out or chosen."""
    roll = w.rng.randrange(12)
    found = w.of_type(ty)
    if roll < 3 and found:
        var = w.rng.choice(found)
        w.used.add(var.name)
        if w.may_move(var) and w.has(60):
            name = w.take(var)
            return name, name
        return f"clone {var.name}", f"copy({var.name})"
    if roll == 3 and depth < 3:
        called = call(w, ty, depth)
        if called is not None:
            return called
    if roll == 4 and depth < 2:
        (a, b), (c, d), (e, f) = condition(w, 2), owned(w, ty, depth + 1), owned(w, ty, depth + 1)
        return f"if {a} {{ {c} }} else {{ {e} }}", f"({d} if {b} else {f})"
    if roll == 5:
        fields = [(v, name) for v in w.of("rec") for name, part in zip(v.ty.names, v.ty.parts, strict=True) if part == ty]
        if fields:
            record, name = w.rng.choice(fields)
            w.used.add(record.name)
            return f"clone {record.name}.{name}", f"copy({record.name}.{name})"
    if roll == 6 and ty.kind == "opt":
        read = read_out(w, ty)
        if read is not None:
            return read
    return made(w, ty, depth)


def read_out(w: Writer, ty: Ty) -> Text | None:
    """What a collection gives at an index or a key."""
    found = [v for v in w.of("vec", "map") if v.ty.parts[0] == ty.parts[0]]
    if not found:
        return None
    var = w.rng.choice(found)
    w.used.add(var.name)
    if var.ty.kind == "vec":
        at = w.rng.randrange(3)
        return f"{var.name}.get({at})", f'((V("Some"), copy({var.name}[{at}])) if {at} < len({var.name}) else (V("None"),))'
    key = w.rng.choice(KEYS)
    return f'{var.name}.get("{key}")', f'((V("Some"), copy({var.name}["{key}"])) if "{key}" in {var.name} else (V("None"),))'


def made(w: Writer, ty: Ty, depth: int) -> Text:
    """A new value, from its parts."""
    def part(inner: Ty) -> Text:
        return expression(w, inner, depth + 1)

    match ty.kind:
        case "vec":
            items = [part(ty.parts[0]) for _ in range(w.rng.randrange(0, 4 if depth < 3 else 2))]
            return "Vec.new()" if not items else _listed(items, "[{}]")[0], _listed(items, "[{}]")[1]
        case "map":
            return "HashMap.new()", "{}"
        case "set":
            return "HashSet.new()", "Set()"
        case "opt":
            return ("None", '(V("None"),)') if w.has(30) else _variant("Some", "Some", [part(ty.parts[0])])
        case "res":
            good = w.has(60)
            return _variant("Ok", "Ok", [part(ty.parts[0])]) if good else _variant("Err", "Err", [part(STR)])
        case "tup":
            return _listed([part(inner) for inner in ty.parts], "({})")
        case "rec":
            values = [part(inner) for inner in ty.parts]
            hew = ", ".join(f"{name}: {value[0]}" for name, value in zip(ty.names, values, strict=True))
            python = ", ".join(f"{name}={value[1]}" for name, value in zip(ty.names, values, strict=True))
            return f"{ty.hew} {{ {hew} }}", f'Rec("{ty.hew}", {python})'
        case "enum":
            at = w.rng.randrange(len(ty.names))
            return _variant(ty.names[at], f"{ty.hew}.{ty.names[at]}", [part(inner) for inner in ty.payloads[at]])
        case _:
            return listed_links(w, depth)


def listed_links(w: Writer, depth: int) -> Text:
    """A linked list of a few strings."""
    hew, python = "List.End", "END"
    for _ in range(w.rng.randrange(0, 4)):
        a, b = text(w, depth + 1)
        hew, python = f"link({a}, {hew})", f"link({b}, {python})"
    return hew, python


def _listed(items: list[Text], form: str) -> Text:
    return form.format(", ".join(hew for hew, _ in items)), form.format(", ".join(py for _, py in items))


def _variant(name: str, path: str, items: list[Text]) -> Text:
    hew = f"{path}({', '.join(hew for hew, _ in items)})" if items else path
    return hew, f'(V("{name}"), {"".join(py + ", " for _, py in items)})'


def call(w: Writer, ty: Ty, depth: int) -> Text | None:
    """A call of a function with this result, as long as there is work to spend."""
    found = [fn for fn in w.functions if fn.result == ty and w.cost + fn.cost * w.times < BUDGET]
    return call_of(w, w.rng.choice(found), depth) if found else None


def call_of(w: Writer, fn: Fn, depth: int) -> Text:
    w.cost += fn.cost * w.times
    arguments = [argument(w, ty, depth) for ty in fn.params]
    return f"{fn.name}({', '.join(a for a, _ in arguments)})", f"{fn.name}({', '.join(b for _, b in arguments)})"


def argument(w: Writer, ty: Ty, depth: int) -> Text:
    """A variable, lent, or a value made for the call."""
    found = [v for v in w.of_type(ty) if v.can_change or ty.is_plain]
    if found and w.has(65):
        var = w.rng.choice(found)
        if not ty.is_plain:
            w.used.add(var.name)
        return var.name, var.name
    return expression(w, ty, depth + 1)


def parameter(name: str, ty: Ty) -> Var:
    """A parameter: the caller's, so it is not moved; enums and tuples are only read."""
    return Var(name, ty, False, 0, can_move=False, can_change=ty.kind in ("vec", "map", "set", "rec"))


ATOMS = (INT, STR, STR, BOOL)
CONTAINERS = (SET,)
