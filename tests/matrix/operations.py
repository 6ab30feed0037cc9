"""What the matrix does with a value of each kind: the body of a function, its declarations, and what it prints.

An operation that a kind has no meaning for (equality of closures, a generator as a message) says with which
diagnostic it is refused; everything else must run, print its lines, close what it made exactly once and leave nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .kinds import Kind


@dataclass(frozen=True)
class Cell:
    """One operation on one kind: declarations, the statements of a function body, the lines it prints, in order."""

    body: str
    lines: list[str]
    items: str = ""


@dataclass(frozen=True)
class Operation:
    """`needs` names what a kind must have; one without the first of these is refused with the diagnostic `refused`, if there is one."""

    name: str
    cell: Callable[[Kind], Cell]
    needs: str = ""
    refused: str = ""


def _shows(kind: Kind, variable: str, number: int = 1) -> tuple[str, list[str]]:
    return kind.show(variable), kind.text(number).split("\n")


def _list(kind: Kind, *variables: str) -> str:
    pushes = " ".join(f"list.push({variable});" for variable in variables)
    return f"let list: Vec<{kind.type}> = Vec.new(); {pushes}"


def _found(kind: Kind, what: str) -> str:
    """Shows the value inside of an option, or says that it is missing."""
    return f'match {what} {{ Some(e) => {{ {kind.show("e")} }}, None => println("missing"), }}'


def _answer(ask: str) -> str:
    return f'match await {ask} {{ Ok(n) => println(n), Err(_) => println("err"), }}'


def _construct(k: Kind) -> Cell:
    show, lines = _shows(k, "x")
    return Cell(f"{k.make('x', 1)} {show}", lines)


def _move(k: Kind) -> Cell:
    show, lines = _shows(k, "y")
    return Cell(f"{k.make('x', 1)} let y = x; {show}", lines)


def _clone(k: Kind) -> Cell:
    return Cell(f"{k.make('x', 1)} let y = clone x; {k.show('y')} {k.show('x')}", [k.text(1)] * 2)


def _pass_fn(k: Kind) -> Cell:
    return Cell(f"{k.make('x', 1)} see(x);", [k.text(1)], f"fn see(v: {k.type}) {{ {k.show('v')} }}")


def _return_fn(k: Kind) -> Cell:
    return Cell(f"let x = give(); {k.show('x')}", [k.text(1)], f"fn give() -> {k.type} {{ {k.make('v', 1)} v }}")


def _through(k: Kind) -> Cell:
    items = f"fn through(v: {k.type}) -> {k.type} {{ v }}"
    return Cell(f"{k.make('x', 1)} let y = through(x); {k.show('y')}", [k.text(1)], items)


def _generic_fn(k: Kind) -> Cell:
    return Cell(f"{k.make('x', 1)} let y = same_one(x); {k.show('y')}", [k.text(1)], "fn same_one<T>(v: T) -> T { v }")


def _early_return(k: Kind) -> Cell:
    items = f"fn early(stop: bool) -> i64 {{ {k.make('v', 1)} if stop {{ return 1; }} {k.show('v')} 2 }}"
    return Cell("println(early(true)); println(early(false));", ["1", k.text(1), "2"], items)


def _branch(k: Kind) -> Cell:
    items = f"fn either(first: bool) -> {k.type} {{ {k.make('a', 1)} {k.make('b', 2)} if first {{ a }} else {{ b }} }}"
    body = f"let x = either(true); {k.show('x')} let y = either(false); {k.show('y')}"
    return Cell(body, [k.text(1), k.text(2)], items)


def _branch_move(k: Kind) -> Cell:
    items = f'fn maybe(go: bool) {{ {k.make("a", 1)} if go {{ let b = a; {k.show("b")} }} println("after"); }}'
    return Cell("maybe(true); maybe(false);", [k.text(1), "after", "after"], items)


def _mutate(k: Kind) -> Cell:
    body = f"{k.make('a', 1)} {k.make('b', 2)} var x = a; {k.show('x')} x = b; {k.show('x')}"
    return Cell(body, [k.text(1), k.text(2)])


def _loop(k: Kind) -> Cell:
    body = f"{k.make('a', 1)} var x = a; for i in 0..3 {{ {k.make('n', 2)} x = n; }} {k.show('x')}"
    return Cell(body, [k.text(2)])


def _store_vec(k: Kind) -> Cell:
    body = f"{k.make('x', 1)} {k.make('y', 2)} {_list(k, 'x', 'y')} println(list.len());"
    return Cell(body, ["2"])


def _literal_vec(k: Kind) -> Cell:
    body = f"{k.make('x', 1)} {k.make('y', 2)} let list: Vec<{k.type}> = [x, y]; println(list.len());"
    return Cell(body, ["2"])


def _index(k: Kind) -> Cell:
    body = f"{k.make('x', 1)} {_list(k, 'x')} let e = list[0]; {k.show('e')} println(list.len());"
    return Cell(body, [k.text(1), "1"])


def _get(k: Kind) -> Cell:
    body = f'{k.make("x", 1)} {_list(k, "x")} {_found(k, "list.get(0)")}'
    return Cell(body, [k.text(1)])


def _pop(k: Kind) -> Cell:
    body = f"{k.make('x', 1)} {k.make('y', 2)} {_list(k, 'x', 'y')} let e = list.pop(); {k.show('e')} println(list.len());"
    return Cell(body, [k.text(2), "1"])


def _set(k: Kind) -> Cell:
    body = f"{k.make('x', 1)} {k.make('y', 2)} {_list(k, 'x')} list.set(0, y); let e = list.pop(); {k.show('e')}"
    return Cell(body, [k.text(2)])


def _iterate(k: Kind) -> Cell:
    body = f"{k.make('x', 1)} {k.make('y', 2)} {_list(k, 'x', 'y')} for e in list {{ {k.show('e')} }}"
    return Cell(body, [k.text(1), k.text(2)])


def _map_value(k: Kind) -> Cell:
    body = f'{k.make("x", 1)} let map: HashMap<string, {k.type}> = HashMap.new(); map.insert("k", x); ' + _found(k, 'map.get("k")')
    return Cell(body, [k.text(1)])


def _map_remove(k: Kind) -> Cell:
    body = f'{k.make("x", 1)} let map: HashMap<string, {k.type}> = HashMap.new(); map.insert("k", x); ' + _found(k, 'map.remove("k")') + " println(map.len());"
    return Cell(body, [k.text(1), "0"])


def _map_key(k: Kind) -> Cell:
    body = f'{k.make("x", 1)} {k.make("y", 1)} let map: HashMap<{k.type}, i64> = HashMap.new(); map.insert(x, 9); match map.get(y) {{ Some(n) => println(n), None => println("missing"), }}'
    return Cell(body, ["9"])


def _equality(k: Kind) -> Cell:
    body = f"{k.make('a', 1)} {k.make('b', 1)} {k.make('c', 2)} println(a == b); println(a == c); println(a != c);"
    return Cell(body, [str(not k.identity).lower(), "false", "true"])


def _format(k: Kind) -> Cell:
    return Cell(f'{k.make("x", 1)} println(f"v={{x}}");', ["v=" + (k.display(1) if k.display else "")])


def _option(k: Kind) -> Cell:
    body = f'{k.make("x", 1)} let held: Option<{k.type}> = Some(x); if let Some(e) = held {{ {k.show("e")} }} else {{ println("none"); }}'
    return Cell(body, [k.text(1)])


def _question(k: Kind) -> Cell:
    items = f'fn fetch(ok: bool) -> Result<{k.type}, string> {{ if ok {{ {k.make("v", 1)} Ok(v) }} else {{ Err("no") }} }}\nfn use_it(ok: bool) -> Result<i64, string> {{ let e = fetch(ok)?; {k.show("e")} Ok(1) }}'
    body = "for ok in [true, false] { match use_it(ok) { Ok(n) => println(n), Err(why) => println(why), } }"
    return Cell(body, [k.text(1), "1", "no"], items)


def _tuple_part(k: Kind) -> Cell:
    body = f"{k.make('x', 1)} let both = (x, 7); let (e, n) = both; {k.show('e')} println(n);"
    return Cell(body, [k.text(1), "7"])


def _record_field(k: Kind) -> Cell:
    items = f"type Frame {{ part: {k.type}; n: i64; }}"
    body = f"{k.make('x', 1)} let f = Frame {{ part: x, n: 7 }}; let e = f.part; {k.show('e')} println(f.n);"
    return Cell(body, [k.text(1), "7"], items)


def _record_replace(k: Kind) -> Cell:
    items = f"type Cage {{ part: {k.type}; n: i64; }}"
    body = (
        f"{k.make('x', 1)} {k.make('y', 2)} var f = Cage {{ part: x, n: 7 }}; f.part = y; let e = f.part; {k.show('e')}"
    )
    return Cell(body, [k.text(2)], items)


def _record_update(k: Kind) -> Cell:
    items = f"type Sheet {{ part: {k.type}; n: i64; }}"
    body = f"{k.make('x', 1)} let f = Sheet {{ part: x, n: 7 }}; let g = Sheet {{ n: 8, ..f }}; println(g.n); let e = g.part; {k.show('e')}"
    return Cell(body, ["8", k.text(1)], items)


def _payload(k: Kind) -> Cell:
    items = f"enum Wrap {{ Bare; With({k.type}, i64); }}"
    body = f'{k.make("x", 1)} let w = With(x, 7); match w {{ Bare => println("bare"), With(e, n) => {{ {k.show("e")} println(n); }}, }}'
    return Cell(body, [k.text(1), "7"], items)


def _generic_record(k: Kind) -> Cell:
    items = "type Holder<T> { part: T; }\nimpl<T> Holder<T> { fn take(consuming self) -> T { self.part } }"
    body = f"{k.make('x', 1)} let h = Holder {{ part: x }}; let e = h.take(); {k.show('e')}"
    return Cell(body, [k.text(1)], items)


def _capture(k: Kind) -> Cell:
    body = f"{k.make('x', 1)} let look = || {{ {k.show('x')} }}; look();"
    return Cell(body, [k.text(1)])


def _closure_parameter(k: Kind) -> Cell:
    body = f"{k.make('x', 1)} let look = |e: {k.type}| {{ {k.show('e')} }}; look(x);"
    return Cell(body, [k.text(1)])


def _closure_result(k: Kind) -> Cell:
    body = f"let make = || {{ {k.make('x', 1)} x }}; let e = make(); {k.show('e')}"
    return Cell(body, [k.text(1)])


def _yield(k: Kind) -> Cell:
    items = f"gen fn two() -> {k.type} {{ {k.make('a', 1)} yield a; {k.make('b', 2)} yield b; }}"
    return Cell(
        f"for e in two() {{ {k.show('e')} }} for e in two() {{ {k.show('e')} break; }}",
        [k.text(1), k.text(2), k.text(1)],
        items,
    )


def _message(k: Kind) -> Cell:
    items = f"actor Post {{ var hits: i64 = 0; receive fn take(v: {k.type}) -> i64 {{ {k.show('v')} hits = hits + 1; hits }} }}"
    body = f'{k.make("x", 1)} let p = spawn Post(); {_answer("p.take(x)")}'
    return Cell(body, [k.text(1), "1"], items)


def _reply(k: Kind) -> Cell:
    items = f"actor Giver {{ receive fn give() -> {k.type} {{ {k.make('v', 1)} v }} }}"
    body = f'let g = spawn Giver(); match await g.give() {{ Ok(e) => {{ {k.show("e")} }}, Err(_) => println("err"), }}'
    return Cell(body, [k.text(1)], items)


def _suspend(k: Kind) -> Cell:
    items = f"actor Waiter {{ receive fn hold(v: {k.type}) -> i64 {{ sleep(1ms); {k.show('v')} 1 }} }}"
    body = f'{k.make("x", 1)} let w = spawn Waiter(); {_answer("w.hold(x)")}'
    return Cell(body, [k.text(1), "1"], items)


def _local_suspend(k: Kind) -> Cell:
    items = f"actor Napper {{ receive fn nap() -> i64 {{ {k.make('v', 1)} sleep(1ms); {k.show('v')} 1 }} }}"
    body = "let w = spawn Napper(); " + _answer("w.nap()")
    return Cell(body, [k.text(1), "1"], items)


def _panic(k: Kind) -> Cell:
    items = f'actor Faller {{ receive fn fall(go: bool) -> i64 {{ {k.make("v", 1)} if go {{ panic("down"); }} {k.show("v")} 1 }} }}'
    body = "let w = spawn Faller(); " + _answer("w.fall(true)")
    return Cell(body, ["err"], items)


def _state(k: Kind) -> Cell:
    items = f"actor Keeper {{ var part: {k.type}; receive fn look() -> i64 {{ {k.show('part')} 1 }} }}"
    body = f'{k.make("x", 1)} let w = spawn Keeper(part: x); {_answer("w.look()")}'
    return Cell(body, [k.text(1), "1"], items)


def _fork_argument(k: Kind) -> Cell:
    items = f"fn job(v: {k.type}) -> i64 {{ {k.show('v')} 3 }}"
    body = f"{k.make('x', 1)} scope {{ fork t = job(x); let n = await t; println(n); }}"
    return Cell(body, [k.text(1), "3"], items)


def _fork_result(k: Kind) -> Cell:
    items = f"fn produce() -> {k.type} {{ {k.make('v', 1)} v }}"
    return Cell(f"scope {{ fork t = produce(); let e = await t; {k.show('e')} }}", [k.text(1)], items)


def _channel(k: Kind) -> Cell:
    body = f'let (tx, rx): (Sender<{k.type}>, Receiver<{k.type}>) = channel.new(2); {k.make("x", 1)} tx.send(x); match rx.recv() {{ Some(e) => {{ {k.show("e")} }}, None => println("end"), }}'
    return Cell(body, [k.text(1)])


def _unreceived(k: Kind) -> Cell:
    body = f'let (tx, rx): (Sender<{k.type}>, Receiver<{k.type}>) = channel.new(2); {k.make("x", 1)} tx.send(x); println("left");'
    return Cell(body, ["left"])


def _defer(k: Kind) -> Cell:
    return Cell(f'{k.make("x", 1)} defer println("deferred"); {k.show("x")}', [k.text(1), "deferred"])


def _shared(k: Kind) -> Cell:
    body = f"{k.make('x', 1)} let r = Rc.new(x); let s = r.clone(); println(s.strong_count());"
    return Cell(body, ["2"])


def _nested(k: Kind) -> Cell:
    body = f"{k.make('x', 1)} let inner: Vec<{k.type}> = Vec.new(); inner.push(x); let outer: Vec<Vec<{k.type}>> = Vec.new(); outer.push(inner); println(outer.len());"
    return Cell(body, ["1"])


CLONE = "not-cloneable"
SEND = "not-sendable"
OPERATIONS = (
    Operation("construct", _construct),
    Operation("move", _move),
    Operation("clone", _clone, "clone", CLONE),
    Operation("pass_fn", _pass_fn),
    Operation("return_fn", _return_fn),
    Operation("through", _through),
    Operation("generic_fn", _generic_fn),
    Operation("early_return", _early_return),
    Operation("branch", _branch),
    Operation("branch_move", _branch_move),
    Operation("mutate", _mutate),
    Operation("loop", _loop),
    Operation("store_vec", _store_vec),
    Operation("literal_vec", _literal_vec),
    Operation("index", _index),
    Operation("get", _get, "get", CLONE),
    Operation("pop", _pop),
    Operation("set", _set),
    Operation("iterate", _iterate),
    Operation("map_value", _map_value, "get", CLONE),
    Operation("map_remove", _map_remove),
    Operation("map_key", _map_key, "key", "key-not-allowed"),
    Operation("equality", _equality, "eq", "bad-operator"),
    Operation("format", _format, "display", "bound-not-met"),
    Operation("option", _option),
    Operation("question", _question),
    Operation("tuple_part", _tuple_part),
    Operation("record_field", _record_field),
    Operation("record_replace", _record_replace),
    Operation("record_update", _record_update),
    Operation("payload", _payload),
    Operation("generic_record", _generic_record),
    Operation("capture", _capture),
    Operation("closure_parameter", _closure_parameter),
    Operation("closure_result", _closure_result),
    Operation("yield", _yield),
    Operation("message", _message, "send", SEND),
    Operation("reply", _reply, "send", SEND),
    Operation("suspend", _suspend, "send", SEND),
    Operation("local_suspend", _local_suspend),
    Operation("panic", _panic),
    Operation("state", _state, "send", SEND),
    Operation("fork_argument", _fork_argument),
    Operation("fork_result", _fork_result),
    Operation("channel", _channel, "send", SEND),
    Operation("unreceived", _unreceived, "send", SEND),
    Operation("defer", _defer),
    Operation("shared", _shared),
    Operation("nested", _nested),
)


def source(kind: Kind, cells: list[tuple[str, Cell]]) -> str:
    """A program with one function for each cell and a `main` that calls them in order."""
    imports = [line for line in kind.items.splitlines() if line.startswith("import ")]
    for name, use in (("std.channel.channel", "channel.new"), ("std.iter", "iter")):
        if any(use in cell.body + cell.items for _, cell in cells) and f"import {name};" not in imports:
            imports.append(f"import {name};")
    rest = [line for line in kind.items.splitlines() if not line.startswith("import ")]
    parts = [*imports, *rest]
    for name, cell in cells:
        if cell.items:
            parts.append(cell.items)
        parts.append(f'fn cell_{name}() {{ println("# {name}"); {cell.body} }}\n// end {name}')
    calls = " ".join(f"cell_{name}();" for name, _ in cells)
    return "\n".join([*parts, f"fn main() {{ {calls} }}", ""])
