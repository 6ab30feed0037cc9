"""What every random program shares: the Hew text, and the same in Python.

In: nothing.  Out: `HEW`, a text; `environment()`, names for `exec`.
Assumed: values of Hew are Python's `int`, `bool`, `str`, `list`, `dict`, `tuple` (enums: name first) and `Rec`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from copy import deepcopy

HEW = """
import std.channel.channel;
import std.os;
import std.string;

indirect enum List {
    End;
    Link(string, List);
}

trait Speak {
    fn say(self) -> string;
}

type Dog { name: string; }

type Keeper { run: fn(i64) -> string; }

type Robot { parts: Vec<string>; }

impl Speak for Dog {
    fn say(self) -> string { f"{self.name} barks" }
}

impl Speak for Robot {
    fn say(self) -> string { f"{self.parts.len()} parts" }
}

#[resource]
type Door {
    name: string;
    notes: Vec<string>;
}

impl Door {
    fn close(consuming self) { println(f"close {self.name}"); }
    fn size(self) -> i64 { self.name.len() + self.notes.len() }
}

fn door(name: string) -> Door { Door { name: name, notes: [name + "!"] } }
fn clip(s: string) -> string { if s.len() > 30 { s.slice(0, 30) } else { s } }
fn link(s: string, rest: List) -> List { List.Link(s, rest) }

fn same(s: string) -> string { s }
fn spelled(s: string) -> Vec<string> { [s, s] }
fn maker(s: string) -> fn(i64) -> string { move |k: i64| -> string { clip(f"{s}/{k}") } }
fn twice(f: fn(i64) -> string, n: i64) -> string { clip(f(n) + f(n + 1)) }
fn swallow(d: Door) -> i64 { d.size() }

fn refused(s: string) -> Result<string, string> { Err(s + "?") }
fn lingers(s: string) -> Result<string, string> {
    let kept = [s, s + "!"];
    for word in pieces(kept) {
        sleep(40s);
        println(word);
    }
    Ok(kept[0])
}

gen fn letters(word: string, n: i64) -> string {
    var last = word;
    for i in 0..n {
        last = clip(f"{last}{i}");
        yield last;
    }
}

gen fn pieces(items: Vec<string>) -> string {
    for item in items { yield item + "."; }
}

actor Echo {
    let name: string;
    var held: Vec<string> = Vec.new();
    var last: string = "";

    receive fn put(s: string) {
        last = s;
        if held.len() > 6 { held.clear(); }
        held.push(s);
    }
    receive fn ignore(v: Vec<string>) {}
    receive fn text(s: string) -> string { clip(f"{name}{s}") }
    receive fn number(n: i64) -> i64 { held.len() + n }
    receive fn all() -> Vec<string> { clone held }
    receive fn list(v: Vec<string>) -> Vec<string> {
        v.push(clip(last + "#"));
        v
    }
    receive fn fall(s: string) -> string {
        let kept = [s, clip(s + last)];
        let opened = door(clip(f"fall {s}"));
        panic(f"as asked {kept.len() + opened.size()}");
    }
    receive fn slow(s: string) -> string {
        sleep(2ms);
        s
    }
    receive fn through(other: LocalPid<Echo>, s: string) -> string { (await other.text(s)).unwrap_or("gone") }
    receive fn limited(other: LocalPid<Echo>, s: string) -> bool {
        match await other.slow(s) | after 1ms {
            .Ok(_) => true,
            .Err(_) => false,
        }
    }
    receive gen fn stream(n: i64) -> string {
        for i in 0..n { yield f"{name} {i}"; }
    }
}

supervisor Guard(name: string) {
    strategy: one_for_one;
    intensity: 1000 within 60s;

    child one: Echo(name: name + "1");
    child two: Echo(name: name + "2");
}

supervisor Outer {
    strategy: rest_for_one;
    intensity: 1000 within 60s;

    child inner: Guard(name: "in".to_upper());
    child last: Echo(name: "last".to_upper());
}
"""


class Fallen(Exception):
    """A panic in a handler."""


class Rec:
    """A record: its type's name and its fields in order."""

    __slots__ = ("_name", "__dict__")

    def __init__(self, record: str, **fields: object) -> None:
        self._name = record
        self.__dict__.update(fields)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rec) and self.__dict__ == other.__dict__

    __hash__ = None  # type: ignore[assignment]


def shown(value: object) -> str:
    """What `{value:?}` prints."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | str):
        return str(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(shown, value)) + "]"
    if isinstance(value, set_):
        return "{" + ", ".join(map(shown, value)) + "}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{shown(k)}: {shown(v)}" for k, v in value.items()) + "}"
    if isinstance(value, Rec):
        return f"{value._name} {{ " + ", ".join(f"{k}: {shown(v)}" for k, v in value.__dict__.items()) + " }"
    assert isinstance(value, tuple)
    if value and isinstance(value[0], variant):
        return str(value[0]) + (f"({', '.join(map(shown, value[1:]))})" if len(value) > 1 else "")
    return f"({', '.join(map(shown, value))})"


class variant(str):
    """The first item of a tuple that stands for an enum's value."""


class set_(dict[str, None]):
    """A set that keeps its order."""


class Echo:
    """The actor of the prelude."""

    def __init__(self, world: World, name: str) -> None:
        self.world, self.name = world, name
        self.start()

    def start(self) -> None:
        self.held: list[str] = []
        self.last = ""

    def put(self, s: str) -> None:
        self.last = s
        if len(self.held) > 6:
            self.held.clear()
        self.held.append(s)

    def ignore(self, v: object) -> None:
        pass

    def text(self, s: str) -> str:
        return (self.name + s)[:30]

    def number(self, n: int) -> int:
        return len(self.held) + n

    def all(self) -> list[str]:
        return list(self.held)

    def list(self, v: list[str]) -> list[str]:
        return [*v, (self.last + "#")[:30]]

    def fall(self, s: str) -> str:
        self.world.close(("fall " + s)[:30])
        raise Fallen

    def slow(self, s: str) -> str:
        return s

    def through(self, other: Pid, s: str) -> str:
        answer = other.ask("text", s)
        return str(answer[1]) if answer[0] == "Ok" else "gone"


class Pid:
    """A handle: whoever it was given to may be gone."""

    def __init__(self, world: World, name: str) -> None:
        self.actor = Echo(world, name)
        self.is_alive = True

    def ask(self, handler: str, *words: object) -> tuple[object, ...]:
        if not self.is_alive:
            return (variant("Err"), (variant("ActorStopped"),))
        try:
            return (variant("Ok"), getattr(self.actor, handler)(*deepcopy_but(words)))
        except Fallen:
            self.is_alive = False
            return (variant("Err"), (variant("ActorStopped"),))


def deepcopy_but(words: tuple[object, ...]) -> list[object]:
    return [word if isinstance(word, Pid) else deepcopy(word) for word in words]


class World:
    """What a run prints; closes are counted, because their order is not promised."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.closed: Counter[str] = Counter()

    def say(self, text: str) -> None:
        self.lines.append(text)

    def close(self, name: str) -> None:
        self.closed[f"close {name}"] += 1

    def door(self, name: str) -> Rec:
        self.close(name)
        return Rec("Door", name=name, notes=[name + "!"])


def letters(word: str, n: int) -> Iterator[str]:
    last = word
    for i in range(n):
        last = f"{last}{i}"[:30]
        yield last


def pieces(items: list[str]) -> Iterator[str]:
    return (item + "." for item in list(items))


def update(base: Rec, **fields: object) -> Rec:
    """`T { field: .., ..base }`."""
    return Rec(base._name, **{**base.__dict__, **fields})


def environment(world: World) -> dict[str, object]:
    """The names that the Python half of a program uses."""
    return {
        "say": world.say, "door": world.door, "shown": shown, "copy": deepcopy, "Rec": Rec, "V": variant, "Set": set_,
        "letters": letters, "pieces": pieces, "update": update, "Pid": lambda name: Pid(world, name),
        "clip": lambda s: s[:30], "END": (variant("End"),), "maker": lambda s: lambda k: f"{s}/{k}"[:30],
        "twice": lambda f, n: (f(n) + f(n + 1))[:30],
        "link": lambda s, rest: (variant("Link"), s, rest),
    }  # fmt: skip
