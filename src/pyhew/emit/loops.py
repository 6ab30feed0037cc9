"""What a jump back tells LLVM of its loop: where the loop's code begins.

In: nothing.  Out: the suffix of the jump; the metadata lines of a module.
Assumed: processors fetch and remember decoded instructions in pieces of 32 bytes or of 64; a short loop that begins in the
middle of one costs up to a tenth more, and which loops do changes with every instruction before them.
"""

from __future__ import annotations

_BYTES = 32

_LOOP, _ALIGNED = (1 << 28) - 3, (1 << 28) - 2
"""Below those of aliasing.py."""

JUMP_BACK = f", !llvm.loop !{_LOOP}"


def lines() -> list[str]:
    """One description for all loops."""
    return [f"!{_LOOP} = distinct !{{!{_LOOP}, !{_ALIGNED}}}", f'!{_ALIGNED} = !{{!"llvm.loop.align", i32 {_BYTES}}}']
