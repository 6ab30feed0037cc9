"""Source files in memory: which text an offset belongs to, and its line and column.

In: paths for display and decoded text.  Out: `Sources`, which every span's
`file` number indexes.
Assumed: nothing here touches the file system; lines end at `\\n` alone, so a
`\\r` before it counts as the line's last character.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator


class SourceFile:
    """One decoded file."""

    __slots__ = ("_line_starts", "index", "path", "text")

    def __init__(self, index: int, path: str, text: str) -> None:
        self.index = index
        self.path = path
        self.text = text
        self._line_starts: list[int] | None = None

    def line_starts(self) -> list[int]:
        """Offset of the first character of each line."""
        if self._line_starts is None:
            starts = [0]
            at = self.text.find("\n")
            while at >= 0:
                starts.append(at + 1)
                at = self.text.find("\n", at + 1)
            self._line_starts = starts
        return self._line_starts

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of `offset`, both from 1, columns in code points."""
        starts = self.line_starts()
        line = bisect_right(starts, max(0, min(offset, len(self.text))))
        return line, max(0, offset) - starts[line - 1] + 1

    def line_text(self, line: int) -> str:
        """Line number `line` (from 1) without its line end."""
        starts = self.line_starts()
        if not 1 <= line <= len(starts):
            return ""
        end = starts[line] - 1 if line < len(starts) else len(self.text)
        return self.text[starts[line - 1] : end].rstrip("\r")

    def byte_offset(self, offset: int) -> int:
        """How many bytes of UTF-8 stand before `offset`."""
        return len(self.text[:offset].encode("utf-8", "surrogatepass"))


class Sources:
    """The files of one compilation, numbered in the order they were added."""

    __slots__ = ("_files",)

    def __init__(self) -> None:
        self._files: list[SourceFile] = []

    def add(self, path: str, text: str) -> SourceFile:
        """Takes a file in and gives it the next number."""
        file = SourceFile(len(self._files), path, text)
        self._files.append(file)
        return file

    def __getitem__(self, index: int) -> SourceFile:
        return self._files[index]

    def __len__(self) -> int:
        return len(self._files)

    def __iter__(self) -> Iterator[SourceFile]:
        return iter(self._files)
