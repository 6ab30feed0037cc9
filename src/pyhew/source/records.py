"""Classes that are their fields: what `dataclasses` makes, made when it is first used.

In: a class with annotations.  Out: the same class with `__init__`, comparison, `repr` and slots as asked for.
A compiler has hundreds of such classes, one for each node and each error, and most runs use a few of them. Writing
the methods is most of what `dataclasses` costs, half a millisecond a class, so here the first object of a class writes
its `__init__`, the first comparison its `__eq__`.
Assumed: annotations are not evaluated (`from __future__ import annotations`); a class has one record among its bases.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn, TypeVar, cast, dataclass_transform

_C = TypeVar("_C", bound=type)
_T = TypeVar("_T")


class _Field:
    """What `field` leaves in the class body."""

    __slots__ = ("default", "factory", "is_named")

    def __init__(self, default: object, factory: Callable[[], object] | None, is_named: bool) -> None:
        self.default = default
        self.factory = factory
        self.is_named = is_named


class _Shape:
    """The fields of one record, those of its bases first."""

    __slots__ = ("defaults", "fields", "is_frozen")

    def __init__(self, fields: tuple[str, ...], defaults: dict[str, _Field], is_frozen: bool) -> None:
        self.fields = fields
        self.defaults = defaults
        self.is_frozen = is_frozen


_NONE = object()


def field(*, default: Any = _NONE, default_factory: Callable[[], Any] | None = None, kw_only: bool = False) -> Any:
    """A field with a default that is made anew for each object, or one that is given by name only."""
    return _Field(default, default_factory, kw_only)


@dataclass_transform(field_specifiers=(field,))
def record(*, frozen: bool = False, eq: bool = True, slots: bool = False) -> Callable[[_C], _C]:
    """Makes a class a record; `eq` compares the fields of two objects of one class, and a frozen one can be a key."""

    def decorate(cls: _C) -> _C:
        body = cls.__dict__
        own = [name for name, text in body.get("__annotations__", {}).items() if not text.startswith("ClassVar")]
        base = _shape_of(cls)
        before = base.fields if base is not None else ()
        defaults = dict(base.defaults) if base is not None else {}
        for name in own:
            if name in body:
                given = body[name]
                defaults[name] = given if isinstance(given, _Field) else _Field(given, None, False)
        fields = (*before, *(name for name in own if name not in before))
        if slots:
            made = _with_slots(cls, [name for name in own if name not in before])
        else:
            made = cls
            for name in own:
                if isinstance(body.get(name), _Field):
                    delattr(cls, name)
        type.__setattr__(made, "_shape", _Shape(fields, defaults, frozen))
        _give_methods(made, fields, frozen, eq)
        return cast(_C, made)

    return decorate


def _shape_of(cls: type) -> _Shape | None:
    return cast("_Shape | None", getattr(cls, "_shape", None))


def _with_slots(cls: type, own: list[str]) -> type:
    """The class once more: slots are given when a class is made."""
    body = {name: value for name, value in cls.__dict__.items() if name not in (*own, "__dict__", "__weakref__")}
    body["__slots__"] = tuple(own)
    return type(cls)(cls.__name__, cls.__bases__, body)


def _give_methods(cls: type, fields: tuple[str, ...], is_frozen: bool, has_eq: bool) -> None:
    made = cast(Any, cls)
    made.__init__ = _first_init
    type.__setattr__(cls, "__match_args__", fields)
    if "__repr__" not in cls.__dict__:
        made.__repr__ = _repr
    if has_eq and "__eq__" not in cls.__dict__:
        made.__eq__ = _first_eq
        made.__hash__ = _first_hash if is_frozen else None
    if is_frozen:
        made.__setattr__ = _refuse
        made.__delattr__ = _refuse


def _refuse(self: object, name: str, value: object = None) -> NoReturn:
    raise AttributeError(f"{type(self).__name__}.{name} does not change")


def _owner(of: object) -> Any:
    """The record among the class and bases of an object."""
    return next(cls for cls in type(of).__mro__ if "_shape" in cls.__dict__)


# --------------------------------------------------------------------------- methods, when they are first needed


def _first_init(self: object, *args: object, **named: object) -> None:
    owner = _owner(self)
    owner.__init__ = _written_init(owner)
    owner.__init__(self, *args, **named)


def _first_eq(self: object, other: object) -> object:
    owner = _owner(self)
    mine, others = ("".join(f"{of}.{name}, " for name in owner._shape.fields) for of in ("self", "other"))
    text = f"def __eq__(self, other):\n if self is other: return True\n if other.__class__ is not self.__class__: return NotImplemented\n return ({mine}) == ({others})"
    owner.__eq__ = _function("__eq__", text, {})
    return owner.__eq__(self, other)


def _first_hash(self: object) -> int:
    owner = _owner(self)
    fields = "".join(f"self.{name}, " for name in owner._shape.fields)
    owner.__hash__ = _function("__hash__", f"def __hash__(self): return hash(({fields}))", {})
    return hash(self)


def _written_init(owner: Any) -> Callable[..., None]:
    """`__init__`, which sets every field; a slot is set through its descriptor, which a frozen class does not stop."""
    shape = cast(_Shape, owner._shape)
    known: dict[str, object] = {"_none": _NONE}
    by_place: list[str] = []
    by_name: list[str] = []
    lines: list[str] = []
    for name in shape.fields:
        value, given = name, shape.defaults.get(name)
        parameter = name
        if given is not None and given.factory is not None:
            known[f"_make_{name}"] = given.factory
            parameter, value = f"{name}=_none", f"_make_{name}() if {name} is _none else {name}"
        elif given is not None and given.default is not _NONE:
            known[f"_default_{name}"] = given.default
            parameter = f"{name}=_default_{name}"
        (by_name if given is not None and given.is_named else by_place).append(parameter)
        slot = getattr(owner, name, None)
        if hasattr(slot, "__set__"):
            known[f"_set_{name}"] = cast(Any, slot).__set__
            lines.append(f" _set_{name}(self, {value})")
        elif shape.is_frozen:
            lines.append(f" self.__dict__[{name!r}] = {value}")
        else:
            lines.append(f" self.{name} = {value}")
    parameters = ", ".join(["self", *by_place, *(["*", *by_name] if by_name else [])])
    return _function("__init__", f"def __init__({parameters}):\n" + ("\n".join(lines) or " pass"), known)


def _function(name: str, text: str, known: dict[str, object]) -> Callable[..., Any]:
    exec(text, known)  # noqa: S102
    return cast(Callable[..., Any], known[name])


def _repr(self: object) -> str:
    inner = ", ".join(f"{name}={getattr(self, name)!r}" for name in type(self)._shape.fields)  # type: ignore[attr-defined]
    return f"{type(self).__qualname__}({inner})"


# --------------------------------------------------------------------------- questions


def fields_of(value: object) -> tuple[str, ...] | None:
    """The names of a record's fields; None for what is no record."""
    shape = _shape_of(type(value))
    return None if shape is None else shape.fields


def replace(value: _T, **changes: object) -> _T:
    """The record with some fields changed."""
    fields = fields_of(value) or ()
    return type(value)(**{name: changes.get(name, getattr(value, name)) for name in fields})
