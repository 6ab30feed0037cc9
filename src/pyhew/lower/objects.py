"""Closures, functions as values, `dyn` values.

In: lambdas, function names, coercions.  Out: objects: code pointers and captures.
Assumed: code of an object takes its environment first, then arguments with the uses of the
object's signature; whatever a wrapped function does to them is adapted inside.
"""

from __future__ import annotations

from pyhew.check.model import Closure, UseDyn
from pyhew.ir import facts as ir_facts
from pyhew.ir import ops
from pyhew.ir.ops import Function, Value
from pyhew.ir.types import NEVER, UNIT, EnvT, ObjectT, Signature, StructT, Use
from pyhew.lower.aggregates import make_variant
from pyhew.lower.arguments import call_object, call_object_values
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
    return make_object(cx, inner, ty, cx.captured_values(inner, lends=True))


def bind_closure(inner: Lower, closure: Closure, params: list[Value], signature: Signature) -> None:
    """Captures first, then parameters, as variables."""
    for local in closure.captures:
        inner.variable(local)
    for local, param, (_, use) in zip(closure.params, params, signature.params):
        variable = inner.declare(local, param)
        if use is Use.INOUT:
            inner.inouts.append(variable)


def function_object(cx: Lower, fn: Function, ty: Type) -> Value:
    """A named function as a value."""
    ir = cx.low.types.lower(ty)
    assert isinstance(ir, ObjectT)
    signature = ir.methods[0]
    inner, params = code_function(cx, fn.shown or "function", signature, fn.symbol)
    forward(inner, fn, params, signature)
    return make_object(cx, inner, ir, [])


def forward(inner: Lower, fn: Function, params: list[Value], signature: Signature) -> None:
    """Calls `fn` with the parameters and returns what it returns, each use adapted."""
    result, after = inner.call(fn, params)
    changed = dict(zip([i for i, mode in enumerate(fn.modes) if mode is Use.INOUT], after))
    values = [] if signature.result in (UNIT, NEVER) else [result]
    for index, (_, use) in enumerate(signature.params):
        if use is Use.INOUT:
            values.append(changed.get(index, params[index]))
    inner.b.ret(values)
    inner.b.finish()


def variant_function(cx: Lower, ty: FnType, index: int) -> Value:
    """A variant's constructor as a value."""
    ir = cx.low.types.lower(ty)
    assert isinstance(ir, ObjectT)
    signature = ir.methods[0]
    inner, params = code_function(cx, "variant", signature, str(index))
    made = make_variant(inner, signature.result, index, params)
    inouts = [p for p, (_, use) in zip(params, signature.params) if use is Use.INOUT]
    inner.b.ret([made, *inouts])
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
        target = instance(cx.low, *resolve_trait(cx.low.world, bound.trait, fn.name, source, args, ()))
        path = (("deref",), ("field", 0))
        receiver = inner.b.project(env, path, [], struct.fields[0])
        result, after = inner.call(target, [receiver, *params])
        changed = dict(zip([i for i, mode in enumerate(target.modes) if mode is Use.INOUT], after))
        if 0 in changed:
            inner.b.op(ops.RC_REPLACE, [env, changed[0]], [struct.fields[0]], {"path": path})
        values = [] if signature.result in (UNIT, NEVER) else [result]
        for index, (_, use) in enumerate(signature.params):
            if use is Use.INOUT:
                values.append(changed.get(index + 1, params[index]))
        inner.b.ret(values)
        inner.b.finish()

    cx.low.todo.append(body)
    return made


def lower_dyn_call(cx: Lower, node: nodes.Call, use: UseDyn, base: DynType | None = None) -> Value:
    """A method call of a `dyn` value."""
    assert isinstance(node.callee, nodes.Member)
    ty = base if base is not None else cx.type_of(node.callee.base)
    assert isinstance(ty, DynType)
    target = cx.expr(node.callee.base)
    index = _method_index(cx, ty, use.trait, use.method)
    return call_object(cx, target, index, [a.value for a in node.args])


def _method_index(cx: Lower, ty: DynType, trait: TraitInfo, method: str) -> int:
    for index, (bound, fn) in enumerate(dyn_methods(cx, ty)):
        if bound.trait is trait and fn.name == method:
            return index
    raise CompilerBug(f"`{show(ty)}` has no method `{method}`")


def call_dyn_method(cx: Lower, value: Value, ty: DynType, trait: TraitInfo, method: str, args: list[Value]) -> Value:
    """A method of a `dyn` value on values."""
    return call_object_values(cx, value, _method_index(cx, ty, trait, method), args)[0]
