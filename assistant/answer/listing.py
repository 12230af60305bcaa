"""Lists over all provinces: each province decided by searching everything that the corpus holds of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.answer.draft import Draft
from assistant.answer.inquiry import Inquiry, Stretch
from assistant.answer.mentions import mentions
from assistant.answer.sentences import speaks_of
from assistant.answer.stated import stated
from assistant.answer.topics import Demand, Demands, Topic, demands_of
from assistant.answer.wording import Wording
from assistant.types import Table

__all__ = ["answer_list", "speaks_of"]
Found = Mapping[str, Stretch]


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one demand: the evidence of each province that says it."""

    demand: Demand
    found: Found


def answer_list(inquiry: Inquiry, words: Wording) -> Draft | None:
    """Which provinces say what is asked and which do not, with the evidence of each that does."""
    demands = demands_of(inquiry)
    if not demands.demands:
        return None
    scope = scope_of(inquiry, demands)
    findings = [Finding(d, _found(d, scope, demands)) for d in demands.demands]
    claimed = [p for p in scope if all((p in f.found) != f.demand.negated for f in findings)]
    draft = Draft("list", confidence=1.0, provinces=tuple(claimed))
    shown = _evidence(findings, claimed, demands)
    marks = {p: [(s, draft.cite(s.span, s.passage)) for s in stretches] for p, stretches in shown.items()}
    draft.count(len(claimed), words.say("counted"))
    draft.count(len(scope), words.say("checked"))
    draft.text = "\n".join(_lines(words, inquiry, demands, scope=scope, claimed=claimed, marks=marks))
    draft.table = _table(words, scope, claimed, draft=draft, shown=shown, negative=demands.negative)
    if not draft.spans:
        draft.status = "partial"  # a list of none has nothing to cite; the coverage line says what was checked
    return draft


def scope_of(inquiry: Inquiry, demands: Demands) -> list[str]:
    """The provinces to be decided: those the question means and the corpus holds."""
    left = {*demands.outside, *demands.partners}
    asked = [p for p in inquiry.question.provinces if p not in left]
    return [p for p in inquiry.held if (p in asked if asked else p not in demands.outside)]


def _found(demand: Demand, scope: Sequence[str], demands: Demands) -> Found:
    """The provinces that say any of a demand's topics; the topic named first gives the evidence."""
    found: dict[str, Stretch] = {}
    for topic in demand.topics:
        if topic.by_figure:
            said = stated(topic, scope, demands.excluded)
        else:  # that nobody says a thing is decided by its name, and so is what is quoted or stands beside English words
            quoted = any(t.kind == "quoted" for t in topic.named)
            by_name = demand.negated or quoted or topic.inquiry.question.language == "en"
            said = mentions(topic, scope, demands.excluded, by_name=by_name)
        found = {**said, **found}
    return found


def _evidence(findings: Sequence[Finding], claimed: Sequence[str], demands: Demands) -> dict[str, list[Stretch]]:
    """What is quoted of each province: of those claimed what they say; of a purely negative list what the others say."""
    if demands.negative:
        return {p: [s] for f in findings for p, s in f.found.items()}
    shown: dict[str, list[Stretch]] = {}
    for f in findings:
        for p in claimed:
            if p in f.found and not f.demand.negated and f.found[p] not in shown.get(p, []):
                shown.setdefault(p, []).append(f.found[p])
    return shown


def _lines(
    words: Wording,
    inquiry: Inquiry,
    demands: Demands,
    *,
    scope: Sequence[str],
    claimed: Sequence[str],
    marks: Mapping[str, list[tuple[Stretch, str]]],
) -> list[str]:
    topic = topic_in_words(demands, words)
    others = [p for p in scope if p not in claimed]
    if demands.negative:
        lines = [words.say("list_negative", topic=topic, n=len(claimed), provinces=words.places(claimed) or "—")]
    elif claimed:
        lines = [words.say("list_some", topic=topic, n=len(claimed), provinces=words.places(claimed))]
    else:
        lines = [words.say("list_none", topic=topic)]
    for p in scope:
        for s, mark in marks.get(p, ()):
            scene = words.scene(p, s.passage.period, s.passage.year)
            lines.append(f"- {scene}{words.colon}“{s.text}” {mark}")
    if others and not demands.negative:
        lines.append(words.say("list_others", provinces=words.places(others)))
    meant = (*inquiry.question.named, *inquiry.question.provinces)  # members of a region are meant like those named
    known = {*inquiry.held, *demands.outside, *demands.partners}
    absent = [p for p in dict.fromkeys(meant) if p not in known]
    if absent:
        lines.append(words.say("list_absent", provinces=words.places(absent)))
    lines.append(words.say("coverage", n=len(scope)))
    return lines


def topic_in_words(demands: Demands, words: Wording) -> str:
    """The topic as the question words it; several joined as they are asked ("A”和“B", "A”而非“B")."""
    either, both, but_not = ("” or “", "” and “", "” but not “") if words.english else ("”或“", "”和“", "”而没有“")
    said = [d for d in demands.demands if not d.negated]
    first = said or demands.demands
    unsaid = [d for d in demands.demands if d.negated] if said else []
    joined = both.join(dict.fromkeys(either.join(_phrases(d.topics)) for d in first))
    return but_not.join([joined, *(either.join(_phrases(d.topics)) for d in unsaid)])


def _phrases(topics: Sequence[Topic]) -> list[str]:
    """The phrases as they are echoed: square brackets would read as the mark of a citation."""
    return list(dict.fromkeys(t.phrase.replace("[", "［").replace("]", "］") for t in topics))


def _table(
    words: Wording,
    scope: Sequence[str],
    claimed: Sequence[str],
    *,
    draft: Draft,
    shown: Mapping[str, list[Stretch]],
    negative: bool,
) -> Table:
    rows = []
    for p in scope:
        quotes = shown.get(p, [])
        finding = words.say("said" if (p in claimed) != negative else "not_said")
        numbers = ", ".join(str(draft.number(s.span, s.passage)) for s in quotes)
        rows.append((words.place(p), finding, " ".join(s.text for s in quotes), numbers))
    return Table(tuple(words.say("list_columns").split("|")), tuple(rows), 3)
