"""Rings of `Rc` cells: where the ring can be broken, as an edit.

In: the path around a ring, `Rc<Node>.next -> Vec<Rc<Node>> -> Rc<Node>`.  Out: `Edit`, with the line of the field
when the source shows it.
Assumed: a link that leads back (a parent, the one before) is the one that should not own; without such a name it is
the last link of the ring.
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


def edit_of(path: str, source: str) -> Edit | None:
    """The link that should be weak; nothing when the ring goes through no field."""
    links = _links(path)
    if not links:
        return None
    back = [link for link in links if link[1].rsplit(".", 1)[-1].lower() in _BACK]
    record, field, content = (back or links)[-1]
    return _located(Edit(record, field.split(".", 1)[0], content), source)


def _links(path: str) -> list[tuple[str, str, str]]:
    """Record, field and the content of the cell that is reached, for every way from one cell to the next."""
    links = []
    holder: tuple[str, str] | None = None
    for step in _steps(path):
        # A type's name may hold dots only inside angle brackets.
        match = re.match(r"^(fn\(.*?\)(?: -> (?:[\w.]*<.*>|\w+))?|[\w.]*<.*>|\w[\w ]*)(?:\.([\w.]+))?$", step)
        if match is None:
            return []
        name, field = match[1], match[2]
        cell = re.match(r"^Rc<(.*)>$", name)
        if cell and holder:
            links.append((*holder, cell[1]))
            holder = None
        if field:
            holder = (cell[1] if cell else name, field)
    return links


def _steps(path: str) -> list[str]:
    """The steps of a path; the arrow of a function's type is none."""
    steps: list[str] = []
    for part in path.split(" -> "):
        if steps and re.match(r"^fn\([^)]*\)$", steps[-1]):
            steps[-1] += f" -> {part}"
        else:
            steps.append(part)
    return steps


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
