"""Reading files while remembering what was read.

In: paths.  Out: bytes, plus a log of every file read, every path probed in vain and
every folder listed, from which `cache.py` decides whether anything has changed.
Assumed: the log is complete only if all reading of one compilation goes through it.
"""

from __future__ import annotations

import os
from hashlib import sha256
from typing import NamedTuple


class FileStamp(NamedTuple):
    """What a file was when it was read."""

    size: int
    mtime_ns: int
    inode: int
    digest: str


class FileLog:
    """One compilation's view of the file system."""

    __slots__ = ("absent", "folders", "stamps")

    def __init__(self) -> None:
        self.stamps: dict[str, FileStamp] = {}
        self.absent: dict[str, None] = {}
        self.folders: dict[str, list[str]] = {}

    def read(self, path: str) -> bytes:
        """The bytes of `path`; raises `OSError` like `open`."""
        full = os.path.abspath(path)
        with open(full, "rb") as file:
            data = file.read()
            stat = os.fstat(file.fileno())
        self.stamps[full] = FileStamp(stat.st_size, stat.st_mtime_ns, stat.st_ino, sha256(data).hexdigest())
        return data

    def is_file(self, path: str) -> bool:
        """Whether `path` is a regular file; a vain probe is remembered."""
        found = os.path.isfile(path)
        if not found:
            self.absent[os.path.abspath(path)] = None
        return found

    def hew_files(self, folder: str) -> list[str]:
        """Names of the source files of `folder` in order, tests left out; none if it is no folder."""
        full = os.path.abspath(folder)
        names = list_hew_files(full)
        self.folders[full] = names
        return names


def list_hew_files(folder: str) -> list[str]:
    """Names ending in `.hew`, in order, without those ending in `_test.hew`."""
    try:
        names = os.listdir(folder)
    except OSError:
        return []
    return sorted(n for n in names if n.endswith(".hew") and not n.endswith("_test.hew"))
