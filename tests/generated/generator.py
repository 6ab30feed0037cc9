"""Random modules of well-formed IR, as lowering would write them: no copy, no drop.

In: a seed.  Out: a module whose function `main` takes nothing, ends, and prints what it computes.
Every production that owns heap is here: strings, Vecs, boxes, cells, objects, enums,
structs, calls of each mode, loops, early returns, generators, suspension.
Assumed: the interpreter and the emitter know the runtime functions used here.
"""

from __future__ import annotations

import random
from typing import cast

from pyhew.abi import functions as abi
from pyhew.abi.rows import RuntimeFn
from pyhew.ir import ops
from pyhew.ir.facts import owns_heap
from pyhew.ir.ops import Block, Branch, CondBranch, Edge, Function, Module, Op, OpKind, Return, Value
from pyhew.ir.types import (
    BOOL,
    I32,
    I64,
    STRING,
    UNIT,
    BoxT,
    EnumT,
    EnvT,
    FrameT,
    IrType,
    ObjectT,
    RcT,
    Signature,
    StructT,
    TupleT,
    Use,
    VecT,
)

STRUCT = StructT("Pair", (STRING, I64, VecT(STRING)), ("a", "b", "c"))
OPTION = EnumT("Option", ((), (STRING,)), ("None", "Some"))
MIXED = EnumT("Mixed", ((I64, STRING), (VecT(STRING), OPTION), (BOOL,)), ("A", "B", "C"))
CLOSURE = ObjectT("closure", (Signature(((STRING, Use.BORROW),), STRING),))
TYPES: tuple[IrType, ...] = (
    STRING, VecT(I64), VecT(STRING), STRUCT, OPTION, MIXED, BoxT(STRUCT), RcT(STRING), TupleT((STRING, STRING)),
    VecT(MIXED), CLOSURE, I64, I64,
)  # fmt: skip


def random_module(seed: int, can_suspend: bool = True) -> Module:
    """The module of a seed."""
    rng = random.Random(seed)
    module = Module()
    module.types.structs[STRUCT.name] = STRUCT
    module.types.enums[OPTION.name] = OPTION
    module.types.enums[MIXED.name] = MIXED
    callees: list[Function] = []
    for number in range(rng.randint(1, 4)):
        params = [rng.choice(TYPES) for _ in range(rng.randint(0, 3))]
        modes = [rng.choice((Use.BORROW, Use.CONSUME, Use.INOUT)) for _ in params]
        modes = [use if owns_heap(ty) else Use.BORROW for ty, use in zip(params, modes, strict=True)]
        yields = rng.choice((STRING, I64)) if rng.random() < 0.2 else None
        if yields is not None:
            modes = [Use.CONSUME if owns_heap(ty) else Use.BORROW for ty in params]
        result = UNIT if yields is not None else rng.choice((*TYPES, UNIT))
        fn = Function(f"f{number}", [], modes, result, yields=yields)
        fn.params = [
            Value(ty, f"p{at}", use is Use.BORROW and owns_heap(ty))
            for at, (ty, use) in enumerate(zip(params, modes, strict=True))
        ]
        _Writer(rng, module, fn, list(callees), can_suspend and rng.random() < 0.3).run()
        callees.append(fn)
        module.functions[fn.symbol] = fn
    main = Function("main", [], [], UNIT)
    _Writer(rng, module, main, callees, False, steps=10).run()
    module.functions["main"] = main
    return module


class _Writer:
    """Writes one function; `scope` holds the values that are defined on every way here."""

    def __init__(
        self, rng: random.Random, module: Module, fn: Function, callees: list[Function], waits: bool, steps: int = 6
    ) -> None:
        self.rng = rng
        self.module = module
        self.fn = fn
        self.callees = callees
        self.waits = waits
        self.steps = steps
        self.block = Block("entry")
        self.count = 0
        fn.blocks = [self.block]
        self.scope: list[Value] = list(fn.params)
        self.inouts = [value for value, use in zip(fn.params, fn.modes, strict=True) if use is Use.INOUT]

    def run(self) -> None:
        self.statements(self.steps, 0)
        if self.fn.symbol == "main":
            self.show_all()
        self.leave()

    def show_all(self) -> None:
        """The lengths of everything that is left, so that a lost change is seen."""
        one, zero = (self.one(ops.CONST, [], I32, value=number) for number in (1, 0))
        for value in list(self.scope):
            if value.type == STRING:
                number = self.runtime(abi.STRING_LENGTH, [value], [I64])[0]
            elif isinstance(value.type, VecT):
                number = self.one(ops.VEC_LEN, [value], I64)
            elif value.type == I64:
                number = value
            else:
                continue
            text = self.runtime(abi.STRING_FROM_I64, [number], [STRING])[0]
            self.runtime(abi.PRINT, [text, one, zero], [])

    # ----------------------------------------------------------------- pieces

    def op(self, kind: OpKind, operands: list[Value], types: list[IrType], **attrs: object) -> list[Value]:
        self.count += 1
        results = [Value(ty, f"v{self.count}_{at}") for at, ty in enumerate(types)]
        modes = cast("tuple[Use, ...] | None", attrs.pop("modes", None))
        self.block.ops.append(Op(kind, operands, results, attrs, modes))
        return results

    def one(self, kind: OpKind, operands: list[Value], ty: IrType, **attrs: object) -> Value:
        return self.op(kind, operands, [ty], **attrs)[0]

    def const(self, number: int) -> Value:
        return self.one(ops.CONST, [], I64, value=number)

    def runtime(self, row: RuntimeFn, operands: list[Value], types: list[IrType]) -> list[Value]:
        return self.op(ops.RUNTIME, operands, types, fn=row, modes=row.uses)

    def start(self, hint: str) -> Block:
        self.count += 1
        block = Block(f"{hint}{self.count}")
        self.fn.blocks.append(block)
        self.block = block
        return block

    def pick(self, ty: IrType) -> Value:
        """A value of the type: an old one, or a new one."""
        found = [value for value in self.scope if value.type == ty]
        if found and self.rng.random() < 0.7:
            return self.rng.choice(found[-4:])
        made = self.make(ty)
        self.scope.append(made)
        return made

    def make(self, ty: IrType) -> Value:
        """A new value."""
        rng = self.rng
        if rng.random() < 0.1:
            return self.one(ops.ZERO, [], ty) if not isinstance(ty, BoxT | RcT | ObjectT) else self.make_handle(ty)
        match ty:
            case VecT():
                vec = self.one(ops.ZERO, [], ty)
                for _ in range(rng.randint(0, 3)):
                    vec = self.one(ops.VEC_PUSH, [vec, self.pick(ty.element)], ty)
                return vec
            case TupleT():
                return self.one(ops.PACK, [self.pick(item) for item in ty.items], ty)
            case StructT():
                return self.one(ops.PACK, [self.pick(item) for item in ty.fields], ty)
            case EnumT():
                index = rng.randrange(len(ty.variants))
                return self.one(ops.VARIANT, [self.pick(part) for part in ty.variants[index]], ty, index=index)
            case BoxT() | RcT() | ObjectT():
                return self.make_handle(ty)
            case _:
                return self.make_plain(ty)

    def make_plain(self, ty: IrType) -> Value:
        if ty == STRING:
            if self.rng.random() < 0.2:
                return self.one(ops.STRING_LITERAL, [], STRING, text="literal")
            return self.runtime(abi.STRING_FROM_I64, [self.const(self.rng.randint(0, 99))], [STRING])[0]
        if ty == BOOL:
            return self.one(ops.COMPARE, [self.pick(I64), self.const(3)], BOOL, predicate=self.rng.choice(("lt", "eq")))
        return self.const(self.rng.randint(0, 9))

    def make_handle(self, ty: IrType) -> Value:
        match ty:
            case BoxT():
                return self.one(ops.BOX, [self.pick(ty.content)], ty)
            case RcT():
                return self.one(ops.RC_NEW, [self.pick(ty.content)], ty)
            case _:
                code, captures = self.closure_code()
                values = [self.pick(field) for field in captures.fields]
                return self.one(ops.OBJECT, values, ty, table=(code,), captures=captures)

    def closure_code(self) -> tuple[Function, StructT]:
        """A function that joins its captured string and its argument, and keeps the argument."""
        for symbol, fn in self.module.functions.items():
            if symbol == "code":
                env = fn.params[0].type
                assert isinstance(env, EnvT)
                return fn, env.captures
        captures = StructT("captures", (STRING, I64), ("s", "n"))
        self.module.types.structs["captures"] = captures
        env_value, arg = Value(EnvT(captures), "env"), Value(STRING, "arg", True)
        fn = Function("code", [env_value, arg], [Use.BORROW, Use.BORROW], STRING, [Block("entry")])
        path = (("deref",), ("field", 0))
        old, kept, joined = Value(STRING, "old"), Value(STRING, "kept"), Value(STRING, "joined")
        fn.blocks[0].ops = [
            Op(ops.PROJECT, [env_value], [kept], {"path": path}),
            Op(ops.RUNTIME, [kept, arg], [joined], {"fn": abi.STRING_CONCAT}, abi.STRING_CONCAT.uses),
            Op(ops.RC_REPLACE, [env_value, arg], [old], {"path": path}),
        ]
        fn.blocks[0].terminator = Return([joined])
        self.module.functions["code"] = fn
        return fn, captures

    # ----------------------------------------------------------------- statements

    def statements(self, count: int, depth: int) -> None:
        choices = [
            self.new_value, self.borrow, self.consume, self.project, self.replace, self.take_put, self.vec_change,
            self.call, self.call, self.open_enum, self.shared, self.call_object, self.show,
        ]  # fmt: skip
        for _ in range(self.rng.randint(1, count)):
            roll = self.rng.random()
            if roll < 0.12 and depth < 3:
                self.branch(depth)
            elif roll < 0.2 and depth < 2:
                self.loop(depth)
            elif roll < 0.25 and self.waits:
                self.op(ops.SUSPEND, [], [])
            elif roll < 0.35 and self.fn.yields is not None:
                self.op(ops.YIELD, [self.pick(self.fn.yields)], [])
            else:
                self.rng.choice(choices)()

    def new_value(self) -> None:
        self.scope.append(self.make(self.rng.choice(TYPES)))

    def show(self) -> None:
        text = self.pick(STRING)
        one, zero = (self.one(ops.CONST, [], I32, value=number) for number in (1, 0))
        self.runtime(abi.PRINT, [text, one, zero], [])

    def borrow(self) -> None:
        vec = self.pick(self.rng.choice((VecT(I64), VecT(STRING))))
        self.scope.append(self.one(ops.VEC_LEN, [vec], I64))
        if self.rng.random() < 0.5:
            self.scope.append(self.runtime(abi.STRING_LENGTH, [self.pick(STRING)], [I64])[0])
        if self.rng.random() < 0.3:
            self.op(ops.KEEP, [self.pick(self.rng.choice(TYPES[:11]))], [])

    def consume(self) -> None:
        if self.rng.random() < 0.2:
            value = self.pick(self.rng.choice(TYPES[:11]))
            self.scope.append(self.one(ops.OWN, [value], value.type))
        if self.rng.random() < 0.5:
            parts = self.op(ops.UNPACK, [self.pick(STRUCT)], list(STRUCT.fields))
            self.scope.extend(parts)
        else:
            self.scope.append(self.one(ops.UNBOX, [self.pick(BoxT(STRUCT))], STRUCT))

    def project(self) -> None:
        self.scope.append(self.one(ops.PROJECT, [self.pick(STRUCT)], STRING, path=(("field", 0),)))
        boxed = self.pick(BoxT(STRUCT))
        self.scope.append(self.one(ops.PROJECT, [boxed], VecT(STRING), path=(("deref",), ("field", 2))))

    def replace(self) -> None:
        new = self.pick(STRING)
        if self.rng.random() < 0.5:
            old, root = self.op(ops.REPLACE, [self.pick(STRUCT), new], [STRING, STRUCT], path=(("field", 0),))
        else:
            path = (("deref",), ("field", 0))
            old, root = self.op(ops.REPLACE, [self.pick(BoxT(STRUCT)), new], [STRING, BoxT(STRUCT)], path=path)
        self.scope.extend((old, root))

    def take_put(self) -> None:
        path = (("field", 2),)
        vec, rest = self.op(ops.TAKE, [self.pick(STRUCT)], [VecT(STRING), STRUCT], path=path)
        longer = self.one(ops.VEC_PUSH, [vec, self.pick(STRING)], VecT(STRING))
        self.scope.append(self.one(ops.PUT, [rest, longer], STRUCT, path=path))

    def vec_change(self) -> None:
        element = self.rng.choice((STRING, MIXED))
        vec = self.one(ops.VEC_PUSH, [self.pick(VecT(element)), self.pick(element)], VecT(element))
        zero = self.const(0)
        roll = self.rng.randrange(4)
        if roll == 0:
            item, vec = self.op(ops.VEC_POP, [vec], [element, VecT(element)])
            self.scope.append(item)
        elif roll == 1:
            item, vec = self.op(ops.VEC_REMOVE, [vec, zero], [element, VecT(element)])
            self.scope.append(item)
        elif roll == 2:
            old, vec = self.op(
                ops.REPLACE, [vec, self.pick(element), zero], [element, VecT(element)], path=(("elem",),)
            )
            self.scope.append(old)
        else:
            vec = self.one(ops.VEC_INSERT, [vec, zero, self.pick(element)], VecT(element))
            self.scope.append(self.one(ops.PROJECT, [vec, zero], element, path=(("elem",),)))
        self.scope.append(vec)

    def call(self) -> None:
        if not self.callees:
            return
        fn = self.rng.choice(self.callees)
        args = [self.pick(value.type) for value in fn.params]
        if fn.yields is not None:
            self.generator(fn, args)
            return
        results: list[IrType] = [] if fn.result == UNIT else [fn.result]
        results += [value.type for value, use in zip(fn.params, fn.modes, strict=True) if use is Use.INOUT]
        self.scope.extend(self.op(ops.CALL, args, results, callee=fn, modes=ops.call_modes(fn)))

    def generator(self, fn: Function, args: list[Value]) -> None:
        assert fn.yields is not None
        frame = self.one(ops.GEN_NEW, args, FrameT(fn.yields, UNIT), callee=fn, modes=ops.call_modes(fn))
        for _ in range(self.rng.randint(0, 3)):
            _, item = self.op(ops.GEN_NEXT, [frame], [BOOL, fn.yields])
            self.scope.append(item)

    def call_object(self) -> None:
        modes = (Use.BORROW, Use.BORROW)
        args = [self.pick(CLOSURE), self.pick(STRING)]
        self.scope.append(self.one(ops.CALL_OBJECT, args, STRING, method=0, modes=modes))

    def shared(self) -> None:
        cell = self.pick(RcT(STRING))
        if self.rng.random() < 0.5:
            self.scope.append(self.one(ops.PROJECT, [cell], STRING, path=(("deref",),)))
        else:
            self.scope.append(self.one(ops.RC_REPLACE, [cell, self.pick(STRING)], STRING, path=(("deref",),)))

    # ----------------------------------------------------------------- control

    def open_enum(self) -> None:
        """A match on an option: the payload moved out or copied in one arm."""
        value = self.pick(OPTION)
        tag = self.one(ops.TAG, [value], I32, path=())
        one = self.one(ops.CONST, [], I32, value=1)
        is_some = self.one(ops.COMPARE, [tag, one], BOOL, predicate="eq")
        before, scope = self.block, list(self.scope)
        some = self.start("some")
        if self.rng.random() < 0.5:
            payload = self.op(ops.UNVARIANT, [value], [STRING], index=1)[0]
        else:
            payload = self.one(ops.PROJECT, [value], STRING, path=(("payload", 1, 0),))
        some_end = self.block
        none = self.start("none")
        other = self.make_plain(STRING)
        none_end = self.block
        before.terminator = CondBranch(is_some, Edge(some), Edge(none))
        self.scope = scope
        self.join([(some_end, [payload]), (none_end, [other])])

    def join(self, ways: list[tuple[Block, list[Value]]]) -> None:
        """Goes on behind blocks that each bring values of the same types."""
        end = self.start("join")
        for block, values in ways:
            block.terminator = Branch(Edge(end, values))
        end.params = [Value(value.type, f"j{self.count}_{at}") for at, value in enumerate(ways[0][1])]
        self.scope.extend(end.params)

    def branch(self, depth: int) -> None:
        condition = self.pick(BOOL)
        types = [self.rng.choice(TYPES) for _ in range(self.rng.randint(0, 2))]
        before, scope = self.block, list(self.scope)
        edges: list[Edge] = []
        ways: list[tuple[Block, list[Value]]] = []
        for _ in range(2):
            edges.append(Edge(self.start("arm")))
            self.scope = list(scope)
            self.statements(3, depth + 1)
            if self.rng.random() < 0.15 and self.fn.symbol != "main" and len(edges) == 1:
                self.leave()
            else:
                ways.append((self.block, [self.pick(ty) for ty in types]))
        before.terminator = CondBranch(condition, edges[0], edges[1])
        self.scope = scope
        self.join(ways)

    def loop(self, depth: int) -> None:
        """A few rounds that carry values."""
        types = [self.rng.choice(TYPES) for _ in range(self.rng.randint(0, 2))]
        first = [self.const(0), *(self.pick(ty) for ty in types)]
        limit = self.const(self.rng.randint(0, 3))
        before = self.block
        head = self.start("head")
        before.terminator = Branch(Edge(head, first))
        head.params = [Value(value.type, f"l{self.count}_{at}") for at, value in enumerate(first)]
        more = self.one(ops.COMPARE, [head.params[0], limit], BOOL, predicate="lt")
        scope = [*self.scope, *head.params]
        body = self.start("body")
        self.scope = list(scope)
        self.statements(3, depth + 1)
        next_round = self.one(
            ops.ARITH, [head.params[0], self.const(1)], I64, op="add", policy="trap"
        )
        carried = [next_round, *(self.pick(ty) for ty in types)]
        self.block.terminator = Branch(Edge(head, carried))
        end = self.start("end")
        head.terminator = CondBranch(more, Edge(body), Edge(end))
        self.scope = scope

    def leave(self) -> None:
        values: list[Value] = []
        if self.fn.result != UNIT:
            values.append(self.pick(self.fn.result))
        for param in self.inouts:
            values.append(self.pick(param.type) if self.rng.random() < 0.5 else param)
        self.block.terminator = Return(values)


