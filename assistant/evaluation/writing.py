"""A report for people: on the terminal, and as a folder of Markdown, JSON, runs and qrels."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from assistant.errors import EvalDataError
from assistant.evaluation.page import html
from assistant.evaluation.report import COUNTS, TIMES, Question, Report, SystemResult
from assistant.evaluation.trec import write_qrels, write_run

_LISTED = ("want", "about", "status", "intent", "short", "provinces", "answers", "sentence", "ranked", "text", "cited",
           "understood", "broken")  # fmt: skip
_KINDS = {"type": "Type", "language": "Language", "province": "Province", "why": "Why it has no answer"}


def write_report(report: Report, folder: Path) -> None:
    """Write ``report.json``, ``report.md``, ``report.html``, ``rows-*.jsonl``, and the run of each system with the qrels.

    :raises EvalDataError: the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(report.to_dict(), ensure_ascii=False, indent=1)
        (folder / "report.json").write_text(text + "\n", encoding="utf-8")
        (folder / "report.md").write_text(markdown(report), encoding="utf-8")
        (folder / "report.html").write_text(html(report.to_dict()), encoding="utf-8")
        for result in report.results:
            rows = (json.dumps(_row(q), ensure_ascii=False) + "\n" for q in result.questions)
            (folder / f"rows-{result.name}.jsonl").write_text("".join(rows), encoding="utf-8")
    except OSError as e:
        raise EvalDataError(f"cannot write {str(folder)!r} ({e.strerror}): name a folder that can be written") from None
    if report.qrels:
        write_qrels(folder / "qrels.trec", report.qrels)
        for result in report.results:
            write_run(folder / f"run-{result.name}.trec", result.run, result.name)


def _row(question: Question) -> dict[str, object]:
    return {
        "id": question.id,
        "row": {m: list(share) for m, share in question.row.items()},
        "ms": question.ms,
        "confidence": question.confidence,
        "groups": [list(group) for group in question.groups],
    } | question.got


def markdown(report: Report, *, with_failures: bool = True) -> str:
    """The report as one page: measures, groups, tests, refusals, confidence, and the first system's failed questions."""
    parts = [
        f"# {report.set}",
        f"{report.n} questions; model {report.model or '–'}; commit {report.commit or '–'}. In brackets the 95 % "
        "bootstrap interval over questions.",
        "\n".join(_measures(report)),
        *("\n".join(lines) for lines in _group_tables(report)),
        "\n".join(_paired(report)),
        "\n".join(_reasons(report)),
        "\n".join(_risk(report)),
        "\n".join(_failed(report)) if with_failures else "",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [" | ".join(head), " | ".join(["---", *["---:"] * (len(head) - 1)]), *(" | ".join(row) for row in rows)]
    return [f"| {line} |" for line in lines]


def _shown(measure: str, value: float) -> str:
    return f"{value:.1f}" if measure in TIMES else f"{value:.0f}" if measure in COUNTS else f"{value:.3f}"


def _measures(report: Report) -> list[str]:
    values = [(r.values(), r.intervals()) for r in report.results]
    names = list(dict.fromkeys(m for v, _ in values for m in v))
    rows = []
    for name in names:
        cells = [
            f"{_shown(name, v[name])} [{_shown(name, ci[name][0])}, {_shown(name, ci[name][1])}]" if name in v else ""
            for v, ci in values
        ]
        rows.append([name, *cells])
    return _table(["Measure", *(r.name for r in report.results)], rows)


def _group_tables(report: Report) -> Iterator[list[str]]:
    cells: dict[str, dict[str, dict[str, tuple[int, float]]]] = {}
    for result in report.results:
        for g in result.by_group(report.main):
            cells.setdefault(g.kind, {}).setdefault(g.name, {})[result.name] = (g.n, g.value)
    for kind, groups in cells.items():
        rows = []
        for group, by_system in groups.items():
            n = max(count for count, _ in by_system.values())
            told = [f"{by_system[r.name][1]:.3f}" if r.name in by_system else "" for r in report.results]
            rows.append([group, str(n), *told])
        yield [
            f"## {report.main} by {kind}",
            "",
            *_table([_KINDS.get(kind, kind), "n", *(r.name for r in report.results)], rows),
        ]


def _paired(report: Report) -> list[str]:
    rows = [[pair, t["measure"], f"{t['difference']:+.3f}", f"{t['p']:.4f}"] for pair, t in report.paired().items()]
    if not rows:
        return []
    head = ["## Paired permutation tests", ""]
    return [*head, *_table(["Systems", "Measure", "Mean difference", "p (two-sided)"], rows)]


def _risk(report: Report) -> list[str]:
    found = [(r.name, risk) for r in report.results if (risk := r.risk(report.main)) is not None]
    if not found:
        return []
    rows = [[name, str(r["answered"]), f"{r['loss']:.3f}", f"{r['aurc']:.3f}"] for name, r in found]
    told = (
        "The area under the risk–coverage curve (AURC): the mean loss when only the most confident answers are kept, "
    )
    head = [
        "## Confidence",
        "",
        f"{told}averaged over how many are kept; lower is better, and no better than the loss",
        "of all answers if confidence says nothing.",
        "",
    ]
    return [*head, *_table(["System", "Answered", "Loss of all answers", "AURC"], rows)]


def _reasons(report: Report) -> list[str]:
    lines: list[str] = []
    for system, table in report.reasons.items():
        said = sorted({s for row in table.values() for s in row})
        if said:
            rows = [[why, *(str(row.get(s, 0)) for s in said)] for why, row in table.items()]
            lines += [f"## What {system} said where there is no answer", "", *_table(["Why", *said], rows), ""]
    return lines[:-1]


def failures(result: SystemResult, main: str) -> Iterator[Question]:
    """The questions that did not get the whole of the main measure or the sentence, or that broke a promise."""
    for question in result.questions:
        shares = [question.row.get(measure, (0.0, 0.0)) for measure in (main, "answer_sentence@1")]
        if any(got < of for got, of in shares) or question.row.get("invariants_broken", (0.0, 0.0))[0]:
            yield question


def _failed(report: Report) -> list[str]:
    result = report.results[0]
    found = list(failures(result, report.main))
    if not found:
        return []
    lines = [f"## Not fully right under {result.name}: {len(found)} of {len(result.questions)}"]
    for q in found:
        lines += [
            "",
            f"### {q.id} · {q.row.get(report.main, (0.0, 0.0))[0]:.2f} · {_line(q.got.get('question', ''))}",
            "",
        ]
        lines += [f"- {key}: {_line(q.got[key])}" for key in _LISTED if q.got.get(key)]
    return lines


def _line(value: object) -> str:
    """One line of Markdown: nothing in it may start a heading or a table."""
    text = "; ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return " ".join(text.split()).replace("|", "¦")


def plain(report: Report, *, with_failures: bool = False) -> str:
    """The report for a terminal: a line for each measure, then the first system's failed questions if wanted."""
    lines = []
    for result in report.results:
        intervals = result.intervals()
        lines.append(f"== {result.name} on {report.set}: {len(result.questions)} questions")
        for measure, value in result.values().items():
            low, high = intervals[measure]
            span = f"[{_shown(measure, low)}, {_shown(measure, high)}]"
            lines.append(f"  {measure:20} {_shown(measure, value):>7}  {span:18} n={result.eligible(measure)}")
        for question in failures(result, report.main) if with_failures and result is report.results[0] else ():
            lines.append(
                f"-- {question.id}  {question.row.get(report.main, (0.0, 0.0))[0]:.2f}  {question.got.get('question')}"
            )
            lines += [f"     {key}: {_line(question.got[key])[:400]}" for key in _LISTED if question.got.get(key)]
    return "\n".join(lines) + "\n"
