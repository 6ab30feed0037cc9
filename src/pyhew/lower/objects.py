"""Closures, functions as values, `dyn` values.

In: lambdas, function names, coercions.  Out: objects: code pointers and captures.
Assumed: code of an object takes its environment first, then arguments with the uses of the
object's signature; whatever a wrapped function does to them is adapted inside.
"""

from __future__ import annotations

from pyhew.check.given_away import Behind
from pyhew.check.model import Closure, UseDyn
from pyhew.ir import facts as ir_facts
from pyhew.ir import ops
from pyhew.ir.ops import Function, Value
from pyhew.ir.types import I64, NEVER, UNIT, EnvT, IrType, ObjectT, Signature, StructT, Use
from pyhew.lower.aggregates import make_variant
from pyhew.lower.arguments import call_object, call_object_values, call_offered_object
from pyhew.lower.builder import Variable
from pyhew.lower.context import Lower
from pyhew.lower.instances import instance, resolve_trait
from pyhew.lower.returns import finish_body
from pyhew.source.diagnostics import CompilerBug
from pyhew.syntax import nodes
from pyhew.types import facts
from pyhew.types.model import DynType, FnType, TraitRef, Type, show
from pyhew.types.symbols import FnInfo, TraitInfo


def code_function(cx: Lower, name: str, signature: Signature, key: str) -> tuple[Lower, list[Value]]:
    """The function behind one method of an object: its context and parameters."""
    struct = StructT(cx.low.types.unique(f"env {name}"))
    cx.low.module.types.structs[struct.name] = struct
    made = cx.low.new_function(cx.low.symbol("closure", name, f"{key}{len(cx.low.module.functions)}"), name,
                               signature.result)  # fmt: skip
    made.site = cx.b.site
    env = Value(EnvT(struct), "env")
    made.params.append(env)
    made.modes.append(Use.BORROW)
    params = []
    for index, (ty, use) in enumerate(signature.params):
        param = Value(ty, f"a{index}", use is Use.BORROW and ir_facts.owns_heap(ty))
        made.params.append(param)
        made.modes.append(use)
        params.append(param)
    inner = Lower(cx.low, made, cx.subst, cx)
    inner.env, inner.env_struct = env, struct
    return inner, params


def make_object(cx: Lower, inner: Lower, ty: ObjectT, values: list[Value]) -> Value:
    """The object of one code function."""
    attrs: dict[str, object] = {"table": (inner.fn,), "captures": inner.env_struct}
    return cx.b.one(ops.OBJECT, values, ty, attrs)


def lower_lambda(cx: Lower, node: nodes.Lambda) -> Value:
    """`|x| e`."""
    ty = cx.ir_of(node)
    assert isinstance(ty, ObjectT)
    signature = ty.methods[0]
    inner, params = code_function(cx, "lambda", signature, "")
    closure = cx.model.closures[node]
    bind_closure(inner, closure, params, signature)

    inner.result_type = closure.result
    inner.fn.result = signature.result
    finish_body(inner, node.body)
    return make_object(cx, inner, ty, cx.captured_values(inner, node, lends=True))


def bind_closure(inner: Lower, closure: Closure, params: list[Value], signature: Signature) -> None:
    """Captures first, then parameters, as variables."""
    for local in closure.captures:
        inner.variable(local)
    for local, param, (_, use) in zip(closure.params, params, signature.params):
        variable = inner.declare(local, param)
        if use is Use.INOUT:
            inner.inouts.append(variable)
            if not ir_facts.is_changed_in_place(param.type):
                inner.offered.add(variable)


def function_object(cx: Lower, fn: Function, ty: Type) -> Value:
    """A named function as a value."""
    ir = cx.low.types.lower(ty)
    assert isinstance(ir, ObjectT) and isinstance(ty, FnType)
    signature = ir.methods[0]
    inner, params = code_function(cx, fn.shown or "function", signature, fn.symbol)
    _forward(inner, fn, params, signature, _kept(ty.params))
    return make_object(cx, inner, ir, [])


def _kept(types: tuple[Type, ...]) -> set[int]:
    """The parameters of which a function that gives them away leaves nothing."""
    return {index for index, ty in enumerate(types) if facts.is_kept(ty)}


def _forward(inner: Lower, fn: Function, params: list[Value], signature: Signature, kept: set[int]) -> None:
    """Calls `fn` with the parameters and returns what it returns, each use adapted."""
    result, after = inner.call(fn, params)
    values = [] if signature.result in (UNIT, NEVER) else [result]
    inner.b.ret(values + _left(inner, signature, params, kept, fn.modes, after))
    inner.b.finish()


def _left(
    inner: Lower, signature: Signature, params: list[Value], kept: set[int], modes: list[Use], after: list[Value]
) -> list[Value]:
    """What inout parameters became in a call with these modes: what it consumed and was kept is gone."""
    changed = dict(zip([i for i, mode in enumerate(modes) if mode is Use.INOUT], after))
    gone = {i for i, mode in enumerate(modes) if mode is Use.CONSUME and i in kept}
    return [
        inner.b.zero(ty) if index in gone else changed.get(index, params[index])
        for index, (ty, use) in enumerate(signature.params)
        if use is Use.INOUT
    ]


def variant_function(cx: Lower, ty: FnType, index: int) -> Value:
    """A variant's constructor as a value."""
    ir = cx.low.types.lower(ty)
    assert isinstance(ir, ObjectT)
    signature = ir.methods[0]
    inner, params = code_function(cx, "variant", signature, str(index))
    made = make_variant(inner, signature.result, index, params)
    modes = [Use.CONSUME for _ in params]
    inner.b.ret([made, *_left(inner, signature, params, _kept(ty.params), modes, [])])
    inner.b.finish()
    return make_object(cx, inner, ir, [])


# --------------------------------------------------------------------------- dyn


def dyn_methods(cx: Lower, ty: DynType) -> list[tuple[TraitRef, FnInfo]]:
    """The methods in a `dyn` value's table, in order."""
    found: list[tuple[TraitRef, FnInfo]] = []
    for bound in cx.low.world.all_bounds(list(ty.bounds)):
        assert isinstance(bound.trait, TraitInfo)
        found.extend((bound, fn) for fn in bound.trait.methods.values())
    return found


def make_dyn(cx: Lower, value: Value, source: Type, ty: Type) -> Value:
    """A concrete value becomes a `dyn` value: its methods and itself on the heap."""
    assert isinstance(ty, DynType)
    ir = cx.low.types.lower(ty)
    assert isinstance(ir, ObjectT)
    key = ("dyn", source, ty)
    table = cx.low.derived.get(key)
    if table is None:
        struct = StructT(cx.low.types.unique(f"dyn {show(source)}"), (value.type,), ("value",))
        cx.low.module.types.structs[struct.name] = struct
        made = tuple(
            _dyn_method(cx, source, struct, bound, fn, ir.methods[index])
            for index, (bound, fn) in enumerate(dyn_methods(cx, ty))
        )
        table = (made, struct)  # type: ignore[assignment]
        cx.low.derived[key] = table  # type: ignore[assignment]
    functions, struct = table  # type: ignore[misc]
    return cx.b.one(ops.OBJECT, [value], ir, {"table": functions, "captures": struct})


def _dyn_method(
    cx: Lower, source: Type, struct: StructT, bound: TraitRef, fn: FnInfo, signature: Signature
) -> Function:
    name = f"{show(source)}.{fn.name}"
    made = cx.low.new_function(cx.low.symbol("dyn", name, bound.trait.name), name, signature.result)
    env = Value(EnvT(struct), "env")
    made.params, made.modes = [env], [Use.BORROW]
    params = []
    for index, (ty, use) in enumerate(signature.params):
        params.append(Value(ty, f"a{index}", use is Use.BORROW and ir_facts.owns_heap(ty)))
        made.params.append(params[-1])
        made.modes.append(use)

    def body() -> None:
        inner = Lower(cx.low, made, {})
        if not facts.is_dispatched(fn):
            inner.b.unreachable()
            inner.b.finish()
            return
        assert isinstance(bound.trait, TraitInfo)
        args = tuple(inner.close(a) for a in bound.args)
        behind, own = resolve_trait(cx.low.world, bound.trait, fn.name, source, args, ())
        target = instance(cx.low, behind, own)
        inside = _Inside(inner, env, struct.fields[0])
        is_own_gift = facts.is_kept(source) and 0 in cx.low.world.together(Behind((behind,))).offers
        is_offered = is_own_gift and _gives_parts(cx, bound.trait, fn)
        result, after = inner.call(target, [inside.taken() if is_offered else inside.read(), *params])
        if target.modes[0] is Use.INOUT:
            left = after.pop(0)
            is_collection = ir_facts.is_changed_in_place(left.type)
            if is_offered:
                inside.put_back(left, if_alone=not is_collection)
            elif is_collection or behind.inputs[0].mode == "var":
                inside.replace(left)
        values = [] if signature.result in (UNIT, NEVER) else [result]
        kept = _kept(tuple(inner.close(param.type) for param in fn.inputs[1:]))
        inner.b.ret(values + _left(inner, signature, params, kept, target.modes[1:], after))
        inner.b.finish()

    cx.low.todo.append(body)
    return made


def _gives_parts(cx: Lower, trait: TraitInfo, fn: FnInfo) -> bool:
    """Whether a method may give away parts of the object it is called on. Callers and methods ask the same: what a method
    takes out of an object nobody else may have."""
    return fn.inputs[0].mode != "var" and 0 in cx.low.world.together(cx.low.world.behind(trait, fn.name)).offers


class _Inside:
    """The value in a `dyn` object, as its method sees it."""

    PATH = (("deref",), ("field", 0))

    def __init__(self, cx: Lower, env: Value, ty: IrType) -> None:
        self.cx, self.env, self.type = cx, env, ty
        self.is_alone: Value | None = None

    def read(self) -> Value:
        """A copy of it."""
        return self.cx.b.project(self.env, self.PATH, [], self.type)

    def replace(self, value: Value) -> Value:
        """Puts another there; gives the old one."""
        return self.cx.b.op(ops.RC_REPLACE, [self.env, value], [self.type], {"path": self.PATH})[0]

    def taken(self) -> Value:
        """The value itself out of an object that has no other owner, a copy out of one that has."""
        b = self.cx.b
        self.is_alone = b.compare("eq", self.cx.runtime("hew_rc_strong_count", [self.env], I64), b.int(1, I64))
        value = Variable("inside", self.type)
        alone, shared, done = b.new_block("alone"), b.new_block("shared"), b.new_block("taken")
        b.cond(self.is_alone, alone, shared)
        b.start_sealed(alone)
        b.write(value, self.replace(b.zero(self.type)))
        b.branch(done)
        b.start_sealed(shared)
        b.write(value, self.read())
        b.branch(done)
        b.start_sealed(done)
        return b.read(value)

    def put_back(self, left: Value, if_alone: bool) -> None:
        """What a method left of the value that it got. A collection was given away as it is: what is left of it goes to
        the other owners alone."""
        assert self.is_alone is not None
        b = self.cx.b
        if not b.is_open:
            return
        back, done = b.new_block("back"), b.new_block("done")
        b.cond(self.is_alone, *((back, done) if if_alone else (done, back)))
        b.start_sealed(back)
        self.replace(left)
        b.branch(done)
        b.start_sealed(done)


def lower_dyn_call(cx: Lower, node: nodes.Call, use: UseDyn, base: DynType | None = None) -> Value:
    """A method call of a `dyn` value."""
    assert isinstance(node.callee, nodes.Member)
    ty = base if base is not None else cx.type_of(node.callee.base)
    assert isinstance(ty, DynType)
    index = _method_index(cx, ty, use.trait, use.method)
    declared = tuple(param.mode for param in use.trait.methods[use.method].inputs[1:])
    exprs = [a.value for a in node.args]
    if _gives_parts(cx, use.trait, use.trait.methods[use.method]):
        return call_offered_object(cx, node.callee.base, index, exprs, declared)
    return call_object(cx, cx.expr(node.callee.base), index, exprs, declared)


def _method_index(cx: Lower, ty: DynType, trait: TraitInfo, method: str) -> int:
    for index, (bound, fn) in enumerate(dyn_methods(cx, ty)):
        if bound.trait is trait and fn.name == method:
            return index
    raise CompilerBug(f"`{show(ty)}` has no method `{method}`")


def call_dyn_method(cx: Lower, value: Value, ty: DynType, trait: TraitInfo, method: str, args: list[Value]) -> Value:
    """A method of a `dyn` value on values."""
    if _gives_parts(cx, trait, trait.methods[method]):
        value = cx.b.one(ops.OWN, [value], value.type)
    return call_object_values(cx, value, _method_index(cx, ty, trait, method), args)[0]
