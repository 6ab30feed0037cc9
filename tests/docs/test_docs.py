"""The documentation tells the truth: every program in it is compiled, run and compared.

A fence marked `hew` with a `main` is run, free of leaks; the next fence marked `text` holds its
output.  One with `#[test]` functions and no `main` passes its tests; one with neither is checked.
`hew,fails` is refused, with the id in the comment of its first line and no other error; `hew,warns`
gives that warning.  Head comments say more (`// exit: 1`, `// stderr: ..`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from programs import build, run, wishes_of

from pyhew.cli.explain import all_diagnostics
from pyhew.cli.main import main
from pyhew.driver.options import BuildOptions
from pyhew.driver.session import Session

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^```([a-z,]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Example:
    """One program of a page; `expected` is the place of its output there."""

    page: Path
    line: int
    kind: str
    text: str
    expected: tuple[int, int] | None


def examples_of(page: Path) -> list[Example]:
    text = page.read_text(encoding="utf-8")
    fences = list(FENCE.finditer(text))
    found = []
    for fence, after in zip(fences, [*fences[1:], None], strict=False):
        if not fence[1].startswith("hew"):
            continue
        follows = after is not None and after[1] == "text" and text[fence.end() : after.start()].count("\n\n") <= 1
        line = text.count("\n", 0, fence.start()) + 1
        place = after.span(2) if follows and after is not None else None
        found.append(Example(page, line, fence[1], fence[2], place))
    return found


EXAMPLES = [example for page in PAGES for example in examples_of(page)]


def name_of(example: Example) -> str:
    return f"{example.page.relative_to(ROOT)}:{example.line}"


@pytest.mark.parametrize("example", EXAMPLES, ids=name_of)
def test_example(example: Example, tmp_path: Path, update: bool) -> None:
    path = tmp_path / "example.hew"
    path.write_text(example.text, encoding="utf-8")
    if example.kind in ("hew,fails", "hew,warns"):
        session = Session(str(path), BuildOptions(lints=(("warn", "all"),) if example.kind == "hew,warns" else ()))
        if session.check() and example.kind == "hew,fails":
            session.llvm_text()
        found = {diagnostic.id for diagnostic in session.sink.diagnostics}
        assert found == {example.text.splitlines()[0].removeprefix("// ").strip()}, session.rendered(False)
        assert session.sink.has_errors == (example.kind == "hew,fails")
        return
    assert example.kind == "hew", "a fence is marked `hew`, `hew,fails` or `hew,warns`"
    if "fn main()" in example.text:
        _run(example, path, update)
    elif "#[test]" in example.text:
        assert main(["test", str(path)]) == 0
    else:
        path.write_text(example.text + "\nfn main() {}\n", encoding="utf-8")
        assert main(["check", "-A", "all", str(path)]) == 0


def _run(example: Example, path: Path, update: bool) -> None:
    wishes = wishes_of(path)
    outcome = run(build(path), wishes)
    assert outcome.code == wishes.exit, outcome.stderr
    assert all(piece in outcome.stderr for piece in wishes.stderr), outcome.stderr
    assert outcome.left == {}
    if example.expected is None:
        return
    text = example.page.read_text(encoding="utf-8")
    place = next(one.expected for one in examples_of(example.page) if one.text == example.text)
    assert place is not None
    if update:
        example.page.write_text(text[: place[0]] + outcome.stdout + text[place[1] :], encoding="utf-8")
    else:
        assert outcome.stdout == text[slice(*place)]


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 100


LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    prose = FENCE.sub("", page.read_text(encoding="utf-8"))
    bad = [link for link in LINK.findall(prose) if not (page.parent / link).exists()]
    assert bad == []


def test_every_diagnostic_has_a_page() -> None:
    own = [ident for ident, kind in all_diagnostics().items() if kind.__module__.startswith("pyhew.")]
    missing = [ident for ident in own if not (ROOT / "docs" / "errors" / f"{ident}.md").exists()]
    assert len(own) > 150
    assert missing == []
