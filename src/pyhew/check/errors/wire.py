"""Mistakes in `#[wire]` declarations.

In: names and places.  Out: diagnostics.  Assumed: nothing.
"""

from __future__ import annotations

from pyhew.source.diagnostics import Diagnostic
from pyhew.source.records import record


@record(frozen=True)
class WireNumberTaken(Diagnostic):
    """A wire number stands for one field for ever: no two fields share one, and reserved ones stay unused."""

    id = "wire-number-taken"
    number: int
    field: str
    owner: str

    def title(self) -> str:
        return f"`@{self.number}` of `{self.field}` is already {self.owner}"


@record(frozen=True)
class WireNumberZero(Diagnostic):
    """Wire numbers begin with 1."""

    id = "wire-number-zero"
    field: str

    def title(self) -> str:
        return f"`{self.field}` cannot have the number 0: wire numbers begin with 1"


@record(frozen=True)
class WireFieldType(Diagnostic):
    """Wire fields hold scalars, strings, bytes, other wire types, and `Option` and `Vec` of those."""

    id = "wire-field-type"
    type: str
    reason: str

    def title(self) -> str:
        return f"a value of type `{self.type}` cannot cross a wire"

    def help(self) -> str | None:
        return self.reason


@record(frozen=True)
class WireOptionMisused(Diagnostic):
    """Options after a wire field, and the naming conventions, have to fit what they stand at."""

    id = "wire-option"
    option: str
    reason: str

    def title(self) -> str:
        return f"`{self.option}` {self.reason}"


@record(frozen=True)
class WireIncompatible(Diagnostic):
    """A change to a wire type that makes programs of the old and the new version misread each other."""

    id = "wire-incompatible"
    what: str
    advice: str

    def title(self) -> str:
        return self.what

    def help(self) -> str | None:
        return self.advice
