"""Collections of paragraphs with judged queries, read as they come: SQuAD-format files and BEIR folders."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from assistant.errors import EvalDataError
from assistant.evaluation.questions import read_lines
from assistant.evaluation.trec import read_qrels

BEIR_SPLITS = ("test", "dev", "train")
"""Which of several qrels files is taken: the first of these that is there."""


@dataclass(frozen=True, slots=True)
class Collection:
    """Paragraphs, queries and their judgments, by id.

    ``answers`` holds the gold answers of a query where the format has them; they are what ``answer_sentence@1`` needs.
    """

    name: str
    paragraphs: dict[str, str]
    queries: dict[str, str]
    qrels: dict[str, dict[str, int]]
    answers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    """Places of questions that cannot be asked or judged: blank ones, and those without an answer."""


def read_squad(path: Path) -> Collection:
    """A file of SQuAD's shape, ``data[].paragraphs[].{context,qas[]}``; equal contexts become one paragraph.

    Blank questions and those without an answer (SQuAD 2's impossible ones) are left out, and their places told.

    :raises EvalDataError: the file cannot be read or has another shape; the message names the place in it.
    """
    out = Collection(path.stem, {}, {}, {}, {})
    ids: dict[str, str] = {}
    left_out: list[str] = []
    for place, paragraph in _squad_paragraphs(path):
        context = _text(paragraph, "context", place)
        name = ids.setdefault(context, f"p{len(ids):06d}")
        out.paragraphs[name] = context
        for i, qa in enumerate(_list(paragraph, "qas", place)):
            here = f"{place}.qas[{i}]"
            query, question = _text(qa, "id", here), _text(qa, "question", here, blank=True)
            golds = [_text(a, "text", f"{here}.answers[{j}]") for j, a in enumerate(_list(qa, "answers", here))]
            if query in out.queries:
                raise EvalDataError(f"{here}: the id {query!r} is taken: give each question its own")
            if not golds or not question.strip():
                left_out.append(here)
                continue
            out.queries[query], out.qrels[query] = question, {name: 1}
            out.answers[query] = tuple(dict.fromkeys(golds))
    if not out.queries:
        raise EvalDataError(f"{path} holds no question with an answer: is it of SQuAD's shape?")
    return replace(out, left_out=tuple(left_out))


def _squad_paragraphs(path: Path) -> Iterator[tuple[str, Any]]:
    try:
        whole = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as e:
        raise EvalDataError(f"cannot read {str(path)!r} ({e.strerror}): name a file that exists") from None
    except UnicodeDecodeError as e:
        raise EvalDataError(f"{path} is not UTF-8 (byte {e.start}): save it as UTF-8") from None
    except json.JSONDecodeError as e:
        raise EvalDataError(f"{path}:{e.lineno}: not JSON ({e.msg}): write one JSON object of SQuAD's shape") from None
    for i, article in enumerate(_list(whole, "data", str(path))):
        for j, paragraph in enumerate(_list(article, "paragraphs", f"{path}: data[{i}]")):
            yield f"{path}: data[{i}].paragraphs[{j}]", paragraph


def read_beir(folder: Path) -> Collection:
    """A BEIR folder: ``corpus.jsonl``, ``queries.jsonl``, ``qrels/*.tsv``; queries that nobody judged are left out.

    :raises EvalDataError: a file is missing or wrong, or judgments name what the folder does not hold.
    """
    paragraphs: dict[str, str] = {}
    for place, row in read_lines(folder / "corpus.jsonl"):
        title = row.get("title") if isinstance(row, dict) else None
        text = _text(row, "text", place, blank=bool(title))
        paragraphs[_new_id(row, place, paragraphs)] = f"{title}\n{text}" if title else text
    queries: dict[str, str] = {}
    for place, row in read_lines(folder / "queries.jsonl"):
        queries[_new_id(row, place, queries)] = _text(row, "text", place)
    path = _beir_qrels(folder)
    qrels = read_qrels(path)
    for query, grades in qrels.items():
        lost = [f"query {query!r}"] if query not in queries else [f"text {d!r}" for d in grades if d not in paragraphs]
        if lost:
            raise EvalDataError(f"{path} judges the {lost[0]}, which {folder} does not hold: use files of one release")
    return Collection(folder.name, paragraphs, {q: t for q, t in queries.items() if q in qrels}, qrels)


def _beir_qrels(folder: Path) -> Path:
    found = {p.stem: p for p in sorted((folder / "qrels").glob("*.tsv"))}
    for name in (*BEIR_SPLITS, *found):
        if name in found:
            return found[name]
    raise EvalDataError(f"{str(folder / 'qrels')!r} holds no .tsv file: a BEIR folder has qrels/test.tsv")


def _new_id(row: Any, place: str, known: dict[str, str]) -> str:
    name = _text(row, "_id", place)
    if name in known:
        raise EvalDataError(f"{place}: the _id {name!r} is taken by a line before: give each its own")
    return name


def _text(row: Any, key: str, place: str, *, blank: bool = False) -> str:
    value = row.get(key) if isinstance(row, dict) else None
    if isinstance(value, int) and key in {"id", "_id"}:
        return str(value)
    if not isinstance(value, str) or not (value.strip() or blank):
        raise EvalDataError(f"{place}: {key} is {value!r}: write a text that is not empty")
    return value


def _list(row: Any, key: str, place: str) -> list[Any]:
    value = row.get(key) if isinstance(row, dict) else None
    if not isinstance(value, list):
        raise EvalDataError(f"{place}: {key} is {type(value).__name__}, not a list: is it of SQuAD's shape?")
    return value
