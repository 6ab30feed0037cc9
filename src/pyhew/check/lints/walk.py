"""What a declaration reads and binds.

In: a checked tree.  Out: `Survey`: every node in it, the names it reads, the modules it uses.
Assumed: a name counts as read wherever it is written, except where it is declared, bound or assigned;
that errs towards silence.
"""

from __future__ import annotations

from collections.abc import Iterator

from pyhew.check.model import (
    Resolution,
    SemanticModel,
    UseConst,
    UseDyn,
    UseFn,
    UseHandler,
    UseRecord,
    UseTrait,
    UseVariant,
)
from pyhew.source.records import field, record
from pyhew.syntax import nodes
from pyhew.types.model import Nominal
from pyhew.types.symbols import ActorInfo, ConstInfo, EnumInfo, FnInfo, RecordInfo, TraitInfo


@record(slots=True)
class Survey:
    """What stands in one declaration."""

    nodes: list[nodes.Node] = field(default_factory=list)
    reads: set[str] = field(default_factory=set)
    modules: set[str] = field(default_factory=set)


def parts(node: nodes.Node) -> Iterator[nodes.Node]:
    """The nodes directly inside."""
    for name in type(node).__slots__:
        value = getattr(node, name)
        if isinstance(value, tuple):
            for item in value:
                if isinstance(item, nodes.Node):
                    yield item
        elif isinstance(value, nodes.Node):
            yield value


def survey(model: SemanticModel, item: nodes.Node) -> Survey:
    """Looks through one declaration."""
    made = Survey()
    own = getattr(item, "name", None)
    todo: list[nodes.Node] = [item]
    skipped: set[nodes.Node] = {own} if isinstance(own, nodes.Ident) else set()
    while todo:
        node = todo.pop()
        if isinstance(node, nodes.Ident):
            if node not in skipped:
                made.reads.add(node.text)
            continue
        made.nodes.append(node)
        match node:
            case nodes.BindPattern():
                skipped.add(node.name)
            case nodes.FieldPattern(pattern=None):
                skipped.add(node.name)
            case nodes.Assign(op=None, target=nodes.NameExpr() as target):
                skipped.add(target.name)
            case _:
                pass
        for table in (model.uses, model.iterations, model.displays):
            use = table.get(node)
            if use is not None:
                _note(made, use)
        todo.extend(parts(node))
    return made


def _note(made: Survey, use: Resolution) -> None:
    symbol: ConstInfo | EnumInfo | FnInfo | RecordInfo | TraitInfo
    match use:
        case UseConst():
            symbol = use.const
        case UseFn():
            symbol = use.fn
        case UseVariant():
            symbol = use.enum
        case UseRecord():
            symbol = use.record
        case UseTrait() | UseDyn():
            symbol = use.trait
        case UseHandler():
            if isinstance(use.target, Nominal) and isinstance(use.target.info, ActorInfo):
                made.modules.add(use.target.info.module)
            return
        case _:
            return
    made.reads.add(symbol.name)
    made.modules.add(symbol.module)
