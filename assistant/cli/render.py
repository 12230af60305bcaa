"""Answers, passages and places as text for people; plain where the output is not a terminal."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from assistant.answer import Wording
from assistant.cli.output import clean, console, say, write_row

if TYPE_CHECKING:
    from assistant.answer.locate import Location, Match
    from assistant.assistant import Assistant
    from assistant.types import Answer, Citation, Hit, Period

_BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]<>()#+.!|~-])")
_REMOVED = ("语言模型写出但没有依据、已删去的话：", "Removed, for want of evidence:")


def render_answer(answer: Answer, assistant: Assistant) -> None:
    """The short answer, the text with its markers, and every citation with its place and quote."""
    words = Wording(answer.language, assistant.lexicon)
    out = console()
    if answer.standalone_question != answer.question:
        asked = words_of(answer.language, "理解为：", "Understood as: ")
        out.print(Text(clean(asked + answer.standalone_question), "dim"))
    if answer.short and answer.status != "declined":
        out.print(Text(clean(answer.short), "bold green"), end="\n\n")
    out.print(_markdown(answer.text))
    for sentence in answer.unsupported:
        out.print(Text(clean(words_of(answer.language, *_REMOVED) + sentence), "dim"))
    for citation in answer.citations:
        out.print()
        for line in _citation(citation, answer.short, words=words):
            out.print(line)


def words_of(language: str, chinese: str, english: str) -> str:
    """The one of two wordings that goes with an answer's language."""
    return english if language == "en" else chinese


def render_hits(hits: Sequence[Hit], assistant: Assistant) -> None:
    """Ranked passages with their places."""
    out = console()
    words = Wording(say("zh", "en"), assistant.lexicon)
    for hit in hits:
        p = hit.passage
        place = _place(words, p.province, p.period, year=p.year, heading=p.heading)
        out.print(Text.assemble((f"{hit.rank}. ", "bold"), clean(place), (f"  {p.id}", "dim")))
        out.print(Text("   " + clean(" ".join(p.text.split()))))
    if not hits:
        out.print(say("没有符合条件的段落。", "No passage fits."))


def render_location(location: Location, assistant: Assistant) -> None:
    """Where a text stands: the places, and for near ones what differs."""
    said = {
        "exact": ("原文中有这句话（{n} 处）：", "The text stands in the documents ({n} places):"),
        "near": ("没有完全相同的句子，最接近的是：", "Not word for word; the nearest:"),
        "absent": ("文档中没有这句话，也没有相近的句子。", "Neither this text nor one like it is in the documents."),
    }
    out = console()
    out.print(say(*said[location.status]).format(n=len(location.matches)))
    words = Wording(say("zh", "en"), assistant.lexicon)
    for match in location.matches:
        out.print(_match_place(match, words))
        exact = location.status == "exact"
        out.print(Text("   ") + (Text(clean(match.quote)) if exact else _marked(location.text, match.quote)))


def render_table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A table on a terminal; lines with tabs elsewhere, for ``cut`` and spreadsheets."""
    out = console()
    texts = [[clean(" ".join(str(v if v is not None else "").split())) for v in row] for row in rows]
    if not out.is_terminal:
        for line in [list(columns), *texts]:
            write_row(line)
        return
    table = Table(*columns, header_style="bold", show_lines=False)
    for line in texts:
        table.add_row(*[Text(cell) for cell in line])
    out.print(table, soft_wrap=False)


def excerpt(text: str, start: int, end: int, *, around: int = 18) -> str:
    """The words at a span with some before and after them, the words in 【】."""
    before, after = text[max(0, start - around) : start], text[end : end + around]
    return " ".join(f"{before}【{text[start:end]}】{after}".split())


def _citation(citation: Citation, short: str | None, *, words: Wording) -> Iterator[Text]:
    c = citation
    place = _place(words, c.province, c.period, year=c.year, heading=(c.title, *c.heading))
    yield Text.assemble((f"[{c.n}] ", "bold"), clean(place))
    yield Text(f"    {clean(c.span.doc_id)}:{c.span.start}-{c.span.end}", "dim")
    quote = Text(f"    “{clean(c.quote)}”")
    if short:
        quote.highlight_words([clean(short)], "bold green")
    yield quote


def _place(words: Wording, province: str | None, period: Period | None, *, year: int | None, heading: tuple[str, ...]) -> str:  # fmt: skip
    parts = (words.place(province), words.period(period, year), " › ".join(heading))
    return " · ".join(part for part in parts if part)


def _match_place(match: Match, words: Wording) -> Text:
    p = match.passage
    known = _place(words, p.province, p.period, year=p.year, heading=(match.title, *p.heading)) if p else match.title
    alike = "" if match.similarity == 1 else f"  {match.similarity:.0%}"
    place = f"  {match.span.doc_id}:{match.span.start}-{match.span.end}"
    return Text.assemble(" · ", clean(known), (clean(place), "dim"), alike)


def _marked(given: str, source: str) -> Text:
    """The source with what the given text lacks as {+…+} and what it has too much as [-…-]."""
    out = Text()
    matcher = difflib.SequenceMatcher(a=given, b=source, autojunk=False)
    for op, a, b, c, d in matcher.get_opcodes():
        if op == "equal":
            out.append(clean(source[c:d]))
            continue
        if b > a:
            out.append(f"[-{clean(given[a:b])}-]", "red strike")
        if d > c:
            out.append(f"{{+{clean(source[c:d])}+}}", "green")
    return out


def _markdown(text: str) -> Text:
    """The answer's Markdown with its bold words as such; lists stay lists, escapes go."""
    out = Text()
    at = 0
    for m in _BOLD.finditer(text):
        out.append(_unescaped(text[at : m.start()]))
        out.append(_unescaped(m[1]), "bold")
        at = m.end()
    out.append(_unescaped(text[at:]))
    return out


def _unescaped(text: str) -> str:
    return clean(_ESCAPED.sub(r"\1", text))
