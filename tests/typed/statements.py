"""Statements over values: bindings, changes, branches, loops, matches, early exits.

In: a writer.  Out: nodes added to it.
Assumed: `body` is called again for what stands inside, until the nesting is deep enough or the work is spent.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.typed.model import INT, STR, Node, Ty, Var
from tests.typed.values import KEYS, argument, call_of, condition, expression, number, text
from tests.typed.writer import BUDGET, Writer

Body = Callable[[Writer, int], None]


def bind(w: Writer, body: Body) -> None:
    ty = w.rng.choice(w.types)
    w.declare(ty, expression(w, ty))


def overwrite(w: Writer, body: Body) -> None:
    """`x = ..x..`: the old value dies or is part of the new one."""
    found = [v for v in w.scope if v.is_var and v.can_change]
    if not found:
        return bind(w, body)
    var = w.rng.choice(found)
    if var.depth != w.loops and not var.ty.is_plain:
        # In a loop it must not be moved away, so the new value is made of others.
        w.used.add(var.name)
    hew, py = expression(w, var.ty)
    w.add(f"{var.name} = {hew};", f"{var.name} = {py}")
    if var not in w.scope:
        w.scope.append(var)


def change_field(w: Writer, body: Body) -> None:
    found = [v for v in w.of("rec") if v.is_var and v.can_move]
    if not found:
        return bind(w, body)
    var = w.rng.choice(found)
    w.used.add(var.name)
    at = w.rng.randrange(len(var.ty.names))
    path, ty = f"{var.name}.{var.ty.names[at]}", var.ty.parts[at]
    if ty.kind == "rec" and w.has(70):
        inner = w.rng.randrange(len(ty.names))
        path, ty = f"{path}.{ty.names[inner]}", ty.parts[inner]
    hew, py = expression(w, ty)
    w.add(f"{path} = {hew};", f"{path} = {py}")


def change_vec(w: Writer, body: Body) -> None:
    """Every way of changing a Vec; the elements are strings, records, enums, Vecs.."""
    found = w.of("vec", changeable=True)
    if not found:
        return bind(w, body)
    var = w.rng.choice(found)
    name, inner = var.name, var.ty.parts[0]
    w.used.add(name)
    roll = w.rng.randrange(9)
    if roll < 3:
        hew, py = expression(w, inner)
        w.add(f"if {name}.len() < 8 {{ {name}.push({hew}); }}", f"if len({name}) < 8: {name}.append(copy({py}))")
    elif roll == 3:
        hew, py = expression(w, inner)
        w.add(f"if {name}.len() > 0 {{ {name}.set(0, {hew}); }}", f"if len({name}) > 0: {name}[0] = copy({py})")
    elif roll == 4:
        with w.block(f"if {name}.len() > 1", f"if len({name}) > 1:"):
            shown_value(w, f"{name}.remove(1)", f"{name}.pop(1)")
    elif roll == 5:
        with w.block(f"if !{name}.is_empty()", f"if {name}:"):
            w.declare(inner, (f"{name}.pop()", f"{name}.pop()"))
            body(w, 2)
    elif roll == 6:
        w.add(f"{name}.clear();", f"{name}.clear()")
    elif roll == 7:
        shown_value(w, f"{name}[0..{name}.len() / 2]", f"{name}[0:len({name}) // 2]")
    else:
        w.add(f"if {name}.len() > 0 {{ let _ = {name}[0]; }}", "pass")


def change_map(w: Writer, body: Body) -> None:
    found = w.of("map", "set", changeable=True)
    if not found:
        return bind(w, body)
    var = w.rng.choice(found)
    name = var.name
    w.used.add(name)
    key = w.rng.choice(KEYS)
    made = f'"{key}"' if w.has(30) else f'("{key}" + "")'
    if var.ty.kind == "set":
        roll = w.rng.randrange(3)
        if roll == 0:
            hew, py = number(w)
            w.add(f'{name}.insert(f"k{{{hew}}}");', f'{name}.setdefault("k" + str({py}))')
        elif roll == 1:
            shown_value(w, f"{name}.remove({made})", f'{name}.pop("{key}", 0) is None')
        else:
            shown_value(w, f"{name}.contains({made})", f'"{key}" in {name}')
        return
    roll = w.rng.randrange(5)
    if roll < 2:
        hew, py = expression(w, var.ty.parts[0])
        # A text that has a name would be moved into the map.
        hew = f'({hew} + "")' if var.ty.parts[0] == STR else hew
        w.add(f"{name}.insert({made}, {hew});", f'{name}["{key}"] = {py}')
    elif roll == 2:
        shown_value(w, f"{name}.remove({made})", _taken(name, key))
    elif roll == 3:
        shown_value(w, f"{name}.contains_key({made})", f'"{key}" in {name}')
    else:
        shown_value(w, f"{name}.keys()", f"list({name})")


def _taken(name: str, key: str) -> str:
    return f'((V("Some"), {name}.pop("{key}")) if "{key}" in {name} else (V("None"),))'


def shown_value(w: Writer, hew: str, py: str) -> None:
    """Prints the value of an expression, which is a temporary."""
    w.add(f'println(f"{{{hew}:?}}");', f"say(shown({py}))")


def show(w: Writer, body: Body) -> None:
    found = [v for v in w.scope if v.ty.kind not in ("fn", "rc", "door", "pid")]
    if found:
        name = w.rng.choice(found).name
        shown_value(w, name, name)


def compare(w: Writer, body: Body) -> None:
    """Two temporaries of one type, compared."""
    types = [ty for ty in w.types if not ty.has_map and ty.kind != "list"]
    ty = w.rng.choice(types)
    one = w.declare(ty, expression(w, ty), False)
    w.used.add(one.name)
    other = w.declare(ty, expression(w, ty), False)
    shown_value(w, f"{one.name} == {other.name}", f"{one.name} == {other.name}")


def branch(w: Writer, body: Body) -> None:
    """Both ways may move something; what one moved is gone behind."""
    hew, py = condition(w)
    before = list(w.scope)
    both = Node("", "", [])
    outer, w.nodes = w.nodes, both.body or []
    both.body = w.nodes
    with w.block(f"if {hew}", f"if {py}:"):
        body(w, 3)
    scopes = [list(w.scope)]
    if w.has(60):
        w.scope = list(before)
        with w.block("else", "else:"):
            body(w, 3)
        scopes.append(list(w.scope))
    w.nodes = outer
    w.nodes.append(both)
    w.branches(scopes, before)


def loop(w: Writer, body: Body) -> None:
    """A few rounds over numbers, a Vec, a made Vec or a map."""
    if w.loops >= 2:
        return bind(w, body)
    rounds = w.rng.randrange(1, 4)
    roll = w.rng.randrange(5)
    holders = w.of("vec", "map")
    if roll < 2 or (roll < 4 and not holders):
        var = Var(w.name("i"), INT, False, w.loops + 1)
        head = f"for {var.name} in 0..{rounds}", f"for {var.name} in range({rounds}):"
        rows = [var]
    elif roll < 4:
        held = w.rng.choice(holders)
        head, rows = _over(w, held)
        rounds = 8
    else:
        items = [text(w) for _ in range(rounds)]
        var = Var(w.name("e"), STR, False, w.loops + 1)
        head = (
            f"for {var.name} in [{', '.join(a for a, _ in items)}]",
            f"for {var.name} in [{', '.join(b for _, b in items)}]:",
        )
        rows = [var]
    if w.cost + rounds * w.times * 6 > BUDGET:
        return bind(w, body)
    with w.block(*head, *rows, rounds=rounds, is_loop=True):
        body(w, 3)
        if w.has(25):
            leave_early(w)


def _over(w: Writer, held: Var) -> tuple[tuple[str, str], list[Var]]:
    inner = held.ty.parts[0]
    if held.ty.kind == "vec":
        var = Var(w.name("e"), inner, False, w.loops + 1)
        return (f"for {var.name} in {held.name}", f"for {var.name} in copy({held.name}):"), [var]
    key, value = Var(w.name("k"), STR, False, w.loops + 1), Var(w.name("v"), inner, False, w.loops + 1)
    hew = f"for ({key.name}, {value.name}) in {held.name}"
    return (hew, f"for {key.name}, {value.name} in copy({held.name}).items():"), [key, value]


def leave_early(w: Writer) -> None:
    """`break`, `continue` or `return` in one arm."""
    hew, py = condition(w)
    before = list(w.scope)
    with w.block(f"if {hew}", f"if {py}:"):
        if w.result is not None and w.has(35):
            a, b = expression(w, w.result)
            w.add(f"return {'clone ' if a in w.deferred else ''}{a};", f"return {b}")
        elif w.is_breakable:
            word = w.rng.choice(("break", "continue"))
            w.add(f"{word};", word)
    # What was moved on the way out is still there on the other one.
    w.scope = before


def early_return(w: Writer, body: Body) -> None:
    if w.result is not None or w.is_breakable:
        leave_early(w)


def question(w: Writer, body: Body) -> None:
    """`?` in the middle of what lives."""
    results = [ty for ty in w.types if ty.kind == "res"]
    if w.result is None or w.result.kind != "res" or not results:
        return bind(w, body)
    ty = w.rng.choice(results)
    hew, py = expression(w, ty)
    name, temporary = w.name("q"), w.name("t")
    kept = ty.parts[0]
    w.add(
        f"let {temporary}: {ty.hew} = {hew};\nlet {name}: {kept.hew} = {temporary}?;",
        f'{temporary} = {py}\nif {temporary}[0] == "Err": return {temporary}\n{name} = {temporary}[1]',
    )
    w.scope.append(Var(name, kept, False, w.loops))


def match_enum(w: Writer, body: Body) -> None:
    """Payloads unused, read, guarded or moved out; variants with and without heap mixed."""
    found = w.of("enum", "opt", "res", "list")
    if not found:
        return bind(w, body)
    var = w.rng.choice(found)
    moves = w.may_move(var) and w.has(50)
    w.scope.remove(var)
    before = list(w.scope)
    scopes = []
    subject = w.name("m")
    arms: list[Node] = []
    outer, w.nodes = w.nodes, arms
    for position, (name, payload) in enumerate(_variants(var.ty)):
        w.scope = list(before)
        binders = [None if w.has(30) else Var(w.name("b"), ty, False, w.loops, moves, moves) for ty in payload]
        pattern = f".{name}" + (f"({', '.join(b.name if b else '_' for b in binders)})" if payload else "")
        test = f'{"el" if position else ""}if {subject}[0] == "{name}"'
        given = "\n".join(f"{b.name} = {subject}[{at + 1}]" for at, b in enumerate(binders) if b)
        if payload and payload[0] == STR and w.has(40) and binders[0]:
            # A guard that reads a payload, before the arm that takes it.
            limit = w.rng.randrange(8)
            with w.block(f"{pattern} if {binders[0].name}.len() > {limit} =>", f"{test} and len({subject}[1]) > {limit}:"):
                w.add(f'println("guarded {name}");', f'say("guarded {name}")')
            test = f'elif {subject}[0] == "{name}"'
        with w.block(f"{pattern} =>", f"{test}:", *(b for b in binders if b)):
            w.nodes.append(Node("", given))
            body(w, 2)
        scopes.append(list(w.scope))
    w.nodes = outer
    match = Node(f"match {var.name}", "", [Node("", f"{subject} = {var.name}"), *arms])
    w.nodes.append(match)
    w.branches(scopes, before)
    if not moves:
        w.scope.append(var)


def _variants(ty: Ty) -> list[tuple[str, tuple[Ty, ...]]]:
    match ty.kind:
        case "opt":
            return [("Some", ty.parts), ("None", ())]
        case "res":
            return [("Ok", ty.parts), ("Err", (STR,))]
        case "list":
            return [("Link", (STR, ty)), ("End", ())]
        case _:
            return list(zip(ty.names, ty.payloads, strict=True))


def if_let(w: Writer, body: Body) -> None:
    """The payload of a temporary: what a map or a call gives."""
    ty = w.rng.choice([t for t in w.types if t.kind == "opt"])
    hew, py = expression(w, ty)
    name, subject = w.name("b"), w.name("m")
    if "None" in hew or "Some" in hew:
        # A literal alone does not say what it is an option of.
        w.add(f"let {subject}: {ty.hew} = {hew};", "")
        hew = subject
    w.nodes.append(Node("", f"{subject} = {py}"))
    with w.block(f"if let .Some({name}) = {hew}", f'if {subject}[0] == "Some":', Var(name, ty.parts[0], False, w.loops)):
        w.nodes.append(Node("", f"{name} = {subject}[1]"))
        body(w, 2)


def while_let(w: Writer, body: Body) -> None:
    """A map emptied key by key, in the head of a loop."""
    found = [v for v in w.of("map", changeable=True)]
    if not found or w.loops >= 2 or w.cost + w.times * 8 > BUDGET:
        return bind(w, body)
    var = w.rng.choice(found)
    w.used.add(var.name)
    inner = Var(w.name("b"), var.ty.parts[0], False, w.loops + 1)
    w.scope.remove(var)
    hew = f'while let .Some({inner.name}) = {var.name}.remove("k" + "1")'
    with w.block(hew, f"while (_w := {_taken(var.name, 'k1')})[0] == \"Some\":", inner, rounds=2, is_loop=True):
        w.nodes.append(Node("", f"{inner.name} = _w[1]"))
        body(w, 2)
    w.scope.append(var)


def call_something(w: Writer, body: Body) -> None:
    """A call whose result is thrown away or kept."""
    found = [fn for fn in w.functions if w.cost + fn.cost * w.times < BUDGET]
    if not found:
        return bind(w, body)
    fn = w.rng.choice(found)
    hew, py = call_of(w, fn, 0)
    if w.has(40):
        w.add(f"let _ = {hew};", py)
    else:
        w.declare(fn.result, (hew, py))


def update(w: Writer, body: Body) -> None:
    """`T { field: .., ..base }`: the base is used up."""
    found = [v for v in w.of("rec") if w.may_move(v)]
    if not found:
        return bind(w, body)
    base = w.rng.choice(found)
    w.used.add(base.name)
    at = w.rng.randrange(len(base.ty.names))
    hew, py = expression(w, base.ty.parts[at])
    name = base.ty.names[at]
    w.take(base)
    w.declare(base.ty, (f"{base.ty.hew} {{ {name}: {hew}, ..{base.name} }}", f"update({base.name}, {name}={py})"))


def take_apart(w: Writer, body: Body) -> None:
    """`let (a, b) = pair`."""
    types = [ty for ty in w.types if ty.kind == "tup"]
    ty = w.rng.choice(types)
    hew, py = expression(w, ty)
    one, other = w.name("p"), w.name("p")
    w.add(f"let ({one}, {other}): {ty.hew} = {hew};", f"{one}, {other} = {py}")
    w.scope += [Var(one, ty.parts[0], False, w.loops), Var(other, ty.parts[1], False, w.loops)]


def nested_block(w: Writer, body: Body) -> None:
    with w.block("if true", "if True:"):
        body(w, 3)


def deferred(w: Writer, body: Body) -> None:
    """Runs last in its block; prints a text that was made before."""
    with w.block("if true", "if True:"):
        kept = w.declare(STR, text(w), False)
        w.add(f"defer {{ println({kept.name}); }}", "")
        w.deferred.add(kept.name)
        with w.block("", "try:"):
            body(w, 2)
        w.nodes.append(Node("", "finally:", [Node("", f"say({kept.name})")]))


def lend(w: Writer, body: Body) -> None:
    """A function of the library's kind that gives back what it was lent."""
    a, b = argument(w, STR, 0)
    w.declare(STR, (f"same({a})", b))
