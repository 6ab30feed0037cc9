"""Types as they are written."""

from __future__ import annotations

from pyhew.syntax import nodes
from pyhew.syntax.nodes.base import Ident, Node, node


@node
class AssocBinding(Node):
    """`Item = T` among the type arguments of a bound."""

    name: Ident
    type: nodes.TypeExpr


@node
class NamedTypeExpr(Node):
    """`i64`, `Vec<T>`, `mod.Point`, `Self.Item`: dotted path and type arguments.

    `bindings` are those of `Iterator<Item = T>`.
    """

    path: tuple[Ident, ...]
    args: tuple[nodes.TypeExpr, ...]
    bindings: tuple[AssocBinding, ...] = ()


@node
class AssocTypeExpr(Node):
    """`<T as Trait>.Item`."""

    base: nodes.TypeExpr
    trait: NamedTypeExpr
    name: Ident


@node
class TupleTypeExpr(Node):
    """`(A, B)`; `()` is unit."""

    items: tuple[nodes.TypeExpr, ...]


@node
class ArrayTypeExpr(Node):
    """`[T; 4]`; `length` is None for the slice `[T]`."""

    element: nodes.TypeExpr
    length: nodes.Expr | None


@node
class FnTypeExpr(Node):
    """`fn(A, B) -> R`; `result` None is unit."""

    params: tuple[nodes.TypeExpr, ...]
    result: nodes.TypeExpr | None


@node
class PointerTypeExpr(Node):
    """`*const T`, `*mut T`, `&T` (foreign declarations only); `kind` is const, mut or ref."""

    kind: str
    target: nodes.TypeExpr


@node
class DynTypeExpr(Node):
    """`dyn A` or `dyn (A + B)`."""

    bounds: tuple[NamedTypeExpr, ...]


@node
class InferTypeExpr(Node):
    """`_`."""
