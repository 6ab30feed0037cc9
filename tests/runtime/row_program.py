"""The C program that makes the calls of `row_cases.py`, and what it says against the ABI table.

In: the table's types for the program; its ownership only for `complaints`.  Out: C text; what was seen that the table
does not say.
Assumed: which arguments are handles or messages follows from their types alone, so one program serves any table of the
same types, right or wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pyhew.abi.functions import BY_NAME
from pyhew.abi.rows import HANDLE, MESSAGE, AbiType, Mode, Param, RuntimeFn
from runtime.row_cases import Case

_COUNTED = (HANDLE, MESSAGE)
_CHANGES = {Mode.BORROW: 0, Mode.CONSUME: -1, Mode.INOUT: -1}


@dataclass(frozen=True, slots=True)
class Seen:
    """What one call did."""

    row: str
    shared: int
    changes: Sequence[int]
    """References of each handle or message that was passed, afterwards less before."""
    result: str
    left: Mapping[str, int]


def program(cases: Mapping[str, Sequence[Case]]) -> str:
    """Every case as a function, with one reference to each argument and, where it makes a difference, with two."""
    bodies: list[str] = []
    table: list[str] = []
    for name, calls in cases.items():
        for case in calls:
            row = BY_NAME[name]
            function = f"case_{len(bodies)}"
            bodies.append(_body(function, row, case))
            leaves = int(row.is_noreturn)
            shapes = (0, 1) if any(param.type is HANDLE for param in row.params) and not leaves else (0,)
            table.extend(f'    {{"{name}", {function}, {shape}, {leaves}}},' for shape in shapes)
    lines = ['#include "rows.h"', "", *bodies, "static const row_case cases[] = {", *table, "};"]
    return "\n".join([*lines, f"static const int case_count = {len(table)};", ""])


def _body(function: str, row: RuntimeFn, case: Case) -> str:
    names = ["self"] if row.takes_self else []
    lines = [
        f"static void {function}(hew_actor *self, probe *at) {{",
        "    probe_begin(self, at);",
        f"    {case.before}",
    ]
    for index, (param, text) in enumerate(zip(row.arguments, case.arguments, strict=True)):
        names.append(f"a{index}" if param.type in _COUNTED else text)
        if param.type in _COUNTED:
            lines.append(f"    {param.type.c}a{index} = {_probe(param)}(self, at, {text});")
    lines.extend(f"    {line}" for line in _call(row.c_result, f"{row.name}({', '.join(names)});", case))
    if not row.is_noreturn:
        lines.append("    probe_finish(self, at);")
    return "\n".join([*lines, "}", ""])


def _probe(param: Param) -> str:
    return "probe_handle" if param.type is HANDLE else "probe_message"


def _call(result: AbiType | None, text: str, case: Case) -> list[str]:
    if result is None:
        return [text, case.undo, 'probe_plain(self, at, "none");', case.after]
    look = "probe_owned(self, at, result);" if result in _COUNTED else 'probe_plain(self, at, "plain"); (void)result;'
    space = "" if result.c.endswith("*") else " "
    return [f"{result.c}{space}result = {text}", case.undo, look, case.after]


def complaints(rows: Iterable[RuntimeFn], seen: Sequence[Seen]) -> list[str]:
    """What does not agree with the rows; a row whose calls nobody saw is one complaint."""
    found: list[str] = []
    for row in rows:
        calls = [call for call in seen if call.row == row.name]
        for call in calls:
            found.extend(f"{row.name}{' (shared)' * call.shared}: {text}" for text in _of_call(row, call))
        if not calls:
            found.append(f"{row.name}: never called")
        elif _gives(row) == "owned" and not any(call.result == "owned" for call in calls):
            found.append(f"{row.name}: nothing ever came back")
    return found


def _of_call(row: RuntimeFn, call: Seen) -> list[str]:
    counted = [param for param in row.arguments if param.type in _COUNTED]
    found = [
        f"{param.name} is {param.mode.value}, but its references changed by {change}"
        for param, change in zip(counted, call.changes, strict=True)
        if change != _CHANGES[param.mode]
    ]
    allowed = ("owned", "null") if _gives(row) == "owned" else (_gives(row),)
    if call.result not in allowed:
        found.append(f"the result is {_gives(row)}, but {call.result} came back")
    found.extend(f"{number:+} {what} left" for what, number in call.left.items() if number)
    return found


def _gives(row: RuntimeFn) -> str:
    is_successor = any(param.mode is Mode.INOUT for param in row.params)
    if row.result is None:
        return "owned" if is_successor else "none"
    return "owned" if row.result.is_owned else "plain"
