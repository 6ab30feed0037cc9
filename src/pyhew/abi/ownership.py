"""What a call does to one operand.

In: nothing.  Out: `Use`, shared by the ABI table and by the operations of the IR.
Assumed: nothing else in the compiler names these three ideas again.
"""

from __future__ import annotations

from enum import Enum


class Use(Enum):
    """What an operation does to one operand."""

    BORROW = "borrow"
    CONSUME = "consume"
    INOUT = "inout"
