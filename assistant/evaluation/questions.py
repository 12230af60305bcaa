"""Question sets: JSON lines with questions, answers and verbatim evidence, read and validated. It knows no store."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import EvalDataError
from assistant.settings import data_dir
from assistant.types import Period

TYPES = ("number", "fact", "list_provinces", "compare", "summary", "yesno", "followup", "unanswerable")
KINDS = tuple(t for t in TYPES if t != "followup")
REASONS = {"province_absent": "province_absent", "not_stated": "not_stated", "wrong_year": "year_absent",
           "off_topic": "off_topic", "injection": "unsafe"}  # fmt: skip
"""Why a question cannot be answered, and the reason that an answer should give for declining it."""
SPLITS = ("dev", "test")
_PERIOD = re.compile(r"(\d{4})(回顾|规划)")
_ROLES: dict[str, tuple[Period, ...]] = {"回顾": ("review", "review_5y"), "规划": ("plan", "plan_5y")}
_LISTS = ("answers", "provinces", "evidence", "history", "also", "near")
_REQUIRED = ("id", "lang", "type", "question", "answers", "provinces", "period", "evidence")
_OPTIONAL = ("history", "why", "kind", "also", "near", "split", "note")


@dataclass(frozen=True, slots=True)
class EvalQuestion:
    """One question with its label, as written. ``place`` is ``file:line``, for messages.

    ``kind`` is the type that decides how ``answers`` are read: a follow-up's own kind, otherwise ``type``.
    """

    id: str
    lang: str
    type: str
    kind: str
    question: str
    answers: tuple[str, ...]
    provinces: tuple[str, ...]
    period: str | None
    evidence: tuple[str, ...]
    history: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    why: str | None = None
    split: str | None = None
    place: str = ""

    @property
    def answerable(self) -> bool:
        """Whether the corpus holds an answer."""
        return self.kind != "unanswerable"

    @property
    def role(self) -> tuple[int, tuple[Period, ...]] | None:
        """Year and roles that an answer must stand in; ``None`` where the period does not matter."""
        match = _PERIOD.fullmatch(self.period or "")
        return (int(match[1]), _ROLES[match[2]]) if match else None


def shipped_set() -> Path:
    """The set that comes with the program."""
    return data_dir("eval") / "excerpts-2022.jsonl"


def read_questions(path: Path, split: str | None = None) -> tuple[EvalQuestion, ...]:
    """The questions of a file, in its order; with ``split``, only those of it.

    :raises EvalDataError: an unreadable file, a wrong line (named with its number), or nothing left.
    """
    questions = tuple(_questions(read_lines(path)))
    seen: dict[str, str] = {}
    for q in questions:
        if q.id in seen:
            raise EvalDataError(f"{q.place}: the id {q.id!r} is taken by {seen[q.id]}: give each question its own")
        seen[q.id] = q.place
    kept = tuple(q for q in questions if split is None or q.split == split)
    if not kept:
        what = f"no question of the split {split!r}" if questions else "no question"
        known = sorted({q.split for q in questions if q.split})
        hint = f"use one of {', '.join(known)}" if split and known else "write one JSON object a line"
        raise EvalDataError(f"{path} holds {what}: {hint}")
    return kept


def read_lines(path: Path) -> Iterator[tuple[str, Any]]:
    """``(file:line, value)`` of every line of JSON that is not blank.

    :raises EvalDataError: the file cannot be read, or a line is no JSON.
    """
    for place, line in read_text_lines(path):
        try:
            yield place, json.loads(line)
        except ValueError as e:
            raise EvalDataError(f"{place}: not JSON ({e}): write one JSON object a line") from None


def read_text_lines(path: Path) -> Iterator[tuple[str, str]]:
    """``(file:line, text)`` of every line that is not blank.

    :raises EvalDataError: the file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as e:
        raise EvalDataError(f"cannot read {str(path)!r} ({e.strerror}): name a file that exists") from None
    except UnicodeDecodeError as e:
        raise EvalDataError(f"{path} is not UTF-8 (byte {e.start}): save it as UTF-8") from None
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield f"{path}:{number}", line.rstrip("\r")


def _questions(lines: Iterable[tuple[str, Any]]) -> Iterator[EvalQuestion]:
    for place, row in lines:
        _check_shape(place, row)
        kind = row.get("kind") or row["type"]
        lists = {name: tuple(row.get(name) or ()) for name in _LISTS}
        q = EvalQuestion(
            id=row["id"],
            lang=row["lang"],
            type=row["type"],
            kind=kind,
            question=row["question"],
            period=row["period"],
            why=row.get("why"),
            split=row.get("split"),
            place=place,
            **lists,
        )
        _check_meaning(q)
        yield q


def _check_shape(place: str, row: Any) -> None:
    """Keys and types of values."""
    if not isinstance(row, dict):
        raise EvalDataError(f"{place}: a {type(row).__name__}, not an object: write one JSON object a line")
    missing = [k for k in _REQUIRED if k not in row]
    if missing:
        raise EvalDataError(f"{place}: the field {missing[0]!r} is missing: add it (null or [] where nothing applies)")
    unknown = [k for k in row if k not in (*_REQUIRED, *_OPTIONAL)]
    if unknown:
        near = difflib.get_close_matches(unknown[0], (*_REQUIRED, *_OPTIONAL), n=1, cutoff=0.0)
        raise EvalDataError(f"{place}: unknown field {unknown[0]!r}: the nearest known one is {near[0]!r}")
    for name in ("id", "lang", "type", "question"):
        if not isinstance(row[name], str) or not row[name].strip():
            raise EvalDataError(f"{place}: {name} is {row[name]!r}: write a text that is not empty")
    for name in _LISTS:
        value = row.get(name, [])
        if not isinstance(value, list) or any(not isinstance(v, str) or not v.strip() for v in value):
            raise EvalDataError(f"{place}: {name} is {value!r}: write a list of texts, none of them empty")
    for name in ("period", "why", "kind", "split"):
        if not isinstance(row.get(name), str | None):
            raise EvalDataError(f"{place}: {name} is {row[name]!r}: write a text or null")


def _check_meaning(q: EvalQuestion) -> None:
    """Values that exclude each other or that nobody knows."""
    checks = (
        (q.type in TYPES, f"unknown type {q.type!r}: use one of {', '.join(TYPES)}"),
        (q.kind in KINDS, f"kind is {q.kind!r}: name the type of the completed question, one of {', '.join(KINDS)}"),
        (q.type == "followup" or q.kind == q.type, f"kind is given for the type {q.type!r}: only a followup has one"),
        (q.type != "followup" or bool(q.history), "a followup without history: add the earlier questions"),
        (q.period in (None, "both") or q.role is not None,
         f"unknown period {q.period!r}: write a year with 回顾 or 规划 (2022规划), both or null"),
        (q.split in (None, *SPLITS), f"unknown split {q.split!r}: use {' or '.join(SPLITS)}"),
        (q.answerable or q.why in REASONS, f"why is {q.why!r}: use one of {', '.join(REASONS)}"),
        (not q.answerable or q.why is None, f"why is {q.why!r} for a question that has an answer: remove it"),
        (q.answerable or not (q.answers or q.evidence), "an unanswerable question with answers or evidence: use near"),
        (not q.answerable or bool(q.answers) or q.kind == "list_provinces", "no answers: write what is right"),
        (q.kind != "list_provinces" or set(q.answers) == set(q.provinces),
         f"answers {sorted(q.answers)} and provinces {sorted(q.provinces)} of a list differ: make them the same"),
        (q.kind != "yesno" or [a.strip().lower() for a in q.answers] in (["是"], ["否"], ["yes"], ["no"]),
         f"answers of a yesno are {list(q.answers)}: write 是, 否, Yes or No"),
    )  # fmt: skip
    for holds, problem in checks:
        if not holds:
            raise EvalDataError(f"{q.place}: {problem}")
