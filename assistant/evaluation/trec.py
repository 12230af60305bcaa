"""Runs and qrels in TREC's formats, read with line numbers and written.

A run's line is ``question Q0 item rank score tag``; a qrels line ``question 0 item grade``, or BEIR's
``query-id<tab>corpus-id<tab>score`` under such a header. Ids hold no whitespace: passages are named ``doc_id:start-end``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from assistant.errors import EvalDataError
from assistant.evaluation.questions import read_text_lines

_RUN = "question Q0 item rank score tag"
_QRELS = "question 0 item grade"


def read_run(path: Path) -> dict[str, tuple[str, ...]]:
    """Question id → item ids, best first: by score, then by id; the rank column is not trusted, as in trec_eval.

    :raises EvalDataError: a wrong line, an item ranked twice for one question, or no line at all.
    """
    scores: dict[str, dict[str, float]] = {}
    for place, line in read_text_lines(path):
        fields = line.split()
        if len(fields) != 6:
            raise EvalDataError(f"{place}: {len(fields)} fields, not 6: write `{_RUN}`")
        question, item = fields[0], fields[2]
        items = scores.setdefault(question, {})
        if item in items:
            raise EvalDataError(f"{place}: the item {item!r} is ranked twice for {question!r}: keep one of the lines")
        items[item] = _score(place, fields[4])
    if not scores:
        raise EvalDataError(f"{path} is empty: write `{_RUN}` a line")
    return {q: tuple(sorted(items, key=lambda i: (-items[i], i))) for q, items in scores.items()}


def read_qrels(path: Path) -> dict[str, dict[str, int]]:
    """Question id → item id → grade. A file whose first line is a header (``query-id …``) has three columns.

    :raises EvalDataError: a wrong line, two grades of one item, or no line at all.
    """
    qrels: dict[str, dict[str, int]] = {}
    lines = list(read_text_lines(path))
    three = bool(lines) and lines[0][1].split()[0].lower() in {"query-id", "query_id", "qid"}
    for place, line in lines[1:] if three else lines:
        fields = line.split("\t") if three and "\t" in line else line.split()
        if len(fields) != (3 if three else 4):
            wanted = "query-id<tab>corpus-id<tab>score" if three else _QRELS
            raise EvalDataError(f"{place}: {len(fields)} fields, not {3 if three else 4}: write `{wanted}`")
        question, item, grade = fields[0], fields[-2], _grade(place, fields[-1])
        if qrels.setdefault(question, {}).setdefault(item, grade) != grade:
            raise EvalDataError(f"{place}: the item {item!r} of {question!r} has a second grade: keep one of the lines")
    if not qrels:
        raise EvalDataError(f"{path} is empty: write `{_QRELS}` a line")
    return qrels


def write_run(path: Path, run: Mapping[str, Sequence[str]], tag: str) -> None:
    """Write a run; the score is the number of items from this one on, so that any reader keeps the order."""
    _write(path, (
        f"{_id(question)} Q0 {_id(item)} {rank} {len(items) - rank + 1} {_id(tag)}"
        for question, items in run.items()
        for rank, item in enumerate(items, start=1)
    ))  # fmt: skip


def write_qrels(path: Path, qrels: Mapping[str, Mapping[str, int]]) -> None:
    """Write qrels in TREC's four columns."""
    _write(path, (f"{_id(q)} 0 {_id(item)} {grade}" for q, items in qrels.items() for item, grade in items.items()))


def _id(name: str) -> str:
    """Whitespace parts the columns; a name that holds some gets underscores instead."""
    return "_".join(name.split())


def _write(path: Path, lines: Iterable[str]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
    except OSError as e:
        raise EvalDataError(f"cannot write {str(path)!r} ({e.strerror}): name a folder that can be written") from None


def _score(place: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if math.isnan(value):
        raise EvalDataError(f"{place}: the score {text!r} is no number: higher is better, such as 12.5")
    return value


def _grade(place: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise EvalDataError(
            f"{place}: the grade {text!r} is no whole number: 0 is not relevant, 1 and more is"
        ) from None
