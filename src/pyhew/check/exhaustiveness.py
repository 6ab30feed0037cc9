"""Whether the arms of a match cover every value (Maranget's usefulness algorithm).

In: checked patterns.  Out: a witness that no arm matches, or none.
Assumed: pattern meanings are recorded; at most 10^6 steps are spent.
"""

from __future__ import annotations

from pyhew.check.context import Check
from pyhew.check.errors.patterns import MatchTooComplex, NotExhaustive
from pyhew.check.model import SemanticModel, UseVariant
from pyhew.syntax import nodes
from pyhew.types.model import BOOL, ERROR, UNIT, Nominal, TupleType, Type, prune, substitute
from pyhew.types.symbols import EnumInfo, RecordInfo

MAX_STEPS = 1_000_000

Row = list[nodes.Pattern | None]


class _TooMany(Exception):
    pass


class _Matrix:
    """The search for a row of values that no pattern row matches."""

    def __init__(self, model: SemanticModel) -> None:
        self.model = model
        self.steps = 0

    def missing(self, rows: list[Row], types: list[Type]) -> list[str] | None:
        """A witness per column, or None when the rows cover everything."""
        self.steps += 1 + len(rows)
        if self.steps > MAX_STEPS:
            raise _TooMany
        if not types:
            return None if rows else []
        rows = [expanded for row in rows for expanded in self._alternatives(row)]
        ty = prune(types[0])
        constructors = None if all(self._is_wild(row[0]) for row in rows) else self._constructors(ty)
        if constructors is None:
            return self._open_column(rows, types)
        for name, parts, key in constructors:
            inner = [r for r in (self._specialise(row, key, len(parts)) for row in rows) if r is not None]
            found = self.missing(inner, [*parts, *types[1:]])
            if found is not None:
                return [_shown(name, found[: len(parts)]), *found[len(parts) :]]
        return None

    def reaches(self, rows: list[Row], row: Row, types: list[Type]) -> bool:
        """Whether some value matches `row` and none of `rows`."""
        self.steps += 1 + len(rows)
        if self.steps > MAX_STEPS:
            raise _TooMany
        if not types:
            return not rows
        options = self._alternatives(row)
        if len(options) > 1:
            return any(self.reaches(rows, option, types) for option in options)
        rows = [expanded for one in rows for expanded in self._alternatives(one)]
        constructors = self._constructors(prune(types[0]))
        if constructors is None or all(self._is_wild(one[0]) for one in (*rows, row)):
            rest = [one[1:] for one in rows if self._is_wild(one[0]) or _is_same_literal(one[0], row[0])]
            return self.reaches(rest, row[1:], types[1:])
        for _, parts, key in constructors:
            own = self._specialise(row, key, len(parts))
            if own is None:
                continue
            inner = [r for r in (self._specialise(one, key, len(parts)) for one in rows) if r is not None]
            if self.reaches(inner, own, [*parts, *types[1:]]):
                return True
        return False

    def _alternatives(self, row: Row) -> list[Row]:
        head = row[0]
        if isinstance(head, nodes.OrPattern):
            return [r for option in head.options for r in self._alternatives([option, *row[1:]])]
        return [row]

    def _open_column(self, rows: list[Row], types: list[Type]) -> list[str] | None:
        """A type with too many values to list: only wildcards cover it."""
        rest = [row[1:] for row in rows if self._is_wild(row[0])]
        found = self.missing(rest, types[1:])
        return None if found is None else ["_", *found]

    def _is_wild(self, pattern: nodes.Pattern | None) -> bool:
        if pattern is None or isinstance(pattern, nodes.WildcardPattern):
            return True
        has_meaning = pattern in self.model.uses
        if isinstance(pattern, (nodes.VariantPattern, nodes.RecordPattern)) and not has_meaning:
            return True  # a form that does not exist was reported where the pattern was checked
        return isinstance(pattern, nodes.BindPattern) and not has_meaning

    def _constructors(self, ty: Type) -> list[tuple[str, list[Type], object]] | None:
        if ty == UNIT:
            return [("()", [], "tuple")]
        if ty == BOOL:
            return [("true", [], True), ("false", [], False)]
        if isinstance(ty, TupleType):
            return [("", list(ty.items), "tuple")]
        if isinstance(ty, Nominal) and isinstance(ty.info, EnumInfo):
            mapping = dict(zip(ty.info.params, ty.args))
            return [
                (v.name, [substitute(f.type, mapping) for f in v.fields], i) for i, v in enumerate(ty.info.variants)
            ]
        if isinstance(ty, Nominal) and isinstance(ty.info, RecordInfo) and not ty.info.marker:
            mapping = dict(zip(ty.info.params, ty.args))
            return [(ty.info.name, [substitute(f.type, mapping) for f in ty.info.fields], "record")]
        return None

    def _specialise(self, row: Row, key: object, arity: int) -> Row | None:
        """The row below one constructor; None when its head excludes it."""
        head = row[0]
        if self._is_wild(head):
            return [*([None] * arity), *row[1:]]
        model = self.model
        use = model.uses.get(head) if head is not None else None
        match head:
            case nodes.LiteralPattern():
                value = head.value
                fits = isinstance(value, nodes.BoolLiteral) and value.value is key
                return row[1:] if fits else None
            case nodes.BindPattern():
                return row[1:] if isinstance(use, UseVariant) and use.index == key else None
            case nodes.TuplePattern():
                return [*_fitted(list(head.items), arity), *row[1:]]
            case nodes.VariantPattern():
                if isinstance(use, UseVariant) and use.index != key:
                    return None
                return [*_fitted(list(head.items or ()), arity), *row[1:]]
            case nodes.RecordPattern():
                if isinstance(use, UseVariant) and use.index != key:
                    return None
                return [*self._fields(head, arity), *row[1:]]
            case _:
                return None

    def _fields(self, head: nodes.RecordPattern, arity: int) -> Row:
        use = self.model.uses.get(head)
        if isinstance(use, UseVariant):
            names = [f.name for f in use.enum.variants[use.index].fields]
        else:
            record = getattr(use, "record", None)
            names = [f.name for f in record.fields] if record is not None else []
        row: Row = [None] * arity
        for part in head.fields:
            if part.name.text in names:
                row[names.index(part.name.text)] = part.pattern
        return row


def _is_same_literal(one: nodes.Pattern | None, other: nodes.Pattern | None) -> bool:
    if not isinstance(one, nodes.LiteralPattern) or not isinstance(other, nodes.LiteralPattern):
        return False
    mine, its = one.value, other.value
    if isinstance(mine, nodes.RegexLiteral | nodes.Unary | nodes.FloatLiteral) or type(mine) is not type(its):
        return False
    return getattr(mine, "value", None) == getattr(its, "value", None)


def _fitted(items: Row, arity: int) -> Row:
    """As many as there are parts; a wrong number was reported where the pattern was checked."""
    return [*items[:arity], *([None] * (arity - len(items)))]


def _shown(name: str, parts: list[str]) -> str:
    if not parts:
        return name
    return f"{name}({', '.join(parts)})"


def check_exhaustive(cx: Check, node: nodes.Match, ty: Type) -> None:
    """Reports a match that some value passes through."""
    if prune(ty) == ERROR:
        return
    rows: list[Row] = [[arm.pattern] for arm in node.arms if arm.guard is None]
    try:
        found = _Matrix(cx.world.model).missing(rows, [ty])
    except _TooMany:
        cx.report(MatchTooComplex(node.span))
        return
    if found is not None:
        cx.report(NotExhaustive(node.span, (found[0],)))


def is_refutable(cx: Check, pattern: nodes.Pattern, ty: Type) -> bool:
    """Whether some value does not match the pattern."""
    if prune(ty) == ERROR:
        return False
    try:
        return _Matrix(cx.world.model).missing([[pattern]], [ty]) is not None
    except _TooMany:
        return True


def unreachable_arms(model: SemanticModel, node: nodes.Match) -> list[nodes.MatchArm]:
    """The arms whose every value is taken by the arms above them."""
    ty = model.type_of(node.value)
    above: list[Row] = []
    literals: set[tuple[type, object]] = set()
    found = []
    try:
        for arm in node.arms:
            key = _literal_key(arm.pattern)
            if key is not None and len(literals) == len(above):
                is_reached = key not in literals
            else:
                is_reached = not above or _Matrix(model).reaches(above, [arm.pattern], [ty])
            if not is_reached:
                found.append(arm)
            elif arm.guard is None:
                above.append([arm.pattern])
                if key is not None:
                    literals.add(key)
    except _TooMany:
        return []
    return found


def _literal_key(pattern: nodes.Pattern) -> tuple[type, object] | None:
    """What a literal of a type with too many values to list is known by, so that a thousand of them need no search."""
    value = pattern.value if isinstance(pattern, nodes.LiteralPattern) else None
    if not isinstance(value, nodes.IntLiteral | nodes.StringLiteral | nodes.CharLiteral):
        return None
    return type(value), value.value
