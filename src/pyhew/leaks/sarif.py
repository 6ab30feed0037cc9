"""Findings as SARIF 2.1.0, the form that code review tools read.

In: findings.  Out: dictionaries for `json.dumps`.
Assumed: the schema of OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0", 2020.
"""

from __future__ import annotations

import os
from pathlib import Path

from pyhew.leaks.model import HINTS, Finding, Leak, reported, user_place

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def as_sarif(findings: list[Finding], version: str) -> dict[str, object]:
    """One run."""
    leaks = reported(findings)
    kinds = sorted({leak.kind for leak in leaks})
    rules = [{"id": f"leak-{kind}", "shortDescription": {"text": HINTS.get(kind, kind)}} for kind in kinds]
    driver = {"name": "hew memcheck", "version": version, "rules": rules}
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": [_result(leak) for leak in leaks]}],
    }


def _result(leak: Leak) -> dict[str, object]:
    of_type = f" of {leak.type}" if leak.type else ""
    amount = leak.detail if leak.kind == "growth" and leak.detail else f"{leak.size} bytes in {leak.blocks} blocks{of_type}"
    kept = f", kept by {leak.keeper}" if leak.keeper else ""
    made: dict[str, object] = {
        "ruleId": f"leak-{leak.kind}",
        "level": "error",
        "message": {"text": f"{amount}{kept}: {HINTS.get(leak.kind, leak.kind)}"},
        "properties": {"bytes": leak.size, "blocks": leak.blocks, "actor": leak.actor, "message": leak.handler, "keeper": leak.keeper},
    }
    place = user_place(leak)
    if place is not None:
        region: dict[str, object] = {"startLine": place.line}
        if place.column:
            region["startColumn"] = place.column
        made["locations"] = [
            {"physicalLocation": {"artifactLocation": {"uri": _uri(place.file)}, "region": region}}
        ]
    return made


def _uri(file: str) -> str:
    return Path(file).as_uri() if os.path.isabs(file) else Path(file).as_posix()
