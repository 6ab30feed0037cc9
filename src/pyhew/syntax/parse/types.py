"""Types: names with arguments, tuples, arrays, functions, pointers, `dyn`.

In: a parser before a type.  Out: `TypeExpr` nodes, bounds and type arguments.
Assumed: `&T` is accepted everywhere; the checker refuses it outside foreign
declarations.
"""

from __future__ import annotations

from pyhew.syntax import errors, nodes
from pyhew.syntax.parse.context import Parser
from pyhew.syntax.tokens import IDENT


def parse_type(p: Parser) -> nodes.TypeExpr:
    """Any type."""
    kind = p.kind
    if kind == IDENT:
        if p.texts[p.pos] == "_":
            at = p.advance()
            return nodes.InferTypeExpr(p.new_id(), p.token_span(at))
        return parse_named_type(p)
    p.enter()
    start = p.start
    result: nodes.TypeExpr
    if kind == "(":
        result = _tuple_type(p)
    elif kind == "[":
        result = _array_type(p)
    elif kind == "fn":
        result = _fn_type(p)
    elif kind == "*":
        p.advance()
        if p.kind not in ("const", "mut"):
            p.fail_expected("`const` or `mut`")
        word = p.texts[p.advance()]
        target = parse_type(p)
        result = nodes.PointerTypeExpr(p.new_id(), p.since(start), word, target)
    elif kind == "&":
        p.advance()
        target = parse_type(p)
        result = nodes.PointerTypeExpr(p.new_id(), p.since(start), "ref", target)
    elif kind == "dyn":
        result = _dyn_type(p)
    elif kind == "<":
        result = parse_projection(p)
    else:
        p.fail(errors.ExpectedType(p.here(), p.found()))
    p.depth -= 1
    return result


def parse_path(p: Parser) -> tuple[nodes.Ident, ...]:
    """`a.b.C`."""
    path = [p.ident()]
    while p.kind == "." and p.peek() == IDENT:
        p.advance()
        path.append(p.ident())
    return tuple(path)


def parse_named_type(p: Parser) -> nodes.NamedTypeExpr:
    """`a.b.C<T>`."""
    start = p.start
    path = parse_path(p)
    if p.kind == "::":
        p.fail_expected("`.`")
    if p.kind == "<":
        args, bindings = parse_type_args(p)
        return nodes.NamedTypeExpr(p.new_id(), p.since(start), path, args, bindings)
    return nodes.NamedTypeExpr(p.new_id(), p.since(start), path, ())


def parse_type_args(p: Parser) -> tuple[tuple[nodes.TypeExpr, ...], tuple[nodes.AssocBinding, ...]]:
    """`<A, B, Item = C>`."""
    opener = p.expect("<")
    p.enter()
    args: list[nodes.TypeExpr] = []
    bindings: list[nodes.AssocBinding] = []
    while p.kind != ">":
        if p.kind == IDENT and p.peek() == "=":
            start = p.start
            name = p.ident()
            p.advance()
            target = p.type()
            bindings.append(nodes.AssocBinding(p.new_id(), p.since(start), name, target))
        else:
            args.append(parse_type(p))
        if not p.eat(","):
            break
    _close_angle(p, opener)
    p.depth -= 1
    return tuple(args), tuple(bindings)


def _close_angle(p: Parser, opener: int) -> None:
    if p.kind == ">=":
        # `x: Vec<i64>= y`: the bracket and the `=` stand without a space.
        p.kinds[p.pos] = p.kind = "="
        p.starts[p.pos] += 1
        return
    p.expect_close(">", opener)


def parse_bound(p: Parser) -> nodes.NamedTypeExpr:
    """One trait of a bound."""
    return parse_named_type(p)


def parse_bounds(p: Parser) -> tuple[nodes.NamedTypeExpr, ...]:
    """`A + B<T>`."""
    bounds = [parse_named_type(p)]
    while p.eat("+"):
        bounds.append(parse_named_type(p))
    return tuple(bounds)


def parse_generic_params(p: Parser) -> tuple[nodes.TypeParam, ...]:
    """`<T, U: A + B>`; nothing when no `<` stands here."""
    if p.kind != "<":
        return ()
    opener = p.advance()
    params: list[nodes.TypeParam] = []
    while p.kind != ">":
        start = p.start
        name = p.ident()
        bounds = parse_bounds(p) if p.eat(":") else ()
        params.append(nodes.TypeParam(p.new_id(), p.since(start), name, bounds))
        if not p.eat(","):
            break
    p.expect_close(">", opener)
    return tuple(params)


def parse_where(p: Parser) -> tuple[nodes.WherePredicate, ...]:
    """`where T: A, U: B`; nothing when no `where` stands here."""
    if not p.eat("where"):
        return ()
    predicates: list[nodes.WherePredicate] = []
    while p.kind not in ("{", ";"):
        start = p.start
        target = parse_type(p)
        p.expect(":")
        bounds = parse_bounds(p)
        predicates.append(nodes.WherePredicate(p.new_id(), p.since(start), target, bounds))
        if not p.eat(","):
            break
    return tuple(predicates)


def parse_generics(p: Parser) -> nodes.Generics:
    """Type parameters and the `where` clause directly behind them."""
    start = p.start
    params = parse_generic_params(p)
    where = parse_where(p)
    return nodes.Generics(p.new_id(), p.since(start), params, where)


def parse_projection(p: Parser) -> nodes.AssocTypeExpr:
    """`<T as Trait>.Item`."""
    start = p.start
    base, trait = parse_projection_head(p)
    p.expect(".")
    name = p.ident()
    return nodes.AssocTypeExpr(p.new_id(), p.since(start), base, trait, name)


def parse_projection_head(p: Parser) -> tuple[nodes.TypeExpr, nodes.NamedTypeExpr]:
    """`<T as Trait>` of a type or of an expression."""
    opener = p.expect("<")
    base = parse_type(p)
    p.expect("as")
    trait = parse_named_type(p)
    p.expect_close(">", opener)
    return base, trait


def _type_list(p: Parser) -> tuple[tuple[nodes.TypeExpr, ...], bool]:
    """`(A, B)`; the flag tells whether a comma stood at the end."""
    opener = p.expect("(")
    items: list[nodes.TypeExpr] = []
    comma = False
    while p.kind != ")":
        if p.kind == IDENT and p.peek() == ":":
            p.advance()
            p.advance()
        items.append(parse_type(p))
        comma = p.eat(",")
        if not comma:
            break
    p.expect_close(")", opener)
    return tuple(items), comma


def _tuple_type(p: Parser) -> nodes.TypeExpr:
    start = p.start
    items, comma = _type_list(p)
    if len(items) == 1 and not comma:
        return items[0]
    return nodes.TupleTypeExpr(p.new_id(), p.since(start), items)


def _array_type(p: Parser) -> nodes.TypeExpr:
    start = p.start
    opener = p.advance()
    element = parse_type(p)
    length = p.inner_expr() if p.eat(";") else None
    p.expect_close("]", opener)
    return nodes.ArrayTypeExpr(p.new_id(), p.since(start), element, length)


def _fn_type(p: Parser) -> nodes.TypeExpr:
    start = p.start
    p.advance()
    params, _ = _type_list(p)
    result = parse_type(p) if p.eat("->") else None
    return nodes.FnTypeExpr(p.new_id(), p.since(start), params, result)


def _dyn_type(p: Parser) -> nodes.TypeExpr:
    start = p.start
    p.advance()
    if p.kind == "(":
        opener = p.advance()
        bounds = parse_bounds(p)
        p.expect_close(")", opener)
    else:
        bounds = (parse_named_type(p),)
    return nodes.DynTypeExpr(p.new_id(), p.since(start), bounds)
