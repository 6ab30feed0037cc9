"""Mistakes about types.

In: types as text and places.  Out: diagnostics.  Assumed: nothing.
"""

from __future__ import annotations

from pyhew.names.elsewhere import held_by, type_meant, way_in
from pyhew.source.diagnostics import UNSAID, Diagnostic, Label
from pyhew.source.records import record
from pyhew.source.spans import Span
from pyhew.types.model import FLOATS, INTS, NUMBERS

WRAPPED = {"Option": "Some", "Result": "Ok", "Rc": "Rc.new"}


def _fits(wanted: str, found: str) -> bool:
    """Whether a value of one type, as it is shown, may be meant for a place of the other; literals have no type yet."""
    return wanted == found or found == "integer" and wanted in INTS or found == "float" and wanted in FLOATS


@record(frozen=True)
class TypeMismatch(Diagnostic):
    """An expression has another type than the place it stands in needs; convert it, or change the place."""

    id = "type-mismatch"
    wanted: str
    found: str
    because: str = ""

    def title(self) -> str:
        return f"expected `{self.wanted}`, found `{self.found}`"

    def labels(self) -> tuple[Label, ...]:
        return (Label(self.span, self.because or f"this is `{self.found}`"),)

    def help(self) -> str | None:
        if {self.wanted, self.found} <= NUMBERS:
            return f"convert it: `... as {self.wanted}`"
        head, inside = held_by(self.wanted)
        if head in WRAPPED and _fits(inside, self.found):
            return f"write `{WRAPPED[head]}(..)` around it"
        return way_in(self.found) if held_by(self.found)[0] not in ("", head) else None


@record(frozen=True)
class CannotInfer(Diagnostic):
    """Nothing says what the type of this is; write it down."""

    id = "cannot-infer-type"
    name: str
    known: str

    def title(self) -> str:
        return f"cannot infer the type of `{self.name}`"

    def help(self) -> str:
        return f"write its type: `{self.name}: {self.known.replace('_', 'i64')}`"

    def misses(self) -> str:
        return UNSAID


@record(frozen=True)
class TypeTooLarge(Diagnostic):
    """The type has more parts than the compiler is willing to write out; put some of them behind a `Vec` or an enum."""

    id = "type-too-large"
    name: str

    def title(self) -> str:
        return f"{self.name} has too many parts"


@record(frozen=True)
class AliasRing(Diagnostic):
    """A type alias must end at a type that is no alias."""

    id = "alias-ring"
    name: str

    def title(self) -> str:
        return f"the alias `{self.name}` stands for itself"


INSTEAD = {
    "Drop": "what must happen at the end of a value is the `close` of a `#[resource]` type; all else ends by itself",
    "Box": "values need no box; an enum that holds itself is an `indirect enum`",
}
"""What other languages have a type or trait for."""


@record(frozen=True)
class UnknownType(Diagnostic):
    """No type of this name is visible here."""

    id = "unknown-type"
    name: str
    known: tuple[str, ...]

    def title(self) -> str:
        return f"there is no type `{self.name}` here"

    def help(self) -> str | None:
        near = type_meant(self.name, self.known)
        return f"did you mean `{near}`?" if near else INSTEAD.get(self.name)

    def misses(self) -> str:
        return self.name


@record(frozen=True)
class NotAType(Diagnostic):
    """A name that means something else stands where a type is needed."""

    id = "not-a-type"
    name: str
    is_trait: bool = False

    def title(self) -> str:
        return f"`{self.name}` is not a type"

    def help(self) -> str | None:
        near = type_meant(self.name, ())
        if near or not self.is_trait:
            return f"did you mean `{near}`?" if near else None
        return f"say `dyn {self.name}`, or take a type parameter: `fn f<T: {self.name}>(x: T)`"


@record(frozen=True)
class NotATrait(Diagnostic):
    """Only traits can stand as bounds."""

    id = "not-a-trait"
    name: str

    def title(self) -> str:
        return f"`{self.name}` is not a trait"


@record(frozen=True)
class WrongTypeArity(Diagnostic):
    """A type or function was given another number of type arguments than it has."""

    id = "wrong-type-argument-count"
    name: str
    wanted: int
    found: int

    def title(self) -> str:
        return f"`{self.name}` takes {self.wanted} type argument(s), {self.found} given"


@record(frozen=True)
class BoundNotMet(Diagnostic):
    """A type does not implement a trait that is demanded of it."""

    id = "bound-not-met"
    type: str
    trait: str
    is_param: bool = False

    def title(self) -> str:
        return f"`{self.type}` does not implement `{self.trait}`"

    def help(self) -> str | None:
        if self.trait == "Display":
            way = way_in(self.type) or "implement `Display` for it"
            return f"{way}, or show its structure with `{{value:?}}` in an f-string"
        if self.is_param:
            return f"demand it where the parameter is declared: `{self.type}: {self.trait}`"
        return None

    def misses(self) -> str:
        return f"{self.type} {self.trait}"


@record(frozen=True)
class AssocTypeDiffers(Diagnostic):
    """A type has the trait that is demanded of it, but with another associated type: `Iterator<Item = string>` of numbers."""

    id = "associated-type-differs"
    type: str
    name: str
    found: str
    wanted: str

    def title(self) -> str:
        return f"`{self.name}` of `{self.type}` is `{self.found}`, where `{self.wanted}` is demanded"


@record(frozen=True)
class KeyNotAllowed(Diagnostic):
    """Map keys and set elements are numbers, bool, char, string and `record` types made of those."""

    id = "key-not-allowed"
    type: str
    is_type: bool = False

    def title(self) -> str:
        return f"`{self.type}` cannot be a map key or a set element"

    def help(self) -> str | None:
        return "declare it with `record` instead of `type`" if self.is_type else None


@record(frozen=True)
class MissingAssocType(Diagnostic):
    """The trait has no associated type of this name."""

    id = "unknown-associated-type"
    name: str
    base: str

    def title(self) -> str:
        return f"`{self.base}` has no associated type `{self.name}`"


@record(frozen=True)
class SelfOutside(Diagnostic):
    """`Self` has a meaning only inside a trait, an impl or a type."""

    id = "self-outside"

    def title(self) -> str:
        return "`Self` has no meaning here"


@record(frozen=True)
class WrongPlaceFor(Diagnostic):
    """The construct is known but may not stand here."""

    id = "wrong-place"
    what: str
    where: str
    other: Span | None = None

    def title(self) -> str:
        return f"{self.what} {self.where}"


@record(frozen=True)
class BorrowOutsideExtern(Diagnostic):
    """Hew has values, not references; `&T` describes foreign parameters only."""

    id = "borrow-outside-extern"

    def title(self) -> str:
        return "`&T` is only allowed in `extern` function signatures; write `T` in ordinary Hew code"
