"""Questions about IR types: who owns heap, what stands at a path.

In: types of `ir/types.py`.  Out: booleans, part types, the type a path leads to.
Assumed: inline types are not recursive, so a walk that stops at handles ends.
"""

from __future__ import annotations

from typing import cast

from pyhew.ir.types import (
    BoolT,
    BoxT,
    EnumT,
    EnvT,
    FloatT,
    IntT,
    IrType,
    NeverT,
    PtrT,
    RcT,
    ResourceT,
    StringT,
    StructT,
    TupleT,
    VecT,
)

Step = tuple[object, ...]
Path = tuple[Step, ...]


class IrFault(Exception):
    """Something in the IR that its rules forbid; the verifier adds the place."""


def is_lent_path(ty: IrType, path: Path) -> bool:
    """Whether what stands there cannot be replaced while the root is borrowed: no cell lies on the way from `ty`."""
    for step in path:
        if step[0] == "deref" and not isinstance(ty, BoxT):
            return False
        ty = step_type(ty, step)
    return True


def owns_heap(ty: IrType) -> bool:
    """Whether a value of this type must be consumed exactly once."""
    match ty:
        case IntT() | FloatT() | BoolT() | PtrT() | NeverT() | EnvT():
            return False
        case TupleT():
            return any(map(owns_heap, ty.items))
        case StructT():
            return any(map(owns_heap, ty.fields))
        case EnumT():
            return any(owns_heap(part) for variant in ty.variants for part in variant)
        case _:
            return True


def is_whole_when_zero(ty: IrType) -> bool:
    """Whether the zero of this type is a value like any other: a number, an empty string or collection."""
    match ty:
        case IntT() | FloatT() | BoolT() | StringT() | VecT():
            return True
        case TupleT() | StructT():
            return all(map(is_whole_when_zero, parts(ty)))
        case EnumT():
            return all(is_whole_when_zero(part) for part in ty.variants[0])
        case _:
            return False


def holds_vec(ty: IrType) -> bool:
    """Whether a `Vec` stands inline in the type."""
    match ty:
        case VecT():
            return True
        case TupleT() | StructT():
            return any(map(holds_vec, parts(ty)))
        case EnumT():
            return any(holds_vec(part) for variant in ty.variants for part in variant)
        case _:
            return False


def is_changed_in_place(ty: IrType) -> bool:
    """Whether a function may change a value of this type where its caller has it: a `Vec` stands inline, in no enum."""
    return holds_vec(ty) and not isinstance(ty, EnumT)


def may_close(ty: IrType) -> bool:
    """Whether a resource stands inline, so that a drop may run user code at once."""
    match ty:
        case ResourceT():
            return True
        case TupleT() | StructT():
            return any(map(may_close, parts(ty)))
        case EnumT():
            return any(may_close(part) for variant in ty.variants for part in variant)
        case _:
            return False


def parts(ty: IrType) -> tuple[IrType, ...]:
    """The fields of a struct or tuple."""
    match ty:
        case TupleT():
            return ty.items
        case StructT():
            return ty.fields
        case _:
            raise IrFault(f"{type(ty).__name__} has no fields")


def same_type(left: IrType, right: IrType) -> bool:
    """Type equality; nominal types are equal when they are one object."""
    return left is right or left == right


def step_type(ty: IrType, step: Step) -> IrType:
    """The type one step further inside."""
    match step[0]:
        case "field":
            return _part(parts(ty), step[1])
        case "payload":
            if not isinstance(ty, EnumT):
                raise IrFault(f"payload of {type(ty).__name__}")
            variant = cast(int, step[1])
            if not 0 <= variant < len(ty.variants):
                raise IrFault(f"variant {variant} of {ty.name}")
            return _part(ty.variants[variant], step[2])
        case "elem":
            if not isinstance(ty, VecT):
                raise IrFault(f"element of {type(ty).__name__}")
            return ty.element
        case "deref":
            return pointee(ty)
        case _:
            raise IrFault(f"unknown step {step!r}")


def pointee(ty: IrType) -> IrType:
    """What a `deref` of this handle reaches."""
    match ty:
        case BoxT() | ResourceT() | RcT():
            return ty.content
        case EnvT():
            return ty.captures
        case _:
            raise IrFault(f"deref of {type(ty).__name__}")


def path_type(root: IrType, path: Path) -> IrType:
    """The type of what stands at `path` inside `root`."""
    for step in path:
        root = step_type(root, step)
    return root


def index_count(path: Path) -> int:
    """How many index operands a path takes."""
    return sum(step[0] == "elem" for step in path)


def _part(items: tuple[IrType, ...], index: object) -> IrType:
    at = cast(int, index)
    if not 0 <= at < len(items):
        raise IrFault(f"part {at} of {len(items)}")
    return items[at]
