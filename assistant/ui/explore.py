"""The exploring view: every figure under filters, a measure over the provinces, and how often terms occur."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, Literal

from assistant.sheets import workbook
from assistant.survey import FACT_COLUMNS, FACT_WIDTHS, OrderName, Survey, TermCount, Unit, Wanted, fact_row
from assistant.types import PERIODS, Fact
from assistant.ui.bars import render_comparison
from assistant.ui.explore_html import By, render_figures, render_pages, render_places, render_terms
from assistant.ui.messages import Language, say
from assistant.ui.mounting import Refused, ViewRequest, mount, options, templates
from assistant.ui.naming import kind_label, province_label
from assistant.ui.seam import Context, View
from assistant.ui.sheets import XLSX, csv_bytes

if TYPE_CHECKING:
    from assistant.assistant import Assistant

PAGE = 50
MAX_TERMS = 8
TERM_COLUMNS = ("term", "province", "year", "period", "quote", "title", "doc_id", "start", "end")
_SEPARATORS = re.compile(r"[,，、;；\n]+")


class FormRequest(ViewRequest):
    """What the filters can be set to."""


class FiguresRequest(ViewRequest):
    """Which figures, in which order, and which page of them."""

    province: str = ""
    measure: str = ""
    period: str = ""
    year: int = 0
    unit: str = ""
    order: OrderName | Literal[""] = ""
    falling: bool = False
    page: int = 1
    axis: str = ""

    def wanted(self) -> Wanted:
        """The filters."""
        return Wanted(
            provinces=(self.province,) if self.province else (),
            measure=self.measure,
            periods=(self.period,) if self.period else (),
            years=(self.year,) if self.year else (),
            units=(self.unit,) if self.unit else (),
        )


class FigureFileRequest(FiguresRequest):
    """The same figures as a file."""

    format: Literal["csv", "xlsx"] = "csv"


class TermsRequest(ViewRequest):
    """Which terms to count, and by what."""

    text: str
    by: By = "period"


class PlacesRequest(TermsRequest):
    """Where one of them stands in one province and period."""

    province: str
    key: str


class TermFileRequest(TermsRequest):
    """Every place of the terms as a file."""

    format: Literal["csv", "xlsx"] = "csv"


class _Explorer:
    """What the view's script may call."""

    def __init__(self, assistant: Assistant, survey: Survey) -> None:
        self._assistant = assistant
        self._survey = survey

    def filters(self, wanted: FormRequest) -> dict[str, Any]:
        """The choices of the filters; nothing where the page has them already."""
        generation, language = self._assistant.generation, wanted.language
        if wanted.generation == generation:
            return {"generation": generation}
        figures, lexicon = self._survey.figures, self._assistant.lexicon
        provinces = [(p, province_label(lexicon, p, language)) for p in self._survey.provinces()]
        years = [(str(y), say(language, "year_of", year=y)) for y in figures.years]
        return {
            "generation": generation,
            "provinces": options([("", say(language, "any_province")), *provinces]),
            "periods": options([("", say(language, "any_period")), *((p, say(language, p)) for p in PERIODS)]),
            "years": options([("0", say(language, "any_year")), *years]),
            "units": options([("", say(language, "any_unit")), *((u, u) for u in figures.units)]),
            "measures": options([(m, "") for m in figures.measures]),
        }

    def figures(self, wanted: FiguresRequest) -> dict[str, Any]:
        """One page of the table, and the chart where a measure is named."""
        language, lexicon = wanted.language, self._assistant.lexicon
        facts = self._chosen(wanted)
        pages = max(1, -(-len(facts) // PAGE))
        page = max(1, min(wanted.page, pages))
        shown = facts[(page - 1) * PAGE : page * PAGE]
        told, steps = render_pages(page=page, pages=pages, total=len(facts), size=PAGE, language=language)
        table = render_figures(
            shown, self._assistant.document, lexicon, language=language, order=wanted.order, falling=wanted.falling
        )
        return {
            "told": told if facts else say(language, "explore_none"),
            "table": table if facts else "",
            "pages": steps,
            **(self._chart(wanted) if page == 1 else {}),
        }

    def _chosen(self, wanted: FiguresRequest) -> Sequence[Fact]:
        figures = self._survey.figures
        facts = figures.choose(wanted.wanted())
        return figures.ordered(facts, wanted.order, falling=wanted.falling) if wanted.order else facts

    def _chart(self, wanted: FiguresRequest) -> dict[str, Any]:
        language, measure = wanted.language, wanted.measure.strip()
        if not measure:
            return {"chart": "", "title": "", "axes": "", "why": say(language, "explore_no_chart")}
        held = self._survey.provinces()
        found = self._survey.figures.compare(wanted.wanted(), held=held, axis=_axis(wanted.axis))
        if found is None:
            why = say(language, "explore_chart_none", measure=measure)
            return {"chart": "", "title": "", "axes": "", "why": why}
        choices = [("|".join(axis), _axis_label(axis, n, language)) for axis, n in found.axes]
        return {
            "chart": render_comparison(found, self._assistant.lexicon, language, measure=measure),
            "title": say(language, "explore_chart", measure=measure),
            "axes": options(choices, chosen="|".join(found.axis)),
            "why": "",
        }

    def figure_file(self, wanted: FigureFileRequest) -> dict[str, Any]:
        """All figures under the filters, in their order."""
        rows = [[row[c] for c in FACT_COLUMNS] for row in (fact_row(f, self._assistant) for f in self._chosen(wanted))]
        return _file("figures", FACT_COLUMNS, rows, form=wanted.format)

    def terms(self, wanted: TermsRequest) -> dict[str, Any]:
        """How often each term occurs, by province."""
        counted = self._counted(wanted)
        return {"html": render_terms(counted, self._assistant.lexicon, wanted.language, by=wanted.by)}

    def places(self, wanted: PlacesRequest) -> dict[str, Any]:
        """Where a term stands."""
        (count,) = self._counted(wanted)[:1]
        places = [
            p
            for p in count.places
            if (p.province or "") == wanted.province
            and str((p.period if wanted.by == "period" else p.year) or "") == wanted.key
        ]
        return {"html": render_places(places, self._assistant.document, self._assistant.lexicon, wanted.language)}

    def term_file(self, wanted: TermFileRequest) -> dict[str, Any]:
        """Every place of the terms."""
        rows = []
        for count in self._counted(wanted):
            for place in count.places:
                span, document = place.span, self._assistant.document(place.span.doc_id)
                quote = " ".join(document.text[max(0, span.start - 30) : span.end + 30].split())
                told = (count.term, place.province, place.year, place.period, quote, document.title)
                rows.append([*told, span.doc_id, span.start, span.end])
        return _file("terms", TERM_COLUMNS, rows, form=wanted.format)

    def _counted(self, wanted: TermsRequest) -> tuple[TermCount, ...]:
        language, limit = wanted.language, self._assistant.settings.max_question_chars
        terms = list(dict.fromkeys(t.strip() for t in _SEPARATORS.split(wanted.text) if t.strip()))
        if not terms:
            raise Refused(say(language, "terms_empty"))
        if len(terms) > MAX_TERMS:
            raise Refused(say(language, "terms_too_many", n=MAX_TERMS))
        if sum(map(len, terms)) > limit:
            raise Refused(say(language, "terms_long", n=limit))
        return self._survey.count_terms(terms)


def _axis(value: str) -> Unit | None:
    kind, bar, unit = value.partition("|")
    return (kind, unit) if bar else None


def _axis_label(axis: Unit, n: int, language: Language) -> str:
    kind, unit = axis
    key = "explore_axis_of" if unit else "explore_axis_plain"
    return say(language, key, kind=kind_label(kind, language), unit=unit, n=n)


def _file(name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], *, form: str) -> dict[str, Any]:
    """A file for the reader's browser: it never lies on the server's disk."""
    if form == "xlsx":
        content, kind = workbook(columns, rows, name=name, widths=FACT_WIDTHS), XLSX
    else:
        told = (tuple("" if value is None else str(value) for value in row) for row in rows)
        content, kind = csv_bytes(tuple(columns), told), "text/csv;charset=utf-8"
    return {"file": {"name": f"{name}.{form}", "type": kind, "data": base64.b64encode(content).decode()}}


_SPOKEN = {"lost": "view_lost", "waiting": "view_waiting"}


def _shell(language: Language) -> str:
    def word(key: str) -> str:
        return escape(say(language, key))

    def label(key: str, control: str, css: str = "") -> str:
        return f"<label{css}><span>{word(key)}</span>{control}</label>"

    downloads = "".join(
        f'<button type="button" class="sw-v-download" data-format="{form}" aria-label="{word("explore_download")} {form.upper()}">{form.upper()}</button>'
        for form in ("csv", "xlsx")
    )
    taken = f'<div class="sw-v-downloads"><span>{word("explore_download")}</span>{downloads}</div>'
    order = "".join(
        f'<option value="{value}">{word(key)}</option>'
        for value, key in (
            ("", "explore_by_province"),
            ("result", "explore_by_result"),
            ("target", "explore_by_target"),
        )
    )
    by = options([("period", say(language, "terms_by_period")), ("year", say(language, "terms_by_year"))])
    return f"""<div class="sw-v-view sw-v-explore" data-language="{language}"{templates(language, _SPOKEN)}>
<p class="sw-v-view-notice" role="status" hidden></p>
<div class="sw-v-segments" role="tablist" aria-label="{word("explore_what")}">
<button type="button" role="tab" id="sw-v-seg-figures" aria-controls="sw-v-pane-figures" aria-selected="true">{word("explore_figures")}</button>
<button type="button" role="tab" id="sw-v-seg-terms" aria-controls="sw-v-pane-terms" aria-selected="false" tabindex="-1">{word("explore_terms")}</button></div>
<section id="sw-v-pane-figures" role="tabpanel" aria-labelledby="sw-v-seg-figures">
<form class="sw-v-filters sw-v-figure-filters" role="search">
{label("explore_measure", f'<input name="measure" type="search" list="sw-v-measures" autocomplete="off" maxlength="200" placeholder="{word("explore_measure_hint")}">', ' class="sw-v-grow"')}
{label("province", '<select name="province"></select>')}{label("explore_period", '<select name="period"></select>')}
{label("year", '<select name="year"></select>')}{label("explore_unit", '<select name="unit"></select>')}
<button type="reset">{word("explore_reset")}</button><datalist id="sw-v-measures"></datalist></form>
<div class="sw-v-chart-box"><p class="sw-v-chart-why sw-v-note"></p><div class="sw-v-chart-head" hidden><h3></h3>
<div class="sw-v-legend" aria-hidden="true"><span class="sw-v-result">{word("explore_result")}</span><span class="sw-v-target">{word("explore_target")}</span></div>
<div class="sw-v-chart-tools">{label("explore_axis", '<select name="axis"></select>')}{label("explore_order", f'<select name="sort">{order}</select>')}</div></div>
<div class="sw-v-chart-place"></div><p class="sw-v-note sw-v-chart-note" hidden>{word("explore_chart_note")}</p></div>
<div class="sw-v-table-head"><h3>{word("explore_table")}</h3><p class="sw-v-count" role="status"></p>{taken}</div>
<div class="sw-v-scroll sw-v-rows-box" tabindex="0" role="region" aria-label="{word("explore_table")}"></div><div class="sw-v-pages-box"></div></section>
<section id="sw-v-pane-terms" role="tabpanel" aria-labelledby="sw-v-seg-terms" hidden>
<form class="sw-v-filters sw-v-term-form" role="search">
{label("terms_box", f'<input name="text" type="search" autocomplete="off" placeholder="{word("terms_hint")}">', ' class="sw-v-grow"')}
{label("terms_by", f'<select name="by">{by}</select>')}<button type="submit" class="sw-v-primary">{word("terms_count")}</button></form>
<p class="sw-v-note sw-v-terms-why">{word("terms_start")}</p><div class="sw-v-table-head sw-v-terms-head" hidden>{taken}</div><div class="sw-v-terms-place"></div></section></div>"""


def _build(gr: Any, context: Context) -> None:
    explorer = _Explorer(context.assistant, context.survey)
    functions: Mapping[type[ViewRequest], Any] = {
        FormRequest: explorer.filters,
        FiguresRequest: explorer.figures,
        FigureFileRequest: explorer.figure_file,
        TermsRequest: explorer.terms,
        PlacesRequest: explorer.places,
        TermFileRequest: explorer.term_file,
    }
    mount(gr, context, "explore", shell=_shell, functions=functions)


EXPLORE = View("explore", "tab_explore", _build)
