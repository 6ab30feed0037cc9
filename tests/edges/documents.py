"""TOML and XML: read as they are, and after lines were moved and characters changed.

In: a seed, a count.  Out: a program.
Assumed: dates, infinities and what declares an XML document are left out; tables are compared as JSON.
"""

from __future__ import annotations

import json
import random
import tomllib
from xml.parsers import expat

from tests.edges.encodings import meaning
from tests.edges.program import Program, quoted

MARKS = "{}[]()<>,:;\"'\\/0123456789-+.eE \n#&*=?!_axnutf"
TABLES = (
    'a = 1\nb.c = "x\\n\\u00e9"\n[t]\nd = 0x1F\ne = [1, 2.5, [true]]\n[[arr]]\nn = \'lit\'\n[[arr]]\nm = """ml\n  x"""\n[arr.sub]\n',
    "[a]\nb=1\n[a.c]\nd=2\n[[a.e]]\nf=1\n[[a.e]]\n[a.e.g]\n[x.y.z]\n[x]\n",
    "[[p]]\n[p.q]\nr=1\n[[p.s]]\nt=1\n[[p]]\n[p.q]\n[[p.s]]\n[[p.s]]\n",
    'k = { p = 1, q = "r" }\ns = \'\'\'a\nb\'\'\'\n"q u" = 1e5\na.b=1\na.c.d=2\ny = 1_000\n# c\n',
)
TREES = (
    "<!-- c --><r a=\"1\" b='x&amp;y'><c/>t&lt;&#233;&#x41;<![CDATA[<raw>]]><d e=\"\">f</d></r>",
    '<n:a xmlns:n="u"><b><c>é</c></b></n:a>\n<!-- e -->',
    "<?go now?><a>x<?p?>y</a>",
)
HEAD = """import std.encoding.hex;
import std.encoding.xml;
import std.wire.json;
import std.wire.toml;
fn table(s: string) { match toml.read(s) { Ok(v) => println(json.write(v)), Err(_) => println("refused") } }
fn shape(v: xml.Node) -> string {
    if v.is_element() == 0 { return "T" + hex.encode(v.get_text().to_bytes()); }
    var t = "(" + hex.encode(v.get_tag().to_bytes());
    for i in 0..v.children_count() { t = t + "," + shape(v.get_child(i)); }
    t + ")"
}
fn tree(s: string) { match xml.try_parse(s) { Ok(v) => println(shape(v)), Err(_) => println("refused") } }"""


def _changed(rng: random.Random, texts: tuple[str, ...]) -> str:
    text = rng.choice(texts)
    for _ in range(rng.randrange(3)):
        at = rng.randrange(len(text) + 1)
        lines = text.split("\n")
        lines.insert(rng.randrange(len(lines)), lines.pop(rng.randrange(len(lines))))
        text = rng.choice(
            [text[:at] + rng.choice(MARKS) + text[at:], text[:at] + text[at + rng.randrange(4) :], "\n".join(lines), text[:at]]
        )
    return text


def _table(text: str) -> str | None:
    """None for what JSON has no words for."""
    try:
        return meaning(json.dumps(tomllib.loads(text), allow_nan=False))
    except tomllib.TOMLDecodeError:
        return "refused"
    except (TypeError, ValueError):
        return None


def _tree(text: str) -> str:
    open_elements: list[list[str]] = [[]]
    letters: list[str] = []

    def end_text() -> None:
        if letters:
            open_elements[-1].append("T" + "".join(letters).encode().hex())
            letters.clear()

    def begin(name: str, _: object) -> None:
        end_text()
        open_elements.append([name.encode().hex()])

    def end(_: str) -> None:
        end_text()
        parts = open_elements.pop()
        open_elements[-1].append(f"({','.join(parts)})")

    parser = expat.ParserCreate()
    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.CharacterDataHandler = letters.append
    try:
        parser.Parse(text.encode(), True)
    except expat.ExpatError:
        return "refused"
    return open_elements[0][0]


def program(seed: int, count: int) -> Program:
    """So many of each."""
    rng = random.Random(seed)
    made = Program([HEAD])
    for _ in range(count):
        text = _changed(rng, TABLES)
        expected = _table(text)
        if expected is not None:
            made.call(f"table({quoted(text)});", expected)
        text = _changed(rng, TREES)
        if "<!DOCTYPE" not in text:
            made.call(f"tree({quoted(text)});", _tree(text))
    return made
