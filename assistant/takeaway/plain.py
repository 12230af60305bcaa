"""An answer as plain text for the clipboard: its words with bracketed numbers, and the references that they lead to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from assistant.takeaway.blocks import Block, Grid, Heading, Items, References, parse_blocks, told
from assistant.takeaway.references import references
from assistant.takeaway.sources import Source
from assistant.takeaway.words import Language, say, shown
from assistant.types import Answer


def copy_text(answer: Answer, source: Source, *, accessed: date | None = None, language: Language = "zh") -> str:
    """The answer without Markdown's signs, then its references after GB/T 7714, numbered alike."""
    body = render_plain(parse_blocks(answer.text, {c.n for c in answer.citations}))
    listed = references(answer, source, accessed=accessed)
    if not listed:
        return body
    return "\n".join([body, "", say(language, "references"), *(shown(str(r)) for r in listed)])


def render_plain(blocks: Iterable[Block]) -> str:
    """The blocks as lines; cells of a table have tabs between them, as spreadsheets take them."""
    return shown("\n".join(line for block in blocks for line in _lines(block)))


def _lines(block: Block) -> Iterator[str]:
    if isinstance(block, Heading):
        yield told(block.line)
    elif isinstance(block, Items):
        for i, line in enumerate(block.lines):
            yield f"{'•' if block.start is None else f'{block.start + i}.'} {told(line)}"
    elif isinstance(block, References):
        yield from (text for text, _ in block.entries)
    elif isinstance(block, Grid):
        rows = (block.head, *block.rows) if any(block.head) else block.rows
        yield from ("\t".join(map(told, row)) for row in rows)
    else:
        yield from map(told, block.lines)
