"""Places that methods and functions change: what may be lent to them, and whether they do.

In: the receivers and arguments of calls.  Out: diagnostics; `Local.is_changed`; `SemanticModel.copied`.
Assumed: a `var` parameter is the caller's variable where that is one that changes; of a `let` the function changes a copy.
Whether a function changes what it is given is known when all bodies are checked; a trait's method may.
"""

from __future__ import annotations

from pyhew.check.assignment import constant_of
from pyhew.check.context import Check
from pyhew.check.errors.values import NeedsVar
from pyhew.check.model import Lending, Local
from pyhew.check.world import World
from pyhew.syntax import nodes
from pyhew.types import facts
from pyhew.types.facts import Kind
from pyhew.types.model import ERROR, Nominal, prune
from pyhew.types.symbols import ActorFieldInfo, FnInfo


def require_var(cx: Check, receiver: nodes.Expr, method: str) -> None:
    """A method that changes its receiver needs a `var`, an actor field, or a collection; no constant."""
    constant = constant_of(cx, receiver)
    if constant is not None:
        cx.report(NeedsVar(receiver.span, method, constant, takes_var=False))
        return
    root = _root(cx, receiver)
    if root is None:
        return
    lent = _variable(cx, root)
    if isinstance(lent, Local):
        lent.is_assigned = lent.is_changed = True
    if lent is None:
        cx.report(NeedsVar(receiver.span, method, ""))
    elif not _may_change(lent) and not (isinstance(lent, Local) and not lent.refuse()):
        cx.report(NeedsVar(receiver.span, method, lent.name, False, _takes_var(lent)))


def note_lent(cx: Check, fn: FnInfo, given: list[tuple[int, nodes.Expr]], has_receiver: bool) -> None:
    """Remembers what is given to `var` parameters; receivers are judged at once."""
    for at, expr in given:
        if fn.inputs[at].mode != "var" or has_receiver and at == 0:
            continue
        root = _root(cx, expr)
        lent = _variable(cx, root) if root is not None else None
        if lent is not None:
            if isinstance(lent, Local):
                lent.is_assigned = True
            cx.world.model.lendings.append(Lending(expr, lent, fn, at))


def check_lendings(world: World) -> None:
    """Finds out which parameters are changed, and what must be copied for that; a value with one owner cannot be."""
    model = world.model
    lenders: dict[Local, list[Local]] = {}
    changed: list[Local] = []
    for one in model.lendings:
        if isinstance(one.lent, Local) and not one.lent.is_changed:
            if _is_changed(world, one.fn, one.at):
                one.lent.is_changed = True
                changed.append(one.lent)
            else:
                lenders.setdefault(model.bodies[one.fn].params[one.at], []).append(one.lent)
    while changed:
        for lent in lenders.pop(changed.pop(), ()):
            if not lent.is_changed:
                lent.is_changed = True
                changed.append(lent)
    for one in model.lendings:
        if _may_change(one.lent) or not _is_changed(world, one.fn, one.at):
            continue
        if facts.kind_of(model.types.get(one.node, ERROR)) is Kind.AFFINE:
            world.sink.report(NeedsVar(one.node.span, one.fn.name, one.lent.name, True, _takes_var(one.lent)))
        else:
            model.copied[one.node] = None


def _is_changed(world: World, fn: FnInfo, at: int) -> bool:
    """Whether a function changes what its parameter stands for, as far as anybody can tell."""
    body = world.model.bodies.get(fn)
    return body is None or fn.trait is not None or body.params[at].is_changed


def _may_change(lent: Local | ActorFieldInfo) -> bool:
    return lent.is_var or isinstance(lent, Local) and lent.is_param and lent.name == "self"


def _takes_var(lent: Local | ActorFieldInfo) -> bool:
    return lent.takes_var if isinstance(lent, Local) else True


def _variable(cx: Check, root: nodes.NameExpr) -> Local | ActorFieldInfo | None:
    name = root.name.text
    local = cx.local(name)
    if local is None and name in cx.actor_fields and cx.actor is not None:
        return cx.actor.fields[cx.actor_fields[name]]
    return local


def _root(cx: Check, node: nodes.Expr) -> nodes.NameExpr | None:
    """The name that a place starts from, when what stands there is frozen by `let`: no collection lies between."""
    root = node
    while isinstance(root, nodes.Member | nodes.Index):
        if _is_collection(cx, root):
            return None
        root = root.base
    ty = cx.world.model.types.get(node, ERROR)
    if _is_collection(cx, node) or _is_collection(cx, root) or prune(ty) == ERROR or facts.is_builtin(ty, "Generator"):
        return None
    return root if isinstance(root, nodes.NameExpr) else None


def _is_collection(cx: Check, node: nodes.Expr) -> bool:
    ty = prune(cx.world.model.types.get(node, ERROR))
    return facts.holds_collection(ty) and (
        not isinstance(ty, Nominal) or getattr(ty.info, "module", "").startswith("std.")
    )
