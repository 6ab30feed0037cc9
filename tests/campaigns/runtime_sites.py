"""Places in the runtime's C where a call can be deleted, or two neighbours can be swapped.

In: the runtime's source.  Out: `Site`, `sites`, `changed` (the source with one change), `marked` (the source that
notes which sites are reached).
Assumed: a call that stands alone in its statement can be deleted; two such calls in lines that follow each other, with
the same indentation, are a teardown pair.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from runtime.building import RUNTIME

WORDS = "free|give|unlock|unlink|release|drop|deinit|finish|cancel|join|drain|close|sweep|take_out|wake|signal_set|poke_main"
CALL = re.compile(rf"^(\s*(?:if \(.*\) |else |default: |case [\w ,]+: )?)((?:\w*(?:{WORDS})\w*)\([^;{{}}]*\);)")

FUNCTION = re.compile(r"^[a-z_].*?(\w+)\([^;]*\{$")


@dataclass(frozen=True)
class Site:
    """One call in the runtime's source, or, with `then`, two calls that change places."""

    file: str
    line: int
    call: str
    then: str = ""

    @property
    def key(self) -> str:
        """What the table of equivalents calls it."""
        return f"{self.file}: {self.call}" + (f" <-> {self.then}" if self.then else "")

    @property
    def place(self) -> str:
        """The call with the function it stands in: another key, where calls of several functions have the same text."""
        heads = (FUNCTION.match(line) for line in reversed(lines_of(self.file)[: self.line]))
        function = next((head[1] for head in heads if head), "")
        return f"{self.file}: {function}: {self.call}"

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.call}" + (f" <-> {self.then}" if self.then else "")


def lines_of(file: str) -> list[str]:
    """The source as it is."""
    return (RUNTIME / "src" / file).read_text(encoding="utf-8").splitlines()


def files() -> list[str]:
    """Every C file of check builds, which have another allocator than releases."""
    names = sorted(str(path.relative_to(RUNTIME / "src")) for path in (RUNTIME / "src").rglob("*.c"))
    return [name for name in names if name != "mem/pool.c"]


def sites() -> list[Site]:
    """Every call that can be deleted, in order; not those of the faults that are built in for tests."""
    found = []
    for name in files():
        is_fault = False
        for number, line in enumerate(lines_of(name), start=1):
            is_fault = line.startswith("#if HEW_CANARY") or (is_fault and not line.startswith(("#endif", "#else")))
            match = CALL.match(line)
            if match and not is_fault and " = " not in match[2].split("(")[0]:
                found.append(Site(name, number, match[2]))
    return found


def pairs() -> list[Site]:
    """Every two neighbours of `sites` that are not the same call, or arms of a switch."""
    found = []
    single = sites()
    for one, two in zip(single, single[1:], strict=False):
        first, second = lines_of(one.file)[one.line - 1], lines_of(two.file)[two.line - 1] if two.file == one.file else ""
        if two.file != one.file or two.line != one.line + 1 or one.call == two.call or first.lstrip().startswith("case "):
            continue
        if len(first) - len(first.lstrip()) == len(second) - len(second.lstrip()):
            found.append(Site(one.file, one.line, one.call, two.call))
    return found


def changed(site: Site) -> str:
    """The source file with the change."""
    lines = lines_of(site.file)
    at = site.line - 1
    if site.then:
        lines[at], lines[at + 1] = lines[at + 1], lines[at]
    elif site.call:
        match = CALL.match(lines[at])
        assert match is not None
        lines[at] = match[1] + "(void)0;" + lines[at][match.end() :]
    return "\n".join(lines) + "\n"


def marked(file: str, numbers: dict[Site, int]) -> str:
    """The source file whose sites, when they are reached, say so by their numbers."""
    lines = lines_of(file)
    for site, number in numbers.items():
        if site.file == file and site.call and not site.then:
            match = CALL.match(lines[site.line - 1])
            assert match is not None
            rest = lines[site.line - 1][match.end() :]
            lines[site.line - 1] = f"{match[1]}(hew_test_reached({number}), {match[2].removesuffix(';')});{rest}"
    return "\n".join(lines) + "\n"
