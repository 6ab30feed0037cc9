"""Mistakes in declarations: members, impls, resources.

In: names and places.  Out: diagnostics.  Assumed: nothing.
"""

from __future__ import annotations

from pyhew.names.elsewhere import nearest
from pyhew.source.diagnostics import Diagnostic, Label
from pyhew.source.records import record
from pyhew.source.spans import Span


@record(frozen=True)
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


@record(frozen=True)
class DuplicateVariable(Diagnostic):
    """A name means one variable in a block; an inner block may use it anew."""

    id = "duplicate-variable"
    name: str
    earlier: Span

    def title(self) -> str:
        return f"variable `{self.name}` is already defined in this scope"

    def labels(self) -> tuple[Label, ...]:
        return (Label(self.earlier, "first here"), Label(self.span, "again here"))

    def help(self) -> str:
        return "use another name, or assign to a `var`"


@record(frozen=True)
class HidesField(Diagnostic):
    """Inside an actor a bare name means its field, so no parameter or variable may have that name."""

    id = "hides-field"
    name: str
    field: Span

    def title(self) -> str:
        return f"variable `{self.name}` shadows a binding in an outer scope: the field of its actor"

    def labels(self) -> tuple[Label, ...]:
        return (Label(self.field, "the field"), Label(self.span, "hides it here"))


@record(frozen=True)
class BadHook(Diagnostic):
    """What the runtime calls by itself has a fixed shape."""

    id = "bad-hook"
    what: str
    rule: str

    def title(self) -> str:
        return f"{self.what} {self.rule}"


@record(frozen=True)
class DuplicateImpl(Diagnostic):
    """A type implements a trait once."""

    id = "duplicate-impl"
    trait: str
    type: str
    earlier: Span

    def title(self) -> str:
        return f"`{self.trait}` is implemented twice for `{self.type}`"

    def labels(self) -> tuple[Label, ...]:
        return (Label(self.earlier, "first here"), Label(self.span, "again here"))


@record(frozen=True)
class ForeignImpl(Diagnostic):
    """Methods of the language's own types come from its library; a trait can add to them."""

    id = "foreign-impl"
    type: str
    trait: str = ""

    def title(self) -> str:
        if self.trait:
            return f"`{self.trait}` and `{self.type}` both belong to the library, which says what one means for the other"
        return f"`{self.type}` is a type of the language: it cannot be given methods of its own here"

    def help(self) -> str:
        if self.trait:
            return f"implement `{self.trait}` for a type of your own that holds a `{self.type}`"
        return f"declare a trait and implement it: `impl Trait for {self.type} {{ .. }}`"


@record(frozen=True)
class ForeignType(Diagnostic):
    """What crosses to C is a number, a text, a pointer, a handle, a record of those, or a function that takes them one by one."""

    id = "foreign-type"
    type: str

    def title(self) -> str:
        return f"a `{self.type}` has no meaning in C"

    def help(self) -> str:
        return "pass its numbers one by one, a text, a handle of an `#[opaque]` type, or a function of those"


@record(frozen=True)
class ForeignDiffers(Diagnostic):
    """A name of C is one function in the whole program: every declaration of it says the same."""

    id = "foreign-differs"
    name: str
    earlier: Span
    head: str

    def title(self) -> str:
        return f"the foreign function `{self.name}` is declared otherwise elsewhere in this program"

    def labels(self) -> tuple[Label, ...]:
        return (Label(self.span, "declared again here"), Label(self.earlier, f"as `{self.head}`"))


@record(frozen=True)
class ExportedTwice(Diagnostic):
    """C knows a function by its name alone, so two exported functions have two names."""

    id = "exported-twice"
    name: str
    earlier: Span

    def title(self) -> str:
        return f"C has one function `{self.name}`, and this is the second"

    def labels(self) -> tuple[Label, ...]:
        return (Label(self.span, "exported again here"), Label(self.earlier, "first here"))

    def help(self) -> str:
        return 'give one of them a name of its own: `#[export("name")]`'


@record(frozen=True)
class UnknownMarker(Diagnostic):
    """An attribute that means nothing is a mistake, not a comment."""

    id = "unknown-marker"
    name: str
    is_of_type: bool
    here: tuple[str, ...]
    """Those that have a meaning where it stands."""
    known: tuple[str, ...]

    def title(self) -> str:
        return f"unrecognised {'type ' if self.is_of_type else ''}attribute `#[{self.name}]`"

    def help(self) -> str | None:
        near = nearest(self.name, self.here) or nearest(self.name, self.known)
        if near:
            return f"did you mean `#[{near}]`?"
        return f"here may stand {', '.join(f'`#[{name}]`' for name in self.here)}" if self.here else None


@record(frozen=True)
class MisplacedAttribute(Diagnostic):
    """An attribute has a meaning on certain declarations; elsewhere nothing would come of it."""

    id = "misplaced-attribute"
    name: str
    here: str
    places: tuple[str, ...]

    def title(self) -> str:
        return f"`#[{self.name}]` belongs to {' or '.join(self.places)}, not to {self.here}"


@record(frozen=True)
class AttributeArgument(Diagnostic):
    """An attribute takes what it knows; anything else would be passed over."""

    id = "attribute-argument"
    name: str
    rule: str

    def title(self) -> str:
        return f"`#[{self.name}]` {self.rule}"


@record(frozen=True)
class LonelyAttribute(Diagnostic):
    """How a test is run and how it ends is said of a test."""

    id = "not-a-test"
    name: str

    def title(self) -> str:
        return f"`#[{self.name}]` speaks of a test, and this is none"

    def help(self) -> str:
        return f"write `#[test]` above `#[{self.name}]`"


@record(frozen=True)
class TypeNotWritten(Diagnostic):
    """`_` leaves a part of a type to be inferred; a whole type is written out or left away."""

    id = "type-not-written"
    what: str

    def title(self) -> str:
        return f"`_` cannot be the whole type of {self.what} (UnresolvedInferenceVar)"

    def help(self) -> str:
        return "write the type, or leave it away where it can be inferred"


@record(frozen=True)
class TraitRing(Diagnostic):
    """The traits that a trait demands do not lead back to it."""

    id = "trait-ring"
    trait: str

    def title(self) -> str:
        return f"trait `{self.trait}` would be a supertrait of itself"


@record(frozen=True)
class PartNotWritten(Diagnostic):
    """A declaration says its types with all their arguments; only inside of bodies are those inferred."""

    id = "type-argument-not-written"
    what: str
    type: str

    def title(self) -> str:
        return f"the type of {self.what} needs its type arguments: `{self.type}`"

    def help(self) -> str:
        return "write them, or a type parameter of the declaration"


@record(frozen=True)
class ImplMissing(Diagnostic):
    """An impl must give every member of the trait that has no default."""

    id = "impl-incomplete"
    trait: str
    member: str
    type: str

    def title(self) -> str:
        return f"`impl {self.trait} for {self.type}` does not give `{self.member}`"

    def misses(self) -> str:
        return self.member


@record(frozen=True)
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

    def misses(self) -> str:
        return self.name


@record(frozen=True)
class MethodSignature(Diagnostic):
    """A method of an impl must have the parameters and result the trait gives it."""

    id = "impl-signature"
    name: str
    trait: str
    wanted: str
    passes: tuple[str, str] = ("", "")
    """A parameter as it is written here and there, where they differ in nothing but how it is passed."""

    def title(self) -> str:
        here, there = self.passes
        if here:
            return f"`{self.name}` takes `{here}` and trait `{self.trait}` gives it `{there}`"
        return f"`{self.name}` does not have the signature that trait `{self.trait}` gives it"

    def help(self) -> str:
        return f"the trait has `{self.wanted}`"


@record(frozen=True)
class BadResource(Diagnostic):
    """A `#[resource]` is a `type` with a `close` method, returning nothing, in an impl beside it; a `#[linear]` one has a method
    that consumes it; an `#[opaque]` one is empty."""

    id = "bad-resource"
    name: str
    what: str

    def title(self) -> str:
        match self.what:
            case "record":
                return f"`{self.name}` is declared with `record` and cannot be a resource; write `type`"
            case "result":
                return f"`close` of resource `{self.name}` must not return a value"
            case "parameters":
                return f"`close` of resource `{self.name}` must take the resource and nothing else"
            case "open":
                return f"`{self.name}` is `#[opaque]`: what is in it is known to C alone, so it has no fields"
            case "endless":
                return f"nothing consumes a linear `{self.name}`: no method of it takes `consuming self`"
            case _:
                return f"resource `{self.name}` has no `close` method in an impl beside it"

    def misses(self) -> str:
        return "close" if self.what == "missing" else ""


@record(frozen=True)
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


@record(frozen=True)
class EndlessSupervisor(Diagnostic):
    """A supervisor starts its children; none of them, nor theirs, is another one of its own kind."""

    id = "endless-supervisor"
    name: str

    def title(self) -> str:
        return f"a `{self.name}` would start another `{self.name}`, without end"


@record(frozen=True)
class ConstantRing(Diagnostic):
    """A constant's value must not need the constant itself."""

    id = "constant-ring"
    name: str

    def title(self) -> str:
        return f"the value of `{self.name}` needs `{self.name}` itself"


@record(frozen=True)
class ConstantTraps(Diagnostic):
    """A constant whose calculation fails has no value; the program would stop where it is used first."""

    id = "constant-traps"
    name: str
    reason: str

    def title(self) -> str:
        return f"constant `{self.name}` has no value: {self.reason}"


@record(frozen=True)
class ConstantDeed(Diagnostic):
    """A constant is the same wherever it is used; an actor would be started, and a message waited for, each time anew."""

    id = "constant-deed"
    name: str

    def title(self) -> str:
        return f"constant `{self.name}` is one fixed value, and this would run wherever it is used"

    def help(self) -> str:
        return f"write the value itself, or a function: `fn {self.name.lower()}() -> .. {{ .. }}`"
