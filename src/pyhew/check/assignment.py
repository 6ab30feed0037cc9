"""`let`, `var`, assignment, and which places may be changed.

In: `Let` and `Assign`.  Out: variables declared, places checked.
Assumed: a collection may be changed through any binding; a scalar field only through `var`.
"""

from __future__ import annotations

from pyhew.check.context import Check
from pyhew.check.errors.declarations import TypeNotWritten
from pyhew.check.errors.values import CannotAssign, NeedsElse, ParameterChange, WhereNot
from pyhew.check.exhaustiveness import is_refutable
from pyhew.check.model import Local, UseConst, UseFn, UseTrait
from pyhew.check.operators import arithmetic, unwrap_try
from pyhew.check.patterns import check_bound_once
from pyhew.check.types import value_type
from pyhew.syntax import nodes
from pyhew.types import facts
from pyhew.types.model import ERROR, NEVER, STRING, UNIT, Type, Var, has_vars, is_numeric, prune, show, unify


def check_let(cx: Check, node: nodes.Let) -> bool:
    """Declares the names of a `let`; whether its value never comes back."""
    want = value_type(cx.scope, node.type) if node.type is not None else None
    if isinstance(node.type, nodes.InferTypeExpr):
        cx.report(TypeNotWritten(node.type.span, "a variable"))
    diverges = False
    if node.value is not None:
        if _is_loop(node.value):
            cx.expr(node.value)
            ty = cx.report(WhereNot(node.value.span, "loop", "is a statement and gives no value: assign to a `var` inside"))
        elif node.is_try:
            ty = unwrap_try(cx, node.value, cx.known(cx.expr(node.value)))
            cx.world.model.written[node] = ty
            if want is not None:
                ty = cx.coerce(node.value, ty, want)
        elif want is not None:
            ty = cx.expect(node.value, want)
        elif isinstance(node.value, nodes.LambdaActor) and isinstance(node.pattern, nodes.BindPattern):
            return _let_lambda_actor(cx, node.pattern, node.value)
        else:
            ty = cx.expr(node.value)
        diverges = prune(cx.world.model.types[node.value]) == NEVER
        ty = _refuse_lost_branch(cx, node.value, ty)
    else:
        ty = want if want is not None else Var()
    if isinstance(node.pattern, nodes.BindPattern):
        if prune(ty) == NEVER:
            ty = want if want is not None else UNIT
        local = cx.declare_anew(node.pattern.name, ty, node.is_var)
        local.is_late = node.value is None and not node.is_var
        cx.world.model.types[node.pattern] = ty
        cx.world.model.locals[node.pattern] = local
        if has_vars(ty):
            cx.opened.append((node.pattern, ty, local.name))
        return diverges
    if node.otherwise is not None and prune(cx.expr(node.otherwise)) != NEVER:
        cx.report(WhereNot(node.otherwise.span, "else", "of a `let` must leave: return, break, continue or panic"))
    earlier, before = dict(cx.blocks[-1]), len(cx.declared)
    cx.pattern(node.pattern, ty)
    for local in cx.declared[before:]:
        local.is_var = local.takes_var = node.is_var
    check_bound_once(cx, node.pattern, earlier)
    if node.otherwise is None and is_refutable(cx, node.pattern, ty):
        cx.report(WhereNot(node.pattern.span, "let", "needs a pattern that always matches, or an `else`"))
    return diverges


def _refuse_lost_branch(cx: Check, value: nodes.Expr, ty: Type) -> Type:
    """An `if` without `else` gives unit, so that what its branch has would be lost."""
    last = value
    while isinstance(last, nodes.If | nodes.IfLet) and last.otherwise is not None:
        last = last.otherwise
    if isinstance(last, nodes.If | nodes.IfLet) and prune(ty) == UNIT:
        branch = prune(cx.world.model.types[last.then])
        if branch not in (UNIT, NEVER, ERROR):
            return cx.report(NeedsElse(value.span, show(branch)))
    return ty


def _is_loop(value: nodes.Expr) -> bool:
    """Whether a loop stands where a value is wanted: it gives none, and what its `break` has would be lost."""
    return isinstance(value, nodes.Block) and len(value.stmts) == 1 and value.stmts[0].span == value.span


def _let_lambda_actor(cx: Check, pattern: nodes.BindPattern, value: nodes.LambdaActor) -> bool:
    """A lambda actor may send to itself by the name it is bound to."""
    ty = cx.world.builtin("LambdaPid", Var(), Var())
    local = cx.declare(pattern.name, ty)
    cx.world.model.types[pattern] = ty
    cx.world.model.locals[pattern] = local
    cx.own_lambda = local
    unify(ty, cx.expr(value))
    return False


def check_assign(cx: Check, node: nodes.Assign) -> None:
    """`place = e`, `place op= e`."""
    target = cx.expr(node.target)
    check_place(cx, node.target)
    if node.op is None:
        cx.expect(node.value, target)
        return
    left = cx.known(target)
    right = cx.known(cx.expr(node.value, left if is_numeric(left) and node.op not in ("<<", ">>") else None))
    result = arithmetic(cx, node, node.op, left, right)
    if result not in (ERROR, NEVER) and left != STRING:
        cx.coerce(node.value, result, left)


def check_place(cx: Check, node: nodes.Expr) -> None:
    """Reports a target that cannot be assigned to."""
    constant = constant_of(cx, node)
    if constant is not None:
        cx.report(CannotAssign(node.span, constant, "constant"))
        return
    match node:
        case nodes.NameExpr():
            _check_name(cx, node)
        case nodes.Member():
            _check_path(cx, node)
        case nodes.Index():
            _check_element(cx, node)
        case _:
            cx.report(CannotAssign(node.span, "", "this expression"))


def _check_name(cx: Check, node: nodes.NameExpr) -> None:
    name = node.name.text
    local = cx.local(name)
    if local is not None:
        local.is_assigned = True
        if not local.is_var and not local.is_late:
            what = "parameter" if local.is_param else "immutable binding"
            takes_var = local.takes_var and not (local.is_param and facts.is_declared(local.type))
            if local.refuse():
                cx.report(CannotAssign(node.span, name, what, local.node.span, takes_var))
        elif local.is_param and local.is_var and not _is_receiver(cx, local):
            local.is_replaced = True
            if facts.is_declared(local.type):
                cx.report(ParameterChange(node.span, name, show(local.type), True))
        return
    if name in cx.actor_fields and cx.actor is not None:
        field = cx.actor.fields[cx.actor_fields[name]]
        if not field.is_var and not _in_init(cx):
            cx.report(CannotAssign(node.span, name, "immutable field", field.node.name.span))
        return
    if prune(cx.world.model.types.get(node, ERROR)) != ERROR:
        cx.report(CannotAssign(node.span, name, "this name"))


def _is_receiver(cx: Check, local: Local) -> bool:
    """`self`, or what a method calls its receiver."""
    return local.name == "self" or cx.fn is not None and cx.fn.has_self and local.name == cx.fn.inputs[0].name


def _in_init(cx: Check) -> bool:
    return cx.fn is None and cx.actor is not None


def constant_of(cx: Check, node: nodes.Expr) -> str | None:
    """The name of the constant that a place starts from."""
    while True:
        use = cx.world.model.uses.get(node)
        if isinstance(use, UseConst):
            return use.const.name
        if not isinstance(node, nodes.Member | nodes.Index):
            return None
        node = node.base


def root_of(node: nodes.Expr) -> nodes.Expr:
    """The variable a place starts from."""
    while isinstance(node, nodes.Member | nodes.Index):
        node = node.base
    return node


def _check_element(cx: Check, node: nodes.Index) -> None:
    """An element, of a collection in a collection, too: each must have a place, which what `Index` reads has not."""
    at: nodes.Expr = node
    while isinstance(at, nodes.Member | nodes.Index):
        if isinstance(at, nodes.Index):
            base = prune(cx.world.model.types.get(at.base, ERROR))
            if isinstance(base, Var) or base == STRING:
                cx.report(CannotAssign(at.span, "", "a character of a string"))
                break
            if isinstance(cx.world.model.uses.get(at), UseFn | UseTrait) and not facts.is_builtin(base, "HashMap"):
                cx.report(CannotAssign(at.span, "", f"an element of `{show(base)}`: its `Index` reads"))
                break
            if isinstance(at.index, nodes.Range):
                cx.report(CannotAssign(at.span, "", "a slice, which is a value of its own"))
                break
        at = at.base
    _mark_root(cx, node)


def _mark_root(cx: Check, node: nodes.Expr) -> None:
    root = root_of(node)
    if not isinstance(root, nodes.NameExpr | nodes.This):
        if prune(cx.world.model.types.get(root, ERROR)) != ERROR:
            cx.report(CannotAssign(node.span, "", "an element of a temporary"))
    elif isinstance(root, nodes.NameExpr):
        local = cx.local(root.name.text)
        if local is not None:
            local.is_assigned = True


def _check_path(cx: Check, node: nodes.Member) -> None:
    """A field: its root must be `var`, unless a collection element lies between."""
    inner: nodes.Expr = node.base
    while isinstance(inner, nodes.Member):
        inner = inner.base
    if isinstance(inner, nodes.Index):
        _check_element(cx, inner)
        return
    if not isinstance(inner, nodes.NameExpr):
        if not isinstance(inner, nodes.This):
            cx.report(CannotAssign(node.span, "", "a field of a temporary"))
        return
    local = cx.local(inner.name.text)
    if local is None:
        if inner.name.text in cx.actor_fields:
            _check_name(cx, inner)
        return
    local.is_assigned = True
    if local.is_param and not (local.is_var and _is_receiver(cx, local)):
        is_receiver = cx.fn is not None and cx.fn.has_self and _is_receiver(cx, local)
        cx.report(ParameterChange(node.span, local.name, show(local.type), local.is_var, is_receiver))
    elif not local.is_var and local.refuse():
        cx.report(CannotAssign(node.span, local.name, "immutable binding", local.node.span, local.takes_var))


__all__ = ["Type", "check_assign", "check_let", "check_place", "facts", "root_of"]
