"""Operators, casts, indexing, ranges, `?`.

In: operator nodes.  Out: their types; indexing by user traits is recorded as a method.
Assumed: there is no implicit conversion between numbers.
"""

from __future__ import annotations

from pyhew.check.context import Check
from pyhew.check.errors.ownership import NotCloneable
from pyhew.check.errors.types import BoundNotMet, TypeMismatch
from pyhew.check.errors.values import BadCast, BadOperator, BadTry, LiteralOutOfRange
from pyhew.check.literals import check_int
from pyhew.check.model import UseFn, UseSpecial, UseTrait
from pyhew.check.paths import static_symbol, type_of_symbol
from pyhew.check.types import as_value, resolve_type
from pyhew.syntax import nodes
from pyhew.types import facts
from pyhew.types.model import (
    BOOL,
    BYTES,
    CHAR,
    DURATION,
    ERROR,
    FLOATS,
    I64,
    INSTANT,
    INTS,
    NEVER,
    STRING,
    U8,
    ArrayType,
    Nominal,
    PointerType,
    Prim,
    Type,
    Var,
    can_unify,
    has_params,
    is_float,
    is_int,
    is_numeric,
    prune,
    show,
    unify,
)

ARITHMETIC = ("+", "-", "*", "/", "%", "&+", "&-", "&*")
BITWISE = ("&", "|", "^")
SHIFTS = ("<<", ">>")
EQUALITY = ("==", "!=")
ORDER = ("<", "<=", ">", ">=")
UNSIGNED = tuple(name for name, (_, is_signed) in INTS.items() if not is_signed)


def check_unary(cx: Check, node: nodes.Unary, want: Type | None) -> Type:
    """`-e`, `!e`, `~e`, `clone e`."""
    if node.op == "-" and isinstance(node.operand, nodes.IntLiteral):
        ty = check_int(cx, node.operand, want, negative=True)
        cx.world.model.types[node.operand] = ty
        return ty
    if node.op == "clone":
        ty = cx.expr(node.operand, want)
        return check_clone(cx, node, ty)
    ty = cx.known(cx.expr(node.operand, want))
    if ty == ERROR or ty == NEVER:
        return ty
    if node.op == "-" and isinstance(node.operand, nodes.Cast) and isinstance(ty, Prim) and ty.name in UNSIGNED:
        written = node.operand.operand
        if isinstance(written, nodes.IntLiteral) and written.value:
            return cx.report(LiteralOutOfRange(node.span, f"-{written.value}", ty.name, True))
    ok = {
        "-": cx.world.is_number(ty) or ty == DURATION,
        "!": ty == BOOL,
        "~": is_int(ty),
    }[node.op]
    return ty if ok else cx.report(BadOperator(node.span, node.op, show(ty), ""))


def check_clone(cx: Check, node: nodes.Expr, ty: Type) -> Type:
    """`.clone()` and `clone e`: an independent copy."""
    known = cx.known(ty)
    part = facts.uncloneable_part(known) if known != ERROR else None
    if part is not None:
        return cx.report(NotCloneable(node.span, show(known), show(part)))
    param = None if cx.scope.module.is_std else cx.world.unbounded(known, "Clone", "Copy")
    if param is not None:
        return cx.report(BoundNotMet(node.span, param.name, "Clone", True))
    cx.use(node, UseSpecial("clone", ty))
    return ty


def check_binary(cx: Check, node: nodes.Binary, want: Type | None) -> Type:
    """`a op b`."""
    op = node.op
    if op in ("&&", "||"):
        cx.expect(node.left, BOOL)
        cx.expect(node.right, BOOL)
        return BOOL
    if op in (*EQUALITY, *ORDER, "is"):
        asked = _asked_type(cx, node.right) if op == "is" else None
        return _compare(cx, node) if asked is None else _is_of_type(cx, node, asked)
    hint = want if op in ARITHMETIC and want is not None and (is_numeric(want) or prune(want) == STRING) else None
    left = cx.known(cx.expr(node.left, hint if op not in SHIFTS else want))
    right_hint = left if is_numeric(left) and op not in SHIFTS else None
    right = cx.known(cx.expr(node.right, right_hint))
    left = _widened(cx, node.left, left, right)
    if isinstance(left, Var) and cx.refuse_unknown(node.left, left, right):
        return ERROR
    return arithmetic(cx, node, op, left, right)


def _widened(cx: Check, node: nodes.Expr, ty: Type, beside: Type) -> Type:
    """Whole numbers written beside a float are floats, on the left as on the right."""
    if isinstance(ty, Var) and ty.kind == "int" and is_float(beside) and _is_written(node):
        return cx.known(cx.expr(node, beside))
    return ty


def _is_written(node: nodes.Expr) -> bool:
    """Whether an expression has nothing but literals in it."""
    todo = [node]
    while todo:
        match todo.pop():
            case nodes.IntLiteral():
                pass
            case nodes.Unary(op="-", operand=inner):
                todo.append(inner)
            case nodes.Binary(op=op, left=left, right=right) if op in ARITHMETIC:
                todo += (left, right)
            case _:
                return False
    return True


def arithmetic(cx: Check, node: nodes.Node, op: str, left: Type, right: Type) -> Type:
    """The result of an arithmetic, bit or shift operator."""
    if NEVER in (left, right) or ERROR in (left, right):
        return ERROR if ERROR in (left, right) else NEVER
    if op in SHIFTS:
        if cx.world.is_number(left, True) and cx.world.is_number(right, True):
            if isinstance(prune(right), Var):
                unify(right, left)
            return left
    elif op in BITWISE:
        if (is_int(left) or left == BOOL) and unify(left, right):
            return left
    elif cx.world.is_number(left) and cx.world.is_number(right):
        wrapping = op.startswith("&")
        if not (wrapping and is_float(left)) and unify(left, right):
            return prune(left)
    elif op == "+" and left == STRING and right == STRING:
        return STRING
    else:
        special = _time(op, left, right)
        if special is not None:
            return special
    return cx.report(BadOperator(node.span, op, show(left), show(right)))


def _time(op: str, left: Type, right: Type) -> Type | None:
    """`duration` and `instant` arithmetic."""
    table: dict[tuple[str, Type, Type], Type] = {
        ("+", DURATION, DURATION): DURATION,
        ("-", DURATION, DURATION): DURATION,
        ("/", DURATION, DURATION): I64,
        ("%", DURATION, DURATION): DURATION,
        ("+", INSTANT, DURATION): INSTANT,
        ("+", DURATION, INSTANT): INSTANT,
        ("-", INSTANT, DURATION): INSTANT,
        ("-", INSTANT, INSTANT): DURATION,
    }
    found = table.get((op, left, right))
    if found is not None:
        return found
    if op in ("*", "/", "%") and left == DURATION and is_int(right):
        unify(right, I64)
        return DURATION
    if op == "*" and is_int(left) and right == DURATION:
        unify(left, I64)
        return DURATION
    return None


def _compare(cx: Check, node: nodes.Binary) -> Type:
    left = cx.known(cx.expr(node.left))
    right = cx.known(cx.expr(node.right, left))
    left = _widened(cx, node.left, left, right)
    if ERROR in (left, right) or NEVER in (left, right):
        return BOOL
    if isinstance(left, Var) and isinstance(right, Var) and cx.refuse_unknown(node.left, left, right):
        return BOOL
    if not unify(left, right):
        cx.report(BadOperator(node.span, node.op, show(left), show(right)))
        return BOOL
    if node.op in ORDER:
        if not (cx.world.is_number(left) or left in (STRING, CHAR, DURATION, INSTANT, BOOL)):
            if not facts.has_marker(left, "Ord") and not _bounded(cx, left, "Ord", "PartialOrd"):
                cx.report(BadOperator(node.span, node.op, show(left), show(right)))
    elif not (facts.has_identity(left) if node.op == "is" else facts.is_comparable(left)):
        cx.report(BadOperator(node.span, node.op, show(left), show(right)))
    elif cx.fn is not None and has_params(left) and not cx.scope.module.is_std:
        cx.world.model.compared.setdefault(cx.fn, []).append((node, left))
    return BOOL


def _asked_type(cx: Check, node: nodes.Expr) -> Type | None:
    """The type behind `is`, where a name of one stands there: of an actor its handle's."""
    static = static_symbol(cx, node)
    if static is None:
        return None
    ty = type_of_symbol(cx, static)
    return None if ty is None else as_value(cx.scope, ty)


def _is_of_type(cx: Check, node: nodes.Binary, asked: Type) -> Type:
    """`e is T` is known without looking: whether the type of `e` is `T`."""
    ty = cx.known(cx.expr(node.left))
    if ERROR in (ty, asked) or ty == NEVER:
        return BOOL
    if not facts.is_asked_for_type(ty):
        cx.report(BadOperator(node.span, node.op, show(ty), ""))
    elif can_unify(ty, asked):
        unify(ty, asked)
    cx.world.model.written[node] = asked
    return BOOL


def _bounded(cx: Check, ty: Type, *traits: str) -> bool:
    return any(b.trait.name in traits for b in cx.world.bounds_of(prune(ty)))


def check_cast(cx: Check, node: nodes.Cast) -> Type:
    """`e as T`."""
    target = resolve_type(cx.scope, node.type)
    cx.world.model.written[node] = target
    hint = target if _is_of(node.operand, target) else None
    source = cx.known(cx.expr(node.operand, hint))
    if ERROR in (source, target):
        return target
    name = target.name if isinstance(target, Prim) else ""
    numeric = name in INTS or name in FLOATS or cx.world.is_number(target)
    ok = numeric and (cx.world.is_number(source) or (source in (CHAR, BOOL) and name in INTS))
    if not ok and source != target and not _pointer_cast(source, target):
        return cx.report(BadCast(node.span, show(source), show(target)))
    return target


def _is_of(written: nodes.Expr, target: Type) -> bool:
    """Whether a literal is of the type it is cast to: a float, or a number that only this type holds."""
    match written:
        case nodes.FloatLiteral():
            return is_float(target)
        case nodes.IntLiteral():
            return written.value >= 1 << 63 and isinstance(target, Prim) and target.name in ("u64", "usize")
        case _:
            return False


def _pointer_cast(source: Type, target: Type) -> bool:
    return isinstance(source, PointerType) or isinstance(target, PointerType)


def check_range(cx: Check, node: nodes.Range, want: Type | None) -> Type:
    """`a..b` as a value."""
    element: Type = Var("int")
    wanted = prune(want) if want is not None else None
    if wanted is not None and facts.is_builtin(wanted, "Range"):
        assert isinstance(wanted, Nominal)
        unify(element, wanted.args[0])
    low = cx.expr(node.low, element) if node.low is not None else element
    high = cx.expr(node.high, low) if node.high is not None else element
    if node.high is not None and not unify(low, high):
        cx.report(TypeMismatch(node.span, show(low), show(high)))
    if not is_int(low) and prune(low) not in (ERROR, CHAR):
        cx.report(BadOperator(node.span, "..", show(low), ""))
    return cx.world.builtin("Range", low)


def check_index(cx: Check, node: nodes.Index) -> Type:
    """`e[i]` and `e[a..b]`."""
    base = cx.known(cx.expr(node.base))
    if base == ERROR:
        cx.expr(node.index)
        return ERROR
    if isinstance(node.index, nodes.Range):
        cx.expr(node.index, cx.world.builtin("Range", I64))
        for end in (node.index.low, node.index.high):
            if end is not None:
                cx.coerce(end, cx.world.model.types[end], I64)
        if base in (STRING, BYTES) or facts.is_builtin(base, "Vec"):
            return base
        return cx.report(BadOperator(node.span, "[..]", show(base), ""))
    if base == STRING:
        cx.expect(node.index, I64)
        return CHAR
    if base == BYTES:
        cx.expect(node.index, I64)
        return U8
    if isinstance(base, ArrayType):
        cx.expect(node.index, I64)
        return base.element
    if facts.is_builtin(base, "Vec"):
        assert isinstance(base, Nominal)
        index = cx.known(cx.expr(node.index, I64))
        if is_int(index) and unify(index, I64):
            return base.args[0]
        cx.coerce(node.index, index, I64)
        return base.args[0]
    return _index_by_trait(cx, node, base)


def _index_by_trait(cx: Check, node: nodes.Index, base: Type) -> Type:
    index = cx.expr(node.index)
    for method in cx.methods(base, "at"):
        if method.bound is None or method.bound.trait.name != "Index":
            continue
        trait = cx.world.trait("Index")
        found = cx.world.find_impl(trait, base, (index,))
        if found is not None:
            impl, args = found
            fn = impl.methods.get("at")
            if fn is not None:
                cx.use(node, UseFn(fn, args))
            else:
                cx.use(node, UseTrait(trait, "at", base, (index,), ()))
            return cx.world.assoc(base, trait, "Output", (index,)) or ERROR
    if facts.is_builtin(base, "HashMap"):
        assert isinstance(base, Nominal)
        cx.coerce(node.index, index, base.args[0])
        return base.args[1]
    return cx.report(BadOperator(node.span, "[]", show(base), ""))


def check_try(cx: Check, node: nodes.Try) -> Type:
    """`e?`."""
    ty = cx.known(cx.expr(node.operand))
    return unwrap_try(cx, node, ty)


def unwrap_try(cx: Check, node: nodes.Node, ty: Type) -> Type:
    """What `?` yields, of a task when it is done; the enclosing function must be able to return the failure."""
    if facts.is_builtin(ty, "Task"):
        assert isinstance(ty, Nominal)
        ty = cx.known(ty.args[0])
    if ty in (ERROR, NEVER):
        return ty
    cx.refuse_in_defer(node.span, "?")
    result = cx.known(cx.frame.result)
    for name in ("Result", "Option"):
        if facts.is_builtin(ty, name):
            assert isinstance(ty, Nominal)
            if isinstance(result, Var):
                unify(result, cx.world.builtin(name, *((Var(), ty.args[1]) if name == "Result" else (Var(),))))
                result = cx.known(result)
            if not facts.is_builtin(result, name):
                return cx.report(BadTry(node.span, show(ty), show(result)))
            assert isinstance(result, Nominal)
            if name == "Result" and not unify(ty.args[1], result.args[1]):
                return cx.report(BadTry(node.span, show(ty), show(result)))
            return ty.args[0]
    return cx.report(BadTry(node.span, show(ty), ""))
