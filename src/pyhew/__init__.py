"""pyhew: the Hew actor language; `pyhew.cli.main` is the command `hew`."""
