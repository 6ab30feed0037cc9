"""Finding and parsing modules: the `Loader` of the compiler.

In: a project and import paths.  Out: `LoadedModule` values; what cannot be read is
reported.
Assumed: a module is known by its real path, so two ways to write one import give one
module.  `std.*` is looked up in our package alone.  A file that a symbolic link moves
out of every folder the import may look into does not exist for the importer.
"""

from __future__ import annotations

import os

from pyhew.driver.errors import NO_FILE, AmbiguousModule, CannotRead
from pyhew.driver.files import FileLog
from pyhew.driver.project import MANIFEST, Project, package_name, read_manifest
from pyhew.names.modules import PRELUDE, LoadedModule
from pyhew.source.decode import decode, lossy_text
from pyhew.source.diagnostics import Diagnostic, DiagnosticSink
from pyhew.source.files import Sources
from pyhew.source.spans import Span
from pyhew.syntax import nodes
from pyhew.syntax.parse import parse_module

STD_FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "std")


class ModuleLoader:
    """The modules of one compilation."""

    def __init__(
        self, project: Project, package_dirs: tuple[str, ...], sources: Sources, sink: DiagnosticSink, log: FileLog
    ) -> None:
        self.project = project
        self.package_dirs = package_dirs
        self.sources = sources
        self.sink = sink
        self.log = log
        self._by_path: dict[str, LoadedModule] = {}
        self._folders: dict[str, str] = {}
        self._packages: dict[tuple[str, ...], str] | None = None

    # ------------------------------------------------------------------ entries

    def prelude(self) -> LoadedModule | None:
        """The declarations that every module sees."""
        return self._std(tuple(PRELUDE.split(".")))

    def root(self) -> LoadedModule:
        """The module of the project's entry file."""
        entry = self.project.entry
        module = LoadedModule("main", [self._parse(entry, entry)], False)
        self._by_path[os.path.realpath(entry)] = module
        self._folders["main"] = os.path.dirname(entry)
        return module

    def by_path(self, path: tuple[str, ...], importer: str) -> LoadedModule | None:
        """`import a.b.c;`."""
        if path[0] == "std":
            return self._std(path)
        for base, rest in self._places(path, importer):
            found = self._module_files(base, rest)
            if found and self._is_reachable(found[0], (base, self._folders[importer])):
                return self._load(".".join(path), found, False)
        return None

    def by_file(self, file: str, importer: str) -> LoadedModule | None:
        """`import "file.hew";`."""
        folder = self._folders[importer]
        if os.path.isabs(file) or "\0" in file:
            return None
        written = os.path.normpath(os.path.join(folder, file))
        if not self.log.is_file(written):
            return None
        named = os.path.normpath(os.path.join(os.path.realpath(folder), file))
        if os.path.realpath(written) != named and not self._is_reachable(written, (folder,)):
            return None
        return self._load(os.path.splitext(os.path.basename(file))[0], [written], False)

    def by_text(self, key: str, shown: str, text: str) -> LoadedModule:
        """A module of the compiler's own making."""
        index = len(self.sources)
        self.sources.add(shown, text)
        return LoadedModule(key, [parse_module(text, index, self.sink).module], True)

    # ------------------------------------------------------------------ search

    def _std(self, path: tuple[str, ...]) -> LoadedModule | None:
        base = os.path.join(STD_FOLDER, *path[1:])
        key = ".".join(path)
        if len(path) > 1 and os.path.isfile(base + ".hew"):
            return self._load(key, [base + ".hew"], True)
        names = self.log.hew_files(base) if len(path) > 1 else []
        is_module = key == PRELUDE or f"{path[-1]}.hew" in names
        return self._load(key, [os.path.join(base, name) for name in names], True) if is_module else None

    def library_below(self, path: tuple[str, ...]) -> tuple[str, ...]:
        """The library's modules in a folder that is none itself."""
        if path[0] != "std":
            return ()
        folder = os.path.join(STD_FOLDER, *path[1:])
        if not os.path.isdir(folder):
            return ()
        files = [name.removesuffix(".hew") for name in self.log.hew_files(folder)]
        folders = [name for name in os.listdir(folder) if self.log.is_file(os.path.join(folder, name, f"{name}.hew"))]
        return tuple(".".join((*path, name)) for name in sorted({*files, *folders}))

    def _places(self, path: tuple[str, ...], importer: str) -> list[tuple[str, tuple[str, ...]]]:
        """Where to look, in order: a folder and the path below it."""
        root = self.project.root
        places = [(self._folders[importer], path), (root, path)]
        if self.project.has_manifest:
            places.append((os.path.join(root, "src"), path))
        package = self.project.package
        if package and path[: len(package)] == package and len(path) > len(package):
            rest = path[len(package) :]
            places += [(root, rest), (os.path.join(root, "src"), rest)]
        for folder in self.package_dirs:
            places.append((folder, path))
        places += self._package_places(path)
        places.append((os.curdir, path))
        return places

    def _package_places(self, path: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
        """Packages below the package folders whose manifest, or else whose folder, has the first words as its name."""
        if self._packages is None:
            self._packages = self._find_packages()
        places: list[tuple[str, tuple[str, ...]]] = []
        for size in range(len(path), 0, -1):
            folder = self._packages.get(path[:size])
            if folder is not None and size == len(path):
                places.append((os.path.dirname(folder), (os.path.basename(folder),)))
            elif folder is not None:
                places += [(folder, path[size:]), (os.path.join(folder, "src"), path[size:])]
        if len(path) > 1:
            places += [(folder, path[1:]) for folder in self.package_dirs]
        return places

    def _find_packages(self) -> dict[tuple[str, ...], str]:
        found: dict[tuple[str, ...], str] = {}
        for packages in self.package_dirs:
            try:
                names = sorted(os.listdir(packages))
            except OSError as bad:
                self.sink.report(CannotRead(NO_FILE, packages, bad.strerror or "unreadable"))
                continue
            for name in names:
                manifest = os.path.join(packages, name, MANIFEST)
                if not self.log.is_file(manifest):
                    continue
                settings = read_manifest(manifest, self.log)
                if isinstance(settings, Diagnostic):
                    self.sink.report(settings)
                    continue
                found.setdefault(package_name(settings) or (name,), os.path.join(packages, name))
        return found

    def _module_files(self, base: str, path: tuple[str, ...]) -> list[str]:
        """The files of a module, the entry first; none if there is no such module."""
        stem = os.path.join(base, *path)
        single = stem + ".hew"
        entry = os.path.join(stem, path[-1] + ".hew")
        has_single, has_folder = self.log.is_file(single), self.log.is_file(entry)
        if has_single and has_folder:
            self._report_ambiguous(single, entry)
        if has_single:
            return [single]
        if not has_folder:
            return []
        peers = [name for name in self.log.hew_files(stem) if name != path[-1] + ".hew"]
        return [entry, *(os.path.join(stem, name) for name in peers)]

    def _report_ambiguous(self, single: str, entry: str) -> None:
        known = self._by_path.get(os.path.realpath(single))
        if known is None:
            self.sink.report(AmbiguousModule(Span(len(self.sources), 0, 0), self._shown(entry)))

    def _is_reachable(self, path: str, bases: tuple[str, ...]) -> bool:
        real = os.path.realpath(path)
        for base in (*bases, self.project.root, *self.package_dirs):
            folder = os.path.realpath(base)
            if real.startswith(folder.rstrip(os.sep) + os.sep):
                return True
        return False

    # ------------------------------------------------------------------ reading

    def _load(self, key: str, files: list[str], is_std: bool) -> LoadedModule:
        real = os.path.realpath(files[0])
        module = self._by_path.get(real)
        if module is None:
            unique, number = key, 1
            while unique in self._folders:
                number += 1
                unique = f"{key}~{number}"
            shown = self._shown_std if is_std else self._shown
            trees = [self._parse(file, shown(file)) for file in files]
            module = LoadedModule(unique, trees, is_std, "std" if is_std else self._package_of(real))
            self._by_path[real] = module
            self._folders[unique] = os.path.dirname(files[0])
        return module

    def _package_of(self, file: str) -> str:
        """The folder of the package that a file belongs to; nothing for the program's own."""
        root = os.path.realpath(self.project.root)
        for packages in self.package_dirs:
            folder = os.path.realpath(packages) + os.sep
            if file.startswith(folder) and not (root + os.sep).startswith(folder):
                return folder + file[len(folder) :].partition(os.sep)[0]
        return ""

    def _parse(self, path: str, shown: str) -> nodes.Module:
        index = len(self.sources)
        try:
            data = self.log.read(path)
        except (OSError, ValueError) as bad:
            self.sources.add(shown, "")
            reason = bad.strerror if isinstance(bad, OSError) else None
            self.sink.report(CannotRead(NO_FILE, shown, (reason or "not a usable path").lower()))
            return nodes.Module(0, Span(index, 0, 0), ())
        text = decode(data, index)
        if isinstance(text, Diagnostic):
            self.sources.add(shown, lossy_text(data))
            self.sink.report(text)
            return nodes.Module(0, Span(index, 0, 0), ())
        self.sources.add(shown, text)
        return parse_module(text, index, self.sink).module

    def _shown(self, path: str) -> str:
        """As the user would write it: below the working folder relative to it."""
        entry_is_absolute = os.path.isabs(self.project.entry)
        shown = os.path.normpath(path)
        if not entry_is_absolute and os.path.isabs(shown):
            relative = os.path.relpath(shown)
            return shown if relative.startswith("..") else relative
        return shown

    @staticmethod
    def _shown_std(path: str) -> str:
        return "std/" + os.path.relpath(path, STD_FOLDER).replace(os.sep, "/")
