"""Whose each row is: document, province, year and period of every row in one small file, so that a filter reads no text.

Rows of documents that are gone belong to nobody.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.errors import StoreError
from assistant.store.arrays import map_array
from assistant.store.layout import OWNER_NAMES, OWNERS, REBUILD
from assistant.types import Filter

_DTYPE = np.dtype([("doc", "<i4"), ("province", "<i2"), ("year", "<i4"), ("period", "<i2")])
_NONE = -1
_NO_YEAR = np.iinfo(np.int32).min
Row = tuple[Any, ...]


class Owners:
    """The rows' owners; ``doc_ids``, ``provinces`` and ``periods`` are what the numbers in ``rows`` stand for."""

    def __init__(self, rows: NDArray[np.void], names: dict[str, list[str]]) -> None:
        self._rows = rows
        self._names = names

    @classmethod
    def gather(cls, entries: Iterable[Row]) -> Owners:
        """From (doc_id, province, year, period) of each row, in order."""
        seen: dict[str, dict[str, int]] = {"doc": {}, "province": {}, "period": {}}

        def number(kind: str, name: str | None) -> int:
            return _NONE if name is None else seen[kind].setdefault(name, len(seen[kind]))

        rows = [
            (
                number("doc", doc),
                number("province", place),
                _NO_YEAR if year is None else year,
                number("period", period),
            )
            for doc, place, year, period in entries
        ]
        return cls(np.array(rows, _DTYPE), {kind: list(names) for kind, names in seen.items()})

    @classmethod
    def read(cls, folder: Path) -> Owners:
        """:raises StoreError: the files cannot be read."""
        try:
            names = json.loads((folder / OWNER_NAMES).read_text(encoding="utf-8"))
            rows = map_array(folder / OWNERS)
            if rows.dtype != _DTYPE or set(names) != {"doc", "province", "period"}:
                raise ValueError("its parts are of another kind")
        except (OSError, ValueError, TypeError) as e:
            raise StoreError(f"cannot read {str(folder / OWNERS)!r} ({e}): {REBUILD}") from None
        return cls(rows, names)

    def write(self, folder: Path) -> None:
        """Write both files."""
        np.save(folder / OWNERS, self._rows)
        (folder / OWNER_NAMES).write_text(json.dumps(self._names, ensure_ascii=False), encoding="utf-8", newline="\n")

    def __len__(self) -> int:
        return len(self._rows)

    def without(self, doc_ids: Iterable[str], *, rows: int) -> Owners:
        """The first ``rows``, those of these documents nobody's."""
        kept = np.array(self._rows[:rows])
        known = {name: i for i, name in enumerate(self._names["doc"])}
        gone = [known[d] for d in doc_ids if d in known]
        kept["doc"][np.isin(kept["doc"], gone)] = _NONE
        return Owners(kept, self._names)

    def followed_by(self, other: Owners) -> Owners:
        """The rows of both, one after the other."""
        names = {kind: list(known) for kind, known in self._names.items()}
        added = np.array(other._rows)
        for kind, theirs in other._names.items():
            ours = {name: i for i, name in enumerate(names[kind])}
            numbers = np.array([ours.setdefault(name, len(ours)) for name in theirs] + [_NONE], added.dtype[kind])
            names[kind] = list(ours)
            added[kind] = numbers[added[kind]]  # -1, nobody's, is the last
        return Owners(np.concatenate([self._rows, added]), names)

    def rows(self, where: Filter) -> NDArray[np.int64]:
        """The rows that the filter lets pass, ascending."""
        passing = self._rows["doc"] != _NONE
        for kind, values in (("doc", where.documents), ("province", where.provinces), ("period", where.periods)):
            if values:
                passing &= np.isin(self._rows[kind], self._numbers(kind, values))
        if where.years:
            low, high = _NO_YEAR + 1, np.iinfo(np.int32).max
            passing &= np.isin(self._rows["year"], [y for y in where.years if low <= y <= high])
        return np.flatnonzero(passing).astype(np.int64)

    def _numbers(self, kind: str, values: Sequence[str]) -> list[int]:
        wanted = set(values)
        return [i for i, name in enumerate(self._names[kind]) if name in wanted]

    def provinces(self) -> list[str]:
        """The provinces that there are rows of, sorted."""
        alive = self._rows["province"][self._rows["doc"] != _NONE]
        return sorted(self._names["province"][i] for i in np.unique(alive) if i != _NONE)

    def years(self) -> list[int]:
        """The years that there are rows of, ascending."""
        alive = self._rows["year"][self._rows["doc"] != _NONE]
        return [int(y) for y in np.unique(alive) if y != _NO_YEAR]
