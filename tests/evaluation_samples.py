"""A tiny corpus of two invented provinces, questions on it, and answers as a faultless program would give them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant.evaluation.gold import Gold, resolve
from assistant.evaluation.questions import EvalQuestion, read_questions
from assistant.types import Answer, Citation, Computed, Document, Passage, Period, Section, Span

REVIEW_A = "甲省去年高新技术企业突破2万家。研发投入增长7%。"
PLAN_A = "甲省今年高新技术企业达到2.3万家。推行“赛马”制。"
REVIEW_B = "乙省去年高新技术企业1220家。"
PLAN_B = "乙省今年新增高新技术企业200家以上。技术合同成交额1300亿元。"
TEXT = REVIEW_A + PLAN_A + REVIEW_B + PLAN_B
DOCUMENT = Document("two", "两省报告", TEXT)
CHECKED = (Computed("2", "provinces checked", ()),)
NAMES = {"甲省": ("Alpha",), "乙省": ("Beta",)}


def _section(text: str, province: str, year: int, period: Period) -> Section:
    at = TEXT.index(text)
    return Section(Span("two", at, at + len(text)), (province,), province, year, period)


SECTIONS = (
    _section(REVIEW_A, "甲省", 2021, "review"),
    _section(PLAN_A, "甲省", 2022, "plan"),
    _section(REVIEW_B, "乙省", 2021, "review"),
    _section(PLAN_B, "乙省", 2022, "plan"),
)

ROWS: list[dict[str, Any]] = [
    {"id": "n1", "type": "number", "question": "甲省高企目标？", "answers": ["2.3万家"], "provinces": ["甲省"],
     "period": "2022规划", "evidence": ["高新技术企业达到2.3万家"]},
    {"id": "n2", "type": "number", "question": "乙省今年新增多少高企？", "answers": ["200家以上"], "provinces": ["乙省"],
     "period": "2022规划", "evidence": ["新增高新技术企业200家以上"]},
    {"id": "f1", "type": "fact", "question": "甲省推行什么制度？", "answers": ["“赛马”制", "赛马"], "provinces": ["甲省"],
     "period": "2022规划", "evidence": ["推行“赛马”制"]},
    {"id": "l1", "type": "list_provinces", "question": "哪些省提到赛马？", "answers": ["甲省"], "provinces": ["甲省"],
     "period": None, "evidence": ["推行“赛马”制"]},
    {"id": "l2", "type": "list_provinces", "question": "哪些省提到里程碑？", "answers": [], "provinces": [],
     "period": None, "evidence": []},
    {"id": "c1", "type": "compare", "question": "两省去年谁的高企多？", "answers": ["甲省", "2万家", "1220家"],
     "provinces": ["甲省", "乙省"], "period": "2021回顾", "evidence": ["高新技术企业突破2万家", "高新技术企业1220家"]},
    {"id": "s1", "type": "summary", "question": "甲省今年的打算", "answers": ["2.3万家", "赛马"], "provinces": ["甲省"],
     "period": "2022规划", "evidence": ["高新技术企业达到2.3万家", "推行“赛马”制"]},
    {"id": "y1", "type": "yesno", "question": "甲省有赛马制吗？", "answers": ["是"], "provinces": ["甲省"],
     "period": "2022规划", "evidence": ["推行“赛马”制"]},
    {"id": "y2", "type": "yesno", "lang": "en", "question": "Did Beta have 2000 firms?", "answers": ["No"],
     "provinces": ["乙省"], "period": "2021回顾", "evidence": ["高新技术企业1220家"]},
    {"id": "u1", "type": "followup", "kind": "number", "history": ["甲省高企目标？"], "question": "去年呢？",
     "answers": ["突破2万家"], "provinces": ["甲省"], "period": "2021回顾", "evidence": ["高新技术企业突破2万家"]},
    {"id": "d1", "type": "unanswerable", "question": "丙省高企目标？", "answers": [], "provinces": [], "period": None,
     "evidence": [], "why": "province_absent"},
    {"id": "d2", "type": "unanswerable", "question": "甲省2030年高企？", "answers": [], "provinces": [], "period": None,
     "evidence": [], "why": "wrong_year"},
]  # fmt: skip


def row(name: str) -> dict[str, Any]:
    """One row with its language, free to be changed."""
    found = next(r for r in ROWS if r["id"] == name)
    return {"lang": "zh", "split": "dev"} | json.loads(json.dumps(found))


def write_set(folder: Path, rows: Sequence[dict[str, Any] | str] | None = None) -> Path:
    """A question set in a file; strings are written as they are."""
    path = folder / "set.jsonl"
    chosen = [row(r["id"]) for r in ROWS] if rows is None else rows
    lines = [r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) for r in chosen]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def gold(folder: Path, name: str) -> Gold:
    """One question with its quotes resolved."""
    return resolve(read_questions(write_set(folder, [row(name)])), [DOCUMENT])[0]


def golds(folder: Path) -> tuple[Gold, ...]:
    """All of them."""
    return resolve(read_questions(write_set(folder)), [DOCUMENT])


def cite(n: int, quote: str, **changes: Any) -> Citation:
    """A true citation of a quote, unless changed."""
    at = TEXT.index(quote)
    span = Span("two", at, at + len(quote))
    section = next(s for s in SECTIONS if s.span.contains(span))
    citation = Citation(
        n,
        span,
        quote,
        "两省报告",
        section.province,
        section.year,
        section.period,
        section.heading,
        f"two:{at}-{at + 9}",
    )
    return replace(citation, **changes)


def answer(question: str, text: str, *citations: Citation, **fields: Any) -> Answer:
    """An answered answer with what is given."""
    base: dict[str, Any] = {
        "question": question,
        "standalone_question": question,
        "language": "zh",
        "intent": "figure",
        "status": "answered",
        "reason": None,
        "text": text,
        "citations": citations,
    }
    return Answer(**(base | fields))


def declined(question: str, reason: str = "not_stated") -> Answer:
    """A decline."""
    return answer(question, "没有说明。收录甲省、乙省。", status="declined", reason=reason)


def right(q: EvalQuestion) -> Answer:
    """The faultless answer to each question."""
    target = cite(1, "高新技术企业达到2.3万家")
    race = cite(1, "推行“赛马”制")
    made = {
        "n1": answer(q.question, "甲省2022年目标：**2.3万家** [1]", target, short="2.3万家", provinces=("甲省",)),
        "n2": answer(q.question, "乙省2022年目标：新增**200家以上** [1]", cite(1, "新增高新技术企业200家以上"), short="200家以上"),
        "f1": answer(q.question, "甲省2022年目标：推行“赛马”制 [1]", race, intent="fact", short="推行“赛马”制"),
        "l1": answer(q.question, "甲省 [1]。未提到：乙省。已核对 2/2 个省份。", race, intent="list", computed=CHECKED, provinces=("甲省",)),
        "l2": answer(q.question, "没有。未提到：甲省、乙省。已核对 2/2 个省份。", intent="list", computed=CHECKED, status="partial"),
        "c1": answer(
            q.question, "- 甲省2021年：突破2万家 [1]\n- 乙省2021年：1220家 [2]\n已核对 2/2 个省份。",
            cite(1, "高新技术企业突破2万家"), cite(2, "高新技术企业1220家"), intent="compare", computed=CHECKED, short="甲省",
            provinces=("甲省", "乙省"),
        ),
        "s1": answer(
            q.question, "甲省2022年：\n- 高新技术企业达到2.3万家 [1]\n- 推行“赛马”制 [2]", target,
            cite(2, "推行“赛马”制"), intent="summary",
        ),
        "y1": answer(q.question, "是。甲省推行“赛马”制 [1]", race, intent="yesno", short="是"),
        "y2": answer(q.question, "No. 2021: 1220家 [1]", cite(1, "高新技术企业1220家"), intent="yesno", short="No"),
        "u1": answer(q.question, "甲省2021年结果：**突破2万家** [1]", cite(1, "高新技术企业突破2万家"), short="突破2万家"),
        "d1": declined(q.question, "province_absent"),
        "d2": declined(q.question, "year_absent"),
    }  # fmt: skip
    return made[q.id]


@dataclass(frozen=True)
class Held:
    """Of the facade what checking labels needs."""

    sections_held: tuple[Section, ...] = SECTIONS

    def documents(self) -> tuple[Document, ...]:
        return (DOCUMENT,)

    def sections(self, doc_id: str) -> tuple[Section, ...]:
        return self.sections_held

    def passage_at(self, span: Span) -> Passage | None:
        section = next(s for s in SECTIONS if s.span.contains(span))
        text = TEXT[section.span.start : section.span.end]
        return Passage(section.span, text, section.heading, section.province, section.year, section.period)
