"""The parser: text of one file to its syntax tree.

In: decoded text and the number of its file.  Out: `Parsed`.
Assumed: callers use `parse_module`; the files here are one per noun of the
language and call each other through the entries of `context.py`.
"""

from pyhew.syntax.parse.modules import Parsed, parse_module

__all__ = ["Parsed", "parse_module"]
