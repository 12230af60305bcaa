"""Results kept with the program: a file for each set and commit, and the tables of the READMEs made from the newest.

A results file holds measures only, no text of a question, an answer or a document.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.errors import EvalDataError
from assistant.evaluation.page import html
from assistant.evaluation.report import Report
from assistant.evaluation.writing import markdown
from assistant.settings import data_dir

BEGIN, END = "<!-- eval:begin -->", "<!-- eval:end -->"
COLUMNS = (
    "score",
    "citation_recall",
    "citation_precision",
    "RR@10",
    "answer_sentence@1",
    "ask_ms_p50",
    "search_ms_p50",
)
"""Measures of a README's table."""
WITH_INTERVAL = frozenset({"score", "RR@10", "answer_sentence@1"})
Told = Mapping[str, Any]
_HEADS = {
    "README.md": ("System", {"score": "Score", "citation_recall": "Citation recall", "answer_sentence@1": "Answer in the first sentence",
                  "citation_precision": "Citation precision", "ask_ms_p50": "ms a question, median",
                  "search_ms_p50": "of which search"}),
    "README.zh.md": ("系统", {"score": "得分", "citation_recall": "引文召回率", "citation_precision": "引文准确率",
                     "answer_sentence@1": "首句含答案", "ask_ms_p50": "每题毫秒数（中位）",
                     "search_ms_p50": "其中检索"}),
}  # fmt: skip
_ABOUT = {
    "README.md": "**{set}**: {n} questions, commit `{commit}`, {date}; in brackets the 95 % interval.{own}",
    "README.zh.md": "**{set}**：{n} 题，提交 `{commit}`，{date}；方括号内为 95% 区间。{own}",
}
_OWN = {
    "README.md": " Written by the makers of this program about the shipped text, tuned on its other part: expect less on documents of your own.",
    "README.zh.md": "题目由本程序的作者就自带文本编写，调试用的是另一部分；换成您的文档，结果可能较低。",
}

_LEGEND = {
    "README.md": "`full` is the program; `bm25`, `dense` and `hybrid` answer with the best passage found; other programs only retrieve. [What each system and measure is](docs/evaluation.md).",
    "README.zh.md": "`full` 是本程序；`bm25`、`dense`、`hybrid` 以检索到的第一段作答；其他程序只作检索。[各系统与指标的说明](docs/evaluation.md)。",
}


def results_dir() -> Path:
    """The folder of the results that come with the program."""
    return data_dir("eval") / "results"


def publish(report: Report, folder: Path, now: datetime | None = None) -> Path:
    """Write ``SET-COMMIT.json`` with the date, and beside it the page in Markdown and HTML; no question's text.

    :raises EvalDataError: the folder cannot be written.
    """
    moment = (now or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
    told = report.to_dict() | {"date": moment}
    path = folder / f"{re.sub(r'[^0-9A-Za-z._-]+', '-', report.set)}-{report.commit}.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        path.with_suffix(".md").write_text(markdown(report, with_failures=False), encoding="utf-8")
        path.with_suffix(".html").write_text(html(told), encoding="utf-8")
    except OSError as e:
        raise EvalDataError(f"cannot write {str(folder)!r} ({e.strerror}): name a folder that can be written") from None
    return path


def newest(folder: Path) -> tuple[Told, ...]:
    """Of each set the newest results, sets with answers first; development splits are left out: they were tuned on.

    :raises EvalDataError: a file that is no results file.
    """
    latest: dict[str, Told] = {}
    for path in sorted(folder.glob("*.json")):
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            name, date = str(told["set"]), str(told["date"])
        except (OSError, ValueError, KeyError, TypeError) as e:
            raise EvalDataError(f"{path} is no results file ({e!r}): remove it, or write it again") from None
        if not name.endswith(":dev") and (name not in latest or latest[name]["date"] < date):
            latest[name] = told
    return tuple(sorted(latest.values(), key=lambda t: (not _has_answers(t), t["set"])))


def table(told: Told, readme: str) -> str:
    """Results as the paragraph and the table of a README, ablations left out."""
    systems = {name: values for name, values in told["systems"].items() if "-" not in name}
    columns = [m for m in COLUMNS if any(m in values for values in systems.values())]
    first, names = _HEADS[readme]
    lines = [[first, *(names.get(m, m) for m in columns)], ["---", *["---:"] * len(columns)]]
    for name, values in systems.items():
        intervals = {m: bounds for m, bounds in told["ci"][name].items() if m in WITH_INTERVAL}
        cells = [_cell(values.get(m), intervals.get(m), m) for m in columns]
        lines.append([f"`{name}`", *cells])
    fields = {key: told[key] for key in ("set", "n", "commit")} | {"date": told["date"][:10]}
    about = _ABOUT[readme].format(**fields, own=_OWN[readme] if _has_answers(told) else "")
    return about + "\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _has_answers(told: Told) -> bool:
    return any("score" in values for values in told["systems"].values())


def _cell(value: float | None, interval: Sequence[float] | None, measure: str) -> str:
    if value is None:
        return ""
    if "_ms_" in measure:
        return f"{value:.0f}"
    return f"{value:.3f}" + (f" [{interval[0]:.3f}, {interval[1]:.3f}]" if interval else "")


def with_results(text: str, readme: str, results: Sequence[Told]) -> str:
    """A README's text with the tables of some results between its markers.

    :raises EvalDataError: it has not both markers, in order.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise EvalDataError(f"{readme} lacks {BEGIN} … {END}: add these two lines where the results belong")
    block = "\n\n".join([*(table(told, readme) for told in results), *([_LEGEND[readme]] if results else [])])
    return f"{before}{BEGIN}\n{block}\n{END}{after}"


def update_readmes(root: Path, folder: Path) -> None:
    """Write the newest results into the READMEs of a checkout.

    :raises EvalDataError: a README without markers, or a wrong results file.
    """
    results = newest(folder)
    for name in _HEADS:
        path = root / name
        path.write_text(with_results(path.read_text(encoding="utf-8"), name, results), encoding="utf-8")
