"""Which release of the compiler this is, and which language it accepts."""

VERSION = "0.1.0"
LANGUAGE_LEVEL = "0.6.0-rc2"
