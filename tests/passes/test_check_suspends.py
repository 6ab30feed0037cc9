"""Functions that the runtime calls while it cannot wait."""

from __future__ import annotations

import pytest

from pyhew.ir.parse import parse_module
from pyhew.passes.check_suspends import check_suspends
from pyhew.passes.errors.suspension import SuspendsHere
from pyhew.source.diagnostics import DiagnosticSink
from pyhew.source.spans import Span

TEXT = """
struct "S" () []
struct "Conn" (i64) ["fd"]
fn @"nap"() -> () {
^entry:
  WAIT
  return
}
fn @"between"() -> () {
^entry:
  call {callee = @"nap"}
  return
}
fn @"close"(%c: Resource<!"Conn", "close">) -> () {shown = "close"} {
^entry:
  call {callee = @"between"}
  return
}
fn @"w"(%p: ptr) -> () {
^entry:
  %n = const {value = 1} : i64
  %f = pack %n : !"Conn"
  %c = resource_new %f : Resource<!"Conn", "close">
  keep %c
  call {callee = @"nap"}
  return
}
fn @"drop"() -> () {
^entry:
  return
}
actor "A" {symbol = "a", name = "A", state = type(!"S"), handlers = [["init", "w", [], none, none]], \
drop_state = "drop", on_stop = HOOK, on_crash = none, on_down = none, on_exit = none, mailbox = none}
main "A"
"""


def reports(wait: str, hook: str) -> list[SuspendsHere]:
    """What is reported when every operation has a place of its own."""
    module = parse_module(TEXT.replace("WAIT", wait).replace("HOOK", hook))
    at = 0
    for fn in module.functions.values():
        for op in fn.blocks[0].ops:
            at += 1
            op.site = Span(0, at, at + 1)
    sink = DiagnosticSink()
    check_suspends(module, sink)
    return [found for found in sink.diagnostics if isinstance(found, SuspendsHere)]


@pytest.mark.parametrize(
    ("wait", "hook", "titles"),
    [
        ("suspend", "none", ["`close` waits, and the `close` of a resource must not"]),
        ("suspend", '"nap"', ["`close` waits, and the `close` of a resource must not",
                              "`nap` waits, and a stop hook must not"]),
        ("", '"nap"', []),
    ],
)  # fmt: skip
def test_only_what_waits_and_must_not_is_reported(wait: str, hook: str, titles: list[str]) -> None:
    assert [found.title() for found in reports(wait, hook)] == titles


def test_c_cannot_wait() -> None:
    text = TEXT.replace("HOOK", "none").replace('fn @"nap"() -> ()', 'fn @"nap"() -> () {c_name = "nap_of_c"}')
    for wait, titles in (("suspend", ["`nap` waits, and a function that C calls must not"]), ("", [])):
        module = parse_module(text.replace("WAIT", wait))
        del module.functions["w"]  # which makes the resource
        sink = DiagnosticSink()
        check_suspends(module, sink)
        assert [found.title() for found in sink.diagnostics] == titles


def test_the_report_shows_the_calls_that_lead_to_the_wait() -> None:
    (found,) = reports("suspend", "none")
    assert [label.text for label in found.labels()] == [
        "calls `between`, which waits", "calls `nap`, which waits", "waits here",
    ]  # fmt: skip
