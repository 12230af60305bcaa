"""A report as one HTML file that needs nothing beside it: tables, and plots drawn in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from assistant.evaluation.plots import curves, dots, legend

_STYLE = """body{font:15px/1.5 system-ui,sans-serif;max-width:900px;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}
svg{width:100%;font:12px system-ui,sans-serif}svg .rule{stroke:#ddd}table{border-collapse:collapse;display:block;overflow-x:auto}
th,td{border:1px solid #ddd;padding:.2rem .5rem;text-align:right;white-space:nowrap}th:first-child,td:first-child{text-align:left}
.legend span{margin-right:1rem}.legend i{display:inline-block;width:.8em;height:.8em;margin-right:.3em}"""
Told = Mapping[str, Any]
"""A report as its JSON has it."""


def html(told: Told) -> str:
    """The page of a report, from the same JSON that is written beside it."""
    name = escape(told["set"])
    about = f"{told['n']} questions; model {escape(told['model'] or '–')}; commit {escape(told['commit'] or '–')}"
    body = "\n".join(part for part in _parts(told) if part)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{name}</title><style>{_STYLE}</style>'
        f"</head><body>\n<h1>{name}</h1>\n<p>{about}. Intervals are 95 % bootstraps over questions.</p>\n{body}\n"
        "</body></html>\n"
    )


def _parts(told: Told) -> Iterator[str]:
    series = list(told["systems"])
    yield legend(series)
    yield _by_type(told, series)
    yield _ranking(told, series)
    yield _risk(told, series)
    yield _reasons(told)
    yield _latency(told, series)
    yield "<h2>All measures</h2>" + _all(told, series)


def _point(told: Told, system: str, measure: str) -> tuple[float, tuple[float, float]]:
    low, high = told["ci"][system][measure]
    return told["systems"][system][measure], (low, high)


def _measured(told: Told, series: Sequence[str], measures: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Measure → system → point, where the system has it."""
    found = {m: {s: _point(told, s, m) for s in series if m in told["systems"][s]} for m in measures}
    return {m: points for m, points in found.items() if points}


def _by_type(told: Told, series: Sequence[str]) -> str:
    rows: dict[str, dict[str, Any]] = dict(_measured(told, series, ["score"]))
    for system in series:
        for name, group in told["groups"].get(system, {}).get("type", {}).items():
            if "score" in group:
                rows.setdefault(f"{name} (n={group['n']})", {})[system] = (group["score"], tuple(group["ci"]))
    if not rows:
        return ""
    return "<h2>Score by type of question</h2>" + dots(rows, series, title="Score by type of question and system")


def _ranking(told: Told, series: Sequence[str]) -> str:
    rows = _measured(told, series, ["R@1", "R@5", "R@10", "RR@10", "nDCG@10", "answer_sentence@1"])
    return "<h2>Retrieval</h2>" + dots(rows, series, title="Retrieval by measure and system") if rows else ""


def _risk(told: Told, series: Sequence[str]) -> str:
    found = told["risk"]
    if not found:
        return ""
    most = max(0.01, *(risk for f in found.values() for _, risk in f["curve"]))
    areas = "; ".join(f"{escape(s)} {f['aurc']:.3f} (all its answers: {f['loss']:.3f})" for s, f in found.items())
    return (
        "<h2>Risk and coverage</h2><p>Across: the share of all questions that is answered when only the most confident "
        "answers are kept. Upwards: what these lose of the score. Area under the curve (AURC, lower is better): "
        f"{areas}.</p>"
        + curves({s: f["curve"] for s, f in found.items()}, series, most=most, title="Risk and coverage")
    )


def _reasons(told: Told) -> str:
    out = []
    for system, table in told["reasons"].items():
        said = sorted({s for row in table.values() for s in row})
        if not said:
            continue
        rows = []
        for why, row in table.items():
            total = sum(row.values())
            cells = (_shaded(row.get(s, 0), total) for s in said)
            rows.append(f"<tr><td>{escape(why)}</td>{''.join(cells)}</tr>")
        head = "".join(f"<th>{escape(s)}</th>" for s in ("why", *said))
        out.append(f"<h3>{escape(system)}</h3><table><tr>{head}</tr>{''.join(rows)}</table>")
    return "<h2>What was said where there is no answer</h2>" + "".join(out) if out else ""


def _shaded(count: int, total: int) -> str:
    return f'<td style="background:rgba(0,114,178,{0.6 * count / total:.2f})">{count}</td>'


def _latency(told: Told, series: Sequence[str]) -> str:
    times = [m for m in dict.fromkeys(m for s in series for m in told["systems"][s]) if "_ms_" in m]
    rows = _measured(told, series, times)
    if not rows:
        return ""
    most = max(high for points in rows.values() for _, (_, high) in points.values()) or 1.0
    shown = {name.replace("search_beyond_encoding", "beyond encoding"): points for name, points in rows.items()}
    return "<h2>Time (ms)</h2>" + dots(shown, series, most=most, title="Milliseconds by system")


def _all(told: Told, series: Sequence[str]) -> str:
    measures = dict.fromkeys(m for s in series for m in told["systems"][s])
    rows = []
    for measure in measures:
        cells = []
        for system in series:
            if measure not in told["systems"][system]:
                cells.append("<td></td>")
                continue
            value, (low, high) = _point(told, system, measure)
            n = told["eligible"][system][measure]
            cells.append(f'<td title="n={n}">{value:.3f} [{low:.3f}, {high:.3f}]</td>')
        rows.append(f"<tr><td>{escape(measure)}</td>{''.join(cells)}</tr>")
    head = "".join(f"<th>{escape(s)}</th>" for s in ("measure", *series))
    return f"<table><tr>{head}</tr>{''.join(rows)}</table>"
