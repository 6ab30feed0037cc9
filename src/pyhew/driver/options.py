"""What a user may ask of a build.

In: the command line.  Out: `BuildOptions`, which is also a part of the cache's key.
Assumed: values are plain text and booleans, so that they can be hashed.
"""

from __future__ import annotations

from enum import Enum

from pyhew.source.records import record


class Mode(Enum):
    """How code is generated and which runtime it is linked with."""

    FAST = "fast"
    """Quick to compile; the runtime of releases."""
    RELEASE = "release"
    """Optimised; the runtime of releases."""
    CHECK = "check"
    """Every allocation is its own `malloc` and knows where it was made."""
    ASAN = "asan"
    TSAN = "tsan"

    @property
    def runtime(self) -> str:
        """The name of the runtime build that belongs to the mode."""
        return "release" if self in (Mode.FAST, Mode.RELEASE) else self.value


@record(frozen=True, slots=True)
class BuildOptions:
    """One build."""

    mode: Mode = Mode.FAST
    package_dirs: tuple[str, ...] = ()
    tests: bool = False
    lints: tuple[tuple[str, str], ...] = ()
    """What the user says about lints: pairs of `allow`, `warn`, `deny` or `forbid` and a name or `all`."""
    libraries: tuple[str, ...] = ()
    """What the program is linked with besides: paths of files, or `-lNAME`."""
    canary: int = 0
    """Tests of the leak finder build a runtime with one known fault."""
