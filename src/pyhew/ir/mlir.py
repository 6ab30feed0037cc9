"""The IR as MLIR: generic syntax, and the dialect `hew` as IRDL.

In: a module.  Out: text that `mlir-opt --irdl-file=hew.irdl.mlir --allow-unregistered-dialect` reads.
Every operation of the table is an operation of the dialect; control flow is `cf.br`,
`cf.cond_br` and `func.return`, and, because IRDL knows no successors, the unregistered
`hewcf.switch`, `hewcf.suspend`, `hewcf.trap`, `hewcf.done` and `hewcf.unreachable`.
Uses are attributes; our own types are `!hew.value` with one text parameter.  A constraint of
IRDL stands for one type in all the places that name it, so operands or results whose number is
open travel as one `!hew.list`, made and taken apart by `builtin.unrealized_conversion_cast`.
Assumed: nothing; what an operation must satisfy beyond its number of operands and its
attributes is for our own verifiers.
"""

from __future__ import annotations

import re

from pyhew.ir.ops import (
    OPS,
    Block,
    Branch,
    CondBranch,
    Done,
    Edge,
    Function,
    Module,
    Op,
    OpKind,
    Return,
    Suspend,
    Switch,
    Terminator,
    Trap,
    Value,
)
from pyhew.ir.optypes import function_params, returned_types
from pyhew.ir.text import Printer
from pyhew.ir.types import UNIT, BoolT, FloatT, IntT, IrType

_CAST = "builtin.unrealized_conversion_cast"

_FIXED_RESULTS = {
    "const": 1, "zero": 1, "string": 1, "bytes": 1, "arith": 1, "overflowing": 2, "compare": 1, "convert": 1,
    "bitcast": 1, "negate": 1, "not": 1, "math": 1, "trap_if": 0, "pack": 1, "variant": 1, "tag": 1, "from_tag": 1,
    "project": 1, "lend": 1, "replace": 2, "take": 2, "put": 1, "inside": 1, "vec_len": 1, "vec_room": 1, "vec_reserve": 1, "vec_push": 1, "vec_pop": 2,
    "vec_insert": 1, "vec_remove": 2, "box": 1, "unbox": 1, "resource_new": 1, "resource_close": 0, "rc_new": 1,
    "rc_replace": 1, "weak_new": 1, "weak_upgrade": 2, "object": 1, "copy": 1, "drop": 0, "keep": 0, "own": 1, "suspend": 0, "given_up": 1,
    "yield": 0, "gen_new": 1, "gen_next": 2, "frame_start": 2, "frame_poll": 1, "gen_resume": 1, "gen_take": 1,
    "message": 1, "ask": 1, "fork": 1, "reply_value": 1, "reply": 0, "state_load": 1, "state_store": 0,
    "actor_type": 1, "c_entry": 1,
}  # fmt: skip
"""Operations that are missing here give as many results as their callee or their type says."""

_SAME_AS = {
    "arith": ("o0",), "negate": ("o0",), "not": ("o0",), "copy": ("o0",), "replace": ("o1", "o0"), "take": ("", "o0"),
    "put": ("o0",), "vec_reserve": ("o0",), "vec_push": ("o0",), "vec_pop": ("", "o0"), "vec_insert": ("o0",),
    "vec_remove": ("", "o0"), "rc_replace": ("o1",),
}  # fmt: skip
"""Results whose type is that of an operand."""


def irdl_text() -> str:
    """The dialect, one IRDL operation for each row of the table."""
    lines = ["// Generated from the operation table.", "irdl.dialect @hew {"]
    for name in ("value", "list"):
        lines.append(f"  irdl.type @{name} {{\n    %0 = irdl.any\n    irdl.parameters(shape: %0)\n  }}")
    for kind in OPS:
        lines.extend(_irdl_operation(kind))
    return "\n".join([*lines, "}", ""])


def _irdl_operation(kind: OpKind) -> list[str]:
    fixed, has_list = shape_of(kind)
    operands = [f"o{at}" for at in range(fixed)] + (["olist"] if has_list else [])
    same = _SAME_AS.get(kind.name, ())
    count = _FIXED_RESULTS.get(kind.name)
    results = ["rlist"] if count is None else [f"r{at}" for at in range(count)]
    held = [same[at] if at < len(same) and same[at] else name for at, name in enumerate(results)]
    names = [*kind.attrs, *(["uses"] if kind.dynamic else [])]
    attrs = [f"a{at}" for at in range(len(names))]
    lines = [f"  irdl.operation @{kind.name} {{"]
    for variable in dict.fromkeys([*operands, *held, *attrs]):
        is_list = variable in ("olist", "rlist")
        lines.append(f"    %{variable} = irdl.{'base @hew::@list' if is_list else 'any'}")
    if operands:
        lines.append(f"    irdl.operands({', '.join(f'{name}: %{name}' for name in operands)})")
    if results:
        pairs = zip(results, held, strict=True)
        lines.append(f"    irdl.results({', '.join(f'{name}: %{variable}' for name, variable in pairs)})")
    if names:
        pairs = zip(names, attrs, strict=True)
        lines.append("    irdl.attributes {" + ", ".join(f'"{name}" = %{variable}' for name, variable in pairs) + "}")
    return [*lines, "  }"]


def shape_of(kind: OpKind) -> tuple[int, bool]:
    """How many operands stand alone, and whether the others travel as a list."""
    if kind.dynamic:
        return 0, True
    letters = kind.modes
    return (len(letters) - 2, True) if letters.endswith("*") else (len(letters), False)


def mlir_text(module: Module) -> str:
    """The functions of a module."""
    writer = _Writer()
    functions = [writer.function(fn) for fn in module.functions.values()]
    return "module {\n" + "\n".join(functions) + "\n}\n"


class _Writer:
    """Writes functions; values are numbered anew in each."""

    __slots__ = ("_blocks", "_printer", "_values")

    def __init__(self) -> None:
        self._printer = Printer()
        self._values: dict[Value, str] = {}
        self._blocks: dict[Block, str] = {}

    # ----------------------------------------------------------------- words

    def type(self, ty: IrType) -> str:
        """Numbers as the builtin types without a sign, everything else as `!hew.value<"...">`."""
        match ty:
            case IntT():
                return f"i{ty.bits}"
            case FloatT():
                return f"f{ty.bits}"
            case BoolT():
                return "i1"
            case _:
                return f"!hew.value<{_text(self._printer.type(ty))}>"

    def types(self, values: list[Value]) -> str:
        return ", ".join(self.type(value.type) for value in values)

    def value(self, value: Value) -> str:
        return self._values.setdefault(value, f"%{len(self._values)}")

    def values(self, values: list[Value]) -> str:
        return ", ".join(self.value(value) for value in values)

    def block(self, block: Block) -> str:
        return self._blocks.setdefault(block, f"^bb{len(self._blocks)}")

    def attribute(self, value: object) -> str:
        """Numbers and truths as they are, the rest as text."""
        match value:
            case bool():
                return "true" if value else "false"
            case int():
                return f"{value} : i128"
            case str():
                return _text(value)
            case _:
                return _text(self._printer.attr(value))

    # ----------------------------------------------------------------- functions

    def function(self, fn: Function) -> str:
        """One function, generic form."""
        self._values, self._blocks = {}, {}
        params = ", ".join(self.type(value.type) for value in fn.params)
        results = ", ".join(self.type(ty) for ty in returned_types(fn.result, function_params(fn)))
        uses = ", ".join(f'"{use.value}"' for use in fn.modes)
        heads: list[str] = []
        for at, block in enumerate(fn.blocks):
            arguments = fn.params if at == 0 else block.params
            shown = ", ".join(f"{self.value(value)}: {self.type(value.type)}" for value in arguments)
            lines = [f"  {self.block(block)}({shown}):" if shown else f"  {self.block(block)}:"]
            lines.extend(f"    {self.op(op)}" for op in block.ops)
            lines.append(f"    {self.terminator(block.terminator)}")
            heads.append("\n".join(lines))
        properties = f"sym_name = {_text(fn.symbol)}, function_type = ({params}) -> ({results})"
        body = "\n".join(heads)
        return f'"func.func"() <{{{properties}}}> ({{\n{body}\n}}) {{hew.uses = [{uses}]}} : () -> ()'

    def op(self, op: Op) -> str:
        """One operation, with the casts around it."""
        attrs = [f"{name} = {self.attribute(value)}" for name, value in op.attrs.items()]
        if op.kind.dynamic:
            attrs.append("uses = [" + ", ".join(f'"{use.value}"' for use in op.modes) + "]")
        shown = f" {{{', '.join(attrs)}}}" if attrs else ""
        lines: list[str] = []
        fixed, has_list = shape_of(op.kind)
        operands = [(self.value(value), self.type(value.type)) for value in op.operands[:fixed]]
        if has_list:
            operands.append(self.gathered(op.operands[fixed:], lines))
        results, names = self.types(op.results), self.values(op.results)
        spread = ""
        if op.kind.name not in _FIXED_RESULTS:
            results = self.list_type(op.results)
            whole = self.fresh()
            if op.results:
                spread = f'{names} = "{_CAST}"({whole}) : ({results}) -> ({self.types(op.results)})'
            names = whole
        given = ", ".join(name for name, _ in operands)
        taken = ", ".join(ty for _, ty in operands)
        head = f"{names} = " if names else ""
        lines.append(f'{head}"hew.{op.kind.name}"({given}){shown} : ({taken}) -> ({results})')
        if spread:
            lines.append(spread)
        return "\n    ".join(lines)

    def gathered(self, values: list[Value], lines: list[str]) -> tuple[str, str]:
        """One list of several values, and its type."""
        name, ty = self.fresh(), self.list_type(values)
        lines.append(f'{name} = "{_CAST}"({self.values(values)}) : ({self.types(values)}) -> ({ty})')
        return name, ty

    def list_type(self, values: list[Value]) -> str:
        return f"!hew.list<{_text(self._printer.types(value.type for value in values))}>"

    def fresh(self) -> str:
        """A name for a list."""
        return self.value(Value(UNIT))

    # ----------------------------------------------------------------- terminators

    def terminator(self, terminator: Terminator | None) -> str:
        """How a block ends."""
        match terminator:
            case Branch():
                return self.flow("cf.br", [], [terminator.edge], "")
            case CondBranch():
                ways = [terminator.then, terminator.otherwise]
                counts = ", ".join(str(len(edge.args)) for edge in ways)
                segments = f"operandSegmentSizes = array<i32: 1, {counts}>"
                return self.flow("cf.cond_br", [terminator.condition], ways, f" <{{{segments}}}>")
            case Switch():
                ways = [edge for _, edge in terminator.cases]
                numbers = ", ".join(f"{number} : i128" for number, _ in terminator.cases)
                if terminator.default is not None:
                    ways.append(terminator.default)
                return self.flow("hewcf.switch", [terminator.value], ways, f" {{{_counts(ways)}, cases = [{numbers}]}}")
            case Suspend():
                ways = [terminator.resume, terminator.drop]
                return self.flow("hewcf.suspend", [], ways, f" {{{_counts(ways)}, status = {terminator.status} : i32}}")
            case Return():
                return f'"func.return"({self.values(terminator.values)}) : ({self.types(terminator.values)}) -> ()'
            case Trap():
                values = [] if terminator.message is None else [terminator.message]
                return self.flow("hewcf.trap", values, [], f" {{code = {_text(terminator.code)}}}")
            case Done():
                return self.flow("hewcf.done", [], [], "")
            case _:
                return self.flow("hewcf.unreachable", [], [], "")

    def flow(self, name: str, values: list[Value], ways: list[Edge], attrs: str) -> str:
        """A terminator with successors; their arguments follow its own operands."""
        operands = [*values, *(value for edge in ways for value in edge.args)]
        blocks = ", ".join(self.block(edge.block) for edge in ways)
        successors = f"[{blocks}]" if ways else ""
        return f'"{name}"({self.values(operands)}){successors}{attrs} : ({self.types(operands)}) -> ()'


def _counts(ways: list[Edge]) -> str:
    return f"arguments = [{', '.join(f'{len(edge.args)} : i32' for edge in ways)}]"


def _text(text: str) -> str:
    """A string attribute; MLIR reads bytes as two hexadecimal digits."""
    plain = re.compile(r"[ -!#-\[\]-~]")
    return '"' + "".join(c if plain.match(c) else "".join(f"\\{b:02X}" for b in c.encode()) for c in text) + '"'

