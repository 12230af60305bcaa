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
from assistant.evaluation.scoring import Row

COUNTS = frozenset({"invariants_broken"})
"""Measures that are told as a number of questions, not as a share of them."""
ORDER = ("score", "number", "fact", "list_provinces", "compare", "summary", "yesno", "followup", "unanswerable",
         "list_exact", "figure_alone", "strength_kept", "citation_recall", "citation_precision", "refusal_precision",
         "refusal_recall", "false_refusal", "reason", "invariants_broken", "answer_sentence@1",
         "R@1", "R@5", "R@10", "RR@10", "nDCG@10", "AP")  # fmt: skip
ZERO_WITH = {"refusal_precision": "refusal_recall"}
"""A system that never refuses, where it should have, has no refusal that is right: 0, not nothing."""
TIMES = {"ask_ms_p50": 50.0, "ask_ms_p95": 95.0}


@dataclass(frozen=True, slots=True)
class Question:
    """One question under one system: its shares, the groups it belongs to, and what to show if it failed."""

    id: str
    row: Row
    groups: tuple[tuple[str, str], ...] = ()
    """Such as ``("type", "number")``, ``("province", "山东")``; a question may be in several of one kind."""
    ms: float | None = None
    got: dict[str, Any] = field(default_factory=dict)
    """Question, label and answer in short, for the list of failures."""


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

    def times(self) -> list[float]:
        """Milliseconds of each question that was timed."""
        return [q.ms for q in self.questions if q.ms is not None]

    def values(self) -> dict[str, float]:
        """Measure → value over all questions."""
        out: dict[str, float] = {}
        for measure in self.measures:
            got, of = self.shares(measure)
            out[measure] = sum(got) if measure in COUNTS else round(sum(got) / (sum(of) or 1.0), 6)
        if times := self.times():
            out |= {name: round(statistics.percentile(times, q), 3) for name, q in TIMES.items()}
        return out

    def intervals(self) -> dict[str, tuple[float, float]]:
        """Measure → 95 % interval."""
        out = {}
        for measure in self.measures:
            got, of = self.shares(measure)
            low, high = statistics.interval_of_ratio(got, of) if sum(of) else (0.0, 0.0)
            factor = sum(of) if measure in COUNTS else 1.0
            out[measure] = (round(low * factor, 6), round(high * factor, 6))
        if times := self.times():
            bounds = {name: statistics.interval_of_percentile(times, q) for name, q in TIMES.items()}
            out |= {name: (round(low, 3), round(high, 3)) for name, (low, high) in bounds.items()}
        return out

    def by_group(self, measure: str) -> Iterator[tuple[str, str, int, float]]:
        """(kind, group, questions, value) of a measure, in the order of first appearance."""
        sums: dict[tuple[str, str], list[float]] = {}
        for q in self.questions:
            got, of = q.row.get(measure, (0.0, 0.0))
            for key in q.groups if of else ():
                total = sums.setdefault(key, [0.0, 0.0, 0.0])
                total[0], total[1], total[2] = total[0] + got, total[1] + of, total[2] + 1
        for (kind, group), (total_got, total_of, n) in sorted(sums.items()):
            yield kind, group, int(n), round(total_got / total_of, 6)


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
        """The first system against each other one: mean difference of ``main`` and the permutation test's p."""
        out: dict[str, dict[str, Any]] = {}
        for other in self.results[1:]:
            mine, theirs = self.results[0].shares(self.main)[0], other.shares(self.main)[0]
            difference = sum(mine) - sum(theirs)
            out[f"{self.results[0].name} - {other.name}"] = {
                "measure": self.main,
                "difference": round(difference / max(1, len(mine)), 6),
                "p": round(statistics.permutation_p(mine, theirs), 6),
            }
        return out

    def to_dict(self) -> dict[str, Any]:
        """The JSON that the command prints."""
        groups: dict[str, Any] = {}
        for result in self.results:
            kinds = groups.setdefault(result.name, {})
            for kind, group, n, value in result.by_group(self.main):
                kinds.setdefault(kind, {})[group] = {"n": n, self.main: value}
        return {
            "set": self.set,
            "n": self.n,
            "left_out": self.left_out,
            "systems": {r.name: r.values() for r in self.results},
            "ci": {r.name: {m: list(bounds) for m, bounds in r.intervals().items()} for r in self.results},
            "groups": groups,
            "paired": self.paired(),
            "reasons": self.reasons,
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
