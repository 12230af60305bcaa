"""How a document is built: blocks (a lead sentence and what stands under it) and enumerations.

Reports put a topic into a headed part, a paragraph under a lead sentence, or a run of sentences under a short lead
inside a long paragraph (set in bold in the original). Plans announce how many points follow and number them.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.corpus.furniture import HEADING as FURNITURE
from assistant.text import fold, paragraphs, sentences, trim
from assistant.types import Document, Section, Span

ENUMERATED = re.compile(
    r"\s*(?:[一二三四五六七八九十]是|[(（][一二三四五六七八九十]+[)）]|[一二三四五六七八九十]、|第[一二三四五六七八九十]|首先|其次|\d+[.、])"
)
LONGEST_LEAD = 40
"""Characters of a first sentence that only says what its paragraph is about; a longer one says something itself."""
LONGEST_INNER_LEAD = 18
"""Characters of a lead inside a paragraph, which no line break marks."""
LONG_PARAGRAPH = 12
"""Sentences from which a paragraph that is no numbered point may hold several leads."""
SHORTEST_RUN = 3
"""Sentences that a lead inside a paragraph has under it; short sentences nearer to each other are measures themselves."""
LONGEST_POINT = 160
"""Characters from which a sentence is cut at its semicolons: a reader looks for one measure, not for a paragraph."""
_PLAIN = re.compile(r"[^，,；;：:、\d]+[。！!]?")


@dataclass(frozen=True, slots=True)
class Block:
    """A lead and what stands under it: ``points`` are sentences (parts of long ones), the lead being part of the first.

    ``lead`` is the text that says what the block is about, empty where nothing does; ``paragraph`` the number of the
    paragraph in its section.
    """

    section: Section
    lead: str
    points: tuple[Span, ...]
    paragraph: int

    @property
    def part(self) -> tuple[Span, int]:
        """Which paragraph of which section it stands in."""
        return self.section.span, self.paragraph

    @property
    def span(self) -> Span:
        """From the first point to the last."""
        return Span(self.points[0].doc_id, self.points[0].start, self.points[-1].end)


@functools.lru_cache(maxsize=64)
def blocks_of(document: Document, sections: tuple[Section, ...]) -> tuple[Block, ...]:
    """The blocks of a document, in order; what a web page hangs around it is left out."""
    return tuple(b for s in sections if FURNITURE not in s.heading for b in _of_section(document, s))


def _of_section(document: Document, section: Section) -> Iterator[Block]:
    start = after_headings(document.text, section)
    for number, (a, b) in enumerate(paragraphs(document.text, start, section.span.end)):
        tiles = [trim(document.text, *t) for t in sentences(document.text, a, b)]
        tiles = [t for t in tiles if any(c.isalnum() for c in document.text[slice(*t)])]
        for run in _runs(document.text, tiles):
            lead = _lead(document.text, run[0], first=run[0] == tiles[0])
            points = _points(document, run, lead=bool(lead))
            yield Block(section, lead, points, number)


def after_headings(text: str, section: Section) -> int:
    """Where the section's own text begins: behind the headings at its head."""
    at = section.span.start
    for heading in section.heading:
        found = text.find(heading, at, min(section.span.end, at + len(heading) + 8))
        if found >= 0:
            at = found + len(heading)
    while at < section.span.end and not (text[at].isalnum() or text[at] in '“"《（('):
        at += 1
    return at


def _runs(text: str, tiles: list[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    """A paragraph's sentences, parted before the leads inside it where it is long."""
    run: list[tuple[int, int]] = []
    several = len(tiles) >= LONG_PARAGRAPH and not ENUMERATED.match(text, *tiles[0])
    for i, tile in enumerate(tiles):
        apart = SHORTEST_RUN <= len(run) and SHORTEST_RUN <= len(tiles) - i
        inner = several and apart and is_inner_lead(text[slice(*tile)])
        if inner:
            yield run
            run = []
        run.append(tile)
    if run:
        yield run


def is_inner_lead(sentence: str) -> bool:
    """Whether a sentence inside a paragraph looks like a lead: short, of one clause, without a figure."""
    return len(sentence) <= LONGEST_INNER_LEAD and bool(_PLAIN.fullmatch(fold(sentence)))


def _lead(text: str, tile: tuple[int, int], *, first: bool) -> str:
    sentence = text[slice(*tile)]
    if not first:
        return sentence if is_inner_lead(sentence) else ""
    marker = ENUMERATED.match(sentence)
    rest = sentence[marker.end() :] if marker else sentence
    says = len(rest) > len("各位代表！") and not re.search(r"\d", rest)
    return sentence if says and len(sentence) <= LONGEST_LEAD else ""


def _points(document: Document, run: list[tuple[int, int]], *, lead: bool) -> tuple[Span, ...]:
    """Each sentence a point, a long one its parts; a lead goes with the sentence that follows it."""
    if lead and len(run) > 1:
        run = [(run[0][0], run[1][1]), *run[2:]]
    return tuple(Span(document.id, a, b) for tile in run for a, b in parts_of(document.text, *tile))


def parts_of(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The parts of a long sentence between semicolons; the sentence itself where it is short or has none."""
    cuts = [m.end() for m in re.finditer(r"[；;]", text[start:end])] if end - start > LONGEST_POINT else []
    bounds = [start, *(start + c for c in cuts), end]
    parts = [bare(text, a, b) for a, b in zip(bounds, bounds[1:], strict=False)]
    return [(a, b) for a, b in parts if b > a]


def bare(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without the spaces around it and the mark that parts it from the next; a full stop stays."""
    start, end = trim(text, start, end)
    while end > start and text[end - 1] in "，,、；;：: \n":
        end -= 1
    return start, end


def heading_span(document: Document, section: Section, heading: str) -> Span | None:
    """Where a heading of a section stands; ``None`` where it is not at the section's head (a table's, a note's)."""
    at = document.text.find(heading, section.span.start, min(section.span.end, section.span.start + 400))
    return Span(document.id, at, at + len(heading)) if at >= 0 and heading else None
