"""The LLVM face of the ABI table.

In: rows.  Out: one `declare` line per row.
Assumed: attribute group numbers are not used, so the lines stand anywhere in a module.
"""

from __future__ import annotations

from pyhew.abi.rows import RuntimeFn


def declaration(row: RuntimeFn) -> str:
    """`declare i64 @hew_actor_spawn(ptr, ptr, ptr) nounwind`."""
    result = "void" if row.c_result is None else row.c_result.llvm
    params = ", ".join(param.type.llvm for param in row.params)
    attributes = "nounwind" + (" noreturn" if row.is_noreturn else "") + (" cold" if row.is_cold else "")
    if row.is_pause:
        # It may end this actor, whose values must then stand in memory: hence `read`. The guard itself, which
        # it changes, is read atomically, and such loads stay in their loop.
        attributes += " memory(read, inaccessiblemem: readwrite)"
    return f"declare {result} @{row.name}({params}) {attributes}"
