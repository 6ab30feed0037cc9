"""The kinds of values the matrix goes through: how one is made, shown, and what it can do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

RECORD = "type Spot { at: i64; name: string; }"
TOKEN = """#[resource]
type Token { id: i64; }
impl Token { fn close(self) { println(f"close {self.id}"); } }"""
TRAFFIC = """machine Gauge {
    events { Up; Clear; }
    state Empty;
    state Full { level: i64; }
    on Up: Empty => Full { Full { level: 1 } }
    on Up: Full => Full reenter { Full { level: self.level + 1 } }
    on Clear: Full => Empty { Empty }
    default { state }
}"""
NAMED = """trait Named { fn label(self) -> string; }
type Cat { name: string; }
impl Named for Cat { fn label(self) -> string { f"cat {self.name}" } }
type Dog { age: i64; }
impl Named for Dog { fn label(self) -> string { f"dog {self.age}" } }"""
LIST = """indirect enum Chain { End; Link(i64, Chain); }
fn total(chain: Chain) -> i64 { match chain { End => 0, Link(head, rest) => head + total(rest), } }"""


@dataclass(frozen=True, eq=False)
class Kind:
    """One kind of value. `make` gives statements that declare the variable `v` with the value of the number `n` (0 to 3);
    `show` gives statements that print the lines of `text(n)` from the variable `v`. `can` names what it can do,
    `refuses` the operations that have no meaning for it and the diagnostic each gets; two values with `identity` are never equal;
    of a kind that cannot be shown `again` the first time
    takes what it shows; of one that `waits` it may have to wait; one that `moves`
    can be cloned, but goes where it is bound."""

    name: str
    type: str
    make: Callable[[str, int], str]
    show: Callable[[str], str]
    text: Callable[[int], str]
    items: str = ""
    can: frozenset[str] = field(default_factory=lambda: EVERYTHING)
    display: Callable[[int], str] | None = None
    refuses: dict[str, str] = field(default_factory=dict)
    identity: bool = False
    again: bool = True
    waits: bool = False
    moves: bool = False

    def meets(self, need: str) -> bool:
        """Whether a value of this kind has what an operation asks for."""
        match need:
            case "again":
                return self.again
            case "display":
                return self.display is not None
            case "free":
                return "fork_result" not in self.refuses
            case "quick":
                return not self.waits
            case "yields":
                return "yield" not in self.refuses
            case "many":
                return bool(self.can & {"clone", "get"}) and not self.moves
            case "copied":
                return "clone" in self.can and not self.moves
            case "same":
                return "eq" in self.can and not self.identity
            case "differs":
                return self.meets("same") and self.text(1) != self.text(2)
            case "distinct":
                return "key" in self.can and self.meets("differs")
            case _:
                return need in self.can



EVERYTHING = frozenset({"clone", "eq", "key", "send", "get"})
NO_KEY = EVERYTHING - {"key"}
ONE_OWNER = frozenset({"send"})
TIED = {"fork_argument": "not-sendable", "fork_result": "not-sendable"}
IN_MACHINES = dict.fromkeys(("machine_holds", "machine_given", "machine_ignores"), "machine-holds-resource")


def _plain(name: str, type_: str, literals: tuple[str, ...], shown: tuple[str, ...] = ()) -> Kind:
    """A kind whose values are literals and which prints itself."""
    shown = shown or literals
    return Kind(
        name,
        type_,
        lambda v, n: f"let {v}: {type_} = {literals[n]};",
        lambda v: f'println(f"{{{v}}}");',
        lambda n: shown[n],
        display=lambda n: shown[n],
    )


def _built(v: str, type_: str, steps: str) -> str:
    return f"let {v}: {type_} = {type_.split('<')[0]}.new(); {steps}"


KINDS = (
    _plain("bool", "bool", ("false", "true", "false", "true")),
    _plain("i8", "i8", ("-128", "1", "2", "127")),
    _plain("i32", "i32", ("0", "-1", "2", "2147483647")),
    _plain("i64", "i64", ("0", "1", "-2", "9223372036854775807")),
    _plain("u8", "u8", ("0", "1", "2", "255")),
    _plain("u64", "u64", ("0", "1", "2", "9223372036854775807")),
    _plain("f32", "f32", ("0.5", "1.5", "2.25", "3.0"), ("0.5", "1.5", "2.25", "3")),
    _plain("f64", "f64", ("0.5", "1.5", "2.25", "3.0"), ("0.5", "1.5", "2.25", "3")),
    _plain("char", "char", ("'a'", "'b'", "'c'", "'d'"), ("a", "b", "c", "d")),
    _plain("duration", "duration", ("1ns", "2us", "3ms", "4s"), ("1ns", "2000ns", "3000000ns", "4000000000ns")),
    Kind(
        "string",
        "string",
        lambda v, n: f'let {v}: string = f"s{{{n}}}";',
        lambda v: f"println({v});",
        lambda n: f"s{n}",
        display=lambda n: f"s{n}",
    ),
    Kind(
        "bytes",
        "bytes",
        lambda v, n: f"let {v}: bytes = bytes.new(); {v}.push(65); {v}.push({66 + n});",
        lambda v: f'println(f"{{{v}.len()}} {{{v}[1]}}");',
        lambda n: f"2 {66 + n}",
        can=frozenset({"send", "get"}),
    ),
    Kind(
        "tuple",
        "(i64, string)",
        lambda v, n: f'let {v}: (i64, string) = ({n}, f"t{{{n}}}");',
        lambda v: f'println(f"{{{v}.0}} {{{v}.1}}");',
        lambda n: f"{n} t{n}",
    ),
    Kind(
        "array",
        "[i64; 3]",
        lambda v, n: f"let {v}: [i64; 3] = [{n}, {n} + 1, {n} + 2];",
        lambda v: f'println(f"{{{v}[0]}} {{{v}[2]}}");',
        lambda n: f"{n} {n + 2}",
        can=NO_KEY,
    ),
    Kind(
        "vec",
        "Vec<string>",
        lambda v, n: _built(v, "Vec<string>", f'{v}.push(f"a{{{n}}}"); {v}.push("b");'),
        lambda v: f'println(f"{{{v}.len()}} {{{v}[0]}}");',
        lambda n: f"2 a{n}",
        can=NO_KEY,
    ),
    Kind(
        "hashmap",
        "HashMap<string, Vec<i64>>",
        lambda v, n: _built(v, "HashMap<string, Vec<i64>>", f'{v}.insert(f"k{{{n}}}", [{n}, 7]);'),
        lambda v: f'for (name, list) in {v} {{ println(f"{{name}} {{list[0]}} {{list.len()}}"); }}',
        lambda n: f"k{n} {n} 2",
        can=frozenset({"clone", "send", "get"}),
    ),
    Kind(
        "hashset",
        "HashSet<string>",
        lambda v, n: _built(v, "HashSet<string>", f'{v}.insert(f"e{{{n}}}"); {v}.insert("same");'),
        lambda v: f'println(f"{{{v}.len()}} {{{v}.contains("e1")}}");',
        lambda n: f"2 {str(n == 1).lower()}",
        can=frozenset({"clone", "send", "get"}),
    ),
    Kind(
        "option",
        "Option<string>",
        lambda v, n: f"let {v}: Option<string> = " + (f'Some(f"o{{{n}}}");' if n else "None;"),
        lambda v: f'match {v} {{ Some(inside) => println(inside), None => println("none"), }}',
        lambda n: f"o{n}" if n else "none",
        can=NO_KEY,
    ),
    Kind(
        "result",
        "Result<Vec<i64>, string>",
        lambda v, n: f"let {v}: Result<Vec<i64>, string> = " + (f"Ok([{n}, 2]);" if n else 'Err(f"bad{0}");'),
        lambda v: f'match {v} {{ Ok(list) => println(f"ok {{list[0]}}"), Err(why) => println(why), }}',
        lambda n: f"ok {n}" if n else "bad0",
        can=NO_KEY,
    ),
    Kind(
        "enum_unit",
        "Side",
        lambda v, n: f"let {v}: Side = {('North', 'East', 'South', 'West')[n]};",
        lambda v: f'println(match {v} {{ North => "n", East => "e", South => "s", West => "w", }});',
        lambda n: "nesw"[n],
        "enum Side { North; East; South; West; }",
        can=NO_KEY,
    ),
    Kind(
        "enum_payload",
        "Shape",
        lambda v, n: f"let {v}: Shape = " + ("Dot;", 'Text(f"x{1}");', "Box { w: 2, tags: [3] };", 'Text("y");')[n],
        lambda v: (
            f'match {v} {{ Dot => println("dot"), Text(t) => println(t), Box {{ w, tags }} => println(f"{{w}} {{tags.len()}}"), }}'
        ),
        lambda n: ("dot", "x1", "2 1", "y")[n],
        "enum Shape { Dot; Text(string); Box { w: i64, tags: Vec<i64> }; }",
        can=NO_KEY,
    ),
    Kind(
        "enum_indirect",
        "Chain",
        lambda v, n: f"let {v}: Chain = Link({n}, Link(10, End));",
        lambda v: f"println(total({v}));",
        lambda n: str(n + 10),
        LIST,
        can=NO_KEY,
    ),
    Kind(
        "record",
        "Spot",
        lambda v, n: f'let {v} = Spot {{ at: {n}, name: f"r{{{n}}}" }};',
        lambda v: f'println(f"{{{v}.at}} {{{v}.name}}");',
        lambda n: f"{n} r{n}",
        RECORD,
        can=NO_KEY,
    ),
    Kind(
        "record_generic",
        "Pair<string, Vec<i64>>",
        lambda v, n: f'let {v}: Pair<string, Vec<i64>> = Pair {{ a: f"g{{{n}}}", b: [{n}] }};',
        lambda v: f'println(f"{{{v}.a}} {{{v}.b[0]}}");',
        lambda n: f"g{n} {n}",
        "type Pair<A, B> { a: A; b: B; }",
        can=NO_KEY,
    ),
    Kind(
        "wire",
        "Order",
        lambda v, n: f'let {v} = Order {{ id: {n}, lines: [f"w{{{n}}}"] }};',
        lambda v: f'println(f"{{{v}.id}} {{{v}.lines[0]}}");',
        lambda n: f"{n} w{n}",
        "#[wire]\ntype Order { id: i64 @1; lines: Vec<string> @2; }",
        can=NO_KEY,
    ),
    Kind(
        "function",
        "fn(i64) -> i64",
        lambda v, n: f"let {v}: fn(i64) -> i64 = {('same', 'twice', 'same', 'twice')[n]};",
        lambda v: f"println({v}(5));",
        lambda n: str(5 * (1 + n % 2)),
        "fn same(n: i64) -> i64 { n }\nfn twice(n: i64) -> i64 { n * 2 }",
        can=frozenset(),
    ),
    Kind(
        "closure",
        "fn(i64) -> i64",
        lambda v, n: f'let {v}_held = f"c{{{n}}}"; let {v} = |k: i64| k + {v}_held.len() + {n};',
        lambda v: f"println({v}(5));",
        lambda n: str(7 + n),
        "",
        can=frozenset(),
    ),
    Kind(
        "generator",
        "Generator<i64, ()>",
        lambda v, n: f"let {v} = gen {{ yield {n}; yield {n} + 1; }};",
        lambda v: f"{{ var sum = 0; for each in {v} {{ sum = sum + each; }} println(sum); }}",
        lambda n: str(2 * n + 1),
        "",
        can=frozenset(),
        refuses={"yield": "type-mismatch", **TIED},
        again=False,
    ),
    Kind(
        "machine",
        "Gauge",
        lambda v, n: f"var {v} = Empty; " + f"{v}.step(Up); " * n,
        lambda v: f'match {v} {{ Empty => println("empty"), Full {{ level }} => println(level), }}',
        lambda n: str(n) if n else "empty",
        TRAFFIC,
        can=frozenset({"eq", "send", "get"}),
    ),
    Kind(
        "traitobj",
        "dyn Named",
        lambda v, n: f"let {v}: dyn Named = " + (f"Dog {{ age: {n} }};" if n % 2 else f'Cat {{ name: f"n{{{n}}}" }};'),
        lambda v: f"println({v}.label());",
        lambda n: f"dog {n}" if n % 2 else f"cat n{n}",
        NAMED,
        can=frozenset(),
    ),
    Kind(
        "actor",
        "LocalPid<Echo>",
        lambda v, n: f"let {v} = spawn Echo(base: {n});",
        lambda v: f'match await {v}.take(5) {{ Ok(n) => println(n), Err(_) => println("gone"), }}',
        lambda n: str(5 + n),
        "actor Echo { let base: i64; receive fn take(n: i64) -> i64 { n + base } }",
        can=NO_KEY,
        identity=True,
        waits=True,
    ),
    Kind(
        "resource",
        "Token",
        lambda v, n: f'println("open {n}"); let {v} = Token {{ id: {n} }};',
        lambda v: f'println(f"token {{{v}.id}}");',
        lambda n: f"token {n}",
        TOKEN,
        can=ONE_OWNER | {"eq"},
        refuses={"iterate": "not-iterable", **IN_MACHINES},
    ),
    Kind(
        "record_of_resource",
        "Crate",
        lambda v, n: f'println("open {n}"); let {v} = Crate {{ token: Token {{ id: {n} }}, name: f"q{{{n}}}" }};',
        lambda v: f'println(f"{{{v}.token.id}} {{{v}.name}}");',
        lambda n: f"{n} q{n}",
        TOKEN + "\ntype Crate { token: Token; name: string; }",
        can=ONE_OWNER | {"eq"},
        refuses=IN_MACHINES,
    ),
    Kind(
        "enum_of_resource",
        "Slot",
        lambda v, n: f'println("open {n}"); let {v}: Slot = Full(Token {{ id: {n} }});',
        lambda v: f'match {v} {{ Vacant => println("vacant"), Full(token) => println(f"full {{token.id}}"), }}',
        lambda n: f"full {n}",
        TOKEN + "\nenum Slot { Vacant; Full(Token); }",
        can=ONE_OWNER | {"eq"},
        refuses=IN_MACHINES,
    ),
    Kind(
        "option_of_resource",
        "Option<Token>",
        lambda v, n: f'println("open {n}"); let {v}: Option<Token> = Some(Token {{ id: {n} }});',
        lambda v: f'match {v} {{ None => println("vacant"), Some(token) => println(f"full {{token.id}}"), }}',
        lambda n: f"full {n}",
        TOKEN,
        can=ONE_OWNER | {"eq"},
        refuses=IN_MACHINES,
    ),
    Kind(
        "rc",
        "Rc<string>",
        lambda v, n: f'let {v}: Rc<string> = Rc.new(f"rc{{{n}}}");',
        lambda v: f"println({v}.get());",
        lambda n: f"rc{n}",
        "",
        can=frozenset({"clone", "get"}),
        refuses=TIED,
        moves=True,
    ),
    Kind(
        "deque",
        "deque.Deque",
        lambda v, n: f"let {v}: deque.Deque = deque.new(); {v}.push_back({n});",
        lambda v: f"println({v}.len());",
        lambda n: "1",
        "import std.deque;",
        can=ONE_OWNER | {"eq"},
        refuses={"iterate": "not-iterable", **IN_MACHINES},
    ),
    Kind(
        "receiver",
        "Receiver<string>",
        lambda v, n: f'let ({v}_in, {v}) = channel.new(4); {v}_in.send(f"m{{{n}}}"); {v}_in.close();',
        lambda v: f'match {v}.recv() {{ Some(m) => println(m), None => println("end"), }}',
        lambda n: f"m{n}",
        "import std.channel.channel;",
        can=ONE_OWNER,
        again=False,
        waits=True,
    ),
)
