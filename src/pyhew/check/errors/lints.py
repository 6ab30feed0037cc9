"""What is allowed and yet looks wrong: the lints.

In: names and places.  Out: diagnostics that warn, or stop the build where the user wants that.
Assumed: a lint's name is its id with underscores; nothing here decides whether it is shown.
"""

from __future__ import annotations

from pyhew.source.diagnostics import Diagnostic, Fix, Label, Severity
from pyhew.source.records import field, record
from pyhew.source.spans import Span


@record(frozen=True)
class Lint(Diagnostic):
    """The base of all lints."""

    is_denied: bool = field(default=False, kw_only=True)

    @property
    def severity(self) -> Severity:
        """A warning, unless the user made it an error."""
        return Severity.ERROR if self.is_denied else Severity.WARNING


@record(frozen=True)
class UnusedVariable(Lint):
    """A variable is bound and never read. A name that begins with `_` says that this is meant."""

    id = "unused-variable"
    name: str
    is_field: bool = False

    def title(self) -> str:
        return f"`{self.name}` is never used"

    def help(self) -> str | None:
        if self.is_field:
            return f"write `{self.name}: _`, or `..` for all that is not needed"
        return f"remove it, or call it `_{self.name}`"


@record(frozen=True)
class DeadStore(Lint):
    """A variable is given values that nothing reads."""

    id = "dead-store"
    name: str

    def title(self) -> str:
        return f"the values given to `{self.name}` are never read"


@record(frozen=True)
class NeedlessVar(Lint):
    """A `var` is never changed, so `let` says more about it."""

    id = "needless-var"
    name: str

    def title(self) -> str:
        return f"`{self.name}` is `var` and never changed"

    def help(self) -> str | None:
        return f"write `let {self.name}`"


@record(frozen=True)
class LostChange(Lint):
    """A closure or generator changes its own copy of a field of its actor, or of a variable that is looked at afterwards."""

    id = "lost-change"
    name: str
    inside: str = "closure"
    is_field: bool = False

    def title(self) -> str:
        kept = "field of the actor" if self.is_field else "variable outside"
        return f"this changes the {self.inside}'s own copy of `{self.name}`, not the {kept}"

    def help(self) -> str | None:
        return "let the closure give the new value, or use a loop"


@record(frozen=True)
class ShadowedVariable(Lint):
    """A variable of an inner block has the name of one of an outer block, which is easily misread."""

    id = "shadowed-variable"
    name: str
    outer: Span

    def title(self) -> str:
        return f"`{self.name}` hides a variable of an outer block"

    def labels(self) -> tuple[Label, ...]:
        return (Label(self.span, ""), Label(self.outer, "the outer one"))


@record(frozen=True)
class ShadowedPrelude(Lint):
    """A declaration has the name of something that every program knows without importing it."""

    id = "shadowed-prelude"
    name: str

    def title(self) -> str:
        return f"this `{self.name}` hides the prelude's"


@record(frozen=True)
class UnusedImport(Lint):
    """Nothing of what an import brings in is used."""

    id = "unused-import"
    name: str

    def title(self) -> str:
        return f"the import `{self.name}` is never used"


@record(frozen=True)
class DeadCode(Lint):
    """A function, type or constant cannot be reached from `main`, a test or anything public."""

    id = "dead-code"
    what: str
    name: str

    def title(self) -> str:
        return f"{self.what} `{self.name}` is never used"

    def help(self) -> str | None:
        return f"remove it, or write `// hew:allow({name_of(self)})` above it"


@record(frozen=True)
class UnreachableCode(Lint):
    """The statement before never ends: what follows cannot run."""

    id = "unreachable-code"
    before: Span

    def title(self) -> str:
        return "this can never run"

    def labels(self) -> tuple[Label, ...]:
        return (Label(self.span, ""), Label(self.before, "nothing gets past this"))


@record(frozen=True)
class UnreachableArm(Lint):
    """The arms above already match every value that this one matches."""

    id = "unreachable-arm"

    def title(self) -> str:
        return "no value gets to this arm: those above take them all"


@record(frozen=True)
class MustUse(Lint):
    """The result of an ask, or another `Result`, is thrown away, and a failure with it."""

    id = "must-use"
    type: str

    def title(self) -> str:
        return f"a `{self.type}` is thrown away, and with it any failure"

    def help(self) -> str | None:
        return "match on it, use `?`, or say `let _ = ..`"


@record(frozen=True)
class EndedWatch(Lint):
    """A `MonitorRef` is thrown away where it is made, and watching ends with it."""

    id = "ended-watch"

    def title(self) -> str:
        return "nobody keeps this `MonitorRef`, so the watch ends here"

    def help(self) -> str | None:
        return "keep it in a field of the actor for as long as the actor shall watch"


@record(frozen=True)
class NeedlessBool(Lint):
    """An `if` chooses between `true` and `false`: the condition is already that value."""

    id = "needless-bool"
    is_negated: bool

    def title(self) -> str:
        return "this `if` gives back its own condition"

    def help(self) -> str | None:
        return "write `!` and the condition" if self.is_negated else "write the condition alone"


@record(frozen=True)
class LenZeroComparison(Lint):
    """A length is compared where the question is whether something is empty."""

    id = "len-zero-comparison"
    is_negated: bool

    def title(self) -> str:
        return "a comparison of a length asks whether something is empty"

    def help(self) -> str | None:
        return f"write `{'!' if self.is_negated else ''}….is_empty()`"


@record(frozen=True)
class RedundantElseAfterReturn(Lint):
    """The branch before `else` always leaves, so what is inside `else` can stand after the `if`."""

    id = "redundant-else-after-return"

    def title(self) -> str:
        return "the branch above always leaves: this needs no `else`"


@record(frozen=True)
class NeedlessMatchToIfLet(Lint):
    """A `match` on an `Option` does nothing for `None`: that is what `if let` is for."""

    id = "needless-match-to-if-let"

    def title(self) -> str:
        return "a `match` that does nothing for `None` is an `if let`"

    def help(self) -> str | None:
        return "write `if let Some(..) = .. { .. }`"


@record(frozen=True)
class NeedlessRangeLoop(Lint):
    """A loop counts only to read the elements of one vector."""

    id = "needless-range-loop"
    counter: str
    vector: str

    def title(self) -> str:
        return f"`{self.counter}` is used only to read `{self.vector}`"

    def help(self) -> str | None:
        return f"write `for item in {self.vector}`"


@record(frozen=True)
class InvisibleCodepointInComment(Lint):
    """A comment holds a character that no editor shows, such as a zero-width space or a variation selector."""

    id = "invisible-codepoint-in-comment"
    code_point: int

    def title(self) -> str:
        return f"the invisible character U+{self.code_point:04X} stands in this comment"

    def help(self) -> str:
        return "delete it, or write its name"


@record(frozen=True)
class CloneOnCopy(Lint):
    """`clone` of a value that is copied by every use anyway."""

    id = "clone-on-copy"
    type: str
    extra: Span

    def title(self) -> str:
        return f"a `{self.type}` is copied without `clone`"

    def fixes(self) -> tuple[Fix, ...]:
        return (Fix(self.extra, ""),)


@record(frozen=True)
class SleepLoopBlocksMailbox(Lint):
    """A handler sleeps in a loop that it never leaves: its actor takes no other message meanwhile."""

    id = "sleep-loop-blocks-mailbox"

    def title(self) -> str:
        return "this loop sleeps inside a handler: no other message is taken until it ends"

    def help(self) -> str | None:
        return "use a handler marked `#[every(..)]`"


LINTS: tuple[type[Lint], ...] = (
    CloneOnCopy, DeadCode, DeadStore, EndedWatch, InvisibleCodepointInComment, LenZeroComparison, LostChange, MustUse, NeedlessBool,
    NeedlessMatchToIfLet, NeedlessRangeLoop, NeedlessVar, RedundantElseAfterReturn, ShadowedPrelude, ShadowedVariable,
    SleepLoopBlocksMailbox, UnreachableArm, UnreachableCode, UnusedImport, UnusedVariable,
)  # fmt: skip


def name_of(lint: Lint | type[Lint]) -> str:
    """What users write in options and comments."""
    return lint.id.replace("-", "_")
