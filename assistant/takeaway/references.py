"""References in the style of GB/T 7714-2015, numbered as an answer's markers are (the standard's 顺序编码制).

    author. title[type]. year: place[date of access]. address.
    author. title of the part[type]//title of the collection. year: place[date of access]. address.

Only what the store holds is written; nothing is guessed. What may be missing, and what stands instead:

- *Author*: the people's government of the province, where the title or origin says that the text is a government work
  report (政府工作报告) and names nothing below a province. Else none, as the standard allows for numbered references.
- *Type*: ``EB/OL`` where ``origin`` in ``sources.toml`` has an address, else ``R`` for reports and ``Z`` for the rest.
- *Place of publication and publisher* are in no store and are left out.
- *Year*: of the document, else the report's year that follows from the part cited; else none.
- *Pages*: texts have none. The headings above the quote and its characters in the document's text stand for them, as
  ``shengwen`` counts them everywhere: from 0, the end excluded.
- *Date of access*: given by the caller; only with an address, as in the standard.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from assistant.lexicon import Lexicon, Province
from assistant.takeaway.sources import Source, held
from assistant.text import clean_line, has_cjk
from assistant.types import Answer, Citation, Document

_REPORT = "政府工作报告"
_URL = re.compile(r"https?://[!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]+")
_TRAILING = ".,;:!?'()[]"
_LOWER = re.compile(r"[\u4e00-\u9fff](?:市|自治州|州|盟|地区|县|区|旗|镇|乡)(?!域)")
"""What a title may name below a province; 市 and 区 of a province's own name are taken out before."""
_LONGEST_HEADING = 60


@dataclass(frozen=True, slots=True)
class Reference:
    """One entry of a reference list. ``text`` is whole, its number apart; ``url`` is what it ends with, or empty."""

    n: int
    text: str
    url: str = ""

    def __str__(self) -> str:
        return f"[{self.n}] {self.text}"


def references(answer: Answer, source: Source, *, accessed: date | None = None) -> tuple[Reference, ...]:
    """The reference list of an answer: one entry for each citation, with its number, in the order of numbers.

    :param accessed: the day on which the reader had the text before them.
    """
    in_order = sorted(answer.citations, key=lambda c: c.n)
    return tuple(reference(c, held(source, c.span.doc_id), lexicon=source.lexicon, accessed=accessed) for c in in_order)


def reference(
    citation: Citation, document: Document | None, *, lexicon: Lexicon, accessed: date | None = None
) -> Reference:
    """The reference of one citation; of a document that is gone, what the citation itself tells."""
    known = document if document is not None else Document(citation.span.doc_id, citation.title, "")
    url = address(known.origin)
    body = f"{_work(citation, known, lexicon, 'EB/OL' if url else _kind(known))}. {_issue(citation, known)}"
    if not url:
        return Reference(citation.n, f"{body}.")
    visited = f"[{accessed.isoformat()}]" if accessed is not None else ""
    return Reference(citation.n, f"{body}{visited}. {url}", url)


def address(origin: str) -> str:
    """The first web address in ``origin``, without the full stop that ends a sentence; empty if there is none."""
    found = _URL.search(origin)
    return found[0].rstrip(_TRAILING) if found else ""


def _work(citation: Citation, document: Document, lexicon: Lexicon, kind: str) -> str:
    """Author and title; a part of a collection is named before the collection."""
    author = _author(citation, document, lexicon)
    title = _dotless(document.title) or _dotless(document.id)
    lead = f"{author}. " if author else ""
    if not author or _is_of_one(document, lexicon):
        return f"{lead}{title}[{kind}]"
    return f"{lead}{_REPORT}[{kind}]//{title}"


def _is_of_one(document: Document, lexicon: Lexicon) -> bool:
    """Whether the whole document is of one province: of others, each part has its own author."""
    return document.province is not None or any(p.full in document.title for p in lexicon.provinces)


def _author(citation: Citation, document: Document, lexicon: Lexicon) -> str:
    name = document.province or citation.province
    province = next((p for p in lexicon.provinces if p.name == name), None)
    said = f"{document.title} {document.origin}"
    # 人民政府工作报告 is the same report under the fuller name.
    if province is None or _REPORT not in said or not has_cjk(document.title):
        return ""
    return "" if _names_lower(document.title, province, lexicon) else f"{province.full}人民政府"


def _names_lower(title: str, province: Province, lexicon: Lexicon) -> bool:
    """Whether the title names a city, county or district: then its government is the author, not the province's."""
    for own in (province.full, province.name, "省区市", "省市区", "自治区", "直辖市"):
        title = title.replace(own, " ")
    return _LOWER.search(title) is not None or bool(lexicon.find_cities(title))


def _kind(document: Document) -> str:
    said = f"{document.title} {document.origin}"
    return "R" if "报告" in said or re.search(r"\breport\b", said, re.IGNORECASE) else "Z"


def _issue(citation: Citation, document: Document) -> str:
    """Year and place in the document."""
    year = _year(citation, document)
    place = _place(citation, document)
    return f"{year}: {place}" if year is not None else place


def _year(citation: Citation, document: Document) -> int | None:
    if document.year is not None or citation.year is None or citation.period is None:
        return document.year
    # A part that looks back states the year before the report's own (``types.Section``).
    return citation.year + 1 if citation.period in ("review", "review_5y") else citation.year


def _place(citation: Citation, document: Document) -> str:
    at = f"{citation.span.start}-{citation.span.end}"
    chinese = has_cjk(document.title) or has_cjk(citation.quote)
    return ", ".join([*_headings(citation), f"原文第{at}字" if chinese else f"characters {at}"])


def _headings(citation: Citation) -> Iterator[str]:
    path = [_dotless(h) for h in citation.heading]
    cut = [h if len(h) <= _LONGEST_HEADING else f"{h[:_LONGEST_HEADING]}…" for h in path if h]
    if cut:
        yield " › ".join(cut)


def _dotless(text: str) -> str:
    """A title on one line, without the stop that the style itself sets behind it."""
    return clean_line(text).rstrip(".。 ")
