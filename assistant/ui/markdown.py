"""An answer's Markdown as HTML, made of escaped slices only: no links, images or raw HTML can come out of it.

CommonMark leaves ``**山东：**达到`` unset because of its rule for punctuation beside asterisks, which Chinese breaks in
every second line; here a pair of asterisks is bold wherever it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from html import escape
from itertools import groupby

Mark = Callable[[int], str]
"""Renders the marker ``[n]``."""

WORD_JOINER = "\u2060"

_INLINE = re.compile(
    r"\\(?P<escaped>[\\`*_\[\]()#+\-.!|<>~{}])|\[(?P<marker>\d{1,6})\]|\*\*(?P<bold>.+?)\*\*|`(?P<code>[^`]+)`"
)
_MARKS = re.compile(r"(?:\s*\[\d{1,6}\])+\s*$")
_HEADING = re.compile(r"#{1,6}\s+(?P<rest>.*)")
_BULLET = re.compile(r"\s*[-*+•]\s+(?P<rest>.*)")
_NUMBER = re.compile(r"\s*(?P<number>\d{1,3})[.)、]\s+(?P<rest>.*)")
_QUOTE = re.compile(r"\s*>\s?(?P<rest>.*)")
_RULE = re.compile(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?")
_CELL = re.compile(r"(?<!\\)\|")


def render_markdown(text: str, mark: Mark) -> str:
    """Paragraphs, headings, lists, quotes and tables of ``text``; each ``[n]`` is what ``mark(n)`` gives."""
    blocks: list[str] = []
    for kind, lines in groupby(text.splitlines(), key=_kind):
        if kind != "blank":
            blocks.append(_BLOCKS[kind](list(lines), mark))
    return "".join(blocks)


def render_inline(text: str, mark: Mark) -> str:
    """Bold, code, escapes and markers of one line."""
    return "".join(_inline(text, mark))


def _inline(text: str, mark: Mark) -> Iterator[str]:
    done, after_marker = 0, True
    for m in _INLINE.finditer(text):
        before, done = text[done : m.start()], m.end()
        if not m["marker"]:
            yield escape(before)
            yield _styled(m, mark)
        elif after_marker and not before.strip():
            yield escape(before)  # several markers in a row may part
            yield mark(int(m["marker"]))
        else:
            yield escape(before.rstrip()) + WORD_JOINER  # a marker stays on the line of what it stands behind
            yield mark(int(m["marker"]))
        after_marker = bool(m["marker"])
    yield escape(text[done:])


def _styled(m: re.Match[str], mark: Mark) -> str:
    if m["bold"]:
        return f"<strong>{render_inline(m['bold'], mark)}</strong>"
    return f"<code>{escape(m['code'])}</code>" if m["code"] else escape(m["escaped"])


def _kind(line: str) -> str:
    if not line.strip():
        return "blank"
    if line.lstrip().startswith("|"):
        return "table"
    for name, pattern in (("heading", _HEADING), ("bullets", _BULLET), ("numbers", _NUMBER), ("quote", _QUOTE)):
        if pattern.fullmatch(line):
            return name
    return "paragraph"


def _heading(lines: list[str], mark: Mark) -> str:
    return "".join(f"<h3>{render_inline(rest, mark)}</h3>" for rest in _rests(_HEADING, lines))


def _bullets(lines: list[str], mark: Mark) -> str:
    return f"<ul>{_items(_rests(_BULLET, lines), mark)}</ul>"


def _numbers(lines: list[str], mark: Mark) -> str:
    first = _NUMBER.fullmatch(lines[0])
    start = int(first["number"]) if first else 1
    return f'<ol start="{start}">{_items(_rests(_NUMBER, lines), mark)}</ol>'


def _items(rests: Iterable[str], mark: Mark) -> str:
    return "".join(f"<li>{_item(rest, mark)}</li>" for rest in rests)


def _item(text: str, mark: Mark) -> str:
    """An item with the markers at its end apart, so that a long one can be shortened and keep them."""
    marks = _MARKS.search(text)
    if marks is None or not marks[0] or not text[: marks.start()].strip():
        return render_inline(text, mark)
    said = render_inline(text[: marks.start()].rstrip(), mark)
    return f'<span class="sw-said">{said}</span><span>{WORD_JOINER}{render_inline(marks[0].strip(), mark)}</span>'


def _rests(pattern: re.Pattern[str], lines: Iterable[str]) -> Iterator[str]:
    """What follows the sign that makes each line a heading, an item or a quote."""
    for line in lines:
        if m := pattern.fullmatch(line):
            yield m["rest"]


def _quote(lines: list[str], mark: Mark) -> str:
    return f"<blockquote>{_joined(_rests(_QUOTE, lines), mark)}</blockquote>"


def _paragraph(lines: list[str], mark: Mark) -> str:
    return f"<p>{_joined(lines, mark)}</p>"


def _joined(lines: Iterable[str], mark: Mark) -> str:
    return "<br>".join(render_inline(line, mark) for line in lines)


def _table(lines: list[str], mark: Mark) -> str:
    has_head = len(lines) > 1 and _RULE.fullmatch(lines[1].strip()) is not None
    head = _cells(lines[0]) if has_head else ()
    return render_table(head, map(_cells, lines[2:] if has_head else lines), lambda cell: render_inline(cell, mark))


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in _CELL.split(line.strip().removeprefix("|").removesuffix("|"))]


def render_table(head: Iterable[str], rows: Iterable[Iterable[str]], cell: Callable[[str], str]) -> str:
    """A table whose cells are rendered by ``cell``; it scrolls inside its own box on a narrow screen."""
    columns = "".join(f'<th scope="col">{cell(c)}</th>' for c in head)
    top = f"<thead><tr>{columns}</tr></thead>" if columns else ""
    body = "".join(f"<tr>{''.join(f'<td>{cell(c)}</td>' for c in row)}</tr>" for row in rows)
    return f'<div class="sw-table" tabindex="0"><table>{top}<tbody>{body}</tbody></table></div>'


_BLOCKS: dict[str, Callable[[list[str], Mark], str]] = {
    "table": _table,
    "heading": _heading,
    "bullets": _bullets,
    "numbers": _numbers,
    "quote": _quote,
    "paragraph": _paragraph,
}
