"""What every reader gives: documents with what their file says of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from assistant.errors import CorpusError

_NAMES: Mapping[str, tuple[str, ...]] = {
    "text": ("full_text", "fulltext", "content", "text", "body", "正文", "内容", "全文", "文本", "报告全文", "报告内容", "报告正文"),
    "province": ("province", "省份", "省", "省市", "省市区", "地区", "region"),
    "year": ("year", "年份", "年度", "年"),
    "title": ("title", "标题", "题目", "题名", "名称", "报告名称"),
    "origin": ("source_url", "url", "source", "origin", "link", "来源", "网址", "链接", "来源网址", "来源链接"),
    "date": ("publish_date", "pubdate", "date", "发布日期", "发布时间", "日期"),
    "note": ("note", "备注", "说明"),
}  # fmt: skip
KEYS: Mapping[str, str] = {name: key for key, names in _NAMES.items() for name in names}
"""What a column or a line of front matter is about, by its name in lower case."""
TEXT_NAMES = _NAMES["text"]


@dataclass(frozen=True, slots=True)
class Record:
    """A document in a file. ``row`` counts from 1 where a file holds many, and is 0 where it is one."""

    text: str
    row: int = 0
    title: str = ""
    origin: str = ""
    note: str = ""
    province: str = ""
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """The documents of a file, and what of it could not be read although the rest could, each in words."""

    records: tuple[Record, ...]
    problems: tuple[str, ...] = ()


def told(values: Mapping[str, str]) -> dict[str, Any]:
    """Metadata of a record from named values; names that are not known say nothing.

    :raises ValueError: a year that is none.
    """
    found: dict[str, str] = {}
    for name, value in values.items():
        key = KEYS.get(name.strip().lower())
        if key and key != "text" and value.strip():
            found.setdefault(key, value.strip())
    date, year = found.pop("date", ""), found.pop("year", "")
    if date:
        found["note"] = "；".join(filter(None, (found.get("note", ""), f"发布日期：{date}")))
    return {**found, "year": _year(year)}


def _year(value: str) -> int | None:
    if not value:
        return None
    m = re.fullmatch(r"((?:19|20)\d\d)(?:\.0)?\s*年?度?", value)
    if not m:
        raise ValueError(value)
    return int(m[1])


@contextmanager
def parsing(name: str, kind: str) -> Iterator[None]:
    """Whatever a third party's parser raises on a damaged or hostile file becomes one line about the file."""
    import logging

    logging.getLogger("pypdfium2").setLevel(logging.CRITICAL)  # they warn on stderr of what is told below
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    try:
        yield
    except CorpusError:
        raise
    except Exception as e:  # the parsers promise no set of errors, and one file must not stop the others
        reason = " ".join(str(e).split())[:80] or type(e).__name__
        raise CorpusError(f"cannot read {name!r}: it is broken or no {kind} ({reason}); save it again") from None
