"""`hew help` and `--help`."""

from __future__ import annotations

import pytest

from pyhew.cli.help import COMMANDS, OPTIONS
from pyhew.cli.main import _command, main


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    shown = capfd.readouterr().out
    assert shown.startswith(f"usage: hew {name}")
    assert main(["help", name]) == 0
    assert capfd.readouterr().out == shown
    command = _command(name)
    assert command is not None
    syntax = command.SYNTAX
    lines = [line.split()[0] for line in shown.splitlines() if line.startswith("  ")]
    assert lines == [*syntax.flags, *syntax.values]


def test_no_option_is_described_in_vain() -> None:
    taken: set[str] = set()
    for name in COMMANDS:
        command = _command(name)
        assert command is not None
        taken |= {*command.SYNTAX.flags, *command.SYNTAX.values}
    assert taken == set(OPTIONS)


def test_help_alone_lists_the_commands(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["help"]) == 0
    shown = capfd.readouterr().out
    assert all(f"  {name} " in shown for name in COMMANDS)
    assert main(["help", "nothing"]) == 2


def test_help_behind_two_dashes_is_the_programs(tmp_path, capfd: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    assert main(["run", str(tmp_path / "none.hew"), "--", "--help"]) == 1
    assert "usage" not in capfd.readouterr().out
