"""Web pages: the main text without menus, and what the page's head says of it."""

from __future__ import annotations

import re
from typing import Any

from assistant.corpus.decoding import decode, unified
from assistant.corpus.readers.record import Reading, Record, parsing

_TITLES = ("articletitle", "og:title")  # the first is what Chinese government sites must set
_ORIGINS = ("og:url", "url")
_DATES = ("pubdate", "article:published_time", "publishdate")
_CHARSET = re.compile(r"<\?xml[^>]*\?>")
_LEAST = 0.5  # share of the page's own text below which the extraction is distrusted: a small page is taken as it is
_HEAD = 200  # characters in which the title stands if the extraction has kept it
_BLOCKS = "p div br li tr h1 h2 h3 h4 h5 h6 section article table td".split()
_OUTSIDE = "script style nav header footer aside form noscript template select button".split()


def read(data: bytes, name: str) -> Reading:
    """:raises CorpusError: binary, of an unknown encoding, or no page."""
    source = decode(data, name)
    with parsing(name, "web page"):
        import trafilatura
        from lxml import html

        if not source.strip():
            return Reading((Record(""),))
        tree = html.document_fromstring(_CHARSET.sub("", source))
        meta = _meta(tree)
        title = _title(tree, meta)
        text = trafilatura.extract(
            source, output_format="txt", include_comments=False, include_tables=True, favor_recall=True, fast=False
        )
        lines = _lines(tree)
        if sum(map(len, lines)) * _LEAST > len(text or ""):
            text = "\n".join(lines)
    if text and title and title not in text[:_HEAD]:
        text = f"{title}\n{text}"
    date = next((meta[k] for k in _DATES if meta.get(k)), "")
    origin = next((meta[k] for k in _ORIGINS if meta.get(k)), "")
    note = f"发布日期：{date}" if date else ""
    return Reading((Record(unified(text or ""), title=title, origin=origin, note=note),))


def _meta(tree: Any) -> dict[str, str]:
    named = ((m.get("name") or m.get("property") or "", m.get("content") or "") for m in tree.iter("meta"))
    return {name.lower(): " ".join(content.split()) for name, content in named if name}


def _title(tree: Any, meta: dict[str, str]) -> str:
    """What the page says its article is called; else its only first heading, else its title before the site's name."""
    told = next((meta[k] for k in _TITLES if meta.get(k)), "")
    heads = [" ".join(h.text_content().split()) for h in tree.iter("h1")]
    named = " ".join((tree.findtext(".//title") or "").split())
    return told or (heads[0] if len(heads) == 1 else "") or re.split(r"\s*[_|–—]\s*|\s+-\s+", named)[0]


def _lines(tree: Any) -> list[str]:
    """The page's own lines, links and what is marked as no content left out: what a plain page consists of."""
    for element in list(tree.iter(*_OUTSIDE)):
        element.drop_tree()
    for element in tree.iter(*_BLOCKS):
        element.tail = "\n" + (element.tail or "")
        element.text = "\n" + (element.text or "")
    linked = {" ".join(a.text_content().split()) for a in tree.iter("a")}
    body = tree.find("body")
    lines = (" ".join(line.split()) for line in (body if body is not None else tree).text_content().split("\n"))
    return [line for line in lines if line and line not in linked]
