"""Findings as text and as data.

In: findings.  Out: text for people, dictionaries for `json.dumps`.
Assumed: source files are where they were when the program was compiled; one that is
gone is named without its line.
"""

from __future__ import annotations

from pyhew.leaks.cycles import Edit, edit_of
from pyhew.leaks.model import HINTS, MISUSES, Finding, Leak, Place, reported, user_frames, user_place

MAX_SHOWN = 50
"""More different leaks than this have one cause."""


def as_text(program: str, findings: list[Finding], by: str = "") -> str:
    """The whole report; `by` adds a sum per line, type, actor or message."""
    lines = [f"memcheck: {program}"]
    for finding in findings:
        tail = f" of {finding.allocated:,} allocated" if finding.allocated is not None else ""
        what = "more after twice the work" if finding.tool == "slope" else "left"
        lines.append(f"  {finding.tool:9} {finding.size:,} bytes in {finding.blocks:,} blocks {what}{tail}")
    leaks = reported(findings)
    notes = [f"note: {finding.note}" for finding in findings if finding.note]
    if not leaks:
        clean = clean_verdict(findings)
        return "\n".join([*lines, *([clean] if clean else []), *notes])
    if by:
        lines += ["", *_sums(leaks, by)]
    lines += ["", leaks_as_text(leaks)]
    lines += ["", *notes] if notes else []
    if not agree(findings):
        lines += ["", "note: the finders should find the same blocks and do not, so please report this"]
    return "\n".join(lines)


def clean_verdict(findings: list[Finding]) -> str:
    """What is said where nothing was found; nothing of a slope that was none."""
    if findings[0].tool != "slope":
        return "clean: every allocation was freed"
    return "" if findings[0].code or findings[0].is_open else "clean: nothing grows"


def agree(findings: list[Finding]) -> bool:
    """Whether all finders saw the same blocks and bytes of Hew; misuse and foreign memory are seen by one alone."""
    if any(leak.kind in MISUSES for finding in findings for leak in finding.leaks):
        return all(finding.leaks for finding in findings)
    own = [[leak for leak in finding.leaks if leak.kind != "foreign"] for finding in findings]
    return len({(sum(leak.size for leak in leaks), sum(leak.blocks for leak in leaks)) for leaks in own}) <= 1


def leaks_as_text(leaks: tuple[Leak, ...]) -> str:
    """Each leak with its line, what one ring or one field keeps as one; an empty line between two."""
    groups: dict[str, list[Leak]] = {}
    for number, leak in enumerate(leaks):
        groups.setdefault(_cause(leak) or str(number), []).append(leak)
    shown = list(groups.values())[:MAX_SHOWN]
    parts = ["\n".join(_leak_lines(members[0]) if len(members) == 1 else _group_lines(members)) for members in shown]
    if len(groups) > MAX_SHOWN:
        parts.append(f"and {len(groups) - MAX_SHOWN} more")
    return "\n\n".join(parts)


def _cause(leak: Leak) -> str:
    """What several leaks have in common: a ring, or the field that keeps what grows."""
    if leak.kind == "rc-cycle":
        return leak.detail
    return leak.keeper if leak.kind == "growth" else ""


def _group_lines(members: list[Leak]) -> list[str]:
    """One leak for all, with its line: of a ring the cell that was made first, of a field the collection that gets longer. Then each."""
    if members[0].kind == "rc-cycle":
        head = next((leak for leak in members if leak.type == leak.detail.split(".", 1)[0]), members[0])
        keeper, title = f"rings of `{head.type}`", "  what they keep:"
    else:
        head = next((leak for leak in members if leak.type.startswith("Vec<") and not leak.blocks), members[0])
        keeper, title = f"`{head.keeper}`", "  what it keeps:"
    _, *rest = _leak_lines(head)
    lines = [f"{head.kind}: {_amount(members)}, kept by {keeper}", *(line for line in rest[:-1] if line != _kept(head)), title]
    kept: dict[tuple[str, Place | None], list[Leak]] = {}
    for leak in members:
        kept.setdefault((leak.type, user_place(leak)), []).append(leak)
    for (ty, place), leaks in list(kept.items())[:MAX_SHOWN]:
        where = f"  {_shown(place)}" if place is not None else ""
        lines.append(f"    {_amount(leaks)} of `{ty}`{where}")
    return [*lines, rest[-1]]


def _kept(leak: Leak) -> str:
    return f"  kept by `{leak.keeper}`"


def _amount(leaks: list[Leak]) -> str:
    size, blocks = sum(leak.size for leak in leaks), sum(leak.blocks for leak in leaks)
    return f"{size:,} bytes in {blocks:,} block{'s' if blocks != 1 else ''}" if blocks else f"{size:,} bytes more"


def _sums(leaks: tuple[Leak, ...], by: str) -> list[str]:
    sums: dict[str, list[int]] = {}
    for leak in leaks:
        total = sums.setdefault(group_of(leak, by), [0, 0])
        total[0] += leak.size
        total[1] += leak.blocks
    rows = sorted(sums.items(), key=lambda item: -item[1][0])
    return [f"  {'bytes':>12} {'blocks':>9}  {by}", *(f"  {size:12,} {blocks:9,}  {name}" for name, (size, blocks) in rows)]


def group_of(leak: Leak, by: str) -> str:
    """What a leak is counted under."""
    match by:
        case "type":
            return leak.type or "(no type)"
        case "actor":
            return leak.actor or "(the runtime)"
        case "message":
            return f"{leak.actor}.{leak.handler}" if leak.handler else leak.actor or "(no message)"
        case _:
            place = user_place(leak)
            return f"{place.file}:{place.line}" if place is not None else "(no line)"


def _leak_lines(leak: Leak) -> list[str]:
    place = user_place(leak)
    lines = [_head(leak)]
    if place is not None:
        lines += _excerpt(place)
    if leak.actor and leak.actor != "main":
        lines.append(f"  in actor `{leak.actor}`" + (f", message `{leak.handler}`" if leak.handler else ""))
    lines += [f"  called from {_shown(caller)}" for caller in _callers(leak)[:8]]
    if leak.keeper:
        lines.append(_kept(leak))
    if leak.type == "message":
        lines.append("  sent and not received yet: a channel or a mailbox has it")
    if leak.detail and leak.kind != "growth":
        lines.append(f"  ring: {leak.detail}" if leak.kind == "rc-cycle" else f"  {leak.detail}")
    edit = ring_edit(leak)
    if edit is not None and place is not None:
        lines += [f"  {line}" for line in edit.shown(place.file)]
    lines.append(f"  = {HINTS.get(leak.kind, leak.kind)} (hew explain leak-{leak.kind})")
    return lines


def _head(leak: Leak) -> str:
    """What it is, and how much of it."""
    of_type = f" of `{leak.type}`" if leak.type else ""
    if leak.kind == "growth" and leak.detail:
        return f"{leak.kind}: {leak.detail}"
    if leak.kind == "growth" and leak.blocks == 0:
        unit = "byte" if leak.size == 1 else "bytes"
        what = f"a `{leak.type}` that" if leak.type else "what"
        return f"{leak.kind}: {leak.size:,} {unit}, no block more: {what} was made here got bigger"
    if not leak.blocks and not leak.size:
        return f"{leak.kind}{of_type and f': `{leak.type}`'}"
    return f"{leak.kind}: {_amount([leak])}{of_type}"


def _callers(leak: Leak) -> list[Place]:
    """The user's lines that led there; without any, all there is, but of what grows: the runtime copies what actors send."""
    place = user_place(leak)
    if place is not None:
        return [caller for caller in user_frames(leak) if caller != place]
    return [] if leak.kind == "growth" else list(leak.stack)


def ring_edit(leak: Leak) -> Edit | None:
    """How the ring of a leak can be broken."""
    place = user_place(leak)
    if leak.kind != "rc-cycle" or place is None:
        return None
    try:
        with open(place.file, encoding="utf-8", errors="replace") as file:
            source = file.read()
    except OSError:
        source = ""
    return edit_of(leak.detail, source)


def _excerpt(place: Place) -> list[str]:
    lines = [f"  --> {_shown(place)}"]
    try:
        with open(place.file, encoding="utf-8", errors="replace") as file:
            text = file.read().splitlines()[place.line - 1]
    except (OSError, IndexError):
        return lines
    width = len(str(place.line))
    lines.append(f"  {place.line} | {text}")
    if place.column:
        blank = "".join("\t" if c == "\t" else " " for c in text[: place.column - 1])
        lines.append(f"  {' ' * width} | {blank}^")
    return lines


def _shown(place: Place) -> str:
    column = f":{place.column}" if place.column else ""
    inside = f" in {place.function}" if place.function else ""
    return f"{place.file}:{place.line}{column}{inside}"


def as_data(program: str, findings: list[Finding]) -> dict[str, object]:
    """The same as data."""
    return {
        "program": program,
        "tools": [
            {
                "tool": finding.tool,
                "exit": finding.code,
                "bytes": finding.size,
                "blocks": finding.blocks,
                "allocated": finding.allocated,
                "note": finding.note or None,
                "leaks": [leak_data(leak) for leak in finding.leaks],
            }
            for finding in findings
        ],
        "clean": not any(finding.leaks or finding.is_open for finding in findings),
    }


def leak_data(leak: Leak) -> dict[str, object]:
    """One leak as data."""
    place, edit = user_place(leak), ring_edit(leak)
    return {
        "kind": leak.kind,
        "type": leak.type,
        "blocks": leak.blocks,
        "bytes": leak.size,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "actor": leak.actor or None,
        "message": leak.handler or None,
        "stack": [{"file": p.file, "line": p.line, "column": p.column, "function": p.function} for p in leak.stack],
        "keeper": leak.keeper or None,
        "detail": leak.detail or None,
        "edit": " ".join(edit.shown(place.file if place else "")) if edit else None,
        "help": f"leak-{leak.kind}",
    }
