"""Records do what `dataclasses` would do."""

from __future__ import annotations

from typing import ClassVar

import pytest

from pyhew.source.records import field, fields_of, record, replace


@record(frozen=True)
class Place:
    """A frozen one with a default."""

    kind: ClassVar[str] = "place"
    file: int
    line: int = 1


@record(frozen=True)
class Wide(Place):
    """Adds a field that is given by name."""

    width: int = field(default=0, kw_only=True)


@record(frozen=True, slots=True, eq=False)
class Leaf:
    """Compared by identity."""

    text: str


@record(frozen=True, slots=True, eq=False)
class Branch(Leaf):
    """Inherits a slot."""

    below: tuple[Leaf, ...]


@record(eq=False, slots=True)
class Basket:
    """One that changes."""

    name: str
    items: list[int] = field(default_factory=list)


@record()
class Pair:
    """Compared, and no key because it changes."""

    left: int
    right: int


def test_fields_of_bases_come_first_and_class_variables_are_none() -> None:
    assert fields_of(Wide(3)) == ("file", "line", "width")
    assert fields_of(Branch("a", ())) == ("text", "below")
    assert fields_of(3) is None


def test_defaults_and_names() -> None:
    wide = Wide(3, 4, width=5)
    assert (wide.file, wide.line, wide.width, Wide.kind) == (3, 4, 5, "place")
    assert Wide(3).line == 1
    with pytest.raises(TypeError):
        Wide(3, 4, 5)  # type: ignore[misc]
    with pytest.raises(TypeError):
        Place()  # type: ignore[call-arg]


def test_a_default_that_is_made_is_made_for_each() -> None:
    one, two = Basket("one"), Basket("two")
    one.items.append(1)
    assert (one.items, two.items) == ([1], [])
    one.name = "three"
    assert one.name == "three"


@pytest.mark.parametrize("value", [Place(1), Wide(1), Leaf("x"), Branch("x", ())])
def test_frozen_ones_do_not_change(value: object) -> None:
    name = (fields_of(value) or ())[0]
    with pytest.raises(AttributeError):
        setattr(value, name, 0)
    with pytest.raises(AttributeError):
        delattr(value, name)


def test_equality_is_by_class_and_fields_or_by_identity() -> None:
    assert Place(1, 2) == Place(1, 2) != Place(2, 2)
    assert Place(1, 2) != Wide(1, 2)
    assert len({Place(1, 2), Place(1, 2), Wide(1, 2)}) == 2
    leaf = Leaf("x")
    assert leaf == leaf != Leaf("x")
    assert Pair(1, 2) == Pair(1, 2)
    with pytest.raises(TypeError):
        hash(Pair(1, 2))


def test_no_dictionary_beside_slots() -> None:
    assert not hasattr(Branch("a", ()), "__dict__")
    with pytest.raises(AttributeError):
        Basket("b").other = 1  # type: ignore[attr-defined]


def test_patterns_repr_and_replace() -> None:
    match Branch("a", (Leaf("b"),)):
        case Branch(text, (Leaf(inner),)):
            assert (text, inner) == ("a", "b")
    assert repr(Wide(1, width=2)) == "Wide(file=1, line=1, width=2)"
    assert replace(Wide(1, width=2), line=7) == Wide(1, 7, width=2)
