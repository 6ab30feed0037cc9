"""A program of many calls, each printing one or more lines, and the lines that Python expects.

In: definitions and calls.  Out: the text of the program.
Assumed: a call prints as many lines as it is given; calls stand in functions of a hundred, so that none grows too large.
"""

from __future__ import annotations

from dataclasses import dataclass, field

CALLS_PER_FUNCTION = 100


@dataclass
class Program:
    """What is written so far."""

    head: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    crashes: bool = False
    """Whether some calls trap in an actor of their own, which ends the process with 1."""

    def call(self, text: str, *lines: str) -> None:
        """One statement and what it prints."""
        self.calls.append(text)
        self.expected += lines

    def text(self) -> str:
        parts = []
        for at in range(0, len(self.calls), CALLS_PER_FUNCTION):
            body = "\n".join(f"    {call}" for call in self.calls[at : at + CALLS_PER_FUNCTION])
            parts.append(f"fn part{at}() {{\n{body}\n}}")
        main = "\n".join(f"    part{at}();" for at in range(0, len(self.calls), CALLS_PER_FUNCTION))
        return "\n".join([*self.head, *parts, f"fn main() {{\n{main}\n}}"]) + "\n"


def quoted(text: str) -> str:
    """A text as a literal of Hew."""
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(c: str) -> str:
    if c in '"\\':
        return "\\" + c
    return c if c == " " or c.isprintable() else f"\\u{{{ord(c):x}}}"


def shown(value: bool) -> str:
    return "true" if value else "false"


def option(value: object) -> str:
    """`None`, or `Some` of a value; Python's None is none."""
    return "None" if value is None else f"Some({value})"
