"""From characters with places to lines, and from the lines of pages to paragraphs. It knows no file format."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

INDENT = "　　"
"""Before the text of a line that begins further right than most: it opens a paragraph."""
_SAME_LINE = 0.4  # of a character's height between baselines
_REACH = 1.5  # characters between two runs of one line; a gutter between columns is wider
_LATIN_GAP, _HAN_GAP = 0.15, 0.6  # of a character's height: a space
_INDENTED = (0.8, 5.0)  # characters further right than most lines; more is a centred title
_EDGE = 2  # lines at the top and at the bottom of a page that may be its head or foot
_REPEATED = 3  # pages on which a line must stand at the edge to be a running head, and on half of all
_FULL = 0.85  # of the widest usual line; a shorter line ends its paragraph
_NARROW = 24  # half-width columns; lines that are all shorter are verse, slides or names, and stay lines
_USED = 3  # indented lines from which on a text is held to show its paragraphs by them
_GARBLED = 0.05  # of the characters; bullets of symbol fonts are private, too, but few
_PAGE = re.compile(r"[\s\-—–─·.]*(?:第|page)?\s*\d{1,4}\s*页?(?:\s*[/共of，,]+\s*\d{1,4}\s*页?)?[\s\-—–─·.]*", re.I)
_ROMAN = re.compile(r"[ivx]{1,6}", re.I)
_STOPPED = re.compile(r"[。！？!?：:；;”」]$|[.]$")
_BEGINS = re.compile(
    r"[（(]?[一二三四五六七八九十]{1,3}[)）、]|第[一二三四五六七八九十]{1,3}[章节编部]|——|[●•■◆]|\d{1,2}[.、](?!\d)|各位代表|[#＃]"
)
Placed = tuple[str, float, float, float, float]  # character, left, right, baseline, height


@dataclass(slots=True)
class _Line:
    """Characters on one baseline that stand near each other, in whatever order they were drawn."""

    y: float
    height: float
    left: float
    right: float
    characters: list[tuple[float, float, str]] = field(default_factory=list)

    def takes(self, placed: Placed) -> bool:
        _, left, right, y, height = placed
        reach = _REACH * height
        return abs(y - self.y) < _SAME_LINE * height and self.left - reach <= right and left <= self.right + reach

    def add(self, placed: Placed) -> None:
        character, left, right, _, _ = placed
        self.characters.append((left, right, character))
        self.left, self.right = min(self.left, left), max(self.right, right)

    def text(self) -> str:
        out = ""
        end: float | None = None
        for left, right, character in sorted(self.characters):
            least = _LATIN_GAP if out and out[-1].isascii() and character.isascii() else _HAN_GAP
            out += f" {character}" if end is not None and left - end > least * self.height else character
            end = right
        return out


def lines_of(characters: Iterable[Placed]) -> list[str]:
    """The lines of a page from its characters in the order of drawing; ``INDENT`` before those set further right.

    Drawing order alone will not do: programs draw quotation marks or digits of another font after the rest of a line.
    """
    lines: list[_Line] = []
    current: _Line | None = None
    for placed in characters:
        if current is None or not current.takes(placed):
            current = next((line for line in reversed(lines) if line.takes(placed)), None)
        if current is None:
            current = _Line(placed[3], placed[4], placed[1], placed[2])
            lines.append(current)
        current.add(placed)
    lines = _merged(lines)
    if not lines:
        return []
    margin = Counter(round(line.left) for line in lines).most_common(1)[0][0]
    least, most = _INDENTED
    return [
        INDENT * (least < (line.left - margin) / line.height < most) + line.text().encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        for line in lines
    ]  # fmt: skip


def _merged(lines: list[_Line]) -> list[_Line]:
    """The lines, with those joined that turned out to be parts of one: quotation marks drawn before the rest."""
    out: list[_Line] = []
    for line in lines:
        home = next((o for o in reversed(out) if o.takes(("", line.left, line.right, line.y, line.height))), None)
        if home is None:
            out.append(line)
            continue
        home.characters += line.characters
        home.left, home.right = min(home.left, line.left), max(home.right, line.right)
    return out


def is_garbled(text: str) -> bool:
    """Whether a font gave codes for characters: then the text is not what a reader sees, and no quote would be true."""
    visible = [c for c in text if not c.isspace()]
    return sum(unicodedata.category(c) in {"Cc", "Co", "Cn"} or c == "\ufffd" for c in visible) > _GARBLED * len(
        visible
    )


def paragraphs_of(pages: list[list[str]]) -> list[str]:
    """Paragraphs from the lines of pages: heads and page numbers dropped, a line that is full runs on into the next.

    Where paragraphs are indented the indent tells; elsewhere a full line that ends in a full stop ends its paragraph,
    so that one may be cut between two sentences and never inside one.
    """
    lines = list(_without_edges([[line for line in page if line.strip()] for page in pages]))
    indents = sum(line.startswith(INDENT) for line in lines) >= _USED
    widths = sorted(_width(line) for line in lines)
    full = max(_NARROW, _FULL * widths[int(0.9 * (len(widths) - 1))]) if widths else 0
    out: list[str] = []
    open_ended = False
    for line in lines:
        text = line.strip()
        begins = line.startswith(INDENT) or _BEGINS.match(text) if not indents else line.startswith(INDENT)
        if open_ended and not begins:
            out[-1] = _join(out[-1], text)
        else:
            out.append(text)
        open_ended = _width(line) >= full and (indents or not _STOPPED.search(text))
    return out


def _without_edges(pages: list[list[str]]) -> Iterator[str]:
    """The lines that are no page's number and do not stand at the edge of page after page."""
    seen = Counter(key for page in pages for key in {_key(line) for line in (*page[:_EDGE], *page[-_EDGE:])})
    least = max(_REPEATED, len(pages) // 2)
    for page in pages:
        inner = range(_EDGE, len(page) - _EDGE)
        for i, line in enumerate(page):
            text = line.strip()
            number = (i in {0, len(page) - 1}) and (_PAGE.fullmatch(text) or _ROMAN.fullmatch(text))
            if i in inner or not (number or seen[_key(line)] >= least):
                yield line


def _key(line: str) -> str:
    """The line without its digits: a head that carries the page's number is the same on every page."""
    return re.sub(r"\d+|\s+", "", line) or line.strip()


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def _join(before: str, after: str) -> str:
    """Two parts of a line; a space between Latin words, none where Chinese is on either side."""
    spaced = before[-1].isascii() and after[0].isascii() and before[-1] != "-" and before[-1].isalpha()
    return f"{before} {after}" if spaced else before + after
