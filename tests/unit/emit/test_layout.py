"""Leaves, owners and offsets of the shapes that matter."""

from __future__ import annotations

from pyhew.emit.layout import Guard, Layout, Owned
from pyhew.ir.types import BOOL, F64, I32, I64, STRING, U8, UNIT, EnumT, StructT, TupleT, VecT


def test_unit_has_no_leaves() -> None:
    assert Layout().shape(UNIT).leaves == ()
    assert Layout().shape(UNIT).size == 0


def test_struct_fields_are_flat_and_aligned() -> None:
    shape = Layout().shape(StructT("s", (U8, I64, TupleT((BOOL, I32))), ("a", "b", "c")))
    assert shape.leaves == ("i8", "i64", "i1", "i32")
    assert shape.offsets == (0, 8, 16, 20)
    assert shape.size == 24


def test_option_of_a_handle_needs_no_guard() -> None:
    shape = Layout().shape(EnumT("Option", ((), (STRING,)), ("None", "Some")))
    assert shape.leaves == ("i32", "ptr")
    assert shape.owned == (Owned(1, ()),)


def test_variants_that_disagree_share_a_wide_slot_under_a_guard() -> None:
    shape = Layout().shape(EnumT("E", ((I64,), (STRING,), (F64,)), ("A", "B", "C")))
    assert shape.leaves == ("i32", "i64")
    assert shape.owned == (Owned(1, (Guard(0, (1,)),)),)


def test_integers_of_different_width_share_the_widest() -> None:
    assert Layout().shape(EnumT("E", ((U8,), (I32,), (BOOL,)), ("A", "B", "C"))).leaves == ("i32", "i32")


def test_a_handle_that_several_variants_hold_is_owned_once() -> None:
    shape = Layout().shape(EnumT("E", ((STRING,), (VecT(I64),), (I64, I64)), ("A", "B", "C")))
    assert shape.owned == (Owned(1, (Guard(0, (0, 1)),)),)


def test_nested_enum_is_guarded_by_both_tags() -> None:
    inner = EnumT("I", ((I64,), (STRING,)), ("X", "Y"))
    shape = Layout().shape(EnumT("E", ((I64,), (inner,)), ("A", "B")))
    assert shape.leaves == ("i32", "i64", "i64")
    assert shape.owned == (Owned(2, (Guard(0, (1,)), Guard(1, (1,)))),)
