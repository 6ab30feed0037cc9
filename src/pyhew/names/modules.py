"""Modules and their scopes: which declaration each top-level name means.

In: the parsed root module and a `Loader` that finds others.  Out: `Program`, every
module in an order where imports come first, each with its scope filled in.
Assumed: the loader parses and reports syntax errors itself; nothing here reads files.
"""

from __future__ import annotations

from typing import Protocol

from pyhew.names.errors import (
    AmbiguousImport,
    CyclicImport,
    DuplicateName,
    ModuleNotFound,
    NameNotExported,
    PreludeRedefined,
)
from pyhew.names.wire import wire_name, wire_source, wire_types
from pyhew.source.diagnostics import CompilerBug, DiagnosticSink
from pyhew.source.records import field, record
from pyhew.source.spans import Span
from pyhew.syntax import nodes
from pyhew.types.facts import gives_way, is_marker
from pyhew.types.symbols import (
    ActorInfo,
    AliasInfo,
    ConstInfo,
    EnumInfo,
    FnInfo,
    MachineInfo,
    ModuleInfo,
    ModuleRef,
    PrimInfo,
    RecordInfo,
    SupervisorInfo,
    Symbol,
    TraitInfo,
)

PRELUDE = "std.prelude"
WIRE = ("std", "wire", "types")
REGEX = ("std", "text", "regex")


@record(eq=False, slots=True)
class LoadedModule:
    """What a loader found: a unique key, the trees of its files, whether it is our library, the package it came from."""

    key: str
    trees: list[nodes.Module]
    is_std: bool
    package: str = ""


class Loader(Protocol):
    """Finds modules for imports; `importer` is the key of the module that asks."""

    def by_path(self, path: tuple[str, ...], importer: str) -> LoadedModule | None:
        """`import a.b.c;`."""

    def by_file(self, file: str, importer: str) -> LoadedModule | None:
        """`import "file.hew";`."""

    def library_below(self, path: tuple[str, ...]) -> tuple[str, ...]:
        """The library's modules in a folder that is none itself."""

    def by_text(self, key: str, shown: str, text: str) -> LoadedModule:
        """A module of our own making, called `shown` in messages."""


@record(eq=False, slots=True)
class Program:
    """All modules, imports before importers; `prelude` is visible everywhere."""

    modules: list[ModuleInfo] = field(default_factory=list)
    prelude: ModuleInfo | None = None
    root: ModuleInfo | None = None
    regex: ModuleInfo | None = None
    """What `re".."` stands for, when some module uses it."""


class _Collector:
    """Walks the import graph depth first."""

    def __init__(self, loader: Loader, sink: DiagnosticSink) -> None:
        self.loader = loader
        self.sink = sink
        self.program = Program()
        self.done: dict[str, ModuleInfo] = {}
        self.open: list[str] = []

    def collect(self, loaded: LoadedModule) -> ModuleInfo:
        """The module with its scope; imports are collected on the way."""
        info = ModuleInfo(loaded.key, loaded.trees, loaded.is_std, loaded.package)
        self.open.append(loaded.key)
        for tree in loaded.trees:
            for item in tree.items:
                self._declare(info, item)
        info.scope.update(info.declared)
        if any(tree.has_regex for tree in loaded.trees):
            info.imports.append(self._regex(info.key))
        for tree in loaded.trees:
            for item in tree.items:
                if isinstance(item, nodes.Import):
                    self._import(info, item)
        self.open.pop()
        self.done[loaded.key] = info
        self.program.modules.append(info)
        self._derive(info)
        return info

    def _derive(self, info: ModuleInfo) -> None:
        """The companion of a module with `#[wire]` types; it is checked like what users write."""
        types = [] if info.is_std else wire_types(info.trees)
        if not types:
            return
        home = self._library(WIRE, info.key)
        key = f"{home.key} of {info.key}"
        text = self.loader.by_text(key, f"wire types of {info.key}", wire_source(types))
        made = ModuleInfo(key, text.trees, True, scope=dict(home.scope), imports=[home, info], is_made=True)
        made.scope.update((wire_name(i), info.declared[decl.name.text]) for i, decl in enumerate(types))
        self.done[key] = info.companion = made
        self.program.modules.append(made)

    def _regex(self, importer: str) -> ModuleInfo:
        found = self.program.regex = self.program.regex or self._library(REGEX, importer)
        return found

    def _library(self, path: tuple[str, ...], importer: str) -> ModuleInfo:
        """A module of the library that the language itself needs."""
        loaded = self.loader.by_path(path, importer)
        if loaded is None:
            raise CompilerBug(f"the library has no {'.'.join(path)}")
        return self.done.get(loaded.key) or self.collect(loaded)

    # ------------------------------------------------------------------ declarations

    def _declare(self, info: ModuleInfo, item: nodes.Item) -> None:
        for symbol, name in _symbols_of(info.key, item):
            if isinstance(symbol, FnInfo):
                info.functions.append(symbol)
            earlier = info.declared.get(symbol.name)
            if isinstance(earlier, FnInfo) and isinstance(symbol, FnInfo) and earlier.is_extern and symbol.is_extern:
                continue  # one symbol of C, which may be declared as often as a header is read
            if earlier is not None:
                self.sink.report(DuplicateName(name.span, symbol.name, _place_of(earlier)))
                continue
            prelude = self.program.prelude
            known = prelude.declared.get(symbol.name) if prelude is not None else None
            if known is not None and not info.is_std and info.key != "main" and not gives_way(symbol.name):
                if not isinstance(symbol, FnInfo) and is_public(known) and not is_marker(symbol.name):
                    self.sink.report(PreludeRedefined(name.span, symbol.name))
            info.declared[symbol.name] = symbol

    # ------------------------------------------------------------------ imports

    def _import(self, info: ModuleInfo, item: nodes.Import) -> None:
        target = self._load(info, item)
        if target is None:
            return
        if target not in info.imports:
            info.imports.append(target)
        if item.file is not None:
            for name, symbol in target.declared.items():
                info.scope.setdefault(name, symbol)
            for name, symbol in target.scope.items():
                if isinstance(symbol, ModuleRef):
                    continue
                if getattr(symbol, "visibility", "") and name not in info.declared:
                    info.scope.setdefault(name, symbol)
            return
        if item.names is None:
            alias = item.alias or item.path[-1]
            self._bind(info, alias, ModuleRef(alias.text, target))
            return
        for wanted in item.names:
            alias = wanted.alias or wanted.name
            if wanted.name.text == "self":
                own = wanted.alias or item.path[-1]
                self._bind(info, own, ModuleRef(own.text, target))
                continue
            offered = self._offered(target, wanted.name.text)
            if offered is None or (not is_offered(offered, target, info) and not target.is_std):
                known = tuple(n for n, s in target.declared.items() if is_offered(s, target, info))
                private = "" if offered is None else "package" if is_public(offered) else "module"
                self.sink.report(NameNotExported(wanted.span, wanted.name.text, target.key, known, private))
                continue
            self._bind(info, alias, offered)
        if not any(isinstance(s, ModuleRef) and s.module is target for s in info.scope.values()):
            own = item.path[-1]
            info.scope.setdefault(own.text, ModuleRef(own.text, target))

    def _offered(self, target: ModuleInfo, name: str) -> Symbol | None:
        """What a module gives under a name: its own, what it re-exports, for the library the prelude's."""
        found = target.declared.get(name) or _reexported(target, name)
        if found is None and target.is_std and self.program.prelude is not None:
            found = self.program.prelude.declared.get(name)
        return found

    def _bind(self, info: ModuleInfo, name: nodes.Ident, symbol: Symbol) -> None:
        earlier = info.scope.get(name.text)
        if earlier is symbol or (isinstance(earlier, ModuleRef) and isinstance(symbol, ModuleRef)):
            info.scope[name.text] = symbol
            return
        if name.text in info.declared:
            return
        if earlier is not None and not isinstance(earlier, ModuleRef):
            self.sink.report(AmbiguousImport(name.span, name.text))
            return
        info.scope[name.text] = symbol

    def _load(self, info: ModuleInfo, item: nodes.Import) -> ModuleInfo | None:
        if item.file is not None:
            loaded = self.loader.by_file(item.file, info.key)
            shown = item.file
        else:
            path = tuple(part.text for part in item.path)
            loaded = self.loader.by_path(path, info.key)
            shown = ".".join(path)
        if loaded is None:
            below = () if item.file is not None else self.loader.library_below(path)
            self.sink.report(ModuleNotFound(item.span, shown, below))
            return None
        if loaded.key in self.done:
            return self.done[loaded.key]
        if loaded.key in self.open:
            chain = (*self.open[self.open.index(loaded.key) :], loaded.key)
            self.sink.report(CyclicImport(item.span, chain))
            return None
        return self.collect(loaded)


def is_public(symbol: Symbol) -> bool:
    """Whether a declaration may be used outside its module."""
    return isinstance(symbol, ModuleRef | PrimInfo) or bool(symbol.visibility)


def is_offered(symbol: Symbol, owner: ModuleInfo, viewer: ModuleInfo) -> bool:
    """Whether a declaration of one module may be used in another: `package` is for modules of the same package."""
    word = getattr(symbol, "visibility", "pub")
    return word == "pub" or word == "package" and owner.package == viewer.package


def public_names(module: ModuleInfo) -> tuple[str, ...]:
    """What another module may use of it, for suggestions."""
    return tuple(name for name, symbol in module.declared.items() if is_public(symbol))


def _reexported(target: ModuleInfo, name: str) -> Symbol | None:
    for tree in target.trees:
        for item in tree.items:
            if isinstance(item, nodes.Import) and item.visibility and item.names:
                if any((n.alias or n.name).text == name for n in item.names):
                    return target.scope.get(name)
    return None


def _place_of(symbol: Symbol) -> Span | None:
    node = getattr(symbol, "node", None)
    return node.name.span if node is not None else None


def _symbols_of(module: str, item: nodes.Item) -> list[tuple[Symbol, nodes.Ident]]:
    """The symbols an item declares, with the name each is written at."""
    match item:
        case nodes.ConstDecl():
            return [(ConstInfo(item.name.text, module, item, item.visibility), item.name)]
        case nodes.AliasDecl():
            return [(AliasInfo(item.name.text, module, item, item.visibility), item.name)]
        case nodes.RecordDecl():
            return [(RecordInfo(item.name.text, module, item, item.visibility), item.name)]
        case nodes.EnumDecl():
            return [(EnumInfo(item.name.text, module, item, item.visibility), item.name)]
        case nodes.FnDecl():
            return [(FnInfo(item.name.text, module, item, item.visibility), item.name)]
        case nodes.TraitDecl():
            return [(TraitInfo(item.name.text, module, item, item.visibility), item.name)]
        case nodes.ExternBlock():
            return [
                (FnInfo(fn.name.text, module, fn, fn.visibility or item.visibility, is_extern=True), fn.name)
                for fn in item.functions
            ]
        case nodes.ActorDecl():
            return [(ActorInfo(item.name.text, module, item, item.visibility), item.name)]
        case nodes.SupervisorDecl():
            return [(SupervisorInfo(item.name.text, module, item, item.visibility), item.name)]
        case nodes.MachineDecl():
            states = EnumInfo(item.name.text, module, None, item.visibility)
            events = EnumInfo(item.name.text + "Event", module, None, item.visibility)
            machine = MachineInfo(item.name.text, module, item, states, events, item.visibility)
            states.machine = machine
            return [(machine, item.name), (events, item.name)]
        case nodes.Import() | nodes.ImplDecl():
            return []


def collect_program(
    prelude: LoadedModule | None, root: LoadedModule, loader: Loader, sink: DiagnosticSink
) -> Program:
    """Every module the root needs, in dependency order, scopes filled in."""
    collector = _Collector(loader, sink)
    if prelude is not None:
        collector.program.prelude = collector.collect(prelude)
    collector.program.root = collector.collect(root)
    return collector.program
