"""Reading command lines.

In: the words after the command and a `Syntax`.  Out: `Arguments`, or `UsageError`.
Assumed: options may stand before or after the file; everything behind `--` belongs to
the program.  Written here because `argparse` alone costs a fifth of the start-up time.
"""

from __future__ import annotations

from pyhew.source.records import field, record

EVERYWHERE = {"--allow": "-A", "--warn": "-W", "--deny": "-D", "--forbid": "-F"}
"""Longer names that every command takes which takes the short ones."""


class UsageError(Exception):
    """The command line makes no sense; the text says why."""


@record(frozen=True, slots=True)
class Syntax:
    """Which options a command knows; `values` take a word, may be given again, and `--x=y` is `--x y`."""

    usage: str
    flags: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    max_files: int = 1
    takes_rest: bool = False
    aliases: dict[str, str] = field(default_factory=dict)


@record(slots=True)
class Arguments:
    """What was given."""

    files: list[str] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)
    values: dict[str, list[str]] = field(default_factory=dict)
    rest: list[str] = field(default_factory=list)

    def last(self, option: str) -> str | None:
        """The value of an option; the last one wins."""
        given = self.values.get(option)
        return given[-1] if given else None

    def choice(self, option: str, allowed: tuple[str, ...]) -> str:
        """The value of an option with fixed choices; the first is the default."""
        given = self.last(option)
        if given is not None and given not in allowed:
            raise UsageError(f"{option} is one of {', '.join(allowed)}, not `{given}`")
        return given if given is not None else allowed[0]


def parse_arguments(words: list[str], syntax: Syntax) -> Arguments:
    """Sorts `words` out."""
    found = Arguments()
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        if word == "--" and syntax.takes_rest:
            found.rest = words[at:]
            break
        if not word.startswith("-") or word == "-":
            found.files.append(word)
            continue
        name, equals, value = word.partition("=")
        name = syntax.aliases.get(name, EVERYWHERE.get(name, name))
        if name in syntax.flags and not equals:
            found.flags.add(name)
        elif name in syntax.values:
            if not equals:
                if at == len(words):
                    raise UsageError(f"{name} needs a value")
                value = words[at]
                at += 1
            found.values.setdefault(name, []).append(value)
        elif len(name) > 2 and name[1] != "-" and name[:2] in syntax.values:
            found.values.setdefault(name[:2], []).append(word[2:])
        else:
            raise UsageError(f"unknown option `{word}`")
    if len(found.files) > syntax.max_files:
        raise UsageError(f"one argument too many: `{found.files[syntax.max_files]}`")
    return found
