"""Evaluation cases made of feedback, in the format of question sets.

A thumb up says that the answer is right: the case is labelled with what it said and quoted. A thumb down says only that
it is wrong: the case has the question and a note, and its label is for a person to write. Until then its answer is
``TO_COMPLETE``, which no program gives, so that it fails and is not forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from assistant.takeaway.feedback import Entry
from assistant.takeaway.sources import Texts, held

TO_COMPLETE = "（待填写 to be completed）"
_TYPES = {"figure": "number", "fact": "fact", "list": "list_provinces", "compare": "compare", "summary": "summary",
          "yesno": "yesno"}  # fmt: skip
_WHY = {"province_absent": "province_absent", "year_absent": "wrong_year", "not_stated": "not_stated",
        "off_topic": "off_topic", "unsafe": "injection"}  # fmt: skip
_YES_NO = {"是", "否", "yes", "no"}
_STRETCH = 60
"""Characters by which a quote may grow on either side to stand only once."""


def build_cases(entries: Iterable[Entry], texts: Texts | None = None) -> list[dict[str, Any]]:
    """A case for each entry, in order.

    :param texts: the documents; with them, a quote that stands in several places is lengthened until it is one.
    """
    taken: set[str] = set()
    out = []
    for entry in entries:
        case: dict[str, Any] = {"id": _id(entry, taken), "lang": _text(entry.answer.get("language")) or "zh"}
        label = _praised(entry, texts) if entry.verdict == "up" else _blamed(entry)
        case |= {"type": label["kind"], "question": entry.question} | label
        history = [h for h in entry.history if h.strip()]
        if history:
            case |= {"type": "followup", "history": history}
        else:
            del case["kind"]
        out.append(case)
    return out


def _id(entry: Entry, taken: set[str]) -> str:
    base = f"fb-{entry.id.strip() or 'none'}"
    name, n = base, 1
    while name in taken:
        n += 1
        name = f"{base}-{n}"
    taken.add(name)
    return name


def _praised(entry: Entry, texts: Texts | None) -> dict[str, Any]:
    answer = entry.answer
    note = f"{_said(entry)}: a reader found the answer right; check it before use"
    if answer.get("status") == "declined":
        why = _WHY.get(str(answer.get("reason")), "not_stated")
        return _label("unanswerable", why=why, note=note)
    quotes = list(_quotes(entry, texts))
    kind = _TYPES.get(str(answer.get("intent")), "fact")
    provinces = _texts(answer.get("provinces"))
    short = _text(answer.get("short"))
    if kind == "list_provinces":
        return _label(kind, answers=provinces, provinces=provinces, evidence=quotes, period=_period(entry), note=note)
    if kind == "yesno" and short.lower() not in _YES_NO:
        kind = "fact"
    answers = _answers(kind, short, quotes, provinces)
    if not answers:
        answers, note = [TO_COMPLETE], f"{note}; it had neither a short answer nor a quote: write what is right"
    return _label(kind, answers=answers, provinces=provinces, evidence=quotes, period=_period(entry), note=note)


def _answers(kind: str, short: str, quotes: list[str], provinces: list[str]) -> list[str]:
    """What a right answer holds, read as eval/README.md says for the type."""
    if kind == "number" and short:
        return [part.strip() for part in re.split(r"[；;]", short) if part.strip()]
    if kind == "summary":
        return quotes
    if short:
        return [short]
    return provinces if kind == "compare" and provinces else quotes[:1] if kind == "fact" else quotes


def _blamed(entry: Entry) -> dict[str, Any]:
    answer = entry.answer
    wanted = _TYPES.get(str(answer.get("intent")), "fact")
    # A list without answers would say that no province is right, and yes or no would be a guess.
    kind = wanted if wanted in ("number", "fact", "compare", "summary") else "fact"
    told = _text(answer.get("short")) or " ".join(_text(answer.get("text")).split())[:300]
    quoted = " | ".join(f"{c.get('doc_id')}:{c.get('start')}-{c.get('end')}" for c in _citations(entry))
    parts = [
        f"{_said(entry)}: a reader found the answer wrong; complete type, answers, provinces, period and evidence",
        f"the program took it for {wanted}" if wanted != kind else "",
        f"comment: {entry.comment}" if entry.comment else "",
        f"the program said: {told}" if told else "",
        f"it declined: {answer.get('reason')}" if answer.get("status") == "declined" else "",
        f"it cited: {quoted}" if quoted else "",
    ]
    return _label(kind, answers=[TO_COMPLETE], note="; ".join(p for p in parts if p))


def _label(
    kind: str,
    *,
    answers: Iterable[str] = (),
    provinces: Iterable[str] = (),
    evidence: Iterable[str] = (),
    period: str | None = None,
    why: str | None = None,
    note: str,
) -> dict[str, Any]:
    lists = {"answers": answers, "provinces": provinces, "evidence": evidence}
    unique: dict[str, Any] = {name: list(dict.fromkeys(values)) for name, values in lists.items()}
    return {"kind": kind} | unique | {"period": period, "note": note} | ({"why": why} if why else {})


def _said(entry: Entry) -> str:
    reason = f" ({entry.reason})" if entry.reason else ""
    return f"feedback of {entry.time}, thumb {entry.verdict}{reason}"


def _citations(entry: Entry) -> list[dict[str, Any]]:
    found = entry.answer.get("citations")
    return [c for c in found if isinstance(c, dict)] if isinstance(found, list) else []


def _quotes(entry: Entry, texts: Texts | None) -> Iterator[str]:
    for c in _citations(entry):
        quote, start = c.get("quote"), c.get("start")
        if isinstance(quote, str) and quote.strip():
            at = start if isinstance(start, int) else -1
            yield _lengthened(quote, str(c.get("doc_id")), at, texts) if texts is not None else quote


def _lengthened(quote: str, doc_id: str, start: int, texts: Texts) -> str:
    """The quote with as much of its line around it as makes it stand once in all documents; itself if nothing does."""
    document = held(texts, doc_id)
    if document is None or start < 0 or document.text[start : start + len(quote)] != quote:
        return quote
    everything = [d.text for d in texts.documents()]
    first, last = start, start + len(quote)
    for _ in range(_STRETCH):
        wider = document.text[first:last]
        if sum(_count(text, wider) for text in everything) == 1:
            return wider
        grown = (
            first - (first > 0 and document.text[first - 1] != "\n"),
            last + (document.text[last : last + 1] not in ("", "\n")),
        )
        if grown == (first, last):
            break
        first, last = grown
    return quote


def _count(text: str, part: str) -> int:
    """Occurrences, those that overlap counted too."""
    n, at = 0, text.find(part)
    while at >= 0:
        n, at = n + 1, text.find(part, at + 1)
    return n


def _period(entry: Entry) -> str | None:
    """The one year and role of all that is cited; ``both`` where results and targets of such stand side by side."""
    found = set()
    for c in _citations(entry):
        year, period = c.get("year"), c.get("period")
        if not isinstance(year, int) or not 1000 <= year <= 9999 or not isinstance(period, str):
            return None
        found.add(f"{year}{'规划' if period.startswith('plan') else '回顾'}")
    if len(found) == 1:
        return found.pop()
    return "both" if len({p[4:] for p in found}) == 2 else None


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _texts(values: Any) -> list[str]:
    return [v for v in values if isinstance(v, str) and v.strip()] if isinstance(values, list) else []
