"""Reading lexicon files strictly: every mistake becomes a ``LexiconError`` that names the file, the entry and the key."""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assistant.errors import LexiconError
from assistant.lexicon.matching import key_of


def read_toml(path: Path, tables: tuple[str, ...]) -> dict[str, Any]:
    """The file's contents; ``tables`` are the top-level keys it may have.

    :raises LexiconError: missing, not UTF-8, not TOML, or with an unknown top-level key.
    """
    text = _read_text(path)
    try:
        data = _plain_entries(text) or tomllib.loads(text)
    except tomllib.TOMLDecodeError as e:
        raise LexiconError(
            f"{path.name} is not valid TOML: {e}; look there for a missing quotation mark, comma or bracket"
        ) from None
    for key in data:
        if key not in tables:
            raise LexiconError(f"{path.name}: unknown key {key!r}; {_nearest(key, tables)}")
    return data


_PLAIN_LINE = re.compile(r"([a-z_]+) = (\".*\"|\[.*\]|true|false|\d+)")


def _plain_entries(text: str) -> dict[str, Any] | None:
    """What TOML of nothing but ``[[table]]`` lines and one-line values holds; ``None`` for any other.

    The values are then JSON too, which is read at fifteen times the speed of ``tomllib``: 200 KB of measures would
    take a tenth of a second of every start.
    """
    data: dict[str, Any] = {}
    entry: dict[str, Any] | None = None
    for line in text.split("\n"):
        if not line or line.startswith("#"):
            continue
        if line.startswith("[[") and line.endswith("]]") and line[2:-2].isidentifier():
            entry = {}
            data.setdefault(line[2:-2], []).append(entry)
            continue
        m = _PLAIN_LINE.fullmatch(line)
        if m is None or entry is None or m[1] in entry or "\\/" in line:
            return None
        try:
            entry[m[1]] = json.loads(m[2])
        except json.JSONDecodeError:
            return None
    return data


def read_tsv(path: Path, columns: tuple[str, ...]) -> list[tuple[int, list[str]]]:
    """``(line number, cells)`` of a tab-separated file without a heading line; ``#`` begins a comment line.

    Missing cells at the end of a line are empty.

    :raises LexiconError: missing, not UTF-8, a line with too many cells or an empty first one.
    """
    rows = []
    for number, line in enumerate(_read_text(path).split("\n"), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [cell.strip() for cell in line.rstrip("\r").split("\t")]
        if len(cells) > len(columns) or not cells[0]:
            raise LexiconError(
                f"{path.name}, line {number}: {line.strip()[:40]!r} has {len(cells)} columns and must have"
                f" {' , '.join(columns)}, separated by one tab each"
            )
        rows.append((number, cells + [""] * (len(columns) - len(cells))))
    return rows


def entries(data: Mapping[str, Any], table: str, *, file: str) -> list[Mapping[str, Any]]:
    """The ``[[table]]`` entries of a file.

    :raises LexiconError: there is none, or the key is not a list of tables.
    """
    value = data.get(table)
    if not isinstance(value, list) or not value or not all(isinstance(x, dict) for x in value):
        raise LexiconError(f"{file}: no entries under {table!r}; begin each one with the line [[{table}]]")
    return value


class Entry:
    """One entry, read key by key; ``done`` then finds keys that nobody asked for."""

    def __init__(self, data: Mapping[str, Any], *, file: str, place: str) -> None:
        self._data = data
        self._file = file
        self._place = place
        self._asked: set[str] = set()

    def fail(self, key: str, problem: str) -> LexiconError:
        """The error for this key."""
        return LexiconError(f"{self._file}, {self._place}, key {key!r}: {problem}")

    def string(self, key: str) -> str:
        """A text that must be there and not be empty."""
        value = self._get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.fail(key, f"is {value!r} and must be a text in quotation marks, not empty")
        return value.strip()

    def strings(self, key: str) -> tuple[str, ...]:
        """A list of texts, which may be left out."""
        value = self._get(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(x, str) and x.strip() for x in value):
            raise self.fail(key, f'is {value!r} and must be a list of texts: ["…", "…"]')
        return tuple(x.strip() for x in value)

    def words(self, key: str) -> tuple[str, ...]:
        """A list of wordings to be found in texts: each needs a Chinese character, a Latin letter or a digit."""
        words = self.strings(key)
        for word in words:
            if not key_of(word):
                raise self.fail(key, f"{word!r} has no Chinese character, Latin letter or digit; remove it")
        return words

    def flag(self, key: str) -> bool:
        """True or false; false if left out."""
        value = self._get(key)
        if value is not None and not isinstance(value, bool):
            raise self.fail(key, f"is {value!r} and must be true or false, without quotation marks")
        return bool(value)

    def pair(self, key: str) -> tuple[int, int]:
        """Two whole numbers, not negative."""
        value = self._get(key)
        if isinstance(value, list) and len(value) == 2 and all(type(x) is int and x >= 0 for x in value):
            return value[0], value[1]
        raise self.fail(key, f"is {value!r} and must be two whole numbers: [row, column]")

    def done(self) -> None:
        """:raises LexiconError: the entry has a key that is not known."""
        for key in self._data:
            if key not in self._asked:
                raise self.fail(key, f"unknown; {_nearest(key, self._asked)}")

    def _get(self, key: str) -> Any:
        self._asked.add(key)
        return self._data.get(key)


def _nearest(key: str, known: tuple[str, ...] | set[str]) -> str:
    near = difflib.get_close_matches(key, sorted(known), n=1, cutoff=0.0)
    return f"the nearest known one is {near[0]!r}" if near else "remove it"


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise LexiconError(f"{path.name} is missing from {str(path.parent)!r}: put it back") from None
    except OSError as e:
        raise LexiconError(f"{path.name} cannot be read: {e.strerror}; check its permissions") from None
    except UnicodeDecodeError as e:
        raise LexiconError(f"{path.name} is not UTF-8 (byte {e.start}): save it again as UTF-8") from None
