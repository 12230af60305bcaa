"""An answer's Markdown as blocks, for every format to write in its own way. It knows no answers and no formats.

The grammar is that of the page: headings, lists, quotes, tables, bold, code, and markers. There are no links, pictures
or HTML in it; what looks like them is text.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Literal


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of one line. With a ``marker`` it is the marker of that citation, and ``text`` is ``[n]``."""

    text: str
    bold: bool = False
    code: bool = False
    marker: int | None = None


Line = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is the title."""

    level: int
    line: Line


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines one below the other. ``look`` says what they are: the text itself, a note beside it, a bare answer."""

    lines: tuple[Line, ...]
    look: Literal["text", "note", "short"] = "text"


@dataclass(frozen=True, slots=True)
class Items:
    """A list; ``start`` is the first number of one that counts."""

    lines: tuple[Line, ...]
    start: int | None = None


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words of another text."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class References:
    """Entries that bring their own numbers; ``url`` is the address at the end of one, if it has one."""

    entries: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; every row has as many cells as ``head``."""

    head: tuple[Line, ...]
    rows: tuple[tuple[Line, ...], ...]


Block = Heading | Paragraph | Items | Quotation | Grid | References

_INLINE = re.compile(
    r"\\(?P<escaped>[\\`*_\[\]()#+\-.!|<>~{}])|\[(?P<marker>\d{1,6})\]|\*\*(?P<bold>.+?)\*\*|`(?P<code>[^`]+)`"
)
_HEADING = re.compile(r"(?P<signs>#{1,6})\s+(?P<rest>.*)")
_BULLET = re.compile(r"\s*[-*+•]\s+(?P<rest>\S.*)")
_NUMBER = re.compile(r"\s*(?P<number>\d{1,3})[.)、]\s+(?P<rest>\S.*)")
_QUOTE = re.compile(r"\s*>\s?(?P<rest>.*)")
_RULE = re.compile(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?")
_CELL = re.compile(r"(?<!\\)\|")


def plain(text: str) -> Line:
    """A line of one run."""
    return (Run(text),) if text else ()


def told(line: Line) -> str:
    """The words of a line."""
    return "".join(run.text for run in line)


def parse_blocks(text: str, cited: Container[int]) -> tuple[Block, ...]:
    """The blocks of ``text``; ``[n]`` is a marker where ``n`` is one of ``cited``, and text elsewhere."""
    out: list[Block] = []
    for kind, group in groupby(text.splitlines(), key=_kind):
        lines = list(group)
        if kind == "heading":
            out += [Heading(len(m["signs"]), parse_line(m["rest"], cited)) for m in _matches(_HEADING, lines)]
        elif kind == "bullets":
            out.append(Items(_rests(_BULLET, lines, cited)))
        elif kind == "numbers":
            first = _NUMBER.fullmatch(lines[0])
            out.append(Items(_rests(_NUMBER, lines, cited), int(first["number"]) if first else 1))
        elif kind == "quote":
            out.append(Quotation(_rests(_QUOTE, lines, cited)))
        elif kind == "table":
            out.append(_grid(lines, cited))
        elif kind == "paragraph":
            out.append(Paragraph(tuple(parse_line(line.strip(), cited) for line in lines)))
    return tuple(out)


def parse_line(text: str, cited: Container[int]) -> Line:
    """Bold, code, escapes and markers of one line; neighbouring text is one run."""
    return tuple(_joined(_runs(text, cited, bold=False)))


def _runs(text: str, cited: Container[int], *, bold: bool) -> Iterator[Run]:
    done = 0
    for m in _INLINE.finditer(text):
        yield Run(text[done : m.start()], bold)
        done = m.end()
        if m["marker"] and int(m["marker"]) in cited:
            yield Run(f"[{int(m['marker'])}]", marker=int(m["marker"]))
        elif m["bold"]:
            yield from _runs(m["bold"], cited, bold=True)
        elif m["code"]:
            yield Run(m["code"], bold, code=True)
        else:
            yield Run(m["escaped"] or m[0], bold)
    yield Run(text[done:], bold)


def _joined(runs: Iterable[Run]) -> Iterator[Run]:
    for (bold, code, marker), group in groupby(runs, key=lambda r: (r.bold, r.code, r.marker)):
        parts = [run.text for run in group]
        for text in parts if marker is not None else ["".join(parts)]:
            if text:
                yield Run(text, bold, code, marker)


def _kind(line: str) -> str:
    if not line.strip():
        return "blank"
    if line.lstrip().startswith("|"):
        return "table"
    known = (("heading", _HEADING), ("bullets", _BULLET), ("numbers", _NUMBER), ("quote", _QUOTE))
    return next((name for name, pattern in known if pattern.fullmatch(line)), "paragraph")


def _matches(pattern: re.Pattern[str], lines: Iterable[str]) -> Iterator[re.Match[str]]:
    return (m for line in lines if (m := pattern.fullmatch(line)))


def _rests(pattern: re.Pattern[str], lines: Iterable[str], cited: Container[int]) -> tuple[Line, ...]:
    """What follows the sign that makes each line an item or a quote."""
    return tuple(parse_line(m["rest"], cited) for m in _matches(pattern, lines))


def _grid(lines: list[str], cited: Container[int]) -> Grid:
    has_head = len(lines) > 1 and _RULE.fullmatch(lines[1].strip()) is not None
    rows = [[parse_line(cell, cited) for cell in _cells(line)] for line in (lines[2:] if has_head else lines)]
    head = [parse_line(cell, cited) for cell in _cells(lines[0])] if has_head else []
    return grid(head, rows)


def grid(head: Iterable[Line], rows: Iterable[Iterable[Line]]) -> Grid:
    """A table whose rows are filled up with empty cells to the longest."""
    top, below = tuple(head), [tuple(row) for row in rows]
    width = max((len(top), *map(len, below)), default=0)

    def filled(row: tuple[Line, ...]) -> tuple[Line, ...]:
        return row + ((),) * (width - len(row))

    return Grid(filled(top), tuple(map(filled, below)))


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in _CELL.split(line.strip().removeprefix("|").removesuffix("|"))]
