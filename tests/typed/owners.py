"""Statements over values with one owner and over actors: closures, generators, cells, resources, asks, crashes.

In: a writer.  Out: nodes added to it.
Assumed: a program asks from one place at a time, so what the actors answer does not depend on the schedule; answers
that depend on time are thrown away.
"""

from __future__ import annotations

from tests.typed.model import INT, STR, Node, Ty, Var, vec
from tests.typed.statements import Body, bind, shown_value
from tests.typed.values import condition, expression, number, text
from tests.typed.writer import BUDGET, Writer

FN = Ty("fn(i64) -> string", "fn")
RC = Ty("Rc<string>", "rc")
DOOR = Ty("Door", "door")
PID = Ty("LocalPid<Echo>", "pid")
WORDS = vec(STR)


def named(w: Writer) -> str:
    """A text made before, so that it can be used twice and is computed in both languages."""
    hew, py = text(w)
    name = w.name("c")
    w.add(f"let {name}: string = {hew};", f"{name} = {py}")
    return name


def closure(w: Writer, body: Body) -> None:
    """Captures a text and a Vec; called, kept in a Vec, given away, or never called."""
    kept, items = w.name("c"), w.name("c")
    (a, b), (c, d) = text(w), expression(w, WORDS)
    w.add(f"let {kept}: string = {a};\nlet {items}: Vec<string> = {c};", f"{kept} = {b}\n{items} = {d}")
    name = w.name("f")
    w.add(
        f'let {name} = |k: i64| -> string {{ clip(f"{{{kept}}}{{{items}.len()}}{{k}}") }};',
        f'{name} = lambda k, _a={kept}, _b={items}: clip(f"{{_a}}{{len(_b)}}{{k}}")',
    )
    roll = w.rng.randrange(5)
    if roll == 0:
        return
    if roll < 3:
        w.scope.append(Var(name, FN, False, w.loops))
        called(w, body)
        return
    many, other = w.name("f"), w.name("f")
    w.add(
        f"let {many}: Vec<fn(i64) -> string> = Vec.new();\n{many}.push({name});\n{many}.push(maker({kept}));",
        f"{many} = [{name}, maker({kept})]",
    )
    hew, py = number(w)
    shown_value(w, f"{many}[1]({hew})", f"{many}[1]({py})")
    if roll == 3:
        w.add(f"let {other} = {many}.pop();", f"{other} = {many}.pop()")
        w.scope.append(Var(other, FN, False, w.loops))


def called(w: Writer, body: Body) -> None:
    """A closure called, lent to a function, or given a second name."""
    found = w.of("fn")
    if not found:
        return closure(w, body)
    var = w.rng.choice(found)
    hew, py = number(w)
    if w.may_move(var) and w.has(25):
        other = w.name("f")
        w.take(var)
        w.add(f"let {other} = {var.name};", f"{other} = {var.name}")
        w.scope.append(Var(other, FN, False, w.loops))
        return None
    name = f"twice({var.name}, {{}})" if w.has(40) else f"{var.name}({{}})"
    shown_value(w, name.format(hew), name.format(py))
    return None


def wrapped(w: Writer, body: Body) -> None:
    """A closure that another one captures, which is kept in a record."""
    found = [var for var in w.of("fn") if w.may_move(var)]
    if not found:
        return closure(w, body)
    var = w.rng.choice(found)
    outer, keeper = w.name("f"), w.name("h")
    w.take(var)
    w.add(
        f'let {outer} = |k: i64| -> string {{ clip({var.name}(k) + "x") }};',
        f'{outer} = lambda k, _f={var.name}: clip(_f(k) + "x")',
    )
    if w.has(50):
        w.scope.append(Var(outer, FN, False, w.loops))
        return None
    w.add(f"let {keeper} = Keeper {{ run: {outer} }};", f"{keeper} = {outer}")
    hew, py = number(w)
    if w.has(60):
        shown_value(w, f"({keeper}.run)({hew})", f"{keeper}({py})")
    return None


def generator(w: Writer, body: Body) -> None:
    """Run to the end, left in the middle, or never started; from a function or a block."""
    if w.loops >= 2 or w.cost + w.times * 12 > BUDGET:
        return bind(w, body)
    roll = w.rng.randrange(4)
    (a, b), count = text(w), w.rng.randrange(0, 4)
    item = Var(w.name("g"), STR, False, w.loops + 1)
    if roll == 0:
        w.add(f"let {w.name('g')} = letters({a}, {count});", f"{b}")
        return None
    head = f"for {item.name} in letters({a}, {count})", f"for {item.name} in letters({b}, {count}):"
    if roll == 1:
        c, d = expression(w, WORDS)
        name = w.name("w")
        w.add(f"let {name}: Vec<string> = {c};", f"{name} = {d}")
        head = f"for {item.name} in pieces({name})", f"for {item.name} in pieces({name}):"
    elif roll == 2:
        kept, made = w.name("c"), w.name("g")
        w.add(
            f"let {kept} = {a};\nlet {made} = gen {{ for i in 0..{count} {{ yield clip(f\"{{{kept}}}{{i}}\"); }} }};",
            f"{kept} = {b}\n{made} = [clip(f'{{{kept}}}{{i}}') for i in range({count})]",
        )
        head = f"for {item.name} in {made}", f"for {item.name} in {made}:"
    limit = w.rng.randrange(1, 5)
    counted = w.name("n")
    w.add(f"var {counted} = 0;", f"{counted} = 0")
    with w.block(*head, item, rounds=4, is_loop=True):
        body(w, 2)
        w.add(
            f"{counted} = {counted} + 1;\nif {counted} == {limit} {{ break; }}",
            f"{counted} = {counted} + 1\nif {counted} == {limit}: break",
        )
    return None


def cell(w: Writer, body: Body) -> None:
    """`Rc`: shared, set, looked at through a `Weak` that outlives it."""
    one, other, weak = w.name("r"), w.name("r"), w.name("k")
    (a, b), (c, d) = text(w), text(w)
    w.add(f'let {one}: Rc<string> = Rc.new({a} + "");\nlet {other} = {one}.clone();', f"{one} = {{0: {b}}}\n{other} = {one}")
    w.add(f'{other}.set({c} + "");', f"{other}[0] = {d}")
    w.add(f"let {weak} = {one}.downgrade();", "")
    shown_value(w, f"{one}.get()", f"{one}[0]")
    if w.has(40):
        held = w.name("h")
        w.add(f"let {held} = Some({other});", "")
        for _ in range(2):
            shown_value(w, f'match {held} {{ Some(it) => it.get(), None => "" }}', f"{one}[0]")
    shown_value(w, f"{weak}.upgrade().is_some()", "True")


def opened(w: Writer, body: Body) -> None:
    """A resource: kept, put into a Vec, given to a function, closed in one arm or at once."""
    name = w.name("d")
    a, b = text(w)
    w.add(f"let {name} = door({a});", f"{name} = door({b})")
    w.scope.append(Var(name, DOOR, False, w.loops))
    if w.has(50):
        used_door(w, body)


def used_door(w: Writer, body: Body) -> None:
    found = [v for v in w.of("door") if w.may_move(v)]
    if not found:
        return opened(w, body)
    var = w.rng.choice(found)
    size = f"(len({var.name}.name) + 1)"
    match w.rng.randrange(6):
        case 0:
            w.take(var)
            w.add(f"{var.name}.close();", "")
        case 5:
            w.take(var)
            held_door(w, var, size)
        case 1:
            w.take(var)
            hew, py = condition(w)
            w.add(f"if {hew} {{ {var.name}.close(); }}", py)
        case 2:
            w.take(var)
            shown_value(w, f"swallow({var.name})", size)
        case 3:
            w.take(var)
            many = w.name("d")
            w.add(
                f"let {many}: Vec<Door> = Vec.new();\n{many}.push({var.name});\n{many}.push(door(\"second\"));",
                'door("second")',
            )
            shown_value(w, f"{many}[0].size()", size)
        case _:
            shown_value(w, f"{var.name}.size()", size)
    return None


def held_door(w: Writer, var: Var, size: str) -> None:
    """A resource in an option: matched more than once, and perhaps closed in one arm."""
    held = w.name("h")
    w.add(f"let {held} = Some({var.name});", "")
    for way in w.rng.choices(("match {} {{ Some(it) => it.size(), None => 0 }}", "if let Some(it) = {} {{ it.size() }} else {{ 0 }}"), k=2):
        shown_value(w, way.format(held), size)
    if w.has(60):
        hew, py = condition(w)
        w.add(f"match {held} {{ Some(it) => {{ if {hew} {{ it.close(); }} else {{ println(it.size()); }} }}, None => {{}} }}",
              f"if not ({py}): say(shown({size}))")  # fmt: skip


def dynamic(w: Writer, body: Body) -> None:
    """A value behind a trait, made, called, dropped."""
    name = w.name("t")
    if w.has(50):
        a, b = text(w)
        w.add(f"let {name}: dyn Speak = Dog {{ name: {a} }};", f"{name} = f'{{{b}}} barks'" if "'" not in b else "")
        w.nodes[-1].py = f"{name} = ({b}) + ' barks'"
    else:
        a, b = expression(w, WORDS)
        w.add(f"let {name}: dyn Speak = Robot {{ parts: {a} }};", f"{name} = str(len({b})) + ' parts'")
    shown_value(w, f"{name}.say()", name)


def spawned(w: Writer, body: Body) -> Var:
    """An actor, old or new."""
    found = w.of("pid")
    if found and w.has(70):
        return w.rng.choice(found)
    a, b = text(w)
    var = Var(w.name("a"), PID, False, w.loops)
    w.add(f"let {var.name} = spawn Echo(name: {a});", f"{var.name} = Pid({b})")
    w.scope.append(var)
    return var


def ask(w: Writer, body: Body) -> None:
    """Asks with a number, a text or a Vec for an answer, and asks that go through another actor."""
    actor = spawned(w, body)
    match w.rng.randrange(5):
        case 0:
            hew, py = number(w)
            shown_value(w, f"await {actor.name}.number({hew})", f"{actor.name}.ask('number', {py})")
        case 1:
            hew, py = text(w)
            shown_value(w, f"await {actor.name}.text({hew})", f"{actor.name}.ask('text', {py})")
        case 2:
            hew, py = expression(w, WORDS)
            shown_value(w, f"await {actor.name}.list({hew})", f"{actor.name}.ask('list', {py})")
        case 3:
            w.used.add(actor.name)
            other = spawned(w, body)
            if other is actor:
                return None
            hew, py = text(w)
            call = f"{actor.name}.ask('through', {other.name}, {py})"
            shown_value(w, f"await {actor.name}.through({other.name}, {hew})", call)
        case _:
            shown_value(w, f"await {actor.name}.all()", f"{actor.name}.ask('all')")
    return None


def tell(w: Writer, body: Body) -> None:
    """Messages that are taken, whose parameter nobody uses, or that nobody will take."""
    actor = spawned(w, body)
    if w.has(50):
        hew, py = text(w)
        w.add(f"{actor.name}.put({hew});", f"{actor.name}.ask('put', {py})")
    else:
        hew, py = expression(w, WORDS)
        w.add(f"{actor.name}.ignore({hew});", f"{actor.name}.ask('ignore', {py})")


def ended(w: Writer, body: Body) -> None:
    """Stopped or crashed with mail; asked afterwards."""
    actor = spawned(w, body)
    hew = py = named(w)
    if w.has(50):
        w.add(f"stop({actor.name});\n{actor.name}.put({hew});", f"{actor.name}.is_alive = False")
        w.add(f"let _ = await {actor.name}.text({hew});", "")
    else:
        shown_value(w, f"await {actor.name}.fall({hew})", f"{actor.name}.ask('fall', {py})")
    shown_value(w, f"(await {actor.name}.number(1)).is_err()", f"{actor.name}.ask('number', 1)[0] == 'Err'")


def limited(w: Writer, body: Body) -> None:
    """An ask whose answer comes too late or just in time: either is right."""
    actor, clock = spawned(w, body), w.name("a")
    hew = named(w)
    w.add(f'let {clock} = spawn Echo(name: "clock");\nlet _ = await {clock}.limited({actor.name}, {hew});', "")


def selected(w: Writer, body: Body) -> None:
    """Two asks, one winner; both would say the same."""
    a = b = named(w)
    name, one, other = w.name("s"), w.name("a"), w.name("a")
    w.add(
        f'let {one} = spawn Echo(name: "n");\nlet {other} = spawn Echo(name: "n");\nlet {name}: string = select {{\n'
        f"    x from {one}.text({a}) => x,\n    y from {other}.text({a}) => y,\n    after 20s => \"late\",\n}};",
        f"{name} = clip('n' + ({b}))",
    )
    w.scope.append(Var(name, STR, False, w.loops))


def supervised(w: Writer, body: Body) -> None:
    """A child crashes, comes back with its first arguments, and its supervisor is stopped."""
    top, fresh = w.name("g"), w.name("a")
    a, c = named(w), named(w)
    b, d = a, c
    if w.has(60):
        child, name = "one", f"clip({b})[:29] + '1'"
        w.add(f"let {top} = spawn Guard(name: clip({a}).slice(0, min(29, clip({a}).len())));", "")
    else:
        child, name = "inner.one", "'IN1'"
        w.add(f"let {top} = spawn Outer;", "")
    w.add(f"{top}.{child}.put({c});", f"{fresh} = Pid({name})\n{fresh}.ask('fall', {d})\n{fresh} = Pid({name})")
    w.add(f"let _ = await {top}.{child}.fall({c});\nlet {fresh} = await_restart {top}.{child};", "")
    hew, py = text(w)
    shown_value(w, f"await {fresh}.text({hew})", f"{fresh}.ask('text', {py})")
    shown_value(w, f"await {fresh}.number(0)", f"{fresh}.ask('number', 0)")
    w.add(f"supervisor_stop({top});", "")


def channel(w: Writer, body: Body) -> None:
    """Some of what was sent is read, the rest dies with the channel."""
    tx, rx = w.name("t"), w.name("r")
    sent = [expression(w, WORDS) for _ in range(w.rng.randrange(1, 4))]
    w.add(f"let ({tx}, {rx}): (channel.Sender<Vec<string>>, channel.Receiver<Vec<string>>) = channel.new(4);", f"{rx} = []")
    for hew, py in sent:
        w.add(f"{tx}.send({hew});", f"{rx}.append({py})")
    for _ in range(w.rng.randrange(0, len(sent) + 1)):
        shown_value(w, f"await {rx}.recv()", f"(V('Some'), {rx}.pop(0))")


def lambda_actor(w: Writer, body: Body) -> None:
    """An actor without a name, told and asked, or never messaged."""
    kept, name = w.name("c"), w.name("l")
    (a, b), (c, d) = text(w), number(w)
    w.add(
        f"let {kept}: string = {a};\nlet {name} = actor |k: i64| -> string {{ clip(f\"{{{kept}}}{{k}}\") }};",
        f"{kept} = {b}",
    )
    if w.has(70):
        shown_value(w, f"await {name}({c})", f"(V('Ok'), clip({kept} + str({d})))")


def tasks(w: Writer, body: Body) -> None:
    """Two tasks in a scope, both awaited, one of them, or none; with a limit that is not reached, or is."""
    one, other = w.name("j"), w.name("j")
    # A task takes over what it is given.
    a, c = named(w), named(w)
    b, d = a, c
    awaited = w.rng.randrange(3)
    lines = [f"fork {one} = same({a});", f"fork {other} = spelled({c});"]
    limit, late = " | after 20s" if w.has(30) else "", w.name("j")
    lines += [f'println(f"{{await {one}:?}}");'] * (awaited > 0) + [f'println(f"{{await {other}{limit}:?}}");'] * (awaited > 1)
    answer = f"(V('Ok'), [{d}, {d}])" if limit else f"[{d}, {d}]"
    python = [f"say({b})"] * (awaited > 0) + [f"say(shown({answer}))"] * (awaited > 1)
    if w.has(30):
        lines += [f"fork {late} = lingers({b});", f"println((await {late} | after 1ms).is_err());"]
        python.append("say('true')")
    w.add("scope {\n" + "\n".join(f"    {line}" for line in lines) + "\n}", "\n".join(python))


def cancelled(w: Writer, body: Body) -> None:
    """A task that fails ends its sibling in the middle of a wait, with values and a generator in its hands."""
    one, other = w.name("j"), w.name("j")
    a, c = named(w), named(w)
    w.add(
        f'scope {{\n    fork {one} = lingers({a});\n    fork {other} = refused({c});\n    println(f"{{await {other}:?}}");\n}}',
        f"say(shown((V('Err'), {c} + '?')))",
    )


def streamed(w: Writer, body: Body) -> None:
    """A stream of an actor, read once and left."""
    name, stream = w.name("a"), w.name("s")
    a, b = text(w)
    count = w.rng.randrange(1, 12)
    w.add(f"let {name} = spawn Echo(name: {a});\nlet {stream} = {name}.stream({count});", f"{name} = {b}")
    if w.has(70):
        shown_value(w, f"await {stream}.recv()", f"(V('Some'), {name} + ' 0')")


def pause(w: Writer, body: Body) -> None:
    """A timer that fires, and one that the end of the block cancels."""
    w.nodes.append(Node("sleep(1ms);", ""))


def numbers(w: Writer, body: Body) -> None:
    w.declare(INT, number(w), True)
