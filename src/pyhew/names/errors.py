"""What can be wrong with names across modules.

In: names and places.  Out: diagnostics.  Assumed: nothing.
"""

from __future__ import annotations

from pyhew.names.elsewhere import nearest
from pyhew.source.diagnostics import Diagnostic, Label
from pyhew.source.records import record
from pyhew.source.spans import Span


@record(frozen=True)
class DuplicateName(Diagnostic):
    """Two declarations of one module have the same name; one of them must be renamed."""

    id = "duplicate-name"
    name: str
    earlier: Span | None

    def title(self) -> str:
        return f"`{self.name}` is declared twice in this module"

    def labels(self) -> tuple[Label, ...]:
        first = Label(self.span, "declared again here")
        return (first,) if self.earlier is None else (first, Label(self.earlier, "first declared here"))


@record(frozen=True)
class PreludeRedefined(Diagnostic):
    """An imported module may not give a new meaning to a name that every program already knows."""

    id = "prelude-redefined"
    name: str

    def title(self) -> str:
        return f"`{self.name}` is a name of the prelude and cannot be declared in an imported module"


@record(frozen=True)
class AmbiguousImport(Diagnostic):
    """Two imports bring in the same name; give one of them another with `as`."""

    id = "ambiguous-import"
    name: str

    def title(self) -> str:
        return f"two imports bring in the name `{self.name}`"

    def help(self) -> str:
        return f"rename one of them: `{self.name} as Other`"


@record(frozen=True)
class ModuleNotFound(Diagnostic):
    """No file and no library module answers to this import."""

    id = "module-not-found"
    path: str
    below: tuple[str, ...]

    def title(self) -> str:
        return f"there is no module `{self.path}`"

    def help(self) -> str | None:
        return f"it is a folder of modules: {', '.join(self.below)}" if self.below else None


@record(frozen=True)
class CyclicImport(Diagnostic):
    """Modules that import each other in a ring cannot be put in an order; move what they share to a third."""

    id = "cyclic-import"
    chain: tuple[str, ...]

    def title(self) -> str:
        return "modules import each other in a ring: " + " -> ".join(self.chain)


def private_to(what: str, module: str) -> str:
    """What a name that is not offered belongs to: its module, or the package of that."""
    return f"module `{module}`" if what == "module" else f"the package of module `{module}`"


@record(frozen=True)
class NameNotExported(Diagnostic):
    """The module exists, but it does not offer this name to others."""

    id = "name-not-exported"
    name: str
    module: str
    known: tuple[str, ...]
    private: str

    def title(self) -> str:
        if self.private:
            return f"`{self.name}` is private to {private_to(self.private, self.module)}"
        return f"module `{self.module}` has no public name `{self.name}`"

    def help(self) -> str | None:
        if self.private:
            return f"write `pub` before its declaration in `{self.module}`"
        near = nearest(self.name, self.known)
        return f"did you mean `{near}`?" if near else None

    def misses(self) -> str:
        return self.name
