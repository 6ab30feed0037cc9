"""Mistakes about ownership: moves, closes, copies, sends.

In: names and places.  Out: diagnostics.  Assumed: nothing.
"""

from __future__ import annotations

from pyhew.source.diagnostics import Diagnostic, Label
from pyhew.source.records import record
from pyhew.source.spans import Span


@record(frozen=True)
class NotCloneable(Diagnostic):
    """Some values have exactly one owner and cannot be duplicated: resources, closures, generators."""

    id = "not-cloneable"
    type: str
    part: str

    def title(self) -> str:
        return f"a `{self.type}` cannot be cloned"

    def help(self) -> str | None:
        return f"of the `{self.part}` in it there is only one" if self.part != self.type else None


@record(frozen=True)
class UseAfterMove(Diagnostic):
    """The value has another owner now; clone it before, or use it before."""

    id = "use-after-move"
    name: str
    moved: Span
    how: str
    is_cloneable: bool

    def title(self) -> str:
        return f"use of moved value `{self.name}`"

    def labels(self) -> tuple[Label, ...]:
        if self.moved == self.span:
            return (Label(self.span, "consumed here already, in an earlier round of the loop"),)
        return (Label(self.span, "used here after it was consumed"), Label(self.moved, self.how))

    def help(self) -> str | None:
        return f"give away a copy instead: `clone {self.name}`" if self.is_cloneable else None


@record(frozen=True)
class NotForOneOwner(Diagnostic):
    """What a generic function does with its values is possible with most types, but not with one whose values have one owner."""

    id = "not-for-one-owner"
    name: str
    type: str
    complaint: Diagnostic

    def title(self) -> str:
        return f"`{self.name}` does not treat a `{self.type}` as a value with one owner"

    def labels(self) -> tuple[Label, ...]:
        inside = (Label(label.span, label.text or "here") for label in self.complaint.labels())
        return (Label(self.span, "called here"), *(label for label in inside if label.span.file == self.span.file))

    def help(self) -> str | None:
        return f"in its body: {self.complaint.title()}"


@record(frozen=True)
class NotSendable(Diagnostic):
    """The value cannot cross to another actor: it is shared inside one actor or tied to it, or may be that for all that is
    demanded of its type."""

    id = "not-sendable"
    type: str
    is_open: bool = False
    part: str = ""

    def title(self) -> str:
        if self.is_open:
            return f"a `{self.type}` may be of a type that cannot cross to another actor"
        return f"a `{self.type}` is not Send and cannot cross to another actor"

    def help(self) -> str | None:
        if self.is_open:
            return "demand it of the type parameter: `T: Send`"
        return f"the `{self.part}` in it stays in its actor" if self.part not in ("", self.type) else None


@record(frozen=True)
class CapturedMove(Diagnostic):
    """A closure may run again, so what it captured must stay in it; give away a clone."""

    id = "captured-move"
    name: str
    is_cloneable: bool

    def title(self) -> str:
        return f"captured owned value `{self.name}` cannot be moved out of the generator/closure environment"

    def help(self) -> str | None:
        return f"give away a copy: `clone {self.name}`" if self.is_cloneable else None


@record(frozen=True)
class CapturesLambda(Diagnostic):
    """The last handle of a lambda actor ends it: a closure, which may outlive its maker, does not hold one."""

    id = "closure-captures-lambda"
    name: str

    def title(self) -> str:
        return f"a closure cannot capture the lambda actor `{self.name}` (E_CLOSURE_CAPTURES_LAMBDA_HANDLE)"

    def help(self) -> str:
        return "pass the handle as an argument, or declare an actor and capture its `LocalPid`"


@record(frozen=True)
class MustConsume(Diagnostic):
    """A `#[linear]` value has no implicit end: every path must give it to a method that consumes it."""

    id = "must-consume"
    name: str
    end: Span

    def title(self) -> str:
        return f"linear value `{self.name}` is not consumed on every path (MustConsume)"

    def labels(self) -> tuple[Label, ...]:
        return (Label(self.span, "declared here"), Label(self.end, "still alive here"))


@record(frozen=True)
class LinearCaptured(Diagnostic):
    """A closure or generator may run never or twice, so it cannot consume a linear value once."""

    id = "linear-captured"
    name: str
    declared: Span

    def title(self) -> str:
        return f"linear value `{self.name}` is captured by a closure or generator, which cannot consume it exactly once"

    def labels(self) -> tuple[Label, ...]:
        return (Label(self.span, "captured here"), Label(self.declared, "declared here"))

    def help(self) -> str:
        return "take out what the closure needs before, or give the value to a function as an argument"


@record(frozen=True)
class LinearCaptureCancellable(Diagnostic):
    """A task that waits may be cancelled there; a linear value that it has captured must be consumed before."""

    id = "linear-capture-cancellable"
    name: str
    declared: Span
    captured: Span

    def title(self) -> str:
        return f"this task may be cancelled here, before it has consumed the linear value `{self.name}` (LinearCaptureCancellable)"

    def labels(self) -> tuple[Label, ...]:
        return (
            Label(self.span, "the task may end here"),
            Label(self.captured, "captured by this task"),
            Label(self.declared, "declared here"),
        )

    def help(self) -> str:
        return "consume it before the task waits, or wait before the `fork`"


@record(frozen=True)
class FieldNotRestored(Diagnostic):
    """A handler that consumes a resource in an actor's field must put another one there on every way out."""

    id = "field-not-restored"
    name: str

    def title(self) -> str:
        return f"actor state `{self.name}` is consumed here and never re-initialised on some way out of the handler"

    def help(self) -> str | None:
        return f"assign a new value: `{self.name} = ..`"


@record(frozen=True)
class UseBeforeInit(Diagnostic):
    """A variable declared without a value must be assigned on every path before it is read."""

    id = "use-before-init"
    name: str
    declared: Span

    def title(self) -> str:
        return f"`{self.name}` is read before it has a value (InitialisedBeforeUse)"

    def labels(self) -> tuple[Label, ...]:
        return (Label(self.span, "read here"), Label(self.declared, "declared here without a value"))


@record(frozen=True)
class BorrowedElement(Diagnostic):
    """A resource or closure read out of a Vec still belongs to the Vec: it can be used, not given away."""

    id = "borrowed-element"
    name: str
    what: str

    def title(self) -> str:
        return f"`{self.name}` is an element of a collection and {self.what}"

    def help(self) -> str:
        return "take it out first: `v.remove(i)` or `v.pop()`"


@record(frozen=True)
class MustSayConsume(Diagnostic):
    """What foreign code or a trait's method does with a resource is not known: the parameter must say `consume`."""

    id = "must-say-consume"
    name: str
    type: str

    def title(self) -> str:
        return f"parameter `{self.name}` of resource type `{self.type}` must be declared `consume`"


@record(frozen=True)
class CannotConstruct(Diagnostic):
    """A value of an `#[opaque]` type comes from foreign code only."""

    id = "cannot-construct"
    name: str

    def title(self) -> str:
        return f"`{self.name}` is opaque: its values come from foreign functions, not from a literal"


@record(frozen=True)
class ActorHolds(Diagnostic):
    """A field of an actor may not hold a linear value: when the actor crashes, nobody could consume it."""

    id = "actor-holds-linear"
    actor: str
    field: str
    type: str

    def title(self) -> str:
        return f"field `{self.field}` of actor `{self.actor}` holds a `#[linear]` value of type `{self.type}`"

    def help(self) -> str:
        return "keep a `#[resource]` there, which closes itself, or pass the value through messages"


@record(frozen=True)
class MachineHolds(Diagnostic):
    """A state of a machine may not hold a resource: transitions replace states without closing them."""

    id = "machine-holds-resource"
    machine: str
    state: str
    type: str

    def title(self) -> str:
        return f"machine `{self.machine}` state `{self.state}` holds `#[resource]`/`#[linear]` value `{self.type}`"
