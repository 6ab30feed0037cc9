"""Lints about names: variables, imports and declarations nobody uses, names that hide others.

In: a module, what stands in its declarations, the model.  Out: lints.
Assumed: parameters are part of a signature and never unused; a loop may count without looking and
a resource may be held for its end alone; what is public, marked with an
attribute or called `_…` is meant to be there.
"""

from __future__ import annotations

from collections.abc import Iterator

from pyhew.check.errors import lints
from pyhew.check.lints.walk import Survey
from pyhew.check.model import Local, SemanticModel, UseField, UseFn, UseLocal
from pyhew.names.modules import Program, is_public
from pyhew.syntax import nodes
from pyhew.types import facts
from pyhew.types.model import Nominal, Prim, Var, prune
from pyhew.types.symbols import FnInfo, ModuleInfo, ModuleRef, TraitInfo

Declared = (
    nodes.ConstDecl | nodes.AliasDecl | nodes.RecordDecl | nodes.EnumDecl | nodes.FnDecl | nodes.TraitDecl
    | nodes.ActorDecl | nodes.SupervisorDecl | nodes.MachineDecl
)  # fmt: skip


def variables(model: SemanticModel, found: Survey) -> Iterator[lints.Lint]:
    """Variables that nobody reads or changes, or that hide another."""
    lets = {node.pattern: node for node in found.nodes if isinstance(node, nodes.Let)}
    counters = {node.pattern for node in found.nodes if isinstance(node, nodes.For)}
    for node in found.nodes:
        if not isinstance(node, nodes.BindPattern | nodes.FieldPattern):
            continue
        local = model.locals.get(node)
        if local is None or local.node is not node.name or local.name.startswith("_"):
            continue
        let = lets.get(node) if isinstance(node, nodes.BindPattern) else None
        if let is not None and local.hides is not None:
            yield lints.ShadowedVariable(node.span, local.name, local.hides.node.span)
        if not local.is_used:
            if node in counters or facts.holds_resource(local.type):
                continue
            yield lints.UnusedVariable(node.span, local.name, isinstance(node, nodes.FieldPattern))
        elif let is not None and isinstance(prune(local.type), Prim | Var) and local.name not in found.reads:
            yield lints.DeadStore(node.span, local.name)
        elif let is not None and let.value is not None and _is_needless(local):
            yield lints.NeedlessVar(node.span, local.name)


def _is_needless(local: Local) -> bool:
    """Whether a `var` could be a `let`; what the library changes in place needs neither word."""
    if not local.is_var or local.is_assigned:
        return False
    ty = prune(local.type)
    if isinstance(ty, Nominal) and getattr(ty.info, "module", "").startswith("std."):
        return False
    return isinstance(ty, Prim | Var | Nominal) and not facts.holds_collection(ty)


def lost_changes(model: SemanticModel, found: Survey) -> Iterator[lints.Lint]:
    """Closures that change their own copy of what is looked at outside afterwards."""
    mentions = [node for node in found.nodes if isinstance(node, nodes.NameExpr)]
    for node in found.nodes:
        closure = model.closures.get(node) if isinstance(node, nodes.Lambda | nodes.GenBlock) else None
        if closure is None:
            continue
        what = "closure" if isinstance(node, nodes.Lambda) else "generator"
        later = [_local(model, name) for name in mentions if name.span.start >= node.span.end]
        for change in found.nodes:
            if not node.span.start <= change.span.start < node.span.end:
                continue
            root = _changed(model, change)
            local = _local(model, root) if root is not None else None
            if local is not None and local in closure.captures and local in later:
                yield lints.LostChange(change.span, local.name, what)
            elif root is not None and isinstance(use := model.uses.get(root), UseField):
                yield lints.LostChange(change.span, use.actor.fields[use.index].name, what, True)


def _changed(model: SemanticModel, node: nodes.Node) -> nodes.Node | None:
    """The name at the head of what is changed here: by an assignment, or by a method that changes its receiver."""
    if isinstance(node, nodes.Assign):
        return _root(node.target)
    if not isinstance(node, nodes.Call) or not isinstance(node.callee, nodes.Member):
        return None
    use = model.uses.get(node)
    if isinstance(use, UseFn) and use.fn.has_self and use.fn.inputs[0].mode == "var":
        return _root(node.callee.base)
    return None


def _root(target: nodes.Node) -> nodes.Node:
    while isinstance(target, nodes.Member | nodes.Index):
        target = target.base
    return target


def _local(model: SemanticModel, node: nodes.Node) -> Local | None:
    use = model.uses.get(node)
    return use.local if isinstance(use, UseLocal) else None


def imports(module: ModuleInfo, surveys: dict[nodes.Item, Survey]) -> Iterator[lints.Lint]:
    """Imports of which nothing is used."""
    reads = set().union(*(one.reads for one in surveys.values()))
    used = set().union(*(one.modules for one in surveys.values()))
    for tree in module.trees:
        for item in tree.items:
            if not isinstance(item, nodes.Import) or item.visibility or item.file is not None or item.attributes:
                continue
            if item.names is None:
                name = (item.alias or item.path[-1]).text
                symbol = module.scope.get(name)
                is_used = not isinstance(symbol, ModuleRef) or _reaches(symbol.module, used, set())
                if name not in reads and not is_used:
                    yield lints.UnusedImport(item.span, name)
                continue
            for wanted in item.names:
                name = (wanted.alias or wanted.name).text
                if wanted.name.text == "self" or name in reads or isinstance(module.scope.get(name), TraitInfo):
                    continue
                yield lints.UnusedImport(wanted.span, name)


def _reaches(module: ModuleInfo, used: set[str], seen: set[str]) -> bool:
    """Whether anything of a module, or of those it brings along, is used.

    Impls for foreign types always are, and types may be used without being written.
    """
    if module.key in used or any(impl.trait is not None for impl in module.impls) or not module.functions:
        return True
    seen.add(module.key)
    return any(_reaches(inner, used, seen) for inner in module.imports if inner.key not in seen)


def hidden_prelude(program: Program, module: ModuleInfo) -> Iterator[lints.Lint]:
    """Declarations that hide a name of the prelude."""
    known = program.prelude.declared if program.prelude is not None else {}
    for tree in module.trees:
        for item in tree.items:
            if isinstance(item, Declared):
                hidden = known.get(item.name.text)
                if hidden is not None and is_public(hidden) and not facts.gives_way(item.name.text):
                    yield lints.ShadowedPrelude(item.name.span, item.name.text)


def dead_declarations(root: ModuleInfo, surveys: dict[nodes.Item, Survey]) -> Iterator[lints.Lint]:
    """What cannot be reached from `main`, a test or a public declaration of a program's own module."""
    if not isinstance(root.declared.get("main"), FnInfo):
        return
    named: dict[str, list[nodes.Item]] = {}
    reached: list[nodes.Item] = []
    for item in surveys:
        if isinstance(item, Declared):
            named.setdefault(item.name.text, []).append(item)
            if isinstance(item, nodes.MachineDecl):
                named.setdefault(item.name.text + "Event", []).append(item)
    for item in surveys:
        if isinstance(item, nodes.ImplDecl) and isinstance(item.target, nodes.NamedTypeExpr):
            owner = item.target.path[-1].text
            if owner in named:
                named[owner].append(item)
                continue
        if not isinstance(item, Declared) or _is_root(item):
            reached.append(item)
    seen = set(reached)
    while reached:
        for name in surveys[reached.pop()].reads:
            new = [item for item in named.get(name, ()) if item not in seen]
            seen.update(new)
            reached += new
    for item in surveys:
        if isinstance(item, Declared) and item not in seen:
            yield lints.DeadCode(item.name.span, _what(item), item.name.text)


def _is_root(item: Declared) -> bool:
    name = item.name.text
    return bool(item.visibility or item.attributes) or name == "main" or name.startswith("_")


def _what(item: Declared) -> str:
    match item:
        case nodes.FnDecl():
            return "function"
        case nodes.ConstDecl():
            return "constant"
        case nodes.EnumDecl():
            return "enum"
        case nodes.TraitDecl():
            return "trait"
        case nodes.ActorDecl():
            return "actor"
        case nodes.SupervisorDecl():
            return "supervisor"
        case nodes.MachineDecl():
            return "machine"
        case _:
            return "type"
