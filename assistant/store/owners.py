"""Whose each row of the truth is, and its checksum: document, province, year and period in one small file for each table.

Filters read no text, and what SQLite gives is held against it: just these rows, and each as it was written. A bit that
turns over in a row, in an index or in a page between them would otherwise change a figure, or hide a province, unsaid.
Rows of documents that are gone belong to nobody.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.errors import StoreError
from assistant.store.arrays import map_array
from assistant.store.layout import OWNERS, REBUILD
from assistant.types import Filter

TABLES = ("documents", "sections", "passages", "facts")
_DTYPE = np.dtype([("doc", "<i4"), ("province", "<i2"), ("year", "<i4"), ("period", "<i2"), ("seal", "<u4")])
_UNSEALED = np.dtype(_DTYPE.descr[:4])
"""Of a store that an older program built; it has the owners of passages only."""
_NONE = -1
_NO_YEAR = np.iinfo(np.int32).min
Row = tuple[Any, ...]


def owner_files(table: str = "passages") -> tuple[str, str]:
    """The names of a table's two files."""
    stem = OWNERS if table == "passages" else f"{OWNERS}-{table}"
    return f"{stem}.npy", f"{stem}.json"


def seal(row: Row) -> int:
    """The checksum of a row of the truth, its number left out: the place of the checksum says it. It guards against damage, not against malice."""
    return zlib.crc32("\n".join(map(str, row)).encode())


class Owners:
    """The rows' owners; ``doc_ids``, ``provinces`` and ``periods`` are what the numbers in ``rows`` stand for."""

    def __init__(self, rows: NDArray[np.void], names: dict[str, list[str]]) -> None:
        self._rows = rows
        self._names = names

    @classmethod
    def gather(cls, entries: Iterable[Row]) -> Owners:
        """From (doc_id, province, year, period, seal) of each row, in order; those without a seal are never held to it."""
        seen: dict[str, dict[str, int]] = {"doc": {}, "province": {}, "period": {}}

        def number(kind: str, name: str | None) -> int:
            return _NONE if name is None else seen[kind].setdefault(name, len(seen[kind]))

        rows = [
            (
                number("doc", doc),
                number("province", place),
                _NO_YEAR if year is None else year,
                number("period", period),
                *(sealed or (0,)),
            )
            for doc, place, year, period, *sealed in entries
        ]
        return cls(np.array(rows, _DTYPE), {kind: list(names) for kind, names in seen.items()})

    @classmethod
    def read(cls, folder: Path, table: str = "passages") -> Owners:
        """:raises StoreError: the files cannot be read."""
        rows_file, names_file = owner_files(table)
        try:
            names = json.loads((folder / names_file).read_text(encoding="utf-8"))
            rows = map_array(folder / rows_file)
            if rows.dtype not in (_DTYPE, _UNSEALED) or set(names) != {"doc", "province", "period"}:
                raise ValueError("its parts are of another kind")
        except (OSError, ValueError, TypeError) as e:
            raise StoreError(f"cannot read {str(folder / rows_file)!r} ({e}): {REBUILD}") from None
        return cls(rows, names)

    def write(self, folder: Path, table: str = "passages") -> None:
        """Write both files."""
        rows_file, names_file = owner_files(table)
        np.save(folder / rows_file, self._rows)
        (folder / names_file).write_text(json.dumps(self._names, ensure_ascii=False), encoding="utf-8", newline="\n")

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
        chosen = self._of(where.documents) if where.documents else None
        found = self._rows if chosen is None else self._rows[chosen]
        passing = found["doc"] != _NONE
        for kind, values in (("province", where.provinces), ("period", where.periods)):
            if values:
                passing &= np.isin(found[kind], self._numbers(kind, values))
        if where.years:
            low, high = _NO_YEAR + 1, np.iinfo(np.int32).max
            passing &= np.isin(found["year"], [y for y in where.years if low <= y <= high])
        return np.flatnonzero(passing).astype(np.int64) if chosen is None else chosen[passing]

    def _of(self, doc_ids: Sequence[str]) -> NDArray[np.int64]:
        """The rows of documents, ascending; found without looking at all others."""
        order, starts = self._by_document
        parts = [order[starts[i] : starts[i + 1]] for i in self._numbers("doc", doc_ids)]
        return np.sort(np.concatenate([np.zeros(0, np.int64), *parts]))

    @cached_property
    def _by_document(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The rows in order of their documents' numbers, and where those of each begin, with the end of the last."""
        docs = np.asarray(self._rows["doc"])
        order = np.argsort(docs, kind="stable").astype(np.int64)
        return order, np.searchsorted(docs[order], np.arange(len(self._names["doc"]) + 1)).astype(np.int64)

    def are_held(self, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Of each row whether it is one, and somebody's."""
        known = (rows >= 0) & (rows < len(self._rows))
        held: NDArray[np.bool_] = known & (
            self._rows["doc"][np.where(known, rows, 0)] != _NONE if len(self._rows) else False
        )
        return held

    def are_whole(self, found: Sequence[Row], expected: NDArray[np.int64], *, once: bool) -> bool:
        """Whether these rows, each with its number first, are just those expected, and each as it was written.

        :param once: a row that was held to its seal before is not again.
        """
        if not all(isinstance(row[0], int) for row in found):  # where the table's own description is damaged
            return False
        numbers = np.fromiter((row[0] for row in found), np.int64, len(found))
        if not np.array_equal(np.sort(numbers), np.sort(expected)):
            return False
        for i in np.flatnonzero(~self._seen[numbers]).tolist() if once else range(len(found)):
            if seal(found[i][1:]) != self._rows["seal"][numbers[i]]:
                return False
        self._seen[numbers] = True
        return True

    @cached_property
    def _seen(self) -> NDArray[np.bool_]:
        """The rows that were held to their seal already."""
        return np.zeros(len(self._rows), bool)

    def entries(self) -> Iterator[Row]:
        """As ``gather`` takes them, of the rows that are somebody's."""
        named = {kind: [*names, None] for kind, names in self._names.items()}  # -1, nobody's, is the last
        for doc, place, year, period, *sealed in self._rows[self._rows["doc"] != _NONE].tolist():
            said = (
                named["doc"][doc],
                named["province"][place],
                None if year == _NO_YEAR else year,
                named["period"][period],
            )
            yield (*said, *sealed)

    def documents(self) -> dict[str, int]:
        """The documents that there are rows of, each with its last row."""
        (alive,) = np.nonzero(self._rows["doc"] != _NONE)
        names = self._names["doc"]
        return {names[doc]: row for row, doc in zip(alive.tolist(), self._rows["doc"][alive].tolist(), strict=True)}

    def counts(self) -> dict[str, int]:
        """How many rows each document has."""
        docs = self._rows["doc"]
        counted = np.bincount(docs[docs != _NONE], minlength=len(self._names["doc"])).tolist()
        return dict(zip(self._names["doc"], counted, strict=True))

    def years_of_documents(self) -> dict[str, int]:
        """The year of each document, where it has one; of the table of documents."""
        years = self._rows["year"].tolist()
        return {doc: years[row] for doc, row in self.documents().items() if years[row] != _NO_YEAR}

    def placeless(self) -> tuple[str, ...]:
        """The documents none of whose rows is of a province, sorted."""
        placed = {
            self._names["doc"][i] for i in np.unique(self._rows["doc"][self._rows["province"] != _NONE]) if i != _NONE
        }
        return tuple(sorted(self.documents().keys() - placed))

    def spans_of_years(self) -> dict[str | None, tuple[int, int]]:
        """The first and the last year of each province's rows (``None``: of no province)."""
        kept = self._rows[(self._rows["doc"] != _NONE) & (self._rows["year"] != _NO_YEAR)]
        names = [*self._names["province"], None]  # -1 is the last
        out = {}
        for place in np.unique(kept["province"]).tolist():
            years = kept["year"][kept["province"] == place]
            out[names[place]] = int(years.min()), int(years.max())
        return out

    def provinces_of(self, doc_id: str) -> tuple[str, ...]:
        """The provinces that a document's rows are of, in their order."""
        told = self._rows["province"][self._of((doc_id,))].tolist()
        return tuple(dict.fromkeys(self._names["province"][i] for i in told if i != _NONE))

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
