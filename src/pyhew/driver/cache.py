"""The user's cache: what was built before, and whether it is still true.

In: what a build depended on.  Out: paths of results that are still valid.
Assumed: entries are written whole and then renamed, so a reader sees all or nothing;
anyone may delete the folder at any time.  This file is on the way of every `hew run`,
so it imports only what starts fast.
"""

from __future__ import annotations

import json
import os
import time
from hashlib import sha256

from pyhew.driver.files import FileLog, FileStamp, list_hew_files

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

MAX_BYTES = 2 << 30
"""Enough for some thousand programs; the oldest go first."""

_CODE = (".py", ".hew", ".c", ".h")


def cache_folder() -> str:
    """Where results are kept: `HEW_CACHE`, else the user's cache folder."""
    named = os.environ.get("HEW_CACHE")
    if named:
        return os.path.abspath(named)
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "pyhew")


def compiler_id() -> str:
    """A name for this state of the compiler: its files' names, sizes and times."""
    lines: list[str] = []
    _stamp_folder(PACKAGE, "", lines)
    return sha256("\n".join(lines).encode()).hexdigest()


def _stamp_folder(folder: str, below: str, lines: list[str]) -> None:
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda e: e.name):
            if entry.is_dir():
                if entry.name != "__pycache__":
                    _stamp_folder(entry.path, f"{below}{entry.name}/", lines)
            elif entry.name.endswith(_CODE):
                stat = entry.stat()
                lines.append(f"{below}{entry.name} {stat.st_size} {stat.st_mtime_ns}")


def program_key(entry: str | None, flags: str) -> str:
    """The name of a program's entry: the file as given, the folder it is given in, the flags, the compiler."""
    parts = ("" if entry is None else entry, os.getcwd(), flags, compiler_id())
    return sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:32]


class CachedProgram:
    """A program that was built before and whose files have not changed."""

    __slots__ = ("executable",)

    def __init__(self, executable: str) -> None:
        self.executable = executable


def find_program(key: str) -> CachedProgram | None:
    """The entry of that key, if everything it was made from is as it was."""
    programs = os.path.join(cache_folder(), "programs")
    try:
        with open(os.path.join(programs, key + ".json"), "rb") as file:
            manifest = json.load(file)
        folder = os.path.join(programs, manifest["folder"])
        executable = os.path.join(folder, manifest["executable"])
        if not _is_unchanged(manifest) or not os.access(executable, os.R_OK):
            return None
        os.utime(folder)
        return CachedProgram(executable)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _is_unchanged(manifest: dict[str, object]) -> bool:
    files, absent, folders = manifest["files"], manifest["absent"], manifest["folders"]
    if not isinstance(files, dict) or not isinstance(absent, list) or not isinstance(folders, dict):
        return False
    return (
        all(_is_same_file(path, FileStamp(*stamp)) for path, stamp in files.items())
        and not any(os.path.isfile(path) for path in absent)
        and all(list_hew_files(folder) == names for folder, names in folders.items())
    )


def _is_same_file(path: str, stamp: FileStamp) -> bool:
    stat = os.stat(path)
    if stat.st_size != stamp.size:
        return False
    if stat.st_mtime_ns == stamp.mtime_ns and stat.st_ino == stamp.inode:
        return True
    with open(path, "rb") as file:
        return sha256(file.read()).hexdigest() == stamp.digest


def new_entry(kind: str, key: str) -> str:
    """A fresh folder to build an entry in; nobody else ever writes there."""
    folder = os.path.join(cache_folder(), kind)
    os.makedirs(folder, exist_ok=True)
    own = os.path.join(folder, f"{key}-{os.getpid()}-{time.time_ns():x}")
    os.mkdir(own)
    return own


def publish(own: str, kind: str, key: str) -> str:
    """Gives a finished folder the name of its key, unless an equal one has it already."""
    final = os.path.join(cache_folder(), kind, key)
    try:
        os.rename(own, final)
    except OSError:
        if not os.path.isdir(final):
            return own
        _remove(own)
    return final


def discard(own: str) -> None:
    """Throws away a folder that came to nothing."""
    _remove(own)


def _remove(folder: str) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)


def store_program(key: str, own: str, executable: str, log: FileLog) -> str:
    """Makes a built executable the entry of its key, with the log of what it was made from; gives its path.

    The folder of an entry it replaces stays until space is needed: someone may be about to start it.
    """
    manifest = {
        "folder": os.path.basename(own),
        "executable": executable,
        "files": {path: list(stamp) for path, stamp in log.stamps.items() if not path.startswith(PACKAGE + os.sep)},
        "absent": list(log.absent),
        "folders": {path: names for path, names in log.folders.items() if not path.startswith(PACKAGE + os.sep)},
    }
    with open(os.path.join(own, "manifest.json"), "w", encoding="utf-8") as file:
        json.dump(manifest, file)
    programs = os.path.dirname(own)
    os.replace(os.path.join(own, "manifest.json"), os.path.join(programs, key + ".json"))
    _limit_size(programs)
    return os.path.join(own, executable)


def _limit_size(folder: str) -> None:
    """Drops the entries longest unused until the rest fits."""
    entries = []
    with os.scandir(folder) as found:
        for entry in found:
            if not entry.is_dir():
                continue
            try:
                size = sum(inner.stat().st_size for inner in os.scandir(entry.path))
                entries.append((entry.stat().st_mtime, size, entry.path))
            except OSError:
                continue
    total = sum(size for _, size, _ in entries)
    for _, size, path in sorted(entries):
        if total <= MAX_BYTES:
            return
        _remove(path)
        total -= size
