"""Mistakes about names, values, calls and places.

In: names and places.  Out: diagnostics.  Assumed: nothing.
"""

from __future__ import annotations

from pyhew.names.elsewhere import in_library, member_meant, name_meant, nearest, way_in
from pyhew.names.errors import private_to
from pyhew.source.diagnostics import UNSAID, Diagnostic, Label
from pyhew.source.records import record
from pyhew.source.spans import Span
from pyhew.types.model import INTS, NUMBERS


@record(frozen=True)
class LiteralOutOfRange(Diagnostic):
    """A number does not fit its type; use a wider type or a smaller number."""

    id = "literal-out-of-range"
    text: str
    type: str
    is_cast: bool = False

    def title(self) -> str:
        shown = self.text if len(self.text) <= 40 else self.text[:37] + "..."
        return f"{shown} does not fit in `{self.type}`"

    def help(self) -> str | None:
        return f"`as` binds before `-`: to keep the low bits, write `({self.text}) as {self.type}`" if self.is_cast else None


@record(frozen=True)
class UnknownName(Diagnostic):
    """Nothing of this name is visible here."""

    id = "unknown-name"
    name: str
    known: tuple[str, ...]
    is_in_actor: bool = False

    def title(self) -> str:
        return f"there is no `{self.name}` here"

    def help(self) -> str | None:
        if self.is_in_actor and self.name == "self":
            return "an actor's fields are written by their names alone; its own handle is `this`"
        near = name_meant(self.name, self.known)
        return f"did you mean `{near}`?" if near else None

    def misses(self) -> str:
        return self.name


@record(frozen=True)
class NotAValue(Diagnostic):
    """A type, module or trait stands where a value is needed."""

    id = "not-a-value"
    name: str
    what: str

    def title(self) -> str:
        return f"`{self.name}` is a {self.what}, not a value"


@record(frozen=True)
class UnknownMember(Diagnostic):
    """The type has no field or method of this name."""

    id = "unknown-member"
    name: str
    type: str
    known: tuple[str, ...]
    is_uncalled: bool = False

    def title(self) -> str:
        return f"`{self.type}` has no field or method `{self.name}`" if not self.is_uncalled else f"`{self.name}` is a method"

    def help(self) -> str | None:
        if self.is_uncalled:
            return f"call it: `{self.name}(..)`"
        if self.name in self.known:
            return f"`{self.name}` is there for other arguments of the type: see what its `impl` demands of them"
        near = member_meant(self.name, self.known)
        return f"did you mean `{near}`?" if near else way_in(self.type) or in_library(self.name)

    def misses(self) -> str:
        return UNSAID if self.type == "_" else f"{self.name} {self.type}"


@record(frozen=True)
class PrivateMember(Diagnostic):
    """The name belongs to another module that does not offer it."""

    id = "private-name"
    name: str
    module: str
    private: str = "module"

    def title(self) -> str:
        return f"`{self.name}` is private to {private_to(self.private, self.module)}"


@record(frozen=True)
class AmbiguousMethod(Diagnostic):
    """Two traits give this type a method of that name; call it through one of them."""

    id = "ambiguous-method"
    name: str
    type: str

    def title(self) -> str:
        return f"`{self.type}` has more than one method `{self.name}`"

    def help(self) -> str:
        return f"name the trait: `<{self.type} as Trait>.{self.name}(..)`"


@record(frozen=True)
class NotDispatched(Diagnostic):
    """A `dyn` value knows its methods, not its type: a method with type parameters, or one that names `Self` beside its
    receiver, can only be called where the type is known."""

    id = "not-dispatched"
    name: str
    type: str

    def title(self) -> str:
        return f"`{self.name}` cannot be called on a `{self.type}`: it depends on the type behind it"


@record(frozen=True)
class WrongArgumentCount(Diagnostic):
    """A call gives another number of arguments than the function takes."""

    id = "wrong-argument-count"
    name: str
    wanted: int
    found: int

    def title(self) -> str:
        return f"`{self.name}` takes {self.wanted} argument(s), {self.found} given"


@record(frozen=True)
class UnknownArgument(Diagnostic):
    """A named argument has no parameter or field of that name."""

    id = "unknown-argument"
    name: str
    of: str
    known: tuple[str, ...]
    what: str = "parameter"

    def title(self) -> str:
        return f"`{self.of}` has no {self.what} `{self.name}`"

    def help(self) -> str | None:
        near = nearest(self.name, self.known)
        return f"did you mean `{near}`?" if near else None

    def misses(self) -> str:
        return self.name


@record(frozen=True)
class MissingField(Diagnostic):
    """A literal or spawn must give every field that has no default."""

    id = "missing-field"
    fields: tuple[str, ...]
    of: str

    def title(self) -> str:
        return f"`{self.of}` needs a value for " + ", ".join(f"`{f}`" for f in self.fields)


@record(frozen=True)
class DuplicateField(Diagnostic):
    """A field is given twice."""

    id = "duplicate-field"
    name: str

    def title(self) -> str:
        return f"`{self.name}` is given twice"


@record(frozen=True)
class NotCallable(Diagnostic):
    """Only functions, closures, variants and handlers can be called."""

    id = "not-callable"
    type: str

    def title(self) -> str:
        return f"a `{self.type}` cannot be called"


def _with_var(name: str, takes_var: bool) -> str:
    return f"declare it with `var {name}`" if takes_var else f"change a variable of your own: `var own = {name};`"


@record(frozen=True)
class CannotAssign(Diagnostic):
    """A `let`, a parameter or a temporary cannot be assigned to; declare it with `var`."""

    id = "cannot-assign"
    name: str
    what: str
    declared: Span | None = None
    takes_var: bool = False

    def title(self) -> str:
        return f"cannot assign to {self.what} `{self.name}`" if self.name else f"cannot assign to {self.what}"

    def labels(self) -> tuple[Label, ...]:
        first = Label(self.span, "assigned here")
        return (first,) if self.declared is None else (first, Label(self.declared, "declared here"))

    def help(self) -> str | None:
        return _with_var(self.name, self.takes_var) if self.what in ("immutable binding", "parameter") else None


@record(frozen=True)
class ParameterChange(Diagnostic):
    """A record parameter is the callee's own value: assigning its fields has no effect on the caller."""

    id = "parameter-change-lost"
    name: str
    type: str
    is_var: bool
    is_receiver: bool = False

    def title(self) -> str:
        if self.is_var:
            return f"`var {self.name}` on a by-value parameter of type `{self.type}` has no caller-visible effect"
        return (
            f"`{self.name}` is a by-value parameter of type `{self.type}`; "
            "mutating it has no caller-visible effect"
        )

    def help(self) -> str:
        if self.is_receiver:
            return f"declare it `var {self.name}`: then the method changes what it is called on"
        return "return the changed value instead"


@record(frozen=True)
class NeedsVar(Diagnostic):
    """The method or function changes what it is given, so that must be declared with `var`."""

    id = "needs-var"
    method: str
    name: str
    is_given: bool = False
    """To a function, which changes what its `var` parameter stands for."""
    takes_var: bool = True

    def title(self) -> str:
        if self.is_given:
            return f"`{self.method}` changes what it is given, but `{self.name}` is an immutable binding"
        if not self.name:
            return f"`.{self.method}()` requires a mutable binding receiver; this expression is not declared with `var`"
        return f"`.{self.method}()` changes its receiver, but `{self.name}` is an immutable binding"

    def help(self) -> str | None:
        return _with_var(self.name, self.takes_var) if self.name else None


@record(frozen=True)
class BadOperator(Diagnostic):
    """The operator has no meaning for these types."""

    id = "bad-operator"
    op: str
    left: str
    right: str

    def title(self) -> str:
        if not self.right:
            return f"`{self.op}` has no meaning for `{self.left}`"
        if self.left == self.right:
            return f"`{self.op}` has no meaning for two values of type `{self.left}`"
        return f"`{self.op}` has no meaning for `{self.left}` and `{self.right}`"

    def help(self) -> str | None:
        if self.op == "is":
            return "`==` compares values" if self.right else "its type is what it is declared with"
        if {self.left, self.right} <= NUMBERS and self.left != self.right:
            return f"convert one side: `... as {self.left}`"
        for one, other in ((self.left, self.right), (self.right, self.left)):
            if self.op == "!" and one in ("integer", *INTS):
                return "`~` turns the bits of a whole number"
            if one == "string" and self.op == "+" and other:
                return "make text of the other side: `f\"{..}\"`"
            if one.startswith("Task<"):
                return "`await` the task: that gives its value"
            if one.startswith(("Option<", "Result<")):
                return way_in(one)
            if one == "integer" and other in ("float", "f64", "f32"):
                return "write the whole number with a point: `1.0`"
        return None


@record(frozen=True)
class BadCast(Diagnostic):
    """`as` converts between numbers, and from bool and char to integers."""

    id = "bad-cast"
    source: str
    target: str

    def title(self) -> str:
        return f"cannot convert `{self.source}` to `{self.target}` with `as`"

    def help(self) -> str | None:
        return "text of a value is `f\"{value}\"`" if self.target == "string" else None


@record(frozen=True)
class NotIterable(Diagnostic):
    """`for` walks ranges, collections, generators and iterators."""

    id = "not-iterable"
    type: str
    owned: str = ""

    def title(self) -> str:
        return f"`for` cannot walk a `{self.type}`"

    def misses(self) -> str:
        return self.type

    def help(self) -> str | None:
        if not self.owned:
            return None
        return f"a `{self.owned}` has one owner, the collection; walk the places: `for i in 0..items.len()`"


@record(frozen=True)
class BadTry(Diagnostic):
    """`?` unwraps a Result or Option inside a function that returns one."""

    id = "bad-try"
    type: str
    result: str

    def title(self) -> str:
        if self.result:
            return f"`?` on `{self.type}` cannot leave a function that returns `{self.result}`"
        return f"`?` needs a `Result` or `Option`, not `{self.type}`"

    def help(self) -> str | None:
        if self.type.startswith("Option<") and self.result.startswith("Result<"):
            return "say which error it is when there is none: `.ok_or(..)?`"
        if self.type.startswith("Result<") and self.result.startswith("Option<"):
            return "leave the error behind: `.ok()?`"
        if self.type.startswith("Result<") and self.result.startswith("Result<"):
            return "make that error of this one: `.map_err(|e| ..)?`"
        if self.result:
            return f"look at it with `match`, or let the function return `{self.type.partition('<')[0]}<..>`"
        return None


@record(frozen=True)
class GivenTwice(Diagnostic):
    """Every parameter gets one argument, and no value is given to a call that changes it both times."""

    id = "given-twice"
    name: str
    place: str = ""

    def title(self) -> str:
        if self.place:
            return f"`{self.place}` is given twice to a call that changes it both times"
        return f"parameter `{self.name}` is given twice"

    def help(self) -> str | None:
        return f"give `{self.name}` a value of its own: `{self.place}.clone()`" if self.place else None


@record(frozen=True)
class NeedsUnsafe(Diagnostic):
    """Nobody checks what foreign code does: a call of it stands in `unsafe { .. }`."""

    id = "needs-unsafe"
    name: str

    def title(self) -> str:
        return f"a call of the foreign function `{self.name}` must stand in `unsafe {{ .. }}`"


@record(frozen=True)
class NotForC(Diagnostic):
    """C gets a pointer to code and nothing else: a function by its name, or a closure that captures nothing."""

    id = "not-for-c"
    captures: tuple[str, ...]

    def title(self) -> str:
        names = ", ".join(f"`{name}`" for name in self.captures)
        return f"C cannot call a closure that captures {names}" if names else "which function C is to call must be written here"

    def help(self) -> str:
        return "give the name of a function, or a closure that captures nothing"


@record(frozen=True)
class WhereNot(Diagnostic):
    """The word is known but has no meaning at this place."""

    id = "misplaced"
    what: str
    where: str

    def title(self) -> str:
        return f"`{self.what}` {self.where}"


@record(frozen=True)
class NeedsElse(Diagnostic):
    """An `if` used as a value needs an `else`."""

    id = "if-needs-else"
    type: str

    def title(self) -> str:
        return f"this `if` is used as a value of type `{self.type}` and needs an `else`"


@record(frozen=True)
class MissingReturn(Diagnostic):
    """The function promises a value, but its body can end without one."""

    id = "missing-value"
    type: str

    def title(self) -> str:
        return f"this function returns `{self.type}`, but its body ends without a value"

    def help(self) -> str:
        return "leave out the `;` after the last expression, or write `return`"
