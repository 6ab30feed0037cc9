"""The code that `#[wire]` stands for, as Hew text.

In: a module's declarations.  Out: the text of impls of `WireType` and `WireMessage`, and the names that text uses
for the types.
Assumed: the text is read in a scope that has `std.wire.types` and these names.  It never writes a field's type:
inference finds it, so that text can be made before any type is known.  Numbers and options are checked elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pyhew.syntax import nodes

WireDecl = nodes.RecordDecl | nodes.EnumDecl

CONVENTIONS = ("camelCase", "PascalCase", "snake_case", "SCREAMING_SNAKE", "kebab-case")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+|[0-9]+")


def wire_types(trees: list[nodes.Module]) -> list[WireDecl]:
    """The declarations marked `#[wire]`."""
    return [
        item
        for tree in trees
        for item in tree.items
        if isinstance(item, WireDecl) and any(a.name == "wire" for a in item.attributes)
    ]


def wire_name(index: int) -> str:
    """What the made code calls type number `index`."""
    return f"Wire{index}"


def wire_source(types: list[WireDecl]) -> str:
    """The impls of all these types."""
    return "\n".join(line for index, decl in enumerate(types) for line in _impls(decl, wire_name(index)))


def tag_of(field: nodes.FieldDecl, index: int) -> int:
    """A field's number: as written, or its place from 1."""
    return field.tag if field.tag is not None else index + 1


def variant_tag(variant: nodes.VariantDecl, index: int) -> int:
    """A variant's number: as written, or its place from 0."""
    return variant.tag if variant.tag is not None else index


def option_of(field: nodes.FieldDecl, name: str) -> nodes.WireOption | None:
    """An option after the field."""
    return next((option for option in field.options if option.name == name), None)


def convention_of(decl: WireDecl, form: str) -> str:
    """What `#[json(camelCase)]` or `#[yaml(..)]` asks for."""
    for attribute in decl.attributes:
        if attribute.name == form and attribute.args:
            return attribute.args[0].name or attribute.args[0].value or ""
    return ""


def _impls(decl: WireDecl, name: str) -> Iterator[str]:
    count = len(decl.generics.params)
    args = f"<{', '.join(f'P{i}' for i in range(count))}>" if count else ""
    bounds = f"<{', '.join(f'P{i}: WireType' for i in range(count))}>" if count else ""
    target = name + args
    yield f"impl{bounds} WireType for {target} {{"
    yield from _record(decl, name, target) if isinstance(decl, nodes.RecordDecl) else _enum(decl, name, target)
    yield "}"
    yield f"impl{bounds} WireMessage for {target} {{}}"


# --------------------------------------------------------------------------- records


def _record(decl: nodes.RecordDecl, name: str, target: str) -> Iterator[str]:
    fields = [(tag_of(field, index), field) for index, field in enumerate(decl.fields)]
    yield "    fn to_wire(self, form: i64) -> WireValue {"
    yield "        var fields: Vec<WireField> = Vec.new();"
    for tag, field in sorted(fields, key=lambda pair: pair[0]):
        place = f"{tag}, {_keys(decl, field)}, form"
        value = f"self.{field.name.text}.to_wire(form)"
        if option_of(field, "optional"):
            yield f"        add_optional(fields, {place}, {value});"
        else:
            yield f"        fields.push(field({place}, {value}));"
    yield "        WireValue.Record(with_unknown(fields, form, unknown_fields(self)))"
    yield "    }"
    yield f"    fn from_wire(value: WireValue, form: i64) -> Result<{target}, string> {{"
    yield "        let fields = fields_of(value)?;"
    made = [(field, _reading(decl, tag, field)) for tag, field in fields]
    yield f"        Ok(keeping({_literal(decl, name, made)}, fields, form))"
    yield "    }"
    if fields:
        known = " | ".join(str(tag) for tag in sorted({tag for tag, _ in fields}))
        yield f"    fn knows(key: i64) -> bool {{ match key {{ {known} => true, _ => false }} }}"
    blank = [(field, "blank_of()?") for field in decl.fields]
    yield f"    fn blank() -> Result<{target}, string> {{ Ok({_literal(decl, name, blank)}) }}"


def _literal(decl: nodes.RecordDecl, name: str, values: list[tuple[nodes.FieldDecl, str]]) -> str:
    if decl.is_tuple:
        return f"{name}({', '.join(value for _, value in values)})"
    return f"{name} {{ {', '.join(f'{field.name.text}: {value}' for field, value in values)} }}"


def _keys(decl: WireDecl, field: nodes.FieldDecl) -> str:
    return f"{_key(decl, field, 'json')}, {_key(decl, field, 'yaml')}"


def _key(decl: WireDecl, field: nodes.FieldDecl, form: str) -> str:
    """The name of a field in a text form; YAML follows JSON where it says nothing of its own."""
    for name in (form, f"{form}_name", "json", "json_name"):
        option = option_of(field, name)
        if option is not None and isinstance(option.value, nodes.StringLiteral):
            return _quoted(option.value.value)
    return _quoted(_styled(decl, field.name.text, form))


def _styled(decl: WireDecl, name: str, form: str) -> str:
    return styled(name, convention_of(decl, form) or convention_of(decl, "json"))


def styled(name: str, convention: str) -> str:
    """A name by a convention: `user_name` as `userName`."""
    words: list[str] = [word.lower() for word in _WORD.findall(name)]
    if not words:
        return name
    match convention:
        case "camelCase":
            return words[0] + "".join(word.capitalize() for word in words[1:])
        case "PascalCase":
            return "".join(word.capitalize() for word in words)
        case "snake_case":
            return "_".join(words)
        case "SCREAMING_SNAKE":
            return "_".join(words).upper()
        case "kebab-case":
            return "-".join(words)
        case _:
            return name


def _reading(decl: nodes.RecordDecl, tag: int, field: nodes.FieldDecl) -> str:
    place = f"fields, form, {tag}, {_keys(decl, field)}"
    default = option_of(field, "default")
    if default is not None and default.value is not None:
        return f"defaulted({place}, {literal_text(default.value) or 'blank_of()?'})?"
    for name in ("repeated", "optional"):
        if option_of(field, name):
            return f"{name}({place})?"
    return f"required({place})?"


def literal_text(value: nodes.Expr) -> str | None:
    """A literal as Hew text; nothing for any other expression."""
    match value:
        case nodes.IntLiteral():
            return str(value.value)
        case nodes.FloatLiteral():
            return value.text
        case nodes.BoolLiteral():
            return "true" if value.value else "false"
        case nodes.StringLiteral():
            return _quoted(value.value)
        case nodes.Unary(op="-"):
            inner = literal_text(value.operand)
            return f"-{inner}" if inner and isinstance(value.operand, nodes.IntLiteral | nodes.FloatLiteral) else None
        case _:
            return None


def _quoted(text: str) -> str:
    escaped = "".join(c if c.isprintable() and c not in '"\\' else f"\\u{{{ord(c):x}}}" for c in text)
    return f'"{escaped}"'


# --------------------------------------------------------------------------- enums


def _enum(decl: nodes.EnumDecl, name: str, target: str) -> Iterator[str]:
    tagged = [(variant_tag(variant, index), variant) for index, variant in enumerate(decl.variants)]
    yield "    fn to_wire(self, form: i64) -> WireValue {"
    yield "        match self {" if tagged else '        panic("an enum without variants has no value")'
    for tag, variant in tagged:
        yield f"            {name}.{_pattern(variant)} => {_writing(decl, tag, variant)},"
    yield "        }" if tagged else ""
    yield "    }"
    yield f"    fn from_wire(value: WireValue, form: i64) -> Result<{target}, string> {{"
    for form in ("json", "yaml"):
        shown = ", ".join(_quoted(_styled(decl, variant.name.text, form)) for variant in decl.variants)
        yield f"        let {form}_names: Vec<string> = [{shown}];"
    yield f"        let tags: Vec<i64> = [{', '.join(str(tag) for tag, _ in tagged)}];"
    yield "        let choice = choice_of(value, form, if form == YAML { yaml_names } else { json_names }, tags)?;"
    yield "        match choice.tag {"
    for tag, variant in tagged:
        yield f"            {tag} => {{ {_choosing(name, variant)} }}"
    yield "            _ => no_variant(choice),"
    yield "        }"
    yield "    }"
    first = decl.variants[0] if decl.variants else None
    blank = f"Ok({name}.{first.name.text})" if first and first.shape == "unit" else 'Err("is missing")'
    yield f"    fn blank() -> Result<{target}, string> {{ {blank} }}"


def _pattern(variant: nodes.VariantDecl) -> str:
    held = ", ".join(
        f"a{i}" if variant.shape == "tuple" else f"{field.name.text}: a{i}" for i, field in enumerate(variant.fields)
    )
    match variant.shape:
        case "unit":
            return variant.name.text
        case "tuple":
            return f"{variant.name.text}({held})"
        case _:
            return f"{variant.name.text} {{ {held} }}"


def _writing(decl: nodes.EnumDecl, tag: int, variant: nodes.VariantDecl) -> str:
    json, yaml = (_quoted(_styled(decl, variant.name.text, form)) for form in ("json", "yaml"))
    shown = json if json == yaml else f"if form == YAML {{ {yaml} }} else {{ {json} }}"
    values = [f"a{i}.to_wire(form)" for i in range(len(variant.fields))]
    if variant.shape in ("unit", "tuple"):
        return f"WireValue.Variant({tag}, {shown}, [{', '.join(values)}])" if values else (
            f"WireValue.Variant({tag}, {shown}, Vec.new())"
        )
    fields = ", ".join(
        f"field({index}, {_keys(decl, field)}, form, {value})"
        for index, (field, value) in enumerate(zip(variant.fields, values))
    )
    return f"WireValue.Shape({tag}, {shown}, [{fields}])"


def _choosing(name: str, variant: nodes.VariantDecl) -> str:
    made = f"{name}.{variant.name.text}"
    count = len(variant.fields)
    match variant.shape:
        case "unit":
            return f"choice.has(0)?; Ok({made})"
        case "tuple":
            items = ", ".join(f"choice.item({index}, form)?" for index in range(count))
            return f"choice.has({count})?; Ok({made}({items}))"
        case _:
            items = ", ".join(
                f"{field.name.text}: choice.named({index}, {_quoted(field.name.text)}, form)?"
                for index, field in enumerate(variant.fields)
            )
            return f"choice.has_named({count}, form)?; Ok({made} {{ {items} }})"
