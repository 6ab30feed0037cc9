"""Moments of the years 1 to 9999, shown in parts and read again, some of them misspelt.

In: a seed, a count.  Out: a program.
Assumed: Python's `strptime` takes spaces in more places; those readings are left out.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from tests.edges.program import Program

EPOCH = datetime(1970, 1, 1)
SPECIAL = (
    -62135596800000, 253402300799999, 0, -1, 999, 1000, -1000, -1001, 951782400000, 951868799999, 951868800000, 4107542399999,
    4107542400000, -2203891200001, 68169600000,
)  # fmt: skip
FORMS = ("%Y-%m-%d %H:%M:%S", "%d/%m/%Y %I:%M %p", "%b %d %Y %H:%M", "%Y-%m-%dT%H:%M:%S%z")
HEAD = """import std.time.datetime;
fn show(t: i64) {
    println(f"{datetime.year(t)} {datetime.month(t)} {datetime.day(t)} {datetime.hour(t)} {datetime.minute(t)} {datetime.second(t)} {datetime.weekday(t)}");
    println(datetime.format(t, "%Y|%y|%m|%d|%H|%I|%M|%S|%j|%p|%A|%a|%B|%b|%u|%w|%F|%T|%s|%%"));
}
fn read(s: string, f: string) { match datetime.try_parse(s, f) { Ok(t) => println(t), Err(_) => println("refused") } }"""


def _shown(t: int, at: datetime) -> str:
    year = f"{at.year:04}"
    parts = at.strftime("%m|%d|%H|%I|%M|%S|%j|%p|%A|%a|%B|%b|%u|%w")
    return f"{year}|{year[2:]}|{parts}|{year}-{at:%m-%d}|{at:%H:%M:%S}|{t // 1000}|%"


def _read(text: str, form: str) -> str:
    try:
        at = datetime.strptime(text, form)
    except ValueError:
        return "refused"
    offset = at.utcoffset() or timedelta()
    return str((at.replace(tzinfo=None) - offset - EPOCH) // timedelta(milliseconds=1))


def program(seed: int, count: int) -> Program:
    """So many moments, each read again in every form."""
    rng = random.Random(seed)
    made = Program([HEAD])
    for number in range(count):
        t = SPECIAL[number] if number < len(SPECIAL) else rng.randrange(SPECIAL[0], SPECIAL[1])
        at = EPOCH + timedelta(milliseconds=t)
        numbers = (at.year, at.month, at.day, at.hour, at.minute, at.second, at.weekday())
        made.call(f"show({t});", " ".join(map(str, numbers)), _shown(t, at))
        for form in FORMS if 1000 <= at.year < 9999 else ():
            offset = rng.choice([0, 60, -210, 840])
            zone = f"{'-' if offset < 0 else '+'}{abs(offset) // 60:02}:{abs(offset) % 60:02}"
            text = at.strftime(form.replace("%z", "")) + (zone if "%z" in form else "")
            if rng.random() < 0.4:
                place = rng.randrange(len(text))
                text = text[:place] + rng.choice("0139:-xZ") + text[place + 1 :]
            made.call(f'read("{text}", "{form}");', _read(text, form))
    return made
