"""A record of answers as Markdown (CommonMark with the tables of GitHub), in which nothing of a document is markup."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from assistant.takeaway.blocks import Block, Grid, Heading, Items, Line, Paragraph, Quotation, References, Run
from assistant.takeaway.words import shown

_MARKUP = re.compile(r"[\\`*_<|~$]|&(?=#?\w+;)|\[(?=[\[^]|[ xX]\])|\](?=[(\[:\]])")
"""What could set, link, call or draw anything. A bracket alone is text: no link begins without ``](``, ``][``, ``]:``."""
_LEADING = re.compile(r"(?P<sign>[#+\-=>])|(?P<number>\d{1,9})(?P<stop>[.)])")
_CLOSING = re.compile(r"#(?=#*$)")
_PLAIN_URL = re.compile(r"https?://[A-Za-z0-9\-._~:/?#@!$&'()+,;=%]+")
_BACKSLASH = r"\\\g<0>"
_BREAK = "  \n"
"""Two spaces break a line in every dialect; a backslash does in some."""


def render_markdown(blocks: Sequence[Block]) -> str:
    """The blocks as one text; markers are superscript numbers, as Chinese journals set them."""
    return "\n\n".join(part for block in blocks for part in _block(block)) + "\n"


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Heading):
        yield f"{'#' * block.level} {_CLOSING.sub(_BACKSLASH, _line(block.line, at_start=False))}"
    elif isinstance(block, Paragraph):
        yield from _paragraph(block)
    elif isinstance(block, Items):
        counted = range(block.start or 1, (block.start or 1) + len(block.lines))
        signs = ["-" if block.start is None else f"{n}." for n in counted]
        yield "\n".join(f"{sign} {_line(line)}" for sign, line in zip(signs, block.lines, strict=True))
    elif isinstance(block, Quotation):
        yield _BREAK.join(f"> {_line(line)}" for line in block.lines)
    elif isinstance(block, References):
        yield from (_reference(text, url) for text, url in block.entries)
    elif block.head:
        yield _grid(block)


def _paragraph(block: Paragraph) -> Iterator[str]:
    lines = [_line(line) for line in block.lines]
    kept = [line for line in lines if line]
    if kept:
        yield f"**{kept[0]}**" if block.look == "short" else _BREAK.join(kept)


def _reference(text: str, url: str) -> str:
    """An entry; its address becomes a link only where nothing in it could end the link."""
    if not url or not _PLAIN_URL.fullmatch(url):
        return _escaped(text)
    return f"{_escaped(text.removesuffix(url))}<{url}>"


def _grid(block: Grid) -> str:
    def row(cells: Sequence[Line]) -> str:
        return f"| {' | '.join(_line(cell, at_start=False) for cell in cells)} |"

    return "\n".join([row(block.head), f"|{' --- |' * len(block.head)}", *map(row, block.rows)])


def _line(line: Line, *, at_start: bool = True) -> str:
    parts = [_run(run, line, i) for i, run in enumerate(line)]
    said = "".join(parts).strip(" ")
    return _started(said) if at_start else said


def _run(run: Run, line: Line, i: int) -> str:
    if run.marker is not None:
        return f"<sup>[{run.marker}]</sup>"
    text = _escaped(run.text, at_start=False)
    inner = text.strip()
    if not run.bold or not inner:
        return text
    before, _, after = text.partition(inner)
    outside = (before or "".join(r.text for r in line[:i]))[-1:], (after or "".join(r.text for r in line[i + 1 :]))[:1]
    edges = zip((inner[0], inner[-1]), outside, strict=True)
    sets = all(edge.isalnum() or _parts(beside) for edge, beside in edges)
    # Asterisks between a sign and a letter set nothing (**10%**的), and Chinese has no blanks to help.
    return f"{before}**{inner}**{after}" if sets else f"{before}<strong>{inner}</strong>{after}"


def _parts(beside: str) -> bool:
    """Whether what stands beside asterisks lets them set: the line's end, a blank or a punctuation mark."""
    return not beside or beside.isspace() or unicodedata.category(beside).startswith("P")


def _escaped(text: str, *, at_start: bool = True) -> str:
    """The text on one line with every sign of markup escaped."""
    one_line = " ".join(shown(text).split("\n")).replace("\t", " ")
    said = _MARKUP.sub(_BACKSLASH, one_line)
    return _started(said) if at_start else said


def _started(line: str) -> str:
    """The line without what makes a heading, a list or a rule of it; a blank at its start could make it code."""
    line = line.lstrip(" ")
    if m := _LEADING.match(line):
        return f"\\{line}" if m["sign"] else f"{m['number']}\\{line[m.end('number') :]}"
    return line
