"""Lints about the shape of code: what never runs, what is thrown away, what has a shorter form.

In: one node of a checked tree and the model.  Out: lints.
Assumed: a shorter form is named only where it means the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from pyhew.check.errors import lints
from pyhew.check.exhaustiveness import unreachable_arms
from pyhew.check.lints.walk import parts
from pyhew.check.model import SemanticModel, UseFn
from pyhew.syntax import nodes
from pyhew.types import facts
from pyhew.types.model import NEVER, ParamType, Type, Var, prune, show

_EMPTY = {("==", 0), ("<=", 0), ("<", 1)}
_NOT_EMPTY = {("!=", 0), (">", 0), (">=", 1)}
_TURNED = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


def shape_lints(model: SemanticModel, node: nodes.Node) -> Iterator[lints.Lint]:
    """Everything that is to be said about one node."""
    match node:
        case nodes.Block():
            yield from _block(model, node)
        case nodes.If():
            yield from _needless_bool(node)
        case nodes.Binary():
            yield from _length(model, node)
        case nodes.Match():
            for arm in unreachable_arms(model, node):
                yield lints.UnreachableArm(arm.pattern.span)
        case nodes.For():
            yield from _range_loop(model, node)
        case nodes.Let(pattern=nodes.WildcardPattern(), value=value) if value is not None and _is_watch(model, value):
            yield lints.EndedWatch(value.span)
        case nodes.Unary(op="clone"):
            yield from _clone(model, node.operand, node)
        case nodes.Call(callee=nodes.Member(name=nodes.Ident(text="clone")), args=()):
            assert isinstance(node.callee, nodes.Member)
            yield from _clone(model, node.callee.base, node)
        case nodes.ReceiveFn():
            yield from _sleeping(model, node.body)
        case _:
            pass


def _block(model: SemanticModel, block: nodes.Block) -> Iterator[lints.Lint]:
    last = len(block.stmts) - 1
    for index, stmt in enumerate(block.stmts):
        if not isinstance(stmt, nodes.ExprStmt):
            continue
        value = stmt.value
        ty = _type(model, value)
        if _is_watch(model, value):
            yield lints.EndedWatch(value.span)
        elif ty is not None and facts.is_builtin(ty, "Result"):
            yield lints.MustUse(value.span, show(ty))
        yield from _branches(model, value)
        rest = block.stmts[index + 1] if index < last else block.tail
        if rest is not None and _leaves(model, value):
            yield lints.UnreachableCode(rest.span, value.span)
            return
    if block.tail is not None:
        yield from _branches(model, block.tail)


def _type(model: SemanticModel, node: nodes.Node) -> Type | None:
    found = model.types.get(node)
    return None if found is None else prune(found)


def _is_watch(model: SemanticModel, value: nodes.Expr) -> bool:
    """Whether a call gives what `monitor(..)` gives, or what was taken out of it."""
    ty = _type(model, value)
    return isinstance(value, nodes.Call) and ty is not None and facts.any_part(ty, lambda part: facts.is_builtin(part, "MonitorRef"))


def _leaves(model: SemanticModel, value: nodes.Expr) -> bool:
    """Whether nothing gets past an expression."""
    return isinstance(value, nodes.Return | nodes.Break | nodes.Continue) or (
        isinstance(value, nodes.Call) and _type(model, value) == NEVER
    )


def _branches(model: SemanticModel, value: nodes.Expr) -> Iterator[lints.Lint]:
    """An `if` or `match` that stands as a statement or at the end of a block."""
    if isinstance(value, nodes.If) and isinstance(value.otherwise, nodes.Block):
        inside = value.then
        end = inside.tail
        if end is None and inside.stmts and isinstance(inside.stmts[-1], nodes.ExprStmt):
            end = inside.stmts[-1].value
        if end is not None and _leaves(model, end):
            yield lints.RedundantElseAfterReturn(value.otherwise.span)
    if isinstance(value, nodes.Match) and len(value.arms) == 2:
        ty = _type(model, value.value)
        if ty is None or not facts.is_builtin(ty, "Option") or any(arm.guard is not None for arm in value.arms):
            return
        some = next((arm for arm in value.arms if _binds_some(arm.pattern)), None)
        none = next((arm for arm in value.arms if _is_none(arm.pattern)), None)
        if some is not None and none is not None and _is_nothing(none.body):
            yield lints.NeedlessMatchToIfLet(value.span)


def _binds_some(pattern: nodes.Pattern) -> bool:
    if not isinstance(pattern, nodes.VariantPattern) or pattern.path[-1].text != "Some":
        return False
    items = pattern.items or ()
    return len(items) == 1 and isinstance(items[0], nodes.BindPattern | nodes.WildcardPattern)


def _is_none(pattern: nodes.Pattern) -> bool:
    match pattern:
        case nodes.BindPattern():
            return pattern.name.text == "None"
        case nodes.VariantPattern():
            return pattern.path[-1].text == "None"
        case _:
            return False


def _is_nothing(body: nodes.Expr) -> bool:
    match body:
        case nodes.Block():
            return not body.stmts and (body.tail is None or _is_nothing(body.tail))
        case nodes.TupleLiteral():
            return not body.items
        case _:
            return False


def _needless_bool(node: nodes.If) -> Iterator[lints.Lint]:
    first, second = _bool_of(node.then), _bool_of(node.otherwise)
    if first is not None and second is not None and first != second:
        yield lints.NeedlessBool(node.span, not first)


def _bool_of(node: nodes.Expr | None) -> bool | None:
    if isinstance(node, nodes.Block) and not node.stmts and isinstance(node.tail, nodes.BoolLiteral):
        return node.tail.value
    return None


def _length(model: SemanticModel, node: nodes.Binary) -> Iterator[lints.Lint]:
    op, left, right = node.op, node.left, node.right
    if op not in _TURNED:
        return
    if isinstance(left, nodes.IntLiteral):
        op, left, right = _TURNED[op], right, left
    if not isinstance(right, nodes.IntLiteral) or _measured(model, left) is None:
        return
    if (op, right.value) in _EMPTY:
        yield lints.LenZeroComparison(node.span, False)
    elif (op, right.value) in _NOT_EMPTY:
        yield lints.LenZeroComparison(node.span, True)


def _measured(model: SemanticModel, node: nodes.Expr) -> nodes.Expr | None:
    """What `node` gives the length of, if that is all it does and the type has `is_empty` too."""
    if not isinstance(node, nodes.Call) or node.args or not isinstance(node.callee, nodes.Member):
        return None
    base = node.callee.base
    if node.callee.name.text != "len" or not isinstance(model.uses.get(node), UseFn):
        return None
    ty = _type(model, base)
    if ty is None:
        return None
    is_known = show(ty) == "string" or any(facts.is_builtin(ty, name) for name in ("Vec", "HashMap", "HashSet"))
    return base if is_known else None


def _clone(model: SemanticModel, operand: nodes.Expr, node: nodes.Expr) -> Iterator[lints.Lint]:
    ty = _type(model, operand)
    if ty is None or isinstance(ty, ParamType) or not (isinstance(ty, Var) or facts.has_marker(ty, "Copy")):
        return
    if node.span.start < operand.span.start:
        extra = operand.span._replace(start=node.span.start, end=operand.span.start)
    else:
        extra = operand.span._replace(start=operand.span.end, end=node.span.end)
    yield lints.CloneOnCopy(node.span, show(ty), extra)


def _range_loop(model: SemanticModel, node: nodes.For) -> Iterator[lints.Lint]:
    """`for i in 0..v.len()` where `i` only ever stands in `v[i]`, and `v` only there too."""
    span = node.iterable
    if not isinstance(span, nodes.Range) or span.inclusive or span.high is None:
        return
    if not isinstance(span.low, nodes.IntLiteral) or span.low.value != 0 or not isinstance(node.pattern, nodes.BindPattern):
        return
    vector = _measured(model, span.high)
    if not isinstance(vector, nodes.NameExpr):
        return
    ty = _type(model, vector)
    if ty is None or not facts.is_builtin(ty, "Vec"):
        return
    counter, name = node.pattern.name.text, vector.name.text
    reads = _count_reads(node.body, counter, name)
    if reads and reads == _count_names(node.body, counter) == _count_names(node.body, name):
        yield lints.NeedlessRangeLoop(node.pattern.span, counter, name)


def _count_reads(node: nodes.Node, counter: str, vector: str) -> int:
    """How often `vector[counter]` is read."""
    if isinstance(node, nodes.Assign) and isinstance(node.target, nodes.Index):
        return _count_reads(node.value, counter, vector)
    is_read = (
        isinstance(node, nodes.Index)
        and isinstance(node.base, nodes.NameExpr)
        and isinstance(node.index, nodes.NameExpr)
        and node.base.name.text == vector
        and node.index.name.text == counter
    )
    return 1 if is_read else sum(_count_reads(part, counter, vector) for part in parts(node))


def _count_names(node: nodes.Node, name: str) -> int:
    if isinstance(node, nodes.Ident):
        return int(node.text == name)
    return sum(_count_names(part, name) for part in parts(node))


def _sleeping(model: SemanticModel, body: nodes.Node) -> Iterator[lints.Lint]:
    """Loops of a handler that sleep and that nothing inside the handler ends."""
    if isinstance(body, nodes.Lambda | nodes.LambdaActor | nodes.GenBlock | nodes.Fork):
        return
    if isinstance(body, nodes.Loop | nodes.While) and _is_endless(body):
        inner = list(_inside(body.body))
        if any(_sleeps(model, node) for node in inner) and not any(
            isinstance(node, nodes.Break | nodes.Return) for node in inner
        ):
            yield lints.SleepLoopBlocksMailbox(body.span)
            return
    for part in parts(body):
        yield from _sleeping(model, part)


def _is_endless(loop: nodes.Loop | nodes.While) -> bool:
    """Whether the loop goes on for ever, or as long as a flag that it does not change."""
    if isinstance(loop, nodes.Loop):
        return True
    condition = loop.condition
    if isinstance(condition, nodes.Unary) and condition.op == "!":
        condition = condition.operand
    if isinstance(condition, nodes.BoolLiteral):
        return condition.value
    if not isinstance(condition, nodes.NameExpr):
        return False
    flag = condition.name.text
    return not any(
        isinstance(node, nodes.Assign)
        and isinstance(node.target, nodes.NameExpr)
        and node.target.name.text == flag
        for node in _inside(loop.body)
    )


def _inside(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for part in parts(node):
        if not isinstance(part, nodes.Lambda | nodes.LambdaActor | nodes.GenBlock):
            yield from _inside(part)


def _sleeps(model: SemanticModel, node: nodes.Node) -> bool:
    use = model.uses.get(node)
    return isinstance(use, UseFn) and use.fn.name in ("sleep", "sleep_until") and use.fn.module.startswith("std.")


