"""LLVM text to machine code.

In: LLVM text and a mode.  Out: an object file, assembly, or optimised LLVM text.
Assumed: the text comes from our emitter; LLVM refusing it is a compiler bug.
"""

from __future__ import annotations

import llvmlite.binding as llvm

from pyhew.driver.instrument import instrumented
from pyhew.driver.options import Mode
from pyhew.emit.writer import HAS_LOOPS
from pyhew.source.diagnostics import CompilerBug

_MOST_TEXT, _LONGEST_FUNCTION = 1 << 20, 64 << 10
"""Bytes of LLVM text, of a program and of one function, up to which a default build chooses by function. Where registers
are given out well, a long function costs the square of its length, whichever way its instructions were selected."""


def _may_choose(text: str) -> bool:
    """Whether the optimising selection for functions with loops costs little."""
    if len(text) > _MOST_TEXT or HAS_LOOPS not in text:
        return False
    return all(part.find("\n}") <= _LONGEST_FUNCTION for part in text.split("\ndefine ")[1:])


class NativeModule:
    """A parsed, optimised module."""

    def __init__(self, text: str, mode: Mode) -> None:
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        chooses = mode is Mode.FAST and _may_choose(text)
        self._machine = _target_machine(2 if mode is Mode.RELEASE else 1 if chooses else 0)
        try:
            self._module = llvm.parse_assembly(text)
            self._module.verify()
        except RuntimeError as bad:
            raise CompilerBug(f"LLVM refuses the emitted text: {bad}") from bad
        _optimise(self._module, self._machine, mode)
        if mode in (Mode.ASAN, Mode.TSAN):
            watched = instrumented(str(self._module), mode)
            if watched is not None:
                self._module = llvm.parse_assembly(watched)
        if chooses:
            _leave_straight_code(self._module)

    def object_file(self) -> bytes:
        """The machine code."""
        code: bytes = self._machine.emit_object(self._module)
        return code

    def assembly(self) -> str:
        """The machine code, readable."""
        text: str = self._machine.emit_assembly(self._module)
        return text

    def llvm_text(self) -> str:
        """The module after optimisation."""
        return str(self._module)


def _target_machine(level: int) -> llvm.TargetMachine:
    # Instruction selection for release code takes five times as long as the quick one (level 0), and is most of what a
    # user would wait for, so in the default build only functions with loops get it; see docs/internals/optimisation.md.
    return llvm.Target.from_default_triple().create_target_machine(opt=level, reloc="pic", codemodel="small")


def _optimise(module: llvm.ModuleRef, machine: llvm.TargetMachine, mode: Mode) -> None:
    level = 2 if mode is Mode.RELEASE else 1
    builder = llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(speed_level=level))
    passes = builder.getModulePassManager() if mode is Mode.RELEASE else _fast_passes()
    passes.run(module, builder)


def _leave_straight_code(module: llvm.ModuleRef) -> None:
    """Tells instruction selection to be quick with every function without a loop of its own."""
    wanted = HAS_LOOPS.encode()
    for fn in module.functions:
        if fn.is_declaration:
            continue
        texts = list(fn.attributes)
        if not any(wanted in text or b"alwaysinline" in text for text in texts):
            fn.add_function_attribute("noinline")
            fn.add_function_attribute("optnone")


def _fast_passes() -> llvm.ModulePassManager:
    """What pays for itself: the library's small functions inlined, values in registers, straight control flow."""
    passes = llvm.create_new_module_pass_manager()
    passes.add_always_inliner_pass()
    passes.add_global_dead_code_eliminate_pass()
    passes.add_sroa_pass()
    passes.add_instruction_combine_pass()
    passes.add_simplify_cfg_pass()
    passes.add_jump_threading_pass()
    passes.add_simplify_cfg_pass()
    return passes
