"""JSON, base64, CSV and fixed-width integers: written, read, and read after a few characters were changed.

In: a seed, a count.  Out: a program.
Assumed: JSON is compared as what it means; Python reads the words for infinity and lone surrogates, which are no JSON.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import math
import random
import re

from tests.edges.program import Program, quoted

LETTERS = 'ab"\\/\b\f\n\r\t{}[]:, é€𝄞\u2028\x7f\x1f\x01'
MARKS = '{}[],:"\\0-1eEn.u '
JSON_TEXTS = (
    "", "{", "[1,]", '{"a":}', '{"a":1,}', "{a:1}", "'a'", "01", "-", "+1", "1.", "1e", ".5", "0x1", "nul", "True", "NaN", "Infinity",
    "[1 2]", '"', '"\\x"', '"\\u12"', '"\\ud800"', '"\\udc00"', '"\\ud800\\u0041"', '"\t"', "1 2", "[]]", "[,]", "\u00a01", "-01",
    "1e400", "[1", " 1 ", "\t[\r\n]\n", "-0", "-0.0", "1E5", "1e-5", '"\\u0041\\/"', '"\\ud834\\udd1e"', "{}", "[[[[]]]]",
    "123456789012345678901234567890", "18446744073709551615", "18446744073709551616", '{"a":1,"a":2}', "1e-400",
)  # fmt: skip
HEAD = """import std.encoding.base64;
import std.encoding.binary;
import std.encoding.csv;
import std.encoding.hex;
import std.encoding.json;
fn tree(s: string) { match json.try_parse(s) { Ok(v) => println(v.stringify()), Err(_) => println("refused") } }
fn raw(s: string) {
    let d = hex.decode(s);
    println(f"{base64.encode(d)} {base64.encode_url(d)} {hex.encode_upper(d)}");
}
fn sixes(s: string) { match base64.try_decode(s) { Ok(d) => println(f"ok {hex.encode(d)}"), Err(_) => println("refused") } }
fn table(s: string) {
    match csv.try_parse_no_headers(s) {
        Ok(t) => {
            var text = f"{t.rows()}";
            for row in 0..t.rows() {
                text = text + " ";
                for col in 0..4 { text = text + hex.encode(t.get(row, col).to_bytes()) + ","; }
            }
            println(text);
        }
        Err(_) => println("refused"),
    }
}
fn fixed(n: i64) {
    println(f"{hex.encode(binary.put_u16_le(n))} {hex.encode(binary.put_u32_be(n))} {hex.encode(binary.put_i64_le(n))} {binary.get_i16_be(binary.put_i16_be(n))} {binary.get_u32_le(binary.put_u32_le(n))} {binary.get_i64_be(binary.put_i64_be(n))}");
}"""


def _value(rng: random.Random, depth: int = 0) -> object:
    kind = rng.randrange(9 if depth < 4 else 6)
    text = "".join(rng.choice(LETTERS) for _ in range(rng.randrange(6)))
    match kind:
        case 0:
            return None
        case 1:
            return rng.random() < 0.5
        case 2:
            return rng.choice([0, 1, -1, 2**63 - 1, -(2**63), 2**64 - 1, rng.randrange(-(10**9), 10**9)])
        case 3:
            return rng.choice([0.0, -0.0, 1.5, 1e22, 1e-7, 5e-324, 1.7976931348623157e308, 0.1, 1 / 3, 1e16, rng.uniform(-1e6, 1e6)])
        case 6:
            return [_value(rng, depth + 1) for _ in range(rng.randrange(4))]
        case 7 | 8:
            return {f"{text}{i}": _value(rng, depth + 1) for i in range(rng.randrange(4))}
        case _:
            return text


def _changed(rng: random.Random, text: str, marks: str) -> str:
    letters = list(text)
    for _ in range(rng.randrange(1, 3)):
        at = rng.randrange(len(letters) + 1)
        letters[at : at + rng.randrange(2)] = rng.choice([[], [rng.choice(marks)]])
    return "".join(letters)


def _refuse(word: str) -> float:
    raise ValueError(word)


def _finite(word: str) -> float:
    value = float(word)
    return value if math.isfinite(value) else _refuse(word)


def meaning(text: str) -> str:
    """What a JSON text means, spelt in one way: an integer that 64 bits do not hold is the float nearby."""

    def whole(word: str) -> int | float:
        return int(word) if -(2**63) <= int(word) < 2**64 else float(word)

    try:
        value = json.loads(text, parse_constant=_refuse, parse_float=_finite, parse_int=whole)
        made = json.dumps(value, ensure_ascii=False)
        made.encode()
    except (ValueError, RecursionError):
        return "refused"
    return made


def _sixes(text: str) -> str:
    body = text.rstrip("=")
    padding = len(text) - len(body)
    plain = body.replace("-", "+").replace("_", "/")
    is_whole = padding == 0 or (len(text) % 4 == 0 and padding < 3)
    if not re.fullmatch(r"[A-Za-z0-9+/]*", plain) or len(body) % 4 == 1 or not is_whole:
        return "refused"
    found = base64.b64decode(plain + "=" * (-len(body) % 4))
    return f"ok {found.hex()}" if base64.b64encode(found).decode().rstrip("=") == plain else "refused"


def _tables(made: Program, rng: random.Random) -> None:
    cells = ["", "a", "b c", '"', ",", "\n", "\r\n", "é", 'a"b', " x ", "\r"]
    rows = [["".join(rng.choices(cells, k=rng.randrange(3))) for _ in range(rng.randrange(1, 4))] for _ in range(rng.randrange(4))]
    file = io.StringIO()
    csv.writer(file, lineterminator=rng.choice(["\n", "\r\n", "\r"]), quoting=rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])).writerows(rows)
    text = file.getvalue()
    read = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    shown = ["".join((row[col].encode().hex() if col < len(row) else "") + "," for col in range(4)) for row in read]
    made.call(f"table({quoted(text)});", " ".join([str(len(read)), *shown]))


def program(seed: int, count: int) -> Program:
    """So many of each; the lines of JSON are compared by their meaning."""
    rng = random.Random(seed)
    made = Program([HEAD])
    texts = [json.dumps(_value(rng), ensure_ascii=rng.random() < 0.5, indent=rng.choice([None, 1])) for _ in range(count)]
    texts += [*JSON_TEXTS, *(_changed(rng, rng.choice(texts), MARKS) for _ in range(count))]
    for text in texts:
        made.call(f"tree({quoted(text)});", meaning(text))
    for size in range(count):
        data = rng.randbytes(size if size < 20 else rng.randrange(50))
        plain = base64.b64encode(data).decode()
        made.call(f'raw("{data.hex()}");', f"{plain} {base64.urlsafe_b64encode(data).decode()} {data.hex().upper()}")
        text = rng.choice([plain, plain.rstrip("="), plain[:-1], plain + "=", _changed(rng, plain, "=A-_+/ !é")])
        made.call(f"sixes({quoted(text)});", _sixes(text))
        _tables(made, rng)
        n = rng.choice([0, -1, 255, 32768, -32768, 2**31, -(2**31), 2**63 - 1, -(2**63), rng.randrange(-(2**63), 2**63)])
        short = int.from_bytes((n & 0xFFFF).to_bytes(2, "big"), "big", signed=False)
        made.call(
            f"fixed({n});",
            f"{(n & 0xFFFF).to_bytes(2, 'little').hex()} {(n & 0xFFFFFFFF).to_bytes(4, 'big').hex()} "
            f"{n.to_bytes(8, 'little', signed=True).hex()} {short - 65536 if short > 32767 else short} {n & 0xFFFFFFFF} {n}",
        )
    return made
