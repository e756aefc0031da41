"""A table that somebody uploads as text: its letters, its separator, its rows with the lines they stand on.

Invariant: nothing is guessed silently: what was taken for the encoding and the separator is told, and a file that
cannot be read whole is refused with the line at which reading ended.
"""

import codecs
import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 200_000
MAX_COLUMNS = 200
MAX_CELL = 2_000
SEPARATORS = (";", "\t", ",", "|")
_LINES_LOOKED_AT = 20
_LINES_TOLD = 10
_BINARY_BEGINNINGS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")


class UnreadableFile(ValueError):
    """The file cannot be read; ``key`` names a sentence of the catalogues, ``values`` fill it."""

    def __init__(self, key: str, **values: int | str) -> None:
        super().__init__(key)
        self.key, self.values = key, values


@dataclass(frozen=True)
class TextTable:
    """A file that was opened: its header, how it is written, and its text."""

    header: tuple[str, ...]
    encoding: str
    separator: str
    text: str

    def rows(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """(line, cells trimmed) of every row below the header that is not blank.

        Raises: UnreadableFile for a quote that never ends and for more than ``MAX_ROWS`` rows.
        """
        records = _records(self.text, self.separator)
        next(records, None)
        for count, (line, cells) in enumerate(records, start=1):
            if count > MAX_ROWS:
                raise UnreadableFile("imports.file.too_many_rows", most=MAX_ROWS)
            yield line, cells

    def read_through(self) -> int:
        """How many rows there are. Raises: UnreadableFile, as ``rows``."""
        return sum(1 for _ in self.rows())


def name_lines(lines: Sequence[int]) -> str:
    """Lines of a file in a sentence; of many the first ten."""
    return ", ".join(str(line) for line in lines[:_LINES_TOLD]) + (" …" if len(lines) > _LINES_TOLD else "")


def open_table(content: bytes, separator: str | None = None) -> TextTable:
    """The table of an upload. ``separator`` is found out when it is not given.

    Raises: UnreadableFile when it is empty, too large, no text, or has no header that could be mapped.
    """
    if len(content) > MAX_BYTES:
        raise UnreadableFile("imports.file.too_large", most=MAX_BYTES // (1024 * 1024))
    text, encoding = _decode(content)
    text, told = _told_separator(text)
    if not text.strip():
        raise UnreadableFile("imports.file.empty")
    found = separator or told or _find_separator(text)
    header = next((cells for _, cells in _records(text, found)), ())
    if len(header) > MAX_COLUMNS:
        raise UnreadableFile("imports.file.too_many_columns", most=MAX_COLUMNS)
    return TextTable(header, encoding, found, text)


def _decode(content: bytes) -> tuple[str, str]:
    """(text, encoding). Raises: UnreadableFile."""
    if content.startswith(_BINARY_BEGINNINGS):
        raise UnreadableFile("imports.file.not_text")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        tried: tuple[str, ...] = ("utf-16",)
    else:
        tried = ("utf-8-sig" if content.startswith(codecs.BOM_UTF8) else "utf-8", "cp1251")
    for encoding in tried:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text, encoding.removesuffix("-sig")
    raise UnreadableFile("imports.file.not_text")


def _told_separator(text: str) -> tuple[str, str | None]:
    """Excel may name the separator in a first line ``sep=;``."""
    first, _, rest = text.partition("\n")
    written = first.strip("\r\ufeff ").lower()
    if written.startswith("sep=") and len(written) == 5 and written[4] in SEPARATORS:
        return rest, written[4]
    return text, None


def _find_separator(text: str) -> str:
    """The separator that cuts the first lines into the most columns, all of them alike."""
    lines = [line for line in text.splitlines()[:_LINES_LOOKED_AT] if line.strip()]

    def worth(separator: str) -> tuple[int, int]:
        widths = [len(cells) for cells in csv.reader(lines, delimiter=separator)]
        alike = sum(1 for width in widths if width == widths[0])
        return (alike if widths[0] > 1 else 0, widths[0])

    try:
        return max(SEPARATORS, key=worth)
    except csv.Error:
        return SEPARATORS[0]


def _records(text: str, separator: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """(first line, cells) of every record that is not blank, the header included."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            trimmed = tuple(cell.replace("\u00a0", " ").strip() for cell in cells)
            if any(trimmed):
                yield line, trimmed
            line = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableFile("imports.file.broken_quotes", line=line) from error
