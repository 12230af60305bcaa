"""A report of the evaluation as HTML: headline, plots, tables, and what failed; it knows nothing about Gradio."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from assistant.evaluation.kept import Kept, got, group_of
from assistant.evaluation.plots import curves, dots, legend
from assistant.evaluation.questions import TYPES
from assistant.evaluation.report import COUNTS
from assistant.ui.messages import MESSAGES, Language, say
from assistant.ui.seam import ask, question_button

HEADLINE = ("score", "answer_sentence@1", "citation_recall", "citation_precision", "refusal_recall", "false_refusal",
            "RR@10", "invariants_broken")  # fmt: skip
RETRIEVAL = ("R@1", "R@5", "R@10", "RR@10", "nDCG@10", "answer_sentence@1")
_CITED = 3
"""Quotes shown of a failed answer."""
_LONGEST = 420
"""Characters of an answer shown; enough to see what is wrong."""
_MARKS = re.compile(r"\*\*|\\([\\`*_\[\]()#+\-.!|<>~{}])")
"""Bold and escapes of an answer's Markdown: it is shown as plain text."""
Told = Mapping[str, Any]


def render_report(kept: Kept, language: Language) -> str:
    """One report, its failed questions left out."""
    return "".join(part for part in _parts(kept, language) if part)


def _parts(kept: Kept, language: Language) -> Iterator[str]:
    told = kept.told
    systems = list(told["systems"])
    main = [s for s in systems if "-" not in s] or systems
    yield _about(kept, language)
    yield _headline(told, systems[0], language)
    yield _plot("eval_by_type", _grouped(told, main, "type", language), main, language)
    yield _plot("eval_by_language", _grouped(told, main, "language", language), main, language)
    parts = [s for s in systems if s.startswith(f"{systems[0]}-")]
    yield _plot(
        "eval_without",
        _measured(told, [systems[0], *parts], ["score"], language) if parts else {},
        [systems[0], *parts],
        language,
    )
    yield _plot("eval_retrieval", _measured(told, main, RETRIEVAL, language), main, language)
    yield _risk(told, main, language)
    yield _reasons(told, main, language)
    yield _time(told, main, language)
    yield _all(told, systems, language)


def _about(kept: Kept, language: Language) -> str:
    told = kept.told
    values = {key: told.get(key) or "–" for key in ("n", "commit", "model")} | {"date": kept.date[:10]}
    notes = [say(language, "eval_about", **values), say(language, "eval_systems")]
    if str(told["set"]).startswith("excerpts"):
        notes.append(say(language, "eval_own"))
    return "".join(f'<p class="sw-v-note">{escape(note)}</p>' for note in notes)


def name_of(name: str, language: Language) -> str:
    """The name of a type or a language of questions, in words."""
    key = f"eval_t_{name}"
    return MESSAGES[key][language] if key in MESSAGES else name


def _measure(name: str, language: Language) -> str:
    key = f"eval_m_{name}"
    return MESSAGES[key][language] if key in MESSAGES else name


def _point(told: Told, system: str, measure: str) -> tuple[float, tuple[float, float]]:
    low, high = told["ci"].get(system, {}).get(measure, (0.0, 0.0))
    return told["systems"][system][measure], (low, high)


def _headline(told: Told, system: str, language: Language) -> str:
    cells = []
    for measure in (m for m in HEADLINE if m in told["systems"][system]):
        value, (low, high) = _point(told, system, measure)
        shown = f"{value:.0f}" if measure in COUNTS else f"{value:.3f}"
        between = "" if measure in COUNTS else f"<small>[{low:.3f}, {high:.3f}]</small>"
        cells.append(f"<div><dt>{escape(_measure(measure, language))}</dt><dd>{shown}{between}</dd></div>")
    title = escape(f"{say(language, 'eval_headline')} ({system})")
    return f'<h3>{title}</h3><dl class="sw-v-headline">{"".join(cells)}</dl>' if cells else ""


def _plot(
    key: str,
    rows: Mapping[str, Mapping[str, Any]],
    series: Sequence[str],
    language: Language,
    *,
    most: float = 1.0,
    note: str = "",
) -> str:
    if not rows:
        return ""
    title = say(language, key)
    return _framed(title, legend(series) + _scrolled(dots(rows, series, most=most, title=title), title), note)


def _scrolled(svg: str, title: str) -> str:
    return f'<div class="sw-v-scroll sw-v-plot" tabindex="0" role="region" aria-label="{escape(title)}">{svg}</div>'


def _framed(title: str, inside: str, note: str = "") -> str:
    told = f'<p class="sw-v-note">{escape(note)}</p>' if note else ""
    return f'<section class="sw-v-framed"><h3>{escape(title)}</h3>{told}{inside}</section>'


def _grouped(told: Told, series: Sequence[str], kind: str, language: Language) -> dict[str, dict[str, Any]]:
    rows = _measured(told, series, ["score"], language) if kind == "type" else {}
    rows = {say(language, "eval_overall"): points for points in rows.values()}
    groups = {system: told["groups"].get(system, {}).get(kind, {}) for system in series}
    names = dict.fromkeys(name for found in groups.values() for name in found)
    for name in sorted(names, key=lambda n: TYPES.index(n) if n in TYPES else len(TYPES)):
        points = {s: g[name] for s, g in groups.items() if "score" in g.get(name, {})}
        if points:
            label = f"{name_of(name, language)} (n={next(iter(points.values()))['n']})"
            rows[label] = {s: (g["score"], tuple(g["ci"])) for s, g in points.items()}
    return rows


def _measured(
    told: Told, series: Sequence[str], measures: Sequence[str], language: Language
) -> dict[str, dict[str, Any]]:
    found = {
        _measure(m, language): {s: _point(told, s, m) for s in series if m in told["systems"][s]} for m in measures
    }
    return {m: points for m, points in found.items() if points}


def _risk(told: Told, series: Sequence[str], language: Language) -> str:
    found = {s: f for s, f in (told.get("risk") or {}).items() if s in series and f.get("curve")}
    if not found:
        return ""
    most = max(0.01, *(risk for f in found.values() for _, risk in f["curve"]))
    title = say(language, "eval_risk")
    named = [s for s in series if s in found]
    drawn = curves({s: found[s]["curve"] for s in named}, named, most=most, title=title)
    return _framed(title, legend(named) + _scrolled(drawn, title), say(language, "eval_risk_note"))


def _reasons(told: Told, series: Sequence[str], language: Language) -> str:
    table = next((t for s, t in (told.get("reasons") or {}).items() if s in series[:1]), None)
    if not table:
        return ""
    said = sorted({s for row in table.values() for s in row})
    head = "".join(
        f'<th scope="col">{escape(h)}</th>' for h in (say(language, "eval_why"), *(name_of(s, language) for s in said))
    )
    body = "".join(_reason(name_of(why, language), row, said) for why, row in table.items())
    return _framed(say(language, "eval_reasons"), _tabled(head, body, say(language, "eval_reasons")))


def _reason(why: str, row: Mapping[str, int], said: Sequence[str]) -> str:
    cells = "".join(f"<td>{row.get(s) or '–'}</td>" for s in said)
    return f'<tr><th scope="row">{escape(why)}</th>{cells}</tr>'


def _tabled(head: str, body: str, label: str) -> str:
    return (
        f'<div class="sw-v-scroll" tabindex="0" role="region" aria-label="{escape(label)}"><table class="sw-v-measures"><thead><tr>{head}'
        f"</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _time(told: Told, series: Sequence[str], language: Language) -> str:
    times = [m for m in dict.fromkeys(m for s in series for m in told["systems"][s]) if "_ms_" in m]
    rows = _measured(told, series, times, language)
    most = max((high for points in rows.values() for _, (_, high) in points.values()), default=1.0) or 1.0
    return _plot("eval_time", rows, series, language, most=most)


def _all(told: Told, systems: Sequence[str], language: Language) -> str:
    rows = []
    for measure in dict.fromkeys(m for s in systems for m in told["systems"][s]):
        cells = []
        for system in systems:
            if measure not in told["systems"][system]:
                cells.append("<td></td>")
                continue
            value, (low, high) = _point(told, system, measure)
            cells.append(f"<td>{value:.3f} <small>[{low:.3f}, {high:.3f}]</small></td>")
        rows.append(f'<tr><th scope="row">{escape(measure)}</th>{"".join(cells)}</tr>')
    head = "".join(f'<th scope="col">{escape(h)}</th>' for h in (say(language, "eval_measure"), *systems))
    title = say(language, "eval_all")
    return f"<details><summary>{escape(title)}</summary>{_tabled(head, ''.join(rows), title)}</details>"


def render_failures(rows: Sequence[Mapping[str, Any]], language: Language) -> str:
    """Questions with what was wanted and what was answered."""
    return "".join(_failure(row, language) for row in rows)


def _failure(row: Mapping[str, Any], language: Language) -> str:
    question = _text(row.get("question"))
    tags = (name_of(group_of(row, "type"), language), name_of(group_of(row, "language"), language))
    share = say(language, "eval_got", share=f"{got(row):.2f}")
    marks = "".join(f"<span>{escape(tag)}</span>" for tag in (*tags, share, _text(row.get("id"))) if tag)
    pairs = (
        ("eval_wanted", _text(row.get("want"))),
        ("eval_about_what", _text(row.get("about"))),
        ("eval_answered", _answer(row)),
        ("eval_status", _status(_text(row.get("status")), language)),
        ("eval_cited", _text((row.get("cited") or [])[:_CITED])),
        ("eval_broken", _text(row.get("broken"))),
    )
    told = "".join(
        f"<div><dt>{escape(say(language, key))}</dt><dd>{escape(value)}</dd></div>" for key, value in pairs if value
    )
    last = question.rpartition(" → ")[2]
    again = question_button(ask(last), say(language, "eval_ask"), css="sw-v-link") if last else ""
    return f'<li class="sw-v-failure"><h4>{escape(question)}</h4><p class="sw-v-tags">{marks}</p><dl>{told}</dl>{again}</li>'


def _status(status: str, language: Language) -> str:
    """``declined (not_stated)`` in words."""
    said, _, reason = status.removesuffix(")").partition(" (")
    named = [MESSAGES[said][language] if said in MESSAGES else said, name_of(reason, language)]
    return " · ".join(part for part in named if part)


def _answer(row: Mapping[str, Any]) -> str:
    text = _MARKS.sub(r"\1", _text(row.get("text") or row.get("sentence") or row.get("ranked")))
    short = _text(row.get("short"))
    whole = f"{short} ｜ {text}" if short and short not in text else text
    return whole if len(whole) <= _LONGEST else f"{whole[:_LONGEST]}…"


def _text(value: object) -> str:
    if isinstance(value, list | tuple):
        return "；".join(_text(v) for v in value)
    return "" if value is None else " ".join(str(value).split())
