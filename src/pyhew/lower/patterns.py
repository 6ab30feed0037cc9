"""Patterns: tests first, bindings after.

In: a pattern, the value it is matched with, the block to go to when it does not match.
Out: control that goes on only for matching values; variables bound.
Assumed: testing borrows; binding takes the value apart, which moves its parts when nobody else
needs it and copies them otherwise.
"""

from __future__ import annotations

from pyhew.check.model import Local, UseConst, UseVariant
from pyhew.ir import facts as ir_facts
from pyhew.ir import ops
from pyhew.ir.ops import Block, Value
from pyhew.ir.types import I32, BoxT, IrType, ResourceT
from pyhew.lower.context import Lower
from pyhew.lower.derive import equal
from pyhew.lower.operators import binary
from pyhew.lower.regex import matches
from pyhew.lower.types import enum_of
from pyhew.syntax import nodes
from pyhew.types import facts
from pyhew.types.model import Type

Path = tuple[tuple[object, ...], ...]


def is_irrefutable(cx: Lower, node: nodes.Pattern) -> bool:
    """Whether the pattern needs no test (one variant is not special-cased)."""
    match node:
        case nodes.WildcardPattern():
            return True
        case nodes.BindPattern():
            return node not in cx.model.uses
        case nodes.TuplePattern():
            return all(is_irrefutable(cx, item) for item in node.items)
        case nodes.RecordPattern() | nodes.VariantPattern():
            if isinstance(cx.model.uses.get(node), UseVariant):
                return False
            return all(is_irrefutable(cx, inner) for _, inner in _inner(cx, node))
        case _:
            return False


def _inner(
    cx: Lower, node: nodes.RecordPattern | nodes.VariantPattern
) -> list[tuple[int, nodes.Pattern]]:
    """The sub-patterns with the index of their field; short-hand fields are left out."""
    if isinstance(node, nodes.VariantPattern):
        return list(enumerate(node.items or ()))
    names = _field_names(cx, node)
    return [(names.index(p.name.text), p.pattern) for p in node.fields if p.pattern is not None]


def _field_names(cx: Lower, node: nodes.RecordPattern) -> list[str]:
    use = cx.model.use_of(node)
    if isinstance(use, UseVariant):
        return [f.name for f in use.enum.variants[use.index].fields]
    return [f.name for f in use.record.fields]  # type: ignore[union-attr]


# --------------------------------------------------------------------------- tests


def test(cx: Lower, node: nodes.Pattern, root: Value, path: Path, ty: IrType, fail: Block) -> None:
    """Goes on when what stands at `path` in `root` matches, to `fail` otherwise."""
    match node:
        case nodes.WildcardPattern():
            return
        case nodes.BindPattern():
            use = cx.model.uses.get(node)
            if isinstance(use, UseVariant):
                _test_tag(cx, root, path, ty, use.index, fail)
            elif isinstance(use, UseConst):
                _require(cx, equal(cx, _look(cx, root, path, ty), cx.expr(use.const.node.value),
                                   cx.type_of(node), top=True), fail)  # fmt: skip
        case nodes.LiteralPattern():
            value = _look(cx, root, path, ty)
            if isinstance(node.value, nodes.RegexLiteral):
                _require(cx, matches(cx, node.value, value), fail)
                return
            _require(cx, equal(cx, value, cx.expr(node.value), cx.type_of(node), top=True), fail)
        case nodes.RangePattern():
            value = _look(cx, root, path, ty)
            _require(cx, binary(cx, ">=", value, cx.expr(node.low)), fail)
            _require(cx, binary(cx, "<=" if node.inclusive else "<", value, cx.expr(node.high)), fail)
        case nodes.TuplePattern():
            for index, item in enumerate(node.items):
                test(cx, item, root, (*path, ("field", index)), ir_facts.parts(ty)[index], fail)
        case nodes.VariantPattern() | nodes.RecordPattern():
            _test_nominal(cx, node, root, path, ty, fail)
        case nodes.OrPattern():
            _test_or(cx, node, root, path, ty, fail)


def _test_nominal(
    cx: Lower, node: nodes.VariantPattern | nodes.RecordPattern, root: Value, path: Path, ty: IrType, fail: Block
) -> None:
    use = cx.model.use_of(node)
    if isinstance(use, UseVariant):
        _test_tag(cx, root, path, ty, use.index, fail)
    for place, part, inner in _places(cx, node, path, ty):
        test(cx, inner, root, place, part, fail)


def _places(
    cx: Lower, node: nodes.VariantPattern | nodes.RecordPattern, path: Path, ty: IrType
) -> list[tuple[Path, IrType, nodes.Pattern]]:
    """Where the sub-patterns look, in a value that the pattern is known to match."""
    return [(*_field_place(cx, node, index, path, ty), inner) for index, inner in _inner(cx, node)]


def _field_place(
    cx: Lower, node: nodes.VariantPattern | nodes.RecordPattern, index: int, path: Path, ty: IrType
) -> tuple[Path, IrType]:
    use = cx.model.use_of(node)
    if isinstance(use, UseVariant):
        path = (*path, ("deref",)) if isinstance(ty, BoxT) else path
        return (*path, ("payload", use.index, index)), enum_of(ty).variants[use.index][index]
    if isinstance(ty, ResourceT):
        path, ty = (*path, ("deref",)), ty.content
    return (*path, ("field", index)), ir_facts.parts(ty)[index]


def _test_or(cx: Lower, node: nodes.OrPattern, root: Value, path: Path, ty: IrType, fail: Block) -> None:
    done = cx.b.new_block("any")
    for index, option in enumerate(node.options):
        last = index == len(node.options) - 1
        other = fail if last else cx.b.new_block("or")
        test(cx, option, root, path, ty, other)
        cx.b.branch(done)
        if not last:
            cx.b.start_sealed(other)
    cx.b.start_sealed(done)


def _test_tag(cx: Lower, root: Value, path: Path, ty: IrType, index: int, fail: Block) -> None:
    if isinstance(ty, BoxT):
        path = (*path, ("deref",))
    if len(enum_of(ty).variants) == 1:
        return
    _require(cx, cx.b.compare("eq", cx.b.tag(root, path), cx.b.int(index, I32)), fail)


def _look(cx: Lower, root: Value, path: Path, ty: IrType) -> Value:
    return cx.b.project(root, path, [], ty) if path else root


def _require(cx: Lower, condition: Value, fail: Block) -> None:
    on = cx.b.new_block("match")
    cx.b.cond(condition, on, fail)
    cx.b.start_sealed(on)


# --------------------------------------------------------------------------- bindings


def bind(cx: Lower, node: nodes.Pattern, value: Value) -> None:
    """Binds the variables of a pattern that is known to match."""
    match node:
        case nodes.WildcardPattern() | nodes.LiteralPattern() | nodes.RangePattern():
            return
        case nodes.BindPattern():
            local = cx.model.locals.get(node)
            if local is not None:
                cx.declare(local, value)
        case nodes.TuplePattern():
            if not node.items:
                return
            for item, part in zip(node.items, cx.b.unpack(value, ir_facts.parts(value.type))):
                bind(cx, item, part)
        case nodes.VariantPattern() | nodes.RecordPattern():
            if binds(cx, node):
                _bind_parts(cx, node, take_apart(cx, node, value))
        case nodes.OrPattern():
            _bind_or(cx, node, value)


def bind_parts(cx: Lower, node: nodes.Pattern, value: Value, ty: Type) -> None:
    """Binds and takes a value of that type apart; what the pattern leaves ends here, not after its last use."""
    if facts.is_kept(ty):
        cx.b.op(ops.KEEP, [value], [])
    bind(cx, node, value)


def bind_lent(cx: Lower, node: nodes.Pattern, root: Value, path: Path, ty: IrType) -> dict[Local, Path]:
    """Binds the variables of a pattern to what stands at `path` in `root`, which stays whole; where each one stands."""
    found: dict[Local, Path] = {}
    match node:
        case nodes.BindPattern():
            local = cx.model.locals.get(node)
            if local is not None:
                cx.declare(local, _look(cx, root, path, ty))
                found[local] = path
        case nodes.TuplePattern():
            for index, item in enumerate(node.items):
                found |= bind_lent(cx, item, root, (*path, ("field", index)), ir_facts.parts(ty)[index])
        case nodes.VariantPattern() | nodes.RecordPattern():
            for place, part, inner in _places(cx, node, path, ty):
                found |= bind_lent(cx, inner, root, place, part)
            if isinstance(node, nodes.RecordPattern):
                found |= _lend_fields(cx, node, root, path, ty)
        case nodes.OrPattern():
            bind(cx, node, _look(cx, root, path, ty))
    return found


def _lend_fields(cx: Lower, node: nodes.RecordPattern, root: Value, path: Path, ty: IrType) -> dict[Local, Path]:
    names, found = _field_names(cx, node), {}
    for field in node.fields:
        local = cx.model.locals.get(field)
        if field.pattern is None and local is not None:
            place, part = _field_place(cx, node, names.index(field.name.text), path, ty)
            cx.declare(local, cx.b.project(root, place, [], part))
            found[local] = place
    return found


def take_apart(cx: Lower, node: nodes.VariantPattern | nodes.RecordPattern, value: Value) -> list[Value]:
    """The fields of a record or of the variant the pattern names."""
    use = cx.model.use_of(node)
    if isinstance(use, UseVariant):
        enum = enum_of(value.type)
        if isinstance(value.type, BoxT):
            value = cx.b.one(ops.UNBOX, [value], enum)
        return cx.b.op(ops.UNVARIANT, [value], list(enum.variants[use.index]), {"index": use.index})
    if isinstance(value.type, ResourceT):
        content = value.type.content
        return [
            cx.b.project(value, (("deref",), ("field", i)), [], ty) for i, ty in enumerate(content.fields)
        ]
    return cx.b.unpack(value, ir_facts.parts(value.type))


def _bind_parts(cx: Lower, node: nodes.VariantPattern | nodes.RecordPattern, parts: list[Value]) -> None:
    for index, inner in _inner(cx, node):
        bind(cx, inner, parts[index])
    if isinstance(node, nodes.RecordPattern):
        names = _field_names(cx, node)
        for part in node.fields:
            local = cx.model.locals.get(part)
            if part.pattern is None and local is not None:
                cx.declare(local, parts[names.index(part.name.text)])


def binds(cx: Lower, node: nodes.Pattern) -> bool:
    """Whether a pattern binds any variable."""
    match node:
        case nodes.BindPattern():
            return node in cx.model.locals
        case nodes.TuplePattern():
            return any(binds(cx, i) for i in node.items)
        case nodes.VariantPattern():
            return any(binds(cx, i) for i in node.items or ())
        case nodes.RecordPattern():
            return any(p.pattern is None or binds(cx, p.pattern) for p in node.fields)
        case nodes.OrPattern():
            return any(binds(cx, o) for o in node.options)
        case _:
            return False


def _bind_or(cx: Lower, node: nodes.OrPattern, value: Value) -> None:
    """Finds the option that matched and binds by it; all options bind the same variables."""
    if not any(binds(cx, option) for option in node.options):
        return
    done = cx.b.new_block("bound")
    for index, option in enumerate(node.options):
        last = index == len(node.options) - 1
        other = cx.b.new_block("or")
        if not last:
            test(cx, option, value, (), value.type, other)
        _bind_again(cx, option, value)
        cx.b.branch(done)
        cx.b.start_sealed(other)
    cx.b.unreachable()
    cx.b.start_sealed(done)


def _bind_again(cx: Lower, option: nodes.Pattern, value: Value) -> None:
    """Binds, keeping variables that another option has already made."""
    before = dict(cx.vars)
    bind(cx, option, value)
    for local, variable in list(cx.vars.items()):
        earlier = before.get(local)
        if earlier is not None and earlier is not variable:
            cx.b.write(earlier, cx.b.read(variable))
            cx.vars[local] = earlier
