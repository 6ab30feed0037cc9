"""The syntax tree: one frozen class per construct, its docstring shows the syntax.

In: nothing.  Out: the node classes and the unions `Item`, `Stmt`, `Expr`,
`Pattern`, `TypeExpr` that every later phase matches on exhaustively.
Assumed: a tree never changes; what later phases learn is stored beside it,
in arrays indexed by `Node.id` (unique within one module).
"""

from __future__ import annotations

from typing import TypeVar, dataclass_transform

from pyhew.source.records import record
from pyhew.source.spans import Span


@record(frozen=True, slots=True, eq=False)
class Node:
    """Every node: a small integer unique in its module, and where it stands."""

    id: int
    span: Span


_N = TypeVar("_N", bound=type)


@dataclass_transform(frozen_default=True, eq_default=False)
def node(cls: _N) -> _N:
    """Makes a class a node class."""
    return record(frozen=True, slots=True, eq=False)(cls)


@node
class Ident(Node):
    """A name where it is written."""

    text: str


# --------------------------------------------------------------------------- types


@node
class AssocBinding(Node):
    """`Item = T` among the type arguments of a bound."""

    name: Ident
    type: TypeExpr


@node
class NamedTypeExpr(Node):
    """`i64`, `Vec<T>`, `mod.Point`, `Self.Item`: dotted path and type arguments.

    `bindings` are those of `Iterator<Item = T>`.
    """

    path: tuple[Ident, ...]
    args: tuple[TypeExpr, ...]
    bindings: tuple[AssocBinding, ...] = ()


@node
class AssocTypeExpr(Node):
    """`<T as Trait>.Item`."""

    base: TypeExpr
    trait: NamedTypeExpr
    name: Ident


@node
class TupleTypeExpr(Node):
    """`(A, B)`; `()` is unit."""

    items: tuple[TypeExpr, ...]


@node
class ArrayTypeExpr(Node):
    """`[T; 4]`; `length` is None for the slice `[T]`."""

    element: TypeExpr
    length: Expr | None


@node
class FnTypeExpr(Node):
    """`fn(A, B) -> R`; `result` None is unit."""

    params: tuple[TypeExpr, ...]
    result: TypeExpr | None


@node
class PointerTypeExpr(Node):
    """`*const T`, `*mut T`, `&T` (foreign declarations only); `kind` is const, mut or ref."""

    kind: str
    target: TypeExpr


@node
class DynTypeExpr(Node):
    """`dyn A` or `dyn (A + B)`."""

    bounds: tuple[NamedTypeExpr, ...]


@node
class InferTypeExpr(Node):
    """`_`."""


TypeExpr = (
    NamedTypeExpr | AssocTypeExpr | TupleTypeExpr | ArrayTypeExpr | FnTypeExpr | PointerTypeExpr | DynTypeExpr
    | InferTypeExpr
)  # fmt: skip


# --------------------------------------------------------------------------- items


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
    bounds: tuple[NamedTypeExpr, ...]


@node
class WherePredicate(Node):
    """`T: A + B` after `where`."""

    target: TypeExpr
    bounds: tuple[NamedTypeExpr, ...]


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
    type: TypeExpr | None
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
    type: TypeExpr | None
    value: Expr


@node
class AliasDecl(Node):
    """`type Name<T> = Type;`."""

    attributes: tuple[Attribute, ...]
    visibility: str
    name: Ident
    generics: Generics
    target: TypeExpr


@node
class WireOption(Node):
    """`optional`, `since 2`, `default(e)`, `json("key")`, `json_name = "key"` after a wire field."""

    name: str
    value: Expr | None


@node
class FieldDecl(Node):
    """`name: T;` of a record, state, event or struct variant; `tag` is the wire number `@3`.

    In a tuple record or tuple variant the name is `0`, `1`, ...
    """

    attributes: tuple[Attribute, ...]
    name: Ident
    type: TypeExpr
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
    result: TypeExpr | None
    body: Block | None
    is_gen: bool
    is_async: bool
    is_unsafe: bool
    is_variadic: bool


@node
class AssocTypeDecl(Node):
    """`type Item: B = T;` in a trait (both parts optional), `type Item = T;` in an impl."""

    name: Ident
    bounds: tuple[NamedTypeExpr, ...]
    value: TypeExpr | None


@node
class TraitDecl(Node):
    """`trait T<A>: Super { type Item; fn m(val: Self) -> i64; fn d(v: Self) { .. } }`."""

    attributes: tuple[Attribute, ...]
    visibility: str
    name: Ident
    generics: Generics
    supers: tuple[NamedTypeExpr, ...]
    types: tuple[AssocTypeDecl, ...]
    methods: tuple[FnDecl, ...]


@node
class ImplDecl(Node):
    """`impl<T> Trait<A> for Type<T> where .. { .. }`, `impl Type { .. }` (`trait` None)."""

    attributes: tuple[Attribute, ...]
    visibility: str
    generics: Generics
    trait: NamedTypeExpr | None
    target: TypeExpr
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
class ActorField(Node):
    """`let id: i64;`, `var n: i64 = 0;`, `n: i64;` of an actor."""

    attributes: tuple[Attribute, ...]
    name: Ident
    type: TypeExpr
    is_var: bool
    default: Expr | None


@node
class ReceiveFn(Node):
    """`receive fn m(x: T) -> R { .. }`, `receive gen fn m() -> T { .. }`."""

    attributes: tuple[Attribute, ...]
    name: Ident
    generics: Generics
    params: tuple[Param, ...]
    result: TypeExpr | None
    body: Block
    is_gen: bool


@node
class Mailbox(Node):
    """`mailbox 4 overflow drop_new;`, `overflow coalesce(key) fallback fail`."""

    capacity: int
    policy: str | None
    key: Ident | None
    fallback: str | None


@node
class ActorInit(Node):
    """`init(a: A) { .. }`."""

    params: tuple[Param, ...]
    body: Block


@node
class ActorDecl(Node):
    """`actor Name<T>: Trait { fields init mailbox receive fns fns }`; hooks are `#[on(..)]` methods."""

    attributes: tuple[Attribute, ...]
    visibility: str
    name: Ident
    generics: Generics
    supers: tuple[NamedTypeExpr, ...]
    fields: tuple[ActorField, ...]
    init: ActorInit | None
    mailbox: Mailbox | None
    receives: tuple[ReceiveFn, ...]
    methods: tuple[FnDecl, ...]


@node
class WiredTo(Node):
    """`name: sibling` inside `wired_to: { .. }`; `sibling` None repeats the name."""

    name: Ident
    sibling: Ident | None


@node
class ChildSpec(Node):
    """`child w: Worker(id: 1) restart: transient shutdown: 5s wired_to: { .. }`; `pool w: ..`.

    `restart` is permanent, transient, temporary or None; `shutdown` is an
    expression (a duration literal), the words brutal_kill / infinity, or None.
    """

    name: Ident
    actor: NamedTypeExpr
    args: tuple[Arg, ...]
    is_pool: bool
    restart: str | None
    shutdown: Expr | str | None
    wired_to: tuple[WiredTo, ...]


@node
class SupervisorDecl(Node):
    """`supervisor App(n: i64) { strategy: one_for_one; intensity: 3 within 10s; child ..; }`."""

    attributes: tuple[Attribute, ...]
    visibility: str
    name: Ident
    params: tuple[Param, ...]
    strategy: str | None
    intensity: int | None
    window: Expr | None
    children: tuple[ChildSpec, ...]


@node
class EventDecl(Node):
    """`Inc;` or `Add { n: i64; }` of a machine."""

    name: Ident
    fields: tuple[FieldDecl, ...]


@node
class StateDecl(Node):
    """`state Live { hits: i64; entry { .. } exit { .. } initial state A; on E: _ => B; }`."""

    name: Ident
    fields: tuple[FieldDecl, ...]
    entry: Block | None
    exit: Block | None
    is_initial: bool
    children: tuple[StateDecl, ...]
    transitions: tuple[TransitionDecl, ...] = ()


@node
class TransitionDecl(Node):
    """`on Add(n): Source => Target reenter when cond { body }`.

    `source` is a dotted path, or `_` as one Ident; `target` likewise (a leading
    `.` is dropped, `dotted_target` remembers it).  `target_fields` are the
    initialisers of `=> .Faulted { code: 1 }`; `body` is None for `;`.
    """

    event: Ident
    bindings: tuple[Ident, ...]
    source: tuple[Ident, ...]
    target: tuple[Ident, ...]
    dotted_target: bool
    target_fields: tuple[FieldInit, ...] | None
    reenter: bool
    guard: Expr | None
    body: Block | None


@node
class MachineDecl(Node):
    """`machine M<T> { events { .. } emits { .. } state ..; on ..; default { state } }`."""

    attributes: tuple[Attribute, ...]
    visibility: str
    name: Ident
    generics: Generics
    events: tuple[EventDecl, ...]
    emits: tuple[EventDecl, ...]
    states: tuple[StateDecl, ...]
    transitions: tuple[TransitionDecl, ...]
    has_default: bool


Item = (
    Import | ConstDecl | AliasDecl | RecordDecl | EnumDecl | FnDecl | TraitDecl | ImplDecl | ExternBlock | ActorDecl
    | SupervisorDecl | MachineDecl
)  # fmt: skip


@node
class Module(Node):
    """One file; `has_regex`: some `re".."` stands in it."""

    items: tuple[Item, ...]
    has_regex: bool = False


# --------------------------------------------------------------------------- patterns


@node
class WildcardPattern(Node):
    """`_`."""


@node
class BindPattern(Node):
    """`x`: a new name, or a unit variant / constant when one is in scope."""

    name: Ident


@node
class LiteralPattern(Node):
    """`1`, `-1`, `'a'`, `"s"`, `true`, `re".."`; `value` is a literal expression or a Unary minus of one."""

    value: Expr


@node
class RangePattern(Node):
    """`1..5`, `1..=5`."""

    low: Expr
    high: Expr
    inclusive: bool


@node
class VariantPattern(Node):
    """`.Some(x)`, `Some(x)`, `Colour.Red`, `mod.E.V(x)`, `Point(x, y)`.

    `is_context` marks the leading dot; `items` None when no parentheses stand.
    """

    path: tuple[Ident, ...]
    is_context: bool
    items: tuple[Pattern, ...] | None


@node
class FieldPattern(Node):
    """`x` or `x: pattern` inside braces."""

    name: Ident
    pattern: Pattern | None


@node
class RecordPattern(Node):
    """`Point { x, y: 0 }`, `.Rect { w, .. }`, `{ a, b }` (empty path); `has_rest` marks the `..`."""

    path: tuple[Ident, ...]
    is_context: bool
    fields: tuple[FieldPattern, ...]
    has_rest: bool = False


@node
class TuplePattern(Node):
    """`(a, b)`."""

    items: tuple[Pattern, ...]


@node
class OrPattern(Node):
    """`A | B`."""

    options: tuple[Pattern, ...]


Pattern = (
    WildcardPattern | BindPattern | LiteralPattern | RangePattern | VariantPattern | RecordPattern | TuplePattern
    | OrPattern
)  # fmt: skip


# --------------------------------------------------------------------------- statements


@node
class Block(Node):
    """`{ stmts; tail }`; as an expression its value is the tail, else unit."""

    stmts: tuple[Stmt, ...]
    tail: Expr | None


@node
class Let(Node):
    """`let p: T = e else { .. };`; `var x = e;` has `is_var`; `let v? = e` has `is_try`."""

    pattern: Pattern
    type: TypeExpr | None
    value: Expr | None
    is_var: bool
    is_try: bool
    otherwise: Block | None


@node
class Assign(Node):
    """`place = e;`, `place += e;`; `op` is None or the operator without `=`."""

    target: Expr
    op: str | None
    value: Expr


@node
class ExprStmt(Node):
    """`e;`, or a block-like expression without `;`."""

    value: Expr


@node
class While(Node):
    """`@label: while cond { .. }`."""

    label: Ident | None
    condition: Expr
    body: Block


@node
class WhileLet(Node):
    """`while let p = e { .. }`."""

    label: Ident | None
    pattern: Pattern
    value: Expr
    body: Block


@node
class Loop(Node):
    """`@label: loop { .. }`."""

    label: Ident | None
    body: Block


@node
class For(Node):
    """`@label: for await p in e { .. }`."""

    label: Ident | None
    pattern: Pattern
    iterable: Expr
    body: Block
    is_await: bool


@node
class Break(Node):
    """`break @label value;`."""

    label: Ident | None
    value: Expr | None


@node
class Continue(Node):
    """`continue @label;`."""

    label: Ident | None


@node
class Return(Node):
    """`return e;`."""

    value: Expr | None


@node
class Defer(Node):
    """`defer e;`, `defer { .. }`."""

    body: Expr


@node
class ScopeDeadline(Node):
    """`after(d) { .. }` inside a scope."""

    delay: Expr
    body: Block


Stmt = (
    Let | Assign | ExprStmt | While | WhileLet | Loop | For | Defer | ScopeDeadline
)  # fmt: skip


# --------------------------------------------------------------------------- expressions


@node
class IntLiteral(Node):
    """`42`, `0xFF`, `1_000`; `value` is exact."""

    value: int


@node
class FloatLiteral(Node):
    """`3.14`, `1e9`; the digits as written without `_`."""

    text: str


@node
class DurationLiteral(Node):
    """`50ms`; whole nanoseconds."""

    nanoseconds: int


@node
class StringLiteral(Node):
    """`"s"`, `r"s"`, escapes resolved."""

    value: str


@node
class BytesLiteral(Node):
    """`b"s"`."""

    value: bytes


@node
class CharLiteral(Node):
    """`'c'`; the code point."""

    value: int


@node
class BoolLiteral(Node):
    """`true`, `false`."""

    value: bool


@node
class RegexLiteral(Node):
    """`re"[a-z]+"`; the pattern as written."""

    pattern: str


@node
class FormatHole(Node):
    """`{e}` or `{e:?}` of an f-string."""

    value: Expr
    debug: bool


@node
class FormatString(Node):
    """`f"n={n}"`; literal pieces are `str`."""

    parts: tuple[str | FormatHole, ...]


@node
class NameExpr(Node):
    """`x`, `Some`, `Point`: a bare name, type arguments when written (`make<i64>`)."""

    name: Ident
    args: tuple[TypeExpr, ...]


@node
class ContextVariant(Node):
    """`.Red`: the variant of the expected type."""

    name: Ident


@node
class QualifiedPath(Node):
    """`<T as Trait>.name`."""

    base: TypeExpr
    trait: NamedTypeExpr
    name: Ident


@node
class This(Node):
    """`this`: the handle of the running actor."""


@node
class TypeValue(Node):
    """`Vec<i64>` before `.new()`: a type written where an expression stands."""

    type: TypeExpr


@node
class Arg(Node):
    """`e` or `name: e`."""

    name: Ident | None
    value: Expr


@node
class Call(Node):
    """`f(a, b)`; `callee` may be a Member (then it is a method or module call)."""

    callee: Expr
    args: tuple[Arg, ...]


@node
class Member(Node):
    """`e.name` or `e.name<T>`; tuple indices are the names `0`, `1`, ..."""

    base: Expr
    name: Ident
    args: tuple[TypeExpr, ...]


@node
class Index(Node):
    """`e[i]`; a range inside makes a slice."""

    base: Expr
    index: Expr


@node
class FieldInit(Node):
    """`x: e`; `x` alone repeats the name."""

    name: Ident
    value: Expr


@node
class RecordLiteral(Node):
    """`Point { x: 1, ..base }`, `Shape.Rect { w: 1 }`, `.Rect { w: 1 }`, `mod.P<T> { .. }`.

    `path` is a NameExpr, Member or ContextVariant.
    """

    path: Expr
    fields: tuple[FieldInit, ...]
    base: Expr | None


@node
class TupleLiteral(Node):
    """`(a, b)`; `()` is unit."""

    items: tuple[Expr, ...]


@node
class ArrayLiteral(Node):
    """`[a, b]`."""

    items: tuple[Expr, ...]


@node
class ArrayRepeat(Node):
    """`[e; n]`."""

    value: Expr
    count: Expr


@node
class BytesArray(Node):
    """`bytes[0x41, 0x42]`."""

    items: tuple[Expr, ...]


@node
class MapEntry(Node):
    """`k: v` of a map literal."""

    key: Expr
    value: Expr


@node
class MapLiteral(Node):
    """`{"a": 1}`."""

    entries: tuple[MapEntry, ...]


@node
class Unary(Node):
    """`-e`, `!e`, `~e`, `clone e`; `op` is that word."""

    op: str
    operand: Expr


@node
class Await(Node):
    """`await e`."""

    operand: Expr


@node
class AwaitRestart(Node):
    """`await_restart sup.child`."""

    operand: Expr


@node
class Binary(Node):
    """`a + b`; `op` as written, `&&` and `||` and `is` included."""

    op: str
    left: Expr
    right: Expr


@node
class Range(Node):
    """`a..b`, `a..=b`, `..b`, `a..`, `..`."""

    low: Expr | None
    high: Expr | None
    inclusive: bool


@node
class Cast(Node):
    """`e as T`."""

    operand: Expr
    type: TypeExpr


@node
class Try(Node):
    """`e?`."""

    operand: Expr


@node
class Timeout(Node):
    """`e | after d`."""

    operand: Expr
    delay: Expr


@node
class If(Node):
    """`if c { a } else { b }`; `otherwise` is a Block, If, IfLet or None."""

    condition: Expr
    then: Block
    otherwise: Expr | None


@node
class IfLet(Node):
    """`if let p = e { a } else { b }`."""

    pattern: Pattern
    value: Expr
    then: Block
    otherwise: Expr | None


@node
class MatchArm(Node):
    """`p if g => e,`."""

    pattern: Pattern
    guard: Expr | None
    body: Expr


@node
class Match(Node):
    """`match e { arms }`."""

    value: Expr
    arms: tuple[MatchArm, ...]


@node
class LambdaParam(Node):
    """`x` or `x: T` between bars."""

    name: Ident
    type: TypeExpr | None


@node
class Lambda(Node):
    """`|x| e`, `move |x: T| -> R { .. }`."""

    params: tuple[LambdaParam, ...]
    result: TypeExpr | None
    body: Expr
    is_move: bool


@node
class LambdaActor(Node):
    """`actor |x: T| -> R { .. }`; spawns at once."""

    params: tuple[LambdaParam, ...]
    result: TypeExpr | None
    body: Block
    is_move: bool


@node
class GenBlock(Node):
    """`gen { yield 1; }`."""

    body: Block


@node
class Spawn(Node):
    """`spawn Worker(factor: 6)`, `spawn mod.Worker`."""

    actor: NamedTypeExpr
    args: tuple[Arg, ...]


@node
class SelectArm(Node):
    """`p from e => body`."""

    pattern: Pattern
    source: Expr
    body: Expr


@node
class Select(Node):
    """`select { p from e => body, after d => body }`."""

    arms: tuple[SelectArm, ...]
    delay: Expr | None
    on_delay: Expr | None


@node
class Join(Node):
    """`join { a.x(), b.y() }`."""

    branches: tuple[Expr, ...]


@node
class Race(Node):
    """`race { a.x(), b.y() }`."""

    branches: tuple[Expr, ...]


@node
class Scope(Node):
    """`scope { .. }`."""

    body: Block


@node
class Fork(Node):
    """`fork name = e`, `fork e`, `fork { .. }`."""

    name: Ident | None
    value: Expr


@node
class Yield(Node):
    """`yield e`."""

    value: Expr | None


@node
class Unsafe(Node):
    """`unsafe { .. }`."""

    body: Block


@node
class Emit(Node):
    """`emit Name;` in a machine body."""

    name: Ident
    fields: tuple[FieldInit, ...]


Expr = (
    IntLiteral | FloatLiteral | DurationLiteral | StringLiteral | BytesLiteral | CharLiteral | BoolLiteral
    | RegexLiteral | FormatString | NameExpr | ContextVariant | QualifiedPath | This | TypeValue | Call | Member
    | Index | RecordLiteral | TupleLiteral | ArrayLiteral | ArrayRepeat | BytesArray | MapLiteral | Unary | Await
    | AwaitRestart | Binary | Range | Cast | Try | Timeout | If | IfLet | Match | Lambda | LambdaActor | GenBlock
    | Spawn | Select | Join | Race | Scope | Fork | Yield | Unsafe | Emit | Block | Break | Continue | Return
)  # fmt: skip
