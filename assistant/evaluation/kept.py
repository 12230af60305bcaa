"""Reports that are kept: those that come with the program, and the folders that ``eval --out`` wrote; read only.

Only the folders hold questions: a published file has measures alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.evaluation.report import RANKED

_NEEDED = ("set", "n", "systems", "ci", "groups")


@dataclass(frozen=True, slots=True)
class Kept:
    """A report as its JSON has it, and where its rows lie. ``key`` names it without telling the place."""

    key: str
    told: Mapping[str, Any]
    date: str
    folder: Path | None = None

    def rows(self, system: str) -> tuple[Mapping[str, Any], ...]:
        """What every question got under a system; none if they were not kept."""
        if self.folder is None or system not in self.told["systems"]:
            return ()
        try:
            text = (self.folder / f"rows-{system}.jsonl").read_text(encoding="utf-8")
            return tuple(row for line in text.splitlines() if isinstance(row := json.loads(line), dict))
        except (OSError, ValueError):
            return ()


def read_kept(published: Path, folders: Iterable[Path]) -> tuple[Kept, ...]:
    """All reports, the latest first; files that are none are passed over, for anything may lie beside them."""
    paths = [(path, None) for path in sorted(published.glob("*.json"))] if published.is_dir() else []
    for folder in folders:
        found = [folder / "report.json", *sorted(folder.glob("*/report.json"))]
        paths += [(path, path.parent) for path in found if path.is_file()]  # type: ignore[misc]
    kept = [one for path, folder in dict(paths).items() if (one := _read(path, folder)) is not None]
    return tuple(sorted(kept, key=lambda k: (k.date, k.key), reverse=True))


def _read(path: Path, folder: Path | None) -> Kept | None:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OSError, ValueError):
        return None
    if not isinstance(told, dict) or any(name not in told for name in _NEEDED) or not told["systems"]:
        return None
    key = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]
    return Kept(key, told, str(told.get("date") or written), folder)


def failed_rows(rows: Iterable[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    """The rows that did not get the whole of the main measure or the sentence, or broke a promise; the worst first."""
    listed = tuple(rows)
    main = "score" if any("score" in _shares(row) for row in listed) else RANKED
    return tuple(sorted((row for row in listed if _failed(row, main)), key=lambda row: got(row)))


def _shares(row: Mapping[str, Any]) -> Mapping[str, Any]:
    shares = row.get("row")
    return shares if isinstance(shares, dict) else {}


def _failed(row: Mapping[str, Any], main: str) -> bool:
    shares = _shares(row)
    lost = any(shares.get(m, (0, 0))[0] < shares.get(m, (0, 0))[1] for m in (main, "answer_sentence@1"))
    return lost or bool(shares.get("invariants_broken", (0, 0))[0])


def got(row: Mapping[str, Any]) -> float:
    """The share that a question got of the main measure."""
    shares = _shares(row)
    return float(shares.get("score", shares.get(RANKED, (0.0, 1.0)))[0])


def group_of(row: Mapping[str, Any], kind: str) -> str:
    """The group of a kind (``type``, ``language``) that a row's question belongs to; empty if it is not told."""
    groups = row.get("groups")
    return next((str(name) for k, name in groups if k == kind), "") if isinstance(groups, list) else ""
