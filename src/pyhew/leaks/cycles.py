"""Rings of `Rc` cells: where the ring can be broken, as an edit.

In: the path around a ring, `Rc<Node>.next -> Vec<Rc<Node>> -> Rc<Node>`.  Out: `Edit`, with the line of the field
when the source shows it.
Assumed: a link that leads back (a parent, the one before) is the one that should not own; without such a name it is what a
closure keeps, then a link to one cell, because who has a collection of cells owns them; else the last link of the ring.
"""

from __future__ import annotations

import re

from pyhew.source.records import record

_BACK = ("parent", "owner", "prev", "previous", "back", "up", "outer", "root", "container", "observer", "listener")


@record(frozen=True, slots=True)
class Edit:
    """`field` of `record` is to hold a `Weak`; `line` is 0 when its declaration was not found."""

    record: str
    field: str
    content: str
    line: int = 0
    before: str = ""
    after: str = ""

    def shown(self, file: str) -> list[str]:
        """The edit for people."""
        if self.record.startswith("fn("):
            return [
                f"break the ring: let the closure keep `{self.field}` as a `Weak<{self.content}>`:",
                f"  `let weak = {self.field}.downgrade();` before it, `weak.upgrade()` in it",
            ]
        lines = [f"break the ring: let `{self.record}.{self.field}` hold `Weak<{self.content}>` instead of `Rc<{self.content}>`"]
        if self.line:
            lines += [f"  {file}:{self.line}", f"  - {self.before}", f"  + {self.after}"]
        return lines


@record(frozen=True, slots=True)
class _Link:
    """`field` of `record` leads to a cell that holds a `content`; through a collection, which may hold many, if `is_many`."""

    record: str
    field: str
    content: str
    is_many: bool


def edit_of(path: str, source: str) -> Edit | None:
    """The link that should be weak; nothing when the ring goes through no field."""
    links = _links(path)
    if not links:
        return None
    back = [link for link in links if link.field.rsplit(".", 1)[-1].lower() in _BACK]
    code = [link for link in links if link.record.startswith("fn(")]
    single = [link for link in links if not link.is_many]
    link = (back or code or single or links)[-1]
    return _located(Edit(link.record, link.field.split(".", 1)[0], link.content), source)


def from_one_cell(path: str) -> str:
    """The path from the same cell, wherever the ring was entered, so that equal rings are told once."""
    *ring, end = _steps(path)
    cells = [at for at, step in enumerate(ring) if step.startswith("Rc<")]
    if not cells or _parts(ring[0])[0] != end:
        return path
    first = min(cells, key=lambda at: ring[at])
    return " -> ".join([*ring[first:], *ring[:first], _parts(ring[first])[0]])


def _links(path: str) -> list[_Link]:
    """Every way from one cell to the next; nothing when a step cannot be read."""
    links: list[_Link] = []
    holder: tuple[str, str] | None = None
    is_many = False
    for step in _steps(path):
        name, field = _parts(step)
        if not name:
            return []
        cell = re.match(r"^Rc<(.*)>$", name)
        if cell and holder:
            links.append(_Link(*holder, cell[1], is_many))
            holder, is_many = None, False
        if field:
            holder = (cell[1] if cell else name, field)
        else:
            is_many = name.startswith("Vec<")
    return links


def _parts(step: str) -> tuple[str, str]:
    """The type of a step and the field it leads on by; two empty texts for what cannot be read."""
    # A type's name may hold dots only inside angle brackets.
    match = re.match(r"^\(?(fn\(.*\)(?: -> .*)?(?=\))|[\w.]*<.*>|\w[\w ]*)\)?(?:\.([\w.]+))?$", step)
    return (match[1], match[2] or "") if match else ("", "")


def _steps(path: str) -> list[str]:
    """The steps of a path; an arrow inside a type is none."""
    steps, depth, start = [], 0, 0
    for found in re.finditer(r" -> |[<(]|[>)]", path):
        if found[0] == " -> " and depth == 0:
            steps.append(path[start : found.start()])
            start = found.end()
        elif found[0] != " -> ":
            depth += 1 if found[0] in "<(" else -1
    return [*steps, path[start:]]


def _located(edit: Edit, source: str) -> Edit:
    """With the line of the field and the changed line."""
    record = re.escape(edit.record.split("<", 1)[0])
    found = re.search(rf"\b(?:type|record|struct)\s+{record}\b[^{{]*\{{(?P<body>[^}}]*)\}}", source)
    if found is None:
        return edit
    # A comma inside angle brackets does not end the type.
    field = re.search(rf"\b{re.escape(edit.field)}\s*:\s*(?P<type>(?:[^;,}}<]|<(?:[^;}}<>]|<[^;}}]*>)*>)*)", found["body"])
    cell = f"Rc<{edit.content}>"
    if field is None or cell not in field["type"]:
        return edit
    line = source.count("\n", 0, found.start("body") + field.start()) + 1
    before = source.splitlines()[line - 1].strip()
    return Edit(edit.record, edit.field, edit.content, line, before, before.replace(field[0], field[0].replace(cell, f"Weak<{edit.content}>")))
