"""The text form of the IR: reading it back.

In: text as `ir/text.py` prints it; `//` begins a comment.  Out: a module.
A mistake raises `IrSyntaxError` with its line; what is well written but wrong is for
the verifiers.
Assumed: values and blocks may be used before the place that defines them.
"""

from __future__ import annotations

import json
import re
from typing import cast

from pyhew.abi.functions import BY_NAME
from pyhew.ir.facts import owns_heap
from pyhew.ir.ops import (
    LEND,
    OPS,
    ActorDef,
    Block,
    Branch,
    ChildDef,
    CondBranch,
    Done,
    Edge,
    Function,
    Handler,
    MailboxSpec,
    Module,
    Op,
    Return,
    SupervisorDef,
    Suspend,
    Switch,
    Terminator,
    Trap,
    Unreachable,
    Value,
)
from pyhew.ir.types import (
    BOOL,
    MESSAGE,
    NEVER,
    PTR,
    STRING,
    UNIT,
    BoxT,
    EnumT,
    EnvT,
    FloatT,
    FrameT,
    HandleT,
    IntT,
    IrType,
    ObjectT,
    RcT,
    ResourceT,
    Signature,
    StructT,
    TupleT,
    Use,
    VecT,
    WeakT,
)

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|->|[%^][A-Za-z0-9_.]+|-?[A-Za-z0-9_.]+|[^\s\w]')
_WORDS: dict[str, IrType] = {
    "bool": BOOL, "ptr": PTR, "never": NEVER, "string": STRING, "message": MESSAGE, "unit": UNIT,
}  # fmt: skip
_KINDS = {kind.name: kind for kind in OPS}
_USES = {"consume": Use.CONSUME, "inout": Use.INOUT}


class IrSyntaxError(Exception):
    """The text is not the text form of the IR."""


def parse_module(text: str) -> Module:
    """Reads a module."""
    return _Reader(text).module()


class _Reader:
    """Recursive descent over tokens."""

    __slots__ = ("at", "blocks", "dyns", "lines", "made", "nominal", "tokens", "values")

    def __init__(self, text: str) -> None:
        self.tokens: list[str] = []
        self.lines: list[int] = []
        for number, line in enumerate(text.splitlines(), 1):
            for found in _TOKEN.finditer(_without_comment(line)):
                self.tokens.append(found.group())
                self.lines.append(number)
        self.tokens.append("")
        self.lines.append(self.lines[-1] if self.lines else 1)
        self.at = 0
        self.made = Module()
        self.nominal: dict[str, StructT | EnumT] = {}
        self.dyns: dict[str, ObjectT] = {}
        self.values: dict[str, Value] = {}
        self.blocks: dict[str, Block] = {}

    # ----------------------------------------------------------------- tokens

    @property
    def token(self) -> str:
        return self.tokens[self.at]

    def fail(self, text: str) -> IrSyntaxError:
        return IrSyntaxError(f"line {self.lines[self.at]}: {text}, found {self.token!r}")

    def take(self) -> str:
        token = self.token
        self.at += 1
        return token

    def accept(self, token: str) -> bool:
        if self.token == token:
            self.at += 1
            return True
        return False

    def need(self, token: str) -> None:
        if not self.accept(token):
            raise self.fail(f"{token!r} is wanted")

    def quoted(self) -> str:
        if not self.token.startswith('"'):
            raise self.fail("a quoted text is wanted")
        return cast(str, json.loads(self.take()))

    # ----------------------------------------------------------------- module

    def module(self) -> Module:
        """Everything; nominal types are made first, so that they can mention each other."""
        for at, token in enumerate(self.tokens):
            before = self.tokens[at - 1] if at else ""
            if before in ("struct", "enum") and token.startswith('"'):
                name = cast(str, json.loads(token))
                self.nominal[name] = StructT(name) if before == "struct" else EnumT(name)
            elif before == "fn" and token == "@" and self.tokens[at + 1].startswith('"'):
                symbol = cast(str, json.loads(self.tokens[at + 1]))
                self.made.functions[symbol] = Function(symbol, [], [], UNIT)
        while self.token:
            match self.take():
                case "struct" | "enum":
                    self.definition()
                case "fn":
                    self.function()
                case "actor":
                    key = self.quoted()
                    self.made.actors[key] = _actor(self.attrs())
                case "supervisor":
                    key = self.quoted()
                    self.made.supervisors[key] = _supervisor(self.attrs())
                case "main":
                    self.made.main = self.quoted()
                case _:
                    self.at -= 1
                    raise self.fail("a definition is wanted")
        return self.made

    def definition(self) -> None:
        ty = self.nominal[self.quoted()]
        if isinstance(ty, StructT):
            self.need("(")
            ty.fields = self.types(")")
            ty.field_names = self.names()
            self.made.types.structs[ty.name] = ty
            return
        variants: list[tuple[IrType, ...]] = []
        self.need("[")
        while not self.accept("]"):
            self.need("(")
            variants.append(self.types(")"))
            self.accept(",")
        ty.variants = tuple(variants)
        ty.variant_names = self.names()
        self.made.types.enums[ty.name] = ty

    def names(self) -> tuple[str, ...]:
        out: list[str] = []
        self.need("[")
        while not self.accept("]"):
            out.append(self.quoted())
            self.accept(",")
        return tuple(out)

    # ----------------------------------------------------------------- types

    def types(self, end: str) -> tuple[IrType, ...]:
        out: list[IrType] = []
        while not self.accept(end):
            out.append(self.type())
            self.accept(",")
        return tuple(out)

    def type(self) -> IrType:
        token = self.take()
        if token in _WORDS:
            return _WORDS[token]
        if token == "(":
            return TupleT(self.types(")"))
        if token == "!":
            name = self.quoted()
            if name not in self.nominal:
                raise self.fail(f"no type is called {name}")
            return self.nominal[name]
        if re.fullmatch(r"[iuf][0-9]+", token):
            bits = int(token[1:])
            return FloatT(bits) if token[0] == "f" else IntT(bits, token[0] == "i")
        self.need("<")
        made = self.handle(token)
        self.need(">")
        return made

    def handle(self, word: str) -> IrType:
        match word:
            case "Vec":
                return VecT(self.type())
            case "Box":
                return BoxT(self.type())
            case "Rc":
                return RcT(self.type())
            case "Weak":
                return WeakT(self.type())
            case "Handle":
                return HandleT(self.quoted())
            case "Env":
                return EnvT(self.struct())
            case "Resource":
                content = self.struct()
                self.need(",")
                return ResourceT(content, self.quoted())
            case "Frame":
                yields = self.type()
                self.need(",")
                return FrameT(yields, self.type())
            case "Object" | "Dyn":
                name = self.quoted()
                made = ObjectT(name, (), word == "Dyn")
                made = self.dyns.setdefault(name, made) if made.is_dyn else made
                methods: list[Signature] = []
                while self.accept(","):
                    methods.append(self.signature())
                made.methods = made.methods or tuple(methods)
                return made
            case _:
                raise self.fail(f"{word!r} is no type")

    def struct(self) -> StructT:
        ty = self.type()
        if not isinstance(ty, StructT):
            raise self.fail("a struct is wanted")
        return ty

    def signature(self) -> Signature:
        self.need("fn")
        self.need("(")
        params: list[tuple[IrType, Use]] = []
        while not self.accept(")"):
            use = self.use()
            params.append((self.type(), use))
            self.accept(",")
        self.need("->")
        return Signature(tuple(params), self.type())

    def use(self) -> Use:
        return _USES[self.take()] if self.token in _USES else Use.BORROW

    # ----------------------------------------------------------------- attributes

    def attrs(self) -> dict[str, object]:
        out: dict[str, object] = {}
        if self.accept("{"):
            while not self.accept("}"):
                key = self.take()
                self.need("=")
                out[key] = self.attr()
                self.accept(",")
        return out

    def attr(self) -> object:
        token = self.token
        if token.startswith('"'):
            return self.quoted()
        self.at += 1
        match token:
            case "none":
                return None
            case "true" | "false":
                return token == "true"
            case "@":
                symbol = self.quoted()
                if symbol not in self.made.functions:
                    raise self.fail(f"no function is called {symbol}")
                return self.made.functions[symbol]
            case "[":
                items: list[object] = []
                while not self.accept("]"):
                    items.append(self.attr())
                    self.accept(",")
                return tuple(items)
            case "float" | "bytes" | "runtime" | "type":
                return self.typed_attr(token)
            case _:
                if not re.fullmatch(r"-?[0-9]+", token):
                    self.at -= 1
                    raise self.fail("an attribute is wanted")
                return int(token)

    def typed_attr(self, word: str) -> object:
        self.need("(")
        value: object
        match word:
            case "float":
                value = float(self.quoted())
            case "bytes":
                value = bytes.fromhex(self.quoted())
            case "runtime":
                value = BY_NAME.get(self.quoted())
                if value is None:
                    raise self.fail("no such runtime function before this")
            case _:
                value = self.type()
        self.need(")")
        return value

    # ----------------------------------------------------------------- functions

    def function(self) -> None:
        self.need("@")
        fn = self.made.functions[self.quoted()]
        self.values, self.blocks = {}, {}
        self.need("(")
        while not self.accept(")"):
            value = self.value()
            self.need(":")
            fn.modes.append(self.use())
            value.type = self.type()
            value.is_borrowed = fn.modes[-1] is Use.BORROW and owns_heap(value.type)
            fn.params.append(value)
            self.accept(",")
        self.need("->")
        fn.result = self.type()
        for key, flag in (self.attrs() if self.tokens[self.at + 2] == "=" else {}).items():
            setattr(fn, key, flag)
        self.need("{")
        while not self.accept("}"):
            fn.blocks.append(self.block(fn))

    def value(self) -> Value:
        token = self.take()
        if not token.startswith("%"):
            self.at -= 1
            raise self.fail("a value is wanted")
        if token not in self.values:
            name = token[1:]
            self.values[token] = Value(UNIT, "" if name.isdigit() else name)
        return self.values[token]

    def label(self) -> Block:
        token = self.take()
        if not token.startswith("^"):
            self.at -= 1
            raise self.fail("a block is wanted")
        if token not in self.blocks:
            self.blocks[token] = Block(token[1:])
        return self.blocks[token]

    def carried(self, fn: Function) -> int:
        """A mask over the function's carriers; who is new becomes one."""
        mask = 0
        self.need("[")
        while not self.accept("]"):
            value = self.value()
            if value not in fn.carriers:
                fn.carriers.append(value)
            mask |= 1 << fn.carriers.index(value)
            self.accept(",")
        return mask

    def block(self, fn: Function) -> Block:
        block = self.label()
        if self.accept("("):
            while not self.accept(")"):
                value = self.value()
                self.need(":")
                value.type = self.type()
                block.params.append(value)
                self.accept(",")
        if self.accept("carries"):
            block.carried = self.carried(fn)
        block.is_brief = self.accept("brief")
        self.need(":")
        while block.terminator is None:
            if self.token in _TERMINATORS:
                block.terminator = self.terminator()
            else:
                block.ops.append(self.op())
        return block

    def op(self) -> Op:
        results: list[Value] = []
        while self.token.startswith("%"):
            results.append(self.value())
            if not self.accept(","):
                self.need("=")
        kind = _KINDS.get(self.take())
        if kind is None:
            self.at -= 1
            raise self.fail("an operation is wanted")
        operands: list[Value] = []
        modes: list[Use] = []
        while self.token.startswith("%") and not self.begins_op() or self.token in _USES:
            modes.append(self.use())
            operands.append(self.value())
            if not self.accept(","):
                break
        attrs = self.attrs()
        if results:
            self.need(":")
            for at, value in enumerate(results):
                if at:
                    self.need(",")
                value.type = self.type()
        for value in results:
            value.is_borrowed = kind is LEND
        return Op(kind, operands, results, attrs, tuple(modes) if kind.dynamic else None)

    def begins_op(self) -> bool:
        """Whether the value here is a result: only commas and values up to the next `=`."""
        at = self.at
        while self.tokens[at].startswith("%"):
            if self.tokens[at + 1] == "=":
                return True
            if self.tokens[at + 1] != ",":
                return False
            at += 2
        return False

    def edge(self) -> Edge:
        edge = Edge(self.label())
        if self.accept("("):
            while not self.accept(")"):
                edge.args.append(self.value())
                self.accept(",")
        return edge

    def terminator(self) -> Terminator:
        word = self.take()
        match word:
            case "br":
                return Branch(self.edge())
            case "cond_br":
                condition = self.value()
                self.need(",")
                then = self.edge()
                self.need(",")
                return CondBranch(condition, then, self.edge())
            case "switch":
                return self.switch()
            case "return":
                values: list[Value] = []
                while self.token.startswith("%"):
                    values.append(self.value())
                    if not self.accept(","):
                        break
                return Return(values)
            case "trap":
                code = self.quoted()
                return Trap(code, self.value() if self.accept(",") else None)
            case "suspend_to":
                status = int(self.take())
                self.need(",")
                resume = self.edge()
                self.need(",")
                return Suspend(resume, self.edge(), status)
            case "done":
                return Done()
            case _:
                return Unreachable()

    def switch(self) -> Switch:
        made = Switch(self.value(), [], None)
        while self.accept(","):
            number = self.take()
            self.need(":")
            if number == "default":
                made.default = self.edge()
            else:
                made.cases.append((int(number), self.edge()))
        return made


_TERMINATORS = ("br", "cond_br", "switch", "return", "trap", "suspend_to", "done", "unreachable")


def _without_comment(line: str) -> str:
    at, is_quoted = 0, False
    while at < len(line):
        if line[at] == "\\" and is_quoted:
            at += 1
        elif line[at] == '"':
            is_quoted = not is_quoted
        elif not is_quoted and line.startswith("//", at):
            return line[:at]
        at += 1
    return line


def _actor(attrs: dict[str, object]) -> ActorDef:
    handlers = [Handler(*item) for item in cast(tuple[tuple[object, ...], ...], attrs["handlers"])]  # type: ignore[arg-type]
    mailbox = attrs["mailbox"]
    spec = MailboxSpec(*cast(tuple[object, ...], mailbox)) if mailbox is not None else None  # type: ignore[arg-type]
    return ActorDef(**{**attrs, "handlers": handlers, "mailbox": spec})  # type: ignore[arg-type]


def _supervisor(attrs: dict[str, object]) -> SupervisorDef:
    children = [ChildDef(*item) for item in cast(tuple[tuple[object, ...], ...], attrs["children"])]  # type: ignore[arg-type]
    return SupervisorDef(**{**attrs, "children": children})  # type: ignore[arg-type]
