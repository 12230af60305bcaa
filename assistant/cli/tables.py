"""``facts``, ``terms`` and ``locate``."""

from __future__ import annotations

import sys
from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.output import say, write_json, write_line
from assistant.cli.render import excerpt, render_location, render_table
from assistant.cli.session import AsJson, Periods, Provinces, Session, Years, command
from assistant.survey import fact_row, section_at

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.types import Span

_SHOWN = ("province", "year", "period", "measure", "figure", "strength", "kind", "citation")


class Format(StrEnum):
    """How ``facts`` are written."""

    table = "table"
    csv = "csv"
    xlsx = "xlsx"
    json = "json"


class Group(StrEnum):
    """What ``terms`` are counted by."""

    province = "province"
    year = "year"
    period = "period"


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    command(app, "facts", example="shengwen facts --measure 研发投入 --period plan --format xlsx --out facts.xlsx")(
        _facts
    )
    command(app, "terms", example="shengwen terms 揭榜挂帅 科技特派员 --by province")(_terms)
    command(app, "locate", example="shengwen locate 高新技术企业达到2.3万家")(_locate)


def _facts(
    session: Session,
    *,
    province: Provinces = None,
    measure: Annotated[list[str] | None, typer.Option("--measure", "-m", help="In any of its wordings.")] = None,
    period: Periods = None,
    year: Years = None,
    form: Annotated[Format, typer.Option("--format", "-f", help="How to write them.")] = Format.table,
    out: Annotated[Path | None, typer.Option(help="Write to this file.", show_default="stdout")] = None,
    as_json: AsJson = False,
) -> None:
    """Show every figure with its measure, period and citation. 列出语料中的全部数字及出处。"""
    from assistant.cli.sheets import write_csv, write_xlsx

    form = Format.json if as_json else form
    if form is Format.table and out is not None:
        raise typer.BadParameter("choose csv, xlsx or json for a file", param_hint="--format")
    if form is Format.xlsx and out is None and sys.stdout.isatty():
        raise typer.BadParameter("a workbook is no text: name a file with --out, or redirect", param_hint="--format")
    with session.assistant() as a:
        rows = [fact_row(fact, a) for fact in a.facts(province, measure, period, year)]
    if form is Format.xlsx:
        write_xlsx(rows, out)
    elif form is Format.csv:
        write_csv(rows, out)
    elif form is Format.json:
        write_json({"facts": rows}, out)
    else:
        cited = [row | {"citation": f"{row['doc_id']}:{row['start']}-{row['end']}"} for row in rows]
        render_table(_SHOWN, [[row[c] for c in _SHOWN] for row in cited])


def _terms(
    session: Session,
    terms: Annotated[list[str], typer.Argument(metavar="TERM...", help="Terms, in any of their wordings.")],
    *,
    by: Annotated[Group | None, typer.Option(help="Count apart.", show_default=False)] = None,
    as_json: AsJson = False,
) -> None:
    """Count a term and its synonyms, and show where they stand. 统计词语出现的次数与位置。"""
    with session.assistant() as a:
        found = [_term(term, spans, by=by, assistant=a) for term, spans in a.terms(terms).items()]
    if as_json:
        write_json({"terms": found})
        return
    for one in found:
        write_line(say("{term}：{n} 处", "{term}: {n} places").format(**one))
        if by is not None:
            render_table([by.value, "n"], one["by"].items())
        columns = ("province", "year", "period", "place", "excerpt")
        render_table(columns, [[place[c] for c in columns] for place in one["places"]])


def _term(term: str, spans: list[Span], *, by: Group | None, assistant: Assistant) -> dict[str, Any]:
    places = [_place(span, assistant) for span in spans]
    counted = Counter(str(place[by.value] or "-") for place in places) if by is not None else Counter[str]()
    return {
        "term": term,
        "wordings": [term, *assistant.lexicon.synonyms_of(term)],
        "n": len(spans),
        "by": dict(sorted(counted.items(), key=lambda item: (-item[1], item[0]))),
        "places": places,
    }


def _place(span: Span, assistant: Assistant) -> dict[str, Any]:
    text = assistant.document(span.doc_id).text
    section = section_at(span, assistant)
    return {
        "province": section.province if section else None,
        "year": section.year if section else None,
        "period": section.period if section else None,
        "place": f"{span.doc_id}:{span.start}-{span.end}",
        "doc_id": span.doc_id,
        "start": span.start,
        "end": span.end,
        "quote": text[span.start : span.end],
        "excerpt": excerpt(text, span.start, span.end),
    }


def _locate(
    session: Session,
    text: Annotated[str, typer.Argument(help="The sentence to look for.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Say whether a sentence is in any document, and where. 查证一句话是否见于原文。"""
    with session.assistant() as a:
        location = a.locate(text)
        write_json(location.to_dict()) if as_json else render_location(location, a)
