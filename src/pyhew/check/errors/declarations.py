"""Mistakes in declarations: members, impls, resources.

In: names and places.  Out: diagnostics.  Assumed: nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from pyhew.names.errors import nearest
from pyhew.source.diagnostics import Diagnostic, Label
from pyhew.source.spans import Span


@dataclass(frozen=True)
class DuplicateMember(Diagnostic):
    """A field, variant or method is declared twice in one declaration."""

    id = "duplicate-member"
    name: str
    earlier: Span | None

    def title(self) -> str:
        return f"`{self.name}` is declared twice here"

    def labels(self) -> tuple[Label, ...]:
        first = Label(self.span, "again here")
        return (first,) if self.earlier is None else (first, Label(self.earlier, "first here"))


@dataclass(frozen=True)
class ImplMissing(Diagnostic):
    """An impl must give every member of the trait that has no default."""

    id = "impl-incomplete"
    trait: str
    member: str
    type: str

    def title(self) -> str:
        return f"`impl {self.trait} for {self.type}` does not give `{self.member}`"


@dataclass(frozen=True)
class ImplMethodUnknown(Diagnostic):
    """The impl of a trait may only hold the trait's own members."""

    id = "impl-unknown-member"
    name: str
    trait: str
    known: tuple[str, ...]

    def title(self) -> str:
        return f"trait `{self.trait}` has no method `{self.name}`"

    def help(self) -> str | None:
        near = nearest(self.name, self.known)
        return f"did you mean `{near}`?" if near else None


@dataclass(frozen=True)
class MethodSignature(Diagnostic):
    """A method of an impl must have the parameters and result the trait gives it."""

    id = "impl-signature"
    name: str
    trait: str

    def title(self) -> str:
        return f"`{self.name}` does not have the signature that trait `{self.trait}` gives it"


@dataclass(frozen=True)
class BadResource(Diagnostic):
    """A `#[resource]` is a `type` with a `close` method, returning nothing, in an impl beside it."""

    id = "bad-resource"
    name: str
    what: str

    def title(self) -> str:
        match self.what:
            case "record":
                return f"`{self.name}` is declared with `record` and cannot be a resource; write `type`"
            case "result":
                return f"`close` of resource `{self.name}` must not return a value"
            case _:
                return f"resource `{self.name}` has no `close` method in an impl beside it"


@dataclass(frozen=True)
class EndlessType(Diagnostic):
    """A value of the type would hold another one inside it, and that one another, without end."""

    id = "endless-type"
    name: str
    is_enum: bool

    def title(self) -> str:
        return f"a `{self.name}` would contain another `{self.name}`, without end"

    def help(self) -> str:
        if self.is_enum:
            return f"declare it `indirect enum {self.name}`, which puts its values behind a pointer"
        return "put it behind something that can be empty on the heap: `Vec`, `Rc`, or an `indirect enum`"


@dataclass(frozen=True)
class ConstantRing(Diagnostic):
    """A constant's value must not need the constant itself."""

    id = "constant-ring"
    name: str

    def title(self) -> str:
        return f"the value of `{self.name}` needs `{self.name}` itself"
