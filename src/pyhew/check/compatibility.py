"""Whether a new version of wire types still understands the old one, and the other way round.

In: the checked programs of both versions.  Out: diagnostics at places of the new one.
Assumed: types are the same type in both when they have the same name in the entry file.
"""

from __future__ import annotations

from pyhew.check.errors.wire import WireIncompatible
from pyhew.check.world import World
from pyhew.names.wire import option_of, tag_of, variant_tag
from pyhew.source.diagnostics import Diagnostic
from pyhew.source.spans import Span
from pyhew.syntax import nodes
from pyhew.types import facts
from pyhew.types.model import show
from pyhew.types.symbols import EnumInfo, FieldInfo, RecordInfo, VariantInfo

Wire = RecordInfo | EnumInfo


def compare_wire_types(old: World, new: World) -> list[Diagnostic]:
    """What programs built from one version cannot read of the other."""
    found: list[Diagnostic] = []
    later = _wire_types(new)
    file = new.program.root.trees[0].span if new.program.root is not None else Span(0, 0, 0)
    for name, before in _wire_types(old).items():
        after = later.get(name)
        if after is None:
            found.append(WireIncompatible(Span(file.file, 0, 0), f"`{name}` is gone", "keep the type"))
        elif isinstance(before, RecordInfo) and isinstance(after, RecordInfo):
            found += _compare_records(before, after)
        elif isinstance(before, EnumInfo) and isinstance(after, EnumInfo):
            found += _compare_enums(before, after)
        else:
            found.append(WireIncompatible(_place(after), f"`{name}` was another kind of type", "use a new name"))
    return found


def _wire_types(world: World) -> dict[str, Wire]:
    root = world.program.root
    declared = root.declared.values() if root is not None else ()
    return {s.name: s for s in declared if isinstance(s, RecordInfo | EnumInfo) and s.is_wire}


def _place(info: Wire) -> Span:
    assert info.node is not None
    return info.node.name.span


def _fields(info: RecordInfo) -> dict[int, FieldInfo]:
    return {tag_of(field.node, index): field for index, field in enumerate(info.fields)}


def _compare_records(before: RecordInfo, after: RecordInfo) -> list[Diagnostic]:
    found: list[Diagnostic] = []
    old, new = _fields(before), _fields(after)
    assert isinstance(before.node, nodes.RecordDecl) and isinstance(after.node, nodes.RecordDecl)
    for number in before.node.reserved:
        if number in new:
            field = new[number]
            found.append(_broken(field, f"`@{number}` was reserved", "give the field a new number"))
        elif number not in after.node.reserved:
            found.append(WireIncompatible(_place(after), f"`@{number}` is no longer reserved", _reserve(number)))
    for number, field in old.items():
        later = new.get(number)
        if later is None:
            if number not in after.node.reserved:
                what = f"field `{field.name}` is gone, and `@{number}` is not reserved"
                found.append(WireIncompatible(_place(after), what, _reserve(number)))
        elif later.name != field.name:
            what = f"`@{number}` was the number of `{field.name}`"
            found.append(_broken(later, what, "give the field a new number, or the old name"))
        elif show(later.type) != show(field.type):
            what = f"`{later.name}` was of type `{show(field.type)}`"
            found.append(_broken(later, what, "add a field with a new number instead"))
    for number, field in new.items():
        if number not in old and number not in before.node.reserved and _is_required(field):
            what = f"`{field.name}` is new, and old values do not have it"
            found.append(_broken(field, what, "make it `optional`, an `Option`, or give it a `default`"))
    return found


def _reserve(number: int) -> str:
    return f"write `reserved @{number};`"


def _broken(field: FieldInfo, what: str, advice: str) -> Diagnostic:
    return WireIncompatible(field.node.name.span, what, advice)


def _is_required(field: FieldInfo) -> bool:
    spared = any(option_of(field.node, name) for name in ("optional", "default", "repeated"))
    return not spared and not facts.is_builtin(field.type, "Option")


def _variants(info: EnumInfo) -> dict[int, VariantInfo]:
    assert isinstance(info.node, nodes.EnumDecl)
    return {variant_tag(node, i): info.variants[i] for i, node in enumerate(info.node.variants)}


def _compare_enums(before: EnumInfo, after: EnumInfo) -> list[Diagnostic]:
    found: list[Diagnostic] = []
    new = _variants(after)
    for number, variant in _variants(before).items():
        later = new.get(number)
        if later is None or later.name != variant.name:
            what = f"`{variant.name}` no longer has the number {number}"
            found.append(WireIncompatible(_place(after), what, "add variants at the end, or write their numbers"))
        elif [show(f.type) for f in later.fields] != [show(f.type) for f in variant.fields]:
            what = f"`{variant.name}` held other values"
            found.append(WireIncompatible(_place(after), what, "add a variant instead"))
    return found
