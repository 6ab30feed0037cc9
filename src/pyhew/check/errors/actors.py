"""Mistakes about actors, asks, scopes, supervisors.

In: names and places.  Out: diagnostics.  Assumed: nothing.
"""

from __future__ import annotations

from pyhew.source.diagnostics import Diagnostic
from pyhew.source.records import record


@record(frozen=True)
class NotInActor(Diagnostic):
    """The construct needs a running actor around it."""

    id = "not-in-actor"
    what: str

    def title(self) -> str:
        return f"`{self.what}` has a meaning only inside an actor"


@record(frozen=True)
class AskNeedsAwait(Diagnostic):
    """A handler that returns a value is asked: the answer arrives later and must be awaited."""

    id = "ask-needs-await"
    actor: str
    handler: str

    def title(self) -> str:
        return f"actor ask `{self.actor}.{self.handler}` requires `await`"

    def help(self) -> str:
        return "write `await` before the call and match on the `Result`"


@record(frozen=True)
class NotAnActor(Diagnostic):
    """Only actors and supervisors can be spawned."""

    id = "not-an-actor"
    name: str

    def title(self) -> str:
        return f"`{self.name}` is not an actor and cannot be spawned"

    def misses(self) -> str:
        return self.name


@record(frozen=True)
class BranchNotAsk(Diagnostic):
    """The branches of `join`, `race` and `select` are asks of actors or receives from channels."""

    id = "branch-not-ask"
    what: str

    def title(self) -> str:
        return f"a branch of `{self.what}` must be an ask of an actor"


@record(frozen=True)
class ArgumentUnnamed(Diagnostic):
    """What a supervisor gives a child is named, for it is given again at every restart."""

    id = "child-argument-unnamed"
    child: str

    def title(self) -> str:
        return f"an argument of child `{self.child}` needs its name"

    def help(self) -> str:
        return f"write `child {self.child}: Actor(name: ..)`"


@record(frozen=True)
class OutsideScope(Diagnostic):
    """Tasks are forked inside a `scope` block, which waits for them."""

    id = "fork-outside-scope"
    what: str

    def title(self) -> str:
        return f"`{self.what}` may stand only inside a `scope` block"


@record(frozen=True)
class TaskLeaves(Diagnostic):
    """A task belongs to the scope that forks it: outside there is nothing to wait for."""

    id = "task-leaves-scope"
    type: str

    def title(self) -> str:
        return f"a `{self.type}` cannot leave the `scope` that forks its task"

    def help(self) -> str:
        return "`await` the task inside, and give its value"


@record(frozen=True)
class LimitNotLiteral(Diagnostic):
    """The limit of `await .. | after d` is written as a duration, so that it can be seen where it stands."""

    id = "limit-not-literal"

    def title(self) -> str:
        return "the limit after `| after` is a non-literal duration; write it out, as in `50ms`"


@record(frozen=True)
class LimitOutsideHandler(Diagnostic):
    """Only a handler of an actor can wait with a limit: elsewhere the wait would block its caller."""

    id = "limit-outside-handler"

    def title(self) -> str:
        return "`| after` stands in a non-suspendable context: a blocking caller cannot wait with a limit"


@record(frozen=True)
class SuspendsHere(Diagnostic):
    """Hooks and `close` run while their actor is ending; they may not wait."""

    id = "suspends-here"
    what: str
    chain: tuple[str, ...]

    def title(self) -> str:
        through = f" (through {' -> '.join(self.chain)})" if self.chain else ""
        return f"{self.what} may not wait, but it suspends here{through}"


@record(frozen=True)
class FieldOutOfReach(Diagnostic):
    """A task or a lambda actor runs beside the actor that starts it, and the fields of that belong to it alone."""

    id = "field-out-of-reach"
    inside: str
    name: str
    has_one_owner: bool

    def title(self) -> str:
        return f"a {self.inside} does not reach field `{self.name}` of the actor that starts it"

    def help(self) -> str:
        if self.has_one_owner:
            return f"a message to the actor can have something done with `{self.name}`"
        return f"give it a copy, made before: `let own = {self.name};`"


@record(frozen=True)
class MethodOutOfReach(Diagnostic):
    """A method of an actor works on its fields; a closure or generator has copies of them, a task or lambda actor none."""

    id = "method-out-of-reach"
    inside: str
    name: str

    def title(self) -> str:
        return f"`{self.name}` works on the fields of its actor, which a {self.inside} does not reach"

    def help(self) -> str:
        return "call it outside and use what it gives, or make it a function of what it needs"


@record(frozen=True)
class NotObserved(Diagnostic):
    """A crash hook sees copies of the actor's fields, so a field whose value has one owner is not there."""

    id = "not-in-crash-hook"
    name: str
    type: str

    def title(self) -> str:
        return f"a crash hook sees copies of the fields, but a `{self.type}` has one owner"

    def help(self) -> str:
        return f"keep what the hook shall know about `{self.name}` in a field of its own"


@record(frozen=True)
class NothingToAwait(Diagnostic):
    """`await` waits for an ask, a task, a receive or a sleep; a plain value is there already."""

    id = "nothing-to-await"
    type: str

    def title(self) -> str:
        return f"there is nothing to wait for: this is a `{self.type}`"


@record(frozen=True)
class BadHeapLimit(Diagnostic):
    """`#[max_heap(64 kb)]` limits the bytes that an actor's values may take: a positive number, alone or with `kb`, `mb` or `gb`."""

    id = "bad-heap-limit"

    def title(self) -> str:
        return "`#[max_heap(..)]` wants a size"

    def help(self) -> str:
        return "write a number of bytes, or one with a unit: `#[max_heap(64 kb)]`"
