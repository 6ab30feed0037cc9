"""The syntax tree: one frozen class per construct, its docstring shows the syntax.

In: nothing.  Out: the node classes, by the noun they belong to, and the unions `Item`, `Stmt`, `Expr`,
`Pattern`, `TypeExpr` that every later phase matches on exhaustively.
Assumed: a tree never changes; what later phases learn is stored beside it,
in arrays indexed by `Node.id` (unique within one module).  A construct may hold any other,
so the files name each other's classes through this package, in annotations alone.
"""

from __future__ import annotations

from pyhew.syntax.nodes.actors import (
    ActorDecl,
    ActorField,
    ActorInit,
    Await,
    LambdaActor,
    Mailbox,
    ReceiveFn,
    Spawn,
)
from pyhew.syntax.nodes.base import Ident, Node, node
from pyhew.syntax.nodes.closures import GenBlock, Lambda, LambdaParam, Yield
from pyhew.syntax.nodes.control import (
    Break,
    Continue,
    For,
    If,
    IfLet,
    Loop,
    Match,
    MatchArm,
    Return,
    Try,
    While,
    WhileLet,
)
from pyhew.syntax.nodes.declarations import (
    AliasDecl,
    AssocTypeDecl,
    Attribute,
    AttributeArg,
    ConstDecl,
    EnumDecl,
    ExternBlock,
    FieldDecl,
    FnDecl,
    Generics,
    ImplDecl,
    Import,
    ImportName,
    Module,
    Param,
    RecordDecl,
    TraitDecl,
    TypeParam,
    VariantDecl,
    WherePredicate,
    WireOption,
)
from pyhew.syntax.nodes.expressions import (
    Arg,
    Binary,
    Call,
    Cast,
    ContextVariant,
    Index,
    Member,
    NameExpr,
    QualifiedPath,
    Range,
    This,
    TypeValue,
    Unary,
    Unsafe,
)
from pyhew.syntax.nodes.literals import (
    ArrayLiteral,
    ArrayRepeat,
    BoolLiteral,
    BytesArray,
    BytesLiteral,
    CharLiteral,
    DurationLiteral,
    FieldInit,
    FloatLiteral,
    FormatHole,
    FormatString,
    IntLiteral,
    MapEntry,
    MapLiteral,
    RecordLiteral,
    RegexLiteral,
    StringLiteral,
    TupleLiteral,
)
from pyhew.syntax.nodes.machines import Emit, EventDecl, MachineDecl, StateDecl, TransitionDecl
from pyhew.syntax.nodes.patterns import (
    BindPattern,
    FieldPattern,
    LiteralPattern,
    OrPattern,
    RangePattern,
    RecordPattern,
    TuplePattern,
    VariantPattern,
    WildcardPattern,
)
from pyhew.syntax.nodes.statements import Assign, Block, Defer, ExprStmt, Let
from pyhew.syntax.nodes.supervisors import AwaitRestart, ChildSpec, SupervisorDecl, WiredTo
from pyhew.syntax.nodes.tasks import Fork, Join, Race, Scope, ScopeDeadline, Select, SelectArm, Timeout
from pyhew.syntax.nodes.types import (
    ArrayTypeExpr,
    AssocBinding,
    AssocTypeExpr,
    DynTypeExpr,
    FnTypeExpr,
    InferTypeExpr,
    NamedTypeExpr,
    PointerTypeExpr,
    TupleTypeExpr,
)

TypeExpr = (
    NamedTypeExpr | AssocTypeExpr | TupleTypeExpr | ArrayTypeExpr | FnTypeExpr | PointerTypeExpr | DynTypeExpr
    | InferTypeExpr
)  # fmt: skip

Item = (
    Import | ConstDecl | AliasDecl | RecordDecl | EnumDecl | FnDecl | TraitDecl | ImplDecl | ExternBlock | ActorDecl
    | SupervisorDecl | MachineDecl
)  # fmt: skip

Pattern = (
    WildcardPattern | BindPattern | LiteralPattern | RangePattern | VariantPattern | RecordPattern | TuplePattern
    | OrPattern
)  # fmt: skip

Stmt = (
    Let | Assign | ExprStmt | While | WhileLet | Loop | For | Defer | ScopeDeadline
)  # fmt: skip

Expr = (
    IntLiteral | FloatLiteral | DurationLiteral | StringLiteral | BytesLiteral | CharLiteral | BoolLiteral
    | RegexLiteral | FormatString | NameExpr | ContextVariant | QualifiedPath | This | TypeValue | Call | Member
    | Index | RecordLiteral | TupleLiteral | ArrayLiteral | ArrayRepeat | BytesArray | MapLiteral | Unary | Await
    | AwaitRestart | Binary | Range | Cast | Try | Timeout | If | IfLet | Match | Lambda | LambdaActor | GenBlock
    | Spawn | Select | Join | Race | Scope | Fork | Yield | Unsafe | Emit | Block | Break | Continue | Return
)  # fmt: skip

__all__ = [
    "ActorDecl", "ActorField", "ActorInit", "AliasDecl", "Arg", "ArrayLiteral", "ArrayRepeat", "ArrayTypeExpr",
    "Assign", "AssocBinding", "AssocTypeDecl", "AssocTypeExpr", "Attribute", "AttributeArg", "Await",
    "AwaitRestart", "Binary", "BindPattern", "Block", "BoolLiteral", "Break", "BytesArray", "BytesLiteral", "Call",
    "Cast", "CharLiteral", "ChildSpec", "ConstDecl", "ContextVariant", "Continue", "Defer", "DurationLiteral",
    "DynTypeExpr", "Emit", "EnumDecl", "EventDecl", "Expr", "ExprStmt", "ExternBlock", "FieldDecl", "FieldInit",
    "FieldPattern", "FloatLiteral", "FnDecl", "FnTypeExpr", "For", "Fork", "FormatHole", "FormatString", "GenBlock",
    "Generics", "Ident", "If", "IfLet", "ImplDecl", "Import", "ImportName", "Index", "InferTypeExpr", "IntLiteral",
    "Item", "Join", "Lambda", "LambdaActor", "LambdaParam", "Let", "LiteralPattern", "Loop", "MachineDecl",
    "Mailbox", "MapEntry", "MapLiteral", "Match", "MatchArm", "Member", "Module", "NameExpr", "NamedTypeExpr",
    "Node", "OrPattern", "Param", "Pattern", "PointerTypeExpr", "QualifiedPath", "Race", "Range", "RangePattern",
    "ReceiveFn", "RecordDecl", "RecordLiteral", "RecordPattern", "RegexLiteral", "Return", "Scope", "ScopeDeadline",
    "Select", "SelectArm", "Spawn", "StateDecl", "Stmt", "StringLiteral", "SupervisorDecl", "This", "Timeout",
    "TraitDecl", "TransitionDecl", "Try", "TupleLiteral", "TuplePattern", "TupleTypeExpr", "TypeExpr", "TypeParam",
    "TypeValue", "Unary", "Unsafe", "VariantDecl", "VariantPattern", "WherePredicate", "While", "WhileLet",
    "WildcardPattern", "WireOption", "WiredTo", "Yield", "node",
]  # fmt: skip
