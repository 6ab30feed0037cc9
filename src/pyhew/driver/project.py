"""Projects: the folder a program belongs to, its manifest, its entry file.

In: what the user named (a file, a folder, nothing).  Out: `Project`.
Assumed: `hew.toml` is optional; without one, the folder of the file is the project.
"""

from __future__ import annotations

import os
import tomllib

from pyhew.driver.errors import NO_FILE, BadManifest, CannotRead, NoEntryPoint
from pyhew.driver.files import FileLog
from pyhew.source.diagnostics import Diagnostic
from pyhew.source.records import field, record

MANIFEST = "hew.toml"


@record(frozen=True, slots=True)
class Project:
    """`root` is the folder that imports start from; `entry` the file to compile, as the user would write it."""

    root: str
    entry: str
    package: tuple[str, ...] = ()
    has_manifest: bool = False
    settings: dict[str, object] = field(default_factory=dict)

    @property
    def program_name(self) -> str:
        """The name of the executable: the package's last word, else the file's stem."""
        return self.package[-1] if self.package else os.path.splitext(os.path.basename(self.entry))[0]


def find_project(named: str | None, log: FileLog) -> Project | Diagnostic:
    """The project of a file or folder; `None` means the working folder."""
    start = named if named is not None else os.curdir
    if named is not None and not os.path.isdir(named):
        folder = os.path.dirname(os.path.abspath(named))
        manifest_folder = _manifest_folder(folder, log)
        if manifest_folder is None:
            return Project(folder, named)
        settings = read_manifest(os.path.join(manifest_folder, MANIFEST), log)
        if isinstance(settings, Diagnostic):
            return settings
        return Project(manifest_folder, named, package_name(settings), True, settings)
    root = start if log.is_file(os.path.join(start, MANIFEST)) else _manifest_folder(os.path.abspath(start), log)
    if named is not None and root is not None and os.path.abspath(root) != os.path.abspath(named):
        root = None
    if root is None:
        entry = os.path.join(start, "main.hew")
        return Project(start, _short(entry)) if log.is_file(entry) else NoEntryPoint(NO_FILE, start)
    settings = read_manifest(os.path.join(root, MANIFEST), log)
    if isinstance(settings, Diagnostic):
        return settings
    return _package_project(root, settings, log)


def _package_project(root: str, settings: dict[str, object], log: FileLog) -> Project | Diagnostic:
    main = _package_table(settings).get("main")
    if main is not None and not isinstance(main, str):
        return BadManifest(NO_FILE, os.path.join(root, MANIFEST), "`main` is not a string")
    for candidate in [main] if main else ["main.hew", "src/main.hew"]:
        entry = os.path.join(root, candidate)
        if log.is_file(entry):
            return Project(root, _short(entry), package_name(settings), True, settings)
    return CannotRead(NO_FILE, os.path.join(root, main or "main.hew"), "the package's entry file does not exist")


def _short(path: str) -> str:
    shown = os.path.relpath(path)
    return path if shown.startswith("..") else shown


def _manifest_folder(folder: str, log: FileLog) -> str | None:
    while not log.is_file(os.path.join(folder, MANIFEST)):
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    return folder


def read_manifest(path: str, log: FileLog) -> dict[str, object] | Diagnostic:
    """The tables of a manifest."""
    try:
        return tomllib.loads(log.read(path).decode("utf-8"))
    except OSError as bad:
        return CannotRead(NO_FILE, path, bad.strerror or "unreadable")
    except UnicodeDecodeError:
        return BadManifest(NO_FILE, path, "it is not UTF-8")
    except tomllib.TOMLDecodeError as bad:
        return BadManifest(NO_FILE, path, str(bad))


def _package_table(settings: dict[str, object]) -> dict[str, object]:
    table = settings.get("package")
    return table if isinstance(table, dict) else {}


def package_name(settings: dict[str, object]) -> tuple[str, ...]:
    """The words of the package's name as imports write them: `hew::shapes` is `hew.shapes`."""
    name = _package_table(settings).get("name")
    if not isinstance(name, str):
        return ()
    return tuple(part for part in name.replace("::", ".").replace("-", "_").split(".") if part)
