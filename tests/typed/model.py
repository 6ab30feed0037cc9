"""What a random program is made of: types, variables, and lines in two languages.

In: nothing.  Out: `Ty`, `Var`, `Node`, and the text of nodes in Hew and in Python.
Assumed: Python's objects stand for Hew's values; whoever writes Python where Hew copies says `copy(..)`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Ty:
    """A type of Hew; `parts` are what it is made of, `names` its fields or variants."""

    hew: str
    kind: str
    parts: tuple[Ty, ...] = ()
    names: tuple[str, ...] = ()
    payloads: tuple[tuple[Ty, ...], ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether using a value never takes it away."""
        return self.kind in ("int", "bool", "str")

    @property
    def has_map(self) -> bool:
        """Whether `==` has no meaning."""
        inner = [*self.parts, *(ty for payload in self.payloads for ty in payload)]
        return self.kind in ("map", "set") or any(ty.has_map for ty in inner)


INT, BOOL, STR = Ty("i64", "int"), Ty("bool", "bool"), Ty("string", "str")
LIST = Ty("List", "list")


def vec(of: Ty) -> Ty:
    return Ty(f"Vec<{of.hew}>", "vec", (of,))


def hash_map(of: Ty) -> Ty:
    return Ty(f"HashMap<string, {of.hew}>", "map", (of,))


def option(of: Ty) -> Ty:
    return Ty(f"Option<{of.hew}>", "opt", (of,))


def result(of: Ty) -> Ty:
    return Ty(f"Result<{of.hew}, string>", "res", (of,))


def pair(one: Ty, other: Ty) -> Ty:
    return Ty(f"({one.hew}, {other.hew})", "tup", (one, other))


SET = Ty("HashSet<string>", "set")


@dataclass(eq=False)
class Var:
    """A variable; `depth` counts the loops around its declaration."""

    name: str
    ty: Ty
    is_var: bool
    depth: int
    can_move: bool = True
    can_change: bool = True


@dataclass(eq=False)
class Node:
    """One line, or a head with what stands below it; an empty half is left out in that language."""

    hew: str
    py: str
    body: list[Node] | None = None


def as_hew(nodes: list[Node], indent: int = 0) -> list[str]:
    """The lines in Hew."""
    lines: list[str] = []
    for node in nodes:
        blank = "    " * indent
        if node.body is None:
            lines += [blank + line for line in node.hew.split("\n") if line]
            continue
        if not node.hew:
            lines += as_hew(node.body, indent)
            continue
        lines.append(f"{blank}{node.hew} {{")
        lines += as_hew(node.body, indent + 1)
        lines.append(blank + ("}," if node.hew.endswith("=>") else "};" if node.hew.startswith("let ") else "}"))
    return lines


def as_python(nodes: list[Node], indent: int = 0) -> list[str]:
    """The lines in Python."""
    lines: list[str] = []
    for node in nodes:
        blank = "    " * indent
        lines += [blank + line for line in node.py.split("\n") if line]
        if node.body is not None:
            inner = indent + (1 if node.py else 0)
            lines += as_python(node.body, inner)
            if node.py:
                lines.append("    " * inner + "pass")
    return lines
