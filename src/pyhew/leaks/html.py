"""The report as one HTML file that needs nothing else: leaks, a flame graph of live bytes, how the heap grew.

In: findings and a profile.  Out: text.
Assumed: a flame graph reads from the bottom up (Gregg, 2011): a frame is as wide as the bytes that it and what it
called had made and that still lived at the highest point.
"""

from __future__ import annotations

from html import escape

from pyhew.leaks.model import HINTS, Finding, Leak, Place, reported, user_frames, user_place
from pyhew.leaks.profile import Profile
from pyhew.leaks.render import clean_verdict, ring_edit
from pyhew.source.records import field, record

WIDTH, ROW, PLOT_HEIGHT, LEAST_WIDTH = 1000, 18, 220, 0.5

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 1040px; color: #222; padding: 0 1em; }
h1 { font-size: 1.4em; } h2 { font-size: 1.1em; margin-top: 2em; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; padding: .3em .8em .3em 0;
border-bottom: 1px solid #ddd; vertical-align: top; } td.number, th.number { text-align: right; white-space: nowrap; }
table.tools { width: auto; } table.tools td, table.tools th { padding-right: 2em; } .what { color: #555; margin: .2em 0 .6em; }
code, pre { font: 13px/1.4 ui-monospace, monospace; } .clean { color: #176d2c; } .leak { color: #a11; }
svg { width: 100%; height: auto; background: #fafafa; } svg text { font: 11px ui-monospace, monospace; fill: #222; }
.grid { stroke: #ddd; }
rect:hover { stroke: #000; }
"""


_NUMBER_HEAD = '<th class="number">{}</th><th class="number">{}</th>'


@record(slots=True)
class _Frame:
    """One box of the flame graph."""

    size: int = 0
    below: dict[str, _Frame] = field(default_factory=dict)


def as_html(program: str, findings: list[Finding], profile: Profile) -> str:
    """The whole page."""
    leaks = reported(findings)
    is_slope = any(finding.tool == "slope" for finding in findings)
    more = "more after twice the work" if is_slope else "left"
    tools = "".join(
        f'<tr><td>{escape(f.tool)}</td><td class="number">{f.size:,}</td><td class="number">{f.blocks:,}</td></tr>'
        for f in findings
    )
    parts = [
        "<!doctype html>",
        f'<html lang="en"><head><meta charset="utf-8"><title>memcheck: {escape(program)}</title>',
        f"<style>{_STYLE}</style></head><body>",
        f"<h1>memcheck: <code>{escape(program)}</code></h1>",
        *_verdict(findings, leaks, more),
        f'<table class="tools"><tr><th>tool</th>{_NUMBER_HEAD.format(f"bytes {more}", f"blocks {more}")}</tr>{tools}</table>',
        _leak_table(leaks, "What grew" if is_slope else "What was left"),
        "<h2>Live bytes over time</h2>",
        _plot(profile.samples),
        "<h2>Live bytes at the highest point, by what made them</h2>",
        '<p class="what">A box is as wide as the bytes that it, and what it called, had made. Below stands the actor, above the '
        "innermost call; the pointer on a box shows the whole name and the number.</p>",
        _flames(profile.peak),
        "</body></html>",
    ]
    return "\n".join(part for part in parts if part)


def _verdict(findings: list[Finding], leaks: tuple[Leak, ...], more: str) -> list[str]:
    """What the page is to say first, then what to know before believing it."""
    notes = [f"<p>note: {escape(finding.note)}</p>" for finding in findings if finding.note]
    if leaks:
        return [f'<p class="leak">{sum(x.size for x in leaks):,} bytes in {sum(x.blocks for x in leaks):,} blocks {more}</p>', *notes]
    clean = clean_verdict(findings)
    return [f'<p class="clean">{clean}</p>', *notes] if clean else notes


def _leak_table(leaks: tuple[Leak, ...], title: str) -> str:
    if not leaks:
        return ""
    rows = "".join(
        f'<tr><td class="number">{leak.size:,}</td><td class="number">{leak.blocks:,}</td>'
        f"<td>{escape(leak.kind)}</td><td><code>{escape(leak.type)}</code></td><td><code>{_where(leak)}</code></td>"
        f"<td>{escape(leak.actor)} {escape(leak.handler)}</td><td>{_explained(leak)}</td></tr>"
        for leak in leaks
    )
    names = ("kind", "type", "line", "actor, message", "what it is")
    head = _NUMBER_HEAD.format("bytes", "blocks") + "".join(f"<th>{name}</th>" for name in names)
    return f"<h2>{title}</h2><table><tr>{head}</tr>{rows}</table>"


def _explained(leak: Leak) -> str:
    """The ring and the edit that breaks it, or what the kind means."""
    edit, place = ring_edit(leak), user_place(leak)
    if edit is None or place is None:
        kept = f"kept by <code>{escape(leak.keeper)}</code>: " if leak.keeper else ""
        return kept + escape(leak.detail or HINTS.get(leak.kind, ""))
    return f"<code>{escape(leak.detail)}</code><br>" + "<br>".join(escape(line) for line in edit.shown(place.file))


def _where(leak: Leak) -> str:
    place = user_place(leak)
    return escape(f"{place.file}:{place.line}") if place is not None else ""


def _plot(samples: tuple[tuple[int, int], ...]) -> str:
    if len(samples) < 2:
        return "<p>nothing was allocated</p>"
    last, highest = max(at for at, _ in samples), max(1, max(live for _, live in samples))
    points = " ".join(
        f"{at * WIDTH / max(last, 1):.1f},{PLOT_HEIGHT - 20 - live * (PLOT_HEIGHT - 40) / highest:.1f}"
        for at, live in samples
    )
    lines = "".join(
        f'<line class="grid" x1="0" x2="{WIDTH}" y1="{y}" y2="{y}"/><text x="4" y="{y - 4}">{size:,} bytes</text>'
        for size, y in ((highest, 20), (highest // 2, PLOT_HEIGHT // 2), (0, PLOT_HEIGHT - 20))
    )
    return (
        f'<svg viewBox="0 0 {WIDTH} {PLOT_HEIGHT}" role="img" aria-label="live bytes over time">{lines}'
        f'<text x="{WIDTH - 4}" y="{PLOT_HEIGHT - 4}" text-anchor="end">{last:,} allocations and releases</text>'
        f'<polyline fill="none" stroke="#1b5fb4" stroke-width="1.5" points="{points}"/></svg>'
    )


def _flames(sites: tuple[Leak, ...]) -> str:
    root = _Frame()
    for site in sites:
        root.size += site.size
        at = root
        for name in [site.actor or "the runtime", *(_shown(p) for p in reversed(_frames(site)))]:
            at = at.below.setdefault(name, _Frame())
            at.size += site.size
    if not root.size:
        return "<p>nothing lived</p>"
    graph = _Graph(root.size, (_depth(root) + 1) * ROW)
    graph.draw(root, "everything", 0.0, 0)
    boxes = "".join(graph.boxes)
    return f'<svg viewBox="0 0 {WIDTH} {graph.height}" role="img" aria-label="flame graph">{boxes}</svg>'


def _frames(site: Leak) -> list[Place]:
    """The user's lines, or the library's; how the runtime came to make something fills a page and tells nobody anything."""
    return [place for place in user_frames(site) if place.file.endswith(".hew")]


def _shown(place: Place) -> str:
    return f"{place.function or '?'} {place.file.rsplit('/', 1)[-1]}:{place.line}"


def _depth(frame: _Frame) -> int:
    return 1 + max((_depth(inner) for inner in frame.below.values()), default=0)


@record(slots=True)
class _Graph:
    """The boxes drawn so far; `total` bytes are as wide as the graph."""

    total: int
    height: int
    boxes: list[str] = field(default_factory=list)

    def draw(self, frame: _Frame, name: str, x: float, level: int) -> None:
        """A box and those above it, the largest first."""
        width = frame.size * WIDTH / self.total
        if width < LEAST_WIDTH:
            return
        y = self.height - (level + 1) * ROW
        hue = 20 + sum(map(ord, name)) % 35
        room = int(width / 6.8)
        label = escape(name if len(name) <= room else name[: room - 1] + "…") if room > 5 else ""
        share = 100 * frame.size / self.total
        self.boxes.append(
            f'<g><rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{ROW - 1}" fill="hsl({hue} 85% 65%)"/>'
            f'<text x="{x + 3:.1f}" y="{y + 13}">{label}</text>'
            f"<title>{escape(name)}: {frame.size:,} bytes, {share:.1f} %</title></g>"
        )
        for inner, child in sorted(frame.below.items(), key=lambda item: -item[1].size):
            self.draw(child, inner, x, level + 1)
            x += child.size * WIDTH / self.total
