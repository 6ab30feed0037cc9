"""SSA construction over long rows of joins."""

from __future__ import annotations

from pyhew.ir.ops import Function, Value, edges
from pyhew.ir.types import BOOL, I64, Use
from pyhew.lower.builder import Builder, Variable


def _row_of_joins(count: int, changes: bool) -> tuple[Function, Value]:
    """`if c { .. } else { .. }` so many times, then a read of what stood there before."""
    condition = Value(BOOL, "c")
    builder = Builder(Function("row", [condition], [Use.BORROW], I64))
    variable = Variable("x", I64)
    first = builder.int(1)
    builder.write(variable, first)
    for _ in range(count):
        then, other, done = (builder.new_block(name) for name in ("then", "else", "done"))
        builder.cond(condition, then, other)
        builder.start_sealed(then)
        if changes:
            builder.write(variable, builder.int(2))
        builder.branch(done)
        builder.start_sealed(other)
        builder.branch(done)
        builder.start_sealed(done)
    builder.ret([builder.read(variable)])
    return builder.finish(), first


def test_an_untouched_variable_needs_no_stack_and_no_parameters() -> None:
    made, first = _row_of_joins(5000, changes=False)
    assert not any(block.params for block in made.blocks)
    assert any(getattr(block.terminator, "values", None) == [first] for block in made.blocks)


def test_a_changed_variable_is_a_parameter_of_the_join() -> None:
    made, _ = _row_of_joins(3, changes=True)
    for block in made.blocks:
        for edge in edges(block.terminator):
            assert len(edge.args) == len(edge.block.params)
    assert sum(len(block.params) for block in made.blocks) == 3
