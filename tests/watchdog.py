"""Runs a program to its end; one that has none is asked where its threads are before it is killed.

In: a command and how long it may take.  Out: what it printed; `Hung`, with all stacks, when time is up.
Assumed: a hang without stacks cannot be repaired.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence

from pyhew.testing.stacks import stacks


class Hung(subprocess.TimeoutExpired):
    """Time was up; `stacks` says where the threads were."""

    def __init__(self, command: Sequence[str], limit: float, found: str) -> None:
        super().__init__(list(command), limit)
        self.stacks = found

    def __str__(self) -> str:
        return f"{super().__str__()}\n{self.stacks}"


def finished(
    command: Sequence[str],
    limit: float,
    stdin: bytes = b"",
    environment: Mapping[str, str] | None = None,
    folder: str | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """The program's end; whatever it started is killed with it. `folder`: where it runs, if not here."""
    with subprocess.Popen(
        list(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=dict(environment) if environment is not None else None, start_new_session=True, cwd=folder,
    ) as process:  # fmt: skip
        try:
            out, err = process.communicate(stdin, limit)
        except subprocess.TimeoutExpired:
            found = stacks(process.pid)
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            raise Hung(command, limit, found) from None
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    return subprocess.CompletedProcess(list(command), process.returncode, out, err)
