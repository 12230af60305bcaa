"""Figures and terms of the corpus as HTML tables, made of escaped slices only; it knows nothing about Gradio."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from html import escape
from typing import Any, Literal, get_args

from assistant.lexicon import Lexicon
from assistant.survey import OrderName, Place, TermCount
from assistant.text import has_cjk
from assistant.types import PERIODS, Document, Fact, Period
from assistant.ui.bars import Scale, opening
from assistant.ui.messages import Language, say
from assistant.ui.naming import figure_label, kind_label, province_label
from assistant.ui.seam import source_button

ReadDocument = Callable[[str], Document]
By = Literal["period", "year"]
ORDERS: tuple[OrderName, ...] = get_args(OrderName)
QUOTE = 64
"""Characters of a quote in a table; the whole opens at a click."""
AROUND = 26
"""Characters on either side of a term where it is shown in place."""
SHOWN_PLACES = 100
_COLUMNS: tuple[tuple[str, OrderName | None], ...] = (
    ("province", "province"), ("year", "year"), ("explore_period", "period"), ("explore_measure", "measure"),
    ("explore_figure", "value"), ("explore_quote", None),
)  # fmt: skip


def render_figures(
    facts: Sequence[Fact],
    read: ReadDocument,
    lexicon: Lexicon,
    *,
    language: Language,
    order: str,
    falling: bool,
) -> str:
    """One page of figures; each row opens its quote."""
    head = "".join(_head(key, name, language, order=order, falling=falling) for key, name in _COLUMNS)
    body = "".join(_figure(fact, read, lexicon, language) for fact in facts)
    return f'<table class="sw-v-rows"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _head(key: str, name: OrderName | None, language: Language, *, order: str, falling: bool) -> str:
    label = escape(say(language, key))
    if name is None:
        return f'<th scope="col">{label}</th>'
    way, sign = ("descending", "↓") if falling else ("ascending", "↑")
    sorted_as = f' aria-sort="{way}"' if name == order else ""
    arrow = f'<span aria-hidden="true">{sign}</span>' if name == order else ""
    told = escape(say(language, "explore_sort", column=say(language, key)))
    return (
        f'<th scope="col"{sorted_as}><button type="button" class="sw-v-order" data-order="{name}" title="{told}">'
        f"{label}{arrow}</button></th>"
    )


def _figure(fact: Fact, read: ReadDocument, lexicon: Lexicon, language: Language) -> str:
    period = say(language, fact.period) if fact.period else ""
    kind = "" if fact.kind == "level" else f"<small>{escape(kind_label(fact.kind, language))}</small>"
    cells = (
        (escape(province_label(lexicon, fact.province, language)), "sw-v-cell-province"),
        ("" if fact.year is None else str(fact.year), ""),
        (escape(period), ""),
        (escape(fact.measure), "sw-v-cell-measure"),
        (f"<b>{escape(figure_label(fact))}</b>{kind}", "sw-v-cell-figure"),
        (_quote(fact, read(fact.clause.doc_id).text, language), "sw-v-cell-quote"),
    )
    row = "".join(f'<td class="{css}">{cell}</td>' if css else f"<td>{cell}</td>" for cell, css in cells)
    return f"<tr>{row}</tr>"


def _quote(fact: Fact, text: str, language: Language) -> str:
    """The words around a figure with the figure marked, cut from the document; it opens them in their place."""
    start, end = fact.clause.start, fact.clause.end
    if end - start > QUOTE:
        start = max(start, min(fact.span.start - QUOTE // 2, end - QUOTE))
        end = min(end, start + QUOTE)
    a, b = max(start, min(fact.span.start, end)), max(start, min(fact.span.end, end))
    lead, tail = "…" * (start > fact.clause.start), "…" * (end < fact.clause.end)
    after = text[b:end].rstrip("，,、；; \n")
    inside = f"{lead}{escape(text[start:a])}<mark>{escape(text[a:b])}</mark>{escape(after)}{tail}"
    return opening(fact, inside, css="sw-v-quote-link")


def render_pages(*, page: int, pages: int, total: int, size: int, language: Language) -> tuple[str, str]:
    """What is told above the table, and the buttons below it."""
    first, last = (page - 1) * size + 1, min(page * size, total)
    told = say(language, "explore_count", n=f"{total:,}", first=first, last=last)
    if pages < 2:
        return told, ""
    buttons = "".join(
        f'<button type="button" class="sw-v-page-step" data-page="{to}"{_disabled(not 1 <= to <= pages)}>'
        f"{escape(say(language, key))}</button>"
        for key, to in (("explore_previous", page - 1), ("explore_next", page + 1))
    )
    where = escape(say(language, "explore_page", page=page, pages=pages))
    return told, f'<nav class="sw-v-pages">{buttons}<span>{where}</span></nav>'


def _disabled(off: bool) -> str:
    return " disabled" if off else ""


def render_terms(counted: Sequence[TermCount], lexicon: Lexicon, language: Language, *, by: By) -> str:
    """A table of provinces and periods for each term."""
    return "".join(_term(one, lexicon, language, by=by) for one in counted)


def _term(count: TermCount, lexicon: Lexicon, language: Language, *, by: By) -> str:
    title = f"<h3>{escape(count.term)}</h3>"
    others = [w for w in count.wordings if w != count.term and (language == "en" or has_cjk(w))]
    words = (
        f'<p class="sw-v-note">{escape(say(language, "terms_wordings", words="、".join(others)))}</p>' if others else ""
    )
    if not count.places:
        none = escape(say(language, "terms_none", term=count.term))
        return f'<section class="sw-v-term">{title}<p class="sw-v-none">{none}</p>{words}</section>'
    counts = count.counts(by)
    totals = Counter[str | None]()
    for (province, _), n in counts.items():
        totals[province] += n
    columns = _columns(counts, by)
    said = [p for p in count.provinces if totals[p]]
    found = say(language, "terms_found", n=len(count.places), said=len(said), held=len(count.provinces))
    rows = [*sorted(said, key=lambda p: -totals[p]), *([None] if totals[None] else [])]
    table = _term_table(count, rows, counts, totals, columns=columns, lexicon=lexicon, language=language, by=by)
    names = "、".join(province_label(lexicon, p, language) for p in count.provinces if not totals[p])
    silent = f'<p class="sw-v-note">{escape(say(language, "terms_silent", names=names))}</p>' if names else ""
    return (
        f'<section class="sw-v-term" data-term="{escape(count.term)}">{title}<p class="sw-v-term-found">{escape(found)}</p>'
        f'{words}{table}{silent}<div class="sw-v-term-places" tabindex="-1"></div></section>'
    )


def _columns(counts: dict[tuple[str | None, Any], int], by: By) -> list[Any]:
    keys = {key for _, key in counts}
    order = (lambda k: PERIODS.index(k)) if by == "period" else (lambda k: -k)
    return [*sorted((k for k in keys if k is not None), key=order), *([None] if None in keys else [])]


def _term_table(
    count: TermCount,
    rows: Sequence[str | None],
    counts: dict[tuple[str | None, Any], int],
    totals: Counter[str | None],
    *,
    columns: Sequence[Any],
    lexicon: Lexicon,
    language: Language,
    by: By,
) -> str:
    scale = Scale([float(n) for n in totals.values()])
    heads = [say(language, "province"), *(_column(c, language, by) for c in columns), say(language, "terms_total")]
    head = "".join(f'<th scope="col">{escape(h)}</th>' for h in heads)
    body = []
    for province in rows:
        name = province_label(lexicon, province, language) if province else say(language, "terms_elsewhere")
        cells = "".join(
            f"<td>{_counted(counts.get((province, c), 0), province, c, name=name, language=language, by=by)}</td>"
            for c in columns
        )
        bar = scale.bar(float(totals[province]))
        total = f'<td class="sw-v-cell-total"><div><b>{totals[province]}</b>{bar}</div></td>'
        body.append(f'<tr><th scope="row">{escape(name)}</th>{cells}{total}</tr>')
    return (
        f'<div class="sw-v-scroll" tabindex="0"><table class="sw-v-counts"><caption class="sw-v-hidden">{escape(count.term)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )


def _column(key: Any, language: Language, by: By) -> str:
    if key is None:
        return say(language, "terms_unsorted")
    return say(language, key) if by == "period" else say(language, "year_of", year=key)


def _counted(n: int, province: str | None, key: Any, *, name: str, language: Language, by: By) -> str:
    if not n:
        return '<span class="sw-v-zero">–</span>'
    label = escape(say(language, "terms_show", province=name, column=_column(key, language, by), n=n))
    return (
        f'<button type="button" class="sw-v-places" data-province="{escape(province or "")}" '
        f'data-key="{escape(str(key or ""))}" aria-label="{label}">{n}</button>'
    )


def render_places(places: Sequence[Place], read: ReadDocument, lexicon: Lexicon, language: Language) -> str:
    """Where a term stands, a line each, with the way to the place."""
    rows = "".join(_place(place, read, lexicon, language) for place in places[:SHOWN_PLACES])
    more = say(language, "terms_first", n=SHOWN_PLACES) if len(places) > SHOWN_PLACES else ""
    note = f'<p class="sw-v-note">{escape(more)}</p>' if more else ""
    return f'<ul class="sw-v-place-list">{rows}</ul>{note}'


def _place(place: Place, read: ReadDocument, lexicon: Lexicon, language: Language) -> str:
    span, text = place.span, read(place.span.doc_id).text
    before = " ".join(text[max(0, span.start - AROUND) : span.start].split())
    after = " ".join(text[span.end : span.end + AROUND].split())
    inside = f"…{escape(before)}<mark>{escape(text[span.start : span.end])}</mark>{escape(after)}…"
    button = source_button(span, "", css="sw-v-quote-link", inside=inside)
    period: Period | None = place.period
    told = (
        province_label(lexicon, place.province, language),
        str(place.year or ""),
        say(language, period) if period else "",
    )
    where = " · ".join(part for part in told if part)
    return f"<li><span>{escape(where)}</span>{button}</li>"
