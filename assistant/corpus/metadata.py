"""What is said of documents outside their text: ``sources.toml`` beside them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assistant.corpus.files import storable
from assistant.errors import CorpusError

SOURCES = "sources.toml"
_KEYS: Mapping[str, type] = {"title": str, "origin": str, "note": str, "province": str, "year": int}


def read_metadata(path: Path, folder: Path) -> dict[str, Any]:
    """What the ``sources.toml`` of the folder says of the file.

    :raises CorpusError: it is no TOML, or says what no document has.
    """
    file = folder / SOURCES
    if not file.is_file():
        return {}
    where = storable(file)
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as e:
        raise CorpusError(f"cannot read {where!r}: {e}; correct it or remove it") from None
    key = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name
    entry = table.get(key, {})
    if not isinstance(entry, dict):
        raise CorpusError(f'{where!r}: {key!r} is {entry!r}, no table; write ["{key}"] and its keys below')
    for name, value in entry.items():
        wanted = _KEYS.get(name)
        if wanted is None:
            raise CorpusError(f"{where!r}, {key!r}: unknown key {name!r}; keys are {', '.join(_KEYS)}")
        if not isinstance(value, wanted) or isinstance(value, bool):
            kind = "a whole number" if wanted is int else "text in quotation marks"
            raise CorpusError(f"{where!r}, {key!r}: {name!r} is {value!r}; write {kind}")
    return dict(entry)
