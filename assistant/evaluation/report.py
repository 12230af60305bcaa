"""What a run found: rows of every question first, then values with intervals, groups and tests; as JSON."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import assistant as package
from assistant.assistant import Assistant
from assistant.evaluation import statistics
from assistant.evaluation.risk import aurc, risk_coverage
from assistant.evaluation.scoring import Row

COUNTS = frozenset({"invariants_broken"})
"""Measures that are told as a number of questions, not as a share of them."""
ORDER = ("score", "number", "fact", "list_provinces", "compare", "summary", "yesno", "followup", "unanswerable",
         "list_exact", "figure_alone", "strength_kept", "citation_recall", "citation_precision", "refusal_precision",
         "refusal_recall", "false_refusal", "reason", "invariants_broken", "answer_sentence@1",
         "R@1", "R@5", "R@10", "RR@10", "nDCG@10", "AP")  # fmt: skip
ZERO_WITH = {"refusal_precision": "refusal_recall"}
"""A system that never refuses, where it should have, has no refusal that is right: 0, not nothing."""
TIMES = {"ask_ms_p50": ("ask", 50.0), "ask_ms_p95": ("ask", 95.0), "search_ms_p50": ("search", 50.0),
         "search_ms_p95": ("search", 95.0), "search_beyond_encoding_ms_p50": ("beyond_encoding", 50.0)}  # fmt: skip
"""Name → what was timed, and the percentile told."""
RANKED = "RR@10"
"""The measure by which a system is compared that only retrieves."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question under one system: its shares, the groups it belongs to, and what to show if it failed."""

    id: str
    row: Row
    groups: tuple[tuple[str, str], ...] = ()
    """Such as ``("type", "number")``, ``("province", "山东")``; a question may be in several of one kind."""
    ms: dict[str, float] = field(default_factory=dict)
    """What was timed (``ask``, ``search``, ``beyond_encoding``) → milliseconds."""
    confidence: float | None = None
    """Of an answer that was given; ``None`` for a decline."""
    got: dict[str, Any] = field(default_factory=dict)
    """Question, label and answer in short, for the list of failures."""


@dataclass(frozen=True, slots=True)
class Group:
    """A measure over the questions of one group, such as ``type`` ``number``, with its 95 % interval."""

    kind: str
    name: str
    n: int
    value: float
    interval: tuple[float, float]


@dataclass(frozen=True, slots=True)
class SystemResult:
    """All questions under one system, in the order of the set, and its run (question id → item ids)."""

    name: str
    questions: tuple[Question, ...]
    run: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures that some question is eligible for, in the usual order."""
        present = {m for q in self.questions for m, (_, of) in q.row.items() if of}
        present |= {m for m, when in ZERO_WITH.items() if when in present}
        return (*(m for m in ORDER if m in present), *sorted(present - set(ORDER)))

    def shares(self, measure: str) -> tuple[list[float], list[float]]:
        """What each question got of a measure, and of how much."""
        rows = [q.row.get(measure, (0.0, 0.0)) for q in self.questions]
        return [got for got, _ in rows], [of for _, of in rows]

    def times(self, what: str = "ask") -> list[float]:
        """Milliseconds of each question for which it was timed."""
        return [q.ms[what] for q in self.questions if what in q.ms]

    def risk(self, measure: str) -> dict[str, Any] | None:
        """Of the answers given, the curve of what is lost of a measure against the share of all questions kept.

        ``None`` where confidences say nothing: none was given, or all are the same.
        """
        given = [
            (q.row[measure], q.confidence) for q in self.questions if q.confidence is not None and measure in q.row
        ]
        losses = [of - got for (got, of), _ in given]
        confidences = [confidence for _, confidence in given]
        if len(set(confidences)) < 2:
            return None
        share = len(given) / len(self.questions)
        return {
            "answered": len(given),
            "loss": round(sum(losses) / len(losses), 6),
            "aurc": round(aurc(losses, confidences), 6),
            "curve": [[round(share * kept, 4), round(risk, 4)] for kept, risk in risk_coverage(losses, confidences)],
        }

    def values(self) -> dict[str, float]:
        """Measure → value over all questions."""
        out: dict[str, float] = {}
        for measure in self.measures:
            got, of = self.shares(measure)
            out[measure] = sum(got) if measure in COUNTS else round(sum(got) / (sum(of) or 1.0), 6)
        for name, (what, q) in TIMES.items():
            if times := self.times(what):
                out[name] = round(statistics.percentile(times, q), 3)
        return out

    def intervals(self) -> dict[str, tuple[float, float]]:
        """Measure → 95 % interval."""
        out = {}
        for measure in self.measures:
            got, of = self.shares(measure)
            low, high = statistics.interval_of_ratio(got, of) if sum(of) else (0.0, 0.0)
            factor = sum(of) if measure in COUNTS else 1.0
            out[measure] = (round(low * factor, 6), round(high * factor, 6))
        for name, (what, q) in TIMES.items():
            if times := self.times(what):
                low, high = statistics.interval_of_percentile(times, q)
                out[name] = (round(low, 3), round(high, 3))
        return out

    def eligible(self, measure: str) -> int:
        """How many questions a measure is taken over."""
        return len(self.times(TIMES[measure][0])) if measure in TIMES else sum(of > 0 for of in self.shares(measure)[1])

    def by_group(self, measure: str) -> Iterator[Group]:
        """A measure in each group, by kind and name."""
        shares: dict[tuple[str, str], list[tuple[float, float]]] = {}
        for q in self.questions:
            share = q.row.get(measure, (0.0, 0.0))
            for key in q.groups if share[1] else ():
                shares.setdefault(key, []).append(share)
        for (kind, name), found in sorted(shares.items()):
            got, of = zip(*found, strict=True)
            low, high = statistics.interval_of_ratio(got, of)
            yield Group(kind, name, len(found), round(sum(got) / sum(of), 6), (round(low, 6), round(high, 6)))


@dataclass(frozen=True, slots=True)
class Report:
    """A run over one set. ``main`` is the measure that groups and tests are told for."""

    set: str
    n: int
    model: str
    results: tuple[SystemResult, ...]
    main: str = "score"
    commit: str = ""
    reasons: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)
    """System → why a question has no answer → what the system said → how many."""
    qrels: dict[str, dict[str, int]] = field(default_factory=dict)
    left_out: int = 0
    """Questions of the file that cannot be asked or judged."""

    def paired(self) -> dict[str, dict[str, Any]]:
        """The first system against each other one: mean difference of ``main`` and the permutation test's p.

        A system that only retrieves is compared by ``RANKED``, over the questions that have a right passage.
        """
        out: dict[str, dict[str, Any]] = {}
        for other in self.results[1:]:
            measure = self.main if self.main in other.measures else RANKED
            mine, of = self.results[0].shares(measure)
            theirs = other.shares(measure)[0]
            difference = sum(mine) - sum(theirs)
            out[f"{self.results[0].name} - {other.name}"] = {
                "measure": measure,
                "difference": round(difference / max(1, sum(o > 0 for o in of)), 6),
                "p": round(statistics.permutation_p(mine, theirs), 6),
            }
        return out

    def to_dict(self) -> dict[str, Any]:
        """The JSON that the command prints."""
        groups: dict[str, Any] = {}
        for result in self.results:
            kinds = groups.setdefault(result.name, {})
            for g in result.by_group(self.main):
                kinds.setdefault(g.kind, {})[g.name] = {"n": g.n, self.main: g.value, "ci": list(g.interval)}
        return {
            "set": self.set,
            "n": self.n,
            "left_out": self.left_out,
            "systems": {r.name: r.values() for r in self.results},
            "eligible": {r.name: {m: r.eligible(m) for m in r.values()} for r in self.results},
            "ci": {r.name: {m: list(bounds) for m, bounds in r.intervals().items()} for r in self.results},
            "groups": groups,
            "paired": self.paired(),
            "reasons": self.reasons,
            "risk": {r.name: found for r in self.results if (found := r.risk(self.main)) is not None},
            "model": self.model,
            "commit": self.commit,
        }


def model_name(assistant: Assistant) -> str:
    """The embedding model of the assistant's store, with the start of its fingerprint."""
    model = assistant.info()["model"]
    return f"{model['name']} ({model['fingerprint']})"


def current_commit() -> str:
    """The commit of the checkout, with ``+`` if files differ from it; of an installed package its version."""
    folder = Path(package.__file__).resolve().parent.parent
    if not (folder / ".git").exists():
        return f"v{package.__version__}"
    head, changed = _git(folder, ["rev-parse", "--short=12", "HEAD"]), _git(folder, ["status", "--porcelain", "-uno"])
    return f"{head}{'+' if changed else ''}" if head else f"v{package.__version__}"


def _git(folder: Path, arguments: Sequence[str]) -> str:
    try:
        done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):  # no git, or a folder that it does not trust: the version will do
        return ""
    return done.stdout.strip()
