"""What stands at the top of a module, apart from actors, supervisors and machines."""

from __future__ import annotations

from pyhew.syntax import nodes
from pyhew.syntax.nodes.base import Ident, Node, node


@node
class AttributeArg(Node):
    """`name`, `name = value` or a bare literal inside `#[attr(...)]`; `value` is its text."""

    name: str | None
    value: str | None


@node
class Attribute(Node):
    """`#[every(50ms)]`."""

    name: str
    args: tuple[AttributeArg, ...]


@node
class TypeParam(Node):
    """`T: A + B` inside `<...>`."""

    name: Ident
    bounds: tuple[nodes.NamedTypeExpr, ...]


@node
class WherePredicate(Node):
    """`T: A + B` after `where`."""

    target: nodes.TypeExpr
    bounds: tuple[nodes.NamedTypeExpr, ...]


@node
class Generics(Node):
    """`<T, U: B> ... where P`; both parts may be empty."""

    params: tuple[TypeParam, ...]
    where: tuple[WherePredicate, ...]


@node
class Param(Node):
    """`x: T`, `var x: T`, `consume x: T`, `self`, `var self`, `consuming self`.

    `type` is None for a bare `self`; `consuming` covers both spellings.
    """

    name: Ident
    type: nodes.TypeExpr | None
    is_var: bool
    consuming: bool


@node
class ImportName(Node):
    """`A`, `A as B`, `self`, `self as m` inside an import's braces."""

    name: Ident
    alias: Ident | None


@node
class Import(Node):
    """`import a.b.c;`, `import a.b as m;`, `import a.{X, Y as Z};`, `import "file.hew";`."""

    attributes: tuple[Attribute, ...]
    visibility: str
    path: tuple[Ident, ...]
    file: str | None
    alias: Ident | None
    names: tuple[ImportName, ...] | None


@node
class ConstDecl(Node):
    """`const N: i64 = 3;`."""

    attributes: tuple[Attribute, ...]
    visibility: str
    name: Ident
    type: nodes.TypeExpr | None
    value: nodes.Expr


@node
class AliasDecl(Node):
    """`type Name<T> = Type;`."""

    attributes: tuple[Attribute, ...]
    visibility: str
    name: Ident
    generics: Generics
    target: nodes.TypeExpr


@node
class WireOption(Node):
    """`optional`, `since 2`, `default(e)`, `json("key")`, `json_name = "key"` after a wire field."""

    name: str
    value: nodes.Expr | None


@node
class FieldDecl(Node):
    """`name: T;` of a record, state, event or struct variant; `tag` is the wire number `@3`.

    In a tuple record or tuple variant the name is `0`, `1`, ...
    """

    attributes: tuple[Attribute, ...]
    name: Ident
    type: nodes.TypeExpr
    tag: int | None
    options: tuple[WireOption, ...]


@node
class RecordDecl(Node):
    """`type P { x: i64; }`, `record P { x: i64 }`, `record P(i64, i64);`.

    `keyword` is `type` or `record`; `is_tuple` marks positional fields;
    `reserved` are a wire type's reserved numbers; `methods` stand inside the braces.
    """

    attributes: tuple[Attribute, ...]
    visibility: str
    keyword: str
    name: Ident
    generics: Generics
    fields: tuple[FieldDecl, ...]
    is_tuple: bool
    reserved: tuple[int, ...]
    methods: tuple[FnDecl, ...]


@node
class VariantDecl(Node):
    """`Red;`, `Circle(f64) @3;`, `Rect { w: f64; h: f64 }`; `shape` is unit, tuple or struct, `tag` the wire number."""

    attributes: tuple[Attribute, ...]
    name: Ident
    shape: str
    fields: tuple[FieldDecl, ...]
    tag: int | None = None


@node
class EnumDecl(Node):
    """`enum E<T> { A; B(T); }`, `indirect enum E { ... }`."""

    attributes: tuple[Attribute, ...]
    visibility: str
    name: Ident
    generics: Generics
    variants: tuple[VariantDecl, ...]
    is_indirect: bool
    methods: tuple[FnDecl, ...]


@node
class FnDecl(Node):
    """`pub gen fn name<T>(a: A) -> R where .. { .. }`.

    `body` is None in a trait, an extern block, or a `#[runtime]` declaration.
    `result` None means unit.  `is_async` and `is_gen` are the words before `fn`.
    """

    attributes: tuple[Attribute, ...]
    visibility: str
    name: Ident
    generics: Generics
    params: tuple[Param, ...]
    result: nodes.TypeExpr | None
    body: nodes.Block | None
    is_gen: bool
    is_async: bool
    is_unsafe: bool
    is_variadic: bool


@node
class AssocTypeDecl(Node):
    """`type Item: B = T;` in a trait (both parts optional), `type Item = T;` in an impl."""

    name: Ident
    bounds: tuple[nodes.NamedTypeExpr, ...]
    value: nodes.TypeExpr | None


@node
class TraitDecl(Node):
    """`trait T<A>: Super { type Item; fn m(val: Self) -> i64; fn d(v: Self) { .. } }`."""

    attributes: tuple[Attribute, ...]
    visibility: str
    name: Ident
    generics: Generics
    supers: tuple[nodes.NamedTypeExpr, ...]
    types: tuple[AssocTypeDecl, ...]
    methods: tuple[FnDecl, ...]


@node
class ImplDecl(Node):
    """`impl<T> Trait<A> for Type<T> where .. { .. }`, `impl Type { .. }` (`trait` None)."""

    attributes: tuple[Attribute, ...]
    visibility: str
    generics: Generics
    trait: nodes.NamedTypeExpr | None
    target: nodes.TypeExpr
    types: tuple[AssocTypeDecl, ...]
    methods: tuple[FnDecl, ...]


@node
class ExternBlock(Node):
    """`extern "C" { fn f(x: i64) -> i64; }`."""

    attributes: tuple[Attribute, ...]
    visibility: str
    abi: str | None
    functions: tuple[FnDecl, ...]


@node
class Module(Node):
    """One file; `has_regex`: some `re".."` stands in it."""

    items: tuple[nodes.Item, ...]
    has_regex: bool = False
