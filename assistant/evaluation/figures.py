"""How well figures are read out of a text: facts against figures labelled by hand. Pure, save for reading the labels."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import EvalDataError
from assistant.text import fold
from assistant.types import PERIODS, Fact

__all__ = ["Label", "Scores", "mistakes", "read_labels", "score_figures"]
KINDS = ("level", "growth", "increment", "rank", "multiple")
ASPECTS = ("measure", "role", "kind", "value", "unit", "strength")
_FIELDS = frozenset("id clause figure value high unit strength kind measure province year period start end".split())
_SILENT = re.compile(
    "力争|确保|稳定在|保持在|控制在|range|全国|下降|降低|减少|回落|缩短|压减|压降|缩小|收窄|下调|下跌|改善|减|降"
)
"""Words a fact may keep with its strength that bound no value: intent, steadiness, the direction of a change."""
_PLAIN = str.maketrans("", "", "\"'“”‘’「」 ")
_CLOSE = 1e-6


@dataclass(frozen=True, slots=True)
class Label:
    """A figure as a person read it: ``[start, end)`` is the number with its unit, ``measure`` the wordings that do."""

    id: str
    start: int
    end: int
    figure: str
    clause: str
    value: float
    high: float | None
    unit: str
    strength: str
    kind: str
    measure: tuple[str, ...]
    province: str
    year: int
    period: str


@dataclass(frozen=True, slots=True)
class Scores:
    """Counts of figures: labelled, extracted, and found (both); ``right`` of those found, by aspect."""

    labelled: int
    extracted: int
    found: int
    right: dict[str, int]

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall of extraction; 0 where nothing was labelled or extracted."""
        return 2 * self.found / (self.labelled + self.extracted) if self.labelled + self.extracted else 0.0

    def accuracy(self, aspect: str) -> float:
        """The share of the figures found of which an aspect (``measure``, ``role``, ``kind`` …) is right."""
        return self.right[aspect] / self.found if self.found else 0.0

    def to_dict(self) -> dict[str, Any]:
        """Counts and measures, for JSON."""
        counts = {"labelled": self.labelled, "extracted": self.extracted, "found": self.found}
        return {**counts, "f1": self.f1, **{aspect: self.accuracy(aspect) for aspect in ASPECTS}}


def read_labels(path: Path, text: str) -> tuple[Label, ...]:
    """The labels of a JSONL file, each checked against the text it labels.

    :raises EvalDataError: a line is no label, or its quote or figure does not stand in the text where it says.
    """
    out: list[Label] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            out.append(_label(line, f"{path.name}:{number}", text))
    return tuple(out)


def _label(line: str, where: str, text: str) -> Label:
    try:
        row = json.loads(line)
        if missing := _FIELDS - row.keys():
            raise KeyError(", ".join(sorted(missing)))
        fields = {name: row[name] for name in _FIELDS} | {"measure": tuple(row["measure"])}
        label = Label(**fields)
    except (ValueError, KeyError, TypeError, AttributeError) as e:
        raise EvalDataError(f"{where}: no figure label ({e}); eval/README.md, “Figures”, names its fields") from e
    stands = text[label.start : label.end] == label.figure and text.count(label.clause) == 1
    inside = 0 <= label.start - text.find(label.clause) <= len(label.clause) - len(label.figure)
    if not (stands and inside and label.measure and label.kind in KINDS and label.period in PERIODS):
        raise EvalDataError(
            f"{where}: {label.figure!r} does not stand there once, or a field is wrong; correct the label"
        )
    return label


def score_figures(labels: Iterable[Label], facts: Iterable[Fact]) -> Scores:
    """What was found and read rightly. The facts are those of the labelled text alone: one more is one too many."""
    known, given = tuple(labels), tuple(facts)
    pairs = _pairs(known, given)
    right = {aspect: sum(not wrong(label, fact, aspect) for label, fact in pairs) for aspect in ASPECTS}
    return Scores(len(known), len(given), len(pairs), right)


def mistakes(labels: Iterable[Label], facts: Iterable[Fact]) -> Iterator[str]:
    """A line for each figure missed, invented, or read otherwise than labelled."""
    known, given = tuple(labels), tuple(facts)
    pairs = _pairs(known, given)
    missed = [x for x in known if all(x is not label for label, _ in pairs)]
    yield from (f"missed: {x.clause} | {x.figure} | {x.measure[0]}" for x in missed)
    yield from (
        f"invented: {f.measure} | {f.figure} | {f.kind}" for f in given if all(f is not fact for _, fact in pairs)
    )
    for label, fact in pairs:
        if amiss := [aspect for aspect in ASPECTS if wrong(label, fact, aspect)]:
            read = f"{fact.measure} {fact.kind} {fact.value:g} {fact.unit} {fact.strength} {fact.year} {fact.period}"
            yield f"{'+'.join(amiss)}: {label.clause} | {label.measure[0]} | {label.figure} → {read}"


def _pairs(labels: tuple[Label, ...], facts: tuple[Fact, ...]) -> list[tuple[Label, Fact]]:
    """Each label with the first fact whose span overlaps it; a fact stands for one label only."""
    left, out = sorted(facts, key=lambda f: f.span.start), []
    for label in sorted(labels, key=lambda x: x.start):
        fact = next((f for f in left if f.span.start < label.end and label.start < f.span.end), None)
        if fact is not None:
            left.remove(fact)
            out.append((label, fact))
    return out


def wrong(label: Label, fact: Fact, aspect: str) -> bool:
    """Whether one aspect of a fact differs from its label."""
    match aspect:
        case "measure":
            return folded(fact.measure) not in {folded(m) for m in label.measure}
        case "role":
            return (fact.province, fact.year, fact.period) != (label.province, label.year, label.period)
        case "value":
            return not (_close(label.value, fact.value) and _close(label.high, fact.high))
        case "strength":
            return _SILENT.sub("", fact.strength) != label.strength
    return bool(getattr(label, aspect) != getattr(fact, aspect))


def folded(measure: str) -> str:
    """A measure without what wordings differ in: width, quotation marks, spaces."""
    return fold(measure).translate(_PLAIN)


def _close(a: float | None, b: float | None) -> bool:
    return a == b if a is None or b is None else math.isclose(a, b, rel_tol=_CLOSE)
