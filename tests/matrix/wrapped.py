"""Kinds made of others: every way to hold a value, around every kind of which there is one owner and around some that share or copy."""

from __future__ import annotations

import re
from collections.abc import Callable

from .kinds import EVERYTHING, IN_MACHINES, KINDS, ONE_OWNER, TIED, TOKEN, Kind

Wrap = Callable[[Kind], Kind]
IN_CLOSURES = dict.fromkeys(
    (
        "capture", "closure_twice", "move_closure_twice", "closure_and_after", "nested_closure", "closure_given", "closure_field", "closure_list",
        "crash_in_closure",
    ),
    "closure-captures-lambda",
)  # fmt: skip


def _inside(variable: str) -> str:
    """A name for what stands inside of a place."""
    return re.sub(r"\W+", "_", variable).strip("_") + "_in"


def _wrap(
    base: Kind,
    name: str,
    type_: str,
    build: Callable[[str], str],
    show: Callable[[str, str], str],
    items: str = "",
    before: str = "",
    can: frozenset[str] = EVERYTHING - {"key"},
) -> Kind:
    """`build(inner)` is the value around the variable `inner`; `show(v, inner)` shows the one in `v`, `inner` being a fresh name."""
    return Kind(
        f"{name}_of_{base.name}",
        type_,
        lambda v, n: f"{base.make(_inside(v), n)} let {v}: {type_} = {build(_inside(v))};",
        lambda v: show(v, _inside(v)),
        lambda n: before + base.text(n),
        "\n".join(part for part in (base.items, items) if part),
        can=base.can & can,
        refuses={key: value for key, value in base.refuses.items() if key in (*TIED, *IN_MACHINES)},
        identity=base.identity,
        again=base.again,
        waits=base.waits,
        moves=base.moves,
    )


def option_of(base: Kind) -> Kind:
    return _wrap(
        base,
        "option",
        f"Option<{base.type}>",
        lambda e: f"Some({e})",
        lambda v, e: f'match {v} {{ Some({e}) => {{ {base.show(e)} }}, None => println("none"), }}',
    )


def result_of(base: Kind) -> Kind:
    return _wrap(
        base,
        "result",
        f"Result<{base.type}, string>",
        lambda e: f"Ok({e})",
        lambda v, e: f"match {v} {{ Ok({e}) => {{ {base.show(e)} }}, Err(why) => println(why), }}",
    )


def error_of(base: Kind) -> Kind:
    return _wrap(
        base,
        "error",
        f"Result<i64, {base.type}>",
        lambda e: f"Err({e})",
        lambda v, e: f"match {v} {{ Ok(n) => println(n), Err({e}) => {{ {base.show(e)} }}, }}",
    )


def enum_of(base: Kind) -> Kind:
    return _wrap(
        base,
        "enum",
        "Case",
        lambda e: f"Inside({e}, 3)",
        lambda v, e: (
            f'match {v} {{ Outside => println("outside"), Inside({e}, n) => {{ {base.show(e)} }}, Named {{ it }} => {{ {base.show("it")} }}, }}'
        ),
        f"enum Case {{ Outside; Inside({base.type}, i64); Named {{ it: {base.type} }}; }}",
    )


def generic_enum_of(base: Kind) -> Kind:
    return _wrap(
        base,
        "generic_enum",
        f"Either<i64, {base.type}>",
        lambda e: f"Right({e})",
        lambda v, e: f"match {v} {{ Left(n) => println(n), Right({e}) => {{ {base.show(e)} }}, }}",
        "enum Either<A, B> { Left(A); Right(B); }",
    )


def tuple_of(base: Kind) -> Kind:
    return _wrap(
        base, "tuple", f"(i64, {base.type})", lambda e: f"(3, {e})", lambda v, e: base.show(f"{v}.1"), can=EVERYTHING
    )


def record_of(base: Kind) -> Kind:
    return _wrap(
        base,
        "record",
        "Hull",
        lambda e: f'Hull {{ name: "hull", part: {e} }}',
        lambda v, e: base.show(f"{v}.part"),
        f"type Hull {{ name: string; part: {base.type}; }}",
    )


def generic_record_of(base: Kind) -> Kind:
    return _wrap(
        base,
        "generic_record",
        f"Duo<{base.type}, string>",
        lambda e: f'Duo {{ a: {e}, b: "duo" }}',
        lambda v, e: base.show(f"{v}.a"),
        "type Duo<A, B> { a: A; b: B; }",
    )


def vec_of(base: Kind) -> Kind:
    return _wrap(
        base,
        "vec",
        f"Vec<{base.type}>",
        lambda e: f"[{e}]",
        lambda v, e: base.show(f"{v}[0]"),
    )


def array_of(base: Kind) -> Kind:
    return _wrap(
        base,
        "array",
        f"[{base.type}; 1]",
        lambda e: f"[{e}]",
        lambda v, e: base.show(f"{v}[0]"),
    )


def map_of(base: Kind) -> Kind:
    made = _wrap(base, "map", f"HashMap<string, {base.type}>", lambda e: "", lambda v, e: "", can=frozenset({"clone", "send", "get"}))
    return Kind(
        made.name,
        made.type,
        lambda v, n: (
            f'{base.make(_inside(v), n)} let {v}: {made.type} = HashMap.new(); {v}.insert("k{n}", {_inside(v)});'
        ),
        lambda v: f'println(f"{{{v}.len()}} {{{v}.contains_key("k1")}}");',
        lambda n: f"1 {str(n == 1).lower()}",
        made.items,
        can=made.can,
        refuses=made.refuses,
        waits=base.waits,
        moves=base.moves,
    )


WRAPS: tuple[Wrap, ...] = (
    option_of,
    result_of,
    error_of,
    enum_of,
    generic_enum_of,
    tuple_of,
    record_of,
    generic_record_of,
    vec_of,
    array_of,
    map_of,
)

MORE = (
    Kind(
        "weak",
        "Weak<i64>",
        lambda v, n: f"let {v}_strong = Rc.new({n}); let {v}: Weak<i64> = {v}_strong.downgrade();",
        lambda v: f'println(if {v}.upgrade().is_none() || true {{ "weak" }} else {{ "none" }});',
        lambda n: "weak",
        can=frozenset({"clone", "get"}),
        refuses=TIED,
        moves=True,
    ),
    Kind(
        "lambda_pid",
        "LambdaPid<i64, i64>",
        lambda v, n: f"let {v} = actor |k: i64| -> i64 {{ k + {n} }};",
        lambda v: f'match await {v}(5) {{ Ok(n) => println(n), Err(_) => println("gone"), }}',
        lambda n: str(5 + n),
        can=EVERYTHING - {"key"},
        refuses=IN_CLOSURES,
        identity=True,
        moves=True,
        waits=True,
    ),
    Kind(
        "sender",
        "Sender<i64>",
        lambda v, n: f"let ({v}, {v}_out): (Sender<i64>, Receiver<i64>) = channel.new(200); {v}.send({n}); {v}_out.close();",
        lambda v: f'{v}.send(1); println("sent");',
        lambda n: "sent",
        "import std.channel.channel;",
        can=ONE_OWNER | {"clone", "get"},
        moves=True,
        waits=True,
    ),
    Kind(
        "inbox",
        "Receiver<string>",
        lambda v, n: f'let ({v}_in, {v}) = channel.new(9); for _ in 0..9 {{ {v}_in.send(f"m{{{n}}}"); }} {v}_in.close();',
        lambda v: f'match {v}.recv() {{ Some(m) => println(m), None => println("end"), }}',
        lambda n: f"m{n}",
        "import std.channel.channel;",
        can=ONE_OWNER,
        waits=True,
    ),
    Kind(
        "sink",
        "Sink<string>",
        lambda v, n: f'let ({v}, {v}_out) = stream.pipe(200); {v}.send("a"); {v}_out.close();',
        lambda v: f'{v}.send("b"); println("sent");',
        lambda n: "sent",
        "import std.stream;",
        can=ONE_OWNER,
        waits=True,
    ),
    Kind(
        "stream",
        "Stream<string>",
        lambda v, n: f'let ({v}_in, {v}) = stream.pipe(9); for _ in 0..9 {{ {v}_in.send(f"m{{{n}}}"); }} {v}_in.close();',
        lambda v: f'match await {v}.recv() {{ Some(m) => println(m), None => println("end"), }}',
        lambda n: f"m{n}",
        "import std.stream;",
        can=ONE_OWNER,
        refuses={"yield": "type-mismatch", "gen_in_record": "type-mismatch", "gen_through": "type-mismatch"},
        waits=True,
    ),
    Kind(
        "instant",
        "instant",
        lambda v, n: f"let {v} = instant.now();",
        lambda v: f"println({v} <= instant.now());",
        lambda n: "true",
        can=EVERYTHING - {"key"},
        identity=True,
    ),
    Kind(
        "owning_closure",
        "fn(i64) -> i64",
        lambda v, n: f'println("open {n}"); let {v}_held = Token {{ id: {n} }}; let {v} = move |k: i64| k + {v}_held.id;',
        lambda v: f"println({v}(5));",
        lambda n: str(5 + n),
        TOKEN,
        can=frozenset(),
    ),
    Kind(
        "owning_dyn",
        "dyn Ided",
        lambda v, n: f'println("open {n}"); let {v}: dyn Ided = Case1 {{ token: Token {{ id: {n} }} }};',
        lambda v: f"println({v}.ident());",
        lambda n: str(n),
        TOKEN
        + "\ntrait Ided { fn ident(self) -> i64; }\ntype Case1 { token: Token; }\nimpl Ided for Case1 { fn ident(self) -> i64 { self.token.id } }",
        can=frozenset(),
    ),
    Kind(
        "rc_of_vec",
        "Rc<Vec<string>>",
        lambda v, n: f'let {v}: Rc<Vec<string>> = Rc.new([f"v{{{n}}}"]);',
        lambda v: f'println(f"{{{v}.get().len()}} {{{v}.get()[0]}}");',
        lambda n: f"1 v{n}",
        can=frozenset({"clone", "get"}),
        refuses=TIED,
        moves=True,
    ),
    Kind(
        "keeping_machine",
        "Till",
        lambda v, n: f'var {v}: Till = Till.Holding {{ name: f"t{{{n}}}", items: [{n}, 2] }}; {v}.step(Shake);',
        lambda v: f'match {v} {{ Idle => println("idle"), Holding {{ name, items }} => println(f"{{name}} {{items[0]}}"), }}',
        lambda n: f"t{n} {n}",
        """machine Till {
    events { Shake; Put { more: Vec<i64>; } }
    state Idle;
    state Holding { name: string; items: Vec<i64>; }
    on Shake: Holding => Holding reenter { Holding { name: self.name, items: self.items } }
    on Put: Holding => Holding reenter { Holding { name: self.name, items: event.more } }
    default { state }
}""",
        can=frozenset({"eq", "send", "get"}),
    ),
    Kind(
        "long_string",
        "string",
        lambda v, n: f'let {v}: string = f"l{{{n}}}".repeat(5000);',
        lambda v: f'println(f"{{{v}.len()}} {{{v}.slice(0, 2)}}");',
        lambda n: f"10000 l{n}",
        display=lambda n: f"l{n}" * 5000,
    ),
    Kind("empty_string", "string", lambda v, n: f'let {v}: string = "{"" if n == 1 else n}";', lambda v: f'println(f"<{{{v}}}>");', lambda n: f"<{'' if n == 1 else n}>", display=lambda n: "" if n == 1 else str(n)),
    Kind("empty_vec", "Vec<string>", lambda v, n: f'let {v}: Vec<string> = {"[]" if n == 1 else "[f" + chr(34) + "e" + str(n) + chr(34) + "]"};', lambda v: f'println(f"{{{v}.len()}} {{{v}.join("+")}}");', lambda n: "0 " if n == 1 else f"1 e{n}", can=frozenset({"clone", "eq", "send", "get"})),
)

_BY_NAME = {kind.name: kind for kind in (*KINDS, *MORE)}
HELD = tuple(
    _BY_NAME[name]
    for name in (
        "string", "vec", "hashmap", "record", "wire", "actor", "machine", "bytes", "f64",
        "resource", "closure", "owning_closure", "traitobj", "owning_dyn", "rc", "weak", "deque",
        "lambda_pid", "sender", "inbox", "sink", "stream", "generator", "option_of_resource", "record_of_resource",
    )
)  # fmt: skip
WRAPPED = tuple(kind for base in HELD for wrap in WRAPS if (kind := wrap(base)).name not in _BY_NAME)
