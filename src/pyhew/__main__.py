"""`python -m pyhew` is the command `hew`."""

from pyhew.cli.main import entry

entry()
