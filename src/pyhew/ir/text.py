"""The text form of the IR: printing.

In: a module or a function.  Out: text that `ir/parse.py` reads back.
Positions in sources are left out.  Names of values are kept where they are unique.
Assumed: nothing; broken IR prints too, with `?` for what is missing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from pyhew.abi.rows import RuntimeFn
from pyhew.ir.ops import (
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
    Trap,
    Unreachable,
    Value,
    carried_values,
)
from pyhew.ir.types import (
    BoolT,
    BoxT,
    EnumT,
    EnvT,
    FloatT,
    FrameT,
    HandleT,
    IntT,
    IrType,
    MessageT,
    NeverT,
    ObjectT,
    PtrT,
    RcT,
    ResourceT,
    Signature,
    StringT,
    StructT,
    TupleT,
    Use,
    VecT,
    WeakT,
)

_USE = {Use.BORROW: "", Use.CONSUME: "consume ", Use.INOUT: "inout "}


def print_module(module: Module) -> str:
    """A whole module."""
    printer = Printer()
    body = [printer.function(fn) for fn in module.functions.values()]
    body.extend(printer.actor(key, actor) for key, actor in module.actors.items())
    body.extend(printer.supervisor(key, item) for key, item in module.supervisors.items())
    if module.main:
        body.append(f"main {_quoted(module.main)}")
    for struct in module.types.structs.values():
        printer.type(struct)
    for enum in module.types.enums.values():
        printer.type(enum)
    return "\n\n".join([*printer.definitions(), *body]) + "\n"


def print_function(fn: Function) -> str:
    """One function, for dumps."""
    return Printer().function(fn)


def _quoted(text: str) -> str:
    return json.dumps(text)


class Printer:
    """Gives nominal types their names; two types of one name are told apart by a number."""

    __slots__ = ("_done", "_names", "_taken", "_todo", "_within")

    def __init__(self) -> None:
        self._names: dict[StructT | EnumT, str] = {}
        self._taken: set[str] = set()
        self._todo: list[StructT | EnumT] = []
        self._done: list[str] = []
        self._within: list[ObjectT] = []

    # ----------------------------------------------------------------- types

    def nominal(self, ty: StructT | EnumT) -> str:
        """`!"Point"`; the definition is printed later."""
        name = self._names.get(ty)
        if name is None:
            name, count = ty.name, 1
            while name in self._taken:
                count += 1
                name = f"{ty.name}'{count}"
            self._names[ty] = name
            self._taken.add(name)
            self._todo.append(ty)
        return f"!{_quoted(name)}"

    def definitions(self) -> list[str]:
        """Every nominal type that was mentioned."""
        while self._todo:
            ty = self._todo.pop(0)
            name = _quoted(self._names[ty])
            if isinstance(ty, StructT):
                self._done.append(f"struct {name} ({self.types(ty.fields)}) {_names(ty.field_names)}")
            else:
                variants = ", ".join(f"({self.types(variant)})" for variant in ty.variants)
                self._done.append(f"enum {name} [{variants}] {_names(ty.variant_names)}")
        return self._done

    def types(self, types: Iterable[IrType]) -> str:
        """A list of types."""
        return ", ".join(self.type(ty) for ty in types)

    def type(self, ty: IrType) -> str:
        """One type."""
        match ty:
            case IntT():
                return f"{'i' if ty.signed else 'u'}{ty.bits}"
            case FloatT():
                return f"f{ty.bits}"
            case BoolT():
                return "bool"
            case PtrT():
                return "ptr"
            case NeverT():
                return "never"
            case StringT():
                return "string"
            case MessageT():
                return "message"
            case TupleT():
                return f"({self.types(ty.items)})"
            case StructT() | EnumT():
                return self.nominal(ty)
            case HandleT():
                return f"Handle<{_quoted(ty.name)}>"
            case _:
                return self.handle(ty)

    def handle(self, ty: IrType) -> str:
        """The types that hold other types."""
        match ty:
            case VecT():
                return f"Vec<{self.type(ty.element)}>"
            case BoxT():
                return f"Box<{self.type(ty.content)}>"
            case RcT():
                return f"Rc<{self.type(ty.content)}>"
            case WeakT():
                return f"Weak<{self.type(ty.content)}>"
            case ResourceT():
                return f"Resource<{self.type(ty.content)}, {_quoted(ty.close)}>"
            case EnvT():
                return f"Env<{self.type(ty.captures)}>"
            case FrameT():
                return f"Frame<{self.type(ty.yields)}, {self.type(ty.result)}>"
            case ObjectT():
                return self.handle_of_code(ty)
            case _:
                return "?"

    def handle_of_code(self, ty: ObjectT) -> str:
        """`Object<"name", fn() -> i64>`; inside its own methods a `Dyn` is its name alone."""
        if ty in self._within:
            return f"Dyn<{_quoted(ty.name)}>"
        if ty.is_dyn:
            self._within.append(ty)
        methods = "".join(f", {self.signature(method)}" for method in ty.methods)
        if ty.is_dyn:
            self._within.pop()
        return f"{'Dyn' if ty.is_dyn else 'Object'}<{_quoted(ty.name)}{methods}>"

    def signature(self, signature: Signature) -> str:
        """`fn(inout Vec<i64>) -> i64`."""
        params = ", ".join(f"{_USE[use]}{self.type(ty)}" for ty, use in signature.params)
        return f"fn({params}) -> {self.type(signature.result)}"

    # ----------------------------------------------------------------- attributes

    def attr(self, value: object) -> str:
        """One attribute value."""
        match value:
            case None:
                return "none"
            case bool():
                return "true" if value else "false"
            case int():
                return str(value)
            case float():
                return f"float({_quoted(repr(value))})"
            case str():
                return _quoted(value)
            case bytes():
                return f"bytes({_quoted(value.hex())})"
            case Function():
                return f"@{_quoted(value.symbol)}"
            case RuntimeFn():
                return f"runtime({_quoted(value.name)})"
            case tuple():
                return "[" + ", ".join(self.attr(item) for item in value) + "]"
            case _:
                return f"type({self.type(value)})"  # type: ignore[arg-type]

    def attrs(self, attrs: dict[str, object]) -> str:
        """All of them, or nothing."""
        if not attrs:
            return ""
        return " {" + ", ".join(f"{key} = {self.attr(value)}" for key, value in attrs.items()) + "}"

    # ----------------------------------------------------------------- actors

    def actor(self, key: str, actor: ActorDef) -> str:
        """One actor type."""
        handlers = tuple(_handler(handler) for handler in actor.handlers)
        attrs: dict[str, object] = {
            "symbol": actor.symbol, "name": actor.name, "state": actor.state, "handlers": handlers,
            "drop_state": actor.drop_state, "on_stop": actor.on_stop, "on_crash": actor.on_crash,
            "on_down": actor.on_down, "on_exit": actor.on_exit, "mailbox": _mailbox(actor.mailbox),
        }  # fmt: skip
        return f"actor {_quoted(key)}{self.attrs(attrs)}"

    def supervisor(self, key: str, item: SupervisorDef) -> str:
        """One supervisor type."""
        attrs: dict[str, object] = {
            "symbol": item.symbol, "name": item.name, "strategy": item.strategy, "intensity": item.intensity,
            "window": item.window, "children": tuple(_child(child) for child in item.children), "params": item.params,
        }  # fmt: skip
        return f"supervisor {_quoted(key)}{self.attrs(attrs)}"

    # ----------------------------------------------------------------- functions

    def function(self, fn: Function) -> str:
        """One function."""
        names = _Names(fn)
        params = ", ".join(
            f"{names.value(value)}: {_USE[use]}{self.type(value.type)}"
            for value, use in zip(fn.params, fn.modes, strict=False)
        )
        flags: dict[str, object] = {}
        if fn.shown:
            flags["shown"] = fn.shown
        if fn.yields is not None:
            flags["yields"] = fn.yields
        if fn.c_name:
            flags["c_name"] = fn.c_name
        for flag in ("always_inline", "exported", "is_std", "suspends"):
            if getattr(fn, flag):
                flags[flag] = True
        lines = [f"fn @{_quoted(fn.symbol)}({params}) -> {self.type(fn.result)}{self.attrs(flags)} {{"]
        for block in fn.blocks:
            lines.extend(self.block(fn, block, names))
        return "\n".join([*lines, "}"])

    def block(self, fn: Function, block: Block, names: _Names) -> list[str]:
        """One block."""
        params = ", ".join(f"{names.value(value)}: {self.type(value.type)}" for value in block.params)
        head = f"({params})" if params else ""
        if block.carried:
            head += f" carries [{', '.join(names.value(value) for value in carried_values(fn, block))}]"
        if block.is_brief:
            head += " brief"
        lines = [f"^{names.block(block)}{head}:"]
        lines.extend(f"  {self.op(op, names)}" for op in block.ops)
        lines.append(f"  {self.terminator(block, names)}")
        return lines

    def op(self, op: Op, names: _Names) -> str:
        """One operation."""
        results = ", ".join(names.value(value) for value in op.results)
        operands = ", ".join(
            f"{_USE[use] if op.kind.dynamic else ''}{names.value(value)}"
            for value, use in zip(op.operands, op.modes, strict=False)
        )
        types = f" : {self.types(value.type for value in op.results)}" if op.results else ""
        head = f"{results} = " if results else ""
        return f"{head}{op.kind.name}{' ' if operands else ''}{operands}{self.attrs(op.attrs)}{types}"

    def terminator(self, block: Block, names: _Names) -> str:
        """How a block ends."""

        def way(edge: Edge) -> str:
            args = ", ".join(names.value(value) for value in edge.args)
            return f"^{names.block(edge.block)}({args})" if args else f"^{names.block(edge.block)}"

        match terminator := block.terminator:
            case Branch():
                return f"br {way(terminator.edge)}"
            case CondBranch():
                condition = names.value(terminator.condition)
                return f"cond_br {condition}, {way(terminator.then)}, {way(terminator.otherwise)}"
            case Switch():
                cases = "".join(f", {number}: {way(edge)}" for number, edge in terminator.cases)
                default = f", default: {way(terminator.default)}" if terminator.default is not None else ""
                return f"switch {names.value(terminator.value)}{cases}{default}"
            case Return():
                return "return" + "".join(
                    f"{',' if at else ''} {names.value(value)}" for at, value in enumerate(terminator.values)
                )
            case Trap():
                message = f", {names.value(terminator.message)}" if terminator.message is not None else ""
                return f"trap {_quoted(terminator.code)}{message}"
            case Unreachable():
                return "unreachable"
            case Suspend():
                return f"suspend_to {terminator.status}, {way(terminator.resume)}, {way(terminator.drop)}"
            case Done():
                return "done"
            case None:
                return "?"


class _Names:
    """Names of the values and blocks of one function."""

    __slots__ = ("_blocks", "_count", "_taken", "_values")

    def __init__(self, fn: Function) -> None:
        self._values: dict[Value, str] = {}
        self._blocks: dict[Block, str] = {}
        self._taken: set[str] = set()
        self._count = 0
        for block in fn.blocks:
            self.block(block)

    def value(self, value: Value) -> str:
        """`%name`, or `%7` for a value without one."""
        name = self._values.get(value)
        if name is None:
            base = _plain(value.name)
            if not base:
                name = f"%{self._count}"
                self._count += 1
            else:
                name = f"%{self.unique(base, '%')}"
            self._values[value] = name
        return name

    def block(self, block: Block) -> str:
        """The block's name."""
        name = self._blocks.get(block)
        if name is None:
            name = self._blocks[block] = self.unique(_plain(block.name) or "b", "^")
        return name

    def unique(self, base: str, space: str) -> str:
        """`base`, numbered if it is taken."""
        name, count = base, 1
        while space + name in self._taken:
            count += 1
            name = f"{base}.{count}"
        self._taken.add(space + name)
        return name


def _plain(name: str) -> str:
    text = "".join(char if char.isascii() and (char.isalnum() or char in "._") else "_" for char in name)
    return "_" + text if text.isdigit() else text


def _names(names: tuple[str, ...]) -> str:
    return "[" + ", ".join(_quoted(name) for name in names) + "]"


def _handler(handler: Handler) -> tuple[object, ...]:
    return (handler.name, handler.wrapper, handler.payload, handler.reply, handler.every)


def _mailbox(spec: MailboxSpec | None) -> tuple[object, ...] | None:
    return None if spec is None else (spec.capacity, spec.policy, spec.keys, spec.fallback)


def _child(child: ChildDef) -> tuple[object, ...]:
    return (
        child.name, child.actor, child.is_supervisor, child.start, child.restart, child.shutdown, child.wired_to,
        child.is_pool, child.count,
    )  # fmt: skip
